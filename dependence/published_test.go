package dependence_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// published reads a published data set, which is not part of the project:
// whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string, leaveOut ...string) (*outcome.Matrix, *outcome.Detail) {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	keep := func(model string) bool { return !slices.Contains(leaveOut, model) }
	r, err := ingest.Read(context.Background(), []string{full}, ingest.Options{Keep: keep, KeepAnswers: true})
	if err != nil {
		t.Fatal(err)
	}
	o := outcome.MatrixOptions{Keep: keep}
	return r.Set.Matrix(o), r.Set.Detail(o)
}

func TestPublishedSources(t *testing.T) {
	for _, c := range []struct {
		path, leaveOut   string
		best             string
		resolvable, from int64 // queries; unusable, at least
		relatives, any   int64 // only relatives are right; some are
	}{
		{"zeroeval/result_dirs/crux", "", "o1-mini-2024-09-12", 36, 17, 0, 0},
		{"zeroeval/result_dirs/math-l5", "Meta-Llama-3.1-70B-Instruct@hyperbolic", "o1-mini-2024-09-12", 43, 19, 0, 0},
		{"swebench-bash-only/leaderboards.json", "Claude 3.7 Sonnet (20250219)", "Claude 4.5 Opus medium (20251101)", 64, 0, 0, 0},
		{"livecodebench-generation/performances_generation.json", "", "O1-2024-12-17 (N=1) (High)", 46, 0, 13, 40},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			m, d := published(t, c.path, c.leaveOut)
			r, err := dependence.Sources(m, d, dependence.SourceOptions{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d of %d: unusable %d %+v %+v, relatives %d, fragile %d, rest %d", r.Resolvable, r.Queries,
				r.Unusable, r.Reasons, r.Patterns, r.Relatives, r.Fragile, r.Rest)
			if r.Relatives != c.relatives || r.AnyRelative != c.any {
				t.Errorf("relatives alone on %d, any on %d; want %+v", r.Relatives, r.AnyRelative, c)
			}
			if r.Best != c.best || r.Resolvable != c.resolvable || r.Unusable < c.from {
				t.Errorf("best %s, %d resolvable, %d unusable; want %+v", r.Best, r.Resolvable, r.Unusable, c)
			}
		})
	}
}

// TestPublishedLuck has the 24 systems of SWE-bench whose details agree with what they state: one weak model
// rescues the best one more often than difficulty alone predicts (p = .001 over 40,000 draws, .02 with 23 models priced
// in), no other does, and the next eight together do so less often.
func TestPublishedLuck(t *testing.T) {
	m, _ := published(t, "swebench-bash-only/leaderboards.json", "Claude 3.7 Sonnet (20250219)")
	r, err := dependence.Luck(t.Context(), m, dependence.LuckOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	first := r.Rescues[0]
	if len(m.Models()) != 24 || first.Model != "Gemini 3 Pro Preview (2025-11-18)" || first.Observed != 28 ||
		math.Abs(first.Expected-34.3) > 0.5 || math.Abs(first.SD-3.1) > 0.3 {
		t.Errorf("%d models, %+v; want 28 rescues, expected 34.3 ± 3.1", len(m.Models()), first)
	}
	if n := r.Next; n.Observed != 156 || math.Abs(n.Expected-192) > 2 || math.Abs(n.SD-14) > 1.5 {
		t.Errorf("%+v; want 156, expected 192 ± 14", n)
	}
	if r.Reading != dependence.More {
		t.Errorf("reading %q", r.Reading)
	}
	for _, x := range r.Rescues {
		if x.More() != (x.Model == "Llama 4 Maverick Instruct") {
			t.Errorf("%+v", x)
		}
	}
}
