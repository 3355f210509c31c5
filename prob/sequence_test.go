package prob

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestLogMixtureAboveClosedForm: after one trial the integrals are elementary. With u = √g and the prior's mass
// 2·asin u on [0, g]: ∫ q dΠ = (asin u − u·√(1−g)) / (2·asin u), which is over g for a success; the rest of the
// mass is over 1 − g for a failure.
func TestLogMixtureAboveClosedForm(t *testing.T) {
	for _, g := range []float64{0.01, 0.3, 0.5, 0.77, 0.999} {
		u, angle := math.Sqrt(g), math.Asin(math.Sqrt(g))
		mean := (angle - u*math.Sqrt(1-g)) / (2 * angle)
		if got, want := LogMixtureAbove(1, 1, g), math.Log(mean/g); math.Abs(got-want) > 2e-13 {
			t.Errorf("LogMixtureAbove(1, 1, %v) = %v, want %v", g, got, want)
		}
		if got, want := LogMixtureAbove(0, 1, g), math.Log((1-mean)/(1-g)); math.Abs(got-want) > 2e-13 {
			t.Errorf("LogMixtureAbove(0, 1, %v) = %v, want %v", g, got, want)
		}
	}
}

// TestLogMixtureAboveIsAnEValue: under the rate g the expectation over X ~ Bin(n, g) is 1, and under any larger
// rate at most 1.
func TestLogMixtureAboveIsAnEValue(t *testing.T) {
	for _, n := range []int64{1, 10, 300, 3000} {
		for _, g := range []float64{0.001, 0.03, 0.5, 0.95} {
			for _, rate := range []float64{g, g + (1-g)/10} {
				var mean float64
				for k := range n + 1 {
					mean += math.Exp(LogMixtureAbove(k, n, g) + logBinomialMass(k, n, rate))
				}
				if mean > 1+1e-11 || rate == g && mean < 1-1e-11 {
					t.Errorf("expectation %v for n = %d, g = %v, rate = %v, want 1 or less", mean, n, g, rate)
				}
			}
		}
	}
}

// TestLogMixtureAboveShape: no evidence against "at least g" while k/n ≥ g, and ever more of it above k/n.
func TestLogMixtureAboveShape(t *testing.T) {
	for _, n := range []int64{1, 2, 5, 40, 2500, 1_000_000} {
		for _, k := range []int64{0, 1, n / 3, n - 1, n} {
			before := math.Inf(-1)
			for i := range 400 {
				g := float64(i) / 400
				got := LogMixtureAbove(k, n, g)
				if float64(k) >= g*float64(n) {
					if got > 0 {
						t.Errorf("LogMixtureAbove(%d, %d, %v) = %v, want at most 0", k, n, g, got)
					}
				} else if got < before {
					t.Errorf("LogMixtureAbove(%d, %d, %v) = %v falls from %v", k, n, g, got, before)
				}
				before = got
			}
		}
	}
}

func TestMixtureEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		k, n    int64
		g, want float64
	}{
		{0, 0, 0.4, 0},                       // nothing seen, e-value 1
		{2, 3, 0, -math.Log(5)},              // ∫ q^k over the prior ∝ q^(−½): 1/(2k+1)
		{0, 3, 0, 0},                         // the same at k = 0
		{2, 3, 1, inf},                       // a failure is impossible at rate 1
		{1, 1, 1, -math.Log(2)},              // the prior's mean
		{2, 2, 1, math.Log(3) - math.Log(8)}, // its second moment: ½·¾
	} {
		if got := LogMixtureAbove(c.k, c.n, c.g); got != c.want && !(math.Abs(got-c.want) <= 1e-14) {
			t.Errorf("LogMixtureAbove(%d, %d, %v) = %v, want %v", c.k, c.n, c.g, got, c.want)
		}
	}
	for _, n := range []int64{0, 1, 1000} {
		if got := MixtureUpper(n, n, 0.05); got != 1 {
			t.Errorf("MixtureUpper(%d, %d) = %v, want 1", n, n, got)
		}
		if got := MixtureLower(0, n, 0.05); got != 0 {
			t.Errorf("MixtureLower(0, %d) = %v, want 0", n, got)
		}
	}
	if lower, upper := MixtureInterval(0, 0, 0.05); lower != 0 || upper != 1 {
		t.Errorf("MixtureInterval(0, 0) = %v, %v, want 0, 1", lower, upper)
	}
}

