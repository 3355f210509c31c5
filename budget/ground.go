package budget

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// ground is what the bounds rest on: kinds of queries, what each model is worth
// and costs on them, and how many of each choose a price and how many certify.
// Where every model has one price a kind is a pattern of verdicts, and numbers are
// drawn; where answers state their costs it is a query.
type ground struct {
	value, cost         [][]float64 // [model][kind]
	part, rest          []float64   // [kind]
	toChoose, toCertify int64       // sums of these
	order               []int       // kinds of the queries that certify, in drawn order; nil where they are too many
}

// mostOrdered is up to how many queries bets are placed on one by one: they learn
// from each other then. Beyond, one bet is chosen on the part.
const mostOrdered = 100_000

func (f *finding) ground() *ground {
	if f.result.Basis == Logged {
		return f.byQuery()
	}
	return f.byPattern()
}

// byQuery divides queries by a draw that hangs on seed and id alone, in the order
// of their draws.
func (f *finding) byQuery() *ground {
	n := len(f.columns)
	g := &ground{value: f.value, cost: f.cost, part: make([]float64, n), rest: make([]float64, n)}
	keys, order := make([]float64, n), make([]int, n)
	for at, column := range f.columns {
		keys[at], order[at] = prob.Keyed(f.Seed, "budget", f.matrix.ID(column)), at
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(f.matrix.ID(f.columns[a]), f.matrix.ID(f.columns[b])))
	})
	for _, at := range order {
		if keys[at] < splitShare {
			g.part[at] = 1
			g.toChoose++
		} else {
			g.rest[at], g.order = 1, append(g.order, at)
			g.toCertify++
		}
	}
	return g
}

// byPattern draws how many queries of each pattern go into the part.
func (f *finding) byPattern() *ground {
	patterns := f.matrix.Patterns(nil)
	digest := outcome.DigestPatterns(patterns)
	g := &ground{}
	for k, p := range patterns {
		part := prob.BinomialQuantile(prob.Keyed(f.Seed, "budget", digest, p.Key), p.Weight, splitShare)
		g.part, g.rest = append(g.part, float64(part)), append(g.rest, float64(p.Weight-part))
		g.toChoose, g.toCertify = g.toChoose+part, g.toCertify+p.Weight-part
		if g.toCertify <= mostOrdered {
			g.order = append(g.order, slices.Repeat([]int{k}, int(p.Weight-part))...)
		}
	}
	if g.toCertify > mostOrdered {
		g.order = nil
	}
	prob.Stream(f.Seed, "order", digest).Shuffle(len(g.order), func(a, b int) { g.order[a], g.order[b] = g.order[b], g.order[a] })
	for i := range f.names {
		value, cost := make([]float64, len(patterns)), make([]float64, len(patterns))
		for k, p := range patterns {
			if cost[k] = f.cost[i][0]; p.Right(i) {
				value[k] = 1
			}
		}
		g.value, g.cost = append(g.value, value), append(g.cost, cost)
	}
	return g
}

// upper bounds from above the mean of a variable that is at most 1 and is cut at
// −τ, from the queries that certify.
func (g *ground) upper(of func(kind int) float64, tau, alpha float64) float64 {
	scaled := make([]float64, len(g.rest))
	for k := range scaled {
		scaled[k] = clip((math.Max(of(k), -tau) + tau) / (1 + tau))
	}
	if g.order != nil {
		x := make([]float64, len(g.order))
		for at, k := range g.order {
			x[at] = scaled[k]
		}
		return prob.BettingUpper(x, alpha)*(1+tau) - tau
	}
	_, variance := g.moments(func(k int) float64 { return scaled[k] })
	n := float64(g.toChoose) // shrunk towards the widest law, as bets one by one are
	bet := prob.FixedBet(float64(g.toCertify), (0.25+n*variance)/(n+1), alpha)
	times := make([]int64, len(g.rest))
	for k, w := range g.rest {
		times[k] = int64(w)
	}
	return prob.FixedBetUpper(scaled, times, bet, alpha)*(1+tau) - tau
}

// moments are those of a variable over the part.
func (g *ground) moments(of func(kind int) float64) (mean, variance float64) {
	var s, squares float64
	for k, w := range g.part {
		if w > 0 {
			x := of(k)
			s, squares = s+w*x, squares+w*x*x
		}
	}
	n := float64(g.toChoose)
	mean = s / n
	return mean, math.Max(0, squares/n-mean*mean)
}
