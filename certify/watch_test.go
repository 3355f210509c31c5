package certify

import (
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestWatchIsTheCertificate: a look says what the certificate of the same cells
// says by the method anytime over any completion.
func TestWatchIsTheCertificate(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 1 + r.IntN(200)
		right, seen := [][]uint64{outcome.NewMask(n), outcome.NewMask(n)}, [][]uint64{outcome.NewMask(n), outcome.NewMask(n)}
		w := Watch{Queries: int64(n)}
		for q := range n {
			var is, known [2]bool
			for i, p := range []float64{0.8, 0.6} {
				if known[i] = r.Float64() < 0.9; known[i] {
					outcome.Mask(seen[i]).Set(q)
					if is[i] = r.Float64() < p; is[i] {
						outcome.Mask(right[i]).Set(q)
					}
				}
			}
			if known[0] && !is[0] && is[1] {
				w.Least++
			}
			if (!known[0] || !is[0]) && (!known[1] || is[1]) {
				w.Most++
			}
		}
		m, err := outcome.NewMatrix([]string{"in use", "other"}, n, right, seen, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Certify(Options{Method: Anytime, Incumbent: "in use", Missing: Bounds, Overhead: 0.1}, m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Look(0.1, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got.Lower != c.Gain.Lower || got.Upper != c.Gain.Upper || got.Verdict != c.Verdict || got.Confidence != c.Gain.Confidence {
			t.Errorf("seed %d: %+v gives %+v, the certificate %+v, %s", seed, w, got, c.Gain, c.Verdict)
		}
	}
}

func TestWatchEdges(t *testing.T) {
	if got, err := (Watch{}).Look(0.02, 0); err != nil || got.Lower != 0 || got.Upper != 1 || got.Verdict != Undecided {
		t.Errorf("nothing seen: %+v, %v; want nothing known", got, err)
	}
	for _, w := range []Watch{{-1, 0, 0}, {3, 2, 1}, {3, 1, 4}} {
		if got, err := w.Look(0.02, 0); err == nil {
			t.Errorf("%+v: %+v, want an error", w, got)
		}
	}
	if _, err := (Watch{Queries: 1}).Look(2, 0); err == nil {
		t.Error("an overhead of 2 is taken")
	}
}
