//go:build coverage

// Coverage by simulation: every limit, over every scenario, on at least 20,000
// data sets whose true gain is known. Run it with
//
//	go test -tags coverage -run Coverage -timeout 20m ./certify
package certify

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

const (
	dataSets = 20_000
	nominal  = 0.95
)

// scenario draws data sets from a law whose true gains are known.
type scenario struct {
	name   string
	models int
	n      int
	draw   func(r *rand.Rand, wrong []bool) // one query: who is wrong
	gain   float64                          // G of the pool
	first  float64                          // G of model 0, the incumbent named beforehand
	beta   float64
	best   float64 // the best accuracy
}

// fromFactor is the single factor with an atom: all wrong with probability
// atom, else √ρ·f + √(1−ρ)·e below each model's threshold. Rates are exact up to
// the quadrature over f (trapezoid, 4,001 nodes on ±10).
func fromFactor(name string, n int, wrong []float64, rho, atom float64) scenario {
	m := len(wrong)
	t := make([]float64, m)
	for i, p := range wrong {
		t[i] = math.Sqrt2 * math.Erfinv(2*(p-atom)/(1-atom)-1)
	}
	chance := func(i int, f float64) float64 {
		return 0.5 * math.Erfc(-(t[i]-math.Sqrt(rho)*f)/math.Sqrt(1-rho)/math.Sqrt2)
	}
	none := 0.0
	const h = 0.005
	for k := -2000; k <= 2000; k++ {
		f := float64(k) * h
		p := math.Exp(-f*f/2) / math.Sqrt(2*math.Pi) * h
		for i := range t {
			p *= chance(i, f)
		}
		none += p
	}
	s := scenario{name: name, models: m, n: n, beta: atom + (1-atom)*none}
	least := 1.0
	for _, p := range wrong {
		least = math.Min(least, p)
	}
	s.best, s.gain, s.first = 1-least, least-s.beta, wrong[0]-s.beta
	s.draw = func(r *rand.Rand, out []bool) {
		shocked := r.Float64() < atom
		f := math.Sqrt(rho) * r.NormFloat64()
		for i := range out {
			out[i] = shocked || f+math.Sqrt(1-rho)*r.NormFloat64() < t[i]
		}
	}
	return s
}

func same(m int, p float64) []float64 {
	out := make([]float64, m)
	for i := range out {
		out[i] = p
	}
	return out
}

func spread(m int, lo, hi float64) []float64 {
	out := make([]float64, m)
	for i := range out {
		out[i] = lo + (hi-lo)*float64(i)/float64(m-1)
	}
	return out
}

func scenarios() []scenario {
	exclusive := scenario{name: "mutually exclusive failures 67x330", models: 67, n: 330, gain: 0.01, first: 0.01, best: 0.99,
		draw: func(r *rand.Rand, out []bool) {
			clear(out)
			if i := int(r.Float64() * 100); i < len(out) {
				out[i] = true
			}
		}}
	return []scenario{
		fromFactor("paper-sized 67x330", 330, append(spread(5, .062, .08), spread(62, .15, .6)...), .8, .045),
		fromFactor("small m 5x330", 330, spread(5, .12, .3), .5, .02),
		fromFactor("two models 2x200", 200, []float64{.2, .25}, .4, 0),
		fromFactor("tied bests 67x330", 330, same(67, .1), .2, 0),
		fromFactor("strong dependence 67x330", 330, same(67, .1), .9, 0),
		fromFactor("one dominant 20x400", 400, append([]float64{.03}, spread(19, .3, .6)...), .5, .02),
		fromFactor("no all-wrong 20x330", 330, spread(20, .05, .5), 0, 0),
		fromFactor("tiny n 6x12", 12, spread(6, .2, .5), .5, .05),
		exclusive,
	}
}

// tally counts the data sets on which a limit missed its target.
type tally struct {
	mu     sync.Mutex
	missed map[string]int
	times  map[string]int
}

func (t *tally) note(what string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.times[what]++
	if !ok {
		t.missed[what]++
	}
}

