package ingest

import (
	"maps"
	"strings"
	"testing"
)

// lighteval: details in Parquet.
func TestTrapsLightEval(t *testing.T) {
	const other = "details/org/n/" + leDate + "/details_sums|0_" + leDate + ".parquet"
	one, two := leOf("1+1?", "2", "2", ptr(int64(1))), leOf("2+1?", "3", "4", ptr(int64(0)))
	two.Doc.ID = "1"
	third := leOf("3+1?", "4", "4", ptr(int64(1)))
	drawn := []leRow{third, one} // two of another sample of the documents
	drawn[0].Doc.ID, drawn[1].Doc.ID = "0", "1"
	type scored struct {
		EM *int64 `parquet:"em,optional"`
	}
	type old struct {
		Doc      leDoc      `parquet:"__doc__"`
		Metric   scored     `parquet:"__metric__"`
		Response leResponse `parquet:"__model_response__"`
	}
	type withID struct {
		ID       string     `parquet:"id"`
		Doc      leDoc      `parquet:"doc"`
		Metric   scored     `parquet:"metric"`
		Response leResponse `parquet:"model_response"`
	}
	numbered := func(rows ...leRow) (out []withID) {
		for _, r := range rows {
			out = append(out, withID{"same", r.Doc, scored{r.Metric.EM}, r.Response})
		}
		return out
	}
	null := leOf("2+1?", "3", "4", nil)
	several := leOf("1+1?", "2", "2", ptr(int64(1)))
	several.Response.Text, several.Metric.Maj = []string{"2", "3", "2", "2"}, ptr(1.0)
	springTraps(t, []trap{
		{name: "doc.id is a number in this run", files: map[string]string{leFile: parquetOf(t, []leRow{one, two}), other: parquetOf(t, drawn)},
			want: []string{"3 querys", "org/m: 1 right, 1 wrong", "org/n: 2 right, 0 wrong", "joined by content"}},
		{name: "a column id at the top names nothing", files: map[string]string{leFile: parquetOf(t, numbered(one, two))}, want: []string{"2 querys", "org/m: 1 right, 1 wrong"}},
		{name: "columns have two sets of names", files: map[string]string{leFile: parquetOf(t, []old{{one.Doc, scored{one.Metric.EM}, one.Response}})}, want: []string{"org/m: 1 right, 0 wrong"}},
		{name: "a null of a metric is not 0", files: map[string]string{leFile: parquetOf(t, []leRow{one, null})}, want: []string{"org/m: 1 right, 0 wrong, 0 no answer, 1 not run map[unscored:1]"}},
		{name: "a metric over several samples is no verdict of one", files: map[string]string{leFile: parquetOf(t, []leRow{several})}, want: []string{"error: ", "up to 4 samples a query"}},
	})
}

// SWE-bench: reports, boards and submissions.
func TestTrapsSWEBench(t *testing.T) {
	report := func(old, new string) map[string]string {
		return map[string]string{"org__m.run.json": strings.Replace(smallReport, old, new, 1)}
	}
	flags := func(verdict string) string {
		var b strings.Builder
		for i := range 60 {
			b.WriteString(`, "i-` + strings.Repeat("x", i+1) + `": {"resolved": ` + verdict + `, "cost": 0.5}`)
		}
		return "{" + b.String()[2:] + "}"
	}
	board := func(rate, details string) map[string]string {
		return map[string]string{"boards.json": `{"leaderboards": [{"name": "Verified", "results": [{"name": "A", "folder": "a", "resolved": ` + rate + `, "per_instance_details": ` + details + `}]}]}`}
	}
	springTraps(t, []trap{
		{name: "an instance is resolved once, however often it is listed", files: report(`"resolved_ids": ["a", "b"]`, `"resolved_ids": ["a", "b", "a"]`), want: []string{"org/m: 2 right, 1 wrong", "1 × listed twice"}},
		{name: "an error and what was not begun are not wrong", files: report("", ""), want: []string{"org/m: 2 right, 1 wrong, 1 no answer, 3 not run map[empty:1 error:1]"}},
		{name: "the universe is more than the lists", files: report(`"total_instances": 7`, `"total_instances": 500`), want: []string{"warning instances-missing", "has 500 instances and the report says what became of 7"}},
		{name: "flags that are all false contradict the board's rate", files: board("69.6", flags("false")), want: []string{"error: ", "model A states 69.6 % and its rows give 0.0 % (0 of 60)"}},
		{name: "flags that are all false are told of where nothing states a rate", files: map[string]string{"2025_a/per_instance_details.json": flags("false")},
			want: []string{"2025_a: 0 right, 60 wrong", "warning never-right", "model 2025_a is right on none of its 60 graded records"}},
		{name: "flags that are true are told of nothing", files: map[string]string{"2025_a/per_instance_details.json": flags("true")}, not: []string{"never-right"}},
		{name: "lists of what was resolved do not say what was run", files: map[string]string{"2025_a/results/results.json": `{"no_generation": [], "no_logs": [], "resolved": ["a"]}`}, want: []string{"error: ", "does not say which others were run"}},
	})
}

