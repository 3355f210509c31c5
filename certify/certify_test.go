package certify

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func small(t *testing.T, rows ...string) *outcome.Matrix {
	t.Helper()
	g := grid{}
	for i, row := range rows {
		g.models = append(g.models, string(rune('a'+i)))
		g.cells = append(g.cells, []byte(row))
	}
	for q := range rows[0] {
		g.queries = append(g.queries, "q"+string(rune('a'+q)))
	}
	return g.matrix(t)
}

// TestByHand is small enough to count: a is right on 4 of 6, b on 3, none on 1.
func TestByHand(t *testing.T) {
	c := must(t, Options{}, small(t,
		"111100",
		"110010"))
	want := Kinds{AllRight: 2, BestRight: 2, Resolvable: 1, AllWrong: 1}
	if c.Kinds != want || c.Queries != 6 || c.AllWrong != 1 || c.Models != 2 || c.Best.Model != "a" {
		t.Errorf("got %+v of %d queries, best %s; want %+v of 6, best a", c.Kinds, c.Queries, c.Best.Model, want)
	}
	if got := *c.Gain.Point; got != 1.0/6 {
		t.Errorf("gain: got %v, want 1/6", got)
	}
	// Two contenders, each at least one: direct is Clopper–Pearson of 1 in 6 at
	// 0.025, which solves (1−p)^6 + 6p(1−p)^5 = 0.025.
	u := *c.Bounds[Direct]
	if tail := math.Pow(1-u, 6) + 6*u*math.Pow(1-u, 5); math.Abs(tail-0.025) > 1e-14 {
		t.Errorf("direct: %v leaves %v in the tail, want 0.025", u, tail)
	}
	if f := c.Fragile; f.Queries != 3 || f.BetaR != [3]float64{1. / 6, 4. / 6, 1} {
		t.Errorf("fragile: got %+v", f)
	}
}

// TestEveryModelSays what must hold of any certificate, at the extremes too.
func TestExtremes(t *testing.T) {
	for name, rows := range map[string][]string{
		"one query, all wrong":       {"0", "0"},
		"one query, all right":       {"1", "1"},
		"nobody ever right":          {"0000", "0000", "0000"},
		"everybody always right":     {"1111", "1111"},
		"a model never wrong":        {"1111", "0101"},
		"a model never right":        {"0000", "0101"},
		"twins":                      {"0110", "0110"},
		"complements":                {"0110", "1001"},
		"gaps":                       {"01 10", "1 011"},
		"a model with a single cell": {"0110", "1   "},
	} {
		for _, o := range everyOption() {
			o.Incumbent = strings.Replace(o.Incumbent, "m01", "b", 1)
			if o.Population > 0 {
				o.Population = 6
			}
			if len(o.Weights) > 0 {
				continue
			}
			c, err := Certify(o, small(t, rows...))
			if err != nil {
				var bad *UsageError
				if o.Method == Split && errors.As(err, &bad) {
					continue // too few queries to split
				}
				t.Errorf("%s: %+v: %v", name, o, err)
				continue
			}
			check(t, name, c)
		}
	}
}

// check states what must hold of every certificate.
func check(t *testing.T, name string, c Certificate) {
	t.Helper()
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatalf("%s: %v", name, err) // NaN and infinities do not marshal
	}
	var back Certificate
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	rate := func(what string, x float64) {
		if !(x >= 0 && x <= 1) {
			t.Errorf("%s: %s is %v", name, what, x)
		}
	}
	rate("β lower", c.Beta.Lower)
	rate("β upper", c.Beta.Upper)
	rate("gain lower", c.Gain.Lower)
	rate("gain upper", c.Gain.Upper)
	rate("best lower", c.Best.Lower)
	ordered := c.Beta.Lower <= c.Beta.Upper && c.Gain.Interval[0] <= c.Gain.Lower && c.Gain.Upper <= c.Gain.Interval[1]
	if p := c.Gain.Point; p != nil && c.Gain.Method != Paper {
		ordered = ordered && c.Gain.Lower <= *p && *p <= c.Gain.Upper
	}
	if p := c.Beta.Point; p != nil {
		ordered = ordered && c.Beta.Lower <= *p+1e-12 && *p <= c.Beta.Upper+1e-12
	}
	if !ordered {
		t.Errorf("%s: limits out of order: gain %+v, β %+v", name, c.Gain, c.Beta)
	}
	if k := c.Kinds; c.Gain.Method != Scores && k.AllRight+k.BestRight+k.Resolvable+k.AllWrong+k.Unknown != c.Queries {
		t.Errorf("%s: kinds %+v do not add to %d queries", name, k, c.Queries)
	}
	if len(c.Warnings) == 0 || c.Warnings[len(c.Warnings)-1].Code != "selection-only" {
		t.Errorf("%s: what is not covered is not said: %+v", name, c.Warnings)
	}
}

