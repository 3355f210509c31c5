package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/report"
)

const explainHelp = `Explain shows what the correlation of errors says of a pool, and what it misses: how
often all models should be wrong at once by what pairs of them suggest, how often
they are, what that could be at this very correlation, whether there is a common
mode, where a gain would come from, and whether the models rescue each other more
often than the difficulty of the queries alone predicts.

It is over the queries that every model answered. Resampling is seeded: the same
files and the same seed give the same numbers on any machine with any number of
processors.`

func newExplain() *cobra.Command {
	var r reading
	var o dependence.ExplainOptions
	var full, asJSON bool
	cmd := &cobra.Command{
		Use:     "explain PATH…",
		Short:   "What does correlation miss?",
		Long:    explainHelp,
		Example: "  allwrong explain results/\n  allwrong explain results/ --full --seed 7",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if o.Replicates < 1 {
				return usagef("--replicates: %d: want at least 1", o.Replicates)
			}
			r.answers = true
			r.slices = o.Slices
			read, err := r.gather(cmd, paths)
			if err != nil {
				return err
			}
			doc, err := explain(cmd, &r, read, o)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			shown := *doc.Explanation
			shown.Warnings = brief(shown.Warnings, doc.Inputs)
			return report.Explanation(cmd.OutOrStdout(), &shown, report.Origin{Formats: formats(read.inputs)}, full)
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	f := cmd.Flags()
	f.Uint64Var(&o.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	f.IntVar(&o.Replicates, "replicates", 2000, "resampled query sets, `NUMBER` of them, for the intervals")
	f.StringArrayVar(&o.Slices, "slice", nil, "route by the label `KEY` only (may be repeated; default: by each label)")
	f.BoolVar(&full, "full", false, "print the tables, too")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// explanation is the JSON of explain.
type explanation struct {
	Schema string `json:"schema"`
	*dependence.Explanation
	Inputs   []ingest.Input    `json:"inputs"`
	Options  reading           `json:"options"`
	Warnings []certify.Warning `json:"warnings"` // of the reading and of the pairs; the other parts carry their own
}

func explain(cmd *cobra.Command, r *reading, g *gathered, o dependence.ExplainOptions) (*explanation, error) {
	meter := newMeter(cmd.ErrOrStderr())
	o.Progress = meter.part
	defer meter.clear()
	x, err := dependence.Explain(cmd.Context(), g.matrix, g.detail, o)
	if err != nil {
		return nil, err
	}
	for _, w := range g.warnings {
		x.Warnings = append(x.Warnings, dependence.Warning(w))
	}
	doc := &explanation{Schema: "allwrong/explain/1", Explanation: x, Inputs: g.inputs, Options: *r, Warnings: []certify.Warning{}}
	for _, w := range x.Warnings {
		doc.Warnings = append(doc.Warnings, certify.Warning(w))
	}
	return doc, nil
}
