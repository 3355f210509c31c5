package budget

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// reference is what scripts/frontier_reference.py wrote.
type reference struct {
	Programs []struct {
		Value, Cost [][]float64
		Weight      []float64
		Budget      []float64
		Accuracy    []*float64 // null: the budget pays for nothing
	}
	Closed struct {
		Gain [][3]float64 // μ, η, E g
		Vote [][7]float64 // α, ρ, cost, λ(1), λ(V of three), k*, exact size
	}
}

func readReference(t *testing.T) (r reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/frontier.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestLinearProgram compares with HiGHS on random programs, some with free
// models, equal costs, one price a model, or weights.
func TestLinearProgram(t *testing.T) {
	for k, p := range readReference(t).Programs {
		frontier := NewPath(Choices{p.Value, p.Cost, p.Weight}).Frontier()
		for j, b := range p.Budget {
			got, ok := At(frontier, b)
			want := p.Accuracy[j]
			if ok != (want != nil) || ok && !near(got, *want, 1e-9) {
				t.Errorf("program %d, budget %v: got %v (%v), want %v", k, b, got, ok, show(want))
			}
		}
	}
}

// TestEveryAssignment compares the frontier with the hull of every way to give
// models to queries.
func TestEveryAssignment(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		m, n := 1+r.IntN(4), 1+r.IntN(5)
		c := drawn(r, m, n)
		frontier := NewPath(c).Frontier()
		check(t, frontier)
		for code := range power(m, n) {
			value, cost := 0.0, 0.0
			for q := range n {
				i := code / power(m, q) % m
				value, cost = value+c.Value[i][q]/float64(n), cost+c.Cost[i][q]/float64(n)
			}
			if best, ok := At(frontier, cost+1e-12); !ok || value > best+1e-9 {
				t.Fatalf("%+v: an assignment of %v gets %v, the frontier %v (%v)", c, cost, value, best, ok)
			}
		}
		for _, p := range frontier {
			if !slices.ContainsFunc(seq(power(m, n)), func(code int) bool {
				value, cost := 0.0, 0.0
				for q := range n {
					i := code / power(m, q) % m
					value, cost = value+c.Value[i][q]/float64(n), cost+c.Cost[i][q]/float64(n)
				}
				return near(value, p.Accuracy, 1e-9) && near(cost, p.CostUSD, 1e-9)
			}) {
				t.Fatalf("%+v: no assignment gives the corner %+v", c, p)
			}
		}
	}
}

// TestDuality: V(B) = min over λ of λB + E max_i (v_i − λc_i), and the least is
// at the shadow price.
func TestDuality(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		m, n := 2+r.IntN(4), 1+r.IntN(20)
		c := drawn(r, m, n)
		frontier := NewPath(c).Frontier()
		dual := func(lambda, b float64) float64 {
			mean := 0.0
			for q := range n {
				best := math.Inf(-1)
				for i := range m {
					best = math.Max(best, c.Value[i][q]-lambda*c.Cost[i][q])
				}
				mean += best / float64(n)
			}
			return lambda*b + mean
		}
		for k := range frontier {
			b := frontier[k].CostUSD
			if k+1 < len(frontier) {
				b += r.Float64() * (frontier[k+1].CostUSD - b)
			}
			v, _ := At(frontier, b)
			if got := dual(frontier[k].Lambda, b); !near(got, v, 1e-9) {
				t.Fatalf("budget %v: the dual at the shadow price %v is %v, V is %v", b, frontier[k].Lambda, got, v)
			}
			for range 5 {
				if lambda := r.ExpFloat64() * 2; dual(lambda, b) < v-1e-9 {
					t.Fatalf("budget %v: the dual at %v is %v, below V = %v", b, lambda, dual(lambda, b), v)
				}
			}
			cost, _, ok := CostOf(frontier, v)
			if !ok || cost > b+1e-9 {
				t.Fatalf("accuracy %v costs %v (%v), was bought for %v", v, cost, ok, b)
			}
		}
	}
}

// TestRealised: with the scores themselves as what is realised, it is the frontier.
func TestRealised(t *testing.T) {
	c := drawn(rand.New(rand.NewPCG(5, 6)), 4, 30)
	p := NewPath(c)
	if got, want := fmt.Sprint(p.Realised(c.Value)), fmt.Sprint(p.Frontier()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Two models, two queries: a router that believes the wrong way round.
	belief := Choices{Value: [][]float64{{0, 0}, {0.9, 0.1}}, Cost: [][]float64{{1, 1}, {2, 2}}}
	got := NewPath(belief).Realised([][]float64{{1, 0}, {0, 1}})
	want := []Point{{1, 0.5, 0.9}, {1.5, 0, 0.1}, {2, 0.5, 0}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestThin(t *testing.T) {
	frontier := NewPath(drawn(rand.New(rand.NewPCG(7, 8)), 5, 400)).Frontier()
	thin := Thin(frontier, 20)
	if len(thin) != 20 || thin[0].CostUSD != frontier[0].CostUSD || thin[19] != frontier[len(frontier)-1] {
		t.Fatalf("%d corners of %d, from %v to %v", len(thin), len(frontier), thin[0], thin[len(thin)-1])
	}
	check(t, thin)
	for _, p := range frontier {
		if v, ok := At(thin, p.CostUSD); !ok || v > p.Accuracy+1e-12 {
			t.Errorf("at %v the chord gives %v, the frontier %v", p.CostUSD, v, p.Accuracy)
		}
	}
}

// check holds a frontier to what it must be.
func check(t *testing.T, frontier []Point) {
	t.Helper()
	for i, p := range frontier {
		if i > 0 && (p.CostUSD <= frontier[i-1].CostUSD || p.Accuracy < frontier[i-1].Accuracy || p.Lambda >= frontier[i-1].Lambda) {
			t.Fatalf("not rising and concave at corner %d: %v", i, frontier)
		}
		if (p.Lambda == 0) != (i == len(frontier)-1) {
			t.Fatalf("corner %d of %d has shadow price %v", i, len(frontier), p.Lambda)
		}
	}
}

func drawn(r *rand.Rand, m, n int) Choices {
	var c Choices
	for range m {
		value, cost := make([]float64, n), make([]float64, n)
		for q := range n {
			value[q], cost[q] = float64(r.IntN(3))/2, float64(r.IntN(6))/2
			if r.IntN(2) == 0 {
				value[q], cost[q] = r.Float64(), r.ExpFloat64()
			}
		}
		c.Value, c.Cost = append(c.Value, value), append(c.Cost, cost)
	}
	return c
}

func power(m, n int) int {
	x := 1
	for range n {
		x *= m
	}
	return x
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func show(x *float64) string {
	if x == nil {
		return "nothing"
	}
	return fmt.Sprint(*x)
}

func BenchmarkPath(b *testing.B) {
	for _, size := range [][2]int{{67, 12_000}, {500, 2_000}} {
		r := rand.New(rand.NewPCG(1, 1))
		c := drawn(r, size[0], size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				NewPath(c).Frontier()
			}
		})
	}
}
