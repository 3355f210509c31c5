package dependence

import (
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// The inequalities speak of unions; ours is that of the events R_i, model i right: β = 1 − P(∪ R_i).

// bothRight is P(R_i ∩ R_j), and P(R_i) where i = j.
func bothRight(p, joint []float64, i, j int) float64 {
	if i == j {
		return 1 - p[i]
	}
	both := joint[outcome.PairIndex(min(i, j), max(i, j), len(p))]
	return max(0, (1-p[i])-(p[j]-both))
}

// momentEnds gives the sharp interval of β from the sums of the rates over models and over pairs.
func momentEnds(p, joint []float64) (low, high float64) {
	m := float64(len(p))
	one, two := 0.0, 0.0
	for i := range p {
		one += p[i]
		for j := range i {
			two += joint[outcome.PairIndex(j, i, len(p))]
		}
	}
	return prob.MomentBounds(len(p), min(1, one/m), min(1, two/max(1, m*(m-1)/2)))
}

// treeBound is Hunter's and Worsley's lower bound on β: a union is no more likely than the sum of the
// events less the joint ones along any tree, here the best one (Prim's algorithm).
func treeBound(p, joint []float64) float64 {
	m := len(p)
	near := make([]float64, m) // the best edge into the tree
	in := make([]bool, m)
	union := 0.0
	at := 0
	for range m {
		in[at] = true
		union += 1 - p[at] - near[at]
		next := -1
		for j := range m {
			if in[j] {
				continue
			}
			near[j] = max(near[j], bothRight(p, joint, at, j))
			if next < 0 || near[j] > near[next] {
				next = j
			}
		}
		at = next
	}
	return 1 - union
}

// unionBound is the upper bound on the β of some models after Kuai, Alajaji and Takahara (A lower bound
// on the probability of a finite union of events, Discrete Mathematics 215, 2000): for each event, the
// least that E(1/number of events; it happens) can be, given its rate and its sum of joint rates.
func unionBound(p, joint []float64, models []int) float64 {
	union := 0.0
	for _, i := range models {
		r := 1 - p[i]
		if r <= 0 {
			continue
		}
		sum := 0.0
		for _, j := range models {
			sum += bothRight(p, joint, i, j)
		}
		whole := max(1, math.Floor(sum/r)) // that many happen with it, or one more
		more := sum/r - whole
		union += r * ((1-more)/whole + more/(whole+1))
	}
	return 1 - union
}
