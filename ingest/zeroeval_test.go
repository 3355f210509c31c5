package ingest

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func zeroRow(dataset, id, output, answer string) string {
	return fmt.Sprintf(`{"session_id": %s, "chat_history": ["q"], "model_input": "n/a", "output": [%q], "generator": "org/m@host", "configs": {}, "dataset": %q, "id": %s, "answer": %q}`,
		id, output, dataset, id, answer)
}

var smallZero = "[\n" + strings.Join([]string{
	zeroRow("crux", `"t-#0"`, `{"reasoning": "x", "answer": "'ab'"}`, "ab"),
	zeroRow("crux", `"t-#1"`, `{"reasoning": "x", "answer": "1.0"}`, "1"),
	zeroRow("crux", `"t-#2"`, `I do not know`, "ab"),
	zeroRow("crux", `"t-#3"`, ``, "ab"),
}, ",\n") + "]"

func TestZeroEval(t *testing.T) {
	if got := recognised("m.json", smallZero, true); got != zeroEval.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, zeroEval, document("m.json", "", smallZero))
	if r.err != nil {
		t.Fatal(r.err)
	}
	if got, want := reasons(r.set, "m"), "1 right, 1 wrong, 2 no answer, 0 not run map[empty:1 unparsed:1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !strings.HasPrefix(cells(r.set), "zeroeval/crux/t-#0 m 0 right\n") {
		t.Errorf("cells:\n%s", cells(r.set))
	}
	if r := readAs(t, zeroEval, document("", "", smallZero)); r.err != nil || r.set.Summary()[0].Model != "org/m@host" {
		t.Errorf("without a name: %v", r.err)
	}
	if got := recognised("m.json", "["+zeroRow("gsm", "1", "x", "1")+"]", true); got == zeroEval.name {
		t.Error("a task whose rule is not known is taken")
	}
}

