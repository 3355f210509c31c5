package main

import (
	"errors"
	"fmt"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/report/figure"
)

// plot draws one kind of figure. The figure is nil when there is nothing to draw;
// the text says why, and what to do.
type plot struct {
	draw func(x *plotting) (*figure.Figure, error)
	none string
}

var plots = map[string]plot{
	"parts":       {drawParts, "no query was answered by every model"},
	"slices":      {drawSlices, "no label divides these queries; --slice KEY names one"},
	"matrix":      {drawMatrix, "there is no verdict"},
	"pool-size":   {drawPoolSize, "it takes two models and a query that every model answered"},
	"correlation": {drawCorrelation, "no two models are each both right and wrong on the queries that all answered"},
	"frontier":    {drawFrontier, "the files state no costs"},
	"policies":    {drawPolicies, "no policy could be scored on these queries"},
	"rescues":     {drawRescues, "the table is left out for so many models: choose some with --models"},
	"compare":     {drawCompare, "the sets have no query in common that every common model answered"},
	"audit":       {drawAudit, "no query was answered by every model"},
}

// plotKinds are the names of plots in the order of the help.
var plotKinds = []string{"parts", "slices", "matrix", "pool-size", "correlation", "frontier", "policies", "rescues", "audit", "compare"}

func drawParts(x *plotting) (*figure.Figure, error) {
	c, err := x.study.Certificate()
	x.notes = c.Warnings // those of the reading among them
	return figure.FourParts(c), err
}

func drawSlices(x *plotting) (*figure.Figure, error) {
	live, err := x.study.Live()
	if err != nil || len(live.Cuts) == 0 {
		return nil, err
	}
	return figure.Slices(live.Cuts[0].Slices), nil
}

func drawMatrix(x *plotting) (*figure.Figure, error) { return figure.Matrix(x.study.Matrix()), nil }

func drawPoolSize(x *plotting) (*figure.Figure, error) {
	meter := newMeter(x.cmd.ErrOrStderr())
	defer meter.clear()
	e, err := x.study.Explain(x.cmd.Context(), meter.part)
	if err != nil {
		return nil, err
	}
	for _, w := range e.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.PoolSize(e.PoolSize, e), nil
}

func drawCorrelation(x *plotting) (*figure.Figure, error) {
	return figure.Correlation(dependence.Correlate(x.study.Matrix(), x.study.Detail().Families)), nil
}

func drawFrontier(x *plotting) (*figure.Figure, error) {
	r, err := budget.Measure(x.study.Matrix(), x.study.Detail().Costs, budget.Options{Prices: x.study.Prices(), Incumbent: x.flags.options.Incumbent, Seed: x.flags.options.Seed})
	var none *budget.NoCosts
	if errors.As(err, &none) {
		return nil, fmt.Errorf("nothing to draw for frontier: no costs are known of %d of %d models, first %s: choose models that state them with --models", len(none.Models), none.Of, none.Models[0])
	}
	if err != nil {
		return nil, err
	}
	for _, w := range r.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.Frontier(r), nil
}

// drawPolicies compares on the set with the ledger applied, as policy does.
func drawPolicies(x *plotting) (*figure.Figure, error) {
	r := &x.flags.options.Reading
	if err := r.apply(x.result.Set); err != nil {
		return nil, err
	}
	o := policy.Options{Seed: x.flags.options.Seed, Cluster: x.flags.options.Cluster}
	if x.flags.options.Slice != "" {
		o.Slices = []string{x.flags.options.Slice}
	}
	doc, err := comparePolicies(x.cmd, r, x.result, o, &policyFiles{})
	if err != nil {
		return nil, err
	}
	x.notes = nil // those of the reading are among the document's
	for _, w := range doc.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.Policies(doc.Result), nil
}

func drawRescues(x *plotting) (*figure.Figure, error) {
	p, err := x.study.Pools(x.cmd.Context(), nil)
	if err != nil {
		return nil, err
	}
	return figure.Rescues(p.Result), nil
}

func drawCompare(x *plotting) (*figure.Figure, error) {
	o := x.flags.options
	f := compareFlags{options: compare.Options{Incumbent: o.Incumbent, Confidence: o.Confidence, Seed: o.Seed}, reading: o.Reading}
	if len(x.paths) != 2 {
		return nil, usagef("%d paths: name two sets of results, each a file or a folder", len(x.paths))
	}
	doc, inputs, err := f.compare(x.cmd, x.paths)
	if err != nil {
		return nil, err
	}
	x.inputs = inputs
	for _, w := range doc.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.Compared(doc.Result), nil
}

func drawAudit(x *plotting) (*figure.Figure, error) {
	a, err := x.study.Audit(x.cmd.Context(), nil)
	if err != nil {
		return nil, err
	}
	return figure.Audited(a.Range), nil
}
