package ingest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const smallMatrix = `{
"math500:0": {"dataset": "math500", "kind": "math", "gold": "4", "models": {
  "a": {"correct": 1, "cost": 0.25, "tok_in": 10, "tok_out": 20, "cached": false, "max_tokens": 4096},
  "b": {"correct": 0, "cost": 0.5, "tok_in": 11, "tok_out": 21, "cached": true}}},
"gpqaopen:1": {"dataset": "gpqa_open_v2", "kind": "open", "gold": "water", "v2_label": "KEEP", "models": {
  "a": {"correct": 0, "votes": [0, 1, 0], "answer_chars": 12},
  "b": {"correct": 1, "votes": [1]}}},
"codegen:2": {"dataset": "codegen", "kind": "codegen", "gold": "{\"tests\": []}", "models": {
  "a": {"correct": 0, "missing": true, "cost": 0},
  "b": {"correct": 0, "tok_in": 0, "tok_out": 0, "cost": 0}}, "multi_answer": true},
"aime24:3": {"dataset": "aime24", "kind": "number", "gold": "7", "models": {}}
}`

func TestCoFailureMatrix(t *testing.T) {
	if got := recognised("matrix_x_final.json", smallMatrix, true); got != coFailureMatrix.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, coFailureMatrix, document("matrix.json", "", smallMatrix))
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := "gpqaopen:1 a 0 wrong\ngpqaopen:1 b 0 right\nmath500:0 a 0 right\nmath500:0 b 0 wrong"
	if got := cells(r.set); got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if r.set.Queries() != 4 || r.in.Rows != 6 {
		t.Errorf("%d queries and %d rows, want 4, one of them without a record, and 6", r.set.Queries(), r.in.Rows)
	}
	for model, want := range map[string]string{
		"a": "1 right, 1 wrong, 0 no answer, 1 not run map[error:1]",
		"b": "1 right, 1 wrong, 0 no answer, 1 not run map[error:1]",
	} {
		if got := reasons(r.set, model); got != want {
			t.Errorf("model %s: %s, want %s", model, got, want)
		}
	}
	a := r.set.Summary()[0]
	if a.CostUSD == nil || *a.CostUSD != 0.25 || a.InputTokens != 10 || a.OutputTokens != 20 {
		t.Errorf("cost and tokens of a: %+v, want 0.25 US dollars, 10 and 20", a)
	}
	for key, want := range map[string]string{
		"dataset":      "math500:0=math500 gpqaopen:1=gpqa_open_v2 codegen:2=codegen aime24:3=",
		"v2_label":     "math500:0= gpqaopen:1=KEEP codegen:2= aime24:3=",
		"multi_answer": "math500:0= gpqaopen:1= codegen:2=true aime24:3=",
	} {
		if got := labels(r.set, key); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	if len(r.warnings) > 0 {
		t.Errorf("warnings: %v, want none", r.warnings)
	}
}

