package certify

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// messy gives a matrix of single queries with missing cells, a label and numbers
// of options, and the same as patterns with weights, in another order.
func messy(t *testing.T, r *rand.Rand, models, queries int) (single, patterns *outcome.Matrix) {
	t.Helper()
	type column struct {
		right, observed []bool
		subject         string
		options         uint16
	}
	var columns []column
	for range queries {
		c := column{subject: []string{"", "law", "chemistry", "maths"}[r.IntN(4)], options: uint16(r.IntN(3) * 4)}
		hard := r.Float64()
		for i := range models {
			o := r.IntN(40) > 0
			c.observed = append(c.observed, o)
			c.right = append(c.right, o && r.Float64() > hard-0.05*float64(i))
		}
		columns = append(columns, c)
	}
	build := func(columns []column, weights []uint32) *outcome.Matrix {
		n := len(columns)
		names, right, observed := []string{}, [][]uint64{}, [][]uint64{}
		labels, options := make([]string, n), make([]uint16, n)
		for i := range models {
			names = append(names, fmt.Sprintf("m%d", i))
			r, o := outcome.NewMask(n), outcome.NewMask(n)
			for q, c := range columns {
				if c.right[i] {
					r.Set(q)
				}
				if c.observed[i] {
					o.Set(q)
				}
				labels[q], options[q] = c.subject, c.options
			}
			right, observed = append(right, r), append(observed, o)
		}
		m, err := outcome.NewMatrix(names, n, right, observed, weights)
		if err != nil {
			t.Fatal(err)
		}
		return m.WithLabels("subject", labels).WithOptions(options)
	}
	single = build(columns, nil)
	at := map[string]int{}
	var few []column
	var weights []uint32
	for _, c := range slices.Backward(columns) {
		key := fmt.Sprint(c)
		if _, ok := at[key]; !ok {
			at[key] = len(few)
			few, weights = append(few, c), append(weights, 0)
		}
		weights[at[key]]++
	}
	return single, build(few, weights)
}

// TestPatternsGiveTheSame: a certificate from patterns with weights is the one
// from single queries, to the last bit, but for the lists of queries.
func TestPatternsGiveTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	single, patterns := messy(t, r, 5, 3000)
	if patterns.Columns() >= single.Columns()/2 {
		t.Fatalf("%d patterns of %d queries: this tests nothing", patterns.Columns(), single.Columns())
	}
	mix := map[string]float64{"": 1, "law": 5, "chemistry": 0.5, "maths": 2}
	for _, o := range []Options{
		{},
		{Incumbent: "m2", Overhead: 0.02},
		{Method: Split, Seed: 7},
		{Method: Anytime},
		{Method: Paper, Population: 10_000},
		{Missing: Bounds},
		{Slice: "subject", Seed: 3},
		{Slice: "subject", Weights: mix, Seed: 5},
		{Slice: "subject", Weights: mix, Method: Split, Seed: 11},
		{Slice: "subject", Weights: map[string]float64{"": 0, "law": 1, "chemistry": 0, "maths": 1, "history": 2}},
	} {
		a, err := Certify(o, single)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		b, err := Certify(o, patterns)
		if err != nil {
			t.Fatalf("%+v: from patterns: %v", o, err)
		}
		a.Fragile.List = b.Fragile.List
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if string(x) != string(y) {
			t.Errorf("%+v:\n%s\nfrom patterns:\n%s", o, x, y)
		}
	}
	if _, err := Certify(Options{Weights: map[string]float64{"1": 1}}, patterns); err == nil {
		t.Error("weights by query id were taken from patterns")
	}
}

// TestTakeOut: a sample without replacement has its size, and its law.
func TestTakeOut(t *testing.T) {
	patterns := []outcome.Pattern{{Key: "a", Weight: 50}, {Key: "b", Weight: 30}, {Key: "c", Weight: 20}}
	const replicates = 20_000
	mean := map[string]float64{}
	for seed := range uint64(replicates) {
		total := int64(0)
		for _, p := range takeOut(patterns, 40, seed, "test") {
			total += p.Weight
			mean[p.Key] += float64(p.Weight) / replicates
		}
		if total != 40 {
			t.Fatalf("seed %d: %d taken, want 40", seed, total)
		}
	}
	for key, want := range map[string]float64{"a": 20, "b": 12, "c": 8} {
		if d := mean[key] - want; d > 0.1 || d < -0.1 {
			t.Errorf("%s: %.2f taken on average, want %v", key, mean[key], want)
		}
	}
}
