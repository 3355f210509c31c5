package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// published gives the path of a published data set, which is not part of the
// project: whoever has the sets lays them beside the checkout.
func published(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	return full
}

// counted is what a data set is known to hold.
type counted struct {
	models                    int
	queries, allWrong, single int64
	best                      string
}

func checkKnown(t *testing.T, m *outcome.Matrix, mask outcome.Mask, want counted) {
	t.Helper()
	c := m.Count(mask)
	best := c.Best()
	got := counted{len(m.Models()), c.Queries, c.AllWrong, c.Right[best], m.Models()[best]}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if rescued := c.Rescued(best); rescued != want.queries-want.allWrong-want.single {
		t.Errorf("%d queries are rescued, want %d", rescued, want.queries-want.allWrong-want.single)
	}
}

func without(names ...string) func(string) bool {
	return func(model string) bool { return !slices.Contains(names, model) }
}

// The numbers were counted from the same files by another program.
func TestPublishedMMLUPro(t *testing.T) {
	t.Parallel()
	dir := published(t, "mmlu-pro/eval_results")
	r, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const gemini = "gemini-1.5-flash-002"
	all := r.Set.Matrix(outcome.MatrixOptions{})
	checkKnown(t, all, nil, counted{10, 10334, 1131, 6795, gemini})
	checkKnown(t, r.Set.Matrix(outcome.MatrixOptions{Keep: without("DeepSeek-Coder-V2")}), nil, counted{9, 12012, 1565, 7699, gemini})

	conflicts := r.Set.ReferenceConflicts()
	if len(conflicts) != 33 {
		t.Errorf("%d questions have two references, want 33", len(conflicts))
	}
	mask := outcome.NewMask(all.Columns())
	for c := range all.Columns() {
		if !slices.Contains(conflicts, all.ID(c)) {
			mask.Set(c)
		}
	}
	checkKnown(t, all, mask, counted{10, 10302, 1128, 6772, gemini})

	rows := map[string][2]int64{ // graded, right
		"DeepSeek-Coder-V2": {10351, 6586}, "Meta-Llama-3_1-70B-Instruct": {12032, 7559}, "Meta-Llama-3_1-8B-Instruct": {12032, 5317},
		"Mixtral-8x7B-Instruct-v0.1": {12032, 5040}, "Phi-3-mini-4k-instruct": {12032, 4991}, "Qwen1.5-72B-Chat": {12032, 5673},
		"Yi-6b-Chat": {12032, 3225}, "c4ai-command-r-v01": {12032, 4403}, gemini: {12012, 7699}, "mathstral-7B": {12032, 5053},
	}
	for _, m := range r.Set.Summary() {
		if want := rows[m.Model]; m.Right+m.Wrong+m.NoAnswer != want[0] || m.Right != want[1] {
			t.Errorf("%s: %d rows, %d right; want %v", m.Model, m.Right+m.Wrong+m.NoAnswer, m.Right, want)
		}
	}
	stray := int64(0)
	for _, in := range r.Inputs {
		for _, l := range in.LeftOut {
			if l.Why == "not an object" {
				stray += l.Rows
			}
		}
	}
	if stray != 43 {
		t.Errorf("%d stray elements were left out, want 43", stray)
	}
}

func TestPublishedSWEBench(t *testing.T) {
	t.Parallel()
	file := published(t, "swebench-bash-only/leaderboards.json")
	const broken, best = "Claude 3.7 Sonnet (20250219)", "Claude 4.5 Opus medium (20251101)"
	_, err := Read(context.Background(), []string{file}, Options{})
	if err == nil {
		t.Fatal("a system that states 52.8 % and whose rows give 10.2 % was read without a word")
	}
	for _, want := range []string{broken, "52.8", "10.2"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "Claude 4 Sonnet") || strings.Contains(err.Error(), "Maverick") {
		t.Errorf("error %q names a system whose rate is only rounded", err)
	}
	keep := without(broken)
	r, err := Read(context.Background(), []string{file}, Options{Keep: keep})
	if err != nil {
		t.Fatalf("without the broken system: %v", err)
	}
	checkKnown(t, r.Set.Matrix(outcome.MatrixOptions{Keep: keep}), nil, counted{24, 500, 64, 372, best})

	r, err = Read(context.Background(), []string{file}, Options{AllowMismatch: true})
	if err != nil {
		t.Fatal(err)
	}
	checkKnown(t, r.Set.Matrix(outcome.MatrixOptions{}), nil, counted{25, 500, 64, 372, best})
	if r.Inputs[0].Rows != 25*500 {
		t.Errorf("%d rows, want 12500: the same entries stand on two boards", r.Inputs[0].Rows)
	}
	if merged, _ := r.Set.Duplicates(); merged != 0 {
		t.Errorf("%d records were merged as duplicates, want none", merged)
	}
	if !slices.ContainsFunc(r.Warnings, func(w Warning) bool { return strings.Contains(w.Message, broken) }) {
		t.Errorf("the broken system was let in without a warning: %v", r.Warnings)
	}
	for _, m := range r.Set.Summary() { // the board states 360.6224985 US dollars
		if m.Model == best && (m.CostUSD == nil || *m.CostUSD < 360.6224 || *m.CostUSD > 360.6226) {
			t.Errorf("cost of %s: %v, want 360.6225", best, *m.CostUSD)
		}
	}
}

func TestPublishedLiveCodeBench(t *testing.T) {
	file := published(t, "livecodebench-generation/performances_generation.json")
	const best = "O1-2024-12-17 (N=1) (High)"
	for threshold, want := range map[float64]counted{
		1:    {19, 880, 102, 732, best},
		0.5:  {19, 880, 102, 732, best},
		1e-9: {19, 880, 97, 732, best}, // any sample right
	} {
		r, err := Read(context.Background(), []string{file}, Options{ScoreThreshold: threshold})
		if err != nil {
			t.Fatal(err)
		}
		m := r.Set.Matrix(outcome.MatrixOptions{})
		checkKnown(t, m, nil, want)
		if got := m.SliceKeys(); !slices.Equal(got, []string{"difficulty", "month", "platform"}) {
			t.Errorf("slices %v", got)
		}
		if scores := m.Scores(slices.Index(m.Models(), best)); scores == nil {
			t.Error("the scores between 0 and 1 are lost")
		}
	}
}