// replicate runs f on every data set, over all processors, each with a
// generator of its own: the result is the same on any machine.
func replicate(t *testing.T, sets int, level float64, f func(r *rand.Rand, rep uint64, note func(string, bool))) {
	t.Helper()
	sum := &tally{missed: map[string]int{}, times: map[string]int{}}
	var wg sync.WaitGroup
	next := make(chan uint64, 64)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for rep := range next {
				f(rand.New(rand.NewPCG(20260627, rep)), rep, sum.note)
			}
		})
	}
	for rep := range uint64(sets) {
		next <- rep
	}
	close(next)
	wg.Wait()
	for _, what := range slices.Sorted(maps.Keys(sum.times)) {
		n := sum.times[what]
		coverage := 1 - float64(sum.missed[what])/float64(n)
		floor := level - 3*math.Sqrt(level*(1-level)/float64(n))
		t.Logf("%-34s coverage %.4f over %d data sets", what, coverage, n)
		if coverage < floor {
			t.Errorf("%s: coverage %.4f is below %.4f", what, coverage, floor)
		}
	}
}

func (s scenario) matrix(r *rand.Rand, n int) *outcome.Matrix {
	right := make([][]uint64, s.models)
	names := make([]string, s.models)
	for i := range right {
		right[i], names[i] = outcome.NewMask(n), fmt.Sprintf("m%03d", i)
	}
	wrong := make([]bool, s.models)
	for q := range n {
		s.draw(r, wrong)
		for i, w := range wrong {
			if !w {
				outcome.Mask(right[i]).Set(q)
			}
		}
	}
	m, err := outcome.NewMatrix(names, n, right, nil, nil)
	if err != nil {
		panic(err)
	}
	return m
}

// TestCoverageCounts checks each limit from complete counts.
func TestCoverageCounts(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Logf("true gain %.5f, β %.5f", s.gain, s.beta)
			const delta = 1 - nominal
			replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
				m := s.matrix(r, s.n)
				b, err := completeCases(m, Options{Seed: 1, Method: Screened}, nil, 0)
				if err != nil {
					t.Error(err)
					return
				}
				for _, method := range []Method{Screened, Direct, Paper, Split, Anytime, Incumbent} {
					target := s.gain
					if method == Incumbent {
						target = s.first
					}
					if u, ok := b.gainUpper(method, delta); ok {
						note("upper "+string(method), u >= target)
					}
				}
				note("lower", b.gainLower(delta) <= s.gain)
				low, high := b.beta(delta / 2)
				note("β two-sided", low <= s.beta && s.beta <= high)
				note("best lower", b.bestLower(delta/2) <= s.best)
			})
		})
	}
}

// TestCoverageStopping looks at a stream 30 times: an anytime limit may be
// wrong at any of them on 5 % of the streams at most.
func TestCoverageStopping(t *testing.T) {
	for _, s := range []scenario{scenarios()[1], scenarios()[2], fromFactor("tied 5", 0, same(5, .1), .3, 0)} {
		t.Run(s.name, func(t *testing.T) {
			replicate(t, dataSets, nominal, func(r *rand.Rand, _ uint64, note func(string, bool)) {
				wrong := make([]bool, s.models)
				right := make([]int64, s.models)
				allWrong := int64(0)
				pool, alone, below := true, true, true
				for n := int64(1); n <= 900; n++ {
					s.draw(r, wrong)
					some := false
					for i, w := range wrong {
						if !w {
							right[i]++
							some = true
						}
					}
					if !some {
						allWrong++
					}
					if n%30 != 0 {
						continue
					}
					e := fromCounts(outcome.Counts{Queries: n, AllWrong: allWrong, Right: right}, binomial{n}, 0)
					e.forever = true
					u, _ := e.gainUpper(Anytime, .05)
					pool = pool && u >= s.gain
					below = below && e.gainLower(.05) <= s.gain
					e.alone = true
					u, _ = e.gainUpper(Anytime, .05)
					alone = alone && u >= s.first
				}
				note("upper, pool", pool)
				note("upper, incumbent", alone)
				note("lower", below)
			})
		})
	}
}
