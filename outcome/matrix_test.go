package outcome

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestMergeKeepsEveryCount(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for round := range 20 {
		m := randomNaive(r, 1+round%40, 300, .1*float64(round%2), round%3 == 0).matrix(t)
		merged := m.Merge()
		if err := merged.check(); err != nil {
			t.Fatal(err)
		}
		if got, want := merged.Count(nil), m.Count(nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("merged: got %+v, want %+v", got, want)
		}
		if merged.Size(nil) != m.Size(nil) || merged.Size(merged.Complete()) != m.Size(m.Complete()) {
			t.Fatalf("merged: %d queries of %d", merged.Size(nil), m.Size(nil))
		}
		seen := map[string]bool{}
		for c := range merged.columns {
			key := string(merged.appendPattern(nil, c))
			if seen[key] {
				t.Fatal("two columns with one pattern")
			}
			seen[key] = true
		}
	}
}

func TestRestrictAndSelect(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	cells := randomNaive(r, 5, 400, .1, true)
	m := cells.matrix(t)
	k := NewMask(400)
	for c := range 400 {
		if r.IntN(3) == 0 {
			k.Set(c)
		}
	}
	if got, want := m.Restrict(k).Count(nil), m.Count(k); !reflect.DeepEqual(got, want) {
		t.Errorf("restricted: got %+v, want %+v", got, want)
	}
	some := naive{right: [][]bool{cells.right[3], cells.right[1]}, seen: [][]bool{cells.seen[3], cells.seen[1]}, weight: cells.weight}
	if got, want := m.Select([]int{3, 1}).Count(nil), some.count(nil); !reflect.DeepEqual(got, want) {
		t.Errorf("selected: got %+v, want %+v", got, want)
	}
	weights := make([]uint32, 400)
	for c := range weights {
		weights[c] = r.Uint32N(5)
	}
	cells.weight = weights
	if got, want := m.Reweight(weights).Count(nil), cells.count(nil); !reflect.DeepEqual(got, want) {
		t.Errorf("reweighted: got %+v, want %+v", got, want)
	}
}

