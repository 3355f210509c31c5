//go:build coverage

// Coverage by simulation: what is certified of a chosen pool, over data sets
// drawn from a population whose ceilings are known.
//
//	go test -tags coverage -run Coverage ./pool
package pool

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

func TestCoverageChosen(t *testing.T) {
	const sets, n, models = 3000, 150, 8
	// Models that tie: choosing among them is choosing luck.
	for _, rho := range []float64{0, 0.5, 0.9} {
		t.Run(fmt.Sprintf("rho %v", rho), func(t *testing.T) {
			truth := population(t, rho, models)
			held := map[string]int{}
			asked := map[string]int{}
			for s := range sets {
				r := rand.New(rand.NewPCG(uint64(s), uint64(1000*rho)))
				set := outcome.NewSet()
				for q := range n {
					row := r.IntN(truth.Columns())
					for i, name := range truth.Models() {
						v := outcome.Wrong
						if truth.Right(i, row) {
							v = outcome.Right
						}
						if err := set.Add(&outcome.Record{Query: fmt.Sprint(q), Model: name, Verdict: v}, nil); err != nil {
							t.Fatal(err)
						}
					}
				}
				got, err := Find(context.Background(), set.Matrix(outcome.MatrixOptions{}), Options{K: 3, Seed: uint64(s)})
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range got.Certified {
					ceiling, gain := worth(truth, c.Models)
					asked[c.Method]++
					if c.Ceiling <= ceiling {
						held[c.Method+" ceiling"]++
					}
					if c.Gain <= gain {
						held[c.Method+" gain"]++
					}
				}
				for _, x := range got.Next {
					if c, _ := worth(truth, append(slices.Clone(chosenOf(got)), x.Model)); true {
						without, _ := worth(truth, chosenOf(got))
						asked["next"]++
						if rate := c - without; x.Lower <= rate && rate <= x.Upper {
							held["next"]++
						}
					}
				}
			}
			floor := 0.95 - 4*math.Sqrt(0.95*0.05/sets)
			for _, what := range []string{"split ceiling", "split gain", "every-pool ceiling", "every-pool gain"} {
				cover := float64(held[what]) / sets
				t.Logf("%s: %.4f", what, cover)
				if cover < floor {
					t.Errorf("%s holds in %.4f of %d data sets, want %.4f", what, cover, sets, floor)
				}
			}
			t.Logf("each addition by itself: %.4f", float64(held["next"])/float64(asked["next"]))
		})
	}
}

func chosenOf(r *Result) []string {
	return r.Pools[slices.IndexFunc(r.Pools, func(p Pool) bool { return p.K == r.K })].Models
}

// population is a large matrix of models that are right equally often.
func population(t *testing.T, rho float64, models int) *outcome.Matrix {
	const queries = 100_000
	r := rand.New(rand.NewPCG(3, uint64(100*rho)))
	names, right := make([]string, models), make([][]uint64, models)
	for i := range names {
		names[i], right[i] = fmt.Sprintf("m%d", i), make([]uint64, (queries+63)/64)
	}
	for q := range queries {
		f := math.Sqrt(rho) * r.NormFloat64()
		for i := range names {
			if f+math.Sqrt(1-rho)*r.NormFloat64() < 0.5 {
				right[i][q>>6] |= 1 << (q & 63)
			}
		}
	}
	m, err := outcome.NewMatrix(names, queries, right, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var worths = map[*outcome.Matrix]map[string][2]float64{}

// worth is a pool's true ceiling, and that less the best accuracy of any model.
func worth(truth *outcome.Matrix, pool []string) (ceiling, gain float64) {
	pool = slices.Sorted(slices.Values(pool))
	key := fmt.Sprint(pool)
	if worths[truth] == nil {
		worths[truth] = map[string][2]float64{}
	}
	if w, ok := worths[truth][key]; ok {
		return w[0], w[1]
	}
	var at []int
	for i, name := range truth.Models() {
		if slices.Contains(pool, name) {
			at = append(at, i)
		}
	}
	all, part := truth.Count(nil), truth.Select(at).Count(nil)
	n := float64(all.Queries)
	ceiling = 1 - float64(part.AllWrong)/n
	gain = ceiling - float64(slices.Max(all.Right))/n
	worths[truth][key] = [2]float64{ceiling, gain}
	return ceiling, gain
}
