package choice

import (
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
)

var four = []string{"red", "green", "blue", "5 apples"}

func TestChosen(t *testing.T) {
	ten := make([]string, 10)
	for _, c := range []struct {
		response string
		options  []string
		want     string // letters; empty for no answer
	}{
		{"B", nil, "B"}, {"b", nil, "B"}, {"(B)", nil, "B"}, {"B.", nil, "B"}, {"b)", nil, "B"}, {"**B**", nil, "B"}, {" [C] ", nil, "C"},
		{"Answer: B", nil, "B"}, {"Option C", nil, "C"}, {"A", nil, "A"}, {"I", ten, "I"}, {"i", ten, "I"},
		{`\boxed{C}`, nil, "C"}, {`So it is $\boxed{\text{B}}$.`, nil, "B"}, {`\boxed{\textbf{(D)}}`, nil, "D"}, {`\boxed{(E)\ 5}`, nil, "E"},
		{`first \boxed{A}, no: \boxed{B}`, nil, "B"},
		{`{"reasoning": "A is wrong", "answer": "D"}`, nil, "D"},
		{"The answer is C.", nil, "C"}, {"The answer is (C).", nil, "C"}, {"the correct answer is **C**", nil, "C"}, {"The correct option is: C", nil, "C"},
		{"The answer is: I", ten, "I"}, {"The answer is I.", ten, "I"}, {"The answer is A", nil, "A"}, {"The answer is A because it fits.", nil, "A"},
		{"The answer is a prime number.", nil, ""}, // a word, no letter
		{"The answer is A prime number of them.", nil, ""},
		{"The answer is I think unclear", ten, ""},
		{"A is wrong because 3 > 2. B fails too. So the answer is D.", nil, "D"},
		{"The answer is B. Wait, A was misread. The answer is C.", nil, "C"},
		{"Option A is incorrect. Option B is correct.", nil, "B"},
		{"The answer is not B, so I choose D.", nil, "D"},
		{"The answer is not B.", nil, ""},
		{"I would go with option (C) here.", nil, "C"},
		{"Thus the best choice is B: green", nil, "B"},
		{"The final answer is $\\boxed{\\mathrm{D}}$", nil, "D"},
		{"Reasoning about everything.\n\nC", nil, "C"},
		{"Reasoning about everything.\n\n(C) blue", nil, "C"},
		{"Reasoning.\n\n**D) 5 apples**", four, "D"},
		{"Reasoning.\nAnswer: d) 5 apples", four, "D"},
		{"Let us see.\nA) red: no\nB) green: no\nC) blue: no\nD) 5 apples: maybe", nil, ""}, // goes through them
		{"blue", four, "C"}, {"The answer is 5 apples.", four, "D"}, {"The answer is: Green", four, "B"}, {`\boxed{5\text{ apples}}`, four, "D"},
		{"A or B", nil, "A, B"}, {"The answer is A or B.", nil, "A, B"}, {"The answer is (A) and (C).", nil, "A, C"}, {"Both A and C", nil, "A, C"},
		{"The answer is B, and A is a distractor.", nil, "A, B"}, // two letters in one statement
		{"Z", four, "Z"},
		{"", nil, ""}, {" \n ", nil, ""}, {"I do not know.", ten, ""}, {"None of these.", four, ""}, {"Cannot be determined", four, ""},
		{"A man walks into a bar. I think it depends.", four, ""},
		{"<think>The answer is A</think>\nThe answer is B", nil, "B"},
		{"The answer is A = 5, hence C is right", nil, "C"},
		{"Ｂ", nil, "B"}, // full width
		{"answer is \\boxed{", nil, ""},
		{"Answer: $C$", nil, "C"},
		{"ANSWER: E", nil, "E"},
		{"The correct answer is option B) green", four, "B"},
		{"So, the answer is **(G) 0.5**.", ten, "G"},
		{"...therefore, J is the correct answer.", ten, "J"},
		{"The answer is therefore D", nil, "D"},
		{"Hence the most likely diagnosis is (D) a block.", nil, "D"},
		{"This rules out (D), which is all that we know.", nil, ""},
		{"The answer is N/A.", ten, ""},
		{"We compute\n$$\nC", nil, ""}, // cut off in a formula
		{"The answer is J.\nThe answer is K.", ten, "K"},
	} {
		g := New().Grade(t.Context(), &grade.Query{Reference: "A", Options: c.options}, c.response)
		if g.Answer != c.want {
			t.Errorf("%q: %q by %s, want %q", c.response, g.Answer, g.Rule, c.want)
		}
		want := grade.Wrong
		switch c.want {
		case "A":
			want = grade.Right
		case "":
			want = grade.NoAnswer
		}
		if g.Verdict != want {
			t.Errorf("%q: %v by %s, want %v", c.response, g.Verdict, g.Rule, want)
		}
	}
}

