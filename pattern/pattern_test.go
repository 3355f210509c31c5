package pattern

import (
	"fmt"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Model a writes "assert …" on every tenth query and fails there; b is wrong as
// often, with answers of its own. Letters of multiple choice are no form.
func TestFind(t *testing.T) {
	s := outcome.NewSet()
	s.KeepAnswers = true
	for q := range 200 {
		for _, m := range []string{"a", "b"} {
			r := outcome.Record{Query: fmt.Sprint("q", q), Model: m, Answer: fmt.Sprint(1000 + q), Verdict: outcome.Right}
			switch {
			case q%10 == 0 && m == "a":
				r.Answer, r.Verdict = fmt.Sprintf("assert f(%d)", q), outcome.Wrong
			case q%10 == 1 && m == "b":
				r.Answer, r.Verdict = fmt.Sprint(5000+q), outcome.Wrong
			case q%10 == 2:
				r.Answer, r.Verdict, r.Options = "C", outcome.Wrong, 4
			}
			if err := s.Add(&r, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
	}
	m, d := s.Matrix(outcome.MatrixOptions{}), s.Detail(outcome.MatrixOptions{})
	columns := make([]int, m.Columns())
	for q := range columns {
		columns[q] = q
	}
	got := Find(m, d, []int{0, 1}, columns)
	if len(got) != 1 || got[0].Model != 0 || got[0].Text != "assert" || got[0].Whole || got[0].Answers != 20 || len(got[0].Wrong) != 20 || got[0].P > 1e-9 {
		t.Errorf("found %+v; want the one form of a", got)
	}
	if Find(m, d, []int{1}, columns) != nil || Find(m, nil, []int{0}, columns) != nil {
		t.Error("a form was found where there is none")
	}
}
