package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/groups"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const repeatsHelp = `Repeats asks, of results with several attempts, whether it is better to ask the best
model several times or several models of like quality once each, and lets the
answers vote. Attempts that rank the models never vote. It also tells two ceilings
apart: that of votes and cascades, which see answers, and that of routers, which
choose before there are any.`

func newRepeats() *cobra.Command {
	var r reading
	var o groups.AgainOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "repeats PATH…",
		Short:   "Ask one model again, or several models once?",
		Long:    repeatsHelp,
		Example: "  allwrong policy repeats samples/\n  allwrong policy repeats samples/ -k 7 --within 0.05",
		RunE: func(cmd *cobra.Command, paths []string) error {
			r.answers = true
			result, err := r.load(cmd, paths)
			if err != nil {
				return err
			}
			doc, err := askAgain(cmd, &r, result, o)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			shown := *doc.AgainResult
			shown.Warnings = brief(shown.Warnings, doc.Inputs)
			var c *report.Ceilings
			if doc.Ceilings != nil && doc.Ceilings.Vote.Point != nil {
				c = &report.Ceilings{Vote: *doc.Ceilings.Vote.Point, Router: doc.Ceilings.Router}
			}
			return report.Again(cmd.OutOrStdout(), &shown, c, report.Origin{Formats: formats(result.Inputs)})
		},
	}
	r.flags(cmd)
	f := cmd.Flags()
	f.IntVarP(&o.Most, "size", "k", 5, "largest vote, `NUMBER` of answers")
	f.Float64Var(&o.Within, "within", 0.1, "models of like quality are at most this `FRACTION` less accurate than the best")
	f.Uint64Var(&o.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// repeatsDocument is the JSON of policy repeats.
type repeatsDocument struct {
	Schema string `json:"schema"`
	*groups.AgainResult
	Ceilings *certify.Repeats `json:"ceilings"` // nil when they cannot be told apart
	Inputs   []ingest.Input   `json:"inputs"`
	Options  repeatsOptions   `json:"options"`
	Warnings []groups.Warning `json:"warnings"`
}

type repeatsOptions struct {
	reading
	Most   int     `json:"k"`
	Within float64 `json:"within"`
	Seed   uint64  `json:"seed"`
}

func askAgain(cmd *cobra.Command, r *reading, result *ingest.Result, o groups.AgainOptions) (*repeatsDocument, error) {
	matrices := r.matrices(result.Set)
	details := make([]*outcome.Detail, len(matrices))
	for a := range details {
		details[a] = result.Set.Detail(outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing", Attempt: a})
	}
	found, err := groups.Again(cmd.Context(), matrices, details, o)
	if err != nil {
		return nil, err
	}
	for _, w := range r.warnings(result) {
		found.Warnings = append(found.Warnings, groups.Warning(w))
	}
	doc := &repeatsDocument{Schema: "allwrong/policy-repeats/1", AgainResult: found, Inputs: result.Inputs,
		Options: repeatsOptions{*r, o.Most, o.Within, o.Seed}, Warnings: found.Warnings}
	if c, err := certify.Certify(certify.Options{Attempts: certify.AttemptsAll, Seed: o.Seed}, matrices...); err == nil {
		doc.Ceilings = c.Repeats
	}
	return doc, nil
}
