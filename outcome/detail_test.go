package outcome

import (
	"fmt"
	"strings"
	"testing"
)

func TestDetail(t *testing.T) {
	s := NewSet()
	s.KeepAnswers = true
	long := strings.Repeat("x", MaxName+1)
	for _, r := range []Record{
		{Query: "q1", Model: "b", Verdict: Right, Answer: " 42\n", Family: "f"},
		{Query: "q1", Model: "a", Verdict: Wrong, Answer: "41"},
		{Query: "q2", Model: "a", Verdict: NoAnswer, Reason: Truncated},
		{Query: "q2", Model: "b", Verdict: Wrong, Answer: long},
		{Query: "q3", Model: "a", Verdict: Right, Answer: "42"},
		{Query: "q3", Model: "a", Verdict: Right, Answer: "42.0"}, // repeats the cell: the first stays
		{Query: "q3", Model: "a", Attempt: 1, Verdict: Right, Answer: "7"},
	} {
		if err := s.Add(&r, nil); err != nil {
			t.Fatal(err)
		}
	}
	d := s.Detail(MatrixOptions{})
	m := s.Matrix(MatrixOptions{})
	if got := fmt.Sprint(m.Models(), d.Families, len(d.Cells), len(d.Cells[0])); got != "[a b] [ f] 2 3" {
		t.Error(got)
	}
	if d.Cells[0][1] != MakeCell(NoAnswer, Truncated) || d.Cells[1][2] != 0 {
		t.Error(d.Cells)
	}
	text := func(model, column int) string { return d.AnswerText(d.Answers[model][column]) }
	if text(0, 0) != "41" || text(1, 0) != "42" || text(0, 1) != "" || !strings.HasPrefix(text(1, 1), "sha256:") || text(0, 2) != "42" {
		t.Error(d.Answers)
	}
	if d.Answers[1][0] != d.Answers[0][2] {
		t.Error("equal answers have different numbers")
	}
	if e := s.Detail(MatrixOptions{Attempt: 1, Keep: func(m string) bool { return m == "a" }}); len(e.Cells) != 1 || e.AnswerText(e.Answers[0][2]) != "7" {
		t.Error(e)
	}
	if e := NewSet().Detail(MatrixOptions{}); e.Answers != nil {
		t.Error("answers out of nothing")
	}
}

func TestDetailCosts(t *testing.T) {
	usd := func(x float64) *float64 { return &x }
	s := NewSet()
	s.KeepCosts = true
	for _, r := range []Record{
		{Query: "q1", Model: "a", Verdict: Wrong},
		{Query: "q2", Model: "a", Verdict: Right, CostUSD: usd(0.5)},
		{Query: "q2", Model: "a", Verdict: Right, CostUSD: usd(0.7)}, // repeats the cell: the first stays
		{Query: "q3", Model: "a", Verdict: Right},
		{Query: "q2", Model: "a", Attempt: 1, Verdict: Right, CostUSD: usd(0)},
		{Query: "q3", Model: "b", Verdict: Right, CostUSD: usd(-1)}, // no cost
	} {
		if err := s.Add(&r, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := fmt.Sprint(s.Detail(MatrixOptions{}).Costs), "[[NaN 0.5 NaN] [NaN NaN NaN]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(s.Detail(MatrixOptions{Attempt: 1}).Costs), "[[NaN 0 NaN] [NaN NaN NaN]]"; got != want {
		t.Errorf("second attempts: got %s, want %s", got, want)
	}
	other := s.Copy()
	other.Remove(func(q int) bool { return q == 0 })
	if got, want := fmt.Sprint(other.Detail(MatrixOptions{}).Costs, len(s.Detail(MatrixOptions{}).Costs[0])), "[[0.5 NaN] [NaN NaN]] 3"; got != want {
		t.Errorf("after removing: got %s, want %s", got, want)
	}
	mask := NewMask(3)
	mask.Set(1)
	if got, want := fmt.Sprint(s.Detail(MatrixOptions{}).Part([]int{1, 0}, mask).Costs), "[[NaN] [0.5]]"; got != want {
		t.Errorf("part: got %s, want %s", got, want)
	}
	if d := NewSet().Detail(MatrixOptions{}); d.Costs != nil {
		t.Error("costs out of nothing")
	}
}
