package math

import (
	"testing"

	"github.com/allwrong/allwrong/grade"
)

// TestDeclined: who gives up has no answer, which counts as wrong; it is not a
// cell that cannot be told.
func TestDeclined(t *testing.T) {
	for response, want := range map[string]grade.Verdict{
		"I give up":                       grade.NoAnswer,
		"I don't know":                    grade.NoAnswer,
		"I don\u2019t know.":              grade.NoAnswer,
		`\boxed{\text{I don't know}}`:     grade.NoAnswer,
		"We cannot determine x":           grade.NoAnswer,
		"Unknown":                         grade.NoAnswer,
		`\boxed{N/A}`:                     grade.NoAnswer,
		"I cannot say more than $x = 5$.": grade.Right,
		`\boxed{\text{no solution}}`:      grade.Wrong, // an answer
		"I think that x is 5":             grade.Right,
	} {
		if g := New().Grade(t.Context(), &grade.Query{Reference: "5"}, response); g.Verdict != want {
			t.Errorf("%q: %v by %s, want %v", response, g.Verdict, g.Rule, want)
		}
	}
	if g := New().Grade(t.Context(), &grade.Query{Reference: `\text{unknown}`, Extracted: true}, "unknown"); g.Verdict != grade.Right {
		t.Errorf("the reference itself: %+v", g)
	}
}
