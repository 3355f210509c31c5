package prob

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMomentBoundsShared(t *testing.T) {
	type row struct {
		M       int
		P1, P2  string
		BetaMin string `json:"beta_min"`
		BetaMax string `json:"beta_max"`
	}
	exact := func(s string) float64 {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no fraction", s)
		}
		x, _ := r.Float64()
		return x
	}
	for _, r := range sharedRows[row](t, "beta_bounds_pairwise.json") {
		low, high := MomentBounds(r.M, exact(r.P1), exact(r.P2))
		if math.Abs(low-exact(r.BetaMin)) > 1e-13 || math.Abs(high-exact(r.BetaMax)) > 1e-13 {
			t.Errorf("%+v: %v to %v", r, low, high)
		}
	}
	if low, high := MomentBounds(3, 0.5, 0.25); low != 0 || math.Abs(high-0.25) > 1e-15 {
		t.Errorf("three models: %v to %v, want 0 to ¼", low, high)
	}
}

// TestMomentBoundsContain draws laws of the number of wrong models: each lies between its bounds, two models have one
// value, and a law on two neighbouring counts (and all) attains the upper end.
func TestMomentBoundsContain(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 5000 {
		m := 2 + r.IntN(30)
		p, sum := make([]float64, m+1), 0.0
		for w := range p {
			if r.IntN(3) == 0 {
				p[w] = r.ExpFloat64()
			}
			sum += p[w]
		}
		if sum == 0 {
			continue
		}
		one, two := 0.0, 0.0
		for w := range p {
			p[w] /= sum
			one += p[w] * float64(w) / float64(m)
			two += p[w] * float64(w*(w-1)) / float64(m*(m-1))
		}
		low, high := MomentBounds(m, min(1, one), min(1, two))
		if p[m] < low-1e-12 || p[m] > high+1e-12 || m == 2 && high-low > 1e-12 {
			t.Fatalf("%v: %v to %v", p, low, high)
		}
	}
}

func TestExchangeableLaws(t *testing.T) {
	// Beta-binomial: the beta law's moment E P^m, by the midpoint rule.
	a, b := 2.0, 3.0
	for _, m := range []int{1, 2, 5, 20} {
		top, bottom := 0.0, 0.0
		const steps = 200000
		for i := range steps {
			p := (float64(i) + 0.5) / steps
			d := math.Pow(p, a-1) * math.Pow(1-p, b-1)
			top, bottom = top+d*math.Pow(p, float64(m)), bottom+d
		}
		if got, want := math.Exp(BetaBinomialAllWrong(m, a/(a+b), 1/(a+b+1))), top/bottom; off(got, want) > 1e-8 {
			t.Errorf("m %d: %v, want %v", m, got, want)
		}
	}
	for _, c := range []struct{ got, want float64 }{
		{BetaBinomialAllWrong(5, 0.3, 0), 5 * math.Log(0.3)}, {BetaBinomialAllWrong(5, 0.3, 1), math.Log(0.3)},
		{BetaBinomialAllWrong(0, 0.3, 0.2), 0}, {BetaBinomialAllWrong(5, 0, 0.2), math.Inf(-1)}, {BetaBinomialAllWrong(5, 1, 0.2), 0},
		{BetaBinomialAllWrong(2, 0.3, 0.4), math.Log(0.09 + 0.4*0.21)},
		{CommonShockAllWrong([]float64{0.4, 0.5, 0.6}, 0), math.Log(0.4 * 0.5 * 0.6)},
		{CommonShockAllWrong([]float64{0.4, 0.5}, 0.4), math.Log(0.4)},
		{CommonShockAllWrong([]float64{0.43, 0.43}, 0.05), math.Log(0.05 + 0.95*0.16)},
		{CommonShockAllWrong(slices.Repeat([]float64{0.43}, 5000), 0.05), math.Log(0.05)},
		{CommonShockAllWrong([]float64{1, 1}, 1), 0}, {CommonShockAllWrong([]float64{0, 0.5}, 0), math.Inf(-1)}, {CommonShockAllWrong(nil, 0.3), 0},
	} {
		if !(c.got == c.want || math.Abs(c.got-c.want) < 1e-14*(1+math.Abs(c.want))) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}
