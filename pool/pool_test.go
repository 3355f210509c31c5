package pool

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// drawn is a matrix in which one factor and a common shock drive all errors.
func drawn(t testing.TB, seed uint64, models, queries int, rho, shock float64) *outcome.Matrix {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	names := make([]string, models)
	right := make([][]uint64, models)
	easy := make([]float64, models)
	for i := range names {
		names[i], right[i] = fmt.Sprintf("m%03d", i), make([]uint64, (queries+63)/64)
		easy[i] = -0.3 + 1.8*r.Float64()
	}
	for q := range queries {
		if r.Float64() < shock {
			continue
		}
		f := math.Sqrt(rho) * r.NormFloat64()
		for i := range names {
			if f+math.Sqrt(1-rho)*r.NormFloat64() < easy[i] {
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

// exhaustive tries every pool of at most k models, the slow second way.
func exhaustive(m *outcome.Matrix, g *goal, required []int, k int) (best choice) {
	n := len(m.Models())
	first := true
	for set := uint64(1); set < 1<<n; set++ {
		if bits.OnesCount64(set) > k {
			continue
		}
		c := choice{}
		for i := range n {
			if set>>i&1 != 0 {
				c.models = append(c.models, i)
				c.price += g.price(i)
				c.strongest = max(c.strongest, g.right[i])
			}
		}
		ok := c.price <= g.cap
		for _, i := range required {
			ok = ok && set>>i&1 != 0
		}
		if !ok {
			continue
		}
		for q := range m.Columns() {
			for _, i := range c.models {
				if m.Right(i, q) {
					c.covered += m.Weight(q)
					break
				}
			}
		}
		if first || g.better(&c, &best) {
			best, first = c, false
		}
	}
	return best
}

// TestProve compares branch and bound with trying everything, for every size,
// objective, price limit and required member.
func TestProve(t *testing.T) {
	for seed := range uint64(12) {
		models := 6 + int(seed)%6
		m := drawn(t, seed, models, 90, 0.1*float64(seed%8), 0.02)
		if seed%2 == 1 {
			w := make([]uint32, m.Columns())
			for q := range w {
				w[q] = uint32(1 + (q*7)%5)
			}
			m = m.Reweight(w).Merge()
		}
		r := rand.New(rand.NewPCG(seed, 1))
		prices := make([]float64, models)
		for i := range prices {
			prices[i] = math.Round(100*r.Float64()) / 100
		}
		for k := 1; k <= models; k++ {
			for _, o := range []Objective{Ceiling, Gain, Cost} {
				for _, limit := range []float64{math.Inf(1), 0.8} {
					for _, required := range [][]int{nil, {1}, {0, 3}} {
						g := &goal{Objective: o, prices: prices, cap: limit, right: m.Count(nil).Right}
						if len(required) > k || g.evaluatePrice(required) > limit {
							continue
						}
						c := newCover(m)
						all := make([]int, models)
						for i := range all {
							all[i] = i
						}
						steps := g.greedy(c, required, all, k)
						if len(steps) == 0 {
							continue
						}
						got, most, proved := g.prove(c, steps[len(steps)-1], required, all, k, 1e9)
						want := exhaustive(m, g, required, k)
						if g.value(got.covered, got.strongest) != g.value(want.covered, want.strongest) || o == Cost && math.Abs(got.price-want.price) > 1e-9 {
							t.Errorf("seed %d, k %d, %s, limit %v, required %v: got %+v, want %+v", seed, k, o, limit, required, got, want)
						}
						if o == Gain { // the bound is on what is covered, whatever the gain
							covers := *g
							covers.Objective = Ceiling
							want = exhaustive(m, &covers, required, k)
						}
						if !proved || o != Gain && most != want.covered || most < want.covered {
							t.Errorf("seed %d, k %d, %s: proved %v, most %d, want %d", seed, k, o, proved, most, want.covered)
						}
						if check := g.evaluate(c, got.models); check.covered != got.covered || check.strongest != got.strongest || math.Abs(check.price-got.price) > 1e-9 {
							t.Errorf("seed %d: %+v is worth %+v", seed, got, check)
						}
					}
				}
			}
		}
	}
}

// TestProve20 does the same for matrices of 20 models and every size.
func TestProve20(t *testing.T) {
	m := drawn(t, 5, 20, 300, 0.5, 0.03)
	best := make([]int64, 21) // by size, over all 2²⁰ pools
	c := newCover(m)
	union := make([][]uint64, 21)
	for d := range union {
		union[d] = make([]uint64, (c.columns+63)/64)
	}
	var walk func(i, size int)
	walk = func(i, size int) {
		best[size] = max(best[size], c.weigh(union[size]))
		for ; i < 20; i++ {
			for w, v := range c.sets[i] {
				union[size+1][w] = union[size][w] | v
			}
			walk(i+1, size+1)
		}
	}
	walk(0, 0)
	for k := 1; k <= 20; k++ {
		r, err := Find(context.Background(), m, Options{K: k})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Pools {
			if p.AllWrong != 300-best[p.K] || !p.Proved || p.Least != p.AllWrong || p.Greedy < p.AllWrong {
				t.Errorf("k %d: %+v, want %d covered", p.K, p, best[p.K])
			}
		}
		if k > 3 {
			k += 4
		}
	}
}

func BenchmarkProve(b *testing.B) {
	for _, c := range []struct{ models, queries, k int }{{67, 330, 5}, {67, 12032, 5}} {
		m := drawn(b, 3, c.models, c.queries, 0.55, 0.03)
		b.Run(fmt.Sprintf("%dx%d/k=%d", c.models, c.queries, c.k), func(b *testing.B) {
			for b.Loop() {
				g := &goal{Objective: Ceiling, cap: math.Inf(1), right: m.Count(nil).Right}
				cov := newCover(m)
				all := make([]int, c.models)
				for i := range all {
					all[i] = i
				}
				steps := g.greedy(cov, nil, all, c.k)
				known := g.exchange(cov, steps[len(steps)-1], nil, all)
				best, most, proved := g.prove(cov, known, nil, all, c.k, exactWork)
				if !proved {
					b.Fatalf("not proved: %+v, at most %d", best, most)
				}
			}
		})
	}
}