func TestZeroEvalAnswer(t *testing.T) {
	for _, c := range []struct {
		text, model, want string
		found             bool
	}{
		{`{"answer": "a"} {"answer": "b"}`, "m", "a", true},
		{"so {\n\"answer\": \"a\n b\"}", "m", "a b", true},  // line ends are deleted first
		{`f({}) gives {"answer": "a\"b"}`, "m", `a\`, true}, // the first object has no answer: the pattern decides
		{`{"answer": 7}`, "m", "7", true},
		{`{"answer": ["a", 1, null, true]}`, "m", "['a', 1, None, True]", true},
		{`{"answer": {"k": "it's"}}`, "m", `{'k': "it's"}`, true},
		{`{"answer": "x" cut`, "m", "x", true},
		{`"answer": 12, and`, "m", "12", true},
		{`my answer: 12`, "m", "12", true},
		{`it is \boxed{12}`, "m", "", false},
		{`it is \boxed{12}`, "Meta-Llama-3.1-8B", "12", true},
		{`it is \boxed{1,2}`, "Llama-3.1", "", false},
		{`\boxed{12}` + strings.Repeat(".", 40), "Llama-3.1", "", false}, // not at the end
		{`} none {`, "m", "", false},
	} {
		if got, found := zeroEvalAnswer(c.text, c.model); got != c.want || found != c.found {
			t.Errorf("%s: %q, %v; want %q, %v", c.text, got, found, c.want, c.found)
		}
	}
}

func TestZeroEvalRules(t *testing.T) {
	for _, c := range []struct {
		rule func(a, b string) bool
		a, b string
		want bool
	}{
		{sameLiteral, `"ab"`, `'ab'`, true}, {sameLiteral, "ab ", "'ab'", false}, {sameLiteral, "a\nb", `'a\nb'`, true},
		{sameLiteral, "", "''", true}, {sameLiteral, `['a']`, `["a"]`, false}, {sameLiteral, "8.50", "8.5", false},
		{sameNumber, "$1,200 dollars", "1200", true}, {sameNumber, "1/2", "0.5", true}, {sameNumber, "1/0", "1", true},
		{sameNumber, "x = -3", "-3", true}, {sameNumber, "3", "-3", false}, {sameNumber, "none", "3", false},
		{sameNumber, "", "", false}, {sameNumber, "2 or 3", "2", true}, {sameNumber, "10.0", "#10", true},
	} {
		if got := c.rule(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// The summary beside the folder states a rate; it is compared when it speaks of
// the same rows.
func TestZeroEvalSummary(t *testing.T) {
	summary := func(model, acc string, total int) string {
		return fmt.Sprintf(`[{"Model": %q, "Mode": "greedy", "Acc": %q, "No answer": "50.00", "Total": %d}]`, model, acc, total)
	}
	for _, c := range []struct{ summary, err, warning string }{
		{summary("m", "25.00", 4), "", ""},
		{summary("m", "95.00", 4), "model m states 95.0 % and its rows give 25.0 % (1 of 4)", ""},
		{summary("other", "95.00", 4), "", ""},
		{summary("m", "95.00", 5), "", "stated-rate-unused"},
		{"[", "", ""},
	} {
		dir := write(t, map[string]string{"crux/m.json": smallZero, "crux.summary.json": c.summary})
		r, err := Read(context.Background(), []string{filepath.Join(dir, "crux")}, Options{})
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.summary, err, c.err)
		}
		if err == nil && (len(r.Warnings) > 0) != (c.warning != "") {
			t.Errorf("%s: warnings %v", c.summary, r.Warnings)
		}
	}
}

func TestZeroEvalRefuses(t *testing.T) {
	row := zeroRow("crux", "1", "x", "y")
	change := func(old, new string) string { return "[\n" + strings.Replace(row, old, new, 1) + "]" }
	checkRefusals(t, zeroEval, "m.json", "", []refusal{
		{change(`"crux"`, `"gsm"`), `m.json:2: dataset: "gsm": no rule of grading is known`},
		{change(`"id": 1`, `"id": null`), "id: null: want"},
		{change(`["x"]`, `"x"`), `m.json:2: id "1": output: "x": want an array`},
		{change(`["x"]`, `[3]`), "output[0]: 3: want a string"},
		{change(`"answer": "y"`, `"answer": 3`), "answer: 3: want a string"},
		{change(`"id": 1`, `"id": 1, "id": 2`), "id: given twice"},
		{"[" + row, "m.json:1: the array ends too early"},
		{"[3]", "m.json:1: "},
	})
}

func TestPublishedZeroEval(t *testing.T) {
	t.Parallel()
	for task, want := range map[string]struct {
		counted
		gain  float64
		right map[string][2]int64 // right, no answer
	}{
		"crux": {counted{7, 800, 14, 750, "o1-mini-2024-09-12"}, 0.045, map[string][2]int64{
			"Llama-3.1-405B-Inst-fp8": {593, 21}, "Mistral-Large-2": {601, 2}, "claude-3-5-sonnet-20241022": {671, 0}, "gemini-1.5-pro-exp-0827": {637, 2},
			"gpt-4o-2024-08-06": {696, 1}, "gpt-4o-mini-2024-07-18": {607, 1}, "o1-mini-2024-09-12": {750, 3}}},
		"math-l5": {counted{7, 721, 34, 644, "o1-mini-2024-09-12"}, 0.059639, map[string][2]int64{
			"Llama-3.1-405B-Inst@sambanova": {359, 50}, "claude-3-5-sonnet-20241022": {428, 0}, "gemini-1.5-pro-exp-0827": {491, 9}, "gpt-4o-2024-08-06": {399, 29},
			"grok-2-1212": {439, 0}, "o1-mini-2024-09-12": {644, 38}, "o1-preview-2024-09-12": {609, 24}, zeroPartial: {152, 52}}},
	} {
		r, err := Read(context.Background(), []string{published(t, "zeroeval/result_dirs/"+task)}, Options{})
		if err != nil {
			t.Errorf("%s: %v", task, err)
			continue
		}
		for _, s := range r.Set.Summary() {
			if known := want.right[s.Model]; s.Right != known[0] || s.NoAnswer != known[1] {
				t.Errorf("%s %s: %d right, %d without an answer; want %v", task, s.Model, s.Right, s.NoAnswer, known)
			}
		}
		checkGain(t, r.Set.Matrix(outcome.MatrixOptions{Keep: without(zeroPartial)}), want.counted, want.gain)
		if task == "math-l5" {
			checkGain(t, r.Set.Matrix(outcome.MatrixOptions{}), counted{8, 425, 24, 370, "o1-mini-2024-09-12"}, 0.072941)
		}
	}
}

const zeroPartial = "Meta-Llama-3.1-70B-Instruct@hyperbolic"

// checkGain is checkKnown where the gain is published and not the number of
// queries that one model alone gets right.
func checkGain(t *testing.T, m *outcome.Matrix, want counted, gain float64) {
	t.Helper()
	c := m.Count(nil)
	rescued := c.Rescued(c.Best())
	want.single = want.queries - want.allWrong - rescued
	checkKnown(t, m, nil, want)
	if got := float64(rescued) / float64(c.Queries); math.Abs(got-gain) > 6e-7 {
		t.Errorf("gain %v, want %v", got, gain)
	}
}

func FuzzZeroEval(f *testing.F) {
	fuzzReader(f, "Llama-3.1.json", "crux", []*format{zeroEval}, smallZero, "["+zeroRow("math-l5", "1", `\boxed{3}`, "3")+"]")
}
