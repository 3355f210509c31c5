package extract

import (
	"strings"
	"testing"
)

func TestMember(t *testing.T) {
	for _, c := range []struct {
		name, response, want string
		found                bool
	}{
		{"on one line", `{"reasoning": "3+4", "answer": "7"}`, "7", true},
		{"on lines of its own, in a fence", "```json\n{\n  \"reasoning\": \"...\",\n  \"answer\": \"7\"\n}\n```", "7", true},
		{"a number", `{"answer": 42}`, "42", true},
		{"a number, last of many members", "{\"answer\": -15,\n\"sure\": true}", "-15", true},
		{"LaTeX with its backslashes doubled", `{"answer": "\\frac{1}{2}"}`, `\frac{1}{2}`, true},
		{"LaTeX with its backslashes as they are", `{"answer": "\frac{1}{2}"}`, `\frac{1}{2}`, true},
		{"the last of two", `The form is {"answer": "..."}. Mine: {"answer": "7"}`, "7", true},
		{"a line break within the reasoning", "{\"reasoning\": \"a\nb\", \"answer\": \"9\"}", "9", true},
		{"final_answer", `{"final_answer": "x=1"}`, "x=1", true},
		{"cut off within the answer", `{"reasoning": "so", "answer": "4`, "", false},
		{"empty", `{"answer": ""}`, "", false},
		{"a word in quotes is no member", `The "answer" is 7.`, "", false},
		{"no JSON", "7", "", false},
		{"another member that ends so", `{"my_answer": "8", "answer": "7"}`, "7", true},
		{"another member alone", `{"my_answer": "8"}`, "", false},
	} {
		got, _, found := Member(c.response)
		if got != c.want || found != c.found {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, found, c.want, c.found)
		}
	}
}

func TestMemberAndBox(t *testing.T) {
	for response, want := range map[string]string{
		`{"reasoning": "\\boxed{8} is too large", "answer": "7"}`: "7",
		`{"answer": "8"} No, it is \boxed{7}`:                     "7",
	} {
		if got, ok := Final(response); !ok || got.Text != want {
			t.Errorf("%q: got %q, want %q", response, got.Text, want)
		}
	}
}

// Members without a value cost no more than their number, up to a bound.
func TestManyMembers(t *testing.T) {
	for _, unit := range []string{`"answer": "`, `"answer":`, `answer"`, `"final_answer"`} {
		s := strings.Repeat(unit, 1<<20/len(unit))
		if text, _, found := Member(s); found && len(text) > len(s) {
			t.Errorf("%q repeated: %d bytes of %d", unit, len(text), len(s))
		}
	}
}
