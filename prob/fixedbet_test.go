package prob

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFixedBetUpper: one score at a time gives the limit of the same bets in order; limits fall as alpha rises.
func TestFixedBetUpper(t *testing.T) {
	values, times := []float64{0, 0.25, 0.3, 1}, []int64{90, 5, 0, 4}
	var x, bets []float64
	for i, v := range values {
		for range times[i] {
			x, bets = append(x, v), append(bets, 0.4)
		}
	}
	last := 1.0
	for _, alpha := range []float64{1e-9, 0.001, 0.05, 0.5} {
		got := FixedBetUpper(values, times, 0.4, alpha)
		// The sum over all of them, and not its largest value on the way.
		want := border{1, 1}.bisect(0, func(m float64) bool {
			sum := 0.0
			for i, v := range x {
				sum += math.Log1p(math.Min(bets[i], 0.75/(1-m)) * (m - v))
			}
			return sum >= -math.Log(alpha)
		}).rejected
		if math.Abs(got-want) > 1e-8 || got > last {
			t.Errorf("alpha %v: %v, want %v, at most %v", alpha, got, want, last)
		}
		last = got
	}
	if got := FixedBetUpper(nil, nil, 1, 0.05); got != 1 {
		t.Errorf("without scores: %v", got)
	}
	if got := FixedBetUpper([]float64{1}, []int64{1e9}, 0.1, 0.05); got != 1 {
		t.Errorf("scores of 1: %v", got)
	}
	if got := FixedBetUpper([]float64{0}, []int64{1e9}, 0.7, 0.05); !(got > 0 && got < 1e-8) {
		t.Errorf("a billion zeros: %v", got)
	}
}

// TestFixedBetCovers: the limit misses the mean in at most alpha of samples, and at a billion it is within a few
// standard errors.
func TestFixedBetCovers(t *testing.T) {
	values, weights := []float64{0, 0.5, 0.6, 1}, []float64{0.9, 0.05, 0.02, 0.03}
	mean, square := 0.0, 0.0
	for i, v := range values {
		mean, square = mean+weights[i]*v, square+weights[i]*v*v
	}
	variance := square - mean*mean
	r := rand.New(rand.NewPCG(2, 1))
	for _, n := range []int64{50, 2000, 1e9} {
		const sets = 4000
		missed, width := 0, 0.0
		counts := make([]int64, len(values))
		bet := FixedBet(float64(n), variance, 0.05)
		for range sets {
			RandomMultinomial(r, counts, n, weights)
			upper := FixedBetUpper(values, counts, bet, 0.05)
			if upper < mean {
				missed++
			}
			width += (upper - mean) / math.Sqrt(variance/float64(n)) / sets
		}
		t.Logf("n = %d: missed %.4f, %.2f standard errors above the mean", n, float64(missed)/sets, width)
		if missed > sets/20+4*14 || n > 1000 && width > 3 {
			t.Errorf("n = %d: missed %d of %d, %.2f standard errors wide", n, missed, sets, width)
		}
	}
}
