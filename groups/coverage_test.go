//go:build coverage

// Coverage by simulation of the interval of several models against one asked
// again, over pools drawn from laws in which the truth is known.
//
//	go test -tags coverage -run Coverage ./groups
package groups

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

func TestCoverageAgain(t *testing.T) {
	const sets = 200
	for _, w := range []struct {
		name   string
		models int
		chance func(r *rand.Rand, model int, hard float64) float64
	}{
		{"independent", 4, independent},
		{"one factor", 4, func(r *rand.Rand, model int, hard float64) float64 {
			return 1 / (1 + math.Exp(-1-1.5*hard-r.NormFloat64()))
		}},
		{"unequal", 4, func(r *rand.Rand, model int, hard float64) float64 {
			return 1 / (1 + math.Exp(-1.5+0.1*float64(model)-1.5*hard-r.NormFloat64()))
		}},
	} {
		truth, _ := asked(t, 9, w.models, 10_000, 6, w.chance, false)
		whole, err := Again(context.Background(), truth, nil, AgainOptions{Most: 3})
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Sizes[1].Diff
		held := 0
		for s := range sets {
			m, _ := asked(t, 1000+uint64(s), w.models, 200, 6, w.chance, false)
			r, err := Again(context.Background(), m, nil, AgainOptions{Most: 3, Seed: uint64(s)})
			if err != nil {
				t.Fatal(err)
			}
			if x := r.Sizes[1].Interval; x[0] <= want && want <= x[1] {
				held++
			}
		}
		cover := float64(held) / sets
		t.Logf("%s: true difference %.4f, covered %.3f", w.name, want, cover)
		// A bootstrap is approximate: it is held to within three points.
		if floor := 0.92 - 3*math.Sqrt(0.95*0.05/sets); cover < floor {
			t.Errorf("%s: covered %.3f, want %.3f", w.name, cover, floor)
		}
	}
}
