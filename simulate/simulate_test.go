package simulate

import (
	"math"
	"reflect"
	"testing"
)

// TestAccuracies holds every law to the accuracies asked for: five standard
// errors of 40,000 queries.
func TestAccuracies(t *testing.T) {
	for _, law := range Laws {
		o := Options{Law: law, Models: 4, Queries: 40_000, Lowest: .5, Highest: .9, Rho: .6, Shock: .05, Seed: 3}
		m, err := Matrix(o)
		if err != nil {
			t.Fatal(err)
		}
		c := m.Count(nil)
		for i, right := range c.Right {
			want, n := o.Accuracy(i), float64(c.Queries)
			if got := float64(right) / n; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/n) {
				t.Errorf("%s: model %d: accuracy %.4f, want %.4f", law, i, got, want)
			}
		}
		beta := float64(c.AllWrong) / float64(c.Queries)
		independent := 1.0
		for i := range o.Models {
			independent *= 1 - o.Accuracy(i)
		}
		switch {
		case law == Independent && math.Abs(beta-independent) > .005:
			t.Errorf("independent: β %.4f, want the product of the error rates %.4f", beta, independent)
		case law == SingleFactor && beta < 2*independent:
			t.Errorf("single factor: β %.4f is hardly above independence, %.4f", beta, independent)
		case law == CommonShock && beta < o.Shock-.005:
			t.Errorf("common shock: β %.4f is below the shock %.2f", beta, o.Shock)
		}
	}
}

func TestSeeds(t *testing.T) {
	o := Options{Law: SingleFactor, Models: 3, Queries: 100, Lowest: .5, Highest: .9, Rho: .5, Missing: .1, Seed: 1}
	draw := func(seed uint64) any {
		o.Seed = seed
		m, err := Matrix(o)
		if err != nil {
			t.Fatal(err)
		}
		return []any{m.RightPlane(0), m.ObservedPlane(2), m.Count(nil)}
	}
	if !reflect.DeepEqual(draw(1), draw(1)) {
		t.Error("the same seed gives two matrices")
	}
	if reflect.DeepEqual(draw(1), draw(2)) {
		t.Error("two seeds give one matrix")
	}
}

func TestRefusals(t *testing.T) {
	good := Options{Law: CommonShock, Models: 2, Queries: 2, Lowest: .5, Highest: .9, Shock: .05}
	if _, err := Matrix(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Options){
		"law":      func(o *Options) { o.Law = "zipf" },
		"models":   func(o *Options) { o.Models = 0 },
		"queries":  func(o *Options) { o.Queries = MaxQueries + 1 },
		"accuracy": func(o *Options) { o.Lowest = .95 },
		"rho":      func(o *Options) { o.Rho = math.NaN() },
		"shock":    func(o *Options) { o.Shock = .2 }, // the strongest model is wrong only 10 % of the time
	} {
		o := good
		spoil(&o)
		if _, err := Matrix(o); err == nil {
			t.Errorf("%s: %+v is drawn", name, o)
		}
	}
}
