//go:build coverage

package policy

import (
	"math"
	"testing"
)

// The votes of docs/findings.md on MMLU-Pro, whose files take their time to read.
func TestCoveragePublishedVotes(t *testing.T) {
	d := published(t, "mmlu-pro/eval_results", "")
	d.Text = nil
	r := measure(t, d, Options{Repeats: 1})
	if r.Queries != 10_334 || math.Abs(r.SingleBest.HeldOut-0.6575) > 0.001 {
		t.Errorf("%d queries, %v held out", r.Queries, r.SingleBest.HeldOut)
	}
	for name, want := range map[string]float64{"plurality of 3": 0.032, "plurality of 5": 0.022, "plurality of all 10": -0.013, "weighted vote of 10": 0.028} {
		if p := find(t, r, name); math.Abs(p.Gain.Point-want) > 0.003 {
			t.Errorf("%s: a gain of %v, want %v", name, p.Gain.Point, want)
		}
	}
}
