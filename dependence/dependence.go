// Package dependence answers one question: what do pairwise numbers say of a
// pool of models, and what can they not say?
//
// It measures how errors go together in pairs, predicts from pairs how often
// all models are wrong at once (β), compares that with what was measured, and
// shows which β the same pairs allow. It also takes the gain apart: where it
// comes from, and whether the models rescue each other more often than
// difficulty alone predicts.
//
// Everything is over complete cases, the queries that every model answered;
// rates are fractions in [0, 1]. What is random comes from a seed and is the
// same on any number of processors. No input yields NaN: what is not defined is
// null, with a reason or a warning beside it.
//
// The comparison of a single-factor copula with the measured β, and its
// bootstrap, follow arXiv:2606.27288; every estimator names its own source.
package dependence

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Options of Predict. A zero field means its default.
type Options struct {
	Seed       uint64
	Replicates int // of the bootstrap; 2,000
	Pools      int // random pools of each size; 200

	// Progress is told how far a part has come. It may be called from several
	// goroutines, never twice at a time.
	Progress func(part string, done, total int)
}

func (o Options) complete() (Options, error) {
	if o.Replicates < 0 || o.Pools < 0 {
		return o, errors.New("replicates and pools cannot be negative")
	}
	if o.Replicates == 0 {
		o.Replicates = 2000
	}
	if o.Pools == 0 {
		o.Pools = 200
	}
	var mu sync.Mutex
	tell := o.Progress
	o.Progress = func(part string, done, total int) {
		if tell != nil {
			mu.Lock()
			defer mu.Unlock()
			tell(part, done, total)
		}
	}
	return o, nil
}

// Result is what pairs predict of β and what was measured.
type Result struct {
	Models   []string `json:"models"`
	Queries  int64    `json:"queries"` // answered by every model
	AllWrong int64    `json:"all_wrong"`
	Beta     float64  `json:"beta"`
	Rho      Rho      `json:"rho"` // mean over pairs
	Pairs    Pairs    `json:"pairs"`

	Predicted  Predictions `json:"predicted"`
	ImpliedRho *float64    `json:"implied_rho"` // the correlation at which the single factor would give β
	PoolSize   []PoolSize  `json:"pool_size"`

	Seed       uint64    `json:"seed"`
	Replicates int       `json:"replicates"`
	Warnings   []Warning `json:"warnings"`
}

// Rho is the mean correlation of errors over all pairs.
type Rho struct {
	Pearson     *float64 `json:"pearson"`
	Tetrachoric *float64 `json:"tetrachoric"`
}

// Predict compares what pairs of models predict with what was measured. Detail
// gives families and answers, by the models and columns of m; nil when nothing
// is known of them.
func Predict(ctx context.Context, m *outcome.Matrix, d *outcome.Detail, o Options) (*Result, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if len(m.Models()) < 2 {
		return nil, fmt.Errorf("%d model: nothing can be said about dependence with fewer than two", len(m.Models()))
	}
	mask := m.Complete()
	a := &analysis{Options: o, ctx: ctx, matrix: outcome.FromPatterns(m.Models(), m.Patterns(nil))}
	if a.n = a.matrix.Size(nil); a.n == 0 {
		return nil, fmt.Errorf("no query was answered by all %d models", len(m.Models()))
	}
	families := make([]string, len(m.Models()))
	if d != nil {
		copy(families, d.Families)
	}
	a.count()
	if err := a.explain(families); err != nil {
		return nil, err
	}
	if d != nil && d.Answers != nil {
		a.result.Pairs.Agreement = agreement(m, d, mask, families)
	}
	a.result.Models = slices.Clone(m.Models())
	return &a.result, nil
}

// analysis is one run of Predict.
type analysis struct {
	Options
	ctx    context.Context
	matrix *outcome.Matrix // complete, equal columns merged
	n      int64
	missed *missed
	errors *outcome.Errors
	counts *counts
	all    []uint64 // columns that every model misses
	tet    []float64
	result Result
	warnings
}

func (a *analysis) count() {
	a.errors = a.matrix.Errors(nil)
	a.counts = &counts{models: a.errors.Models(), n: float64(a.n), joint: a.errors.Pairs(nil, nil)}
	full := make([]uint64, (a.matrix.Columns()+63)/64)
	for w := range full {
		full[w] = a.matrix.All(w)
	}
	a.missed = &missed{weigh: a.matrix.Weigh, all: full, words: len(full)}
	a.all = slices.Clone(full)
	for i := range a.counts.models {
		p := a.errors.Plane(i)
		a.missed.planes = append(a.missed.planes, p)
		a.all = and(a.all, a.all, p)
	}
}

