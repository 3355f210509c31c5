package study_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/simulate"
)

// TestHuge: from thousands of queries to 10¹¹ of the same patterns limits close in
// on what is measured, on the right side of it, and nothing overflows.
func TestHuge(t *testing.T) {
	drawn, err := simulate.Matrix(simulate.Options{Law: simulate.SingleFactor, Models: 5, Queries: 2000, Lowest: 0.5, Highest: 0.8, Rho: 0.4, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	prices := map[string]float64{}
	for i, name := range drawn.Models() {
		prices[name] = 0.001 * float64(1+i*i)
	}
	last := math.Inf(1)
	for _, times := range []int64{1, 500, 500_000, 50_000_000} {
		patterns := drawn.Patterns(nil)
		for i := range patterns {
			patterns[i].Weight *= times
		}
		m := outcome.FromPatterns(drawn.Models(), patterns)
		c, err := certify.Certify(certify.Options{Overhead: 0.01}, m)
		if err != nil {
			t.Fatal(err)
		}
		low, point, high := c.Gain.Lower, *c.Gain.Point, c.Gain.Upper
		if !(low <= point && point <= high) || high-low >= last || c.Queries != 2000*times {
			t.Errorf("%d queries: gain %v in %v to %v, a width of %v before", c.Queries, point, low, high, last)
		}
		last = high - low
		t.Logf("%d queries: gain %v − %.2g, + %.2g", c.Queries, point, point-low, high-point)
		money, err := budget.Measure(m, nil, budget.Options{Prices: prices})
		if err != nil {
			t.Fatal(err)
		}
		policies, err := policy.Measure(t.Context(), policy.Data{Attempts: []*outcome.Matrix{m}}, policy.Options{})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := certify.MakePlan(certify.PlanOptions{Overhead: 0.01}, m)
		for what, x := range map[string]any{"certificate": c, "money": money, "policies": policies, "plan": plan} {
			if _, err := json.Marshal(x); err != nil {
				t.Errorf("%d queries: %s: %v", c.Queries, what, err)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
}
