package dependence

import (
	"strconv"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// sampled is one query of a sample: that which has this number among those that
// are alike.
type sampled struct {
	column int
	key    string // of the data set and the kind
	number int
}

// sample gives complete queries one by one, at most so many: all of them, or as
// many drawn without replacement. Queries with the same verdicts and the same
// values of some labels are alike, so that only the number of each kind is drawn,
// and the order is that of the kinds: neither hangs on names or places, and a
// source that counted gives the same sample as one that lists every query.
func sample(m *outcome.Matrix, labels []string, most int, seed uint64, purpose string) []sampled {
	groups := m.GroupAlike(labels)
	patterns, sizes, total := make([]outcome.Pattern, len(groups)), make([]int64, len(groups)), int64(0)
	for i, g := range groups {
		patterns[i], sizes[i] = g.Pattern, g.Weight
		total += g.Weight
	}
	take, digest := sizes, outcome.DigestPatterns(patterns)
	if total > int64(most) {
		take = make([]int64, len(sizes))
		prob.MultiHypergeometric(take, int64(most), sizes, func(i int) float64 {
			return prob.Keyed(seed, purpose, digest, groups[i].Key)
		})
	}
	var out []sampled
	for i, g := range groups {
		key := digest + g.Key
		for k := range take[i] {
			out = append(out, sampled{g.Column, key, int(k)})
		}
	}
	return out
}

// singly gathers a sample, the best model being that of all queries.
func (c *complete) singly(m *outcome.Matrix, list []sampled) *complete {
	columns := make([]int, len(list))
	for at, x := range list {
		columns[at] = x.column
	}
	out := gather(m, columns, func(int) int64 { return 1 })
	out.best = c.best
	return out
}

// name is that of a query of a sample, unlike any other's.
func (x sampled) name() string { return x.key + "\x00" + strconv.Itoa(x.number) }
