//go:build coverage

// Coverage by simulation: the certified floor of what a policy costs, and the
// lines that bound every policy's accuracy, over data sets drawn from a
// population whose frontier is known.
//
//	go test -tags coverage -run Coverage ./budget
package budget

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// world draws a query: verdicts and costs of its models.
type world struct {
	name   string
	models int
	prices bool
	draw   func(r *rand.Rand, right []bool, cost []float64)
}

var worlds = []world{
	{"three models at fixed prices", 3, true, func(r *rand.Rand, right []bool, cost []float64) {
		z := r.NormFloat64()
		for i := range right {
			right[i], cost[i] = 0.4*float64(i)+0.7*z+0.7*r.NormFloat64() > 0, 0.001*math.Pow(5, float64(i))
		}
	}},
	{"hard queries cost more, heavy tails", 4, false, func(r *rand.Rand, right []bool, cost []float64) {
		z := r.NormFloat64()
		for i := range right {
			right[i] = 0.3*float64(i)+0.8*z+0.6*r.NormFloat64() > -0.5
			cost[i] = 0.001 * math.Pow(4, float64(i)) * math.Exp(-0.7*z+1.2*r.NormFloat64())
		}
	}},
	{"the small model rescues often", 2, false, func(r *rand.Rand, right []bool, cost []float64) {
		right[0], right[1] = r.Float64() < 0.8, r.Float64() < 0.85
		cost[0], cost[1] = 0.0005*(0.5+r.Float64()), 0.05*(0.5+r.Float64())
	}},
	{"equal models: the best is luck", 6, true, func(r *rand.Rand, right []bool, cost []float64) {
		z := r.NormFloat64()
		for i := range right {
			right[i], cost[i] = 0.9*z+0.43*r.NormFloat64() > -0.6, 0.01*float64(1+i)
		}
	}},
}

func TestCoverage(t *testing.T) {
	const sets = 2000
	for _, w := range worlds {
		for _, n := range []int{60, 400} {
			t.Run(fmt.Sprint(w.name, ", n ", n), func(t *testing.T) {
				population := w.population()
				oracle := NewPath(population).Frontier()
				held, asked, lines, share := 0, 0, 0, 0.0
				for s := range sets {
					m, costs := w.sample(n, uint64(s))
					o := Options{Seed: uint64(s)}
					if w.prices {
						o.Prices = map[string]float64{}
						for i, name := range m.Models() {
							o.Prices[name], costs = population.Cost[i][0], nil
						}
					}
					got, err := Measure(m, costs, o)
					if err != nil {
						t.Fatal(err)
					}
					c := got.Saving.Certified
					if c == nil {
						continue
					}
					asked++
					truth, _, _ := CostOf(oracle, population.accuracy(m.Models(), c.Over))
					if c.CostUSD <= truth+1e-9 {
						held++
					}
					share += c.CostUSD / truth
					ok := true
					for _, p := range oracle {
						for _, l := range got.Envelope {
							ok = ok && l.Upper+l.Lambda*p.CostUSD >= p.Accuracy-1e-3 // the population is a sample of 200,000
						}
					}
					if ok {
						lines++
					}
				}
				floor := 0.95 - 4*math.Sqrt(0.95*0.05/float64(asked))
				cover, all := float64(held)/float64(asked), float64(lines)/float64(asked)
				t.Logf("%d of %d certified: floor holds %.4f, at %.2f of the true cost; envelope holds %.4f", asked, sets, cover, share/float64(asked), all)
				if cover < floor || all < floor {
					t.Errorf("floor holds in %.4f, envelope in %.4f of %d data sets, want %.4f", cover, all, asked, floor)
				}
			})
		}
	}
}

func (w world) population() Choices {
	const n = 200_000
	c := Choices{}
	for range w.models {
		c.Value, c.Cost = append(c.Value, make([]float64, n)), append(c.Cost, make([]float64, n))
	}
	r := rand.New(rand.NewPCG(99, uint64(len(w.name))))
	right, cost := make([]bool, w.models), make([]float64, w.models)
	for q := range n {
		w.draw(r, right, cost)
		for i := range right {
			if c.Cost[i][q] = cost[i]; right[i] {
				c.Value[i][q] = 1
			}
		}
	}
	return c
}

func (c Choices) accuracy(names []string, model string) float64 {
	for i, name := range names {
		if name == model {
			s := 0.0
			for _, v := range c.Value[i] {
				s += v
			}
			return s / float64(len(c.Value[i]))
		}
	}
	panic(model)
}

func (w world) sample(n int, seed uint64) (*outcome.Matrix, [][]float64) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	set := outcome.NewSet()
	costs := make([][]float64, w.models)
	right, cost := make([]bool, w.models), make([]float64, w.models)
	for q := range n {
		w.draw(r, right, cost)
		for i := range right {
			v := outcome.Wrong
			if right[i] {
				v = outcome.Right
			}
			set.Put(set.Query(fmt.Sprint(q)), set.Model(fmt.Sprint("m", i)), 0, outcome.MakeCell(v, outcome.NoReason), math.NaN(), nil)
			costs[i] = append(costs[i], cost[i])
		}
	}
	return set.Matrix(outcome.MatrixOptions{}), costs
}
