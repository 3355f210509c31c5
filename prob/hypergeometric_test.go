package prob

import (
	"math"
	"math/big"
	"testing"
)

// exactHypergeometric returns P(X ≤ k) for k = 0, …, n in rational numbers.
func exactHypergeometric(n, marked, population int64) []*big.Rat {
	all := new(big.Int).Binomial(population, n)
	sum := new(big.Int)
	cdf := make([]*big.Rat, n+1)
	for k := range n + 1 {
		if k <= marked && n-k <= population-marked {
			a, b := new(big.Int).Binomial(marked, k), new(big.Int).Binomial(population-marked, n-k)
			sum.Add(sum, a.Mul(a, b))
		}
		cdf[k] = new(big.Rat).SetFrac(new(big.Int).Set(sum), all)
	}
	return cdf
}

// TestHypergeometricExact compares all tails of all populations up to 14, and some of 60, with exact sums.
func TestHypergeometricExact(t *testing.T) {
	check := func(n, marked, population int64) {
		cdf := exactHypergeometric(n, marked, population)
		for k := range n + 1 {
			if got, want := HypergeometricCDF(k, n, marked, population), ratFloat(cdf[k]); off(got, want) > 1e-13 {
				t.Errorf("CDF(%d, %d, %d, %d) = %v, want %v", k, n, marked, population, got, want)
			}
			want := 1.0
			if k > 0 {
				want = ratFloat(new(big.Rat).Sub(big.NewRat(1, 1), cdf[k-1]))
			}
			if got := HypergeometricTail(k, n, marked, population); off(got, want) > 1e-13 {
				t.Errorf("Tail(%d, %d, %d, %d) = %v, want %v", k, n, marked, population, got, want)
			}
		}
	}
	for population := int64(0); population <= 14; population++ {
		for n := range population + 1 {
			for marked := range population + 1 {
				check(n, marked, population)
			}
		}
	}
	for _, n := range []int64{1, 17, 30, 59} {
		for _, marked := range []int64{0, 1, 29, 44, 60} {
			check(n, marked, 60)
		}
	}
}

// TestHypergeometricLimitsExact finds both limits by trying every M with exact probabilities. Levels such as 1/4
// tie with probabilities that are attained, where one rounding error would move the limit.
func TestHypergeometricLimitsExact(t *testing.T) {
	for _, alpha := range []float64{0.5, 0.25, 0.05, 0.001} {
		level := new(big.Rat).SetFloat64(alpha)
		for population := int64(0); population <= 13; population++ {
			for n := range population + 1 {
				upper, lower := make([]int64, n+1), make([]int64, n+1)
				for k := range lower {
					lower[k] = -1
				}
				for marked := range population + 1 {
					cdf := exactHypergeometric(n, marked, population)
					for k := range n + 1 {
						if cdf[k].Cmp(level) > 0 {
							upper[k] = marked
						}
						tail := big.NewRat(1, 1)
						if k > 0 {
							tail.Sub(tail, cdf[k-1])
						}
						if tail.Cmp(level) > 0 && lower[k] < 0 {
							lower[k] = marked
						}
					}
				}
				for k := range n + 1 {
					// The definition can reach M that the sample itself has excluded; those do not count.
					wantU, wantL := min(upper[k], population-(n-k)), max(lower[k], k)
					if got := HypergeometricUpper(k, n, population, alpha); got != wantU {
						t.Errorf("Upper(%d, %d, %d, %v) = %d, want %d", k, n, population, alpha, got, wantU)
					}
					if got := HypergeometricLower(k, n, population, alpha); got != wantL {
						t.Errorf("Lower(%d, %d, %d, %v) = %d, want %d", k, n, population, alpha, got, wantL)
					}
				}
			}
		}
	}
}

// TestHypergeometricLarge: with a huge population the draws are nearly independent, so the limit approaches the
// binomial one from below; with the whole population drawn nothing is left open.
func TestHypergeometricLarge(t *testing.T) {
	const population = 1_000_000_000
	got := float64(HypergeometricUpper(9, 330, population, 0.05)) / population
	if want := ClopperPearsonUpper(9, 330, 0.05); got > want || off(got, want) > 1e-5 {
		t.Errorf("upper limit %v of the population, want just below %v", got, want)
	}
	if got := HypergeometricUpper(7, 100, 100, 0.05); got != 7 {
		t.Errorf("upper limit of a population seen whole = %d, want 7", got)
	}
	// Neighbouring tails sum to 1 where the sums are long.
	for _, k := range []int64{19_000, 20_000, 20_300} {
		sum := HypergeometricCDF(k, 500_000, 40_000_000, population) +
			HypergeometricTail(k+1, 500_000, 40_000_000, population)
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("CDF(%d) + Tail(%d) = %v, want 1", k, k+1, sum)
		}
	}
}

func BenchmarkHypergeometricUpper(b *testing.B) {
	for b.Loop() {
		HypergeometricUpper(9, 330, 12_032, 0.05)
	}
}