// TestMixtureLimits: at the limit the e-value is 1/alpha, sides mirror each other, limits are ordered with the
// fixed-sample ones, and grow with k.
func TestMixtureLimits(t *testing.T) {
	for _, alpha := range []float64{0.9, 0.5, 0.05, 1e-9, 1e-300} {
		for _, n := range []int64{1, 2, 7, 330, 5000, 1_000_000, 1_000_000_000} {
			before := 0.0
			for _, k := range []int64{0, 1, 2, n / 10, n / 2, n - 1} {
				if k >= n || k < 0 {
					continue
				}
				upper := MixtureUpper(k, n, alpha)
				if cp := ClopperPearsonUpper(k, n, alpha); upper < cp {
					t.Errorf("MixtureUpper(%d, %d, %g) = %v is below Clopper and Pearson's %v", k, n, alpha, upper, cp)
				}
				if lower := MixtureLower(n-k, n, alpha); math.Abs(lower-(1-upper)) > 1e-15 {
					t.Errorf("MixtureLower(%d, %d, %g) = %v, want %v by symmetry", n-k, n, alpha, lower, 1-upper)
				}
				if upper < 0.999 { // nearer to 1 the argument has no digits left to show it
					got, want := LogMixtureAbove(k, n, upper), -math.Log(alpha)
					if math.Abs(got-want) > 1e-9*(1+want) {
						t.Errorf("LogMixtureAbove(%d, %d, %v) = %v at the limit for %g, want %v", k, n, upper, got, alpha, want)
					}
				}
				low, high := MixtureInterval(k, n, alpha)
				if rate := float64(k) / float64(n); !(low <= rate && rate <= high) {
					t.Errorf("MixtureInterval(%d, %d, %g) = %v, %v does not contain %v", k, n, alpha, low, high, rate)
				}
				if k > 0 && upper < before {
					t.Errorf("MixtureUpper(%d, %d, %g) = %v is below %v at a smaller k", k, n, alpha, upper, before)
				}
				before = upper
			}
		}
	}
}

// TestMixtureUnderOptionalStopping: streams watched after every trial, stopped as soon as the limit is wrong. A
// fixed-sample limit treated like that is wrong several times as often as it says.
func TestMixtureUnderOptionalStopping(t *testing.T) {
	const alpha, streams, trials = 0.1, 1000, 1000
	for _, rate := range []float64{0.02, 0.3} {
		reject := -math.Log(alpha)
		var mixture, twoSided, peeking int
		r := rand.New(rand.NewPCG(1, uint64(rate*1000)))
		for range streams {
			var k int64
			var m, two, cp bool
			for n := int64(1); n <= trials; n++ {
				if r.Float64() < rate {
					k++
				}
				// The limit is below the rate exactly when the rate is rejected: no need to solve for it.
				m = m || LogMixtureAbove(k, n, rate) > reject
				if n%50 == 0 {
					low, high := MixtureInterval(k, n, alpha)
					two = two || rate < low || rate > high
					cp = cp || LogBinomialCDF(k, n, rate) < -reject
				}
			}
			mixture, twoSided, peeking = mixture+b2i(m), twoSided+b2i(two), peeking+b2i(cp)
		}
		most := alpha + 3*math.Sqrt(alpha*(1-alpha)/streams)
		t.Logf("rate %v: %d and %d of %d streams misled, seed (1, %v); Clopper and Pearson %d", rate, mixture, twoSided, streams, rate*1000, peeking)
		if float64(mixture) > most*streams || float64(twoSided) > most*streams {
			t.Errorf("rate %v: %d and %d of %d streams misled, want at most %v of them", rate, mixture, twoSided, streams, most)
		}
		if float64(peeking) < most*streams {
			t.Errorf("rate %v: peeking at Clopper and Pearson's limit misled only %d streams: this test has no teeth", rate, peeking)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func BenchmarkMixtureUpper(b *testing.B) {
	for b.Loop() {
		MixtureUpper(9, 330, 0.05)
	}
}

func BenchmarkMixtureUpperLarge(b *testing.B) {
	for b.Loop() {
		MixtureUpper(300_000, 1_000_000, 0.05)
	}
}
