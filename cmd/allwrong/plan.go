package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const planHelp = `Plan says how many graded queries it takes to decide, before they are paid for.

Say what gain you expect and what overhead you compare it with. An expected gain
below the overhead aims at "no router can pay", one above it at "there is room".
With files, the gain, the pool and the joint law of its failures are taken from
them, and the screened certificate is simulated by drawing from their queries.

--beta-below plans for the co-failure rate instead: with none expected, the rule
of zero failures (299 queries for β below 1 % at 95 %).`

func newPlan() *cobra.Command {
	var o certify.PlanOptions
	var r reading
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "plan [PATH…]",
		Short: "How many graded queries decide?",
		Long:  planHelp,
		Example: "  allwrong plan --overhead 0.02 --gain 0.005 --pool 67\n" +
			"  allwrong plan pilot.csv --overhead 0.15\n" +
			"  allwrong plan --beta-below 0.01",
		RunE: func(cmd *cobra.Command, paths []string) error {
			doc := planDocument{Schema: "allwrong/plan/1", Inputs: []ingest.Input{}}
			var data *outcome.Matrix
			if len(paths) > 0 {
				if cmd.Flags().Changed("gain") || cmd.Flags().Changed("pool") || cmd.Flags().Changed("beta") {
					return usagef("--gain, --pool and --beta are taken from the files; give either")
				}
				read, err := r.gather(cmd, paths)
				if err != nil {
					return err
				}
				doc.Inputs, data = read.inputs, read.matrix
			}
			var err error
			if doc.Plan, err = certify.MakePlan(o, data); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			return report.Plan(cmd.OutOrStdout(), doc.Plan)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Float64Var(&o.Overhead, "overhead", 0, "what orchestration costs, in accuracy as a `FRACTION`")
	f.Float64Var(&o.Gain, "gain", 0, "the gain that you expect, as a `FRACTION`")
	f.IntVar(&o.Pool, "pool", 0, "`NUMBER` of models")
	f.Float64Var(&o.BetaBelow, "beta-below", 0, "certify that β is below this `FRACTION`")
	f.Float64Var(&o.Beta, "beta", 0, "the co-failure rate that you expect, as a `FRACTION`")
	f.Float64Var(&o.Confidence, "confidence", 0.95, "of the statement, as a `FRACTION`")
	f.Float64Var(&o.Power, "power", 0.8, "chance with which the study is to decide, as a `FRACTION`")
	f.Uint64Var(&o.Seed, "seed", 1, "`NUMBER` to simulate from")
	r.flags(cmd)
	r.databaseFlags(cmd)
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// planDocument is the JSON of plan.
type planDocument struct {
	Schema string `json:"schema"`
	certify.Plan
	Inputs []ingest.Input `json:"inputs"`
}