func TestReference(t *testing.T) {
	for _, c := range []struct {
		reference, response string
		options             []string
		want                grade.Verdict
		rule                string
	}{
		{"B", "B", nil, grade.Right, "same-letter"},
		{"(B)", "b", nil, grade.Right, "same-letter"},
		{"B) green", "B", nil, grade.Right, "same-letter"},
		{"green", "B", four, grade.Right, "same-letter"},
		{"green", "green", four, grade.Right, "same-letter"},
		{"A, C", "The answer is A and C.", four, grade.Right, "same-letter"},
		{"AC", "C, A", four, grade.Right, "same-letter"},
		{"A", "A or B", four, grade.Wrong, "several-answers"},
		{"A", "H", four, grade.Wrong, "beyond-the-options"},
		{"A", "H", nil, grade.Wrong, "other-letter"},
		{"17", "B", nil, grade.CannotTell, "reference-names-no-option"},
		{"", "B", nil, grade.CannotTell, "reference-names-no-option"},
		{"B", strings.Repeat("x", grade.MaxResponse), nil, grade.CannotTell, "too-long"},
	} {
		g := New().Grade(t.Context(), &grade.Query{Reference: c.reference, Options: c.options}, c.response)
		if g.Verdict != c.want || g.Rule != c.rule {
			t.Errorf("%q, %.20q: %v by %s, want %v by %s", c.reference, c.response, g.Verdict, g.Rule, c.want, c.rule)
		}
	}
}

// TestPrompt: options that stand only in the question are found there.
func TestPrompt(t *testing.T) {
	prompt := "Example.\nA. cat\nB. dog\n\nQuestion: which colour?\nA. red\nB. green\nC. blue\nAnswer:"
	q := &grade.Query{Prompt: prompt, Reference: "C"}
	if g := New().Grade(t.Context(), q, "The answer is blue"); g.Verdict != grade.Right {
		t.Errorf("%+v", g)
	}
	if g := New().Grade(t.Context(), q, "D"); g.Rule != "beyond-the-options" {
		t.Errorf("%+v", g)
	}
}

func FuzzChoice(f *testing.F) {
	for _, s := range []string{"B", "The answer is (C).", "A or B", `\boxed{\text{D}}`, "answer is a prime", "x\nE) y", "\xff("} {
		f.Add(s, "B", "A. x\nB. y")
	}
	f.Fuzz(func(t *testing.T, response, reference, prompt string) {
		g := New().Grade(t.Context(), &grade.Query{Reference: reference, Prompt: prompt}, response)
		if (g.Answer == "") != (g.Verdict == grade.NoAnswer || g.Verdict == grade.CannotTell) {
			t.Errorf("%q: %+v", response, g)
		}
		if g.Answer != "" {
			if again := New().Grade(t.Context(), &grade.Query{Reference: g.Answer, Extracted: true}, g.Answer); again.Verdict != grade.Right {
				t.Errorf("%q against itself: %+v", g.Answer, again)
			}
		}
	})
}
