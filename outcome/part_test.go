package outcome

import (
	"fmt"
	"math"
	"testing"
)

// A part is what a set gives that never held the rest.
func TestPartIsAsIfNothingElseWereRead(t *testing.T) {
	whole, rest := NewSet(), NewSet()
	whole.KeepAnswers, rest.KeepAnswers = true, true
	for q := range 150 {
		for m := range 5 {
			if (q+m)%7 == 0 {
				continue
			}
			r := Record{Query: fmt.Sprintf("q%d", q), Model: fmt.Sprintf("m%d", m), Verdict: Wrong, Answer: fmt.Sprint(q * m % 9), Family: fmt.Sprint("f", m%2)}
			if (q*q+3*m)%5 < 2 {
				r.Verdict = Right
			}
			if q%3 == 0 {
				half := float64(q%5) / 5
				r.Score, r.Verdict = &half, Absent
			}
			if q%4 > 0 {
				r.Slices = map[string]string{"subject": fmt.Sprint("s", q%4)}
			}
			if q == 0 {
				r.Slices = map[string]string{"rare": "yes"}
			}
			r.Options = q % 6
			if err := whole.Add(&r, nil); err != nil {
				t.Fatal(err)
			}
			if q%4 == 2 && m != 1 {
				if err := rest.Add(&r, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	m := whole.Matrix(MatrixOptions{})
	mask := NewMask(m.Columns())
	for c := range m.Columns() {
		if m.Label("subject", c) == "s2" {
			mask.Set(c)
		}
	}
	part, want := m.Part([]int{0, 2, 3, 4}, mask), rest.Matrix(MatrixOptions{})
	if got, want := describeMatrix(part), describeMatrix(want); got != want {
		t.Errorf("the part is\n%s\nwant\n%s", got, want)
	}
	d, e := whole.Detail(MatrixOptions{}).Part([]int{0, 2, 3, 4}, mask), rest.Detail(MatrixOptions{})
	if got, want := describeDetail(d), describeDetail(e); got != want {
		t.Errorf("the part's detail is\n%s\nwant\n%s", got, want)
	}
	if err := part.check(); err != nil {
		t.Error(err)
	}
	if got, want := describeMatrix(m.Part([]int{0, 1, 2, 3, 4}, nil)), describeMatrix(m); got != want {
		t.Error("a part of everything is not the whole")
	}
}

func describeMatrix(m *Matrix) string {
	out := fmt.Sprint(m.Models(), m.SliceKeys(), m.Single(), "\n")
	for c := range m.Columns() {
		out += fmt.Sprint(m.ID(c), m.Weight(c), m.Options(c))
		for _, key := range m.SliceKeys() {
			out += " " + m.Label(key, c)
		}
		for i := range m.Models() {
			score := -1.0
			if s := m.Scores(i); s != nil && !math.IsNaN(s[c]) {
				score = s[c]
			}
			out += fmt.Sprint(" ", m.Right(i, c), m.Observed(i, c), score)
		}
		out += "\n"
	}
	return out
}

func describeDetail(d *Detail) string {
	out := fmt.Sprintln(d.Families)
	for i, cells := range d.Cells {
		for c := range cells {
			out += fmt.Sprint(cells[c], " ")
			if d.Answers != nil && c < len(d.Answers[i]) {
				out += d.AnswerText(d.Answers[i][c]) + "; "
			}
		}
	}
	return out
}
