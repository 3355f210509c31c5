package policy

import (
	"cmp"
	"math"
	"slices"
)

// curve is what a cascade of two gives at every share handed on. The area over
// random mixing is the mean over queries of (keep − after)·(u − ½), u being the
// middle rank of the query's confidence as a fraction; and since the covariance of a
// verdict with u is a(1−a)(AUC − ½), it is the difference of two such terms. All
// three are exact, ties included: equals are handed on in no order.
func (b *bench) curve(name string, stages []*stage, weak, strong int) Cascade {
	s := stages[weak]
	after := b.right[strong]
	n := float64(len(b.ids))
	u := ranks(s.confidence)
	c := Cascade{Name: name, Models: []string{b.models[weak], b.models[strong]}}
	var covWeak, covStrong float64
	for q, x := range u {
		c.Weak, c.Strong = c.Weak+s.value[q]/n, c.Strong+after[q]/n
		covWeak, covStrong = covWeak+s.value[q]*(x-0.5)/n, covStrong+after[q]*(x-0.5)/n
		c.Area += (s.value[q] - after[q]) * (x - 0.5) / n
	}
	// Where there is nothing to rank, the covariance is 0 as well.
	c.ByWeak, c.ByStrong = covWeak, covStrong
	if x := auc(s.confidence, s.value); x == x {
		c.AUC, c.ByWeak = &x, c.Weak*(1-c.Weak)*(x-0.5)
	}
	if x := auc(s.confidence, after); x == x {
		c.ByStrong = c.Strong * (1 - c.Strong) * (x - 0.5)
	}
	return c
}

// ranks gives each value the share of values below it, and half of those equal to it.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(x[i], x[j]), cmp.Compare(i, j)) })
	out := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = (float64(from) + float64(to-from)/2) / float64(len(x))
		}
		from = to
	}
	return out
}

// auc is the chance that confidence is higher where the answer is right than where
// it is wrong, ties half; values between 0 and 1 count on both sides in part. NaN
// when there is nothing on one side.
func auc(confidence, value []float64) float64 {
	right, wrong, sum := 0.0, 0.0, 0.0
	n := float64(len(value))
	for q, u := range ranks(confidence) {
		right, wrong = right+value[q], wrong+1-value[q]
		sum += value[q] * u
	}
	if right <= 0 || wrong <= 0 {
		return math.NaN()
	}
	// Of the n·u values below, right/2 on average are right themselves.
	return (sum*n - right*right/2) / (right * wrong)
}

// heldOut adds the points of the curve: the threshold at which a share is handed on
// is learnt on one part, and scored on the other.
func (b *bench) heldOut(c *Cascade, parts []*part, stages []*stage, weak, strong int) {
	const points = 21
	s := stages[weak]
	priced, w := true, 1/float64(b.Repeats*len(b.ids))
	for k := range points {
		share := float64(k) / (points - 1)
		var x CascadePoint
		cost := 0.0
		for _, p := range parts {
			at, part := quantile(p.at(s.confidence), share)
			handed := 0.0
			for _, q := range p.test {
				h := 0.0
				if s.confidence[q] < at {
					h = 1
				} else if s.confidence[q] == at {
					h = part
				}
				handed += h / float64(len(p.test))
				x.Accuracy += w * ((1-h)*s.value[q] + h*b.right[strong][q])
				cost += w * s.cost[q]
				if h > 0 {
					cost += w * h * b.price(strong, q)
				}
			}
			for _, q := range p.test {
				x.Mixing += w * ((1-handed)*s.value[q] + handed*b.right[strong][q])
			}
			x.HandedOn += w * handed * float64(len(p.test))
		}
		if priced = priced && cost == cost; priced {
			x.CostUSD = &cost
		}
		c.Points = append(c.Points, x)
	}
}

// quantile is the value below which, with part of those equal to it, lies a share
// of all.
func quantile(values []float64, share float64) (at, part float64) {
	sorted := slices.Sorted(slices.Values(values))
	want := share * float64(len(sorted))
	k := min(int(want), len(sorted)-1)
	at = sorted[k]
	from, _ := slices.BinarySearch(sorted, at)
	to := from
	for to < len(sorted) && sorted[to] == at {
		to++
	}
	return at, min(1, (want-float64(from))/float64(to-from))
}
