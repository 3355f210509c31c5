package ingest

import (
	"fmt"
	"strings"
	"testing"
)

const smallBoards = `{"leaderboards": [
{"name": "bash-only", "results": [
 {"name": "A", "folder": "2025_a", "resolved": 50.0, "cost": 3, "per_instance_details":
  {"i-1": {"api_calls": 3, "cost": 0.5, "resolved": true},
   "i-2": {"api_calls": 4, "cost": 2.5, "resolved": false}}},
 {"name": "B", "folder": "2025_b", "resolved": 0, "per_instance_details": {"i-1": {"resolved": false, "cost": null}, "i-2": {"resolved": false}}},
 {"name": "B", "folder": "2026_b", "resolved": 100, "per_instance_details": {"i-1": {"resolved": true}, "i-2": {"resolved": true}}},
 {"name": "C", "folder": "2025_c", "resolved": 70.5, "per_instance_details": null},
 {"name": "D", "folder": "2025_d", "resolved": 70.5, "per_instance_details": {}}]},
{"name": "Verified", "results": [
 {"name": "A", "folder": "2025_a", "resolved": 50.0, "cost": 3, "per_instance_details":
  {"i-1": {"api_calls": 3, "cost": 0.5, "resolved": true},
   "i-2": {"api_calls": 4, "cost": 2.5, "resolved": false}}}]}
]}`

func TestSWEBoards(t *testing.T) {
	if got := recognised("leaderboards.json", smallBoards[:40], false); got != sweBoards.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, sweBoards, document("l.json", "", smallBoards))
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := strings.Join([]string{
		"i-1 A 0 right", "i-1 B (2025_b) 0 wrong", "i-1 B (2026_b) 0 right",
		"i-2 A 0 wrong", "i-2 B (2025_b) 0 wrong", "i-2 B (2026_b) 0 right"}, "\n")
	if got := cells(r.set); got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if merged, _ := r.set.Duplicates(); merged != 0 || r.in.Rows != 6 {
		t.Errorf("%d rows, %d of them duplicates; want 6 and none", r.in.Rows, merged)
	}
	if got, want := leftOut(r.in), "2 × no per-instance details (l.json:8); 1 × same entry on another board (l.json:11)"; got != want {
		t.Errorf("left out: %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(r.states), "[{A 0.5} {B (2025_b) 0} {B (2026_b) 1}]"; got != want {
		t.Errorf("stated: %s, want %s", got, want)
	}
	if a := r.set.Summary()[0]; a.CostUSD == nil || *a.CostUSD != 3 {
		t.Errorf("cost of A: %v, want 3 US dollars", a.CostUSD)
	}
	if got := len(r.set.Slices()); got != 0 {
		t.Errorf("%d slices; the instances belong to two boards, so there is to be none", got)
	}
}

func TestSWEBoardsSingleBoard(t *testing.T) {
	doc := `{"leaderboards": [{"results": [{"name": "A", "folder": "a", "per_instance_details": {"i": {"resolved": true}}}], "name": "Lite"}, {"name": "Test", "results": [{"name": "A"}]}]}`
	r := readAs(t, sweBoards, document("l.json", "", doc))
	if got, want := labels(r.set, "benchmark"), "i=Lite"; r.err != nil || got != want {
		t.Errorf("benchmark: %s, error %v, want %s", got, r.err, want)
	}
	if len(r.states) != 0 {
		t.Errorf("stated %v, although the board states nothing", r.states)
	}
}

// One system on two benchmarks: the instances differ, and what is stated of it
// is the mean over both.
func TestSWEBoardsTwoBenchmarks(t *testing.T) {
	doc := `{"leaderboards": [
{"name": "Lite", "results": [{"name": "A", "folder": "a", "resolved": 100, "per_instance_details": {"i": {"resolved": true}}}]},
{"name": "Full", "results": [{"name": "A", "folder": "a", "resolved": 0, "per_instance_details": {"j": {"resolved": false}, "k": {"resolved": false}, "l": {"resolved": false}}}]}]}`
	r := readAs(t, sweBoards, document("l.json", "", doc))
	if got, want := fmt.Sprint(r.states), "[{A 0.25}]"; r.err != nil || got != want {
		t.Errorf("stated %s, error %v, want %s", got, r.err, want)
	}
	if r.set.Queries() != 4 || len(r.in.LeftOut) != 0 || len(r.set.Slices()) != 0 {
		t.Errorf("%d queries, left out %v, slices %v", r.set.Queries(), r.in.LeftOut, r.set.Slices())
	}
}

