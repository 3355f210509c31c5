package ingest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// fooRow is a row as version 3 writes it; rest comes last and may be empty.
func fooRow(test, column int, provider, vars, rest string) string {
	if rest != "" {
		rest = ", " + rest
	}
	return fmt.Sprintf(`{"cost": 0.25, "latencyMs": 1500, "prompt": {"raw": "Q", "label": "short"}, "promptId": "p", "promptIdx": %d, "provider": %s, "testCase": {"vars": %s, "description": "d%d", "assert": [{"type": "equals"}]}, "testIdx": %d, "vars": %s, "tokenUsage": {"prompt": 7, "completion": 3}%s}`,
		column, provider, vars, test, test, vars, rest)
}

const (
	fooRight = `"success": true, "score": 1, "failureReason": 0, "response": {"output": "x", "cached": false}`
	fooWrong = `"success": false, "score": 0, "failureReason": 1, "error": "Expected y", "response": {"output": "x"}`
	fooError = `"success": false, "score": 0, "failureReason": 2, "error": "429 Too Many Requests"`
	fooGPT   = `{"id": "openai:gpt-4o", "label": ""}`
	fooHot   = `{"id": "openai:gpt-4o", "label": "hot"}`
	fooStats = `{"successes": 2, "failures": 1, "errors": 1, "tokenUsage": {}}`
)

func fooFile(stats string, rows ...string) string {
	return `{"evalId": "e", "results": {"version": 3, "timestamp": "t", "prompts": [],` + "\n" + `"results": [` + "\n" +
		strings.Join(rows, ",\n") + `], "stats": ` + stats + `}, "config": {}, "shareableUrl": null}`
}

var smallPromptfoo = fooFile(fooStats,
	fooRow(0, 0, fooGPT, `{"a": "1", "b": [2]}`, fooRight), fooRow(0, 1, fooHot, `{"b": [2], "a": "1"}`, fooWrong),
	fooRow(1, 0, fooGPT, `{"a": "2"}`, fooError), fooRow(1, 1, fooHot, `{"a": "2"}`, fooRight))

// queryOf is the id of the test with these variables.
func queryOf(t *testing.T, vars string) string {
	t.Helper()
	text, err := canonical(nil, []byte(vars), runtimeVar)
	if err != nil {
		t.Fatal(err)
	}
	return "promptfoo/" + contentID(text)
}

// One id with different labels is different columns; an error is no wrong answer.
func TestPromptfoo(t *testing.T) {
	lines := strings.Join(strings.Split(strings.SplitN(strings.SplitN(smallPromptfoo, "\"results\": [\n", 2)[1], `], "stats"`, 2)[0], ",\n"), "\n")
	for fm, doc := range map[*format]string{promptfooJSON: smallPromptfoo, promptfooLines: lines} {
		if got := recognised("x.json", doc, true); got != fm.name {
			t.Errorf("recognised as %q, want %q", got, fm.name)
		}
		r := readAs(t, fm, document("x.json", "", doc))
		if r.err != nil {
			t.Fatal(r.err)
		}
		if got, want := reasons(r.set, "openai:gpt-4o"), "1 right, 0 wrong, 0 no answer, 1 not run map[error:1]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := reasons(r.set, "hot"), "1 right, 1 wrong, 0 no answer, 0 not run map[]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if !strings.Contains(cells(r.set), queryOf(t, `{"a":"1","b":[2]}`)+" hot 0 wrong") {
			t.Errorf("cells:\n%s", cells(r.set))
		}
		if s := r.set.Summary()[1]; *s.CostUSD != 0.25 || r.set.Queries() != 2 {
			t.Errorf("cost %v of %d queries, want 0.25 of 2: the failed call has none", *s.CostUSD, r.set.Queries())
		}
	}
}

// The index of a test moves with filters and repeats; what it says does not.
func TestPromptfooKnowsTestsByTheirVariables(t *testing.T) {
	a := readAs(t, promptfooLines, document("a.jsonl", "", fooRow(0, 0, fooGPT, `{"q": "x", "sessionId": "1"}`, fooRight)))
	b := readAs(t, promptfooLines, document("b.jsonl", "", fooRow(7, 0, fooGPT, `{ "sessionId": "2", "_conversation": [], "q":"\u0078" }`, fooRight)))
	if a.err != nil || b.err != nil || cells(a.set) != cells(b.set) {
		t.Errorf("%v %v: one test has two names:\n%s\n%s", a.err, b.err, cells(a.set), cells(b.set))
	}
}

