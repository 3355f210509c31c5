package dependence

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestCorrelate compares with the definition of Pearson's correlation, on data
// with missing cells and with a model that is never wrong.
func TestCorrelate(t *testing.T) {
	const models, queries = 5, 130
	r := rand.New(rand.NewPCG(3, 1))
	words := (queries + 63) / 64
	right, seen := make([][]uint64, models), make([][]uint64, models)
	for i := range models {
		right[i], seen[i] = make([]uint64, words), make([]uint64, words)
		for q := range queries {
			if i == 2 && r.IntN(10) == 0 {
				continue
			}
			seen[i][q/64] |= 1 << (q % 64)
			if i == 4 || r.IntN(3) > 0 {
				right[i][q/64] |= 1 << (q % 64)
			}
		}
	}
	m, err := outcome.NewMatrix([]string{"a", "b", "c", "d", "never wrong"}, queries, right, seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := Correlate(m, nil)
	if got.Queries != m.Size(m.Complete()) || len(got.Families) != models {
		t.Fatalf("%d queries, families %q", got.Queries, got.Families)
	}
	errors := func(model int) (x []float64) {
		for q := range queries {
			if m.Observed(2, q) {
				x = append(x, 1)
				if m.Right(model, q) {
					x[len(x)-1] = 0
				}
			}
		}
		return x
	}
	for i := range models {
		for j := range models {
			p := got.Phi[i][j]
			if i == 4 || j == 4 {
				if p != nil {
					t.Errorf("pair %d, %d: %v with a model that is never wrong, want none", i, j, *p)
				}
				continue
			}
			if want := pearson(errors(i), errors(j)); p == nil || math.Abs(*p-want) > 1e-12 {
				t.Errorf("pair %d, %d: %v, want %v", i, j, p, want)
			}
		}
	}
	empty, err := outcome.NewMatrix([]string{"a", "b"}, 1, make2(1), [][]uint64{{0}, {1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := Correlate(empty, nil); c != nil {
		t.Errorf("without a complete query: %+v, want nil", c)
	}
}

func make2(words int) [][]uint64 { return [][]uint64{make([]uint64, words), make([]uint64, words)} }

// pearson is the textbook's sum of products.
func pearson(x, y []float64) float64 {
	var mx, my float64
	for i := range x {
		mx += x[i] / float64(len(x))
		my += y[i] / float64(len(y))
	}
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}
