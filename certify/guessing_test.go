package certify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestGuessing draws 3,000 queries of four options that nobody knows, and 3,000
// that all know: five guessers leave (3/4)^5 = 23.7 % of the first all wrong.
func TestGuessing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	s := outcome.NewSet()
	for q := range 6000 {
		for i := range 5 {
			v := outcome.Wrong
			if q >= 3000 || r.IntN(4) == 0 {
				v = outcome.Right
			}
			err := s.Add(&outcome.Record{Query: fmt.Sprint("q", q), Model: fmt.Sprint("m", i), Verdict: v, Options: 4}, nil)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	g := must(t, Options{}, s.Matrix(outcome.MatrixOptions{})).Guessing
	if g.Queries != 6000 || math.Abs(g.Stays-math.Pow(.75, 5)) > 1e-12 {
		t.Fatalf("got %+v", g)
	}
	// The estimate has standard error √(3000·(1−s)/s) ≈ 98 at s = 0.237.
	if math.Abs(*g.Unknown-3000) > 4*98 {
		t.Errorf("%v queries that nobody knows, want about 3000", *g.Unknown)
	}
	if got := *g.Unknown - float64(g.AllWrong); got != *g.Rescued {
		t.Errorf("rescued %v, want %v", *g.Rescued, got)
	}
	if none := must(t, Options{}, small(t, "0110", "1100")).Guessing; none != nil {
		t.Errorf("no options are known, and yet %+v", none)
	}
}
