package dependence

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// bootstrap draws the queries anew, with repetition and as many as there are,
// and computes every ratio again. Only the number of each pattern matters, and
// these numbers are multinomial. Replicate r draws from its own stream, over
// patterns in order of their keys, so that the result depends neither on who
// computes it nor on whether queries were listed or counted.
type bootstrap struct {
	matrix     *outcome.Matrix // of patterns
	errors     *outcome.Errors
	all        []uint64 // columns that every model misses
	n          int64    // queries
	resample   *prob.Resample
	start      []float64 // tetrachoric correlations of the data
	seed       uint64
	replicates int
	progress   func(done int)
}

func (b *bootstrap) prepare() {
	b.n = b.matrix.Size(nil)
	weights := make([]int64, b.matrix.Columns())
	for c := range weights {
		weights[c] = b.matrix.Weight(c)
	}
	b.resample = prob.NewResample(weights)
}

// run gives the ratios by law and replicate; NaN where a replicate has none.
func (b *bootstrap) run(ctx context.Context) (ratios [laws][]float64, err error) {
	for law := range ratios {
		ratios[law] = make([]float64, b.replicates)
	}
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), b.replicates) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := worker{bootstrap: b}
			for {
				r := int(next.Add(1)) - 1
				if r >= b.replicates || ctx.Err() != nil {
					return
				}
				for law, x := range w.replicate(r) {
					ratios[law][r] = x
				}
				if b.progress != nil {
					b.progress(int(done.Add(1)))
				}
			}
		}()
	}
	wg.Wait()
	return ratios, ctx.Err()
}

// worker holds what one goroutine uses again.
type worker struct {
	*bootstrap
	weights []uint32
	counts  []int64
	planes  [][]uint64
	joint   []int64
	tet     []float64
}

func (w *worker) replicate(r int) (out [laws]float64) {
	rng := rand.New(rand.NewPCG(w.seed, uint64(r)+1))
	w.draw(rng)
	w.planes = outcome.WeightPlanes(w.weights, w.planes)
	w.joint = w.errors.Pairs(w.planes, w.joint)
	c := &counts{models: w.errors.Models(), n: float64(w.n), joint: w.joint}
	beta := 0.0
	for i, x := range w.weights {
		if w.all[i>>6]>>(i&63)&1 != 0 {
			beta += float64(x)
		}
	}
	beta /= c.n
	w.tet = tetrachorics(c, w.start, w.tet)
	logs, _ := logPredictions(c, w.tet)
	for law, log := range logs {
		out[law] = math.NaN()
		if !math.IsInf(log, -1) { // NaN stays NaN
			out[law] = math.Exp(math.Log(beta) - log)
		}
	}
	return out
}

// draw gives the weights of a replicate.
func (w *worker) draw(rng *rand.Rand) {
	if w.weights == nil {
		w.weights, w.counts = make([]uint32, w.matrix.Columns()), make([]int64, w.matrix.Columns())
	}
	w.resample.Draw(rng, w.counts)
	for c, k := range w.counts {
		w.weights[c] = uint32(k)
	}
}

// band gives the 5 % and 95 % points of the replicates that have a value, and
// how many have none.
func band(replicates []float64) (low, high *float64, without int) {
	x := slices.DeleteFunc(slices.Clone(replicates), math.IsNaN)
	slices.Sort(x)
	return quantile(x, .05), quantile(x, .95), len(replicates) - len(x)
}

// quantile interpolates between the order statistics (type 7 of Hyndman and Fan
// 1996); nil where that is not a number.
func quantile(sorted []float64, p float64) *float64 {
	if len(sorted) == 0 {
		return nil
	}
	at := p * float64(len(sorted)-1)
	i := int(at)
	x := sorted[i]
	if f := at - float64(i); f > 0 {
		x += f * (sorted[i+1] - x)
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return ptr(x)
}
