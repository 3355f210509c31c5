package dependence

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// A control is a world whose law is known: whether the models rescue each other
// by luck or because they differ is not a matter of opinion there.
type control struct {
	name string
	// pool draws the constants of a world once: the chance of each model on a query
	// of slice s, and what is drawn with the query.
	pool func(r *rand.Rand) (chance func(r *rand.Rand, slice int, p []float64))
}

const (
	worldModels  = 12
	worldQueries = 400
	worldSlices  = 4
)

func logistic1(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// ability is spaced evenly; difficulties have a standard deviation of 1.5.
func ability(i int) float64 { return -0.5 + 2.5*float64(i)/(worldModels-1) }

// controls are the worlds of docs/method.md, "Luck or specialisation".
var controls = []control{
	{"Rasch", func(*rand.Rand) func(*rand.Rand, int, []float64) {
		return func(r *rand.Rand, _ int, p []float64) {
			d := 1.5 * r.NormFloat64()
			for i := range p {
				p[i] = logistic1(ability(i) - d)
			}
		}
	}},
	{"unequal item slopes", func(*rand.Rand) func(*rand.Rand, int, []float64) {
		return func(r *rand.Rand, _ int, p []float64) {
			d, slope := 1.5*r.NormFloat64(), math.Exp(0.5*r.NormFloat64())
			for i := range p {
				p[i] = logistic1(slope * (ability(i) - d))
			}
		}
	}},
	{"model slopes rising with ability", func(*rand.Rand) func(*rand.Rand, int, []float64) {
		return func(r *rand.Rand, _ int, p []float64) {
			d := 1.5 * r.NormFloat64()
			for i := range p {
				slope := 0.6 + 0.9*float64(i)/(worldModels-1)
				p[i] = logistic1(slope * (ability(i) - d))
			}
		}
	}},
	{"guessing among four", func(*rand.Rand) func(*rand.Rand, int, []float64) {
		return func(r *rand.Rand, _ int, p []float64) {
			d := 1.5 * r.NormFloat64()
			for i := range p {
				p[i] = 0.25 + 0.75*logistic1(ability(i)-d)
			}
		}
	}},
	{"two dimensions", func(r *rand.Rand) func(*rand.Rand, int, []float64) {
		second := make([]float64, worldModels)
		for i := range second {
			second[i] = r.NormFloat64()
		}
		return func(r *rand.Rand, _ int, p []float64) {
			d, v := 1.5*r.NormFloat64(), 0.7*r.NormFloat64()
			for i := range p {
				p[i] = logistic1(ability(i) - d + v*second[i])
			}
		}
	}},
	{"slices of ±½ logit", sliced(0.5)},
	{"slices of ±1 logit", sliced(1)},
}

// sliced gives every model an advantage on two of four visible slices, drawn at
// random, and as much of a handicap on the others.
func sliced(by float64) func(*rand.Rand) func(*rand.Rand, int, []float64) {
	return func(r *rand.Rand) func(*rand.Rand, int, []float64) {
		signs := make([][]float64, worldModels)
		for i := range signs {
			signs[i] = []float64{by, by, -by, -by}
			r.Shuffle(worldSlices, func(a, b int) { signs[i][a], signs[i][b] = signs[i][b], signs[i][a] })
		}
		return func(r *rand.Rand, slice int, p []float64) {
			d := 1.5 * r.NormFloat64()
			for i := range p {
				p[i] = logistic1(ability(i) - d + signs[i][slice])
			}
		}
	}
}

// controlled is a matrix of one world, and what routers could really gain in it.
type controlled struct {
	matrix *outcome.Matrix
	router float64 // E max p − max E p: knows every chance
	slice  float64 // the model that is truly best on each slice
}

func (c control) draw(t testing.TB, seed uint64, truth bool) controlled {
	r := rand.New(rand.NewPCG(seed, 0x776f726c64))
	chance := c.pool(r)
	rows := make([][]uint64, worldModels)
	for i := range rows {
		rows[i] = outcome.NewMask(worldQueries)
	}
	labels := make([]string, worldQueries)
	p := make([]float64, worldModels)
	for q := range worldQueries {
		labels[q] = fmt.Sprint("s", q%worldSlices)
		chance(r, q%worldSlices, p)
		for i, x := range p {
			if r.Float64() < x {
				outcome.Mask(rows[i]).Set(q)
			}
		}
	}
	out := controlled{matrix: matrix(t, rows, worldQueries).WithLabels("slice", labels)}
	if !truth {
		return out
	}
	const many = 20_000
	sums, most := make([][]float64, worldSlices), 0.0
	for s := range sums {
		sums[s] = make([]float64, worldModels)
	}
	for k := range many {
		chance(r, k%worldSlices, p)
		most += slices.Max(p)
		for i, x := range p {
			sums[k%worldSlices][i] += x
		}
	}
	bySlice, single := 0.0, 0.0
	for i := range p {
		total := 0.0
		for s := range sums {
			total += sums[s][i]
		}
		single = max(single, total)
	}
	for s := range sums {
		bySlice += slices.Max(sums[s])
	}
	out.router, out.slice = (most-single)/many, (bySlice-single)/many
	return out
}

// seen is what Luck says of many draws of one world.
type seen struct {
	more, next, fewer, slice int // rejections at 5 %
	router, sliceGain        float64
	sampled                  float64   // gain of the slice router on its own queries
	uniform                  []float64 // p-values of the next eight together, ties split at random
	perModel                 []float64 // the same of the second best model
}

func watch(t testing.TB, c control, worlds, draws int, truth bool) seen {
	t.Helper()
	var out seen
	var mu sync.Mutex
	var wg sync.WaitGroup
	results := make([]*LuckResult, worlds)
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for w := range worlds {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			x := c.draw(t, uint64(w)+1, truth)
			r, err := Luck(context.Background(), x.matrix, LuckOptions{Draws: draws, Thin: 3, Slices: []string{"slice"}, Seed: uint64(w)})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			results[w] = r
			out.router += x.router / float64(worlds)
			out.sliceGain += x.slice / float64(worlds)
		})
	}
	wg.Wait()
	if t.Failed() {
		return out
	}
	split := rand.New(rand.NewPCG(1, 1))
	for _, r := range results {
		count(&out.more, r.Reading == More)
		count(&out.next, *r.Next.P <= luckLevel)
		count(&out.fewer, *r.Next.PFewer <= luckLevel)
		count(&out.slice, *r.Slices[0].P <= luckLevel)
		out.sampled += r.Slices[0].Gain / float64(worlds)
		u := split.Float64()
		// P counts ties with the data as whole, and P + PFewer − 1 is their share.
		out.uniform = append(out.uniform, *r.Next.P-u*(*r.Next.P+*r.Next.PFewer-1))
		out.perModel = append(out.perModel, *r.Rescues[0].P-u*(*r.Rescues[0].P+*r.Rescues[0].PFewer-1))
	}
	return out
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

