package prob

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// firstReaching is the smallest possible k whose exact distribution function is at least u.
func firstReaching(cdf []*big.Rat, u float64) int64 {
	level := new(big.Rat).SetFloat64(u)
	for k, p := range cdf {
		if p.Sign() > 0 && p.Cmp(level) >= 0 {
			return int64(k)
		}
	}
	return int64(len(cdf) - 1)
}

// beside reports whether u lies within rounding of a step of the distribution function.
func beside(cdf []*big.Rat, u float64) bool {
	for _, p := range cdf {
		f := ratFloat(p)
		if math.Abs(f-u) <= 4e-15*min(u, 1) && math.Abs(f-u) <= 1e-13*(1-u)+1e-15 {
			return true
		}
	}
	return false
}

// uniforms are some plain levels, both ends, and seeded ones.
func uniforms(seed uint64) []float64 {
	us := []float64{0, 5e-324, 1e-300, 1e-20, 1e-9, 0.001, 0.3, 0.7, 0.999, 1 - 1e-12, 1 - 0x1p-53, 1}
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 20 {
		us = append(us, rng.Float64())
	}
	return us
}

func TestBinomialQuantileExact(t *testing.T) {
	for _, p := range []float64{0, 1e-12, 0.001, 0.25, 0.5, 0.77, 0.9999, 1 - 0x1p-53, 1} {
		for n := int64(0); n <= 30; n++ {
			cdf := exactBinomialCDF(n, p)
			for _, u := range uniforms(uint64(n)) {
				got, want := BinomialQuantile(u, n, p), firstReaching(cdf, u)
				if u == 1 && p < 1 && p > 0 {
					want = n
				}
				if got != want && !beside(cdf, u) {
					t.Errorf("BinomialQuantile(%v, %d, %v) = %d, want %d", u, n, p, got, want)
				}
			}
		}
	}
}

func TestHypergeometricQuantileExact(t *testing.T) {
	check := func(n, marked, population int64) {
		cdf := exactHypergeometric(n, marked, population)
		for _, u := range uniforms(uint64(n)<<20 | uint64(marked)) {
			got, want := HypergeometricQuantile(u, n, marked, population), firstReaching(cdf, u)
			if got != want && !beside(cdf, u) {
				t.Errorf("HypergeometricQuantile(%v, %d, %d, %d) = %d, want %d", u, n, marked, population, got, want)
			}
		}
	}
	for population := int64(0); population <= 12; population++ {
		for n := range population + 1 {
			for marked := range population + 1 {
				check(n, marked, population)
			}
		}
	}
	for _, n := range []int64{1, 17, 30, 59} {
		for _, marked := range []int64{1, 29, 44} {
			check(n, marked, 60)
		}
	}
}

// TestQuantilesLarge holds the definition where no sum can: P(X ≤ k) reaches u, P(X ≤ k−1) does not.
func TestQuantilesLarge(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		n := int64(math.Exp(rng.Float64() * math.Log(1e12)))
		p, u := math.Pow(rng.Float64(), 4), rng.Float64()
		k := BinomialQuantile(u, n, p)
		if BinomialCDF(k, n, p) < u*(1-1e-12) || k > 0 && BinomialCDF(k-1, n, p) > u*(1+1e-12) {
			t.Errorf("BinomialQuantile(%v, %d, %v) = %d", u, n, p, k)
		}
	}
	for range 200 {
		population := 1 + int64(math.Exp(rng.Float64()*math.Log(1e9)))
		n, marked, u := rng.Int64N(population+1), rng.Int64N(population+1), rng.Float64()
		k := HypergeometricQuantile(u, n, marked, population)
		if HypergeometricCDF(k, n, marked, population) < u*(1-1e-9) ||
			k > 0 && HypergeometricCDF(k-1, n, marked, population) > u*(1+1e-9) {
			t.Errorf("HypergeometricQuantile(%v, %d, %d, %d) = %d", u, n, marked, population, k)
		}
	}
	for _, u := range []float64{0, 1e-300, 0.3, 0.5, 1 - 0x1p-53, 1} {
		k := BinomialQuantile(u, 1<<62, 0.25)
		if k < 0 || k > 1<<62 || u == 0.3 && math.Abs(float64(k)/(1<<60)-1) > 1e-8 {
			t.Errorf("BinomialQuantile(%v, 2^62, 1/4) = %d", u, k)
		}
	}
}