func TestNewMatrixRefuses(t *testing.T) {
	one := [][]uint64{{1}}
	for name, c := range map[string]struct {
		models          []string
		columns         int
		right, observed [][]uint64
		weights         []uint32
	}{
		"planes for other models":   {[]string{"a", "b"}, 1, one, nil, nil},
		"planes of another length":  {[]string{"a"}, 65, one, nil, nil},
		"a bit past the end":        {[]string{"a"}, 1, [][]uint64{{3}}, nil, nil},
		"right where not observed":  {[]string{"a"}, 2, [][]uint64{{3}}, [][]uint64{{1}}, nil},
		"weights for other columns": {[]string{"a"}, 1, one, nil, []uint32{1, 2}},
	} {
		if _, err := NewMatrix(c.models, c.columns, c.right, c.observed, c.weights); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func add(t *testing.T, s *Set, query, model string, attempt int, v Verdict, score *float64) {
	t.Helper()
	place := fmt.Sprintf("%s/%s", query, model)
	err := s.Add(&Record{Query: query, Model: model, Attempt: attempt, Verdict: v, Score: score}, func() string { return place })
	if err != nil {
		t.Fatal(err)
	}
}

func TestSetToMatrix(t *testing.T) {
	s := NewSet()
	half := .5
	add(t, s, "q1", "zeta", 0, Right, nil)
	add(t, s, "q1", "alpha", 0, NoAnswer, nil)
	add(t, s, "q2", "alpha", 0, Absent, &half) // below the threshold: wrong
	add(t, s, "q2", "zeta", 0, NotRun, nil)
	add(t, s, "q2", "zeta", 3, Right, nil)
	s.Query("q3") // nobody answered

	m := s.Matrix(MatrixOptions{})
	if got := m.Models(); !reflect.DeepEqual(got, []string{"alpha", "zeta"}) {
		t.Errorf("models %v are not in order", got)
	}
	if err := m.check(); err != nil {
		t.Error(err)
	}
	cells := ""
	for i := range m.Models() {
		for c := range m.Columns() {
			switch {
			case !m.Observed(i, c):
				cells += "·"
			case m.Right(i, c):
				cells += "1"
			default:
				cells += "0"
			}
		}
	}
	if cells != "00·1··" {
		t.Errorf("cells are %s, want 00· for alpha and 1·· for zeta", cells)
	}
	if x := m.Scores(0); x[0] != 0 || x[1] != .5 || !math.IsNaN(x[2]) {
		t.Errorf("scores of alpha: %v", x)
	}
	if missing := s.Matrix(MatrixOptions{NoAnswerMissing: true}); missing.Observed(0, 0) || !missing.Observed(0, 1) {
		t.Error("no answer as missing: not so, or too much so")
	}
	if third := s.Matrix(MatrixOptions{Attempt: 3}); third.Count(nil).Queries != 0 || !third.Right(1, 1) {
		t.Error("the fourth attempt is not where it was put")
	}
	if only := s.Matrix(MatrixOptions{Keep: func(m string) bool { return m == "zeta" }}); len(only.Models()) != 1 {
		t.Errorf("kept %v", only.Models())
	}
}

func TestDuplicatesAndConflicts(t *testing.T) {
	for _, c := range []struct {
		prefer    Prefer
		want      Verdict
		conflicts int64
		settled   int64
	}{
		{PreferNone, Right, 1, 0},
		{PreferFirst, Right, 0, 1},
		{PreferNewest, Wrong, 0, 1},
		{PreferRight, Right, 0, 1},
	} {
		s := NewSet()
		s.Prefer = c.prefer
		add(t, s, "q", "m", 0, Right, nil)
		add(t, s, "q", "m", 0, Right, nil)  // agrees: merged
		add(t, s, "q", "m", 0, NotRun, nil) // says nothing
		add(t, s, "q", "m", 0, Wrong, nil)  // disagrees
		list, total := s.Conflicts()
		merged, settled := s.Duplicates()
		if total != c.conflicts || int64(len(list)) != total || merged != 1 || settled != c.settled {
			t.Errorf("prefer %d: %d conflicts, %d merged, %d settled", c.prefer, total, merged, settled)
		}
		if total == 1 && (list[0].First != Right || list[0].Second != Wrong || list[0].Place != "q/m") {
			t.Errorf("conflict %+v", list[0])
		}
		if got := s.Matrix(MatrixOptions{}).Right(0, 0); got != (c.want == Right) {
			t.Errorf("prefer %d: right is %v, want %s", c.prefer, got, c.want)
		}
	}
	s := NewSet()
	add(t, s, "q", "m", 0, NotRun, nil)
	add(t, s, "q", "m", 0, Right, nil) // a later run settles an earlier failure
	if _, total := s.Conflicts(); total != 0 || !s.Matrix(MatrixOptions{}).Right(0, 0) {
		t.Error("a run after a failure to run is a conflict, or lost")
	}
	third, two := 1./3, 2./3
	add(t, s, "r", "m", 0, Absent, &third)
	add(t, s, "r", "m", 0, Absent, &two)
	if _, total := s.Conflicts(); total != 1 {
		t.Error("two scores of one cell are no conflict")
	}
}

func TestAddRefuses(t *testing.T) {
	bad, nan := 1.5, math.NaN()
	one := 1.0
	for want, r := range map[string]Record{
		"query: empty":                  {Model: "m", Verdict: Right},
		"model: empty":                  {Query: "q", Verdict: Right},
		"neither verdict nor score":     {Query: "q", Model: "m"},
		"score: 1.5":                    {Query: "q", Model: "m", Score: &bad},
		"score: NaN":                    {Query: "q", Model: "m", Score: &nan},
		"contradicts":                   {Query: "q", Model: "m", Verdict: Wrong, Score: &one},
		"attempt: -1":                   {Query: "q", Model: "m", Verdict: Right, Attempt: -1},
		"attempt: 10000":                {Query: "q", Model: "m", Verdict: Right, Attempt: 10000},
		"query: \"a\\nb\" contains":     {Query: "a\nb", Model: "m", Verdict: Right},
		"model: \"\\xff\" is not valid": {Query: "q", Model: "\xff", Verdict: Right},
		"model: \"a\\u202eb\" contains": {Query: "q", Model: "a\u202eb", Verdict: Right},
		"is 5000 bytes long":            {Query: strings.Repeat("x", 5000), Model: "m", Verdict: Right},
	} {
		if err := NewSet().Add(&r, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", r, err, want)
		}
	}
}

func TestLabelsAndReferences(t *testing.T) {
	s := NewSet()
	for i, r := range []Record{
		{Query: "b", Model: "m", Verdict: Right, Slices: map[string]string{"level": "5"}, Reference: "3"},
		{Query: "a", Model: "m", Verdict: Right, Slices: map[string]string{"level": "1", "topic": ""}, Reference: "4"},
		{Query: "b", Model: "n", Verdict: Wrong, Slices: map[string]string{"level": "4"}, Reference: "-3"},
		{Query: "c", Model: "n", Verdict: Wrong},
	} {
		if err := s.Add(&r, nil); err != nil {
			t.Fatal(i, err)
		}
	}
	if got := s.ReferenceConflicts(); !reflect.DeepEqual(got, []string{"b"}) {
		t.Errorf("reference conflicts: %v", got)
	}
	want := []SliceSummary{{Key: "level", Values: map[string]int64{"5": 1, "1": 1}, Unlabelled: 1}}
	if got := s.Slices(); !reflect.DeepEqual(got, want) {
		t.Errorf("slices: got %+v, want %+v", got, want)
	}
	m := s.Matrix(MatrixOptions{})
	if m.Label("level", 0) != "5" || m.Label("level", 2) != "" || m.Label("colour", 0) != "" {
		t.Error("labels are not where they were put")
	}
	sum := s.Summary()
	if sum[0].Right != 2 || sum[0].Absent != 1 || sum[1].Wrong != 2 || *sum[0].Accuracy != 1 {
		t.Errorf("summary: %+v", sum)
	}
}

// TestInternerAgainstMap adds many strings, some twice.
func TestInternerAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	in, want := newInterner(), map[string]int{}
	for range 50_000 {
		s := fmt.Sprint(r.IntN(30_000), strings.Repeat("x", r.IntN(60)))
		n, ok := want[s]
		if !ok {
			n = len(want)
			want[s] = n
		}
		if got := in.add(s); got != n || in.name(got) != s {
			t.Fatalf("%q: got number %d, want %d", s, got, n)
		}
	}
	if in.len() != len(want) {
		t.Errorf("%d strings, want %d", in.len(), len(want))
	}
}

// A record that is refused for its labels must not be half in the set.
func TestAddRefusedLeavesNoCell(t *testing.T) {
	s := NewSet()
	r := Record{Query: "q", Model: "m", Verdict: Right, Slices: map[string]string{"subject": "\x7faw"}}
	if err := s.Add(&r, func() string { return "here" }); err == nil {
		t.Fatal("a label with a control character was taken")
	}
	for _, m := range s.Summary() {
		if m.Right+m.Wrong+m.NoAnswer+m.NotRun > 0 {
			t.Errorf("the refused record left a cell: %+v", m)
		}
	}
}
