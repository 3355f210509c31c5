package certify

import (
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Draws are keyed by a query's id or by its pattern, never by its place: the same
// queries in another order, or in another file, give the same certificate.

// Queries with one pattern of verdicts are exchangeable, so a part of the
// queries may be drawn pattern by pattern: how many of each go into the part.
// Such a draw is keyed by the counts and the pattern, needs no ids, and is the
// same for a file and for a database that returns patterns with their weights.

// holdOut picks the best model on a seeded part of the queries, each of them in
// it with chance splitShare, and gathers the evidence about that model on the
// rest. ok is false where a part is empty.
func holdOut(models int, patterns []outcome.Pattern, o Options) (held evidence, picked int, ok bool) {
	part, rest := slices.Clone(patterns), slices.Clone(patterns)
	purpose := "split\x00" + outcome.DigestPatterns(patterns)
	for i, p := range patterns {
		part[i].Weight = prob.BinomialQuantile(prob.Keyed(o.Seed, purpose, p.Key), p.Weight, splitShare)
		rest[i].Weight -= part[i].Weight
	}
	first, second := outcome.CountPatterns(models, part), outcome.CountPatterns(models, rest)
	if first.Queries == 0 || second.Queries == 0 {
		return evidence{}, 0, false
	}
	picked = first.Best()
	return fromCounts(second, binomial{second.Queries}, picked), picked, true
}

// takeOut draws this many of the queries behind some patterns, without replacement.
func takeOut(patterns []outcome.Pattern, n int64, seed uint64, purpose string) []outcome.Pattern {
	purpose += "\x00" + outcome.DigestPatterns(patterns)
	sizes := make([]int64, len(patterns))
	left := int64(0)
	for i, p := range patterns {
		sizes[i] = p.Weight
		left += p.Weight
	}
	prob.MultiHypergeometric(sizes, min(n, left), slices.Clone(sizes), func(i int) float64 {
		return prob.Keyed(seed, purpose, patterns[i].Key)
	})
	out := make([]outcome.Pattern, 0, len(patterns))
	for i, p := range patterns {
		if sizes[i] > 0 {
			out = append(out, outcome.Pattern{Key: p.Key, Weight: sizes[i]})
		}
	}
	return out
}