// Each line names one cell and what it has to become.
func TestCoFailureCells(t *testing.T) {
	for cell, want := range map[string]string{
		`{"correct":1}`: "right",
		`{"correct":0}`: "wrong",
		// cut off: within 8 tokens of a budget below 32,768, and wrong
		`{"correct":0,"tok_in":5,"tok_out":2040,"max_tokens":2048}`:   "no_answer truncated",
		`{"correct":0,"tok_in":5,"tok_out":2039,"max_tokens":2048}`:   "wrong",
		`{"correct":1,"tok_in":5,"tok_out":2048,"max_tokens":2048}`:   "right",
		`{"correct":0,"tok_in":5,"tok_out":32768,"max_tokens":32768}`: "wrong",
		`{"correct":0,"tok_in":5,"tok_out":32767,"max_tokens":32767}`: "no_answer truncated",
		`{"correct":0,"tok_in":5,"tok_out":2048,"max_tokens":null}`:   "wrong",
		`{"correct":0,"max_tokens":4,"tok_in":0,"tok_out":0}`:         "not_run error", // no tokens at all comes first
		`{"correct":0,"tok_in":0,"tok_out":0}`:                        "not_run error",
		`{"correct":0,"tok_in":0}`:                                    "wrong", // half of it says nothing
		`{"correct":1,"tok_in":0,"tok_out":0}`:                        "right",
		`{"correct":0,"missing":true,"tok_in":9,"tok_out":9}`:         "not_run error",
		`{"missing":true}`: "not_run error",
		`{"correct":0,"missing":false,"tok_in":12.0,"tok_out":1}`:      "wrong",
		`{"correct":0,"detruncated":true,"rerun":"2026","checker":{}}`: "wrong",
	} {
		doc := `{"mbpp:1":{"dataset":"mbpp","kind":"code","gold":"[]","models":{"m":` + cell + `}}}`
		r := readAs(t, coFailureMatrix, document("matrix.json", "", doc))
		if r.err != nil {
			t.Errorf("%s: %v", cell, r.err)
			continue
		}
		m := r.set.Summary()[0]
		got := map[bool]string{m.Right == 1: "right", m.Wrong == 1: "wrong", m.NoAnswer == 1: "no_answer", m.NotRun == 1: "not_run"}[true]
		for reason := range m.Reasons {
			got += " " + reason
		}
		if got != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
}

func TestCoFailureRefuses(t *testing.T) {
	entry := func(s string) string { return `{"a:1":{"dataset":"d","kind":"math","models":{"m":` + s + `}}}` }
	const good = `{"dataset":"d","kind":"math","models":{"m":{"correct":1}}}`
	checkRefusals(t, coFailureMatrix, "m.json", "", []refusal{
		{"{\"a:1\":" + good + ",\n\n\"a:1\":" + good + "}", `m.json:3: query "a:1": given twice, first on line 1`},
		{entry(`{"correct":2}`), `m.json:1: query "a:1": model "m": correct: 2: want 0 or 1`},
		{entry(`{"correct":"1"}`), `correct: "1": want 0 or 1`},
		{entry(`{"correct":0,"correct":1}`), "correct: given twice"},
		{entry(`{"correct":null}`), "correct: missing"},
		{entry(`{"tok_in":1}`), "correct: missing"},
		{entry(`{"correct":1,"missing":true}`), "missing is true and correct is 1"},
		{entry(`{"correct":1,"cost":NaN}`), "NaN is not a number"},
		{entry(`{"correct":1,"cost":-1}`), "cost: -1: want a number of at least 0"},
		{entry(`{"correct":1,"tok_in":-1}`), "tok_in: -1: want a whole number"},
		{entry(`{"correct":1,"tok_out":1.5}`), "tok_out: 1.5: want a whole number"},
		{entry(`{"correct":1,"max_tokens":99999999999999999999}`), "max_tokens: 99999999999999999999: want a whole number"},
		{entry(`[1]`), "want an object"},
		{`{"a:1":{"dataset":"d","kind":"math"}}`, `query "a:1": models: missing`},
		{`{"a:1":{"dataset":"d","models":{},"models":{}}}`, "models: given twice"},
		{`{"a:1":{"dataset":7,"models":{}}}`, "dataset: 7: want a string"},
		{`{"a:1":[]}`, "want an object"},
		{`{"a:1":` + good + `,`, "the object ends too early"},
		{entry(`{"correct":1}`) + "x", "something follows"},
		{`{"":` + good + `}`, "query: empty"},
	})
}

func TestCoFailureUnknownKind(t *testing.T) {
	doc := `{"a:1":{"dataset":"d","kind":"poem","models":{"m":{"correct":1}}},"a:2":{"dataset":"d","kind":"ode","models":{"m":{"correct":1}}}}`
	r := readAs(t, coFailureMatrix, document("m.json", "", doc))
	if got := fmt.Sprint(r.warnings); r.err != nil || len(r.warnings) != 2 || !strings.Contains(got, `1 queries are of kind "ode"`) {
		t.Errorf("got %v, error %v; want a warning for each of two kinds", got, r.err)
	}
}

func TestCoFailureDetection(t *testing.T) {
	for doc, want := range map[string]bool{
		smallMatrix[:150]: true,
		`{"codegen:1": {"dataset": "codegen", "kind": "codegen", "gold": "` + strings.Repeat("x", 100):             true,
		`{"codegen:1": {"qid": "codegen:1", "dataset": "codegen", "prompt": "x", "gold": "y", "kind": "codegen"}}`: false,
		`{"x": {"dataset": "d", "kind": "k", "models": {}}}`:                                                       false,
		`{"a:b": 1}`: false, `[]`: false, ``: false, `{`: false, `{"a:b"`: false,
	} {
		if got := recognised("x.json", doc, false) == coFailureMatrix.name; got != want {
			t.Errorf("%.80s: recognised %v, want %v", doc, got, want)
		}
	}
}

func FuzzPaperMatrix(f *testing.F) {
	fuzzReader(f, "matrix.json", "runs", []*format{coFailureMatrix}, smallMatrix, `{"a:1":{"models":{"m":{"correct":1}}}}`)
}

// generatedMatrix builds a matrix of 67 models, as wide as the published ones,
// of about this many bytes.
func generatedMatrix(size int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := []byte("{")
	for q := 0; len(b) < size; q++ {
		if q > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, `"mmlupro:%d": {"dataset": "mmlu_pro", "kind": "mc", "gold": "%c", "models": {`, q, 'A'+q%10)
		for m := range 67 {
			if m > 0 {
				b = append(b, ", "...)
			}
			b = fmt.Appendf(b, `"provider-%d/model-number-%d": {"correct": %d, "cost": %.8f, "tok_in": %d, "tok_out": %d, "cached": false, "max_tokens": 2048}`,
				m%9, m, r.IntN(2), r.Float64()/100, 100+r.IntN(400), 1+r.IntN(2000))
		}
		b = append(b, "}}"...)
	}
	return append(b, '}')
}

func BenchmarkCoFailureMatrix(b *testing.B) {
	doc := generatedMatrix(50 << 20)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		r := readAs(b, coFailureMatrix, &file{Reader: bytes.NewReader(doc), name: "matrix.json"})
		if r.err != nil || r.in.Rows == 0 {
			b.Fatal(r.in.Rows, r.err)
		}
	}
}

// A matrix is read the same whichever way the fields of a query are ordered.
func TestCoFailureOrderOfFields(t *testing.T) {
	const first = `{"a:1":{"dataset":"d","kind":"math","gold":"1","models":{"m":{"correct":1},"n":{"correct":0}}}}`
	const last = `{"a:1":{"models":{"m":{"correct":1},"n":{"correct":0}},"gold":"1","kind":"math","dataset":"d"}}`
	var got []string
	for _, doc := range []string{first, last} {
		r := readAs(t, coFailureMatrix, document("m.json", "", doc))
		r.set.Reference(0, "2") // differs from the gold, if that has been noted
		got = append(got, cells(r.set)+labels(r.set, "dataset")+fmt.Sprint(r.set.ReferenceConflicts(), r.err))
	}
	if got[0] != got[1] || !strings.Contains(got[0], "[a:1]") || !strings.Contains(got[0], "a:1=d") {
		t.Errorf("models last: %s\nmodels first: %s", got[0], got[1])
	}
}
