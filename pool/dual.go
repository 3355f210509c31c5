package pool

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// dual bounds what k more models can cover. With a multiplier λ_q in [0, w_q] for
// each column q of weight w_q, no k models cover more than
//
//	Σ_q (w_q − λ_q) + the k largest sums Σ_{q covered by i} λ_q
//
// (Fisher 1981). Multipliers are improved by subgradient steps; every one of them
// gives a valid bound, so that rounding in the steps does no harm.
type dual struct {
	bound  float64
	scores []float64 // [candidate] its sum of multipliers
	order  []int     // candidates by falling score
	free   float64   // Σ (w − λ)
}

// slack is added to a bound for the rounding of its sums.
func (c *cover) slack() float64 { return 1e-6 + 1e-11*float64(c.total) }

// improve takes steps until the bound is below target, which proves that the
// target cannot be reached, or gains little. It leaves the multipliers in the
// cover. Work is counted in words.
func (c *cover) improve(k int, target float64, steps int, work *int64) dual {
	if c.lambda == nil {
		c.lambda = make([]float64, c.columns)
		for q, w := range c.weights {
			c.lambda[q] = float64(w) / 2
		}
	}
	best := c.dual(k)
	kept := slices.Clone(c.lambda)
	theta, stale := 1.0, 0
	at := best
	counts := make([]float64, c.columns)
	for range steps {
		if *work -= int64(len(c.sets)) * int64(c.columns) / 4; best.bound < target || *work < 0 {
			break
		}
		if !c.step(at, k, target, theta, counts) {
			break
		}
		if at = c.dual(k); at.bound < best.bound-1e-9*math.Abs(best.bound) {
			best, stale = at, 0
			copy(kept, c.lambda)
		} else if stale++; stale >= 4 {
			theta, stale = theta/2, 0
			if theta < 1./64 {
				break
			}
		}
	}
	copy(c.lambda, kept)
	return best
}

// dual evaluates the bound at the cover's multipliers.
func (c *cover) dual(k int) dual {
	d := dual{scores: make([]float64, len(c.sets)), order: make([]int, len(c.sets))}
	for q, w := range c.weights {
		d.free += float64(w) - c.lambda[q]
	}
	for i, s := range c.sets {
		d.scores[i], d.order[i] = c.score(s), i
	}
	slices.SortStableFunc(d.order, func(a, b int) int { return cmp.Compare(d.scores[b], d.scores[a]) })
	d.bound = d.free + c.slack()
	for _, i := range d.order[:min(k, len(d.order))] {
		d.bound += d.scores[i]
	}
	return d
}

func (c *cover) score(set []uint64) (sum float64) {
	for w, x := range set {
		l := c.lambda[w<<6:]
		for ; x != 0; x &= x - 1 {
			sum += l[bits.TrailingZeros64(x)]
		}
	}
	return sum
}

// step moves the multipliers against the subgradient: down where the k best
// candidates cover a column more than once, up where none does. The length is
// Polyak's. It reports false where the subgradient is zero: the bound is met.
func (c *cover) step(d dual, k int, target, theta float64, counts []float64) bool {
	clear(counts)
	for _, i := range d.order[:min(k, len(d.order))] {
		for w, x := range c.sets[i] {
			for ; x != 0; x &= x - 1 {
				counts[w<<6+bits.TrailingZeros64(x)]++
			}
		}
	}
	norm := 0.0
	for q, n := range counts {
		// A multiplier at its end does not move further.
		if g := n - 1; g < 0 && c.lambda[q] < float64(c.weights[q]) || g > 0 && c.lambda[q] > 0 {
			norm += g * g
		}
	}
	if norm == 0 {
		return false
	}
	length := theta * max(d.bound-target+1, 1e-3*d.bound) / norm
	for q, n := range counts {
		c.lambda[q] = min(max(c.lambda[q]-length*(n-1), 0), float64(c.weights[q]))
	}
	return true
}