func TestSWEBoardsRefuses(t *testing.T) {
	entry := func(s string) string {
		return "{\"leaderboards\": [{\"name\": \"V\", \"results\": [\n{" + s + "}]}]}"
	}
	details := func(s string) string {
		return entry("\"name\": \"A\", \"per_instance_details\": {\n\"i\": " + s + "}")
	}
	checkRefusals(t, sweBoards, "l.json", "", []refusal{
		{details(`{"resolved": 1}`), `l.json:3: system "A", instance "i": resolved: 1: want true or false`},
		{details(`{"resolved": null}`), "resolved: null: want true or false"},
		{details(`{"cost": 1}`), "resolved: missing"},
		{details(`{"resolved": true, "resolved": false}`), "resolved: given twice"},
		{details(`{"resolved": true, "cost": "1"}`), `cost: "1": want a number`},
		{details(`3`), "want an object"},
		{entry(`"resolved": 101`), `l.json:2: board "V": resolved: 101: want a number from 0 to 100`},
		{entry(`"per_instance_details": []`), "per_instance_details: an array: want an object"},
		{entry(`"per_instance_details": {"i": {"resolved": true}}`), "name: missing"},
		{entry(`"name": 3`), "name: 3: want a string"},
		{`{"leaderboards": [{"name": "V"}]}`, `board "V": results: missing`},
		{`{"leaderboards": [3]}`, "leaderboards: 3: want an object for each board"},
		{`{"leaderboards": 3}`, "leaderboards: 3: want an array"},
		{`{"leaderboards": [{"name": "V", "results": [3]}]}`, "results: 3: want an object"},
		{`{"leaderboards": []`, "the object ends too early"},
	})
}

const smallReport = `{"total_instances": 7, "submitted_instances": 5, "completed_instances": 3, "resolved_instances": 2,
"unresolved_instances": 1, "empty_patch_instances": 1, "error_instances": 1, "unstopped_instances": 0,
"completed_ids": ["a", "b", "c"], "incomplete_ids": ["f", "g"], "empty_patch_ids": ["d"],
"submitted_ids": ["a", "b", "c", "d", "e"], "resolved_ids": ["a", "b"], "unresolved_ids": ["c"], "error_ids": ["e"],
"unstopped_containers": [], "schema_version": 2}`

func TestSWEReport(t *testing.T) {
	if got := recognised("org__model.run.json", smallReport[:100], false); got != sweReport.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, sweReport, document("org__model-4.1.run_7.json", "", smallReport))
	if r.err != nil {
		t.Fatal(r.err)
	}
	const model = "org/model-4.1"
	if got, want := cells(r.set), "a M 0 right\nb M 0 right\nc M 0 wrong\nd M 0 wrong"; got != strings.ReplaceAll(want, "M", model) {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if got, want := reasons(r.set, model), "2 right, 1 wrong, 1 no answer, 3 not run map[empty:1 error:1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(r.warnings) != 0 || len(r.in.LeftOut) != 0 {
		t.Errorf("warnings %v, left out %v; want none", r.warnings, r.in.LeftOut)
	}
}

func TestSWEReportLeftovers(t *testing.T) {
	doc := `{"total_instances": 9, "submitted_ids": ["a", "x"], "resolved_ids": ["a", "a"], "unresolved_ids": [], "resolved_instances": 1, "schema_version": 2}`
	r := readAs(t, sweReport, document("m.r.json", "", doc))
	if got, want := leftOut(r.in), "1 × listed twice (m.r.json); 1 × submitted, and in no list of results (m.r.json)"; r.err != nil || got != want {
		t.Errorf("left out: %s, error %v, want %s", got, r.err, want)
	}
	if len(r.warnings) != 1 || r.warnings[0].Code != "instances-missing" || !strings.Contains(r.warnings[0].Message, "has 9 instances and the report says what became of 1") {
		t.Errorf("warnings: %v", r.warnings)
	}
}

