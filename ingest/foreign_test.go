package ingest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// The readers through the front door: each file is known by its content, and
// the model is found in the name of the file or of its folder.
func TestReadKnowsTheFiles(t *testing.T) {
	files := map[string]string{
		"runs/matrix_x_final.json":                     smallMatrix,
		"mmlu/gpt-4o/law_result.json":                  smallMMLU,
		"swe/org__m-4.1.run7.json":                     smallReport,
		"swe/boards.json":                              smallBoards,
		"swe/2025_x/per_instance_details.json":         smallDetails,
		"lcb/performances_generation.json":             smallBoard,
		"lcb/DeepSeek-V3/codegeneration_eval_all.json": smallEval,
	}
	dir := write(t, files)
	r, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"runs/matrix_x_final.json":                     coFailureMatrix.name,
		"mmlu/gpt-4o/law_result.json":                  mmluPro.name,
		"swe/org__m-4.1.run7.json":                     sweReport.name,
		"swe/boards.json":                              sweBoards.name,
		"swe/2025_x/per_instance_details.json":         sweDetails.name,
		"lcb/performances_generation.json":             lcbBoard.name,
		"lcb/DeepSeek-V3/codegeneration_eval_all.json": lcbEval.name,
	}
	for _, in := range r.Inputs {
		name, _ := filepath.Rel(dir, in.Path)
		if name = filepath.ToSlash(name); in.Format != want[name] || in.Status != StatusRead {
			t.Errorf("%s: format %q, %s %s; want %q", name, in.Format, in.Status, in.Why, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not read: %v", want)
	}
	for _, model := range []string{"gpt-4o", "org/m-4.1", "2025_x", "DeepSeek-V3", "M"} {
		if reasons(r.Set, model) == "no such model" {
			t.Errorf("model %s is not in the set", model)
		}
	}
}

// Errors say the file once, the place and what to do.
func TestReadRefusesTheFiles(t *testing.T) {
	for name, c := range map[string]struct{ doc, want string }{
		"lists.json":       {`{"no_generation": [], "no_logs": [], "resolved": ["a"]}`, "DIR/lists.json: it lists the instances that were resolved"},
		"boards.json":      {strings.Replace(smallBoards, `"2026_b", "resolved": 100`, `"2026_b", "resolved": 0`, 1), "DIR/boards.json: model B (2026_b) states 0.0 % and its rows give 100.0 % (2 of 2)"},
		"report.json":      {smallReport, "DIR/report.json: the model is named by the file's name only"},
		"m.r.json":         {strings.Replace(smallReport, `"schema_version": 2`, `"schema_version": 9`, 1), "DIR/m.r.json: schema_version: 9"},
		"matrix.json":      {strings.Replace(smallMatrix, `"correct": 1, "votes"`, `"correct": 3, "votes"`, 1), `DIR/matrix.json:5: query "gpqaopen:1": model "b": correct: 3`},
		"law.json":         {strings.Replace(smallMMLU, `"pred": "C"`, `"pred": 3`, 1), `DIR/law.json:3: question "2": pred: 3: want a string`},
		"x_eval_all.json":  {strings.Replace(smallEval, `"pass@1": 0.5`, `"pass@1": 0.75`, 1), `DIR/x_eval_all.json:1: problem "abc": pass@1 is 0.75`},
		"performance.json": {strings.Replace(smallBoard, `"pass@1": 50.0`, `"pass@1": 150`, 1), `DIR/performance.json:4: problem "1873": pass@1: 150`},
	} {
		dir := write(t, map[string]string{name: c.doc})
		_, err := Read(context.Background(), []string{filepath.Join(dir, name)}, Options{})
		want := strings.ReplaceAll(c.want, "DIR", dir)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error\n %v\nwant\n %s", name, err, want)
		}
	}
}
