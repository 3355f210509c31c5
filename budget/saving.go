package budget

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
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
	part, rest := f.split()
	if len(part) < 2 || len(rest) < 2 {
		f.warn("few-queries", "%d queries are too few to choose a price on some and to certify on others.", len(f.columns))
		return
	}
	alpha := 1 - f.Confidence
	j, named := f.incumbent, f.Incumbent != ""
	if !named {
		j = f.strongest(part)
	}
	lambda := f.bestPrice(part, len(rest), j, alpha)
	if lambda == 0 {
		f.warn("no-saving", "On the part where the bound's price is chosen no dearer model is better than a cheaper one: no price, and nothing certified.")
		return
	}
	floor := f.floor(rest, j, lambda, f.cut(part, lambda), alpha)
	c := Floor{Over: f.names[j], CostUSD: floor, Lambda: lambda, Queries: len(rest), Named: named}
	if of := f.result.Models[j].CostUSD; of > 0 {
		share := math.Max(0, 1-floor/of)
		c.Share = &share
	}
	f.result.Saving.Certified = &c
	f.envelope(part, rest, alpha)
}

// uncertain says why nothing can be certified, if so.
func (f *finding) uncertain() *Warning {
	if !f.matrix.Single() {
		return &Warning{"patterns", "Queries come as patterns with weights: no part of them can be drawn to choose a price on, and no saving is certified."}
	}
	for i, m := range f.result.Models {
		if m.CostUSD == 0 {
			return &Warning{"free", f.names[i] + " costs nothing in these data. A cost that was not recorded looks like that: no saving is certified."}
		}
	}
	return nil
}

// split divides the queries by a draw that hangs on seed and id alone, each part
// in the order of its draws.
func (f *finding) split() (part, rest []int) {
	keys := make([]float64, len(f.columns))
	order := make([]int, len(f.columns))
	for at, column := range f.columns {
		keys[at], order[at] = draw(f.Seed, f.matrix.ID(column)), at
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(f.matrix.ID(f.columns[a]), f.matrix.ID(f.columns[b])))
	})
	at, _ := slices.BinarySearchFunc(order, splitShare, func(q int, share float64) int { return cmp.Compare(keys[q], share) })
	return order[:at], order[at:]
}

// draw gives a number in [0, 1) that hangs on the seed and the query's name alone.
func draw(seed uint64, id string) float64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write([]byte("budget\x00" + id))
	z := h.Sum64()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// strongest is the most accurate model of the part, the first among equals.
func (f *finding) strongest(part []int) int {
	best, most := 0, -1.0
	for i := range f.names {
		right := 0.0
		for _, q := range part {
			right += f.value[i][q]
		}
		if right > most {
			best, most = i, right
		}
	}
	return best
}

// best is max_i (q_i − λ·c_i) on a query.
func (f *finding) best(q int, lambda float64) float64 {
	top := math.Inf(-1)
	for i := range f.value {
		top = math.Max(top, f.value[i][q]-lambda*f.cost[i][q])
	}
	return top
}

// cut is the −τ at which D is cut: what it is when even the cheapest model is
// dear and model j alone is right, on the part.
func (f *finding) cut(part []int, lambda float64) float64 {
	dear := 0.0
	for _, q := range part {
		least := math.Inf(1)
		for i := range f.cost {
			least = math.Min(least, f.cost[i][q])
		}
		dear = math.Max(dear, least)
	}
	return 1 + lambda*dear
}

// floor is the lower limit on the cost, from queries that chose neither λ, τ nor j.
func (f *finding) floor(rest []int, j int, lambda, tau, alpha float64) float64 {
	x := make([]float64, len(rest))
	for k, q := range rest {
		d := f.best(q, lambda) - f.value[j][q]
		x[k] = clip((math.Max(d, -tau) + tau) / (1 + tau))
	}
	upper := prob.BettingUpper(x, alpha)*(1+tau) - tau
	return math.Max(f.leastCost(), -upper/lambda)
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

// prices are the slopes of the part's own frontier, thinned.
func (f *finding) prices(part []int, most int) []float64 {
	c := Choices{}
	for i := range f.names {
		var value, cost []float64
		for _, q := range part {
			value, cost = append(value, f.value[i][q]), append(cost, f.cost[i][q])
		}
		c.Value, c.Cost = append(c.Value, value), append(c.Cost, cost)
	}
	var slopes []float64
	for _, s := range NewPath(c).steps {
		slopes = append(slopes, s.slope)
	}
	if len(slopes) <= most {
		return slices.Compact(slopes)
	}
	var out []float64
	for k := range most {
		out = append(out, slopes[(2*k+1)*len(slopes)/(2*most)])
	}
	return slices.Compact(out)
}

// bestPrice is the λ whose floor would be highest on so many queries like those
// of the part, by the normal approximation: it is only a choice. 0: there is none.
func (f *finding) bestPrice(part []int, n, j int, alpha float64) float64 {
	z := -prob.NormalQuantile(alpha)
	choice, most := 0.0, math.Inf(-1)
	for _, lambda := range f.prices(part, 64) {
		tau := f.cut(part, lambda)
		var s, squares float64
		for _, q := range part {
			d := math.Max(-tau, f.best(q, lambda)-f.value[j][q])
			s, squares = s+d, squares+d*d
		}
		mean := s / float64(len(part))
		spread := math.Sqrt(math.Max(0, squares/float64(len(part))-mean*mean))
		if floor := -(mean + z*spread/math.Sqrt(float64(n))) / lambda; floor > most {
			choice, most = lambda, floor
		}
	}
	return choice
}

// envelope bounds V(B) for every budget at once: one line for each of a few
// prices, the error shared among them.
func (f *finding) envelope(part, rest []int, alpha float64) {
	prices := append([]float64{0}, f.prices(part, lines-1)...)
	for _, lambda := range prices {
		tau := f.cut(part, lambda)
		x := make([]float64, len(rest))
		for k, q := range rest {
			x[k] = clip((math.Max(f.best(q, lambda), -tau) + tau) / (1 + tau))
		}
		upper := prob.BettingUpper(x, alpha/float64(len(prices)))*(1+tau) - tau
		f.result.Envelope = append(f.result.Envelope, Line{lambda, upper})
	}
}

// clip takes away what rounding added.
func clip(x float64) float64 { return math.Max(0, math.Min(1, x)) }
