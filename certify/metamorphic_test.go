package certify

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// grid is a table of verdicts by model and query: '1', '0' or ' ' for missing.
type grid struct {
	models  []string
	queries []string
	cells   [][]byte
}

func randomGrid(r *rand.Rand, models, queries int, missing float64) grid {
	g := grid{}
	for q := range queries {
		g.queries = append(g.queries, fmt.Sprintf("q%03d", q))
	}
	for i := range models {
		g.models = append(g.models, fmt.Sprintf("m%02d", i))
		row := make([]byte, queries)
		skill := .4 + .5*r.Float64()
		for q := range row {
			row[q] = '0'
			if r.Float64() < skill {
				row[q] = '1'
			}
			if r.Float64() < missing {
				row[q] = ' '
			}
		}
		g.cells = append(g.cells, row)
	}
	return g
}

func (g grid) matrix(t *testing.T) *outcome.Matrix {
	t.Helper()
	s := outcome.NewSet()
	for q, id := range g.queries {
		if err := s.Label(s.Query(id), "kind", fmt.Sprint("k", id[len(id)-1]%3)); err != nil {
			t.Fatal(err)
		}
		for i, name := range g.models {
			if g.cells[i][q] == ' ' {
				continue
			}
			v := outcome.Wrong
			if g.cells[i][q] == '1' {
				v = outcome.Right
			}
			if err := s.Add(&outcome.Record{Query: id, Model: name, Verdict: v}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s.Matrix(outcome.MatrixOptions{})
}

func (g grid) shuffled(r *rand.Rand) grid {
	var out grid
	columns := r.Perm(len(g.queries))
	for _, q := range columns {
		out.queries = append(out.queries, g.queries[q])
	}
	for _, i := range r.Perm(len(g.models)) {
		row := make([]byte, 0, len(columns))
		for _, q := range columns {
			row = append(row, g.cells[i][q])
		}
		out.models, out.cells = append(out.models, g.models[i]), append(out.cells, row)
	}
	return out
}

func must(t *testing.T, o Options, ms ...*outcome.Matrix) Certificate {
	t.Helper()
	c, err := Certify(o, ms...)
	if err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	return c
}

// everyOption runs each way to certify that random grids allow.
func everyOption() []Options {
	list := []Options{{}, {Incumbent: "m01"}, {Missing: Bounds}, {Slice: "kind"}, {Cluster: "kind"},
		{Slice: "kind", Weights: map[string]float64{"k0": 1, "k1": 2, "k2": 1}},
		{Overhead: .02}, {Population: 5000}, {Method: Scores, Slice: "kind"}}
	for _, m := range []Method{Direct, Paper, Split, Anytime, Scores} {
		list = append(list, Options{Method: m}, Options{Method: m, Incumbent: "m01"})
	}
	return list
}

// TestOrderDoesNotMatter permutes models and queries: not a bit may change.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 4 {
		g := randomGrid(r, 5, 120, .01*float64(round))
		h := g.shuffled(r)
		for _, o := range everyOption() {
			a, b := must(t, o, g.matrix(t)), must(t, o, h.matrix(t))
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%+v: shuffling changed the certificate:\n%+v\n%+v", o, a, b)
			}
		}
	}
}

// TestTwinChangesNothing adds a model that is always right when another is.
func TestTwinChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range 20 {
		g := randomGrid(r, 4, 80, 0)
		a := must(t, Options{}, g.matrix(t))
		twin := r.IntN(4)
		g.models, g.cells = append(g.models, "twin"), append(g.cells, g.cells[twin])
		b := must(t, Options{}, g.matrix(t))
		if *a.Beta.Point != *b.Beta.Point || *a.Gain.Point != *b.Gain.Point {
			t.Errorf("a twin of model %d moved β from %v to %v, the gain from %v to %v",
				twin, *a.Beta.Point, *b.Beta.Point, *a.Gain.Point, *b.Gain.Point)
		}
	}
}

// TestMergingChangesNothing certifies patterns with weights instead of queries.
func TestMergingChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for round := range 10 {
		m := randomGrid(r, 4, 200, .02*float64(round%2)).matrix(t)
		a, b := must(t, Options{Missing: Bounds}, m), must(t, Options{Missing: Bounds}, m.Merge())
		a.Fragile.List, a.Bounds[Split] = b.Fragile.List, nil // names are gone, and with them the split
		if !reflect.DeepEqual(a, b) {
			t.Errorf("merging changed the certificate:\n%+v\n%+v", a, b)
		}
	}
}

// TestMoreRightNeverRaisesBeta turns wrong cells right, one after the other.
func TestMoreRightNeverRaisesBeta(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	g := randomGrid(r, 4, 60, 0)
	before := must(t, Options{}, g.matrix(t))
	for range 60 {
		i, q := r.IntN(4), r.IntN(60)
		g.cells[i][q] = '1'
		after := must(t, Options{}, g.matrix(t))
		if *after.Beta.Point > *before.Beta.Point || after.Beta.Upper > before.Beta.Upper {
			t.Fatalf("β rose from %+v to %+v when a wrong cell was turned right", before.Beta, after.Beta)
		}
		before = after
	}
}

// TestAnyCompletionHolds fills the missing cells in every possible way.
func TestAnyCompletionHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for range 30 {
		g := randomGrid(r, 3, 12, .12)
		var holes [][2]int
		for i := range g.cells {
			for q, c := range g.cells[i] {
				if c == ' ' {
					holes = append(holes, [2]int{i, q})
				}
			}
		}
		if len(holes) == 0 || len(holes) > 8 {
			continue
		}
		all := must(t, Options{Missing: Bounds}, g.matrix(t))
		for fill := range 1 << len(holes) {
			for b, h := range holes {
				g.cells[h[0]][h[1]] = '0' + byte(fill>>b&1)
			}
			one := must(t, Options{}, g.matrix(t))
			if one.Gain.Upper > all.Gain.Upper || one.Gain.Lower < all.Gain.Lower ||
				one.Beta.Upper > all.Beta.Upper || one.Beta.Lower < all.Beta.Lower {
				t.Fatalf("a completion has gain %+v and β %+v, outside %+v and %+v", one.Gain, one.Beta, all.Gain, all.Beta)
			}
			for m, u := range one.Bounds {
				if w := all.Bounds[m]; u != nil && w != nil && *u > *w {
					t.Fatalf("method %s: a completion reaches %v, above %v", m, *u, *w)
				}
			}
		}
	}
}
