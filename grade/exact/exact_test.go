package exact

import (
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
)

func TestGrade(t *testing.T) {
	for _, c := range []struct {
		reference, response string
		extracted           bool
		want                grade.Verdict
	}{
		{"ab", "ab", true, grade.Right},
		{"ab", " ab\n", true, grade.Right},
		{"a b", "a  b", true, grade.Right},
		{"ab", "`ab`", true, grade.Right},
		{"'ab'", `"ab"`, true, grade.Right}, // quotes around the whole say nothing
		{"ab", "Ab", true, grade.Wrong},     // case counts
		{"ab", "ab.", true, grade.Wrong},    // and so does punctuation
		{"caf\u00e9", "cafe\u0301", true, grade.Right},
		{"it's", "it\u2019s", true, grade.Right},
		{"1", "1.0", true, grade.Wrong}, // numbers are texts here
		{"[1, 2]", `{"reasoning": "so", "answer": "[1, 2]"}`, false, grade.Right},
		{"[1, 2]", "```json\n{\"reasoning\": \"x\",\n \"answer\": \"[1, 2]\"}\n```", false, grade.Right},
		{"[1, 2]", `{"answer": "[1,2]"}`, false, grade.Wrong},
		{"Paris", "The answer is: Paris", false, grade.Right},
		{"Paris", "Paris", false, grade.Right},
		{"Paris", "I think of France.\n\nFinal answer: **Paris**", false, grade.Right},
		{"ab", "", false, grade.NoAnswer},
		{"ab", " \u200b ", false, grade.NoAnswer},
		{"''", `{"answer": ""}`, false, grade.Right},
		{"' '", `{"answer": "\" \""}`, false, grade.Right},
		{"'ab '", `{"answer": "ab"}`, false, grade.Wrong}, // white space counts in a literal
		{"'ab '", `{"answer": "'ab '"}`, false, grade.Right},
		{"", "ab", false, grade.CannotTell},
		{"ab", strings.Repeat("x", grade.MaxResponse+1), false, grade.CannotTell},
	} {
		g := New().Grade(t.Context(), &grade.Query{Reference: c.reference, Extracted: c.extracted}, c.response)
		if g.Verdict != c.want || g.Grader != Name || g.Rule == "" {
			t.Errorf("%q against %.60q: %+v, want %v", c.reference, c.response, g, c.want)
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"ab", "`a`", `"'a'"`, "**x**", " \u00a0", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<16 {
			return
		}
		once := normal(s)
		if once == "" {
			return
		}
		g := New().Grade(t.Context(), &grade.Query{Reference: s, Extracted: true}, s)
		if g.Verdict != grade.Right {
			t.Errorf("%q against itself: %+v", s, g)
		}
	})
}
