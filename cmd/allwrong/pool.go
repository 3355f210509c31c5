package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/pool"
	"github.com/allwrong/allwrong/report"
)

const poolHelp = `Pool finds the models worth keeping: for each size, the pool on whose queries some
member is right most often; what each model alone rescues, and its fair share of
the ceiling; what each model that was left out would add.

A pool that was chosen on the same queries looks better than it is. The ceiling is
therefore also shown on queries that the choice did not see, and certified with the
choice priced in. Prices are means over the answers for which the files state a
cost, in dollars a query.`

func newPool() *cobra.Command {
	var r reading
	var o pool.Options
	var objective string
	var full, asJSON bool
	cmd := &cobra.Command{
		Use:     "pool PATH…",
		Short:   "Which models are worth keeping?",
		Long:    poolHelp,
		Example: "  allwrong pool results/ -k 5\n  allwrong pool results/ --objective cost --max-price 0.02 --require gpt-5.5",
		RunE: func(cmd *cobra.Command, paths []string) error {
			o.Objective = pool.Objective(objective)
			read, err := r.gather(cmd, paths)
			if err != nil {
				return err
			}
			doc, err := findPool(cmd, &r, read, o)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			shown := *doc.Result
			shown.Warnings = brief(shown.Warnings, doc.Inputs)
			return report.Pools(cmd.OutOrStdout(), &shown, doc.Upper, report.Origin{Formats: formats(read.inputs)}, full)
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	f := cmd.Flags()
	f.IntVarP(&o.K, "size", "k", 0, "members of the pool, `NUMBER` of them (default 3)")
	f.StringVar(&objective, "objective", "ceiling", "`ceiling`: most queries covered; gain: most added to the pool's best member; cost: as ceiling, and the cheapest among equals")
	f.Float64Var(&o.MaxPrice, "max-price", 0, "at most so many `DOLLARS` a query for asking every member")
	f.BoolVar(&o.Exact, "exact", false, "work up to a minute on each size until it is proved")
	f.StringArrayVar(&o.Require, "require", nil, "keep `MODEL` in every pool (may be repeated)")
	f.StringVar(&o.New, "new", "", "say what `MODEL` adds to all others")
	f.Uint64Var(&o.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	f.BoolVar(&full, "full", false, "print every model and every size")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// poolDocument is the JSON of pool.
type poolDocument struct {
	Schema string `json:"schema"`
	*pool.Result
	Upper    *float64       `json:"gain_upper"` // upper limit on the gain of any pool of these models, chosen or not, over the single best
	Inputs   []ingest.Input `json:"inputs"`
	Options  poolOptions    `json:"options"`
	Warnings []pool.Warning `json:"warnings"`
}

type poolOptions struct {
	reading
	Objective pool.Objective     `json:"objective"`
	K         int                `json:"k"`
	MaxPrice  float64            `json:"max_price"`
	Require   []string           `json:"require"`
	Exact     bool               `json:"exact"`
	New       string             `json:"new"`
	Seed      uint64             `json:"seed"`
	Prices    map[string]float64 `json:"prices"`
}

func findPool(cmd *cobra.Command, r *reading, g *gathered, o pool.Options) (*poolDocument, error) {
	meter := newMeter(cmd.ErrOrStderr())
	o.Progress = func(k, of int) { meter.part("pools", k, of) }
	defer meter.clear()
	o.Prices = g.prices
	found, err := pool.Find(cmd.Context(), g.matrix, o)
	if err != nil {
		return nil, err
	}
	doc := &poolDocument{Schema: "allwrong/pool/1", Result: found, Inputs: g.inputs,
		Options: poolOptions{*r, found.Objective, found.K, o.MaxPrice, o.Require, o.Exact, o.New, o.Seed, o.Prices}}
	if c, err := certify.Certify(certify.Options{}, g.matrix); err == nil {
		doc.Upper = &c.Gain.Upper
	}
	for _, w := range g.warnings {
		found.Warnings = append(found.Warnings, pool.Warning(w))
	}
	doc.Warnings = found.Warnings
	return doc, nil
}