func (a *analysis) explain(families []string) error {
	r := &a.result
	r.Queries, r.AllWrong = a.n, a.missed.count(a.all)
	r.Beta, r.Seed, r.Replicates = float64(r.AllWrong)/float64(a.n), a.Seed, a.Replicates
	a.tet = tetrachorics(a.counts, nil, nil)
	r.Pairs = pairs(a.counts, families, a.tet)
	r.Rho = Rho{r.Pairs.Pearson.Mean, r.Pairs.Tetrachoric.Mean}
	a.remark()
	r.Predicted = predict(a.counts, r.Beta, a.tet)
	if err := a.gaussian(); err != nil {
		return err
	}
	r.ImpliedRho = a.implied()
	if err := a.bands(); err != nil {
		return err
	}
	if err := a.curve(); err != nil {
		return err
	}
	if r.Warnings = a.warnings; r.Warnings == nil {
		r.Warnings = []Warning{}
	}
	return nil
}

// remark says what of the pairs has to be known.
func (a *analysis) remark() {
	var never, always int
	for i := range a.counts.models {
		switch a.counts.wrong(i) {
		case 0:
			never++
		case a.counts.n:
			always++
		}
	}
	if never+always > 0 {
		a.warn("constant-models", "%d of the models are never wrong and %d always: they have no correlation with any other and are left out of every mean over pairs.", never, always)
	}
	if t := a.result.Pairs.Tetrachoric; t.Boundary > 0 {
		a.warn("boundary-pairs", "%d of %d pairs have a tetrachoric correlation of ±1, since a cell of their table is empty; few queries make such pairs frequent.", t.Boundary, t.Pairs)
	}
	if few := a.result.AllWrong; few > 0 && few < 10 {
		a.warn("few-all-wrong", "Only %d queries defeat every model: the ratios are known no better than that count.", few)
	}
}

func (a *analysis) implied() *float64 {
	if a.result.AllWrong == 0 {
		return nil
	}
	var t []float64
	for _, p := range a.counts.rates() {
		t = append(t, prob.NormalQuantile(p))
	}
	rho, err := prob.ImpliedRho(t, math.Log(a.result.Beta))
	if err != nil {
		a.warn("implied-rho", "No correlation makes the single factor give this β: it lies outside what independent and identical errors allow.")
		return nil
	}
	return ptr(rho)
}

// bands bootstraps the ratios.
func (a *analysis) bands() error {
	b := &bootstrap{matrix: a.matrix, errors: a.errors, all: a.all, start: a.tet, seed: a.Seed, replicates: a.Replicates,
		progress: func(done int) { a.Progress("bootstrap", done, a.Replicates) }}
	b.prepare()
	ratios, err := b.run(a.ctx)
	if err != nil {
		return err
	}
	without := 0
	for law, x := range ratios {
		p := a.result.Predicted.of(law)
		var n int
		p.Lower, p.Upper, n = band(x)
		without = max(without, n)
	}
	if without > 0 {
		a.warn("replicates-without", "%d of %d replicates of the bootstrap have no ratio, since in them a model is never wrong; the intervals are over the others.", without, a.Replicates)
	}
	return nil
}

// curve measures pools of every size.
func (a *analysis) curve() error {
	m := a.counts.models
	histogram := a.missed.histogram()
	best, worst := a.missed.greedy(false), a.missed.greedy(true)
	n := float64(a.n)
	for i, k := range sizes(m) {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		p := a.missed.size(k, n, histogram, best, worst)
		if k > 1 {
			a.ratios(&p)
		}
		a.result.PoolSize = append(a.result.PoolSize, p)
		a.Progress("pool sizes", i+1, len(sizes(m)))
	}
	return nil
}

// ratios draws pools of one size and compares each with what the single factor
// makes of its own mean tetrachoric correlation.
func (a *analysis) ratios(p *PoolSize) {
	m := a.counts.models
	if p.Pools = a.Pools; p.K == m {
		p.Pools = 1
	}
	rates := a.counts.rates()
	rng := rand.New(rand.NewPCG(a.Seed, uint64(p.K)<<32))
	pool, left := make([]int, m), make([]uint64, len(a.missed.all))
	for i := range pool {
		pool[i] = i
	}
	var ratios []float64
	for range p.Pools {
		for i := range p.K {
			j := i + rng.IntN(m-i)
			pool[i], pool[j] = pool[j], pool[i]
		}
		copy(left, a.missed.all)
		thresholds := make([]float64, p.K)
		for i, at := range pool[:p.K] {
			left = and(left, left, a.missed.planes[at])
			thresholds[i] = prob.NormalQuantile(rates[at])
		}
		missed := a.missed.count(left)
		if missed == 0 {
			p.Zero++
			ratios = append(ratios, 0)
			continue
		}
		rho := meanOf(a.tet, pool[:p.K], m)
		if rho != rho {
			continue // every pair has a constant model
		}
		log := prob.SingleFactorAllWrong(thresholds, min(max(rho, 0), 1))
		ratios = append(ratios, math.Exp(math.Log(float64(missed)/float64(a.n))-log))
	}
	slices.Sort(ratios)
	p.Median, p.Low, p.High = quantile(ratios, .5), quantile(ratios, .05), quantile(ratios, .95)
}
