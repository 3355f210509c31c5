package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

// trap is a way in which a format makes a matrix lie. Its files are read
// through the front door; every line of want has to be told, and none of not.
type trap struct {
	name      string
	files     map[string]string
	o         Options
	want, not []string
}

func springTraps(t *testing.T, list []trap) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			got := tell(Read(context.Background(), []string{write(t, c.files)}, c.o))
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not told:\n%s", want, got)
				}
			}
			for _, not := range c.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is told:\n%s", not, got)
				}
			}
		})
	}
}

// tell says all that a reading came to.
func tell(r *Result, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", plural(int64(r.Set.Queries()), "query"), told(r))
	for _, m := range r.Set.Summary() {
		fmt.Fprintf(&b, "%s: %d in, %d out\n", m.Model, m.InputTokens, m.OutputTokens)
		if m.CostUSD != nil {
			fmt.Fprintf(&b, "%s: $%v\n", m.Model, *m.CostUSD)
		}
	}
	for _, in := range r.Inputs {
		fmt.Fprintf(&b, "%s, joined by %s, left out: %s\n", in.Status, in.JoinedBy, leftOut(in))
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning %s: %s\n", w.Code, w.Message)
	}
	return b.String()
}

// lm-evaluation-harness: samples JSON lines.
func TestTrapsLMEval(t *testing.T) {
	const at, agg = "out/lab__m/" + lmEvalSamples, "out/lab__m/" + lmEvalAgg
	right, wrong := lmEvalLine(0, "a", "none", "acc", "1.0"), lmEvalLine(1, "b", "none", "acc", "0.0")
	named := map[string]string{at: right + wrong, agg: `{"model_name": "lab/m:2"}`}
	springTraps(t, []trap{
		{name: "two filters grade one answer, and one of them counts",
			files: map[string]string{at: lmEvalLine(0, "a", "strict-match", "exact_match", "0") + lmEvalLine(0, "a", "flexible-extract", "exact_match", "1")},
			want:  []string{"gsm8k/a lab__m 0 wrong", "1 × of another filter"}, not: []string{"lab__m 1 "}},
		{name: "old files repeat each document without a filter's name",
			files: map[string]string{at: lmEvalLine(0, "a", "", "exact_match", "0") + lmEvalLine(0, "a", "", "exact_match", "1")},
			want:  []string{"lab__m: 0 right, 1 wrong, 0 no answer", "1 × of another filter, which old files do not name"}},
		{name: "doc_id moves with the data set, the hash stays",
			files: map[string]string{"a/" + lmEvalSamples: right + wrong, "b/" + lmEvalSamples: lmEvalLine(1, "a", "none", "acc", "1.0") + lmEvalLine(0, "b", "none", "acc", "1.0")},
			want:  []string{"2 querys", "gsm8k/a a 0 right", "gsm8k/a b 0 right", "gsm8k/b a 0 wrong", "gsm8k/b b 0 right", "joined by content"}},
		{name: "a run that was appended to itself is one run",
			files: map[string]string{at: right + wrong + right + wrong},
			want:  []string{"lab__m: 1 right, 1 wrong, 0 no answer, 0 not run"}, not: []string{"lab__m 1 "}},
		{name: "another run that was appended contradicts, and is no second attempt",
			files: map[string]string{at: right + wrong + lmEvalLine(0, "a", "none", "acc", "0.0") + wrong},
			want:  []string{"error: two records disagree on 1 cell", lmEvalSamples + ":1, wrong in", lmEvalSamples + ":3"}},
		{name: "the folder is not the model's name", files: named, want: []string{"lab/m:2: 1 right, 1 wrong"}, not: []string{"lab__m", "model-name"}},
		{name: "an output path that ends in .json has no folder of the model, and another name of the results",
			files: map[string]string{"runs/" + lmEvalSamples: right, "runs/mine_" + lmEvalDate + ".json": `{"model_name": "lab/m"}`},
			want:  []string{"lab/m: 1 right"}, not: []string{"model-name"}},
		{name: "values are truths, numbers and lists of one",
			files: map[string]string{at: lmEvalLine(0, "a", "none", "acc", "true") + lmEvalLine(1, "b", "none", "acc", "[0.0]") + lmEvalLine(2, "c", "none", "acc", "1")},
			want:  []string{"lab__m: 2 right, 1 wrong"}},
		{name: "NaN is not 0", files: map[string]string{at: right + lmEvalLine(1, "b", "none", "acc", "NaN")},
			want: []string{"lab__m: 1 right, 0 wrong, 0 no answer, 1 not run map[unscored:1]"}},
		{name: "acc and acc_norm differ, and the user may choose", o: Options{Metrics: []string{"acc_norm"}},
			files: map[string]string{at: strings.NewReplacer(`["acc"]`, `["acc", "acc_norm"]`, `"acc": 0.0`, `"acc": 0.0, "acc_norm": 1.0`).Replace(wrong)},
			want:  []string{"lab__m: 1 right, 0 wrong"}},
		{name: "the target is a string, or was one",
			files: map[string]string{at: strings.Replace(right, `"target": "0"`, `"target": 0`, 1), "out/n/" + lmEvalSamples: right},
			want:  []string{"gsm8k/a lab__m 0 right", "gsm8k/a n 0 right"}, not: []string{"reference-conflict"}},
	})
}

