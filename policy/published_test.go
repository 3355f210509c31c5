package policy

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// published reads a published data set, which is not part of the project: whoever
// has the sets lays them beside the checkout.
func published(t *testing.T, path string, exclude string) Data {
	t.Helper()
	full := filepath.Join("..", "..", "shared", "data", path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("the published data set %s is not on this machine", path)
	}
	keep := func(model string) bool { return exclude == "" || !strings.Contains(model, exclude) }
	r, err := ingest.Read(context.Background(), []string{full}, ingest.Options{Keep: keep, KeepAnswers: true, KeepCosts: true})
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	err = r.Records(context.Background(), outcome.WantPrompt, func(rec *outcome.Record) error {
		if have := text[rec.Query]; rec.Prompt != "" && (have == "" || len(rec.Prompt) < len(have) || len(rec.Prompt) == len(have) && rec.Prompt < have) {
			text[rec.Query] = rec.Prompt
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o := outcome.MatrixOptions{Keep: keep}
	return Data{Attempts: []*outcome.Matrix{r.Set.Matrix(o)}, Details: []*outcome.Detail{r.Set.Detail(o)},
		Value: audit.Value, Text: func(query string) string { return text[query] }}
}

// The figures of docs/findings.md, one division into folds a set so that the test
// is quick: they may lie half an interval from those of several.
func TestPublishedGains(t *testing.T) {
	for _, c := range []struct {
		path, exclude string
		queries       int64
		single        float64 // held out, as in the findings
		votes         bool    // votes only
		gains         map[string]float64
	}{
		{"routellm/gsm8k", "", 1319, 0.857, false, map[string]float64{"nearest texts": 0, "regression on texts": 0}},
		{"zeroeval/result_dirs/crux", "", 800, 0.937, true, map[string]float64{"plurality of 3": -0.019, "plurality of all 7": -0.039}},
		{"zeroeval/result_dirs/math-l5", "hyperbolic", 721, 0.893, true, nil},
		{"routerarena/cached_results", "", 809, 0.646, false, map[string]float64{"nearest texts": 0, "regression on texts": 0}},
		{"swebench-bash-only/leaderboards.json", "Claude 3.7 Sonnet", 500, 0.731, true, map[string]float64{"majority of 3": -0.003}},
	} {
		t.Run(c.path, func(t *testing.T) {
			d := published(t, c.path, c.exclude)
			if c.votes {
				d.Text = nil // routers take most of the time
			}
			r := measure(t, d, Options{Repeats: 1})
			if r.Queries != c.queries || math.Abs(r.SingleBest.HeldOut-c.single) > 0.02 {
				t.Errorf("%d queries, %v held out", r.Queries, r.SingleBest.HeldOut)
			}
			for name, want := range c.gains {
				p := find(t, r, name)
				if half := (p.Gain.Upper - p.Gain.Lower) / 2; math.Abs(p.Gain.Point-want) > half/2+0.003 {
					t.Errorf("%s: a gain of %v ± %v, want %v", name, p.Gain.Point, half, want)
				}
			}
		})
	}
}
