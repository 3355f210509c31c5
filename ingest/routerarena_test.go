package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

var smallArena = strings.Join([]string{
	arenaRow("AIME_1", "m", `"success": true, "error": null, "evaluation_result": {"score": 1.0, "ground_truth": "7", "metric": "math_metric", "inference_cost": 0.5}`),
	arenaRow("WMT19-de-en_4", "m", `"success": true, "evaluation_result": {"score": 0.6, "inference_cost": 0.25}`),
	arenaRow("MMLUPro_computer science_4", "m", `"success": false, "error": "timeout", "evaluation_result": {"score": 0.0}`),
	arenaRow("NarrativeQA_1", "m", `"success": true, "evaluation_result": {"score": -0.03}`),
	arenaRow("GSM8K_3", "m", `"success": true, "evaluation_result": {"score": null}`),
	arenaRow("GSM8K_4", "m", `"success": true`),
}, "\n")

func arenaRow(id, model, rest string) string {
	return fmt.Sprintf(`{"global_index": %q, "question": "q", "llm_selected": %q, "generated_answer": "a", "token_usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}, %s}`, id, model, rest)
}

func TestRouterArena(t *testing.T) {
	if got := recognised("m.jsonl", smallArena, true); got != routerArena.name {
		t.Errorf("recognised as %q", got)
	}
	r := readAs(t, routerArena, document("m.jsonl", "", smallArena))
	if r.err != nil {
		t.Fatal(r.err)
	}
	if got, want := reasons(r.set, "m"), "1 right, 2 wrong, 0 no answer, 3 not run map[error:1 unscored:2]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := cells(r.set), "routerarena/AIME_1 m 0 right\nrouterarena/NarrativeQA_1 m 0 wrong\nrouterarena/WMT19-de-en_4 m 0 0.6"; got != want {
		t.Errorf("cells:\n%s\nwant\n%s", got, want)
	}
	if len(r.warnings) != 1 || r.warnings[0].Message != `m.jsonl: 1 score below 0, the first of query "routerarena/NarrativeQA_1"; counted as wrong, without a score` {
		t.Errorf("warnings %v", r.warnings)
	}
	if got := labels(r.set, "task"); !strings.Contains(got, "_4=MMLUPro_computer science") {
		t.Errorf("tasks: %s", got)
	}
	if s := r.set.Summary()[0]; *s.CostUSD != 0.75 {
		t.Errorf("cost %v, want 0.75", *s.CostUSD)
	}
}

func TestRouterArenaRefuses(t *testing.T) {
	row := arenaRow("AIME_1", "m", `"success": true, "evaluation_result": {"score": 1.0}`)
	change := func(old, new string) string { return "\n" + strings.Replace(row, old, new, 1) }
	checkRefusals(t, routerArena, "m.jsonl", "", []refusal{
		{change(`"score": 1.0`, `"score": 1.5`), "m.jsonl:2: evaluation_result.score: 1.5: want a number from 0 to 1"},
		{change(`"score": 1.0`, `"score": NaN`), "m.jsonl:2: "},
		{change(`"AIME_1"`, `12`), "global_index: 12: want a string"},
		{change(`"m"`, `null`), "llm_selected: null: want a string"},
		{change(`"success": true`, `"success": 1`), "success: 1: want true or false"},
		{change(`"input_tokens": 3`, `"input_tokens": -3`), "token_usage.input_tokens: -3"},
		{row[:len(row)/2], "m.jsonl:1: "},
	})
}

func TestPublishedRouterArena(t *testing.T) {
	dir := published(t, "routerarena/cached_results")
	for threshold, want := range map[float64]counted{
		1:   {2, 809, 246, 523, "gemini-2.0-flash-001"},
		0.5: {2, 809, 209, 559, "gemini-2.0-flash-001"},
	} {
		r, err := Read(context.Background(), []string{dir}, Options{ScoreThreshold: threshold})
		if err != nil {
			t.Fatal(err)
		}
		c := r.Set.Matrix(outcome.MatrixOptions{}).Count(nil)
		want.single = want.queries - want.allWrong - c.Rescued(c.Best())
		checkKnown(t, r.Set.Matrix(outcome.MatrixOptions{}), nil, want)
		if gain := float64(c.Rescued(c.Best())) / 809; threshold == 1 && (gain < 0.0494435 || gain > 0.0494445) || threshold < 1 && (gain < 0.0506795 || gain > 0.0506805) {
			t.Errorf("threshold %v: gain %v", threshold, gain)
		}
		for _, s := range r.Set.Summary() {
			if cost := map[string]string{"claude-3-haiku-20240307": "0.14238", "gemini-2.0-flash-001": "0.03842"}[s.Model]; fmt.Sprintf("%.5f", *s.CostUSD) != cost {
				t.Errorf("%s cost %v, want %s", s.Model, *s.CostUSD, cost)
			}
		}
	}
}

func FuzzRouterArena(f *testing.F) {
	fuzzReader(f, "m.jsonl", "", []*format{routerArena}, smallArena)
}
