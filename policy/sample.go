package policy

import (
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// mostQueries is how many queries are drawn where they come as patterns with
// their numbers: policies learn from single queries, and their intervals are
// narrow by then.
const mostQueries = 20_000

// sample puts single queries in place of patterns, at most so many, with their
// labels and without names. How many of each kind there are is drawn without
// replacement; their order is drawn, too, since folds go by it.
func (b *bench) sample(m *outcome.Matrix) {
	groups := m.GroupAlike(m.SliceKeys())
	patterns, sizes, total := make([]outcome.Pattern, len(groups)), make([]int64, len(groups)), int64(0)
	for i, g := range groups {
		patterns[i], sizes[i] = g.Pattern, g.Weight
		total += g.Weight
	}
	digest := outcome.DigestPatterns(patterns)
	counts := make([]int64, len(sizes))
	prob.MultiHypergeometric(counts, min(total, mostQueries), sizes, func(i int) float64 {
		return prob.Keyed(b.Seed, "sample", digest, groups[i].Key)
	})
	var columns []int
	for i, g := range groups {
		for range counts[i] {
			columns = append(columns, g.Column)
		}
	}
	prob.Stream(b.Seed, "order", digest).Shuffle(len(columns), func(x, y int) { columns[x], columns[y] = columns[y], columns[x] })
	b.Attempts, b.Details = []*outcome.Matrix{m.Singles(columns)}, nil
	b.Text, b.Vector, b.Data.Confidence = nil, nil, nil
}

// forget takes away what is by column, which nobody else knows.
func (b *bench) forget() {
	b.result.SingleBest.PerQuery = nil
	for k := range b.result.Policies {
		p := &b.result.Policies[k]
		p.PerQuery, p.Costs, p.Believed = nil, nil, nil
	}
}
