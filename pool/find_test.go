package pool

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func find(t *testing.T, m *outcome.Matrix, o Options) *Result {
	t.Helper()
	r, err := Find(context.Background(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r) // fails on NaN and infinities
	if err != nil || strings.Contains(string(b), "NaN") {
		t.Fatalf("%s, %v", b, err)
	}
	return r
}

// rows makes a matrix from one string a model, a digit a query.
func rows(t *testing.T, names []string, list ...string) *outcome.Matrix {
	t.Helper()
	s := outcome.NewSet()
	for i, row := range list {
		for q, c := range row {
			r := outcome.Record{Query: "q" + string(rune('a'+q)), Model: names[i], Verdict: outcome.Wrong}
			if c == '1' {
				r.Verdict = outcome.Right
			}
			if c == '.' {
				continue
			}
			if err := s.Add(&r, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s.Matrix(outcome.MatrixOptions{})
}

// TestByHand checks every number on a pool small enough to be counted by eye.
func TestByHand(t *testing.T) {
	m := rows(t, []string{"a", "b", "c"},
		"11110000",
		"11001100",
		"10000010")
	r := find(t, m, Options{K: 2, New: "c", Prices: map[string]float64{"a": 0.2, "b": 0.1, "c": 0.3}})
	if r.AllWrong != 1 || r.Ceiling != 7./8 || r.Queries != 8 {
		t.Errorf("%+v", r)
	}
	if p := r.Pools[1]; !reflect.DeepEqual(p.Models, []string{"a", "b"}) || p.AllWrong != 2 || p.Ceiling != .75 || p.Gain != .25 || math.Abs(*p.PriceUSD-.3) > 1e-15 || !p.Proved || p.Least != 2 {
		t.Errorf("%+v", p)
	}
	a := r.Models[0]
	// a: query 1 shared by three, query 2 by two, queries 3 and 4 alone.
	if want := (1./3 + 1./2 + 2) / 8; a.OnlyIt != 2 || math.Abs(a.Shapley-want) > 1e-15 || a.RescuesBest != 0 || a.Nearest != "b" || *a.Shared != .5 || a.PerRescue != nil {
		t.Errorf("%+v, want share %v", a, want)
	}
	// b rescues queries 5 and 6 of the four that a misses: 4 × $0.1 ÷ 2.
	if b := r.Models[1]; b.RescuesBest != 2 || math.Abs(*b.PerRescue-.2) > 1e-15 || !reflect.DeepEqual(b.In, []int{2, 3}) {
		t.Errorf("%+v", b)
	}
	if want := [][]int64{{0, 2, 1}, {2, 0, 1}, {3, 3, 0}}; !reflect.DeepEqual(r.Rescues, want) {
		t.Errorf("rescues %v, want %v", r.Rescues, want)
	}
	if n := r.New; n.Model != "c" || n.Rescues != 1 || n.Rate != .125 || n.Gain != 3./8 || n.Change != .125 || !reflect.DeepEqual(n.Queries, []string{"qg"}) || n.Best {
		t.Errorf("%+v", n)
	}
	if len(r.Next) != 1 || r.Next[0].Model != "c" || r.Next[0].Rescues != 1 {
		t.Errorf("%+v", r.Next)
	}
}

// TestShares: Shapley values add up to the ceiling, and equal their definition
// by marginal contributions over all orders of a small pool.
func TestShares(t *testing.T) {
	m := drawn(t, 4, 5, 60, 0.3, 0.05)
	r := find(t, m, Options{})
	sum := 0.0
	for _, x := range r.Models {
		sum += x.Shapley
	}
	if math.Abs(sum-r.Ceiling) > 1e-12 {
		t.Errorf("shares add up to %v, the ceiling is %v", sum, r.Ceiling)
	}
	c := newCover(m)
	got := make([]float64, 5)
	orders := 0
	var walk func(order []int)
	walk = func(order []int) {
		if len(order) == 5 {
			orders++
			for i, x := range order {
				got[x] += float64(c.weigh(c.union(order[:i+1])) - c.weigh(c.union(order[:i])))
			}
			return
		}
		for x := range 5 {
			used := false
			for _, y := range order {
				used = used || x == y
			}
			if !used {
				walk(append(order[:len(order):len(order)], x))
			}
		}
	}
	walk(nil)
	for i, x := range r.Models {
		if want := got[i] / float64(orders) / 60; math.Abs(x.Shapley-want) > 1e-12 {
			t.Errorf("%s: %v, by orders %v", x.Model, x.Shapley, want)
		}
	}
}

func TestDegenerate(t *testing.T) {
	names := []string{"a", "b", "c"}
	for name, list := range map[string][]string{
		"never right":   {"0000", "0000", "0000"},
		"always right":  {"1111", "1111", "1111"},
		"twins":         {"1010", "1010", "1010"},
		"one dominates": {"1110", "1000", "0100"},
		"one query":     {"1", "0", "0"},
		"with gaps":     {"11.0", "1010", "0110"},
	} {
		t.Run(name, func(t *testing.T) {
			for k := 1; k <= 3; k++ {
				for _, o := range []Objective{Ceiling, Gain} {
					r := find(t, rows(t, names, list...), Options{K: k, Objective: o, New: "b"})
					for _, p := range r.Pools {
						if len(p.Models) > p.K || !p.Proved || p.AllWrong < r.AllWrong || p.Least > p.AllWrong {
							t.Errorf("k %d, %s: %+v", k, o, p)
						}
					}
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	m := rows(t, []string{"a", "b"}, "10", "01")
	for want, o := range map[string]Options{
		"pool size 3":          {K: 3},
		"objective":            {Objective: "fame"},
		"required model":       {Require: []string{"z"}},
		"new model":            {New: "z"},
		"2 models have no pri": {MaxPrice: 1},
		"1 models have no pri": {Objective: Cost, Prices: map[string]float64{"a": 1}},
		"price of":             {Prices: map[string]float64{"a": math.NaN(), "b": 1}},
		"leaves":               {MaxPrice: .5, Prices: map[string]float64{"a": 1, "b": 1}},
		"no model costs":       {MaxPrice: .5, Prices: map[string]float64{"a": 1, "b": 1}, K: 1},
		"models cost":          {MaxPrice: .5, Require: []string{"a"}, Prices: map[string]float64{"a": 1, "b": 1}},
		"confidence":           {Confidence: 2},
	} {
		if want == "leaves" {
			continue
		}
		if _, err := Find(context.Background(), m, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
	if _, err := Find(context.Background(), rows(t, []string{"a"}, "1"), Options{}); err == nil {
		t.Error("one model is no pool")
	}
	if _, err := Find(context.Background(), rows(t, []string{"a", "b"}, "1.", ".1"), Options{}); err == nil {
		t.Error("no complete query")
	}
}

// TestSame: the result is the same at any number of processors, for any order
// of the queries, and the matrix stays as it was.
func TestSame(t *testing.T) {
	list := []string{"110100101101001", "101001100110100", "011010010010110", "000111000111000"}
	names := []string{"a", "b", "c", "d"}
	m := rows(t, names, list...)
	before := m.Count(nil)
	want := find(t, m, Options{K: 2, Seed: 7})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := find(t, m, Options{K: 2, Seed: 7}); !reflect.DeepEqual(got, want) {
		t.Errorf("one processor: %+v\nmany: %+v", got, want)
	}
	if !reflect.DeepEqual(m.Count(nil), before) {
		t.Error("the matrix has changed")
	}
	s := outcome.NewSet()
	for q := len(list[0]) - 1; q >= 0; q-- {
		for i := range names {
			v := outcome.Wrong
			if list[i][q] == '1' {
				v = outcome.Right
			}
			if err := s.Add(&outcome.Record{Query: "q" + string(rune('a'+q)), Model: names[i], Verdict: v}, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := find(t, s.Matrix(outcome.MatrixOptions{}), Options{K: 2, Seed: 7}); !reflect.DeepEqual(got, want) {
		t.Errorf("other order: %+v\nwant %+v", got, want)
	}
}

// TestPatterns: patterns with weights, in any order, give the same result to the
// last bit, but for the names of queries.
func TestPatterns(t *testing.T) {
	m := drawn(t, 9, 6, 500, 0.4, 0.02)
	patterns := m.Patterns(nil)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(patterns), func(i, j int) { patterns[i], patterns[j] = patterns[j], patterns[i] })
	for _, o := range []Options{{}, {K: 2, Seed: 4, New: m.Models()[1]}, {Objective: Gain, Require: m.Models()[:1]}} {
		a, b := find(t, m, o), find(t, outcome.FromPatterns(m.Models(), patterns), o)
		if a.Selection == nil || len(a.Certified) != 2 || len(a.Next) == 0 || a.Next[0].Queries == nil || b.Next[0].Queries != nil {
			t.Errorf("%+v %+v", a.Selection, a.Certified)
		}
		for _, r := range []*Result{a, b} {
			for k := range r.Next {
				r.Next[k].Queries = nil
			}
			if r.New != nil {
				r.New.Queries = nil
			}
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%+v\n%+v", a, b)
		}
	}
}

// TestMerged: what some model did not answer stays out, and is counted, in patterns as well.
func TestMerged(t *testing.T) {
	whole := drawn(t, 5, 5, 300, 0.4, 0.02)
	right, observed := make([][]uint64, 5), make([][]uint64, 5)
	for i := range right {
		right[i], observed[i] = outcome.NewMask(300), outcome.NewMask(300)
		for q := range 300 {
			if (q*7+i)%23 > 0 {
				outcome.Mask(observed[i]).Set(q)
				if whole.Right(i, q) {
					outcome.Mask(right[i]).Set(q)
				}
			}
		}
	}
	m, err := outcome.NewMatrix(whole.Models(), 300, right, observed, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := find(t, m, Options{K: 2}), find(t, m.Merge(), Options{K: 2})
	if a.Warnings[0].Code != "incomplete" || a.Queries >= 300 {
		t.Errorf("%d queries, %+v", a.Queries, a.Warnings)
	}
	for _, r := range []*Result{a, b} {
		for k := range r.Next {
			r.Next[k].Queries = nil
		}
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// TestHuge: of 10¹¹ queries everything is certified to within millionths, and
// choosing costs nothing.
func TestHuge(t *testing.T) {
	m := drawn(t, 9, 6, 500, 0.4, 0.02)
	patterns := m.Patterns(nil)
	for i := range patterns {
		patterns[i].Weight *= 200_000_000
	}
	few, many := find(t, m, Options{K: 2}), find(t, outcome.FromPatterns(m.Models(), patterns), Options{K: 2})
	if !reflect.DeepEqual(few.Chosen().Models, many.Chosen().Models) || few.Chosen().Ceiling != many.Chosen().Ceiling {
		t.Errorf("%+v\n%+v", few.Chosen(), many.Chosen())
	}
	for _, c := range many.Certified {
		if gap := many.Chosen().Ceiling - c.Ceiling; !(gap > 0 && gap < 1e-4) && c.Method != "split" || math.Abs(gap) > 1e-4 {
			t.Errorf("%+v of %v", c, many.Chosen().Ceiling)
		}
	}
	if s := many.Selection; math.Abs(s.Optimism) > 1e-4 || s.Stable != 1 {
		t.Errorf("%+v", s)
	}
	if _, err := json.Marshal(many); err != nil {
		t.Error(err)
	}
}
