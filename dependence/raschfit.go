package dependence

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
)

// logistic is one model of RouterResult over a grid of θ.
type logistic struct {
	dimension int         // 0: one latent number and one slope for all
	theta     [][]float64 // [node][latent]
	mass      []float64   // [node], of the law of θ; sums to 1
	mean      []float64   // [node], the mean over queries of the law of θ given their cells
	start     []float64   // [node], the masses of a normal law
	a         []float64   // [model]
	s         [][]float64 // [model][latent]

	logit [][]float64 // [model][node]
	plus  [][]float64 // [model][node] less the log chance to be wrong
	none  []float64   // [node] log chance that all are wrong
}

// Priors, as standard deviations of normal laws around 0: wide for logits.
const (
	priorA    = 5.0
	priorS    = 2.0
	smoothing = 20.0 // queries' worth of the normal law in the masses
)

// grids gives nodes per latent dimension and their distance: by number of latents.
var grids = [mostLatent + 1]struct {
	nodes int
	apart float64
}{1: {41, 0.3}, 2: {15, 0.7}, 3: {9, 1.1}}

// newLogistic starts from the model of the dimension below. A new latent starts
// with small random slopes, for with none EM would never find it.
func newLogistic(models, dimension int, below *logistic, seed uint64) *logistic {
	latents := max(dimension, 1)
	g := grids[latents]
	l := &logistic{dimension: dimension, a: make([]float64, models), logit: make([][]float64, models), plus: make([][]float64, models)}
	total := 1
	for range latents {
		total *= g.nodes
	}
	sum := 0.0
	for k := range total {
		at, rest, square := make([]float64, latents), k, 0.0
		for d := range at {
			at[d] = (float64(rest%g.nodes) - float64(g.nodes-1)/2) * g.apart
			square += at[d] * at[d]
			rest /= g.nodes
		}
		l.theta = append(l.theta, at)
		l.start = append(l.start, math.Exp(-square/2))
		sum += l.start[k]
	}
	for k := range l.start {
		l.start[k] /= sum
	}
	l.mass = append([]float64(nil), l.start...)
	l.none = make([]float64, total)
	r := rand.New(rand.NewPCG(seed, uint64(dimension)))
	for i := range models {
		slopes := make([]float64, latents)
		slopes[0] = 1
		if below != nil {
			l.a[i] = below.a[i]
			copy(slopes, below.s[i])
			if dimension > 1 {
				slopes[dimension-1] = r.NormFloat64() / 2
			}
		}
		l.s = append(l.s, slopes)
		l.logit[i], l.plus[i] = make([]float64, total), make([]float64, total)
	}
	return l
}

// update computes logits and what follows from them.
func (l *logistic) update() {
	clear(l.none)
	for i, a := range l.a {
		for k, t := range l.theta {
			x := a
			for d, s := range l.s[i] {
				x += s * t[d]
			}
			l.logit[i][k], l.plus[i][k] = x, softplus(x)
			l.none[k] -= l.plus[i][k]
		}
	}
}

