package outcome

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

// drawn fills a set with what a small generator says, leaving out the queries
// that gone names: what is left must be what Remove leaves.
func drawn(t *testing.T, gone func(q int) bool) *Set {
	t.Helper()
	s := NewSet()
	s.KeepAnswers = true
	for q := range 40 {
		if gone != nil && gone(q) {
			continue
		}
		for m := range 3 {
			v := Verdict(1 + (7*q+5*m+q*q*m)%4)
			r := &Record{Query: fmt.Sprint("q", q), Model: fmt.Sprint("m", m), Verdict: v, Options: q % 5, Reference: fmt.Sprint(q + (m&q)%2),
				Answer: fmt.Sprint("a", (q+m)%7), Slices: map[string]string{"s": fmt.Sprint(q % 3)}, Grader: fmt.Sprint("g", (q*m)%2)}
			if q%4 == 1 && v != NotRun && v != NoAnswer {
				r.Score = ptr(map[Verdict]float64{Right: 0.75, Wrong: 0.25}[v])
			}
			if err := s.Add(r, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func ptr[T any](x T) *T { return &x }

func TestRemoveIsNeverHavingSeen(t *testing.T) {
	gone := func(q int) bool { return q%7 == 3 || q == 39 }
	s, want := drawn(t, nil), drawn(t, gone)
	before := s.Matrix(MatrixOptions{})
	ids := make([]string, before.Columns())
	for c := range ids {
		ids[c] = before.ID(c)
	}
	s.Remove(gone)
	for c, id := range ids {
		if before.ID(c) != id {
			t.Fatalf("a matrix built before changed: column %d is %s, was %s", c, before.ID(c), id)
		}
	}
	got := s.Matrix(MatrixOptions{})
	other := want.Matrix(MatrixOptions{})
	if got.Columns() != other.Columns() || !reflect.DeepEqual(got.Count(nil), other.Count(nil)) {
		t.Fatalf("%d columns %+v, want %d %+v", got.Columns(), got.Count(nil), other.Columns(), other.Count(nil))
	}
	d, e := s.Detail(MatrixOptions{}), want.Detail(MatrixOptions{})
	for c := range got.Columns() {
		if got.ID(c) != other.ID(c) || got.Label("s", c) != other.Label("s", c) || got.Options(c) != other.Options(c) {
			t.Errorf("column %d: %s %s %d, want %s %s %d", c, got.ID(c), got.Label("s", c), got.Options(c), other.ID(c), other.Label("s", c), other.Options(c))
		}
		for m := range got.Models() {
			a, b := got.Scores(m)[c], other.Scores(m)[c]
			if d.Cells[m][c] != e.Cells[m][c] || a != b && !(math.IsNaN(a) && math.IsNaN(b)) || d.AnswerText(d.Answers[m][c]) != e.AnswerText(e.Answers[m][c]) {
				t.Errorf("%s of model %d differs", got.ID(c), m)
			}
		}
	}
	if !reflect.DeepEqual(s.Summary(), want.Summary()) || !reflect.DeepEqual(s.Slices(), want.Slices()) || !reflect.DeepEqual(s.ReferenceConflicts(), want.ReferenceConflicts()) {
		t.Error("summary, slices or conflicts of references differ")
	}
	if _, ok := s.FindQuery("q3"); ok {
		t.Error("a removed query is still found")
	}
}

func TestCorrect(t *testing.T) {
	s := drawn(t, nil)
	q, ok := s.FindQuery("q5")
	m, found := s.FindModel("m1")
	if !ok || !found {
		t.Fatal("q5 or m1 is not found")
	}
	for _, v := range []Verdict{Right, Wrong, NotRun, NoAnswer} {
		s.Correct(q, m, 0, MakeCell(v, NoReason))
		if c, score := s.Cell(q, m, 0); c.Verdict() != v || !math.IsNaN(score) {
			t.Errorf("corrected to %v, reads %v with score %v", v, c.Verdict(), score)
		}
	}
	if _, ok := s.FindQuery("none"); ok || s.Queries() != 40 {
		t.Error("looking for a query made one")
	}
	if _, ok := s.FindModel("none"); ok || s.Models() != 3 {
		t.Error("looking for a model made one")
	}
	s.Correct(39, m, 2, MakeCell(Right, NoReason))
	if c, _ := s.Cell(39, m, 2); c.Verdict() != Right {
		t.Error("a new attempt is not on record")
	}
}