// Repeats are attempts, in the order of the plan; the log has them in the order
// in which the calls ended.
func TestPromptfooRepeats(t *testing.T) {
	doc := fooRow(1, 0, fooGPT, `{"q": "x"}`, fooRight) + "\n\n" + fooRow(0, 0, fooGPT, `{"q": "x"}`, fooWrong) + "\n"
	r := readAs(t, promptfooLines, document("a.jsonl", "", doc))
	q := queryOf(t, `{"q": "x"}`)
	if want := q + " openai:gpt-4o 0 wrong\n" + q + " openai:gpt-4o 1 right"; r.err != nil || cells(r.set) != want {
		t.Errorf("%v\n%s\nwant\n%s", r.err, cells(r.set), want)
	}
}

// Two tests with the same variables and other assertions are not repeats.
func TestPromptfooAssertions(t *testing.T) {
	one := fooRow(0, 0, fooGPT, `{"q": "x"}`, fooRight)
	two := strings.Replace(fooRow(1, 0, fooGPT, `{"q": "x"}`, fooWrong), `"type": "equals"`, `"type": "contains"`, 1)
	r := readAs(t, promptfooLines, document("a.jsonl", "", one+"\n"+two))
	if r.err != nil || r.set.Queries() != 2 || strings.Contains(cells(r.set), " 1 right") {
		t.Errorf("%v: %d queries, want 2:\n%s", r.err, r.set.Queries(), cells(r.set))
	}
}

func TestPromptfooColumns(t *testing.T) {
	prompt := func(row, label string) string {
		return strings.Replace(row, `"label": "short"`, `"label": "`+label+`"`, 1)
	}
	const v = `{"q": "x"}`
	long := strings.Repeat("a long template ", 9)
	for _, c := range []struct{ rows, want []string }{
		{[]string{fooRow(0, 0, `"openai:gpt-4o"`, v, fooRight)}, []string{"openai:gpt-4o"}},
		{[]string{fooRow(0, 0, `{"id": "a", "label": "x"}`, v, fooRight), fooRow(0, 1, `{"id": "b", "label": "x"}`, v, fooRight)}, []string{"x (a)", "x (b)"}},
		{[]string{prompt(fooRow(0, 0, fooGPT, v, fooRight), "terse"), prompt(fooRow(0, 1, fooGPT, v, fooRight), "polite")}, []string{"openai:gpt-4o | polite", "openai:gpt-4o | terse"}},
		{[]string{fooRow(0, 0, fooGPT, v, fooRight), fooRow(0, 1, fooGPT, v, fooRight)}, []string{"openai:gpt-4o #0", "openai:gpt-4o #1"}}, // other configuration
		{[]string{prompt(fooRow(0, 0, fooGPT, v, fooRight), long), fooRow(0, 1, fooGPT, v, fooRight)}, []string{"openai:gpt-4o | " + contentID([]byte(long))[:8], "openai:gpt-4o | short"}},
	} {
		r := readAs(t, promptfooLines, document("a.jsonl", "", strings.Join(c.rows, "\n")))
		var got []string
		for _, s := range r.set.Summary() {
			got = append(got, s.Model)
		}
		if r.err != nil || strings.Join(got, "; ") != strings.Join(c.want, "; ") {
			t.Errorf("columns %q, %v; want %q", got, r.err, c.want)
		}
	}
}

