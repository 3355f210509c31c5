package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/prob"
)

// screenShare is the part of the error that finds out which models may be the best.
const screenShare = 0.1

// limits bounds the mean of what is in b less what is in a, one-sided at level
// 1 − alpha on each side.
func (c *comparison) limits(a, b plane, alpha float64) (lower, upper float64) {
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
	return 2*prob.BettingLower(x, alpha) - 1, 2*prob.BettingUpper(x, alpha) - 1
}

// change is a rate on both sides with two-sided limits on its difference.
func (c *comparison) change(a, b plane) Change {
	x := Change{A: c.share(a.count()), B: c.share(b.count())}
	x.Difference = c.share(b.but(a) - a.but(b))
	x.Interval[0], x.Interval[1] = c.limits(a, b, (1-c.Confidence)/2)
	return x
}

// rates compares the best model and the gain over it. Let i be the best model in a
// and j that in b. As a_i ≥ a_j and b_j ≥ b_i,
//
//	b_i − a_i ≤ max b − max a ≤ b_j − a_j,
//
// so that over all models that may be i, or j, the least lower limit and the
// largest upper one bound the difference of the best: each side rests on one fixed
// model, and its limit fails with probability α/2 at most, however many models
// there are. The gain over model k is the rate at which k is wrong and another
// right; that over the best is the least of these, and the sides change places.
func (c *comparison) rates() {
	r := &c.result
	alpha := (1 - c.Confidence) / 2
	mayBest := [2][]int{}
	if at := slices.Index(c.common, c.Incumbent); at >= 0 {
		mayBest = [2][]int{{at}, {at}}
	} else if len(c.common) == 1 {
		mayBest = [2][]int{{0}, {0}}
	} else {
		mayBest = [2][]int{c.mayBest(0, screenShare*alpha), c.mayBest(1, screenShare*alpha)}
		alpha *= 1 - screenShare
	}
	a, b := c.strongest(0, mayBest[0]), c.strongest(1, mayBest[1])
	r.BestA, r.BestB = c.common[a], c.common[b]
	r.Best = Change{A: c.share(c.right[0][a].count()), B: c.share(c.right[1][b].count()), Interval: [2]float64{math.Inf(1), math.Inf(-1)}}
	r.Gain = Change{A: c.share(c.some[0].but(c.right[0][a])), B: c.share(c.some[1].but(c.right[1][b])), Interval: [2]float64{math.Inf(1), math.Inf(-1)}}
	r.Best.Difference, r.Gain.Difference = r.Best.B-r.Best.A, r.Gain.B-r.Gain.A
	for _, k := range mayBest[0] {
		low, _ := c.limits(c.right[0][k], c.right[1][k], alpha)
		_, high := c.limits(c.some[0].without(c.right[0][k]), c.some[1].without(c.right[1][k]), alpha)
		r.Best.Interval[0], r.Gain.Interval[1] = math.Min(r.Best.Interval[0], low), math.Max(r.Gain.Interval[1], high)
	}
	for _, k := range mayBest[1] {
		_, high := c.limits(c.right[0][k], c.right[1][k], alpha)
		low, _ := c.limits(c.some[0].without(c.right[0][k]), c.some[1].without(c.right[1][k]), alpha)
		r.Best.Interval[1], r.Gain.Interval[0] = math.Max(r.Best.Interval[1], high), math.Min(r.Gain.Interval[0], low)
	}
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
