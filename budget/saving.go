package budget

import (
	"math"
	"slices"

	"github.com/allwrong/allwrong/prob"
)

// splitShare is the part of the queries on which the price λ of a bound, and the
// model to compare with, are chosen. The others certify.
const splitShare = 0.25

// lines is how many prices the envelope has.
const lines = 6

// certify bounds from below what a policy costs that is at least as accurate as
// model j. For any policy π, on every query q_π − λc_π ≤ max_i (q_i − λc_i). With
// E q_π ≥ E q_j that gives
//
//	E c_π ≥ −E D/λ,   D = max_i (q_i − λ·c_i) − q_j,
//
// for each λ > 0, and D is one variable a query: an upper limit on its mean is
// all that it takes. D is at most 1. From below it is cut at −τ, τ chosen with λ;
// that can only raise the mean, so nothing is asked of the law of the costs.
func (f *finding) certify() {
	if why := f.uncertain(); why != nil {
		f.result.Warnings = append(f.result.Warnings, *why)
		return
	}
	g := f.ground()
	if g.toChoose < 2 || g.toCertify < 2 {
		f.warn("few-queries", "%d queries are too few to choose a price on some and to certify on others.", f.result.Queries)
		return
	}
	alpha := 1 - f.Confidence
	j, named := f.incumbent, f.Incumbent != ""
	if !named {
		j = g.strongest()
	}
	lambda := g.bestPrice(j, alpha)
	if lambda == 0 {
		f.warn("no-saving", "On the part where the bound's price is chosen no dearer model is better than a cheaper one: no price, and nothing certified.")
		return
	}
	floor := math.Max(f.leastCost(), g.floor(j, lambda, alpha))
	c := Floor{Over: f.names[j], CostUSD: floor, Lambda: lambda, Queries: int(g.toCertify), Named: named}
	if of := f.result.Models[j].CostUSD; of > 0 {
		share := math.Max(0, 1-floor/of)
		c.Share = &share
	}
	f.result.Saving.Certified = &c
	f.result.Envelope = g.envelope(alpha)
}

// uncertain says why nothing can be certified, if so.
func (f *finding) uncertain() *Warning {
	for i, m := range f.result.Models {
		if m.CostUSD == 0 {
			return &Warning{"free", f.names[i] + " costs nothing in these data. A cost that was not recorded looks like that: no saving is certified."}
		}
	}
	return nil
}

// leastCost is what no policy can fall below, whatever it knows: the cheapest
// price, where prices are fixed.
func (f *finding) leastCost() float64 {
	if f.result.Basis == Logged {
		return 0
	}
	least := math.Inf(1)
	for _, m := range f.result.Models {
		least = math.Min(least, m.CostUSD)
	}
	return least
}

// strongest is the most accurate model of the part, the first among equals.
func (g *ground) strongest() int {
	best, most := 0, -1.0
	for i, row := range g.value {
		right := 0.0
		for k, w := range g.part {
			right += w * row[k]
		}
		if right > most {
			best, most = i, right
		}
	}
	return best
}

// best is max_i (q_i − λ·c_i) on a query.
func (g *ground) best(k int, lambda float64) float64 {
	top := math.Inf(-1)
	for i := range g.value {
		top = math.Max(top, g.value[i][k]-lambda*g.cost[i][k])
	}
	return top
}

// cut is the −τ at which D is cut: what it is when even the cheapest model is
// dear and model j alone is right, on the part.
func (g *ground) cut(lambda float64) float64 {
	dear := 0.0
	for k, w := range g.part {
		if w == 0 {
			continue
		}
		least := math.Inf(1)
		for i := range g.cost {
			least = math.Min(least, g.cost[i][k])
		}
		dear = math.Max(dear, least)
	}
	return 1 + lambda*dear
}

// floor is the lower limit on the cost, from queries that chose neither λ, τ nor j.
func (g *ground) floor(j int, lambda, alpha float64) float64 {
	tau := g.cut(lambda)
	upper := g.upper(func(k int) float64 { return g.best(k, lambda) - g.value[j][k] }, tau, alpha)
	return -upper / lambda
}

// envelope bounds V(B) for every budget at once: one line for each of a few
// prices, the error shared among them.
func (g *ground) envelope(alpha float64) []Line {
	prices := append([]float64{0}, g.prices(lines-1)...)
	out := []Line{}
	for _, lambda := range prices {
		upper := g.upper(func(k int) float64 { return g.best(k, lambda) }, g.cut(lambda), alpha/float64(len(prices)))
		out = append(out, Line{lambda, upper})
	}
	return out
}

// prices are the slopes of the part's own frontier, thinned.
func (g *ground) prices(most int) []float64 {
	c := Choices{}
	for i := range g.value {
		var value, cost []float64
		for k, w := range g.part {
			if w > 0 {
				value, cost = append(value, g.value[i][k]), append(cost, g.cost[i][k])
			}
		}
		c.Value, c.Cost = append(c.Value, value), append(c.Cost, cost)
	}
	var slopes []float64
	for _, s := range NewPath(c).steps {
		slopes = append(slopes, s.slope)
	}
	if slopes = slices.Compact(slopes); len(slopes) <= most {
		return slopes
	}
	var out []float64
	for k := range most {
		out = append(out, slopes[(2*k+1)*len(slopes)/(2*most)])
	}
	return slices.Compact(out)
}

// bestPrice is the λ whose floor would be highest on so many queries like those
// of the part, by the normal approximation: it is only a choice. 0: there is none.
func (g *ground) bestPrice(j int, alpha float64) float64 {
	z := -prob.NormalQuantile(alpha)
	choice, most := 0.0, math.Inf(-1)
	for _, lambda := range g.prices(64) {
		tau := g.cut(lambda)
		mean, variance := g.moments(func(k int) float64 { return math.Max(-tau, g.best(k, lambda)-g.value[j][k]) })
		if floor := -(mean + z*math.Sqrt(variance/float64(g.toCertify))) / lambda; floor > most {
			choice, most = lambda, floor
		}
	}
	return choice
}

// clip takes away what rounding added.
func clip(x float64) float64 { return math.Max(0, math.Min(1, x)) }
