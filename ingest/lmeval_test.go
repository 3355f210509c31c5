package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

const (
	lmEvalDate    = "2025-01-02T03-04-05.678901"
	lmEvalSamples = "samples_gsm8k_" + lmEvalDate + ".jsonl"
	lmEvalAgg     = "results_" + lmEvalDate + ".json"
)

// lmEvalLine makes a row as the tool writes it, of one metric; hash "" leaves
// doc_hash out, filter "" the two fields that old files do not have.
func lmEvalLine(doc int, hash, filter, metric, value string) string {
	row := fmt.Sprintf(`{"doc_id": %d, "doc": {"question": "q%d"}, "target": "%d", "arguments": {}, "resps": [["So %d."]], "filtered_resps": ["%d"]`, doc, doc, doc, doc, doc)
	if filter != "" {
		row += fmt.Sprintf(`, "filter": "%s", "metrics": ["%s"]`, filter, metric)
	}
	if hash != "" {
		row += fmt.Sprintf(`, "doc_hash": "%s", "prompt_hash": "p", "target_hash": "t"`, hash)
	}
	return row + fmt.Sprintf(`, "%s": %s}`+"\n", metric, value)
}

func readLM(t *testing.T, lines ...string) reading {
	t.Helper()
	return readAs(t, lmEval, document(lmEvalSamples, "lab__m", strings.Join(lines, "")))
}

// Two rows for each document, one a filter: they never mix, in any order.
func TestLMEvalFilters(t *testing.T) {
	strict := []string{lmEvalLine(0, "a", "strict-match", "exact_match", "0.0"), lmEvalLine(1, "b", "strict-match", "exact_match", "1.0")}
	loose := []string{lmEvalLine(0, "a", "flexible-extract", "exact_match", "1.0"), lmEvalLine(1, "b", "flexible-extract", "exact_match", "1.0")}
	for _, lines := range [][]string{{strict[0], strict[1], loose[0], loose[1]}, {loose[0], strict[0], loose[1], strict[1]}} {
		r := readLM(t, lines...)
		if got, want := cells(r.set), "gsm8k/a lab__m 0 wrong\ngsm8k/b lab__m 0 right"; r.err != nil || got != want {
			t.Errorf("%v\n%s\nwant\n%s", r.err, got, want)
		}
		want := []Choice{{"filter", "strict-match", []string{"flexible-extract"}}, {"metric", "exact_match", nil}}
		if got := warned(r.warnings); got != "model-name" || r.in.Rows != 2 || r.in.LeftOut[0].Rows != 2 || fmt.Sprint(r.in.Choices) != fmt.Sprint(want) || r.in.JoinedBy != joinedByContent {
			t.Errorf("warnings %s, input %+v", got, r.in)
		}
	}
	// Without names the first pass over the documents counts.
	r := readLM(t, lmEvalLine(0, "a", "", "exact_match", "0"), lmEvalLine(1, "b", "", "exact_match", "1"),
		lmEvalLine(0, "a", "", "exact_match", "1"), lmEvalLine(1, "b", "", "exact_match", "1"))
	if got, want := cells(r.set), "gsm8k/a lab__m 0 wrong\ngsm8k/b lab__m 0 right"; r.err != nil || got != want || r.in.LeftOut[0].Rows != 2 {
		t.Errorf("old file: %v\n%s\nwant\n%s", r.err, got, want)
	}
}

