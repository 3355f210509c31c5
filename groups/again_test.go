package groups

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// asked draws attempts: on each query a model has a chance of its own to be
// right, and wrong answers of a model are mostly the same one.
func asked(t testing.TB, seed uint64, models, queries, attempts int, chance func(r *rand.Rand, model int, hard float64) float64, text bool) ([]*outcome.Matrix, []*outcome.Detail) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	set := outcome.NewSet()
	set.KeepAnswers = text
	for q := range queries {
		hard := r.NormFloat64()
		for i := range models {
			p, habit := chance(r, i, hard), r.IntN(3)
			for s := range attempts {
				x := outcome.Record{Query: fmt.Sprint("q", q), Model: string(rune('a' + i)), Attempt: s, Verdict: outcome.Right, Answer: "right"}
				if r.Float64() >= p {
					if r.Float64() < 0.3 {
						habit = r.IntN(3)
					}
					x.Verdict, x.Answer = outcome.Wrong, fmt.Sprint("wrong ", habit)
				}
				if err := set.Add(&x, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var m []*outcome.Matrix
	var d []*outcome.Detail
	for s := range attempts {
		o := outcome.MatrixOptions{Attempt: s}
		m, d = append(m, set.Matrix(o)), append(d, set.Detail(o))
	}
	return m, d
}

// independent models of one quality: several are better than one asked again,
// whose errors repeat.
func independent(r *rand.Rand, model int, hard float64) float64 {
	if r.Float64() < 0.75 {
		return 0.95
	}
	return 0.1
}

func TestSeveralBeatOne(t *testing.T) {
	m, d := asked(t, 1, 4, 400, 9, independent, true)
	r, err := Again(context.Background(), m, d, AgainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Rule != "plurality" || r.Ranking != 3 || r.Attempts != 9 || r.Queries != 400 || len(r.Pool) != 4 {
		t.Errorf("%+v", r)
	}
	if *r.RhoAgain < 0.5 || math.Abs(*r.RhoPool) > 0.1 {
		t.Errorf("ρ %v again, %v in the pool", *r.RhoAgain, *r.RhoPool)
	}
	if s := r.Sizes[1]; s.K != 3 || s.Interval[0] <= 0 || s.Diff < s.Interval[0] || s.Diff > s.Interval[1] {
		t.Errorf("%+v", s)
	}
	// The same by verdicts: at three, plurality of these answers differs little.
	v, err := Again(context.Background(), m, nil, AgainOptions{})
	if err != nil || v.Rule != "majority" || v.Warnings[0].Code != "answers" || v.Sizes[1].Interval[0] <= 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestTwins: models that are one and the same gain nothing over asking one again,
// and the interval says so.
func TestTwins(t *testing.T) {
	out := 0
	for seed := range uint64(10) {
		type key struct {
			q    float64
			last float64
		}
		var last key
		twin := func(r *rand.Rand, model int, hard float64) float64 {
			if last.q != hard {
				last = key{hard, independent(r, model, hard)}
			}
			return last.last
		}
		m, _ := asked(t, 100+seed, 3, 150, 6, twin, false)
		r, err := Again(context.Background(), m, nil, AgainOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if s := r.Sizes[1]; s.Interval[0] > 0 || s.Interval[1] < 0 {
			out++
		}
	}
	if out > 2 {
		t.Errorf("twins differ in %d of 10 pools", out)
	}
}

// TestRolesAreApart: what ranks never votes. Attempts of luck alone: the best by
// luck votes like any other.
func TestRolesAreApart(t *testing.T) {
	luck := func(*rand.Rand, int, float64) float64 { return 0.5 }
	again, n := 0.0, 0.0
	for seed := range uint64(12) {
		m, _ := asked(t, seed, 20, 40, 4, luck, false)
		r, err := Again(context.Background(), m, nil, AgainOptions{Seed: seed, Within: 1, Most: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Sizes {
			if s.K == 3 {
				again, n = again+s.Again, n+1
			}
		}
	}
	if mean := again / n; math.Abs(mean-0.5) > 0.035 {
		t.Errorf("a vote of coins that were picked for their luck is right on %v", mean)
	}
}

func TestAgainDegenerate(t *testing.T) {
	far := func(_ *rand.Rand, model int, _ float64) float64 { return []float64{0.9, 0.2, 0.1}[model] }
	m, d := asked(t, 3, 3, 60, 4, far, true)
	r, err := Again(context.Background(), m, d, AgainOptions{})
	if err != nil || len(r.Sizes) != 0 || r.Warnings[0].Code != "alone" || len(r.Pool) != 1 || r.RhoPool != nil {
		t.Errorf("%+v, %v", r, err)
	}
	all := func(*rand.Rand, int, float64) float64 { return 1 }
	m, d = asked(t, 4, 3, 60, 4, all, true)
	r, err = Again(context.Background(), m, d, AgainOptions{})
	if err != nil || r.RhoAgain != nil || r.Sizes[0].Diff != 0 || r.Sizes[0].Interval != [2]float64{} {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	for _, o := range []AgainOptions{{Most: 1}, {Within: 2}, {Confidence: 1}} {
		if r, err := Again(context.Background(), m, d, o); err == nil {
			t.Errorf("%+v gave %+v", o, r)
		}
	}
	if r, err := Again(context.Background(), m[:2], d[:2], AgainOptions{}); err == nil || !strings.Contains(err.Error(), "not more than 2") {
		t.Errorf("two attempts gave %+v, %v", r, err)
	}
}
