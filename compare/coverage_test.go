//go:build coverage

// Coverage by simulation: limits on the differences of β, of the best model and of
// the gain, over pairs of sets drawn from a law whose differences are known.
//
//	go test -tags coverage -run Coverage ./compare
package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// law draws both sides of a query.
type law struct {
	name   string
	models int
	draw   func(r *rand.Rand, a, b []bool)
}

// normal is a pool with one factor; after gives, for each model, what changes in b.
func normal(models int, skill, after func(i int) float64, again float64) func(r *rand.Rand, a, b []bool) {
	return func(r *rand.Rand, a, b []bool) {
		z := r.NormFloat64()
		for i := range models {
			x, y := r.NormFloat64(), r.NormFloat64()
			y = again*x + math.Sqrt(1-again*again)*y
			a[i] = skill(i)+0.7*z+0.7*x > 0
			b[i] = skill(i)+after(i)+0.7*z+0.7*y > 0
		}
	}
}

func constant(x float64) func(int) float64 { return func(int) float64 { return x } }

var laws = []law{
	{"nothing changes, all tied", 10, normal(10, constant(0.3), constant(0), 0.8)},
	{"ladder, all lose", 6, normal(6, func(i int) float64 { return 0.2 * float64(i) }, constant(-0.15), 0.8)},
	{"the best changes", 5, normal(5, func(i int) float64 { return 0.1 * float64(i) }, func(i int) float64 { return []float64{0.6, 0, 0, 0, -0.4}[i] }, 0.5)},
	{"tied before, one ahead after", 8, normal(8, constant(0.5), func(i int) float64 { return []float64{0.3, 0, 0, 0, 0, 0, 0, 0}[i] }, 0.9)},
	{"two draws", 3, normal(3, func(i int) float64 { return 0.4 * float64(i) }, constant(0), 0)},
}

func TestCoverage(t *testing.T) {
	const sets = 1000
	for _, l := range laws {
		truth := l.truth()
		for _, n := range []int{80, 400} {
			t.Run(fmt.Sprint(l.name, ", n ", n), func(t *testing.T) {
				var held [3]int
				var width [3]float64
				family, inc := 0, 0
				for s := range sets {
					a, b := l.sample(n, uint64(s))
					r, err := Sets(a, b, Options{Seed: uint64(s)})
					if err != nil {
						t.Fatal(err)
					}
					for k, c := range []Change{r.AllWrong, r.Best, r.Gain} {
						if c.Interval[0] <= truth[k] && truth[k] <= c.Interval[1] {
							held[k]++
						}
						width[k] += (c.Interval[1] - c.Interval[0]) / sets
					}
					for _, m := range r.Moved {
						if m.Moved && math.Abs(truth[3+index(m.Model)]) < 1e-12 {
							family++ // a model that has not moved, called moved
							break
						}
					}
					named, err := Sets(a, b, Options{Seed: uint64(s), Incumbent: "m0"})
					if err != nil {
						t.Fatal(err)
					}
					if c := named.Best.Interval; c[0] <= truth[3] && truth[3] <= c[1] {
						inc++
					}
				}
				floor := 0.95 - 4*math.Sqrt(0.95*0.05/sets)
				cover := func(x int) float64 { return float64(x) / sets }
				t.Logf("β %.4f (width %.3f), best %.4f (%.3f), gain %.4f (%.3f), incumbent %.4f; a false move in %.4f",
					cover(held[0]), width[0], cover(held[1]), width[1], cover(held[2]), width[2], cover(inc), cover(family))
				for k, what := range []string{"β", "best", "gain"} {
					if cover(held[k]) < floor {
						t.Errorf("%s: covered %.4f, want %.4f", what, cover(held[k]), floor)
					}
				}
				if cover(inc) < floor || cover(family) > 1-floor {
					t.Errorf("incumbent covered %.4f, a false move in %.4f", cover(inc), cover(family))
				}
			})
		}
	}
}

func index(name string) (i int) {
	fmt.Sscanf(name, "m%d", &i)
	return i
}

// truth is the difference of β, of the best and of the gain, and those of the
// models, from many draws; a model that nothing changes for has exactly 0.
func (l law) truth() []float64 {
	const n = 2_000_000
	r := rand.New(rand.NewPCG(5, 5))
	a, b := make([]bool, l.models), make([]bool, l.models)
	right := [2][]float64{make([]float64, l.models), make([]float64, l.models)}
	var none [2]float64
	for range n {
		l.draw(r, a, b)
		for side, x := range [][]bool{a, b} {
			some := false
			for i, v := range x {
				if v {
					right[side][i] += 1.0 / n
					some = true
				}
			}
			if !some {
				none[side] += 1.0 / n
			}
		}
	}
	best := [2]float64{}
	for side := range right {
		for _, x := range right[side] {
			best[side] = math.Max(best[side], x)
		}
	}
	out := []float64{none[1] - none[0], best[1] - best[0], (1 - none[1] - best[1]) - (1 - none[0] - best[0])}
	for i := range l.models {
		d := right[1][i] - right[0][i]
		if math.Abs(d) < 0.002 {
			d = 0 // five standard errors: no model of these laws moves by so little
		}
		out = append(out, d)
	}
	return out
}

func (l law) sample(n int, seed uint64) (a, b *outcome.Matrix) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	sets := [2]*outcome.Set{outcome.NewSet(), outcome.NewSet()}
	x, y := make([]bool, l.models), make([]bool, l.models)
	for q := range n {
		l.draw(r, x, y)
		for side, v := range [][]bool{x, y} {
			s := sets[side]
			for i, right := range v {
				verdict := outcome.Wrong
				if right {
					verdict = outcome.Right
				}
				s.Put(s.Query(fmt.Sprint(q)), s.Model(fmt.Sprint("m", i)), 0, outcome.MakeCell(verdict, outcome.NoReason), math.NaN(), nil)
			}
		}
	}
	return sets[0].Matrix(outcome.MatrixOptions{}), sets[1].Matrix(outcome.MatrixOptions{})
}