// TestQuantilesMonotone: a greater uniform never gives a smaller count, and complements mirror.
func TestQuantilesMonotone(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int64{7, 900, 2500, 1e6, 1e10} {
		last, lastH := int64(-1), int64(-1)
		for i := range 201 {
			u := float64(i) / 200
			k := BinomialQuantile(u, n, 0.3)
			if k < last {
				t.Errorf("n = %d: the quantile falls from %d to %d at u = %v", n, last, k, u)
			}
			last = k
			if n > 1e6 {
				continue
			}
			h := HypergeometricQuantile(u, n/2, n/3, n)
			if h < lastH {
				t.Errorf("population %d: the quantile falls from %d to %d at u = %v", n, lastH, h, u)
			}
			lastH = h
		}
		u := rng.Float64()
		if a, b := BinomialQuantile(u, n, 0.25), n-BinomialQuantile(1-u, n, 0.75); a != b {
			t.Errorf("n = %d, u = %v: %d right, but n minus %d wrong", n, u, a, n-b)
		}
	}
}

// TestManyLaw counts all outcomes of small draws and compares them with their exact probabilities.
func TestManyLaw(t *testing.T) {
	const draws = 40000
	rng := rand.New(rand.NewPCG(7, 8))
	u := func(int) float64 { return rng.Float64() }
	weights, shares, out := []int64{3, 0, 1, 2}, []float64{3, 0, 1, 2}, make([]int64, 4)
	with, without := map[[4]int64]float64{}, map[[4]int64]float64{}
	for range draws {
		RandomMultinomial(rng, out, 4, shares)
		with[[4]int64(out)]++
		MultiHypergeometric(out, 3, weights, u)
		without[[4]int64(out)]++
	}
	choose := func(n, k int64) float64 {
		v, _ := new(big.Float).SetInt(new(big.Int).Binomial(n, k)).Float64()
		return v
	}
	check := func(name string, seen map[[4]int64]float64, total int64, law func(a, b, c int64) float64, sum *float64) {
		chi, cells := 0.0, 0
		for a := range total + 1 {
			for b := range total - a + 1 {
				p := law(a, b, total-a-b)
				if p == 0 {
					continue
				}
				gap := seen[[4]int64{a, 0, b, total - a - b}] - draws*p
				chi, cells, *sum = chi+gap*gap/(draws*p), cells+1, *sum+p
			}
		}
		if df := float64(cells - 1); chi > df+5*math.Sqrt(2*df) {
			t.Errorf("%s: chi-square %.1f on %d cells", name, chi, cells)
		}
	}
	var one, other float64
	check("with replacement", with, 4, func(a, b, c int64) float64 {
		return choose(4, a) * choose(4-a, b) * math.Pow(1./2, float64(a)) * math.Pow(1./6, float64(b)) * math.Pow(1./3, float64(c))
	}, &one)
	check("without", without, 3, func(a, b, c int64) float64 {
		return choose(3, a) * choose(1, b) * choose(2, c) / choose(6, 3)
	}, &other)
	if math.Abs(one-1) > 1e-12 || math.Abs(other-1) > 1e-12 {
		t.Errorf("the laws sum to %v and %v", one, other)
	}
	MultiHypergeometric(out[:0:0], 0, nil, u)
	big, got := []int64{1, 5e8, 4e9, 0, 3}, make([]int64, 5)
	MultiHypergeometric(got, 3e9, big, u)
	if got[0]+got[1]+got[2]+got[4] != 3e9 || got[3] != 0 || math.Abs(float64(got[1])-3e9/9) > 1e5 {
		t.Errorf("3e9 of %v: %v", big, got)
	}
}

func BenchmarkQuantiles(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	b.Run("binomial 1e9", func(b *testing.B) {
		for range b.N {
			BinomialQuantile(rng.Float64(), 1e9, 0.3)
		}
	})
	b.Run("binomial 200", func(b *testing.B) {
		for range b.N {
			BinomialQuantile(rng.Float64(), 200, 0.3)
		}
	})
	b.Run("binomial 1", func(b *testing.B) {
		for range b.N {
			BinomialQuantile(rng.Float64(), 1, 0.3)
		}
	})
	b.Run("hypergeometric 250000 of 1e9", func(b *testing.B) {
		for range b.N {
			HypergeometricQuantile(rng.Float64(), 2e8, 250000, 1e9)
		}
	})
}
