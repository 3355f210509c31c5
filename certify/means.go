package certify

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// means is the evidence where a query, or a cluster of queries, gives not a
// verdict but a value in [0, 1]: graded scores, clusters, repeats. Each unit is
// one independent draw. Model i falls short of the best choice by D_i, and
// G = min_i E D_i.
type means struct {
	short     [][]float64 // [model][unit] D_i
	lost      []float64   // [unit] what even the best choice loses: 1 − max_i score
	incumbent int
	alone     bool
	verdicts  measure // the same queries by verdict, for the other methods; nil when a unit is not one query
}

func (e means) gainUpper(m Method, delta float64) (float64, bool) {
	if m != Scores {
		if e.verdicts == nil {
			return 0, false
		}
		return e.verdicts.gainUpper(m, delta)
	}
	if e.alone {
		return screenedBets([]sample{newSample(e.short[e.incumbent])}, delta), true
	}
	samples := make([]sample, len(e.short))
	for i, x := range e.short {
		samples[i] = newSample(x)
	}
	return screenedBets(samples, delta), true
}

func (e means) gainLower(delta float64) float64 {
	if e.alone {
		return prob.BettingLower(e.short[e.incumbent], delta)
	}
	least := 1.0
	for _, x := range e.short {
		least = math.Min(least, prob.BettingLower(x, delta))
	}
	return least
}

func (e means) beta(delta float64) (lower, upper float64) {
	return prob.BettingLower(e.lost, delta), prob.BettingUpper(e.lost, delta)
}

func (e means) bestLower(delta float64) float64 {
	best := e.best()
	score := make([]float64, len(e.lost))
	for u := range score {
		score[u] = math.Max(0, 1-e.lost[u]-e.short[best][u])
	}
	return prob.BettingLower(score, delta/float64(len(e.short)))
}

// best is the model with the least mean shortfall.
func (e means) best() int {
	best := 0
	for i := range e.short {
		if mean(e.short[i]) < mean(e.short[best]) {
			best = i
		}
	}
	return best
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// unit is a query, or the queries of one cluster.
type unit struct {
	name    string
	columns []int
}

// unitsOf groups the queries of a mask by cluster, or takes each by itself. They
// come in an order that hangs on their names and the seed alone, since the
// betting limits hang on the order.
func unitsOf(m *outcome.Matrix, o Options, mask outcome.Mask) ([]unit, error) {
	var units []unit
	if o.Cluster == "" {
		for c := range m.Columns() {
			if mask.Has(c) {
				units = append(units, unit{m.ID(c), []int{c}})
			}
		}
	} else {
		parts, err := partition(m, o.Cluster, mask)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if p.value == "" {
				return nil, usage("cluster: %d queries have no label %s; each needs one, for the cluster is what is drawn",
					len(p.columns), outcome.Quote(o.Cluster))
			}
			units = append(units, unit{p.value, p.columns})
		}
	}
	key := make(map[string]float64, len(units))
	for _, u := range units {
		key[u.name] = prob.Keyed(o.Seed, "order", u.name)
	}
	slices.SortFunc(units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(key[a.name], key[b.name]), cmp.Compare(a.name, b.name))
	})
	return units, nil
}

// meansOf bases a certificate on scores, or on the means of clusters. Every
// unit weighs the same: with clusters of unequal size the rates are per cluster.
func meansOf(m *outcome.Matrix, o Options, mask outcome.Mask, incumbent int) (base, error) {
	e, err := shortfalls(m, o, mask, incumbent)
	if err != nil {
		return base{}, err
	}
	if o.Cluster == "" {
		verdicts, err := completeCases(m, o, mask, incumbent)
		if err != nil {
			return base{}, err
		}
		e.verdicts = verdicts.measure
	}
	return e.base(m.Count(mask)), nil
}

func shortfalls(m *outcome.Matrix, o Options, mask outcome.Mask, incumbent int) (means, error) {
	if !m.Single() {
		return means{}, usage("method scores needs single queries; these columns are merged patterns")
	}
	units, err := unitsOf(m, o, mask)
	if err != nil {
		return means{}, err
	}
	e := means{incumbent: incumbent, alone: incumbent >= 0, lost: make([]float64, len(units))}
	for range m.Models() {
		e.short = append(e.short, make([]float64, len(units)))
	}
	for u, un := range units {
		each := 1 / float64(len(un.columns))
		for _, c := range un.columns {
			top := 0.0
			for i := range m.Models() {
				top = math.Max(top, score(m, i, c))
			}
			e.lost[u] += each * (1 - top)
			for i := range m.Models() {
				e.short[i][u] += each * (top - score(m, i, c))
			}
		}
		e.lost[u] = clip(e.lost[u])
		for i := range e.short {
			e.short[i][u] = clip(e.short[i][u])
		}
	}
	return e, nil
}

// base takes the points from the means, and the kinds from the verdicts.
func (e means) base(counts outcome.Counts) base {
	best := e.best()
	over := best
	if e.alone {
		over = e.incumbent
	}
	b := fromCountsBase(counts, over)
	b.best, b.measure = best, e
	lost := mean(e.lost)
	b.betaPoint, b.gain = ptr(lost), ptr(mean(e.short[over]))
	b.accuracy = ptr(clip(1 - lost - mean(e.short[best])))
	return b
}

// score is a model's graded score on a column, or its verdict as 1 or 0.
func score(m *outcome.Matrix, model, column int) float64 {
	if s := m.Scores(model); s != nil {
		return s[column]
	}
	if m.Right(model, column) {
		return 1
	}
	return 0
}
