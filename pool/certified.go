package pool

import (
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// splitShare is the part of the queries on which a pool is chosen, so that the
// rest can certify it as one that was fixed beforehand.
const splitShare = 0.25

// certify bounds what a chosen pool can do, with the choice priced in
// (docs/method.md). An upper bound needs nothing: the gain of the whole pool
// bounds that of every part of it. A lower bound that ignored the choice would be
// too high, since the pool was chosen for its luck as well.
func (f *finding) certify() {
	if len(f.required) == f.K {
		f.result.Certified = append(f.result.Certified, f.statement("fixed", f.matrix, f.chosen.models, 1))
		return
	}
	if c := f.split(); c != nil {
		f.result.Certified = append(f.result.Certified, *c)
	}
	choices := 0.0
	for k := 1; k <= f.K-len(f.required); k++ {
		choices += binomial(len(f.names)-len(f.required), k)
	}
	f.result.Certified = append(f.result.Certified, f.statement("every-pool", f.matrix, f.chosen.models, choices))
}

// statement bounds one pool among so many that might have been chosen.
func (f *finding) statement(method string, m *outcome.Matrix, pool []int, among float64) Certified {
	alpha := (1 - f.Confidence) / among
	all, part := m.Count(nil), f.counted(m, pool)
	c := Certified{Method: method, Models: f.named(pool), Queries: part.Queries, AllWrong: part.AllWrong}
	c.Ceiling = 1 - prob.ClopperPearsonUpper(part.AllWrong, part.Queries, alpha)
	c.Gain = f.gainLower(m, pool, all, part, alpha)
	return c
}

// gainLower bounds P(some member is right) less the accuracy of each model: of a
// member by one binomial rate, of a stranger by the two rates of which the
// difference is made. The least of valid bounds bounds the least difference, so
// that nothing is shared between models (intersection–union).
func (f *finding) gainLower(m *outcome.Matrix, pool []int, all, part outcome.Counts, alpha float64) float64 {
	lower := math.Inf(1)
	for _, right := range part.Right {
		rescued := part.Queries - part.AllWrong - right
		lower = min(lower, prob.ClopperPearsonLower(rescued, part.Queries, alpha))
	}
	for j := range f.names {
		if slices.Contains(pool, j) {
			continue
		}
		with := f.counted(m, append(slices.Clone(pool), j))
		alone := part.AllWrong - with.AllWrong                       // j right, every member wrong
		ahead := part.Queries - part.AllWrong - all.Right[j] + alone // some member right, j wrong
		lower = min(lower, prob.ClopperPearsonLower(ahead, part.Queries, alpha/2)-prob.ClopperPearsonUpper(alone, part.Queries, alpha/2))
	}
	return lower
}

// split chooses a pool on a part of the queries and certifies it on the rest.
func (f *finding) split() *Certified {
	part, rest := slices.Clone(f.patterns), slices.Clone(f.patterns)
	for i, p := range f.patterns {
		part[i].Weight = prob.BinomialQuantile(prob.Keyed(f.Seed, "split", f.digest, p.Key), p.Weight, splitShare)
		rest[i].Weight -= part[i].Weight
	}
	chooseOn, certifyOn := outcome.FromPatterns(f.names, part), outcome.FromPatterns(f.names, rest)
	if chooseOn.Size(nil) == 0 || certifyOn.Size(nil) == 0 {
		f.warn("few-queries", "%d queries are too few to choose on some and certify on others.", f.n)
		return nil
	}
	c := f.statement("split", certifyOn, f.choose(chooseOn).models, 1)
	return &c
}

// choose finds a pool of K on some queries, as well as can be done quickly.
func (f *finding) choose(m *outcome.Matrix) choice {
	c := newCover(m)
	g := *f.goal
	g.right = m.Count(nil).Right
	all := make([]int, len(f.names))
	for i := range all {
		all[i] = i
	}
	steps := g.greedy(c, f.required, all, f.K)
	at := g.exchange(c, steps[len(steps)-1], f.required, all)
	slices.Sort(at.models)
	return at
}

func (f *finding) named(models []int) []string {
	names := make([]string, len(models))
	for j, i := range models {
		names[j] = f.names[i]
	}
	return names
}

// binomial is C(n, k) as a float64.
func binomial(n, k int) float64 {
	x := 1.0
	for i := range min(k, n-k) {
		x *= float64(n-i) / float64(i+1)
	}
	return x
}
