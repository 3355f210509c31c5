package certify

import (
	"cmp"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Draws are keyed by the query's id, never by its place: the same queries in
// another order, or in another file, give the same certificate.

// uniform gives a number in [0, 1) to a query, the same for the same seed,
// purpose and id: FNV-1a (Fowler, Noll, Vo) finished by the mixer of SplitMix64
// (Steele, Lea, Flood 2014).
func uniform(seed uint64, purpose, id string) float64 {
	h := uint64(14695981039346656037)
	for _, s := range [...]string{purpose, "\x00", id} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	h += seed * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64((h^h>>31)>>11) / (1 << 53)
}

// holdOut picks the best model on a seeded part of the queries and gathers the
// evidence about that model on the rest. ok is false where there is nothing to
// split: merged columns, or too few queries of them.
func holdOut(m *outcome.Matrix, o Options, mask outcome.Mask) (held evidence, picked int, ok bool) {
	if !m.Single() {
		return evidence{}, 0, false
	}
	part, rest := outcome.NewMask(m.Columns()), outcome.NewMask(m.Columns())
	for c := range m.Columns() {
		switch {
		case !mask.Has(c):
		case uniform(o.Seed, "split", m.ID(c)) < splitShare:
			part.Set(c)
		default:
			rest.Set(c)
		}
	}
	first, second := m.Count(part), m.Count(rest)
	if first.Queries == 0 || second.Queries == 0 {
		return evidence{}, 0, false
	}
	picked = first.Best()
	return fromCounts(second, binomial{second.Queries}, picked), picked, true
}

// multinomial draws how many of n queries come from each part of a mix, by
// binary search in the cumulated weights for each of n keyed uniforms.
func multinomial(n int64, cumulated []float64, draw func(i int64) float64) []int64 {
	out := make([]int64, len(cumulated))
	total := cumulated[len(cumulated)-1]
	for i := range n {
		at, _ := slices.BinarySearchFunc(cumulated, draw(i)*total, func(c, u float64) int {
			if c <= u {
				return -1
			}
			return 1
		})
		out[min(at, len(out)-1)]++
	}
	return out
}

// inRandomOrder sorts columns by their keyed uniforms, ties by id.
func inRandomOrder(m *outcome.Matrix, seed uint64, purpose string, columns []int) []int {
	key := make(map[int]float64, len(columns))
	for _, c := range columns {
		key[c] = uniform(seed, purpose, m.ID(c))
	}
	out := slices.Clone(columns)
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(m.ID(a), m.ID(b)))
	})
	return out
}