// kolmogorov is the largest distance of a sample from the uniform law, times √n.
func kolmogorov(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	n, d := float64(len(x)), 0.0
	for i, v := range x {
		d = max(d, float64(i+1)/n-v, v-float64(i)/n)
	}
	return d * math.Sqrt(n)
}

// TestWorlds: where one ability and one difficulty explain everything, p-values
// are uniform and nothing is found too often; visible slices of ±1 logit are found.
func TestWorlds(t *testing.T) {
	r := watch(t, controls[0], 200, 400, false)
	// Kolmogorov's limit at 1 in 1,000.
	if d := kolmogorov(r.uniform); d > 1.95 {
		t.Errorf("p-values of the next eight: √n·D = %.2f", d)
	}
	if d := kolmogorov(r.perModel); d > 1.95 {
		t.Errorf("p-values of the second model: √n·D = %.2f", d)
	}
	// 5 % of 200 and three standard errors.
	if r.next > 19 || r.more > 19 || r.slice > 19 {
		t.Errorf("Rasch: of 200 worlds %d found together, %d by Holm, %d by slices", r.next, r.more, r.slice)
	}
	if r = watch(t, controls[6], 20, 400, true); r.slice < 18 || r.sliceGain < 0.01 {
		t.Errorf("±1 logit: of 20 worlds %d found by slices; true gain %.3f", r.slice, r.sliceGain)
	}
}
