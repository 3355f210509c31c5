package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/prob"
)

// screenShare is the part of the error that finds out which models may be the best.
const screenShare = 0.1

// halves are what is in b less what is in a, moved into [0, 1], query by query.
func (c *comparison) halves(a, b plane) []float64 {
	x := make([]float64, c.n)
	for k := range x {
		x[k] = 0.5
		if b.has(k) {
			x[k] += 0.5
		}
		if a.has(k) {
			x[k] -= 0.5
		}
	}
	return x
}

// lower bounds the mean of what is in b less what is in a at level 1 − alpha.
func (c *comparison) lower(a, b plane, alpha float64) float64 {
	return 2*prob.BettingLower(c.halves(a, b), alpha) - 1
}

// upper is the limit on the other side.
func (c *comparison) upper(a, b plane, alpha float64) float64 {
	return 2*prob.BettingUpper(c.halves(a, b), alpha) - 1
}

// change is a rate on both sides with two-sided limits on its difference.
func (c *comparison) change(a, b plane) Change {
	x := Change{A: c.share(a.count()), B: c.share(b.count())}
	x.Difference = c.share(b.but(a) - a.but(b))
	alpha := (1 - c.Confidence) / 2
	x.Interval = [2]float64{c.lower(a, b, alpha), c.upper(a, b, alpha)}
	return x
}

// rates compares the best model and the gain over it. Let i be the model that is
// best in a and j that in b. The difference is b_j − a_i itself, and since a_i ≥ a_j
// and b_j ≥ b_i it lies between b_i − a_i and b_j − a_j, which vary less where the
// two sets are alike. Of each side the tighter of the two serves, with half of its
// error each. Neither i nor j is known: over all models that may be i, or j, the
// least lower limit and the largest upper one hold, since those of the true pair
// do; no price is paid for the others. The gain over model k is the rate at which
// k is wrong and another right; that over the best is the least of these, and the
// sides change places.
func (c *comparison) rates() {
	r := &c.result
	alpha := (1 - c.Confidence) / 2
	mayBest := [2][]int{}
	if at := slices.Index(c.common, c.Incumbent); at >= 0 {
		mayBest = [2][]int{{at}, {at}}
	} else if len(c.common) == 1 {
		mayBest = [2][]int{{0}, {0}}
	} else {
		each := screenShare * alpha / 2
		mayBest = [2][]int{c.mayBest(0, each), c.mayBest(1, each)}
		alpha *= 1 - screenShare
	}
	a, b := c.strongest(0, mayBest[0]), c.strongest(1, mayBest[1])
	r.BestA, r.BestB = c.common[a], c.common[b]
	accuracy, rescued := c.right, [2][]plane{}
	for side := range rescued {
		for _, p := range c.right[side] {
			rescued[side] = append(rescued[side], c.some[side].without(p))
		}
	}
	r.Best = Change{A: c.share(accuracy[0][a].count()), B: c.share(accuracy[1][b].count())}
	r.Gain = Change{A: c.share(rescued[0][a].count()), B: c.share(rescued[1][b].count())}
	r.Best.Difference, r.Gain.Difference = r.Best.B-r.Best.A, r.Gain.B-r.Gain.A
	// Accuracy rises with the choice, the gain over it falls.
	r.Best.Interval[0], r.Best.Interval[1] = c.between(accuracy, mayBest[0], mayBest[1], false, alpha)
	r.Gain.Interval[0], r.Gain.Interval[1] = c.between(rescued, mayBest[0], mayBest[1], true, alpha)
}

// mostPairs bounds the pairs of models whose difference is looked at; beyond it
// each model is compared with itself only.
const mostPairs = 49

// between bounds b_j − a_i for the unknown i among those of a and j among those of
// b, one-sided at level 1 − alpha on each side. Where the values are largest at i
// and j, model i against itself bounds the difference from below and j from above;
// where they are least, the other way round.
func (c *comparison) between(value [2][]plane, as, bs []int, least bool, alpha float64) (lower, upper float64) {
	same := len(as) == 1 && len(bs) == 1 && as[0] == bs[0]
	if same {
		a, b := value[0][as[0]], value[1][as[0]]
		return c.lower(a, b, alpha), c.upper(a, b, alpha)
	}
	pairs := len(as)*len(bs) <= mostPairs
	low, high := make([]float64, len(c.common)), make([]float64, len(c.common))
	if pairs {
		alpha /= 2
		for k := range low {
			low[k], high[k] = math.Inf(1), math.Inf(-1)
		}
	} else {
		for k := range low {
			low[k], high[k] = math.Inf(-1), math.Inf(1)
		}
	}
	below, above := as, bs // whose own limits bound from below, and from above
	if least {
		below, above = bs, as
	}
	for _, i := range as {
		for _, j := range bs {
			if !pairs {
				continue
			}
			from, to := i, j
			if least {
				from, to = j, i
			}
			low[from] = math.Min(low[from], c.lower(value[0][i], value[1][j], alpha))
			high[to] = math.Max(high[to], c.upper(value[0][i], value[1][j], alpha))
		}
	}
	lower, upper = math.Inf(1), math.Inf(-1)
	for _, k := range below {
		own := c.lower(value[0][k], value[1][k], alpha)
		lower = math.Min(lower, math.Max(own, low[k]))
	}
	for _, k := range above {
		own := c.upper(value[0][k], value[1][k], alpha)
		upper = math.Max(upper, math.Min(own, high[k]))
	}
	return lower, upper
}

