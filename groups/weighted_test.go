package groups

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func asJSON(t *testing.T, x any) string {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shuffled gives the patterns of a matrix as weighted columns in another order.
func shuffled(m *outcome.Matrix) *outcome.Matrix {
	patterns := m.Patterns(nil)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(patterns), func(i, j int) { patterns[i], patterns[j] = patterns[j], patterns[i] })
	return outcome.FromPatterns(m.Models(), patterns)
}

// TestStudyWeighted: queries and their patterns give the same study, to the last bit.
func TestStudyWeighted(t *testing.T) {
	attempts, _ := asked(t, 4, 7, 600, 1, independent, false)
	for _, o := range []Options{{Seed: 3}, {K: 4, Seed: 9}} {
		a, err := Study(context.Background(), attempts[0], nil, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Study(context.Background(), shuffled(attempts[0]), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := asJSON(t, a), asJSON(t, b); x != y || b.Verdicts.HeldOut == nil {
			t.Errorf("of queries %s\nof patterns %s", x, y)
		}
	}
}

// TestStudyHuge: at 10¹¹ queries the picked best member is the best, and its luck nil.
func TestStudyHuge(t *testing.T) {
	attempts, _ := asked(t, 4, 7, 600, 1, independent, false)
	patterns := attempts[0].Patterns(nil)
	for i := range patterns {
		patterns[i].Weight *= 166_666_667
	}
	small, err := Study(context.Background(), attempts[0], nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	huge, err := Study(context.Background(), outcome.FromPatterns(attempts[0].Models(), patterns), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := *huge.Verdicts.Curse; c < 0 || c > 1e-4 || *small.Verdicts.Curse < 10*c {
		t.Errorf("the curse is %v of many and %v of few queries", c, *small.Verdicts.Curse)
	}
	if a, b := small.Verdicts.Gain.Point, huge.Verdicts.Gain.Point; a-b > 1e-12 || b-a > 1e-12 {
		t.Errorf("gain %v and %v", a, b)
	}
	asJSON(t, huge)
}

// TestAgainWeighted: the same for votes over attempts, whose patterns go over all
// of them; a source that counted each attempt by itself is refused.
func TestAgainWeighted(t *testing.T) {
	const models, queries, tries = 4, 300, 6
	attempts, _ := asked(t, 5, models, queries, tries, independent, false)
	var all [][]uint64
	var names []string
	for s, m := range attempts {
		for i, name := range m.Models() {
			all, names = append(all, m.RightPlane(i)), append(names, name+string(rune('0'+s)))
		}
	}
	joint, err := outcome.NewMatrix(names, queries, all, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	weighted := shuffled(joint)
	var counted []*outcome.Matrix
	for s := range tries {
		var of []int
		for i := range models {
			of = append(of, slices.Index(names, attempts[0].Models()[i]+string(rune('0'+s))))
		}
		part := weighted.Select(of)
		planes := make([][]uint64, models)
		weights := make([]uint32, part.Columns())
		for i := range planes {
			planes[i] = part.RightPlane(i)
		}
		for c := range weights {
			weights[c] = uint32(part.Weight(c))
		}
		m, err := outcome.NewMatrix(attempts[0].Models(), part.Columns(), planes, nil, weights)
		if err != nil {
			t.Fatal(err)
		}
		counted = append(counted, m)
	}
	a, err := Again(context.Background(), attempts, nil, AgainOptions{Most: 3, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Again(context.Background(), counted, nil, AgainOptions{Most: 3, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if x, y := asJSON(t, a), asJSON(t, b); x != y {
		t.Errorf("of queries %s\nof patterns %s", x, y)
	}
	var apart []*outcome.Matrix
	for _, m := range attempts {
		apart = append(apart, shuffled(m))
	}
	if _, err := Again(context.Background(), apart, nil, AgainOptions{}); err == nil {
		t.Error("attempts that were counted apart were compared")
	}
}
