package policy

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestPatterns: policies on 10¹¹ queries that come as patterns with labels are
// those of a sample: accuracies are near those of all of them, the router by label
// finds what it could, and order changes nothing.
func TestPatterns(t *testing.T) {
	models := []string{"a", "b", "c"}
	// a is best on law and b on art, c is behind everywhere.
	var patterns []outcome.Pattern
	var topics []string
	for s := range 8 {
		for _, topic := range []string{"art", "law"} {
			chance := 1.0
			for i := range models {
				p := []float64{0.8, 0.5, 0.6}[i]
				if topic == "art" {
					p = []float64{0.5, 0.8, 0.6}[i]
				}
				if s>>i&1 == 0 {
					p = 1 - p
				}
				chance *= p
			}
			patterns = append(patterns, outcome.Pattern{Key: string([]byte{byte(s)}), Weight: int64(math.Round(1e9 * chance))})
			topics = append(topics, topic)
		}
	}
	measure := func() *Result {
		r, err := Measure(context.Background(), Data{Attempts: []*outcome.Matrix{outcome.FromPatterns(models, patterns).WithLabels("topic", topics)}}, Options{Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := measure()
	if r.Queries != mostQueries || r.SingleBest.PerQuery != nil || math.Abs(r.SingleBest.HeldOut-0.65) > 0.02 || math.Abs(r.Oracle.Accuracy-0.96) > 0.01 {
		t.Errorf("%d queries, single best %+v, oracle %+v", r.Queries, r.SingleBest, r.Oracle)
	}
	routed, seen := 0.0, ""
	for _, p := range r.Policies {
		if seen += p.Name + ", "; p.Kind == Router {
			routed = p.Accuracy
		}
		if p.PerQuery != nil || p.Believed != nil {
			t.Errorf("%s has values by column", p.Name)
		}
	}
	if math.Abs(routed-0.8) > 0.015 {
		t.Errorf("the router by topic is right on %v of queries; policies: %s", routed, seen)
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(patterns), func(i, j int) {
		patterns[i], patterns[j], topics[i], topics[j] = patterns[j], patterns[i], topics[j], topics[i]
	})
	a, _ := json.Marshal(r)
	b, err := json.Marshal(measure())
	if err != nil || string(a) != string(b) {
		t.Errorf("another order: %s\nwant %s", b, a)
	}
}
