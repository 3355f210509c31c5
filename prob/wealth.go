package prob

import (
	"math"
	"slices"
)

// The wealth of a bettor who claims that the mean is above m is Π(1 + min(bet, c/m)·(x − m)): each factor falls
// as m grows, with or without the truncation. So the means that are rejected at some time form an interval [0, l),
// and bisection cannot miss a second piece. Betting on the mean being below m is the same game on 1 − x and 1 − m.

// border is the edge of the rejected means: rejected is, kept is not, and nothing lies between but rounding. Only
// rejected may be shown as a limit. kept tells when the edge moves: while it is not rejected, nothing beyond it is.
type border struct{ rejected, kept float64 }

// raise moves the border of the means that are too low, for scores x and their bets.
func (b border) raise(x, bets []float64, target float64) border {
	if len(x) == 0 {
		return b
	}
	most := slices.Max(x) // no bet on more than this has ever won
	return b.bisect(max(most, b.rejected), func(m float64) bool {
		w := newWealth(target)
		for i, v := range x {
			if w.above(m, v, bets[i]); w.reached() {
				return true
			}
		}
		return false
	})
}

// lower is the mirror image of raise.
func (b border) lower(x, bets []float64, target float64) border {
	if len(x) == 0 {
		return b
	}
	least := slices.Min(x)
	return b.bisect(min(least, b.rejected), func(m float64) bool {
		w := newWealth(target)
		for i, v := range x {
			if w.below(m, v, bets[i]); w.reached() {
				return true
			}
		}
		return false
	})
}

// bisect narrows the border down between b.rejected and a mean that is certainly kept.
func (b border) bisect(kept float64, rejects func(m float64) bool) border {
	b.kept = kept
	for range 80 {
		mid := b.rejected + (b.kept-b.rejected)/2
		if mid == b.rejected || mid == b.kept || math.Abs(b.kept-b.rejected) <= 1e-15*min(mid, 1-mid) {
			break
		}
		if rejects(mid) {
			b.rejected = mid
		} else {
			b.kept = mid
		}
	}
	return b
}

// wealth is a product of positive factors, held in a safe range: what is taken out of the product is taken off the
// goal as well.
type wealth struct {
	product float64
	target  float64 // ln of the wealth to be reached, less what was taken out
	goal    float64 // e^target, a shade higher, since the product is rounded at every step
}

const (
	roundingStart = 1e-12 // relative, for target and goal themselves (target is at most 700)
	roundingStep  = 1e-15 // relative, for each factor
)

func newWealth(target float64) wealth {
	return wealth{product: 1, target: target, goal: math.Exp(target) * (1 + roundingStart)}
}

// above bets on the mean being more than m, when score v comes up.
func (w *wealth) above(m, v, bet float64) { w.multiply(1 + min(bet, truncation/m)*(v-m)) }

// below bets on the mean being less than m, when score v comes up.
func (w *wealth) below(m, v, bet float64) { w.multiply(1 - min(bet, truncation/(1-m))*(v-m)) }

func (w *wealth) multiply(factor float64) {
	w.product *= factor * (1 - roundingStep) // rounding must never help the bettor
	if w.product < 1e-200 || w.product > 1e200 {
		w.target -= math.Log(w.product)
		w.product = 1
		w.goal = math.Exp(w.target) * (1 + roundingStart)
	}
}

func (w *wealth) reached() bool { return w.product >= w.goal }
