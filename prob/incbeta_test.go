package prob

import (
	"math"
	"testing"
)

// TestLogBeta: closed forms B(1, b) = 1/b, B(½, ½) = π, B(a, 2) = 1/(a(a+1)), where the shapes differ by up to 18
// orders of magnitude, and one large value.
func TestLogBeta(t *testing.T) {
	for _, b := range []float64{1e-3, 0.5, 1, 7.25, 1e4, 1e9, 1e15} {
		if got, want := LogBeta(1, b), -math.Log(b); math.Abs(got-want) > 4e-15*(1+math.Abs(want)) {
			t.Errorf("LogBeta(1, %v) = %v, want %v", b, got, want)
		}
		if got, want := LogBeta(b, 2), -math.Log(b)-math.Log1p(b); math.Abs(got-want) > 4e-15*(1+math.Abs(want)) {
			t.Errorf("LogBeta(%v, 2) = %v, want %v", b, got, want)
		}
		if got, want := LogBeta(b, 3.5), LogBeta(3.5, b); got != want {
			t.Errorf("LogBeta(%v, 3.5) = %v, but %v the other way round", b, got, want)
		}
	}
	if got := LogBeta(0.5, 0.5); math.Abs(got-math.Log(math.Pi)) > 1e-15 {
		t.Errorf("LogBeta(½, ½) = %v, want ln π", got)
	}
	// Duplication: B(a, a) = 2^(1−2a)·B(a, ½), at a size where log-gammas differ from it in the 8th digit.
	a := 5e8
	if got, want := LogBeta(a, a), (1-2*a)*math.Ln2+LogBeta(a, 0.5); off(got, want) > 1e-15 {
		t.Errorf("LogBeta(%v, %v) = %v, want %v", a, a, got, want)
	}
}

// TestLogBetaIncClosedForms: the arc-sine law, powers, and the uniform law.
func TestLogBetaIncClosedForms(t *testing.T) {
	for _, x := range []float64{1e-300, 1e-17, 0.001, 0.25, 0.5, 0.9, 0.999} {
		for _, c := range []struct {
			a, b, lower, upper float64
		}{
			{1, 1, math.Log(x), math.Log1p(-x)},
			{7, 1, 7 * math.Log(x), log1mExp(7 * math.Log(x))},
			{1, 40, log1mExp(40 * math.Log1p(-x)), 40 * math.Log1p(-x)},
			{0.5, 0.5, arc(x, 1-x), arc(1-x, x)},
		} {
			lower, upper := LogBetaInc(c.a, c.b, x)
			if off(lower, c.lower) > logTolerance(c.lower) || off(upper, c.upper) > logTolerance(c.upper) {
				t.Errorf("LogBetaInc(%v, %v, %v) = %v, %v, want %v, %v", c.a, c.b, x, lower, upper, c.lower, c.upper)
			}
		}
	}
}

// arc returns the logarithm of the arc-sine law at x = 1 − y, from the half whose complement is small.
func arc(x, y float64) float64 {
	if x > 0.5 {
		return math.Log1p(-math.Asin(math.Sqrt(y)) * 2 / math.Pi)
	}
	return math.Log(math.Asin(math.Sqrt(x)) * 2 / math.Pi)
}

// logTolerance is the relative error allowed in ln P. Where P is near 1, ln P ≈ −(1 − P) is itself the exponential
// of a rounded logarithm.
func logTolerance(v float64) float64 { return 2e-15 * (2 + math.Abs(math.Log(-v))) }

func TestLogBetaIncEnds(t *testing.T) {
	inf := math.Inf(-1)
	if lower, upper := LogBetaInc(2, 3, 0); lower != inf || upper != 0 {
		t.Errorf("LogBetaInc(2, 3, 0) = %v, %v, want -Inf, 0", lower, upper)
	}
	if lower, upper := LogBetaInc(2, 3, 1); lower != 0 || upper != inf {
		t.Errorf("LogBetaInc(2, 3, 1) = %v, %v, want 0, -Inf", lower, upper)
	}
}

