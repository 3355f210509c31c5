package certify

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// tries gives three attempts of single queries, some cells missing, and the same
// as patterns with weights, in another order.
func tries(t *testing.T, r *rand.Rand, models, queries int) (single, patterns []*outcome.Matrix) {
	t.Helper()
	const attempts = 3
	type column [attempts][2][]bool // right and observed, by model
	var columns []column
	for range queries {
		var c column
		hard := r.Float64()
		for a := range c {
			for i := range models {
				o := r.IntN(20) > 0
				c[a][0] = append(c[a][0], o && r.Float64() > hard-0.1*float64(i))
				c[a][1] = append(c[a][1], o)
			}
		}
		columns = append(columns, c)
	}
	names := []string{"a", "b", "c", "d", "e", "f", "g"}[:models]
	build := func(columns []column, weights []uint32) (out []*outcome.Matrix) {
		n := len(columns)
		for a := range attempts {
			var planes [2][][]uint64
			for i := range models {
				for p := range planes {
					mask := outcome.NewMask(n)
					for q, c := range columns {
						if c[a][p][i] {
							mask.Set(q)
						}
					}
					planes[p] = append(planes[p], mask)
				}
			}
			m, err := outcome.NewMatrix(names, n, planes[0], planes[1], weights)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, m)
		}
		return out
	}
	single = build(columns, nil)
	at := map[string]int{}
	var few []column
	var weights []uint32
	for q := queries - 1; q >= 0; q-- {
		key := verdicts(single, q)
		if _, ok := at[key]; !ok {
			at[key] = len(few)
			few, weights = append(few, columns[q]), append(weights, 0)
		}
		weights[at[key]]++
	}
	return single, build(few, weights)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRepeatsFromPatterns: several attempts of single queries, and patterns of
// them with weights, give one certificate, to the last bit.
func TestRepeatsFromPatterns(t *testing.T) {
	single, patterns := tries(t, rand.New(rand.NewPCG(3, 10)), 2, 2000)
	if patterns[0].Columns() >= single[0].Columns()/4 {
		t.Fatalf("%d patterns of %d queries: this tests nothing", patterns[0].Columns(), single[0].Columns())
	}
	for _, o := range []Options{{}, {Seed: 9}, {Attempts: AttemptsAll}, {Attempts: AttemptsAll, Incumbent: "a", Seed: 2}, {Missing: Bounds}} {
		a, err := Certify(o, single...)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		b, err := Certify(o, patterns...)
		if err != nil {
			t.Fatalf("%+v: from patterns: %v", o, err)
		}
		if a.Repeats == nil || a.Repeats.RouterLower == nil {
			t.Fatalf("%+v: nothing is said of repeats", o)
		}
		a.Fragile.List = b.Fragile.List
		if x, y := asJSON(t, a), asJSON(t, b); x != y {
			t.Errorf("%+v:\n%s\nfrom patterns:\n%s", o, x, y)
		}
	}
}

// TestRepeatsOfManyQueries: beyond a number of queries a sample of them stands
// for all, and the certificate says so; the limits stay about the same rates.
func TestRepeatsOfManyQueries(t *testing.T) {
	_, patterns := tries(t, rand.New(rand.NewPCG(4, 10)), 3, 4000)
	all, err := Certify(Options{Attempts: AttemptsAll}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	defer func(n int64) { mostUnits = n }(mostUnits)
	mostUnits = 1000
	some, err := Certify(Options{Attempts: AttemptsAll}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	if columns, n := answered(patterns, 1, 1); int64(len(columns)) != mostUnits || n != all.Queries {
		t.Errorf("%d of %d queries were drawn, want %d of %d", len(columns), n, mostUnits, all.Queries)
	}
	if a, b := all.Repeats, some.Repeats; a.Queries != b.Queries || a.RouterQueries != b.RouterQueries {
		t.Errorf("%d and %d queries with a sample, %d and %d without", b.Queries, b.RouterQueries, a.Queries, a.RouterQueries)
	}
	if b := some.Repeats.Beta; !(b.Lower < *all.Beta.Point && *all.Beta.Point < b.Upper) {
		t.Errorf("β of all %v lies outside of the sample's limits %v and %v", *all.Beta.Point, b.Lower, b.Upper)
	}
	if wide, narrow := some.Beta.Upper-some.Beta.Lower, all.Beta.Upper-all.Beta.Lower; !(wide > 1.5*narrow) {
		t.Errorf("limits of a quarter of the queries are %v wide, of all %v", wide, narrow)
	}
	one, err := Certify(Options{Attempts: AttemptsAll}, patterns[0])
	if err != nil {
		t.Fatal(err)
	}
	said := func(c Certificate) bool {
		return strings.Contains(asJSON(t, c.Warnings), `"sampled-attempts"`)
	}
	if said(all) || !said(some) || !said(one) {
		t.Errorf("the sample is told of: %v with one, %v of single attempts, %v without", said(some), said(one), said(all))
	}
}
