package pool

import (
	"cmp"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// maxListed is up to how many queries are named in a list.
const maxListed = 100

// next says what each model that was left out would add to the chosen pool, and
// what the new model adds to all others.
func (f *finding) next() {
	for _, p := range f.result.Pools {
		for _, name := range p.Models {
			i := slices.Index(f.names, name)
			f.result.Models[i].In = append(f.result.Models[i].In, p.K)
		}
	}
	var out []int
	for i := range f.names {
		if !slices.Contains(f.chosen.models, i) {
			out = append(out, i)
		}
	}
	for _, i := range out {
		f.result.Next = append(f.result.Next, f.addition(f.chosen.models, i, len(out)))
	}
	slices.SortStableFunc(f.result.Next, func(a, b Addition) int { return cmp.Compare(b.Rescues, a.Rescues) })
	if f.New == "" {
		return
	}
	i := slices.Index(f.names, f.New)
	var others []int
	for j := range f.names {
		if j != i {
			others = append(others, j)
		}
	}
	f.result.New = ptr(f.addition(others, i, 1))
}

// addition compares a pool without and with one more model. Its rate is one
// binomial proportion: the share of queries that defeat the pool and not the
// model. Statements is how many such rates are bounded together.
func (f *finding) addition(pool []int, model, statements int) Addition {
	without, with := f.counted(f.matrix, pool), f.counted(f.matrix, append(slices.Clone(pool), model))
	a := Addition{Model: f.names[model], Rescues: without.AllWrong - with.AllWrong}
	a.Rate = f.share(a.Rescues)
	a.Lower, a.Upper = prob.ClopperPearson(a.Rescues, f.n, (1-f.Confidence)/float64(statements))
	best := without.Right[without.Best()]
	a.Best = f.counts.Right[model] > best
	a.Gain = f.share(f.n - with.AllWrong - max(best, f.counts.Right[model]))
	a.Change = a.Gain - f.share(f.n-without.AllWrong-best)
	if f.given.Single() {
		a.Queries = f.rescued(pool, model)
	}
	return a
}

func (f *finding) counted(m *outcome.Matrix, pool []int) outcome.Counts {
	return m.Select(pool).Count(nil)
}

// rescued lists queries on which a model is right and a whole pool is wrong.
func (f *finding) rescued(pool []int, model int) []string {
	ids := []string{}
	for q := range f.given.Columns() {
		if len(ids) == maxListed {
			break
		}
		if f.mask.Has(q) && f.given.Right(model, q) && !slices.ContainsFunc(pool, func(i int) bool { return f.given.Right(i, q) }) {
			ids = append(ids, f.given.ID(q))
		}
	}
	slices.Sort(ids)
	return ids
}
