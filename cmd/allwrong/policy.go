package main

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/report"
)

const policyHelp = `Policy scores votes, cascades and routers, and your own, on queries that they have
not learnt from, against the single best model, the oracle and the certificate.

What a policy learns (which model is best, weights, thresholds, a vocabulary, a
classifier) it learns on other queries than it is scored on; so is the single best
chosen. Queries with the same text are never on both sides. The division into folds
is seeded: the same files and the same seed give the same numbers on any machine
with any number of processors.`

func newPolicy() *cobra.Command {
	var r reading
	var o policy.Options
	var from policyFiles
	var full, asJSON bool
	cmd := &cobra.Command{
		Use:     "policy PATH…",
		Short:   "What do votes, cascades and routers really gain?",
		Long:    policyHelp,
		Example: "  allwrong policy results/\n  allwrong policy results/ --router mine.csv --cascade small,large --confidence sure.csv",
		RunE: func(cmd *cobra.Command, paths []string) error {
			r.answers, r.costs = true, true
			if err := errors.Join(from.read(), from.moneyFlags.read()); err != nil {
				return err
			}
			o.Cascades = from.cascades()
			result, err := r.load(cmd, paths)
			if err != nil {
				return err
			}
			doc, err := comparePolicies(cmd, &r, result, o, &from)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			shown := *doc.Result
			shown.Warnings = brief(shown.Warnings, doc.Inputs)
			if err := report.Policies(cmd.OutOrStdout(), &shown, report.Origin{Formats: formats(result.Inputs)}, full); err != nil || doc.Money == nil {
				return err
			}
			return report.Money(cmd.OutOrStdout(), doc.Money, full)
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	from.flags(cmd)
	from.moneyFlags.flags(cmd)
	cmd.AddCommand(newTriplets(), newRepeats(), newBreadth())
	f := cmd.Flags()
	f.StringArrayVar(&o.Slices, "slice", nil, "route by the label `KEY` only (may be repeated; default: by each label)")
	f.StringVar(&o.Cluster, "cluster", "", "queries of one value of the label `KEY` are not independent")
	f.IntVar(&o.Folds, "folds", 5, "learn on all but one of `NUMBER` folds, score on that one")
	f.IntVar(&o.Repeats, "repeats", 0, "divide into folds `NUMBER` times (default 1 to 10, fewer for more queries)")
	f.Uint64Var(&o.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	f.BoolVar(&full, "full", false, "print whom each policy asks, and the curves of cascades, too")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// policyDocument is the JSON of policy.
type policyDocument struct {
	Schema string `json:"schema"`
	*policy.Result
	Money    *budget.Result   `json:"money"` // nil where costs are not known; a warning says so
	Inputs   []ingest.Input   `json:"inputs"`
	Options  policyOptions    `json:"options"`
	Warnings []policy.Warning `json:"warnings"`
}

type policyOptions struct {
	reading
	policyFiles
	Slices  []string `json:"slices"`
	Cluster string   `json:"cluster,omitempty"`
	Folds   int      `json:"folds"`
	Repeats int      `json:"repeats"`
	Seed    uint64   `json:"seed"`
}

func comparePolicies(cmd *cobra.Command, r *reading, result *ingest.Result, o policy.Options, from *policyFiles) (*policyDocument, error) {
	data := policy.Data{Value: audit.Value, Vector: from.vector(), Confidence: from.sure(), Own: from.own()}
	data.Attempts = r.matrices(result.Set)
	for a := range data.Attempts {
		data.Details = append(data.Details, result.Set.Detail(outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing", Attempt: a}))
	}
	texts, unread, err := queryTexts(cmd.Context(), result)
	if err != nil {
		return nil, err
	}
	data.Text = func(query string) string { return texts[query] }
	if c, err := certify.Certify(certify.Options{}, data.Attempts[0]); err == nil && c.Gain.Point != nil {
		o.Certificate = &policy.Certificate{Over: c.Gain.Over, Point: *c.Gain.Point, Lower: c.Gain.Lower, Upper: c.Gain.Upper}
	}
	meter := newMeter(cmd.ErrOrStderr())
	o.Progress = func(done, of int) { meter.part("policies", done, of) }
	defer meter.clear()
	found, err := policy.Measure(cmd.Context(), data, o)
	if err != nil {
		return nil, err
	}
	if unread {
		found.Warnings = append(found.Warnings, policy.Warning{Code: "stream", Message: "A stream cannot be read a second time for the texts of queries: save it to a file, and routers can read them."})
	}
	for _, w := range r.warnings(result) {
		found.Warnings = append(found.Warnings, policy.Warning(w))
	}
	bought, err := from.spend(&data, found, o.Seed)
	if err != nil {
		return nil, err
	}
	return &policyDocument{Schema: "allwrong/policy/1", Result: found, Money: bought, Inputs: result.Inputs, Warnings: found.Warnings,
		Options: policyOptions{*r, *from, o.Slices, o.Cluster, found.Folds, found.Repeats, o.Seed}}, nil
}

// mostQueryText is what is kept of a query's text, in bytes: more than policies read.
const mostQueryText = 16 << 10

// queryTexts reads the inputs a second time for what was asked. Where prompts of
// one query differ, the shortest is taken, the first by letters among equals.
func queryTexts(ctx context.Context, result *ingest.Result) (texts map[string]string, unread bool, err error) {
	texts = map[string]string{}
	err = result.Records(ctx, outcome.WantPrompt, func(rec *outcome.Record) error {
		text, have := rec.Prompt[:min(len(rec.Prompt), mostQueryText)], texts[rec.Query]
		if text == "" || have != "" && cmp.Or(cmp.Compare(len(text), len(have)), cmp.Compare(text, have)) >= 0 {
			return nil
		}
		texts[rec.Query] = strings.Clone(text) // so that the rest can go
		return nil
	})
	if errors.Is(err, ingest.ErrStream) {
		return texts, true, nil
	}
	return texts, false, err
}