// LiveCodeBench: evaluations and the file of the leaderboard.
func TestTrapsLiveCodeBench(t *testing.T) {
	samples := lcbProblem("abc", `"output_list": ["o", "", "o"], "code_list": ["x", "", "y"], "graded_list": [true, false, false], "pass@1": 0.3333333333333333, "metadata": ["{}", "{}", "{}"]`)
	const at = "output/DeepSeek-V3/Scenario.codegeneration_3_0.2_eval_all.json"
	springTraps(t, []trap{
		{name: "n samples are n attempts, and no mean of them", files: map[string]string{at: "[" + samples + "]"},
			want: []string{"1 query\n", "abc DeepSeek-V3 0 right", "abc DeepSeek-V3 2 wrong"}},
		{name: "an empty output is no answer", files: map[string]string{at: "[" + lcbProblem("abc", `"output_list": [""], "code_list": [""], "graded_list": [false]`) + "]"}, want: []string{"DeepSeek-V3: 0 right, 0 wrong, 1 no answer"}},
		{name: "half of the samples is not right", files: map[string]string{"performances_generation.json": smallBoard}, want: []string{"M: 1 right, 1 wrong", "1873 M 0 0.5"}},
		{name: "releases have other problems", files: map[string]string{at: "[" + samples + "]", "output/Other/x_eval_all.json": "[" + lcbProblem("new", `"graded_list": [true]`) + "]"}, want: []string{"2 querys"}},
		{name: "pass@1 is computed anew", files: map[string]string{at: "[" + strings.Replace(samples, "0.3333333333333333", "1.0", 1) + "]"}, want: []string{"error: ", "1 of 3 grades are true"}},
	})
}

// EvalPlus: results of one run.
func TestTrapsEvalPlus(t *testing.T) {
	const at = "org--m-7b_vllm_temp_0.8/eval_results.json"
	springTraps(t, []trap{
		{name: "right is right on both sets of tests, and a timeout is not", files: map[string]string{at: smallPlus}, want: []string{"org/m-7b: 1 right, 1 wrong", "HumanEval/0 org/m-7b 1 wrong", "HumanEval/1 org/m-7b 0 wrong"}},
		{name: "tests of two versions do not mix", files: map[string]string{at: smallPlus, "b/eval_results.json": strings.Replace(smallPlus, "0123456789abcdef", "fedcba9876543210", 1)}, want: []string{"4 querys", "warning evalplus-tests"}},
		{name: "without the added tests it is another benchmark", files: map[string]string{at: smallPlus, "b/eval_results.json": strings.NewReplacer(`"plus_status": "pass"`, `"plus_status": null`, `"plus_status": "fail"`, `"plus_status": null`).Replace(smallPlus)},
			want: []string{"4 querys", "evalplus-base/01234567/HumanEval/0 b 0 right"}},
		{name: "an older layout is refused", files: map[string]string{at: strings.Replace(smallPlus, `"base_status": "pass", "plus_status": "pass"`, `"base": [["pass", []]], "plus": []`, 1)}, want: []string{"error: ", "evaluate the samples again if an older version wrote the file"}},
	})
}

