package outcome

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// labelled is a small random matrix with a label and some missing cells.
func labelled(r *rand.Rand, models, queries int) *Matrix {
	right, observed := make([][]uint64, models), make([][]uint64, models)
	var names, values []string
	for i := range models {
		names = append(names, fmt.Sprintf("m%02d", i))
		right[i], observed[i] = NewMask(queries), NewMask(queries)
		for q := range queries {
			if r.IntN(20) > 0 {
				Mask(observed[i]).Set(q)
				if r.IntN(3) > 0 {
					Mask(right[i]).Set(q)
				}
			}
		}
	}
	for range queries {
		values = append(values, []string{"", "x", "y"}[r.IntN(3)])
	}
	m, err := NewMatrix(names, queries, right, observed, nil)
	if err != nil {
		panic(err)
	}
	return m.WithLabels("topic", values)
}

// TestFromPatterns: patterns make a matrix that gives the same patterns and counts.
func TestFromPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, models := range []int{1, 3, 9, 70} {
		m := labelled(r, models, 500)
		patterns := m.Patterns(nil)
		back := FromPatterns(m.Models(), patterns)
		if got := back.Patterns(nil); !reflect.DeepEqual(got, patterns) {
			t.Errorf("%d models: patterns differ", models)
		}
		if a, b := m.Count(m.Complete()), back.Count(nil); !reflect.DeepEqual(a, b) {
			t.Errorf("%d models: %+v, want %+v", models, b, a)
		}
	}
	heavy := []Pattern{{"\x01", 5}, {"\x02", 0}, {"\x03", 40_000_000_000}}
	m := FromPatterns([]string{"a", "b"}, heavy)
	if c := m.Count(nil); c.Queries != 40_000_000_005 || c.AllRight != 40_000_000_000 || c.Right[0] != 40_000_000_005 || c.AllWrong != 0 {
		t.Errorf("heavy patterns: %+v", c)
	}
	for c := range m.Columns() {
		if w := m.Weight(c); w < 1 || w > math.MaxUint32/2+1 {
			t.Errorf("column %d weighs %d", c, w)
		}
	}
	if got := m.Patterns(nil); len(got) != 2 || got[1] != heavy[2] {
		t.Errorf("patterns %v", got)
	}
	if e := FromPatterns([]string{"a"}, nil); e.Columns() != 0 || e.Size(nil) != 0 || e.Single() {
		t.Errorf("no patterns: %d columns, %d queries, single %v", e.Columns(), e.Size(nil), e.Single())
	}
}

// TestGroupAlike counts groups one query at a time; single queries made from them are alike again.
func TestGroupAlike(t *testing.T) {
	m := labelled(rand.New(rand.NewPCG(5, 5)), 4, 900)
	want := map[string]int64{}
	complete := m.Complete()
	for c := range m.Columns() {
		if complete.Has(c) {
			key := m.Label("topic", c)
			for i := range m.Models() {
				key += fmt.Sprint(m.Right(i, c))
			}
			want[key]++
		}
	}
	groups := m.GroupAlike([]string{"topic"})
	var columns []int
	for k, g := range groups {
		key := m.Label("topic", g.Column)
		for i := range m.Models() {
			key += fmt.Sprint(m.Right(i, g.Column))
		}
		if want[key] != g.Weight {
			t.Errorf("%q: %d queries, want %d", key, g.Weight, want[key])
		}
		delete(want, key)
		if k > 0 && groups[k-1].Key >= g.Key {
			t.Errorf("group %d is not in order", k)
		}
		for range g.Weight {
			columns = append(columns, g.Column)
		}
	}
	if len(want) > 0 {
		t.Errorf("no group for %v", want)
	}
	singles := m.Singles(columns)
	again := singles.GroupAlike([]string{"topic"})
	for k, g := range again {
		if g.Key != groups[k].Key || g.Weight != groups[k].Weight {
			t.Errorf("group %d changes", k)
		}
	}
	if len(again) != len(groups) || !singles.Single() || singles.ID(2) != "3" {
		t.Errorf("%d groups, single %v, third query %s", len(again), singles.Single(), singles.ID(2))
	}
	if merged := m.GroupAlike(nil); int64(len(merged)) > 16 || merged[0].Weight == 0 {
		t.Errorf("%d groups without labels", len(merged))
	}
}
