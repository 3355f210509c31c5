//go:build coverage

package certify

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

const delta = 1 - nominal

// TestCoverageWeighted samples four slices evenly and asks for another mix.
func TestCoverageWeighted(t *testing.T) {
	for _, c := range []struct {
		name string
		size []int
		mix  []float64
	}{
		{"equal sizes, unequal mix", []int{150, 150, 150, 150}, []float64{.4, .3, .2, .1}},
		{"one slice undersampled", []int{200, 200, 200, 20}, []float64{.3, .3, .2, .2}},
		{"tiny slices", []int{10, 10, 10, 10}, []float64{.7, .1, .1, .1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wrong := [][]float64{{.02, .1, .2}, {.2, .1, .4}, {.3, .35, .2}, {.5, .4, .6}}
			var parts []scenario
			weights := map[string]float64{}
			right, beta := make([]float64, 3), 0.0
			for s, p := range wrong {
				part := fromFactor("", 0, p, .4, .01)
				parts = append(parts, part)
				weights[fmt.Sprint("s", s)] = c.mix[s]
				beta += c.mix[s] * part.beta
				for i := range right {
					right[i] += c.mix[s] * (1 - p[i])
				}
			}
			gain := 1 - beta - max(right[0], right[1], right[2])
			t.Logf("true gain %.5f", gain)
			replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
				n := 0
				var label []string
				var at []int
				for s, size := range c.size {
					n += size
					for range size {
						label, at = append(label, fmt.Sprint("s", s)), append(at, s)
					}
				}
				q := -1
				mixed := scenario{models: 3, draw: func(r *rand.Rand, out []bool) { q++; parts[at[q]].draw(r, out) }}
				m := mixed.matrix(r, n).WithLabels("kind", label)
				o := Options{Slice: "kind", Weights: weights, Seed: 1, Method: Screened, Confidence: nominal}
				b, _, err := toMix(m, o, m.Complete(), 1)
				if err != nil {
					return // no query of the mix: nothing is claimed
				}
				for _, method := range []Method{Screened, Direct, Paper, Anytime} {
					u, _ := b.gainUpper(method, delta)
					note("upper "+string(method), u >= gain)
				}
				u, _ := b.gainUpper(Incumbent, delta)
				note("upper incumbent", u >= 1-beta-right[1])
				note("lower", b.gainLower(delta) <= gain)
				low, high := b.beta(delta / 2)
				note("β two-sided", low <= beta && beta <= high)
			})
		})
	}
}

// TestCoverageMissing removes cells at random, where complete cases are valid,
// and by their outcome, where only the limits over any completion are.
func TestCoverageMissing(t *testing.T) {
	s := fromFactor("", 300, spread(6, .1, .4), .5, .02)
	thin := func(r *rand.Rand, m *outcome.Matrix, whenWrong, whenRight float64) *outcome.Matrix {
		right, seen := make([][]uint64, s.models), make([][]uint64, s.models)
		for i := range right {
			right[i], seen[i] = outcome.NewMask(s.n), outcome.NewMask(s.n)
			for q := range s.n {
				p := whenWrong
				if m.Right(i, q) {
					p = whenRight
				}
				if r.Float64() < p {
					continue
				}
				outcome.Mask(seen[i]).Set(q)
				if m.Right(i, q) {
					outcome.Mask(right[i]).Set(q)
				}
			}
		}
		out, err := outcome.NewMatrix(m.Models(), s.n, right, seen, nil)
		if err != nil {
			panic(err)
		}
		return out
	}
	check := func(b base, rule string, note func(string, bool)) {
		for _, method := range []Method{Screened, Direct, Paper, Anytime, Incumbent} {
			target := s.gain
			if method == Incumbent {
				target = s.first
			}
			u, _ := b.gainUpper(method, delta)
			note(rule+", upper "+string(method), u >= target)
		}
		note(rule+", lower", b.gainLower(delta) <= s.gain)
		low, high := b.beta(delta / 2)
		note(rule+", β two-sided", low <= s.beta && s.beta <= high)
	}
	replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		m := s.matrix(r, s.n)
		random := thin(r, m, .03, .03)
		b, err := completeCases(random, Options{Method: Screened}, random.Complete(), 0)
		if err != nil {
			t.Error(err)
			return
		}
		check(b, "complete, missing at random", note)
		for name, p := range map[string][2]float64{"wrong ones missing": {.3, 0}, "right ones missing": {0, .1}} {
			b, err := anyCompletion(thin(r, m, p[0], p[1]), Options{Method: Screened, Missing: Bounds}, 0)
			if err != nil {
				t.Error(err)
				return
			}
			check(b, "any completion, "+name, note)
		}
	})
}