func TestLMEvalMetrics(t *testing.T) {
	row := func(metrics, values string) string {
		return `{"doc_id": 0, "doc": {}, "target": "x", "doc_hash": "a", "filter": "none", "metrics": [` + metrics + `], ` + values + "}\n"
	}
	for _, c := range []struct{ metrics, values, cell, others string }{
		{`"acc_norm", "acc"`, `"acc_norm": 1.0, "acc": 0.0`, "wrong", "acc not [acc_norm]"},
		{`"acc", "exact_match"`, `"acc": [1, 0], "exact_match": [true]`, "right", "exact_match not []"},
		{`"acc", "acc_norm"`, `"acc": [0, 1], "acc_norm": 1`, "right", "acc_norm not []"},
		{`"brier_score", "acc"`, `"brier_score": 0.1, "acc": 0.25`, "0.25", "acc not [brier_score]"},
		{`"acc"`, `"acc": true, "seconds": 7`, "right", "acc not []"},
	} {
		r := readLM(t, row(c.metrics, c.values))
		if got := cells(r.set); r.err != nil || got != "gsm8k/a lab__m 0 "+c.cell {
			t.Errorf("%s: %s, %v; want %s", c.values, got, r.err, c.cell)
		}
		if got := r.in.Choices[1]; fmt.Sprintf("%s not %v", got.Taken, got.Others) != c.others {
			t.Errorf("%s: %+v; want %s", c.values, got, c.others)
		}
	}
	// Whoever asks for a metric gets it, unless it cannot be a verdict.
	doc := row(`"acc", "acc_norm", "f1", "many", "loss"`, `"acc": 0, "acc_norm": 1, "f1": 0.5, "many": [1, 2], "loss": 0`)
	for asked, want := range map[string]string{
		"acc_norm": "right", "f1": "0.5", "absent": "wrong",
		"many": `metric "many" cannot count: a list of several values`,
	} {
		r := readWith(t, lmEval, document(lmEvalSamples, "lab__m", doc), Options{Metrics: []string{asked}})
		if got := fmt.Sprint(cells(r.set), r.err); !strings.Contains(got, want) {
			t.Errorf("--metric %s: %s; want %s", asked, got, want)
		}
	}
	dir := write(t, map[string]string{lmEvalSamples: doc, lmEvalAgg: `{"model_name": "m", "higher_is_better": {"gsm8k": {"loss": false}}}`})
	if _, err := Read(context.Background(), []string{dir}, Options{Metrics: []string{"loss"}}); err == nil || !strings.Contains(err.Error(), `metric "loss" cannot count: less of it is better`) {
		t.Errorf("--metric loss: %v", err)
	}
}

// Several filters of which none is known are no choice to make here.
func TestLMEvalUnknownFilters(t *testing.T) {
	doc := lmEvalLine(0, "a", "maj@64", "exact_match", "1") + lmEvalLine(0, "a", "maj@8", "exact_match", "0")
	r := readLM(t, doc)
	if r.err == nil || !strings.Contains(r.err.Error(), `several filters, and nothing says which of them counts: "maj@64", "maj@8"; choose with --filter NAME`) {
		t.Errorf("error %v", r.err)
	}
	r = readWith(t, lmEval, document(lmEvalSamples, "lab__m", doc), Options{Filters: []string{"maj@8"}})
	if got := cells(r.set); r.err != nil || got != "gsm8k/a lab__m 0 wrong" {
		t.Errorf("%s, %v", got, r.err)
	}
}

func TestLMEvalCells(t *testing.T) {
	empty := strings.Replace(lmEvalLine(2, "c", "none", "acc", "0"), `[["So 2."]]`, `[[""]]`, 1)
	invalid := strings.Replace(lmEvalLine(3, "d", "none", "acc", "0"), `["3"]`, `["[invalid]"]`, 1)
	choice := strings.Replace(lmEvalLine(4, "e", "none", "acc", "1"), `[["So 4."]]`, `[[[-1.5, false]], [[-2, false]], [["-3", "True"]]]`, 1)
	r := readLM(t, lmEvalLine(0, "a", "none", "acc", "NaN"), lmEvalLine(1, "b", "none", "acc", "null"), empty, invalid, choice)
	if got, want := reasons(r.set, "lab__m"), "1 right, 0 wrong, 2 no answer, 2 not run map[empty:1 unparsed:1 unscored:2]"; r.err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, r.err, want)
	}
}

func TestLMEvalIDs(t *testing.T) {
	// One document twice in the data set is two queries; one row twice in a file
	// that was appended to is one.
	r := readLM(t, lmEvalLine(10, "a", "none", "acc", "0"), lmEvalLine(2, "a", "none", "acc", "1"), lmEvalLine(2, "a", "none", "acc", "1"))
	if got, want := cells(r.set), "gsm8k/a lab__m 0 right\ngsm8k/a#2 lab__m 0 wrong"; r.err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", r.err, got, want)
	}
	if merged, _ := r.set.Duplicates(); merged != 1 {
		t.Errorf("%d rows merged, want 1", merged)
	}
	// Without a hash the index alone would join other documents under one name.
	one, other := lmEvalLine(0, "", "none", "acc", "1"), strings.Replace(lmEvalLine(0, "", "none", "acc", "1"), `"target": "0"`, `"target": "9"`, 1)
	if a, b := cells(readLM(t, one).set), cells(readLM(t, other).set); a == b || !strings.HasPrefix(a, "gsm8k/0-") {
		t.Errorf("%s and %s", a, b)
	}
}

