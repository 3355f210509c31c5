package pool

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Options of Find. A zero field means its default.
type Options struct {
	K          int                // members of the pool that is asked for; 3
	Objective  Objective          // Ceiling
	Prices     map[string]float64 // US dollars a query, by model; nil when unknown
	MaxPrice   float64            // most that asking all members one query may cost; 0 means no limit
	Require    []string           // models that are in every pool
	Exact      bool               // work about a minute on each size until it is proved, instead of about a second
	New        string             // model of which to say what it adds to all others
	Confidence float64            // of each statement, in (0, 1); 0.95
	Seed       uint64

	// Progress is told which size is being looked at.
	Progress func(k, of int)
}

// Work of one size, in words of 64 columns: about a nanosecond each.
const (
	quickWork = 1e9
	exactWork = 60e9
)

// Find looks for the best pools of every size and says what each model is worth.
// Nothing is changed. The error says what to do when the options make no sense
// or no query was answered by every model.
func Find(ctx context.Context, m *outcome.Matrix, o Options) (*Result, error) {
	f := &finding{Options: o, ctx: ctx, names: m.Models()}
	if err := f.complete(m); err != nil {
		return nil, err
	}
	f.models()
	if err := f.pools(); err != nil {
		return nil, err
	}
	f.certify()
	f.next()
	if err := f.crossFit(); err != nil {
		return nil, err
	}
	return &f.result, nil
}

// finding is one run of Find.
type finding struct {
	Options
	ctx      context.Context
	names    []string
	given    *outcome.Matrix   // with names, if queries have any
	mask     outcome.Mask      // of its complete queries
	patterns []outcome.Pattern // of these
	digest   string            // of the patterns
	matrix   *outcome.Matrix   // of the patterns
	n        int64
	counts   outcome.Counts
	required []int
	chosen   choice // the pool of K
	goal     *goal
	result   Result
}

func (f *finding) complete(m *outcome.Matrix) error {
	if len(f.names) < 2 {
		return fmt.Errorf("%d model: a pool needs at least two", len(f.names))
	}
	f.given, f.mask = m, m.Complete()
	f.patterns = m.Patterns(nil)
	f.digest = outcome.DigestPatterns(f.patterns)
	f.matrix = outcome.FromPatterns(f.names, f.patterns)
	f.counts = f.matrix.Count(nil)
	if f.n = f.counts.Queries; f.n == 0 {
		return fmt.Errorf("no query was answered by all %d models: leave out those that answered few", len(f.names))
	}
	if err := f.check(); err != nil {
		return err
	}
	r := &f.result
	r.Queries, r.AllWrong, r.Ceiling = f.n, f.counts.AllWrong, f.share(f.n-f.counts.AllWrong)
	r.Objective, r.K, r.Confidence, r.Seed = f.Objective, f.K, f.Confidence, f.Seed
	r.Warnings, r.Pools, r.Certified, r.Next = []Warning{}, []Pool{}, []Certified{}, []Addition{}
	if f.n < m.Size(nil) {
		f.warn("incomplete", "%d queries that some model did not answer are left out.", m.Size(nil)-f.n)
	}
	return nil
}

// check puts defaults in place of zeros and refuses what makes no sense.
func (f *finding) check() error {
	if f.K == 0 {
		f.K = min(max(3, len(f.Require)), len(f.names))
	}
	if f.Objective == "" {
		f.Objective = Ceiling
	}
	if f.Confidence == 0 {
		f.Confidence = 0.95
	}
	switch {
	case f.K < 1 || f.K > len(f.names):
		return fmt.Errorf("pool size %d: want one of 1…%d", f.K, len(f.names))
	case f.K < len(f.Require):
		return fmt.Errorf("pool size %d: %d models are required", f.K, len(f.Require))
	case !slices.Contains([]Objective{Ceiling, Gain, Cost}, f.Objective):
		return fmt.Errorf("objective %q: want ceiling, gain or cost", f.Objective)
	case !(f.Confidence > 0 && f.Confidence < 1):
		return fmt.Errorf("confidence %v is outside (0, 1)", f.Confidence)
	case !(f.MaxPrice >= 0) || math.IsInf(f.MaxPrice, 0):
		return fmt.Errorf("price limit %v: want a positive number of dollars", f.MaxPrice)
	}
	f.goal = &goal{Objective: f.Objective, cap: math.Inf(1), right: f.counts.Right}
	for _, name := range f.Require {
		i := slices.Index(f.names, name)
		if i < 0 {
			return fmt.Errorf("required model %s is not among the %d", outcome.Quote(name), len(f.names))
		}
		if !slices.Contains(f.required, i) {
			f.required = append(f.required, i)
		}
	}
	slices.Sort(f.required)
	if f.New != "" && !slices.Contains(f.names, f.New) {
		return fmt.Errorf("new model %s is not among the %d", outcome.Quote(f.New), len(f.names))
	}
	return f.price()
}

