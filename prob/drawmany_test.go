package prob

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestRandomBinomialLaw compares counts with exact probabilities, by chi-square over cells of at least 20 expected.
func TestRandomBinomialLaw(t *testing.T) {
	const draws = 60000
	for k, c := range []struct {
		n int64
		p float64
	}{{1, 0.3}, {7, 0.5}, {40, 0.01}, {40, 0.9}, {100, 0.0999}, {101, 0.1}, {300, 0.5}, {5000, 0.004}, {1_000_000, 0.9999}, {1e10, 3e-9}} {
		r := rand.New(rand.NewPCG(11, uint64(k)))
		seen := map[int64]float64{}
		for range draws {
			seen[RandomBinomial(r, c.n, c.p)]++
		}
		least, most := BinomialQuantile(1e-9, c.n, c.p), BinomialQuantile(1-1e-9, c.n, c.p)
		chi, cells, want, got, total := 0.0, 0, 0.0, 0.0, 0.0
		for k := least; k <= most; k++ {
			want, got = want+draws*math.Exp(logBinomialMass(k, c.n, c.p)), got+seen[k]
			total += seen[k]
			if want >= 20 {
				chi, cells, want, got = chi+(got-want)*(got-want)/want, cells+1, 0, 0
			}
		}
		if total != draws {
			t.Errorf("n = %d, p = %v: %v draws lie beyond the quantiles of 1e-9", c.n, c.p, draws-total)
		}
		if df := float64(cells - 1); chi > df+5*math.Sqrt(2*df)+5 {
			t.Errorf("n = %d, p = %v: chi-square %.1f on %d cells", c.n, c.p, chi, cells)
		}
	}
}

// TestRandomBinomialLarge holds the distribution function of draws against the exact one (Kolmogorov).
func TestRandomBinomialLarge(t *testing.T) {
	const draws = 4000
	for _, n := range []int64{1e9, 1e11} {
		for _, p := range []float64{0.02, 0.5, 0.7} {
			r := rand.New(rand.NewPCG(12, uint64(n)))
			var tenths [10]float64
			for range draws {
				tenths[min(9, int(10*BinomialCDF(RandomBinomial(r, n, p), n, p)))]++
			}
			chi := 0.0
			for _, x := range tenths {
				chi += (x - draws/10) * (x - draws/10) / (draws / 10)
			}
			if chi > 30 { // 9 degrees of freedom: 0.0004
				t.Errorf("n = %d, p = %v: tenths %v", n, p, tenths)
			}
		}
	}
}

func TestRandomMultinomial(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	weights := []float64{0, 3, 1, 0, 1e9, 4, 0}
	out, sums := make([]int64, len(weights)), make([]float64, len(weights))
	const draws, total = 2000, 2_000_000_016
	for range draws {
		RandomMultinomial(r, out, total, weights)
		left := int64(total)
		for i, k := range out {
			left -= k
			sums[i] += float64(k)
		}
		if left != 0 || out[0]+out[3]+out[6] != 0 {
			t.Fatalf("%v", out)
		}
	}
	for _, i := range []int{1, 2, 5} {
		mean := 2 * weights[i]
		if got := sums[i] / draws; math.Abs(got-mean) > 5*math.Sqrt(mean/draws) {
			t.Errorf("class %d: mean %.3f, want %.3f", i, got, mean)
		}
	}
	RandomMultinomial(r, out[:1], 0, []float64{0})
}

func TestKeyed(t *testing.T) {
	if a, b := Keyed(1, "a", "b"), Keyed(1, "ab"); a == b {
		t.Error("names run together")
	}
	if Keyed(1, "a") == Keyed(2, "a") || Keyed(1, "a") != Keyed(1, "a") {
		t.Error("hangs on more or less than seed and names")
	}
	if x, y := Stream(1, "a", "b").Uint64(), Stream(1, "a", "b").Uint64(); x != y || x == Stream(1, "a").Uint64() || x == Stream(2, "a", "b").Uint64() {
		t.Error("a stream hangs on more or less than seed and names")
	}
	// One name under many seeds, and many names under one seed: sixteenths and their successions are even.
	for _, by := range []func(i int) float64{
		func(i int) float64 { return Keyed(uint64(i), "fold", "q") },
		func(i int) float64 { return Keyed(7, "fold", strconv.Itoa(i)) },
	} {
		var cells [256]float64
		const draws = 1 << 16
		for i := range draws {
			cells[int(16*by(i))*16+int(16*by(i+1))]++
		}
		chi := 0.0
		for _, x := range cells {
			chi += (x - draws/256) * (x - draws/256) / (draws / 256)
		}
		if chi > 255+5*math.Sqrt(2*255) {
			t.Errorf("chi-square %.1f on 256 cells", chi)
		}
	}
}

func BenchmarkRandomBinomial(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		n    int64
		p    float64
	}{{"mean 1", 12000, 1. / 12000}, {"mean 8", 12000, 8. / 12000}, {"mean 250000 of 1e9", 1e9, 25e-5}} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				RandomBinomial(r, c.n, c.p)
			}
		})
	}
}