func TestLMEvalResults(t *testing.T) {
	lines := lmEvalLine(0, "a", "none", "acc", "1.0") + lmEvalLine(1, "b", "none", "acc", "0.0") + lmEvalLine(2, "c", "none", "acc", "0.0")
	agg := func(rate string) string {
		return `{"results": {"gsm8k": {"alias": "gsm8k", "acc,none": ` + rate + `, "acc_stderr,none": NaN}}, "higher_is_better": {"gsm8k": {"acc": true}},
			"n-samples": {"gsm8k": {"original": 9, "effective": 3}}, "model_source": "hf", "model_name": "lab/m", "model_name_sanitized": "lab__m"}`
	}
	for _, name := range []string{lmEvalAgg, "out_" + lmEvalDate + ".json"} {
		dir := write(t, map[string]string{"lab__m/" + lmEvalSamples: lines, "lab__m/" + name: agg("0.3333333333333333"), "lab__m/results_2024-01-01T00-00-00.json": `{"model_name": "older"}`})
		r, err := Read(context.Background(), []string{dir}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := reasons(r.Set, "lab/m"), "1 right, 2 wrong, 0 no answer, 0 not run map[]"; got != want || len(r.Warnings) > 0 {
			t.Errorf("%s, %v; want %s", got, r.Warnings, want)
		}
	}
	for want, doc := range map[string]string{
		"states 100.0 % and its rows give 33.3 % (1 of 3)": agg("1.0"),
		"the results speak of 7 documents":                 strings.Replace(agg("0.3333"), `"effective": 3`, `"effective": 7`, 1),
		"no metric says of each row":                       strings.Replace(agg("0.3333"), `"acc": true`, `"acc": false`, 1),
		"want a member's name":                             agg("1.0")[:40],
	} {
		dir := write(t, map[string]string{lmEvalSamples: lines, lmEvalAgg: doc})
		r, err := Read(context.Background(), []string{dir}, Options{})
		if said := fmt.Sprint(err, r.Warnings); !strings.Contains(said, want) {
			t.Errorf("got %s, want %q", said, want)
		}
	}
}

// The results of the same date are found in an archive too.
func TestLMEvalArchive(t *testing.T) {
	lines := lmEvalLine(0, "a", "none", "acc", "1.0") + lmEvalLine(1, "b", "none", "acc", "0.0") + lmEvalLine(2, "c", "none", "acc", "0.0")
	agg := `{"results": {"gsm8k": {"acc,none": %s}}, "model_name": "lab/m"}`
	for rate, want := range map[string]string{"0.3333": "<nil> 1 right, 2 wrong", "1.0": "out.zip!lab__m/" + lmEvalSamples + ": model lab/m states 100.0 %"} {
		dir := write(t, map[string]string{"out.zip": zipFile(t, "lab__m/"+lmEvalSamples, lines, "results_other/"+lmEvalAgg, `{"model_name": "other"}`, "lab__m/"+lmEvalAgg, fmt.Sprintf(agg, rate))})
		r, err := Read(context.Background(), []string{dir}, Options{})
		said := fmt.Sprint(err, " ")
		if err == nil {
			said += reasons(r.Set, "lab/m")
		}
		if !strings.Contains(said, want) || err == nil && len(r.Warnings) > 0 {
			t.Errorf("rate %s: %s; want %s", rate, said, want)
		}
	}
}

// What was asked and answered, as 0.4.13 writes it, and older versions.
func TestLMEvalTexts(t *testing.T) {
	chat := `{"doc_id": 0, "doc": {"subject": "sums", "question": "q"}, "target": "2", "arguments": {"gen_args_0": {"arg_0": ["[{\"role\": \"user\", \"content\": \"What is 1+1?\"}]"], "arg_1": {"until": ["\n"]}}}, "resps": [["So #### 2"]], "filtered_resps": ["2"], "filter": "none", "metrics": ["acc"], "doc_hash": "a", "acc": 1}`
	for _, c := range [][4]string{
		{chat, "2", "So #### 2", "What is 1+1?"},
		{strings.Replace(strings.Replace(chat, `["2"]`, `["[invalid]"]`, 1), `["[{\"role\": \"user\", \"content\": \"What is 1+1?\"}]"]`, `"What is 1+1?"`, 1), "", "So #### 2", "What is 1+1?"},
		{strings.Replace(chat, `{"gen_args_0": {"arg_0": ["[{\"role\": \"user\", \"content\": \"What is 1+1?\"}]"], "arg_1": {"until": ["\n"]}}}`, `[["What?", {}]]`, 1), "2", "So #### 2", "What?"},
		{strings.Replace(chat, `[["So #### 2"]]`, `[[["-8.0", "False"]], [[-1.5, true]], [["-10.0", "False"]]]`, 1), "1", "", "What is 1+1?"},
	} {
		for _, want := range []outcome.Fields{0, outcome.WantAll} {
			r := lmEvalReader{to: &sink{opt: &Options{Want: want}}, task: "t", filters: map[string]*lmEvalFilter{}, labels: map[string]map[string]string{}}
			if p, err := r.parse([]byte(c[0])); err != nil || r.take(p, 1) != nil {
				t.Fatal(err)
			}
			row := r.filters["none"].rows[0]
			var reference string
			var got [3]string
			if err := r.texts.give(row.texts, &reference, &got[0], &got[1], &got[2]); err != nil || reference != "2" {
				t.Errorf("reference %q, %v", reference, err)
			}
			expect := [3]string(c[1:])
			if want == 0 {
				expect = [3]string{}
			}
			if got != expect || row.labels["subject"] != "sums" || row.labels["task"] != "t" {
				t.Errorf("got %q, labels %v; want %q", got, row.labels, expect)
			}
		}
	}
}

func TestLMEvalRefusals(t *testing.T) {
	good := lmEvalLine(0, "a", "none", "acc", "1")
	checkRefusals(t, lmEval, lmEvalSamples, "lab__m", []refusal{
		{good + "{oops}\n", ":2: byte 2: want a member's name"},
		{strings.Replace(good, `"doc_id": 0, `, "", 1), ":1: doc_id: missing"},
		{strings.Replace(good, `"acc": 1`, `"acc": 7`, 1), "no metric says of each row whether it is right: acc (7, which is no number from 0 to 1)"},
		{strings.Replace(good, `"acc": 1`, `"acc": 1, "acc": 0`, 1), "acc: given twice"},
		{strings.ReplaceAll(good, "acc", "bleu"), "bleu (nothing says that more of it is better)"},
		{"\n", "no row"},
	})
	if r := readAs(t, lmEval, document(lmEvalSamples, "", good)); r.err == nil || !strings.Contains(r.err.Error(), "nothing names the model") {
		t.Errorf("without a folder: %v", r.err)
	}
}

func TestLMEvalIsRecognised(t *testing.T) {
	if got := recognised("x.jsonl", lmEvalLine(0, "a", "none", "acc", "1"), true); got != lmEval.name {
		t.Errorf("taken for %q", got)
	}
	if got := recognised("x.jsonl", lines3, true); got == lmEval.name {
		t.Error("our own lines are taken for samples")
	}
}

func FuzzLMEval(f *testing.F) {
	fuzzReader(f, lmEvalSamples, "lab__m", []*format{lmEval}, lmEvalLine(0, "a", "none", "acc", "NaN")+lmEvalLine(0, "a", "strict-match", "acc", "[1]"),
		lmEvalLine(0, "", "", "exact_match", "0.5"))
}

func FuzzLMEvalResults(f *testing.F) {
	f.Add([]byte(`{"results":{"gsm8k":{"acc,none":1}},"model_name":"m","n-samples":{"gsm8k":{"effective":3}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "r.json")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		readLMEvalResults(path, 1<<20, "gsm8k")
	})
}
