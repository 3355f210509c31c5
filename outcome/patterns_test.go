package outcome

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// TestPatterns counts patterns one query at a time, beside Patterns and Count.
func TestPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 8))
	for _, models := range []int{1, 2, 7, 8, 9, 64, 65, 130} {
		const queries = 700
		right, observed := make([][]uint64, models), make([][]uint64, models)
		var names []string
		for i := range models {
			names = append(names, fmt.Sprintf("m%03d", i))
			right[i], observed[i] = NewMask(queries), NewMask(queries)
			for q := range queries {
				if q%3 > 0 || r.IntN(50) > 0 {
					Mask(observed[i]).Set(q)
					if r.IntN(10) > q%4 {
						Mask(right[i]).Set(q)
					}
				}
			}
		}
		m, err := NewMatrix(names, queries, right, observed, nil)
		if err != nil {
			t.Fatal(err)
		}
		mask := NewMask(queries)
		for q := range queries {
			if r.IntN(5) > 0 {
				mask.Set(q)
			}
		}
		want := map[string]int64{}
		for q := range queries {
			word, complete := "", mask.Has(q)
			for i := range models {
				word += fmt.Sprint(m.Right(i, q))
				complete = complete && m.Observed(i, q)
			}
			if complete {
				want[word]++
			}
		}
		patterns := m.Patterns(mask)
		got := map[string]int64{}
		for _, p := range patterns {
			word := ""
			for i := range models {
				word += fmt.Sprint(p.Right(i))
			}
			got[word] = p.Weight
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d models: %d patterns, want %d", models, len(got), len(want))
		}
		if c := CountPatterns(models, patterns); !reflect.DeepEqual(c, m.Count(mask)) {
			t.Errorf("%d models: counts %+v, want %+v", models, c, m.Count(mask))
		}
		if merged := m.Merge().Patterns(nil); !reflect.DeepEqual(merged, m.Patterns(nil)) {
			t.Errorf("%d models: the patterns of the merged matrix differ", models)
		}
		if !slices.IsSortedFunc(patterns, func(a, b Pattern) int { return compareKeys(a.Key, b.Key) }) {
			t.Errorf("%d models: not in order", models)
		}
	}
}

func compareKeys(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// TestNotRunRepeatsNothing: the number of duplicates does not hang on the order of records.
func TestNotRunRepeatsNothing(t *testing.T) {
	for _, order := range [][]Verdict{{NotRun, Right, Right}, {Right, NotRun, Right}, {Right, Right, NotRun}, {NotRun, NotRun, Right, Right}} {
		s := NewSet()
		for _, v := range order {
			if err := s.Add(&Record{Query: "q", Model: "m", Verdict: v}, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
		if merged, settled := s.Duplicates(); merged != 1 || settled != 0 {
			t.Errorf("%v: %d merged and %d settled, want 1 and 0", order, merged, settled)
		}
		if c, _ := s.Cell(0, 0, 0); c.Verdict() != Right {
			t.Errorf("%v: ends as %v", order, c.Verdict())
		}
	}
}
