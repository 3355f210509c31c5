package dependence

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// truth gives the gain of a router that knows each model's chance, by drawing
// queries from a world.
func truth(w world, models int) float64 {
	r := rand.New(rand.NewPCG(99, 99))
	logit, rates, ceiling := make([]float64, models), make([]float64, models), 0.0
	const n = 200_000
	for range n {
		w(r, logit)
		most := 0.0
		for i, x := range logit {
			p := logisticOf(x)
			rates[i] += p / n
			most = math.Max(most, p)
		}
		ceiling += most / n
	}
	best := 0.0
	for _, x := range rates {
		best = math.Max(best, x)
	}
	return ceiling - best
}

// slopes makes strong models steeper; twoKinds gives every other model another
// ability to live on.
func slopes(r *rand.Rand, logit []float64) {
	d := 1.5 * r.NormFloat64()
	for i := range logit {
		x := float64(i) / float64(len(logit)-1)
		logit[i] = 0.2 + 1.2*x - (0.4+1.6*x)*d
	}
}

func twoKinds(r *rand.Rand, logit []float64) {
	a, b := 1.5*r.NormFloat64(), 1.5*r.NormFloat64()
	for i := range logit {
		logit[i] = 1 - float64(i/2)/10 - a
		if i%2 == 1 {
			logit[i] = 1 - float64(i/2)/10 - b
		}
	}
}

func TestRouterCeiling(t *testing.T) {
	for _, c := range []struct {
		name      string
		w         world
		dimension int
		within    float64
	}{
		{"rasch", rasch(-0.5, 1.5, 1.5), 0, 1e-9},
		{"slopes", slopes, 1, 0.015},
		{"two kinds", twoKinds, 2, 0.02},
	} {
		const models, queries = 8, 900
		want := truth(c.w, models)
		rows := draw(c.w, models, queries, rand.New(rand.NewPCG(5, 5)))
		r, err := RouterCeiling(context.Background(), matrix(t, rows, queries), RouterOptions{Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Fits {
			t.Logf("%s: dimension %d, held out %.4f, behind %.4f ± %.4f, gain %.4f, converged %v; true gain %.4f", c.name, f.Dimension, *f.LogLik, *f.Behind, *f.SE, f.Gain, f.Converged, want)
		}
		if r.Dimension != c.dimension || math.Abs(r.Gain-want) > c.within {
			t.Errorf("%s: dimension %d, gain %.4f; want %d, %.4f", c.name, r.Dimension, r.Gain, c.dimension, want)
		}
		cc, _ := completeCases(matrix(t, rows, queries))
		if seen := float64(cc.sums[cc.best]) / queries; math.Abs(r.Single-seen) > 0.005 {
			t.Errorf("%s: the best model is right on %.4f, the model says %.4f", c.name, seen, r.Single)
		}
	}
}

func TestRouterCeilingSameBytes(t *testing.T) {
	m := matrix(t, ladder(6, 200, 5), 200)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []byte
	for _, cpus := range []int{1, 3} {
		runtime.GOMAXPROCS(cpus)
		r, err := RouterCeiling(context.Background(), m, RouterOptions{Queries: 150})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b
		}
		if string(b) != string(first) || r.Queries != 150 || r.Warnings[0].Code != "sampled" {
			t.Errorf("%s\n%s", b, first)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := RouterCeiling(stopped, m, RouterOptions{}); err == nil {
		t.Error("a call that was stopped went on")
	}
}

func TestRouterCeilingDegenerate(t *testing.T) {
	long := func(c string) (s string) {
		for range 60 {
			s += c
		}
		return s
	}
	for _, rows := range [][]string{
		{"1", "0"}, {"1", "1"}, {"0", "0"}, {"10", "01"}, {"1111", "0000", "1010"},
		{long("1111111111"), long("0000000000"), long("1101001100")},
		{long("1111111111"), long("1111111111")},
		{long("10110"), long("10110"), long("01001")},
	} {
		r, err := RouterCeiling(context.Background(), words(t, rows...), RouterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
		if !(r.Gain >= 0 && r.Ceiling <= 1 && r.Single >= 0) {
			t.Errorf("%+v", r)
		}
	}
	for _, o := range []RouterOptions{{Dimensions: 4}, {Dimensions: -1}, {HoldOut: 0.7}, {HoldOut: math.NaN()}, {Queries: -1}} {
		if _, err := RouterCeiling(context.Background(), words(t, "10", "01"), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestSolve(t *testing.T) {
	x := solve([][]float64{{4, 0, 0}, {2, 5, 0}, {1, 3, 6}}, []float64{11, 21, 25})
	for d, want := range []float64{1, 2, 3} {
		if math.Abs(x[d]-want) > 1e-12 {
			t.Errorf("%v", x)
		}
	}
}