// deadHeader is an archive whose header was written anew: the old entry is
// still there, and the directory at the end no longer lists it.
func deadHeader(t *testing.T, old, now, summaries string) string {
	t.Helper()
	dead := evalFile(t, false, "header.json", old)
	dead = dead[:strings.Index(dead, "PK\x01\x02")]
	var b bytes.Buffer
	b.WriteString(dead)
	z := zip.NewWriter(&b)
	z.SetOffset(int64(len(dead)))
	for _, e := range [][2]string{{"summaries.json", summaries}, {"header.json", now}} {
		w, err := z.Create(e[0])
		if err == nil {
			_, err = io.WriteString(w, e[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Inspect: logs as archives and as documents.
func TestTrapsInspect(t *testing.T) {
	header := `{"version":2,"status":"success","eval":` + inspectEvalPart + `}`
	started := strings.NewReplacer("success", "started", "lab/m", "lab/draft").Replace(header)
	a, b := inspected("1", `"C"`), inspected("2", `"I"`)
	list := "[" + a + "," + b + "]"
	log := func(entries ...string) map[string]string {
		return map[string]string{"log.eval": evalFile(t, true, entries...)}
	}
	doc := func(samples ...string) map[string]string {
		return map[string]string{"log.json": inspectLog("", samples...)}
	}
	edited := `{"id":1,"epoch":1,"scores":{"match":{"value":"I","answer":"3","history":[{"value":"C"},{"value":"I"},{"value":"C"},{"value":"UNCHANGED","answer":"4"}]}}}`
	roles := `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"model_usage":{"lab/judge":{"input_tokens":900,"output_tokens":90},"lab/m":{"input_tokens":5,"input_tokens_cache_read":20,"input_tokens_cache_write":3,"output_tokens":7}}}`
	springTraps(t, []trap{
		{name: "entries are zstd in several frames", files: log("header.json", header, "summaries.json", list), want: []string{"lab/m: 1 right, 1 wrong"}},
		{name: "bare NaN is unscored, and not 0", files: log("header.json", header, "summaries.json", "["+a+","+inspected("2", "NaN")+"]"),
			want: []string{"lab/m: 1 right, 0 wrong, 0 no answer, 1 not run map[unscored:1]"}},
		{name: "a run that broke off has no header", files: log("_journal/start.json", header, "_journal/summaries/1.json", list),
			want: []string{"lab/m: 1 right, 1 wrong", "warning log-status"}},
		{name: "samples of two shapes lie in one archive", files: log("_journal/start.json", header, "samples/1_epoch_1.json", a, "samples/2_epoch_1/sample.json", b, "samples/2_epoch_1/events/1.json", "[]"),
			want: []string{"lab/m: 1 right, 1 wrong"}},
		{name: "an entry that the directory no longer lists is dead", files: map[string]string{"log.eval": deadHeader(t, started, header, list)},
			want: []string{"lab/m: 1 right, 1 wrong"}, not: []string{"lab/draft", "log-status"}},
		{name: "the last edit of a score counts", files: doc(edited), want: []string{"lab/m: 1 right, 0 wrong"}},
		{name: "and in the summaries of an archive", files: log("header.json", header, "summaries.json", "["+edited+"]"), want: []string{"lab/m: 1 right, 0 wrong"}},
		{name: "1 and \"1\" of two logs are two samples",
			files: map[string]string{"a.json": inspectLog("", a), "b.json": strings.Replace(inspectLog("", inspected(`"1"`, `"I"`)), "lab/m", "lab/n", 1)},
			want:  []string{"2 querys", "add/1 lab/m 0 right", `add/"1" lab/n 0 wrong`, "warning number-like-ids"}},
		{name: "1 and \"1\" of one log are two samples", files: doc(a, inspected(`"1"`, `"I"`)), want: []string{"add/1 lab/m 0 right", `add/"1" lab/m 0 wrong`}},
		{name: "other models served as judges", files: doc(roles), want: []string{"lab/m: 1 right", "lab/m: 28 in, 7 out"}, not: []string{"lab/judge"}},
		{name: "a log that was declared invalid is told of", files: map[string]string{"log.json": inspectLog(`,"invalidated":true`, a)}, want: []string{"warning invalidated"}},
		{name: "and so is one sample of it", files: doc(a[:len(a)-1] + `,"invalidation":{"author":"x","reason":"leak"}}`), want: []string{"warning invalidated"}},
		{name: "an error is not wrong", files: doc(a, `{"id":2,"epoch":1,"error":{"message":"429"}}`), want: []string{"lab/m: 1 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "partial credit is not right", files: doc(inspected("1", `"P"`)), want: []string{"add/1 lab/m 0 0.5", "lab/m: 0 right, 1 wrong"}},
		{name: "N is no answer", files: doc(inspected("1", `"N"`)), want: []string{"0 wrong, 1 no answer"}},
		{name: "epochs are attempts", files: doc(a, `{"id":1,"epoch":2,"scores":{"match":{"value":"I","answer":"3"}}}`), want: []string{"1 query\n", "add/1 lab/m 0 right", "add/1 lab/m 1 wrong"}},
		{name: "a value of several parts is no verdict", files: doc(`{"id":1,"epoch":1,"scores":{"match":{"value":{"x":1,"y":0}}}}`), want: []string{"error: ", "no scorer gives one value: match (x, y)"}},
		{name: "the accuracy of the header is computed anew",
			files: map[string]string{"log.json": inspectLog(inspectAccuracy("0.9"), inspected("1", `"I"`), inspected("2", `"I"`), inspected("3", `"I"`))},
			want:  []string{"error: ", "states 90.0 % and its rows give 0.0 % (0 of 3)"}},
	})
}

// HELM: run folders.
func TestTrapsHELM(t *testing.T) {
	run := func(name, model string, rows []string, state string) map[string]string {
		files := map[string]string{name + "/per_instance_stats.json": "[" + strings.Join(rows, ",\n") + "]", name + "/run_spec.json": strings.Replace(helmSpecDoc, "org/m", model, 1)}
		if state != "" {
			files[name+"/scenario_state.json"] = `{"request_states": [` + state + `]}`
		}
		return files
	}
	right, wrong := helmStat("exact_match", "1.0"), helmStat("exact_match", "0.0")
	both := run("a", "org/a", []string{helmLine("id1", 0, "", right), helmLine("id2", 0, "", wrong)}, helmAsked("id1", "one", helmSaid)+","+helmAsked("id2", "two", helmSaid))
	for name, doc := range run("b", "org/b", []string{helmLine("id1", 0, "", right), helmLine("id2", 0, "", wrong)}, helmAsked("id1", "two", helmSaid)+","+helmAsked("id2", "three", helmSaid)) {
		both[name] = doc
	}
	option := func(reference string) string {
		return strings.Replace(helmAsked("id1", "one", helmSaid), `"train_trial_index"`, `"request_mode": "original", "reference_index": `+reference+`, "train_trial_index"`, 1)
	}
	springTraps(t, []trap{
		{name: "perturbed rows are not the questions", files: run("r", "org/m", []string{helmLine("id1", 0, "", right), helmLine("id1", 0, `"perturbation": {"name": "typos"}, `, wrong)}, ""),
			want: []string{"org/m: 1 right, 0 wrong", "1 × perturbed"}},
		{name: "a statistic that was NaN was removed, and is not 0", files: run("r", "org/m", []string{helmLine("id1", 0, "", right), helmLine("id2", 0, "", helmStat("num_prompt_tokens", "80"))}, ""),
			want: []string{"org/m: 1 right, 0 wrong, 0 no answer, 1 not run map[unscored:1]"}},
		{name: "bookkeeping is no metric", files: run("r", "org/m", []string{helmLine("id1", 0, "", helmStat("num_completions", "1"), helmStat("finish_reason_stop", "1"), wrong)}, ""),
			want: []string{"org/m: 0 right, 1 wrong"}},
		{name: "a run of bookkeeping alone has no verdicts", files: run("r", "org/m", []string{helmLine("id1", 0, "", helmStat("num_completions", "1"))}, ""),
			want: []string{"error: ", "no statistic says whether an answer is right"}},
		{name: "numbers of instances are places in a sample", files: both, want: []string{"3 querys", "joined by content"}},
		{name: "the folder is not the model's name", files: run("mmlu:subject=law,model=openai_gpt2", "openai/gpt2", []string{helmLine("id1", 0, "", right)}, ""),
			want: []string{"openai/gpt2: 1 right"}, not: []string{"openai_gpt2"}},
		{name: "options that are asked one by one are one question", files: run("r", "org/m", []string{helmLine("id1", 0, "", right)}, option("0")+","+option("1")+","+option("null")),
			want: []string{"1 query\n", "org/m: 1 right, 0 wrong, 0 no answer, 0 not run"}},
		{name: "a request that failed is not wrong", files: run("r", "org/m", []string{helmLine("id1", 0, "", wrong)}, helmAsked("id1", "one", `{"success": false, "error": "429", "completions": []}`)),
			want: []string{"org/m: 0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "trials are attempts", files: run("r", "org/m", []string{helmLine("id1", 0, "", right), helmLine("id1", 1, "", wrong)}, ""),
			want: []string{"1 query\n", "org/m 0 right", "org/m 1 wrong"}},
		{name: "a sum of several is a mean", files: run("r", "org/m", []string{helmLine("id1", 0, "", `{"name": {"name": "exact_match", "split": "test"}, "count": 2, "sum": 1.0}`)}, ""),
			want: []string{"org/m 0 0.5"}},
	})
}

// promptfoo: results as one document and as lines.
func TestTrapsPromptfoo(t *testing.T) {
	lines := func(rows ...string) map[string]string {
		return map[string]string{"x.jsonl": strings.Join(rows, "\n")}
	}
	const x, y = `{"q": "x"}`, `{"q": "y"}`
	other := `{"id": "anthropic:claude", "label": ""}`
	springTraps(t, []trap{
		{name: "the number of a test moves with what is run", files: map[string]string{"a.jsonl": fooRow(0, 0, fooGPT, x, fooRight) + "\n" + fooRow(1, 0, fooGPT, y, fooWrong), "b.jsonl": fooRow(0, 0, other, y, fooRight)},
			want: []string{"2 querys", queryOf(t, y) + " anthropic:claude 0 right", queryOf(t, y) + " openai:gpt-4o 0 wrong"}},
		{name: "one provider with two labels is two columns", files: lines(fooRow(0, 0, fooGPT, x, fooRight), fooRow(0, 1, fooHot, x, fooWrong)), want: []string{"openai:gpt-4o: 1 right, 0 wrong", "hot: 0 right, 1 wrong"}},
		{name: "one provider with two configurations is two columns", files: lines(fooRow(0, 0, fooGPT, x, fooRight), fooRow(0, 1, fooGPT, x, fooWrong)),
			want: []string{"openai:gpt-4o #0: 1 right, 0 wrong", "openai:gpt-4o #1: 0 right, 1 wrong"}},
		{name: "reason 2 is an error, and not wrong", files: lines(fooRow(0, 0, fooGPT, x, fooError)), want: []string{"openai:gpt-4o: 0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "success is not the score", files: lines(fooRow(0, 0, fooGPT, x, `"success": false, "score": 0.9, "failureReason": 1, "response": {"output": "x"}`)), want: []string{"openai:gpt-4o: 0 right, 1 wrong"}},
		{name: "an assertion that only measures does not count",
			files: lines(fooRow(0, 0, fooGPT, x, `"success": true, "score": 0, "failureReason": 0, "namedScores": {"length": 0}, "response": {"output": "x"}, "gradingResult": {"pass": true, "score": 0, "componentResults": [{"pass": true, "score": 0, "assertion": {"type": "javascript", "metric": "length", "weight": 0}}]}`)),
			want:  []string{"openai:gpt-4o: 1 right, 0 wrong"}},
		{name: "repeats are attempts", files: lines(fooRow(0, 0, fooGPT, x, fooRight), fooRow(1, 0, fooGPT, x, fooWrong)), want: []string{"1 query\n", "openai:gpt-4o 0 right", "openai:gpt-4o 1 wrong"}},
		{name: "a row from the cache was not free", files: lines(strings.Replace(fooRow(0, 0, fooGPT, x, `"success": true, "score": 1, "response": {"output": "x", "cost": 0, "cached": true}`), `"cost": 0.25`, `"cost": 0`, 1)), not: []string{"$"}, want: []string{"1 right", "openai:gpt-4o: 0 in, 0 out"}},
		{name: "a result of version 2 has no prompts", files: map[string]string{"x.json": strings.NewReplacer(`"version": 3`, `"version": 2`, `"prompts": []`, `"table": {"head": {}, "body": []}`).Replace(smallPromptfoo)}, want: []string{"hot: 1 right, 1 wrong"}},
	})
}

// OpenAI evals: logs as JSON lines.
func TestTrapsOpenAIEvals(t *testing.T) {
	graded := strings.Replace(oaiSpecLine, `["gpt-4"]`, `["gpt-4", "judge"]`, 1) + "\n"
	again := strings.ReplaceAll(oaiDoc(oaiAsk("sums.dev.0", "1+1?", "2"), oaiMatched("sums.dev.0", "true", "2", `"2"`)), "gpt-4", "gpt-5")
	springTraps(t, []trap{
		{name: "an index names another sample after shuffling",
			files: map[string]string{"a.jsonl": oaiDoc(oaiAsk("sums.dev.0", "1+2?", "3"), oaiMatched("sums.dev.0", "false", "3", "null"), oaiAsk("sums.dev.1", "1+1?", "2"), oaiMatched("sums.dev.1", "false", "2", "null")), "b.jsonl": again},
			want:  []string{"2 querys", oaiName("1+1?", `"2"`) + " gpt-4 0 wrong", oaiName("1+1?", `"2"`) + " gpt-5 0 right", "joined by content"}},
		{name: "threads write between each other", files: map[string]string{"a.jsonl": oaiDoc(oaiAsk("s.d.0", "a", "1"), oaiAsk("s.d.1", "b", "2"), oaiMatched("s.d.1", "false", "3", "null"), oaiMatched("s.d.0", "true", "1", `"1"`))},
			want: []string{oaiName("a", `"1"`) + " gpt-4 0 right", oaiName("b", `"3"`) + " gpt-4 0 wrong"}},
		{name: "several verdicts on one sample do not overwrite each other", files: map[string]string{"a.jsonl": oaiDoc(oaiAsk("s.d.0", "a", "1"), oaiMatched("s.d.0", "true", "1", `"1"`), oaiMatched("s.d.0", "false", "1", "null"))},
			want: []string{"gpt-4 0 right", "gpt-4 1 wrong"}},
		{name: "a model that grades leaves no match", files: map[string]string{"a.jsonl": graded + oaiAsk("s.d.0", "a", "x") + "\n" + oaiAsk("s.d.0", "grade", "Y") + "\n" + oaiEvent("s.d.0", "metrics", `{"choice": "Y", "score": 1.0}`)},
			want: []string{"gpt-4: 1 right, 0 wrong"}},
		{name: "an error is not wrong", files: map[string]string{"a.jsonl": graded + oaiAsk("s.d.0", "a", "x") + "\n" + oaiEvent("s.d.0", "metrics", `{"score": 1.0}`) + "\n" + oaiAsk("s.d.1", "b", "x") + "\n" + oaiEvent("s.d.1", "error", `{}`)},
			want: []string{"gpt-4: 1 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "a list of one expected answer is that answer",
			files: map[string]string{"a.jsonl": oaiDoc(oaiAsk("s.d.0", "a", "x"), oaiEvent("s.d.0", "match", `{"correct": true, "expected": ["x"], "picked": "x"}`)), "b.jsonl": strings.ReplaceAll(oaiDoc(oaiAsk("s.d.0", "a", "x"), oaiMatched("s.d.0", "true", "x", `"x"`)), "gpt-4", "gpt-5")},
			want:  []string{"1 query\n", "gpt-4 0 right", "gpt-5 0 right"}},
	})
}
