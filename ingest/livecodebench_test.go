package ingest

import (
	"strings"
	"testing"
	"time"
)

const smallBoard = `{"performances": [
{"question_id": "1_A", "model": "M", "date": 1692662400000, "difficulty": "easy", "pass@1": 100.0, "platform": "codeforces"},
{"question_id": "1_A", "model": "One (N=1)", "date": 1692662400000, "difficulty": "easy", "pass@1": 0, "platform": "codeforces"},
{"question_id": 1873, "model": "M", "date": 1704067199999, "difficulty": "hard", "pass@1": 50.0, "platform": "leetcode"},
{"question_id": 1873, "model": "One (N=1)", "date": 1704067199999, "difficulty": "hard", "pass@1": 100.0, "platform": "leetcode"},
{"question_id": 1873, "model": "Gone", "date": 1704067199999, "difficulty": "hard", "pass@1": 100.0, "platform": "leetcode"}],
"models": [{"model_name": "m", "model_repr": "M", "release_date": 1}, {"model_name": "o", "model_repr": "One (N=1)"}], "date_marks": [1]}`

func TestLiveCodeBenchBoard(t *testing.T) {
	if got := recognised("performances_generation.json", smallBoard[:60], false); got != lcbBoard.name {
		t.Errorf("recognised as %q", got)
	}
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.FixedZone("far east", 12*3600) // months are those of UTC, wherever one is
	r := readAs(t, lcbBoard, document("p.json", "", smallBoard))
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := "livecodebench/1873 M 0 0.5\nlivecodebench/1873 One (N=1) 0 right\nlivecodebench/1_A M 0 right\nlivecodebench/1_A One (N=1) 0 wrong"
	if got := cells(r.set); got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if got, want := reasons(r.set, "M"), "1 right, 1 wrong, 0 no answer, 0 not run map[]"; got != want {
		t.Errorf("half of the samples is not right by default: %s, want %s", got, want)
	}
	if got, want := leftOut(r.in), "1 × model is not listed in models (p.json:6)"; got != want {
		t.Errorf("left out: %s, want %s", got, want)
	}
	for key, want := range map[string]string{
		"difficulty": "livecodebench/1_A=easy livecodebench/1873=hard",
		"platform":   "livecodebench/1_A=codeforces livecodebench/1873=leetcode",
		"month":      "livecodebench/1_A=2023-08 livecodebench/1873=2023-12", // the last millisecond of the year, UTC
	} {
		if got := labels(r.set, key); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func TestLiveCodeBenchBoardRefuses(t *testing.T) {
	row := func(s string) string {
		return `{"models": [{"model_repr": "M"}],` + "\n" + `"performances": [` + s + `]}`
	}
	checkRefusals(t, lcbBoard, "p.json", "", []refusal{
		{row(`{"question_id": "a", "model": "M", "pass@1": 101}`), `p.json:2: problem "a": pass@1: 101: want a number from 0 to 100`},
		{row(`{"question_id": "a", "model": "M", "pass@1": -1}`), "pass@1: -1: want a number"},
		{row(`{"question_id": "a", "model": "M", "pass@1": "100"}`), `pass@1: "100": want a number`},
		{row(`{"question_id": "a", "model": "M", "pass@1": null}`), "pass@1: null: want a number"},
		{row(`{"question_id": "a", "model": "M"}`), "pass@1: missing"},
		{row(`{"question_id": "a", "pass@1": 1}`), "model: missing"},
		{row(`{"model": "M", "pass@1": 1}`), "question_id: missing"},
		{row(`{"question_id": "a", "model": "M", "pass@1": 1, "date": 1e300}`), "date: 1e300: want milliseconds"},
		{row(`{"question_id": "a", "model": "M", "pass@1": 1, "date": "2024"}`), `date: "2024": want milliseconds`},
		{row(`{"question_id": "a", "model": "M", "pass@1": 1, "platform": 3}`), "platform: 3: want a string"},
		{row(`3`), "3: want an object for each problem"},
		{`{"performances": []}`, "models: missing"},
		{`{"models": []}`, "performances: missing"},
		{`{"performances": 3, "models": []}`, "performances: 3: want an array"},
		{`{"performances": [], "models": 3}`, "models: 3: want an array"},
		{`{"performances": [], "models": [3]}`, "models: 3: want an object"},
		{`{"performances": [], "models": [{}]}`, "model_repr: missing"},
		{`{"performances": [], "models": []`, "the object ends too early"},
	})
}

func lcbProblem(id, rest string) string {
	return `{"question_title": "t", "question_content": "c", "platform": "atcoder", "question_id": "` + id + `", "contest_id": "x", "contest_date": "2024-01-01T00:00:00", "starter_code": "", "difficulty": "medium", ` + rest + `}`
}

var smallEval = "[" + lcbProblem("abc", `"output_list": ["o", "o", "", "o"], "code_list": ["x", "y", "", "z"], "graded_list": [true, false, false, true], "pass@1": 0.5, "metadata": ["{}"]`) +
	",\n" + lcbProblem("none", `"output_list": [], "code_list": [], "graded_list": [], "pass@1": 0`) +
	",\n" + lcbProblem("third", `"graded_list": [true, true, false], "pass@1": 0.6666666666666667`) + "]"

func TestLiveCodeBenchEval(t *testing.T) {
	if got := recognised("Scenario.codegeneration_4_0.2_eval_all.json", smallEval[:300], false); got != lcbEval.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, lcbEval, document("x_eval_all.json", "output/DeepSeek-V3", smallEval))
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := strings.Join([]string{
		"livecodebench/abc DeepSeek-V3 0 right", "livecodebench/abc DeepSeek-V3 1 wrong", "livecodebench/abc DeepSeek-V3 2 wrong", "livecodebench/abc DeepSeek-V3 3 right",
		"livecodebench/third DeepSeek-V3 0 right", "livecodebench/third DeepSeek-V3 1 right", "livecodebench/third DeepSeek-V3 2 wrong"}, "\n")
	if got := cells(r.set); got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if r.set.Queries() != 3 || r.in.Rows != 7 {
		t.Errorf("%d queries and %d rows, want 3 and 7", r.set.Queries(), r.in.Rows)
	}
	if got, want := leftOut(r.in), "1 × no graded sample (x_eval_all.json:2)"; got != want {
		t.Errorf("left out: %s, want %s", got, want)
	}
	if got, want := labels(r.set, "difficulty"), "livecodebench/abc=medium livecodebench/none= livecodebench/third=medium"; got != want {
		t.Errorf("difficulty: %s, want %s", got, want)
	}
}

func TestLiveCodeBenchEmptySamples(t *testing.T) {
	for lists, want := range map[string]string{
		`"output_list": [""]`:                       "0 right, 0 wrong, 1 no answer, 0 not run map[empty:1]",
		`"output_list": [null]`:                     "0 right, 0 wrong, 1 no answer, 0 not run map[empty:1]",
		`"output_list": ["x"], "code_list": [""]`:   "0 right, 0 wrong, 1 no answer, 0 not run map[empty:1]",
		`"output_list": ["x"], "code_list": ["y"]`:  "0 right, 1 wrong, 0 no answer, 0 not run map[]",
		`"output_list": null, "code_list": ["y"]`:   "0 right, 1 wrong, 0 no answer, 0 not run map[]",
		`"output_list": [["x"]], "code_list": null`: "0 right, 1 wrong, 0 no answer, 0 not run map[]",
	} {
		r := readAs(t, lcbEval, document("x.json", "m", "["+lcbProblem("a", lists+`, "graded_list": [false]`)+"]"))
		if got := reasons(r.set, "m"); r.err != nil || got != want {
			t.Errorf("%s: %s, error %v, want %s", lists, got, r.err, want)
		}
	}
}

func TestLiveCodeBenchEvalRefuses(t *testing.T) {
	one := func(rest string) string { return "[\n" + lcbProblem("abc", rest) + "]" }
	checkRefusals(t, lcbEval, "x.json", "m", []refusal{
		{one(`"graded_list": [true, false], "pass@1": 0.6`), `x.json:2: problem "abc": pass@1 is 0.6, and 1 of 2 grades are true, which is 0.5000`},
		{one(`"graded_list": [true], "pass@1": 100`), "pass@1: 100: want a number from 0 to 1"},
		{one(`"graded_list": [1]`), "graded_list: 1: want true or false"},
		{one(`"graded_list": [null]`), "graded_list: null: want true or false"},
		{one(`"code_list": ["x"]`), "graded_list: missing: want an array with a grade for each sample"},
		{one(`"graded_list": [true, false], "code_list": ["x"]`), "code_list has 1 entries, and graded_list 2"},
		{one(`"graded_list": [true], "output_list": [""]`), "sample 0 is graded true, and its entry of output_list is empty"},
		{one(`"graded_list": [true], "output_list": "x"`), `output_list: "x": want an array`},
		{one(`"graded_list": [true], "graded_list": [false]`), "graded_list: given twice"},
		{"[3]", "3: want an object for each problem"},
	})
	if r := readAs(t, lcbEval, document("x.json", ".", smallEval)); r.err == nil || !strings.Contains(r.err.Error(), "put the file into a folder") {
		t.Errorf("without a folder: error %v", r.err)
	}
}

func FuzzLiveCodeBench(f *testing.F) {
	fuzzReader(f, "x_eval_all.json", "m", []*format{lcbBoard, lcbEval}, smallBoard, smallEval)
}