func TestPromptfooGrades(t *testing.T) {
	for _, c := range []struct{ row, want string }{
		{fooRight, "1 right, 0 wrong, 0 no answer, 0 not run map[]"},
		{fooWrong, "0 right, 1 wrong, 0 no answer, 0 not run map[]"},
		{fooError, "0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"},
		{`"success": true, "score": 0`, "1 right, 0 wrong, 0 no answer, 0 not run map[]"},  // only measured
		{`"success": false, "score": 1`, "0 right, 1 wrong, 0 no answer, 0 not run map[]"}, // a threshold elsewhere
		{`"success": true, "score": 3.5`, "1 right, 0 wrong, 0 no answer, 0 not run map[]"},
		{`"success": false, "score": 0.8, "failureReason": 1`, "0 right, 1 wrong, 0 no answer, 0 not run map[]"},
		{`"success": false, "score": 0, "failureReason": 1, "response": {"output": ""}`, "0 right, 0 wrong, 1 no answer, 0 not run map[empty:1]"},
		{`"success": false, "error": "boom"`, "0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}, // older versions
		{`"success": false, "error": "Expected", "response": {"output": "x"}`, "0 right, 1 wrong, 0 no answer, 0 not run map[]"},
		{`"success": false, "response": {"error": "boom"}`, "0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"},
		{`"success": false, "score": 0, "failureReason": 1, "response": {"output": "We", "finishReason": "length"}`, "0 right, 0 wrong, 1 no answer, 0 not run map[truncated:1]"},
		{`"success": true, "score": 1, "failureReason": 0, "response": {"output": "We", "finishReason": "length"}`, "1 right, 0 wrong, 0 no answer, 0 not run map[]"},
		{`"success": false, "score": 0.5, "failureReason": 1, "response": {"output": "Content filtered by provider", "isRefusal": true, "finishReason": "content_filter"}`, "0 right, 0 wrong, 1 no answer, 0 not run map[refused:1]"},
	} {
		r := readAs(t, promptfooLines, document("a.jsonl", "", fooRow(0, 0, fooGPT, `{}`, c.row)))
		if got := reasons(r.set, "openai:gpt-4o"); r.err != nil || got != c.want {
			t.Errorf("%s: %v, %s; want %s", c.row, r.err, got, c.want)
		}
	}
}

// A row from the cache states a cost of 0; the answer was paid for once.
func TestPromptfooCached(t *testing.T) {
	row := strings.Replace(fooRow(0, 0, fooGPT, `{}`, `"success": true, "response": {"output": "x", "cost": 0, "cached": true}`), `"cost": 0.25`, `"cost": 0`, 1)
	r := readAs(t, promptfooLines, document("a.jsonl", "", row))
	if s := r.set.Summary()[0]; r.err != nil || s.CostUSD != nil {
		t.Errorf("cost %v, error %v; want none", s.CostUSD, r.err)
	}
}

// A cost of 0 is written also where no price is known.
func TestPromptfooUnknownCost(t *testing.T) {
	for response, known := range map[string]bool{`{"output": "x"}`: false, `{"output": "x", "cost": 0}`: true} {
		row := strings.Replace(fooRow(0, 0, fooGPT, `{}`, `"success": true, "response": `+response), `"cost": 0.25`, `"cost": 0`, 1)
		r := readAs(t, promptfooLines, document("a.jsonl", "", row))
		if s := r.set.Summary()[0]; r.err != nil || (s.CostUSD != nil) != known {
			t.Errorf("%s: cost %v, %v", response, s.CostUSD, r.err)
		}
	}
}

// What all assertions say counts, unless a named metric is asked for.
func TestPromptfooMetrics(t *testing.T) {
	const named = `, "namedScores": {"exact": %s, "brevity": 1}`
	var rows []string
	for i, c := range [][2]string{{fooRight, "0"}, {fooWrong, "1"}, {fooWrong, "0.5"}, {fooError, "0"}, {fooRight, "null"},
		{`"success": false, "score": 0, "failureReason": 1, "response": {"output": ""}`, "0"}} {
		rows = append(rows, fooRow(i, 0, fooGPT, fmt.Sprintf(`{"q": %d}`, i), c[0]+fmt.Sprintf(named, c[1])))
	}
	doc := strings.Join(rows, "\n")
	r := readAs(t, promptfooLines, document("a.jsonl", "", doc))
	if got, want := reasons(r.set, "openai:gpt-4o"), "2 right, 2 wrong, 1 no answer, 1 not run map[empty:1 error:1]"; r.err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, r.err, want)
	}
	if got := fmt.Sprint(r.in.Choices, r.in.JoinedBy); got != "[{metric success [brevity exact]}]content" {
		t.Errorf("choices %s", got)
	}
	r = readWith(t, promptfooLines, document("a.jsonl", "", doc), Options{Metrics: []string{"exact"}})
	if got, want := reasons(r.set, "openai:gpt-4o"), "1 right, 2 wrong, 1 no answer, 2 not run map[empty:1 error:1 unscored:1]"; r.err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, r.err, want)
	}
	if !strings.Contains(cells(r.set), queryOf(t, `{"q": 2}`)+" openai:gpt-4o 0 0.5") {
		t.Errorf("half a score is kept:\n%s", cells(r.set))
	}
	r = readWith(t, promptfooLines, document("a.jsonl", "", strings.Replace(doc, `"exact": 1`, `"exact": 7`, 1)), Options{Metrics: []string{"exact"}})
	if r.err == nil || !strings.Contains(r.err.Error(), "a.jsonl:2: namedScores.exact: it is not a number from 0 to 1") {
		t.Errorf("a score of 7: %v", r.err)
	}
}