func TestSWEReportRefuses(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(smallReport, old, new, 1) }
	checkRefusals(t, sweReport, "m.r.json", "", []refusal{
		{change(`"schema_version": 2`, `"schema_version": 3`), "m.r.json: schema_version: 3: want 2, the only one"},
		{change(`, "schema_version"`, `, "x"`) + "", "schema_version: missing"},
		{change(`"resolved_instances": 2`, `"resolved_instances": 3`), "resolved_instances is 3 and resolved_ids names 2"},
		{change(`"error_instances": 1`, `"error_instances": 2`), "error_instances is 2 and error_ids names 1"},
		{change(`"empty_patch_instances": 1`, `"empty_patch_instances": 0`), "empty_patch_instances is 0"},
		{change(`"completed_instances": 3`, `"completed_instances": 4`), "completed_instances is 4"},
		{change(`"submitted_instances": 5`, `"submitted_instances": 4`), "submitted_instances is 4"},
		{change(`"error_ids": ["e"]`, `"x_ids": ["e"]`), "error_instances is 1 and error_ids names 0"},
		{change(`"unresolved_ids": ["c"]`, `"unresolved_ids": ["b"]`), `instance "b" stands in resolved_ids and in unresolved_ids`},
		{change(`"error_ids": ["e"]`, `"error_ids": ["d"]`), `instance "d" stands in empty_patch_ids and in error_ids`},
		{change(`["f", "g"]`, `["a", "g"]`), `instance "a" stands in resolved_ids and in incomplete_ids`},
		{change(`"completed_ids": ["a", "b", "c"]`, `"completed_ids": ["a", "b", "e"]`), `instance "e" stands in completed_ids, and neither`},
		{change(`"unresolved_ids": ["c"], `, ``), "unresolved_ids: missing"},
		{change(`"resolved_ids": ["a", "b"]`, `"resolved_ids": ["a", 3]`), "m.r.json:4: resolved_ids: 3: want a string"},
		{change(`"resolved_ids": ["a", "b"]`, `"resolved_ids": {}`), "resolved_ids: an object: want an array"},
		{change(`"resolved_ids": ["a", "b"]`, `"resolved_ids": ["a", "b"], "resolved_ids": []`), "resolved_ids: given twice"},
		{change(`"resolved_instances": 2`, `"resolved_instances": "2"`), `resolved_instances: "2": want a whole number`},
		{smallReport[:200], "m.r.json:2: "},
	})
	for _, name := range []string{"report.json", ".json", "x..json", ".x.json"} {
		if r := readAs(t, sweReport, document(name, "gpt", smallReport)); r.err == nil || !strings.Contains(r.err.Error(), "name it <model>.<run id>.json") {
			t.Errorf("%s: error %v, want one that says how to name the file", name, r.err)
		}
	}
}

const smallDetails = "{\n\"i-1\": {\"resolved\": true, \"cost\": 0.25, \"api_calls\": 3},\n\"i-2\": {\"resolved\": false, \"cost\": 0.5, \"api_calls\": 9}}"

func TestSWEDetails(t *testing.T) {
	if got := recognised("per_instance_details.json", smallDetails[:60], false); got != sweDetails.name {
		t.Errorf("recognised as %q", got)
	}
	for _, dir := range []string{"evaluation/bash-only/2025_x", "evaluation/bash-only/2025_x/results"} {
		r := readAs(t, sweDetails, document("per_instance_details.json", dir, smallDetails))
		if r.err != nil {
			t.Fatal(r.err)
		}
		if got, want := cells(r.set), "i-1 2025_x 0 right\ni-2 2025_x 0 wrong"; got != want {
			t.Errorf("%s: cells:\n%s\nwant\n%s", dir, got, want)
		}
		if cost := r.set.Summary()[0].CostUSD; cost == nil || *cost != 0.75 {
			t.Errorf("cost: %v, want 0.75", cost)
		}
	}
	checkRefusals(t, sweDetails, "d.json", "m", []refusal{
		{"{\n\"i\": {\"resolved\": 0, \"cost\": 1}}", `d.json:2: system "m", instance "i": resolved: 0: want true or false`},
		{`{"i": {"resolved": true, "cost": 1}`, "the object ends too early"},
	})
	checkRefusals(t, sweDetails, "d.json", "", []refusal{{smallDetails, "the system is named by the folder only"}})
}

// The lists of a submission do not say what was run: nothing may be guessed.
func TestSWELists(t *testing.T) {
	for _, doc := range []string{
		`{"no_generation": [], "no_logs": ["b"], "resolved": ["a"]}`,
		`{"resolved": ["a"], "no_logs": [], "no_generation": ["c"]}`,
	} {
		if got := recognised("results.json", doc, true); got != sweLists.name {
			t.Errorf("%s: recognised as %q", doc, got)
		}
		r := readAs(t, sweLists, document("results.json", "x", doc))
		if r.err == nil || !strings.Contains(r.err.Error(), "give the per_instance_details.json") || r.in.Rows != 0 {
			t.Errorf("%s: %d rows, error %v", doc, r.in.Rows, r.err)
		}
	}
	for _, doc := range []string{`{"resolved": []}`, `{"results": []}`, smallReport, smallDetails, smallBoards} {
		if got := recognised("x.json", doc, true); got == sweLists.name {
			t.Errorf("%.40s: recognised as %s", doc, got)
		}
	}
}

func FuzzSWEBench(f *testing.F) {
	fuzzReader(f, "m.r.json", "folder", []*format{sweBoards, sweReport, sweDetails, sweLists}, smallBoards, smallReport, smallDetails)
}