// TestCoverageFinite grades a sample of a benchmark whose answers are all fixed.
func TestCoverageFinite(t *testing.T) {
	const population, n = 500, 150
	s := fromFactor("", population, spread(5, .1, .4), .5, .02)
	all := s.matrix(rand.New(rand.NewPCG(1, 2)), population)
	whole := all.Count(nil)
	gain := float64(whole.Rescued(whole.Best())) / population
	replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		mask := outcome.NewMask(population)
		for _, q := range r.Perm(population)[:n] {
			mask.Set(q)
		}
		b, err := completeCases(all, Options{Method: Screened, Population: population}, mask, 0)
		if err != nil {
			t.Error(err)
			return
		}
		for _, method := range []Method{Screened, Direct, Paper} {
			u, _ := b.gainUpper(method, delta)
			note("upper "+string(method), u >= gain-1e-12)
		}
		u, _ := b.gainUpper(Incumbent, delta)
		note("upper incumbent", u >= float64(whole.Rescued(0))/population-1e-12)
		note("lower", b.gainLower(delta) <= gain+1e-12)
		low, high := b.beta(delta / 2)
		beta := float64(whole.AllWrong) / population
		note("β two-sided", low <= beta+1e-12 && beta <= high+1e-12)
	})
}

// hardness is a law with two kinds of query: given the kind, models are
// independent, and model i is right with a chance of its own.
type hardness struct {
	hard  float64      // share of hard queries
	right [2][]float64 // easy, hard
}

var twoKinds = hardness{.3, [2][]float64{{.95, .9, .85, .7, .6}, {.2, .35, .1, .3, .05}}}

func (h hardness) kind(r *rand.Rand) int {
	if r.Float64() < h.hard {
		return 1
	}
	return 0
}

// truths are the rates over both kinds: β, the least gain, the gain over model
// 0, and the router's ceiling E max_i p_i.
func (h hardness) truths() (beta, gain, first, router float64) {
	right := make([]float64, len(h.right[0]))
	for kind, share := range []float64{1 - h.hard, h.hard} {
		none, top := 1.0, 0.0
		for i, p := range h.right[kind] {
			none *= 1 - p
			right[i] += share * p
			top = math.Max(top, p)
		}
		beta += share * none
		router += share * top
	}
	best := 0.0
	for _, p := range right {
		best = math.Max(best, p)
	}
	return beta, 1 - beta - best, 1 - beta - right[0], router
}

// TestCoverageClusters asks five questions of each document, all of one kind.
func TestCoverageClusters(t *testing.T) {
	beta, gain, first, _ := twoKinds.truths()
	t.Logf("true gain %.5f, β %.5f", gain, beta)
	replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		const clusters, each = 60, 5
		kind, q := 0, 0
		var label []string
		s := scenario{models: 5, draw: func(r *rand.Rand, out []bool) {
			if q%each == 0 {
				kind = twoKinds.kind(r)
			}
			label = append(label, fmt.Sprint("d", q/each))
			q++
			for i, p := range twoKinds.right[kind] {
				out[i] = r.Float64() >= p
			}
		}}
		m := s.matrix(r, clusters*each)
		m = m.WithLabels("document", label)
		for incumbent, target := range map[int]float64{-1: gain, 0: first} {
			b, err := meansOf(m, Options{Cluster: "document", Method: Scores, Seed: rep}, m.Complete(), incumbent)
			if err != nil {
				t.Error(err)
				return
			}
			u, _ := b.gainUpper(Scores, delta)
			note(fmt.Sprintf("upper, incumbent %d", incumbent), u >= target)
			note(fmt.Sprintf("lower, incumbent %d", incumbent), b.gainLower(delta) <= target)
			low, high := b.beta(delta / 2)
			note("β two-sided", low <= beta && beta <= high)
		}
	})
}