func TestPromptfooTexts(t *testing.T) {
	grading := `, "gradingResult": {"componentResults": [{"assertion": {"type": "equals", "value": "{{b}}"}, "metadata": {"renderedAssertionValue": "2"}}, {"assertion": {"type": "javascript", "value": "x"}}]}`
	row := strings.Replace(fooRow(0, 0, fooGPT, `{}`, fooRight+grading), `"raw": "Q"`, `"raw": "[{\"role\": \"user\", \"content\": \"1+1?\"}]"`, 1)
	row = strings.Replace(row, `"description": "d0"`, `"description": "d0", "metadata": {"category": "sums", "note": "n"}`, 1)
	for _, want := range []outcome.Fields{0, outcome.WantAll} {
		p := newPromptfoo(&sink{opt: &Options{Want: want}, input: &Input{}})
		if err := p.row([]byte(row), 1); err != nil {
			t.Fatal(err)
		}
		got := p.rows[0]
		if got.texts.reference != "2" || fmt.Sprint(got.labels) != "map[category:sums]" || (want != 0) != (got.texts.response == "x" && got.texts.prompt == "1+1?") || want == 0 && got.texts.response+got.texts.prompt != "" {
			t.Errorf("want %b: %+v", want, got)
		}
	}
}

func TestPromptfooStats(t *testing.T) {
	row := fooRow(0, 0, fooGPT, `{}`, fooRight)
	const want = "results.stats states 3 successes where the rows have 1, 0 failures where the rows have 0: the rows or the statement are wrong"
	path := filepath.Join(write(t, map[string]string{"x.json": fooFile(`{"successes": 3, "failures": 0}`, row)}), "x.json")
	if _, err := Read(context.Background(), []string{path}, Options{}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	r, err := Read(context.Background(), []string{path}, Options{AllowMismatch: true})
	if err != nil || len(r.Warnings) != 1 || r.Warnings[0].Code != "stated-counts" {
		t.Errorf("%v, %+v; want a warning", err, r)
	}
	// Without a count of errors, they were counted as failures.
	if r := readAs(t, promptfooJSON, document("x.json", "", fooFile(`{"successes": 0, "failures": 1}`, fooRow(0, 0, fooGPT, `{}`, fooError)))); r.err != nil {
		t.Error(r.err)
	}
}

func TestPromptfooRefuses(t *testing.T) {
	row := fooRow(0, 0, fooGPT, `{}`, fooRight)
	change := func(old, new string) string { return fooFile("null", strings.Replace(row, old, new, 1)) }
	checkRefusals(t, promptfooJSON, "x.json", "", []refusal{
		{strings.Replace(smallPromptfoo, `"version": 3`, `"version": 4`, 1), "results.version: 4: want 2 or 3"},
		{strings.Replace(smallPromptfoo, `"version": 3, `, ``, 1), "results: neither rows nor a version"},
		{strings.Replace(smallPromptfoo, `"prompts"`, `"results"`, 1), "results.results: given twice"},
		{change(`"success": true`, `"success": "yes"`), `x.json:3: success: "yes": want true or false`},
		{change(`"success": true, `, ``), "x.json:3: success: missing"},
		{change(`"failureReason": 0`, `"failureReason": 3`), "failureReason: 3: want 0, 1 or 2"},
		{change(`"failureReason": 0`, `"failureReason": 1`), "success: true contradicts failureReason 1"},
		{change(`"vars": {}, "tok`, `"vars": "x", "tok`), `vars: "x": want an object`},
		{change(`"id": "openai:gpt-4o"`, `"id": ""`), "provider.id: empty"},
		{change(`"cost": 0.25`, `"cost": -1`), "cost: -1: want a number of at least 0"},
		{change(`"testIdx": 0`, `"testIdx": -1`), "testIdx: -1: want a whole number"},
		{change(`"promptIdx": 0`, `"promptIdx": 0, "promptIdx": 1`), "promptIdx: given twice"},
		{smallPromptfoo[:len(smallPromptfoo)/2], "x.json:"},
	})
}

func FuzzPromptfoo(f *testing.F) {
	fuzzReader(f, "x.json", "", []*format{promptfooJSON, promptfooLines}, smallPromptfoo,
		fooRow(0, 0, fooGPT, `{}`, fooWrong)+"\n"+fooRow(0, 0, fooHot, `{}`, fooError))
}
