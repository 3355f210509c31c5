package math_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/math"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
)

// regraded counts the responses of one model by the recorded verdict and ours.
type regraded struct {
	bothRight, bothNot int
	gained             int // recorded as wrong or no answer, right by ours
	lost               int // recorded as right, not right by ours
	cannotTell         int
}

// TestRegradeZeroEval grades the published responses of eight models to 721
// problems of MATH level 5 anew. docs/findings.md explains every difference from
// the recorded verdicts, which come from the first number in the answer.
func TestRegradeZeroEval(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "zeroeval", "result_dirs", "math-l5")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the published data set %s is not on this machine", dir)
	}
	g := math.New()
	got := map[string]regraded{}
	_, err := ingest.Stream(context.Background(), []string{dir}, ingest.Options{Want: outcome.WantAnswer | outcome.WantResponse}, func(r *outcome.Record) error {
		v := g.Grade(context.Background(), &grade.Query{Reference: r.Reference}, r.Response)
		n := got[r.Model]
		switch was := r.Verdict == outcome.Right; {
		case v.Verdict == grade.CannotTell:
			n.cannotTell++
		case was && v.Verdict == grade.Right:
			n.bothRight++
		case !was && v.Verdict != grade.Right:
			n.bothNot++
		case was:
			n.lost++
		default:
			n.gained++
		}
		got[r.Model] = n
		if was := r.Verdict == outcome.Right; was != (v.Verdict == grade.Right) || v.Verdict == grade.CannotTell {
			t.Logf("%s %s: recorded %v, now %v by %s: reference %q, recorded answer %q, ours %q; ends %q", r.Model, r.Query, r.Verdict, v.Verdict, v.Rule, r.Reference, r.Answer, v.Answer, r.Response[max(0, len(r.Response)-160):])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]regraded{
		"Llama-3.1-405B-Inst@sambanova":          {356, 355, 7, 3, 0},
		"Meta-Llama-3.1-70B-Instruct@hyperbolic": {152, 253, 20, 0, 0},
		"claude-3-5-sonnet-20241022":             {427, 293, 0, 1, 0},
		"gemini-1.5-pro-exp-0827":                {490, 230, 0, 1, 0},
		"gpt-4o-2024-08-06":                      {398, 322, 0, 1, 0},
		"grok-2-1212":                            {438, 282, 0, 1, 0},
		"o1-mini-2024-09-12":                     {641, 76, 1, 3, 0},
		"o1-preview-2024-09-12":                  {609, 111, 1, 0, 0},
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