// price looks the prices up. A model without one would be free to a search for
// cheap pools, so that such a search is refused.
func (f *finding) price() error {
	var missing []string
	for _, name := range f.names {
		p, ok := f.Prices[name]
		if ok && !(p >= 0 && !math.IsInf(p, 0)) {
			return fmt.Errorf("price of %s: %v is no price", outcome.Quote(name), p)
		}
		if !ok {
			missing = append(missing, name)
		}
		f.goal.prices = append(f.goal.prices, p)
	}
	if len(missing) == 0 {
		if f.MaxPrice > 0 {
			f.goal.cap = f.MaxPrice * (1 + 1e-12)
		}
		if p := f.goal.evaluatePrice(f.required); p > f.goal.cap {
			return fmt.Errorf("price limit: the required models cost %g dollars a query together", p)
		}
		return nil
	}
	if f.MaxPrice > 0 || f.Objective == Cost {
		return fmt.Errorf("%d models have no price, %s among them: a limit on the price or the cheapest pool needs all of them", len(missing), outcome.Quote(missing[0]))
	}
	if f.goal.prices = nil; len(missing) < len(f.names) {
		f.result.Warnings = append(f.result.Warnings, Warning{"prices", fmt.Sprintf("%d of %d models have no price: pools have none.", len(missing), len(f.names))})
	}
	return nil
}

func (g *goal) evaluatePrice(models []int) (sum float64) {
	for _, i := range models {
		sum += g.price(i)
	}
	return sum
}

// errNone is a price limit that leaves nothing.
var errNone = errors.New("price limit: no model costs so little")

// pools finds the best pool of each size, until more members add nothing.
func (f *finding) pools() error {
	c := newCover(f.matrix)
	all := make([]int, len(f.names))
	for i := range all {
		all[i] = i
	}
	steps := f.goal.greedy(c, f.required, all, len(f.names))
	if len(steps) == 0 {
		return errNone
	}
	var last choice
	for k := max(1, len(f.required)); k <= f.largest(steps); k++ {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		if f.Progress != nil {
			f.Progress(k, f.largest(steps))
		}
		greedy := steps[min(k-max(1, len(f.required)), len(steps)-1)]
		known := f.goal.exchange(c, greedy, f.required, all)
		if last.models != nil && !f.goal.better(&known, &last) {
			known = last // a larger pool may be no better
		}
		best, most, proved := f.goal.prove(c, known, f.required, all, k, f.work(k))
		f.result.Pools = append(f.result.Pools, f.pool(k, best, most, proved, greedy, c))
		if last = best; k == f.K {
			f.chosen = best
		}
	}
	return nil
}

// largest is the largest size worth a row: that which greedy choice needs to
// reach all that the pool covers, and the one that is asked for.
func (f *finding) largest(steps []choice) int {
	last := len(steps) - 1
	for last > 0 && steps[last-1].covered == steps[len(steps)-1].covered {
		last--
	}
	return max(f.K, min(last+max(1, len(f.required)), maxRows))
}

// maxRows bounds the curve over sizes, and thereby its time.
const maxRows = 40

// work of one size: most for the one that is asked for.
func (f *finding) work(k int) int64 {
	switch {
	case f.Exact:
		return exactWork
	case k == f.K:
		return quickWork
	}
	return quickWork / 8
}

func (f *finding) pool(k int, best choice, most int64, proved bool, greedy choice, c *cover) Pool {
	p := Pool{K: k, Models: []string{}, AllWrong: f.n - best.covered, Ceiling: f.share(best.covered),
		Gain: f.share(best.covered - best.strongest), Proved: proved, Least: f.n - most,
		Greedy: f.n - greedy.covered}
	for _, i := range best.models {
		p.Models = append(p.Models, f.names[i])
	}
	if f.goal.prices != nil {
		p.PriceUSD = &best.price
	}
	if f.Objective == Ceiling && most > 0 {
		p.Guarantee = float64(greedy.covered) / float64(most)
		if len(f.required) == 0 && math.IsInf(f.goal.cap, 1) {
			p.Guarantee = max(p.Guarantee, 1-1/math.E)
		}
	}
	return p
}

func (f *finding) share(n int64) float64 { return float64(n) / float64(f.n) }

func (f *finding) warn(code, format string, a ...any) {
	f.result.Warnings = append(f.result.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}