// TestCoverageScores grades answers 0, ½ or 1.
func TestCoverageScores(t *testing.T) {
	// Given the kind, model i scores 1 with chance p, ½ with half the rest, else 0.
	mean := make([]float64, 5)
	ceiling := 0.0
	for kind, share := range []float64{1 - twoKinds.hard, twoKinds.hard} {
		below1, below12 := 1.0, 1.0
		for i, p := range twoKinds.right[kind] {
			mean[i] += share * (p + (1-p)/4)
			below1 *= 1 - p
			below12 *= (1 - p) / 2
		}
		ceiling += share * ((1 - below1) + (below1-below12)/2)
	}
	best := max(mean[0], mean[1], mean[2], mean[3], mean[4])
	gain := ceiling - best
	t.Logf("true gain %.5f", gain)
	for _, n := range []int{20, 200} {
		replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
			scores := make([][]float64, 5)
			right := make([][]uint64, 5)
			for i := range scores {
				scores[i], right[i] = make([]float64, n), outcome.NewMask(n)
			}
			for q := range n {
				for i, p := range twoKinds.right[twoKinds.kind(r)] {
					switch u := r.Float64(); {
					case u < p:
						scores[i][q] = 1
						outcome.Mask(right[i]).Set(q)
					case u < p+(1-p)/2:
						scores[i][q] = .5
					}
				}
			}
			m, err := outcome.NewMatrix([]string{"a", "b", "c", "d", "e"}, n, right, nil, nil)
			if err != nil {
				t.Error(err)
				return
			}
			b, err := meansOf(m.WithScores(scores), Options{Method: Scores, Seed: rep}, m.Complete(), -1)
			if err != nil {
				t.Error(err)
				return
			}
			u, _ := b.gainUpper(Scores, delta)
			note(fmt.Sprintf("n=%d upper", n), u >= gain)
			note(fmt.Sprintf("n=%d lower", n), b.gainLower(delta) <= gain)
			low, high := b.beta(delta / 2)
			note(fmt.Sprintf("n=%d ceiling two-sided", n), low <= 1-ceiling && 1-ceiling <= high)
			note(fmt.Sprintf("n=%d best lower", n), b.bestLower(delta/2) <= best)
		})
	}
}

// TestCoverageRepeats asks every cell four times.
func TestCoverageRepeats(t *testing.T) { coverRepeats(t) }

// TestCoverageRepeatsDrawn does so where half of the queries are drawn for all.
func TestCoverageRepeatsDrawn(t *testing.T) {
	defer func(n int64) { mostUnits = n }(mostUnits)
	mostUnits = 60
	coverRepeats(t)
}

func coverRepeats(t *testing.T) {
	beta, gain, _, router := twoKinds.truths()
	t.Logf("true gain %.5f, router's ceiling %.5f, vote's %.5f", gain, router, 1-beta)
	replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		const n, attempts = 120, 4
		kinds := make([]int, n)
		for q := range kinds {
			kinds[q] = twoKinds.kind(r)
		}
		var ms []*outcome.Matrix
		for range attempts {
			q := -1
			s := scenario{models: 5, draw: func(r *rand.Rand, out []bool) {
				q++
				for i, p := range twoKinds.right[kinds[q]] {
					out[i] = r.Float64() >= p
				}
			}}
			ms = append(ms, s.matrix(r, n))
		}
		o := Options{Attempts: AttemptsAll, Method: Scores, Seed: rep, Confidence: nominal}
		b, err := freshDraws(ms, o, -1)
		if err != nil {
			t.Error(err)
			return
		}
		u, _ := b.gainUpper(Scores, delta)
		note("upper", u >= gain)
		note("lower", b.gainLower(delta) <= gain)
		low, high := b.beta(delta / 2)
		note("β two-sided", low <= beta && beta <= high)
		note("router's ceiling, lower", *lookAtRepeats(ms, o).RouterLower <= router)
	})
}
