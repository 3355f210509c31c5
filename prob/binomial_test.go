package prob

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// exactBinomialCDF sums P(X ≤ k) in rational numbers: the slow second implementation.
func exactBinomialCDF(n int64, p float64) []*big.Rat {
	success := new(big.Rat).SetFloat64(p)
	failure := new(big.Rat).Sub(big.NewRat(1, 1), success)
	power := func(base *big.Rat, e int64) *big.Rat {
		v := big.NewRat(1, 1)
		for range e {
			v.Mul(v, base)
		}
		return v
	}
	sum := new(big.Rat)
	cdf := make([]*big.Rat, n+1)
	for k := range n + 1 {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		term.Mul(term, power(success, k)).Mul(term, power(failure, n-k))
		cdf[k] = new(big.Rat).Set(sum.Add(sum, term))
	}
	return cdf
}

func ratFloat(r *big.Rat) float64 { f, _ := r.Float64(); return f }

// tailTolerance allows for a tail's being the exponential of a logarithm, which is rounded itself.
func tailTolerance(tail float64) float64 { return 1e-15 * (5 - math.Log(tail)) }

// TestBinomialExact compares every tail for n ≤ 40 with exact rational sums.
func TestBinomialExact(t *testing.T) {
	one := big.NewRat(1, 1)
	for _, p := range []float64{0.001, 0.25, 0.5, 0.9, 0.9999} {
		for n := int64(1); n <= 40; n++ {
			cdf := exactBinomialCDF(n, p)
			for k := range n + 1 {
				if got, want := BinomialCDF(k, n, p), ratFloat(cdf[k]); off(got, want) > tailTolerance(want) {
					t.Errorf("BinomialCDF(%d, %d, %v) = %v, want %v: off by %.2g", k, n, p, got, want, off(got, want))
				}
				want := 1.0
				if k > 0 {
					want = ratFloat(new(big.Rat).Sub(one, cdf[k-1]))
				}
				if got := BinomialTail(k, n, p); off(got, want) > tailTolerance(want) {
					t.Errorf("BinomialTail(%d, %d, %v) = %v, want %v: off by %.2g", k, n, p, got, want, off(got, want))
				}
			}
		}
	}
}

// TestBinomialNeighbours: P(X ≤ k) + P(X ≥ k+1) = 1, at sizes where neither can be summed.
func TestBinomialNeighbours(t *testing.T) {
	for _, n := range []int64{50, 1999, 2001, 1_000_000, 1_000_000_000} {
		for _, p := range []float64{1e-8, 0.003, 0.5, 0.7} {
			mean, sd := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
			for z := -5.0; z <= 5; z += 0.5 {
				k := int64(mean + z*sd)
				if k < 0 || k >= n {
					continue
				}
				if sum := BinomialCDF(k, n, p) + BinomialTail(k+1, n, p); math.Abs(sum-1) > 1e-13 {
					t.Errorf("CDF(%d) + Tail(%d) = %v for n = %d, p = %v, want 1", k, k+1, sum, n, p)
				}
			}
		}
	}
}

func TestBinomialEdges(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		p         float64
		cdf, tail float64
	}{
		{0, 0, 0.3, 1, 1},       // the only value there is
		{0, 5, 0, 1, 1},         // X = 0 surely
		{1, 5, 0, 1, 0},         //
		{4, 5, 1, 0, 1},         // X = 5 surely
		{5, 5, 1, 1, 1},         //
		{0, 2, 0.5, 0.25, 1},    // (1−p)²
		{1, 2, 0.5, 0.75, 0.75}, // 1 − p², 1 − (1−p)²
		{2, 2, 0.5, 1, 0.25},    // p²
	} {
		if got := BinomialCDF(c.k, c.n, c.p); off(got, c.cdf) > 1e-15 {
			t.Errorf("BinomialCDF(%d, %d, %v) = %v, want %v", c.k, c.n, c.p, got, c.cdf)
		}
		if got := BinomialTail(c.k, c.n, c.p); off(got, c.tail) > 1e-15 {
			t.Errorf("BinomialTail(%d, %d, %v) = %v, want %v", c.k, c.n, c.p, got, c.tail)
		}
	}
	// Closed form n·ln p, far below the smallest float64.
	if got, want := LogBinomialTail(1_000_000, 1_000_000, 0.25), -1e6*2*math.Ln2; off(got, want) > 1e-15 {
		t.Errorf("LogBinomialTail(1e6, 1e6, 1/4) = %v, want %v", got, want)
	}
}

// TestPanics: out of the domain there is no number, on any entry point.
func TestPanics(t *testing.T) {
	nan := math.NaN()
	for i, f := range []func(){
		func() { BinomialCDF(-1, 3, 0.5) },
		func() { BinomialTail(4, 3, 0.5) },
		func() { BinomialCDF(0, -1, 0.5) },
		func() { LogBinomialCDF(1, 3, nan) },
		func() { LogBinomialTail(1, 3, 1.5) },
		func() { LogBetaInc(0, 1, 0.5) },
		func() { LogBetaInc(1, 1, nan) },
		func() { LogBeta(1, math.Inf(1)) },
		func() { ClopperPearsonLower(2, 1, 0.05) },
		func() { ClopperPearsonUpper(0, 1, 0) },
		func() { ClopperPearsonUpper(1, 1, 1) },
		func() { ClopperPearson(1, 2, nan) },
		func() { HypergeometricCDF(1, 5, 2, 4) },
		func() { HypergeometricTail(1, 2, 5, 4) },
		func() { HypergeometricUpper(1, 2, 4, 1.5) },
		func() { HypergeometricLower(3, 2, 4, 0.05) },
		func() { LogMixtureAbove(1, 2, -0.5) },
		func() { MixtureUpper(1, 0, 0.05) },
		func() { MixtureLower(-1, 0, 0.05) },
		func() { MixtureInterval(1, 2, 2) },
		func() { BettingInterval([]float64{0.5, nan}, 0.05) },
		func() { BettingLower([]float64{1.5}, 0.05) },
		func() { BettingUpper([]float64{-0.1}, 0.05) },
		func() { BettingUpper(nil, nan) },
		func() { NewBettingSequence(0) },
		func() { NewBettingSequence(0.05).Add(nan) },
		func() { TrialsBelow(nan, 0.5, 0.05, 0.8) },
		func() { TrialsAbove(0.5, 0.1, 0.05, 1) },
		func() { ZeroFailureTrials(0, 0.05) },
	} {
		if message := panicOf(f); len(message) < 6 || message[:6] != "prob: " {
			t.Errorf("case %d: panic %q, want one that begins with \"prob: \"", i, message)
		}
	}
}

func panicOf(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}