// softplus is log(1+eˣ).
func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func logisticOf(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// posterior fills in the law of θ given a query's cells, held-out ones left
// aside if asked for, and gives the log of their chance.
func (l *logistic) posterior(q *query, hold bool, out []float64) float64 {
	copy(out, l.none)
	if hold {
		for _, i := range q.held {
			for k, x := range l.plus[i] {
				out[k] += x
			}
		}
	}
	for i, right := range q.right {
		if right && !(hold && q.out[i]) {
			for k, x := range l.logit[i] {
				out[k] += x
			}
		}
	}
	most := math.Inf(-1)
	for _, x := range out {
		most = math.Max(most, x)
	}
	sum := 0.0
	for k, x := range out {
		out[k] = l.mass[k] * math.Exp(x-most)
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return most + math.Log(sum)
}

// expected is what EM needs of the queries: by model and node, how many were
// asked there and how many of these were right; by node, all.
type expected struct {
	right, asked [][]float64
	all          []float64
	logLik       float64
}

func (l *logistic) nothing() *expected {
	e := &expected{all: make([]float64, len(l.theta))}
	for range l.a {
		e.right, e.asked = append(e.right, make([]float64, len(l.theta))), append(e.asked, make([]float64, len(l.theta)))
	}
	return e
}

func (e *expected) add(x *expected) {
	for i := range e.right {
		for k := range e.all {
			e.right[i][k] += x.right[i][k]
			e.asked[i][k] += x.asked[i][k]
		}
	}
	for k := range e.all {
		e.all[k] += x.all[k]
	}
	e.logLik += x.logLik
}

// expect shares the queries among a fixed number of workers, whose sums are
// added in order: the result is the same at any number of processors.
func (l *logistic) expect(cells []query, hold bool) *expected {
	const parts = 8
	sums := make([]*expected, parts)
	var wg sync.WaitGroup
	for p := range sums {
		wg.Go(func() {
			e, post := l.nothing(), make([]float64, len(l.theta))
			for at := len(cells) * p / parts; at < len(cells)*(p+1)/parts; at++ {
				q := &cells[at]
				e.logLik += l.posterior(q, hold, post)
				for k, x := range post {
					e.all[k] += x
				}
				for i, right := range q.right {
					switch {
					case hold && q.out[i]:
						for k, x := range post {
							e.asked[i][k] -= x
						}
					case right:
						for k, x := range post {
							e.right[i][k] += x
						}
					}
				}
			}
			sums[p] = e
		})
	}
	wg.Wait()
	for _, e := range sums[1:] {
		sums[0].add(e)
	}
	for i := range sums[0].asked {
		for k, x := range sums[0].all {
			sums[0].asked[i][k] += x
		}
	}
	return sums[0]
}

// fit runs EM until a step gains next to nothing.
func (l *logistic) fit(ctx context.Context, cells []query, hold bool) (converged bool, err error) {
	l.update()
	last := math.Inf(-1)
	for range maxFitSteps {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		e := l.expect(cells, hold)
		l.mean = e.all
		now := e.logLik + l.prior()
		if now-last < 3e-5*float64(len(cells)) {
			return true, nil
		}
		last = now
		l.maximise(e)
		for k := range l.mass {
			l.mass[k] = (e.all[k] + smoothing*l.start[k]) / (float64(len(cells)) + smoothing)
		}
		l.update()
	}
	return false, nil
}

// prior is the log density of the parameters, but for a constant.
func (l *logistic) prior() (x float64) {
	for i, a := range l.a {
		x -= a * a / (2 * priorA * priorA)
		for _, s := range l.s[i] {
			if x -= s * s / (2 * priorS * priorS); l.dimension == 0 && i > 0 {
				x += s * s / (2 * priorS * priorS) // one slope, one prior
			}
		}
	}
	for k, w := range l.start {
		x += smoothing * w * math.Log(l.mass[k])
	}
	return x
}

// heldOut gives, by query, the log likelihood of the cells that were held out,
// each predicted from the cells that were not.
func (l *logistic) heldOut(cells []query) []float64 {
	out, post := make([]float64, len(cells)), make([]float64, len(l.theta))
	for at := range cells {
		q := &cells[at]
		if len(q.held) == 0 {
			continue
		}
		l.posterior(q, true, post)
		for _, i := range q.held {
			p := 0.0
			for k, x := range post {
				if q.right[i] {
					p += x * logisticOf(l.logit[i][k])
				} else {
					p += x * logisticOf(-l.logit[i][k])
				}
			}
			out[at] += math.Log(math.Max(p, math.SmallestNonzeroFloat64))
		}
	}
	return out
}

// ceiling gives the best model's E p_i and E max_i p_i, over these queries.
func (l *logistic) ceiling() (single, ceiling float64) {
	rates := make([]float64, len(l.a))
	total := 0.0
	for _, w := range l.mean {
		total += w
	}
	for k, w := range l.mean {
		most := 0.0
		w /= total
		for i := range rates {
			p := logisticOf(l.logit[i][k])
			rates[i] += w * p
			most = math.Max(most, p)
		}
		ceiling += w * most
	}
	for _, x := range rates {
		single = math.Max(single, x)
	}
	return single, math.Max(ceiling, single)
}
