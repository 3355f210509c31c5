package certify

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Weighted says how the production mix was reached. Limits rest on a seeded
// sample of the queries that has the mix's law, and are as exact as without
// weights (BASELINES-2, 2); points are the weighted shares of all queries.
type Weighted struct {
	Key        string  `json:"key"`     // label whose values are weighted; empty when queries are weighted one by one
	Queries    int64   `json:"queries"` // size of the sample on which the limits rest
	Short      int64   `json:"short"`   // of those, queries that the mix called for and the data lack; each counts against the user
	Seed       uint64  `json:"seed"`
	Unweighted float64 `json:"unweighted_gain"` // the point estimate without weights, to compare
}

// toMix bases a certificate on the production mix: n draws from the mix decide
// how many queries to take from each slice, taken at random without
// replacement. They are then independent draws from production. Weights by query
// id are reached by rejection: a query stays with a chance proportional to its weight.
func toMix(m *outcome.Matrix, o Options, mask outcome.Mask, incumbent int) (base, *Weighted, error) {
	if o.Slice == "" && !m.Single() {
		return base{}, nil, usage("weights by query id need single queries; these columns are merged patterns")
	}
	parts, weights, err := mixParts(m, o, mask)
	if err != nil {
		return base{}, nil, err
	}
	var sample []outcome.Pattern
	w := &Weighted{Key: o.Slice, Seed: o.Seed}
	if o.Slice == "" {
		sample = m.Patterns(reject(m, o, parts))
	} else {
		sample, w.Short = resample(m, o.Seed, parts, weights)
	}
	counts := outcome.CountPatterns(len(m.Models()), sample)
	w.Queries = counts.Queries + w.Short
	if counts.Queries == 0 {
		return base{}, nil, fmt.Errorf("weights: no query of the mix is among the %d graded ones", m.Size(mask))
	}
	ev := fromCounts(counts, binomial{w.Queries}, incumbent).asked(o).lacking(w.Short)
	if held, _, ok := holdOut(len(m.Models()), sample, o); ok && w.Short == 0 {
		ev.held = &held
	}
	all := m.Count(mask)
	right, none := mixPoints(m, parts, weights)
	best := 0
	for i, r := range right {
		if r > right[best] {
			best = i
		}
	}
	over := best
	if ev.alone {
		over = incumbent
	}
	b := fromCountsBase(all, over)
	b.best, b.measure, b.basis = best, ev, w.Queries
	b.betaPoint, b.accuracy, b.gain = &none, &right[best], ptr(math.Max(0, 1-none-right[over]))
	w.Unweighted = float64(all.Rescued(over)) / float64(all.Queries)
	return b, w, nil
}

// mixParts pairs each part of the queries with its weight, the weights summing to 1.
func mixParts(m *outcome.Matrix, o Options, mask outcome.Mask) ([]part, []float64, error) {
	var parts []part
	if o.Slice != "" {
		var err error
		if parts, err = partition(m, o.Slice, mask); err != nil {
			return nil, nil, err
		}
	} else {
		for c := range m.Columns() {
			if mask.Has(c) {
				parts = append(parts, part{value: m.ID(c), columns: []int{c}, size: 1})
			}
		}
	}
	weights := make([]float64, len(parts))
	known := map[string]bool{}
	for i, p := range parts {
		w, ok := o.Weights[p.value]
		if !ok {
			return nil, nil, usage("weights: %s has no weight; give it one, 0 if production never asks it", outcome.Quote(p.value))
		}
		weights[i], known[p.value] = w, true
	}
	for _, value := range slices.Sorted(maps.Keys(o.Weights)) {
		w := o.Weights[value]
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, nil, usage("weights: %s weighs %v; want a number from 0 upwards", outcome.Quote(value), w)
		}
		if !known[value] && w > 0 && o.Slice != "" {
			parts, weights = append(parts, part{value: value}), append(weights, w)
		}
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	if total == 0 {
		return nil, nil, usage("weights: all of them are 0")
	}
	for i := range weights {
		weights[i] /= total
	}
	return parts, weights, nil
}

// resample draws the mix. Its size is the largest for which no slice that has
// queries is expected to run short, two standard deviations included; it
// depends on how many queries there are, never on their verdicts.
func resample(m *outcome.Matrix, seed uint64, parts []part, weights []float64) (sample []outcome.Pattern, short int64) {
	size := int64(math.MaxInt64)
	for i, w := range weights {
		if have := float64(parts[i].size); w > 0 && have > 0 {
			// N·w + 2√(N·w) <= have, solved for N
			root := math.Sqrt(have+1) - 1
			size = min(size, max(1, int64(root*root/w)))
		}
	}
	purpose := "mix\x00" + outcome.DigestPatterns(m.Patterns(nil))
	draws := fromMix(size, weights, func(i int) float64 { return prob.Keyed(seed, purpose, parts[i].value) })
	taken := map[string]int64{}
	for i, n := range draws {
		short += n - min(n, parts[i].size)
		if parts[i].size == 0 {
			continue
		}
		for _, p := range takeOut(m.Patterns(parts[i].mask), n, seed, "mix\x00"+parts[i].value) {
			taken[p.Key] += p.Weight
		}
	}
	for _, key := range slices.Sorted(maps.Keys(taken)) {
		sample = append(sample, outcome.Pattern{Key: key, Weight: taken[key]})
	}
	return sample, short
}

// fromMix draws how many of n queries come from each part of a mix: for each part
// in turn a binomial share of what is left.
func fromMix(n int64, weights []float64, draw func(i int) float64) []int64 {
	rest := make([]float64, len(weights)+1) // of the weights from i on
	for i := len(weights) - 1; i >= 0; i-- {
		rest[i] = rest[i+1] + weights[i]
	}
	out := make([]int64, len(weights))
	for i, w := range weights {
		if w > 0 {
			out[i] = prob.BinomialQuantile(draw(i), n, w/rest[i])
			n -= out[i]
		}
	}
	return out
}

// reject keeps each query with a chance proportional to its weight, of the
// largest weight that was given, whether or not its query is graded: a bound
// taken from the graded queries alone would hang on which of them were drawn.
func reject(m *outcome.Matrix, o Options, parts []part) outcome.Mask {
	most := 0.0
	for _, w := range o.Weights {
		most = math.Max(most, w)
	}
	sample := outcome.NewMask(m.Columns())
	for _, p := range parts {
		if prob.Keyed(o.Seed, "weight", p.value)*most < o.Weights[p.value] {
			sample.Set(p.columns[0])
		}
	}
	return sample
}

// mixPoints are the weighted accuracy of each model and the weighted co-failure
// rate. A slice without queries says nothing; the others' weights stand for it.
func mixPoints(m *outcome.Matrix, parts []part, weights []float64) (right []float64, none float64) {
	right = make([]float64, len(m.Models()))
	seen := 0.0
	for i, p := range parts {
		if p.size == 0 || weights[i] == 0 {
			continue
		}
		seen += weights[i]
		if p.mask == nil { // a query by itself
			some := false
			for j := range right {
				if m.Right(j, p.columns[0]) {
					right[j] += weights[i]
					some = true
				}
			}
			if !some {
				none += weights[i]
			}
			continue
		}
		c, each := m.Count(p.mask), weights[i]/float64(p.size)
		for j, n := range c.Right {
			right[j] += each * float64(n)
		}
		none += each * float64(c.AllWrong)
	}
	for j := range right {
		right[j] /= seen
	}
	return right, none / seen
}