func TestRefusals(t *testing.T) {
	two := small(t, "0110", "1100")
	for _, c := range []struct {
		o     Options
		m     *outcome.Matrix
		want  string
		usage bool
	}{
		{Options{Confidence: 1}, two, "confidence: 1 is outside (0, 1)", true},
		{Options{Confidence: math.NaN()}, two, "confidence", true},
		{Options{Confidence: -0.5}, two, "confidence", true},
		{Options{Method: "bootstrap"}, two, `method: "bootstrap"`, true},
		{Options{Method: Incumbent}, two, "--incumbent", true},
		{Options{Incumbent: "gpt-9"}, two, `"gpt-9"`, true},
		{Options{Overhead: 2}, two, "overhead: 2", true},
		{Options{Population: 3}, two, "population: 4 queries are graded", true},
		{Options{Slice: "level"}, two, `no query has a label "level"; there are kind`, true},
		{Options{Slice: "kind", Weights: map[string]float64{"k1": 1}}, two, "has no weight", true},
		{Options{Cluster: "kind", Method: Screened}, two, "clusters need method scores", true},
		{Options{Population: 10, Method: Anytime}, two, "no form for a finite population", true},
		{Options{}, small(t, "0110"), "1 model", false},
		{Options{}, small(t, "01  ", "  10"), "no query was answered by all 2 models", false},
	} {
		_, err := Certify(c.o, c.m)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.o, err, c.want)
			continue
		}
		var bad *UsageError
		if errors.As(err, &bad) != c.usage {
			t.Errorf("%+v: %v: usage error %v, want %v", c.o, err, !c.usage, c.usage)
		}
	}
	for _, tally := range []Tally{{0, 0, 0, 1}, {5, 4, 0, 1}, {-1, 4, 0, 1}, {2, 4, 3, 1}, {0, 4, 5, 2}, {0, 4, 4, -1}, {0, 2_000_000_000, 0, 1}} {
		if _, err := CertifyTally(tally, Options{}); err == nil {
			t.Errorf("%+v: no error", tally)
		}
	}
}

func TestVerdicts(t *testing.T) {
	tally := Tally{AllWrong: 20, Queries: 1000, Best: 930, Pool: 10} // gain .05
	for overhead, want := range map[float64]Verdict{0.2: No, 0.01: Room, 0.05: Undecided, 0.06: Undecided, 0.045: Undecided} {
		c, err := CertifyTally(tally, Options{Overhead: overhead})
		if err != nil {
			t.Fatal(err)
		}
		if c.Verdict != want {
			t.Errorf("overhead %v: got %s, want %s (%+v)", overhead, c.Verdict, want, c.Gain)
		}
		switch n := c.QueriesNeeded; {
		case want != Undecided && (n == nil || *n != 0):
			t.Errorf("overhead %v: decided, and %v queries are needed", overhead, n)
		case overhead == 0.05 && n != nil:
			t.Errorf("overhead equal to the gain: %d queries are said to decide", *n)
		case overhead == 0.06 && (n == nil || *n < 500):
			t.Errorf("overhead .06 against .05: %v queries needed", n)
		}
	}
}

// TestWholePopulation: when all of the benchmark is graded nothing is uncertain.
func TestWholePopulation(t *testing.T) {
	m := randomGrid(rand.New(rand.NewPCG(7, 7)), 4, 100, 0).matrix(t)
	c := must(t, Options{Population: 100}, m)
	if c.Gain.Lower != *c.Gain.Point || c.Gain.Upper != *c.Gain.Point || c.Beta.Lower != c.Beta.Upper {
		t.Errorf("got gain %+v and β %+v, want single points", c.Gain, c.Beta)
	}
	endless := must(t, Options{}, m)
	nearly := must(t, Options{Population: 1_000_000}, m)
	if math.Abs(nearly.Gain.Upper-endless.Gain.Upper) > 1e-4 {
		t.Errorf("a population of a million gives %v, an endless one %v", nearly.Gain.Upper, endless.Gain.Upper)
	}
}

// TestInputsUnchanged compares the matrix with a copy of its counts after every call.
func TestInputsUnchanged(t *testing.T) {
	m := randomGrid(rand.New(rand.NewPCG(8, 7)), 4, 90, .02).matrix(t)
	before, _ := json.Marshal([]any{m.Count(nil), m.Models(), m.RightPlane(0), m.ObservedPlane(1)})
	o := Options{Slice: "kind", Weights: map[string]float64{"k0": 1, "k1": 2, "k2": 3}}
	must(t, o, m)
	must(t, Options{Missing: Bounds}, m)
	after, _ := json.Marshal([]any{m.Count(nil), m.Models(), m.RightPlane(0), m.ObservedPlane(1)})
	if string(before) != string(after) || len(o.Weights) != 3 || o.Weights["k2"] != 3 {
		t.Error("certifying changed its arguments")
	}
}