// Router benchmarks.
func TestTrapsRouters(t *testing.T) {
	const table = "sample_id,prompt,eval_name,a,b,a|total_cost,b|total_cost,oracle_model_to_route_to\n"
	other := strings.NewReplacer(`"m/x"`, `"m/y"`, `"f00"`, `"f11"`).Replace(smallBench)
	demo := strings.NewReplacer(`"demo": false`, `"demo": true`, `"performance": 0.5`, `"performance": 1.0`).Replace(benchRun("m/x", "", benchRow(1, "a", "1.0", benchSaid)))
	unscored := benchRun("m/x", "", benchRow(1, "a", "null", benchSaid), benchRow(2, "b", "1.0", benchSaid))
	springTraps(t, []trap{
		{name: "RouterBench: a fraction is not right", files: map[string]string{"x.csv": table + "mt.1,q,mt,0.75,1.0,,,b\n"}, want: []string{" a 0 0.75", "a: 0 right, 1 wrong", "b: 1 right"}},
		{name: "RouterBench: NaN is missing, although it is true for Python", files: map[string]string{"x.csv": table + "mt.1,q,mt,,0.0,,,no_model_correct\n"}, want: []string{"b: 0 right, 1 wrong"}, not: []string{" a 0 ", "a: 1 right"}},
		{name: "RouterBench: one id with and without examples is two queries", files: map[string]string{"0.csv": table + "mt.1,q,mt,1,1,,,a\n", "5.csv": table + "mt.1,examples q,mt,0,1,,,b\n"}, want: []string{"2 querys"}},
		{name: "RouterBench and RouterEval: a pickle is a program", files: map[string]string{"r.pkl": "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00."}, want: []string{"error: nothing to read", "pickle"}},
		{name: "LLMRouterBench: a null score is not 0", files: map[string]string{"x.json": strings.Replace(unscored, `"performance": 0.5`, `"performance": 1.0`, 1)}, want: []string{"m/x: 1 right, 0 wrong, 0 no answer, 1 not run map[unscored:1]"}},
		{name: "LLMRouterBench: a demo run is the beginning of a run", files: map[string]string{"a.json": smallBench, "b.json": demo}, want: []string{"m/x: 1 right, 1 wrong", "1 × of a demo run"}},
		{name: "LLMRouterBench: other data under one name join by what was asked", files: map[string]string{"a.json": smallBench, "b.json": strings.Replace(other, `"prompt": "b"`, `"prompt": "B?"`, 1)}, want: []string{"3 querys", benchID("a") + " m/y 0 right"}},
		{name: "LLMRouterBench: two runs of one model contradict", files: map[string]string{"a.json": smallBench, "b.json": strings.NewReplacer(`"score": 0.0`, `"score": 1.0`, `"performance": 0.5`, `"performance": 1.0`).Replace(smallBench)}, want: []string{"error: two records disagree on 1 cell"}},
		{name: "RouterArena: a call that failed is not wrong", files: map[string]string{"m.jsonl": arenaRow("AIME_1", "m", `"success": true, "evaluation_result": {"score": 1.0}`) + "\n" + arenaRow("AIME_2", "m", `"success": false, "error": "timeout", "evaluation_result": {"score": 0.0}`)},
			want: []string{"m: 1 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "RouteLLM: the prompt is the only name, and one prompt may come twice", files: map[string]string{"mmlu_law.csv": "prompt,a,b\nWhy?,True,False\nWhy?,False,False\n", "mmlu_more.csv": "prompt,c\nWhy?,True\n"},
			want: []string{"2 querys", routeID("Why?") + " a 0 right", routeID("Why?") + "#2 a 0 wrong", routeID("Why?") + " c 0 right"}},
	})
}

// MMLU-Pro: results of its scripts.
func TestTrapsMMLUPro(t *testing.T) {
	read := func(rows ...string) map[string]string {
		return map[string]string{"m/law_result.json": "[" + strings.Join(rows, ",\n") + "]"}
	}
	fewer := read(mmluRow(1, "A", `"pred": "A", "model_outputs": "(A)"`))
	maps.Copy(fewer, map[string]string{"n/law_result.json": "[" + mmluRow(1, "A", `"pred": "B"`) + "," + mmluRow(2, "B", `"pred": "B"`) + "]"})
	springTraps(t, []trap{
		{name: "null is no answer, and never guessed", files: read(mmluRow(1, "A", `"pred": null, "model_outputs": "hm"`)), want: []string{"m: 0 right, 0 wrong, 1 no answer, 0 not run map[unparsed:1]"}},
		{name: "a letter that was drawn is told of", files: read(mmluRow(1, "A", `"pred": "A", "model_outputs": "More information is needed."`)), want: []string{"warning drawn-letters"}},
		{name: "a sentinel says that the answer was cut off", files: read(mmluRow(1, "A", `"pred": "MaxTokensExceeded", "model_outputs": ""`)), want: []string{"1 no answer, 0 not run map[truncated:1]"}},
		{name: "a call that failed left no row, which is missing and not wrong", files: fewer, want: []string{"2 querys", "m: 1 right, 0 wrong", "n: 1 right, 1 wrong"}, not: []string{"mmlu-pro/2 m "}},
		{name: "answer_index may contradict the answer", files: read(strings.Replace(mmluRow(1, "B", `"pred": "B", "model_outputs": "(B)"`), `"answer_index": 1`, `"answer_index": 0`, 1)), want: []string{"m: 1 right", "warning answer-index"}},
	})
}

// DeepEval, MLflow, Langfuse and Every Eval Ever.
func TestTrapsServices(t *testing.T) {
	judged := deepCase(0, "q", "a", deepPass, deepMetric("M", `"success": true, "score": 1, "evaluationModel": "lab/judge"`))
	lang := func(scores ...string) map[string]string {
		var rows []string
		for _, s := range scores {
			rows = append(rows, langRow("i", "r", "m", s))
		}
		return map[string]string{"x.jsonl": strings.Join(rows, "\n")}
	}
	category := func(value, text string) string {
		return `"name": "s", "value": ` + value + `, "string_value": "` + text + `", "data_type": "CATEGORICAL", "source": "API"`
	}
	const note = `"name": "note", "value": 0, "string_value": "nice", "data_type": "TEXT", "source": "ANNOTATION"`
	const eee = "data/c/org/m/" + eeeName + eeeSamples
	two := eeeLine("1", `"aaaa"`, `"f1"`, "0.5", "false", "") + eeeLine("1", `"aaaa"`, `"exact_match"`, "0", "false", "")
	springTraps(t, []trap{
		{name: "DeepEval: the judge is not the model", files: map[string]string{"runs/x.json": deepRun(deepModel, judged)}, want: []string{"gpt-4o: 1 right"}, not: []string{"lab/judge:"}},
		{name: "DeepEval: names are places in the run", files: map[string]string{"a/x.json": deepRun(deepModel, deepCase(0, "q", "a", deepPass), deepCase(1, "r", "a", deepFail)), "b/x.json": strings.ReplaceAll(deepRun(deepModel, deepCase(0, "r", "a", deepPass)), "gpt-4o", "gpt-5")},
			want: []string{"2 querys", "joined by content"}},
		{name: "DeepEval: a metric that broke is not wrong", files: map[string]string{"x.json": deepRun(deepModel, deepCase(0, "q", "a", deepFail, deepMetric("M", `"success": false, "error": "no judge"`)))}, want: []string{"gpt-4o: 0 right, 0 wrong, 0 no answer, 1 not run map[error:1]"}},
		{name: "DeepEval: what is flaky does not count", files: map[string]string{"x.json": deepRun(deepModel, deepCase(0, "q", "a", deepPass, strings.Replace(deepMetric("M", `"success": false, "score": 0`), `"flaky": false`, `"flaky": true`, 1)))}, want: []string{"gpt-4o: 1 right"}},
		{name: "Langfuse: the value of a category is its number", files: lang(category("0", "correct")), o: Options{Metrics: []string{"s"}}, want: []string{"langfuse/i m 0 right"}},
		{name: "Langfuse: and the other way round", files: lang(category("1", "incorrect")), o: Options{Metrics: []string{"s"}}, want: []string{"langfuse/i m 0 wrong"}},
		{name: "Langfuse: the 0 of a text is no score", files: lang(langBool("correct", "1"), note), want: []string{"m: 1 right, 0 wrong"}},
		{name: "Langfuse: and alone it is refused", files: lang(note), want: []string{"error: ", `"note" (of type "TEXT")`}},
		{name: "Langfuse: deleted rows are there until they are merged", files: map[string]string{"x.jsonl": langRow("i", "r", "m", langBool("correct", "1")) + "\n" + strings.Replace(langRow("j", "r", "m", langBool("correct", "0")), `"error": null`, `"is_deleted": 1`, 1)},
			want: []string{"m: 1 right, 0 wrong", "1 × deleted"}},
		{name: "Every Eval Ever: several metrics of one sample are one verdict", files: map[string]string{eee: two}, want: []string{"1 query\n", "gsm8k/aaaa org/m 0 wrong"}, not: []string{"org/m 1 "}},
		{name: "Every Eval Ever: metrics of which none is known are asked for", files: map[string]string{eee: strings.Replace(two, `"exact_match"`, `"rouge"`, 1)}, want: []string{"error: ", `several metrics, and nothing says which of them counts: "f1", "rouge"`}},
		{name: "Every Eval Ever: the hash joins, and the id does not",
			files: map[string]string{eee: eeeLine("1", `"aaaa"`, `"acc"`, "1", "true", ""), "data/c/org/n/1" + eeeName[1:] + eeeSamples: strings.ReplaceAll(eeeLine("9", `"aaaa"`, `"acc"`, "0", "false", ""), "org/m", "org/n")},
			want:  []string{"1 query\n", "gsm8k/aaaa org/m 0 right", "gsm8k/aaaa org/n 0 wrong"}},
	})
}
