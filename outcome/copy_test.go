package outcome

import (
	"fmt"
	"math"
	"testing"
)

// A copy that is corrected and loses queries leaves the set as it was.
func TestCopyIsApart(t *testing.T) {
	s := NewSet()
	s.KeepAnswers = true
	score := 0.25
	for _, r := range []Record{
		{Query: "q1", Model: "a", Verdict: Right, Answer: "1", Slices: map[string]string{"subject": "law"}},
		{Query: "q1", Model: "b", Score: &score, Answer: "2"},
		{Query: "q2", Model: "a", Verdict: Wrong, Answer: "3"},
		{Query: "q2", Model: "b", Verdict: Wrong, Answer: "3"},
		{Query: "q3", Model: "a", Verdict: Wrong, Attempt: 1},
	} {
		if err := s.Add(&r, nil); err != nil {
			t.Fatal(err)
		}
	}
	before := describeSet(s)
	c := s.Copy()
	if got := describeSet(c); got != before {
		t.Fatalf("the copy is\n%s\nwant\n%s", got, before)
	}
	c.Correct(0, 1, 0, MakeCell(Right, NoReason))
	c.Correct(1, 0, 3, MakeCell(Right, NoReason))
	c.Remove(func(q int) bool { return q == 0 })
	if got := describeSet(s); got != before {
		t.Errorf("after changes of its copy the set is\n%s\nwant\n%s", got, before)
	}
	if c.Queries() != 2 || c.QueryID(0) != "q2" {
		t.Errorf("the copy has %d queries, first %s", c.Queries(), c.QueryID(0))
	}
}

// describeSet says all that a set holds of its cells.
func describeSet(s *Set) string {
	out := ""
	d := s.Detail(MatrixOptions{})
	for q := range s.Queries() {
		out += fmt.Sprintf("%s %v", s.QueryID(q), s.Labels(q))
		for m := range s.Models() {
			for a := range s.Attempts(m) {
				cell, score := s.Cell(q, m, a)
				if math.IsNaN(score) {
					score = -1
				}
				out += fmt.Sprintf(" %s#%d=%v/%v", s.ModelName(m), a, cell, score)
			}
			out += fmt.Sprintf(" %q", d.AnswerText(d.Answers[m][q]))
		}
		out += "\n"
	}
	return out
}
