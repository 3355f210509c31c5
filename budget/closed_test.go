package budget

import (
	"math"
	"testing"
	"time"

	"github.com/allwrong/allwrong/prob"
)

func TestClosedForms(t *testing.T) {
	r := readReference(t).Closed
	for _, x := range r.Gain {
		// The rounding of μ/η alone is worth (μ/η)² units in the last place.
		if got := ExpectedGain(x[0], x[1]); math.Abs(got/x[2]-1) > 1e-15*(20+x[0]*x[0]/(x[1]*x[1])) {
			t.Errorf("E g at μ %v, η %v: got %v, want %v", x[0], x[1], got, x[2])
		}
	}
	for _, x := range r.Vote {
		alpha, rho, cost := x[0], x[1], x[2]
		s, err := NewVoteSize(alpha, rho, cost)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"λ(1)", s.Lambda, x[3]}, {"λ at three", Lambda(alpha, rho+(1-rho)/3), x[4]}, {"k*", s.KStar, x[5]}, {"exact size", float64(s.Exact), x[6]},
		} {
			if math.Abs(c.got-c.want) > 1e-12*math.Abs(c.want) {
				t.Errorf("α %v, ρ %v, cost %v: %s: got %v, want %v", alpha, rho, cost, c.what, c.got, c.want)
			}
		}
		if (s.Lambda < 0) != (alpha > 0.5) || alpha > 0.5 && (s.Size != 1 || s.Exact != 1 || s.Limit != alpha) {
			t.Errorf("α %v: %+v", alpha, s)
		}
		if mu := prob.NormalQuantile(1 - alpha); alpha < 0.5 && math.Abs(s.Limit-prob.NormalCDF(-mu/math.Sqrt(rho))) > 1e-12 {
			t.Errorf("α %v: limit %v", alpha, s.Limit)
		}
	}
	for _, bad := range [][3]float64{{0, 0.5, 0.1}, {1, 0.5, 0.1}, {0.2, 0, 0.1}, {0.2, 1, 0.1}, {0.2, 0.5, 0}, {0.2, 0.5, math.Inf(1)}, {math.NaN(), 0.5, 0.1}} {
		if s, err := NewVoteSize(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%v gave %+v", bad, s)
		}
	}
}

// TestLambdaIsTheSlope: −dA/dV by differences.
func TestLambdaIsTheSlope(t *testing.T) {
	for _, alpha := range []float64{0.1, 0.3, 0.5, 0.7} {
		mu := prob.NormalQuantile(1 - alpha)
		accuracy := func(v float64) float64 { return prob.NormalCDF(mu / math.Sqrt(v)) }
		const v, h = 0.4, 1e-5
		if got, want := Lambda(alpha, v), (accuracy(v-h)-accuracy(v+h))/(2*h); math.Abs(got-want) > 1e-8 {
			t.Errorf("α %v: got %v, want %v", alpha, got, want)
		}
	}
}

// TestOptionValue: the worth of the option as an integral over the arrival time,
// ∫ ν e^{−νt} e^{−rt} (v/r) E g dt, by Simpson's rule.
func TestOptionValue(t *testing.T) {
	const value, r, nu, gain = 1000.0, 0.1, 4.0, 0.02
	n, end, s := 20_000, 20.0, 0.0
	for i := range n + 1 {
		w := 4.0
		if i == 0 || i == n {
			w = 1
		} else if i%2 == 0 {
			w = 2
		}
		x := end * float64(i) / float64(n)
		s += w * nu * math.Exp(-(nu+r)*x) * value / r * gain
	}
	if got, want := OptionValue(value, r, nu, gain), s*end/float64(n)/3; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %v, want %v", got, want)
	}
	// Committing pays when its saving for ever, δ/r, is K and the option: δ* = r(K + V_R).
	if got, want := BreakEven(500, value, r, nu, gain), r*(500+OptionValue(value, r, nu, gain)); math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFollowReleases(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	price := func(x float64) *float64 { return &x }
	list := []Release{
		{"d", day("2025-04-11"), 0.70, price(0.007)}, // 200 days after the first
		{"a", day("2024-09-23"), 0.50, price(0.010)},
		{"c", day("2025-01-01"), 0.55, nil}, // 100 days after the first
		{"b", day("2024-10-03"), 0.60, price(0.060)},
	}
	b, err := FollowReleases(list, BreadthOptions{ValueUSD: 1000, BuildUSD: 100})
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Model != "d" {
		t.Error("the caller's list was sorted")
	}
	if b.Committed != "b" || b.Accuracy != 0.6 || b.Last != 0.7 || !near(b.Advantage, 0.1, 1e-12) || !near(b.Option, 0.2, 1e-12) || b.Mean != 0 {
		t.Errorf("%+v", b)
	}
	if !near(*b.FirstPerRight, 0.02, 1e-12) || !near(*b.LastPerRight, 0.01, 1e-12) || !near(*b.Drop, 2, 1e-12) {
		t.Errorf("dollars for a right answer: %v, %v, %v", *b.FirstPerRight, *b.LastPerRight, *b.Drop)
	}
	// Gaps .1, −.05, .1.
	if !near(b.Law.Mu, 0.05, 1e-12) || !near(b.Law.Eta, math.Sqrt(0.0075), 1e-12) || !near(b.Law.Seen, 0.2/3, 1e-12) || !near(b.Law.Rate, 3/(200/365.25), 1e-12) {
		t.Errorf("%+v", b.Law)
	}
	if b.Law.OptionUSD == nil || *b.Law.OptionUSD != OptionValue(1000, 0.1, b.Law.Rate, b.Law.Gain) || len(b.Warnings) != 1 || b.Warnings[0].Code != "few-releases" {
		t.Errorf("%+v %v", b.Law, b.Warnings)
	}

	// Advantage counts for as long as it stood: .1 over the first half of the days since.
	late := append(list[:4:4], Release{"e", day("2025-07-31"), 0.1, nil})
	if b, err = FollowReleases(late, BreadthOptions{}); err != nil {
		t.Fatal(err)
	}
	until := day("2024-09-23").AddDate(0, 0, 90)
	if want := 0.1 * day("2025-07-31").Sub(day("2025-04-11")).Hours() / day("2025-07-31").Sub(until).Hours(); !near(b.Mean, want, 1e-12) {
		t.Errorf("mean advantage %v, want %v", b.Mean, want)
	}
	if b.Law.OptionUSD != nil {
		t.Error("dollars without a value")
	}

	same := []Release{{"a", day("2025-01-01"), 0.5, nil}, {"b", day("2025-01-01"), 0.5, nil}}
	if b, err = FollowReleases(same, BreadthOptions{ValueUSD: 1}); err != nil || b.Law.OptionUSD != nil || b.Drop != nil || b.Warnings[0].Code != "one-day" {
		t.Errorf("%+v, %v", b, err)
	}
	for what, bad := range map[string][]Release{
		"one": list[:1], "twice": {list[0], list[0]}, "accuracy": {list[0], {"z", day("2025-01-01"), 1.5, nil}}, "price": {list[0], {"z", day("2025-01-01"), 0.5, price(-1)}},
	} {
		if b, err := FollowReleases(bad, BreadthOptions{}); err == nil {
			t.Errorf("%s: got %+v", what, b)
		}
	}
}