// TestRatiosAgree: around the switch from the continued fraction to quadrature both must give the same quotient, at
// the mean, where the fraction is slowest, and out in the tail.
func TestRatiosAgree(t *testing.T) {
	for _, shape := range [][2]float64{{1000, 1000}, {1000.5, 1e5}, {1e5, 1000.5}, {1000, 1e9}, {5e4, 7e4}} {
		a, b := shape[0], shape[1]
		mean := a / (a + b)
		sd := math.Sqrt(mean * (1 - mean) / (a + b))
		for _, z := range []float64{0.001, 0.5, 1.5, 4, 10, 25} {
			x := mean - z*sd
			if x <= 0 {
				continue
			}
			lambda := meanGap(a, b, x, 1-x)
			got, want := panelRatio(a, b, x, 1-x, lambda), fractionRatio(a, b, x, 1-x, lambda)
			if off(got, want) > 1e-14 {
				t.Errorf("a = %v, b = %v, %v deviations out: panel %v, fraction %v, off by %.2g", a, b, z, got, want, off(got, want))
			}
		}
	}
}

// TestLog1pRest compares with the Taylor series −v²/2 + v³/3 − …, and with the plain difference where that is good.
func TestLog1pRest(t *testing.T) {
	for _, v := range []float64{-1e-3, -1e-9, 1e-200, 1e-12, 1e-5, 2e-3} {
		var want float64
		for k := 30.0; k >= 2; k-- {
			want = want*-v + 1/k
		}
		want *= -v * v
		if got := log1pRest(v); off(got, want) > 4e-16 {
			t.Errorf("log1pRest(%v) = %v, want %v", v, got, want)
		}
	}
	for _, v := range []float64{-0.999, -0.41, -0.39, 0.3, 0.49, 0.51, 20} {
		if got, want := log1pRest(v), math.Log1p(v)-v; off(got, want) > 3e-15 {
			t.Errorf("log1pRest(%v) = %v, want %v", v, got, want)
		}
	}
}

// TestStirlingError: table, series and recurrence agree across their borders, and with lnΓ(x+1).
func TestStirlingError(t *testing.T) {
	for _, x := range []float64{0.5, 0.75, 1, 3.999999, 4, 11.3, 15.5, 15.9, 16, 16.5} {
		gamma, _ := math.Lgamma(x + 1)
		want := gamma - (x+0.5)*math.Log(x) + x - halfLog2Pi
		if got := stirlingError(x); math.Abs(got-want) > 2e-14 {
			t.Errorf("stirlingError(%v) = %v, want %v", x, got, want)
		}
	}
	for j, want := range stirlingTable {
		x := float64(j+1) / 2
		if got := stirlingError(x * (1 + 1e-15)); math.Abs(got-want) > 4e-15 { // off the grid: climbs to the series
			t.Errorf("stirlingError just above %v = %v, want %v", x, got, want)
		}
	}
}

// TestLegendre: the rule integrates powers up to twice its size exactly.
func TestLegendre(t *testing.T) {
	for power := range 2 * len(legendre.nodes) {
		var sum float64
		for i, node := range legendre.nodes {
			sum += legendre.weights[i] * math.Pow(node, float64(power))
		}
		if want := 1 / float64(power+1); off(sum, want) > 1e-14 {
			t.Errorf("∫ u^%d = %v, want %v", power, sum, want)
		}
	}
}

func BenchmarkLogBetaInc(b *testing.B) {
	for _, c := range []struct {
		name    string
		a, b, x float64
	}{
		{"a=10,b=321", 10, 321, 0.03}, {"a=166,b=165", 166, 165, 0.5}, {"a=900,b=900", 900, 900, 0.5},
		{"a=5e8,b=5e8", 5e8, 5e8, 0.49999}, {"a=10,b=1e9", 10, 1e9, 1e-8},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				LogBetaInc(c.a, c.b, c.x)
			}
		})
	}
}