// strongest is the model that is right most often on a side, the first among equals.
func (c *comparison) strongest(side int, among []int) int {
	best := among[0]
	for _, k := range among {
		if c.right[side][k].count() > c.right[side][best].count() {
			best = k
		}
	}
	return best
}

// mayBest lists the models of a side that no other beats: of the best one, with
// probability 1 − alpha, no other is shown to be better by the exact sign test, each
// at an equal part of alpha. The one that looks best is always among them.
func (c *comparison) mayBest(side int, alpha float64) []int {
	each := alpha / float64(len(c.common)-1)
	var out []int
	for j, mine := range c.right[side] {
		beaten := false
		for i, other := range c.right[side] {
			if ahead, behind := other.but(mine), mine.but(other); i != j && ahead > behind &&
				prob.BinomialTail(int64(ahead), int64(ahead+behind), 0.5) <= each {
				beaten = true
				break
			}
		}
		if !beaten {
			out = append(out, j)
		}
	}
	return out
}

// allWrong compares the queries that defeat every model.
func (c *comparison) allWrong() {
	r := &c.result
	every := newPlane(c.n)
	for k := range c.n {
		every.set(k)
	}
	a, b := every.without(c.some[0]), every.without(c.some[1])
	r.AllWrong = c.change(a, b)
	r.EnteredCount, r.LeftCount = int64(b.but(a)), int64(a.but(b))
	r.McNemar = mcNemar(r.EnteredCount, r.LeftCount)
	r.Entered, r.Left = c.queries(b.without(a), 0), c.queries(a.without(b), 1)
}

// queries lists some with the models that are right on them on a side.
func (c *comparison) queries(p plane, side int) []Query {
	out := []Query{}
	for k, id := range c.ids {
		if !p.has(k) {
			continue
		}
		q := Query{Query: id, Right: []string{}}
		for i, right := range c.right[side] {
			if right.has(k) {
				if q.Count++; q.Count <= 10 {
					q.Right = append(q.Right, c.common[i])
				}
			}
		}
		out = append(out, q)
	}
	slices.SortFunc(out, func(x, y Query) int { return cmp.Compare(x.Query, y.Query) })
	return out[:min(len(out), MaxListed)]
}

// mcNemar is the exact two-sided p-value of so many changes one way and the other:
// under no change each is as likely as the other (McNemar 1947).
func mcNemar(gained, lost int64) float64 {
	if d := gained - lost; -1 <= d && d <= 1 {
		return 1 // exactly, which a sum of tails is not
	}
	return math.Min(1, 2*prob.BinomialTail(max(gained, lost), gained+lost, 0.5))
}

// models tests each model, and corrects for their number (Holm 1979).
func (c *comparison) models() {
	r := &c.result
	for i, name := range c.common {
		a, b := c.right[0][i], c.right[1][i]
		change := c.change(a, b)
		m := Model{Model: name, A: change.A, B: change.B, Difference: change.Difference, Interval: change.Interval,
			Gained: int64(b.but(a)), Lost: int64(a.but(b))}
		m.P = mcNemar(m.Gained, m.Lost)
		r.Gained, r.Lost = r.Gained+m.Gained, r.Lost+m.Lost
		r.Moved = append(r.Moved, m)
	}
	slices.SortStableFunc(r.Moved, func(x, y Model) int {
		return cmp.Or(cmp.Compare(x.P, y.P), cmp.Compare(math.Abs(y.Difference), math.Abs(x.Difference)))
	})
	worst := 0.0
	for k := range r.Moved {
		m := &r.Moved[k]
		worst = math.Max(worst, math.Min(1, m.P*float64(len(r.Moved)-k)))
		m.Holm, m.Moved = worst, worst <= 1-c.Confidence
	}
}
