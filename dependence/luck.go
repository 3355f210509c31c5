package dependence

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"github.com/allwrong/allwrong/outcome"
)

// LuckOptions say how matrices with fixed margins are drawn. The zero value
// means the documented defaults.
type LuckOptions struct {
	Queries int      // more queries than this are sampled; 0 means 50,000
	Draws   int      // matrices drawn, over all chains; 0 means 2,000
	Chains  int      // independent chains; 0 means 4
	Thin    int      // steps from one draw to the next; in a step every model trades once; 0 means 5
	Slices  []string // keys of labels by which a router could choose
	Seed    uint64

	Progress func(done, total int64) // told after every draw, never twice at a time
}

const (
	luckLevel = 0.05 // family-wise, of "rescued more often"
	burnIn    = 50   // steps before the first draw
	nextBest  = 8    // models behind the best that are also taken together
	mixedBy   = 1.05 // R-hat up to which chains count as mixed
)

// LuckResult compares rescues of the best model with what difficulty alone
// predicts. Under a one-dimensional law of ability and difficulty (Rasch's),
// all matrices with the same row and column sums are equally likely, whatever
// the abilities and difficulties are; the best model is the same in all of
// them, and the true gain of a router is 0, at any G. So the comparison needs
// no fit. It depends on who is in the pool.
//
// It says "rescued no more often than difficulty alone predicts", or "more
// often: look at these queries". More is not specialisation yet: broken output
// of the best model, an unlucky single run and guessing do it too. Fewer is
// what guessing and unequal slopes produce, and says nothing.
type LuckResult struct {
	Best    string        `json:"best"`
	Queries int64         `json:"queries"` // complete ones that were used: all numbers are about these
	Reading Reading       `json:"reading"`
	Rescues []Rescue      `json:"rescues"` // strongest model first
	Next    *Together     `json:"next"`    // the next best models taken together; nil when rescues cannot vary
	Slices  []SliceRouter `json:"slice_routers"`

	Residuals *PairResiduals `json:"pair_residuals"` // nil when no pair can vary, or there are too many to follow
	Draws     int            `json:"draws"`
	RHat      *float64       `json:"r_hat"` // largest over all statistics; nil when none varies

	Warnings warnings `json:"warnings"`
}

// Reading is what the rescues allow to be said.
type Reading string

// The readings.
const (
	NoMore     Reading = "no more than difficulty" // no model rescues more often than difficulty alone predicts
	More       Reading = "more than difficulty"    // at least one does, the number of models priced in (Holm)
	CannotVary Reading = "cannot vary"             // the margins fix every rescue
)

// Rescue is one model: the queries on which it is right and the best is wrong.
type Rescue struct {
	Model    string   `json:"model"`
	Observed int64    `json:"observed"`
	Expected float64  `json:"expected"`
	SD       float64  `json:"sd"`
	P        *float64 `json:"p_value"`       // of so many or more; nil when the margins fix it
	PFewer   *float64 `json:"p_value_fewer"` // of so many or fewer, which proves nothing about routers
	Holm     *float64 `json:"p_holm"`        // P, adjusted for the number of models
	List     []string `json:"queries"`       // the rescued ones, for models whose Holm-adjusted p-value is small
}

// More reports whether the model rescues more often than difficulty predicts, the
// number of models priced in.
func (r Rescue) More() bool { return r.Holm != nil && *r.Holm <= luckLevel }

// Together sums rescues over the models that come next after the best. A query
// that two of them rescue counts twice.
type Together struct {
	Models   []string `json:"models"`
	Observed int64    `json:"observed"`
	Expected float64  `json:"expected"`
	SD       float64  `json:"sd"`
	P        *float64 `json:"p_value"`
	PFewer   *float64 `json:"p_value_fewer"`
}

// SliceRouter asks the model that is best on each slice of these very queries.
// Its gain over the single best model is optimistic, by as much in the draws.
type SliceRouter struct {
	Key      string   `json:"key"`
	Values   int      `json:"values"` // slices, one of them of queries without a label, if there are such
	Gain     float64  `json:"gain"`   // a fraction of the queries
	Expected float64  `json:"expected"`
	SD       float64  `json:"sd"`
	P        *float64 `json:"p_value"` // of so much or more; nil when the margins fix it
}

// Luck draws matrices with the margins of the complete cases. The result is the
// same at any number of processors.
func Luck(ctx context.Context, m *outcome.Matrix, o LuckOptions) (*LuckResult, error) {
	for _, x := range []*int{&o.Draws, &o.Chains, &o.Thin, &o.Queries} {
		if *x < 0 {
			return nil, fmt.Errorf("luck: %d draws, %d chains, thinned by %d, of %d queries: none may be negative", o.Draws, o.Chains, o.Thin, o.Queries)
		}
	}
	o.Draws, o.Chains, o.Thin = orDefault(o.Draws, 2000), orDefault(o.Chains, 4), orDefault(o.Thin, 5)
	o.Queries = orDefault(o.Queries, 50_000)
	all, err := completeCases(m)
	if err != nil {
		return nil, err
	}
	c := all.singly(m, sample(m, o.Slices, o.Queries, o.Seed, "luck"))
	s := &luckStats{complete: c, order: all.byStrength()}
	for _, key := range o.Slices {
		if !slices.Contains(m.SliceKeys(), key) {
			return nil, fmt.Errorf("luck: no query has a label %s", outcome.Quote(key))
		}
		s.keys = append(s.keys, c.parts(m, key))
	}
	chains, err := s.run(ctx, o)
	if err != nil {
		return nil, err
	}
	r := s.result(o, chains)
	all.list(m, r)
	if c.n < all.n {
		r.Warnings.warn("sampled", "%d of %d queries, drawn by seed %d, were used", c.n, all.n, o.Seed)
	}
	if s.pairs != nil {
		r.Residuals = s.residuals(s.pairs, o.Draws)
	} else {
		r.Warnings.warn("no-residuals", "%d models and %d queries are too many to follow every pair through the draws", len(s.models), len(s.columns))
	}
	return r, nil
}

func orDefault(x, value int) int {
	if x == 0 {
		return value
	}
	return x
}

// slicePart is the queries with one value of a label, in the words from first on.
type slicePart struct {
	first int
	words []uint64
}

func (c *complete) parts(m *outcome.Matrix, key string) []slicePart {
	index := map[string]int{}
	var out []slicePart
	for at, q := range c.columns {
		value := m.Label(key, q)
		i, ok := index[value]
		if !ok {
			i = len(out)
			index[value] = i
			out = append(out, slicePart{first: at >> 6})
		}
		p := &out[i]
		for len(p.words) <= at>>6-p.first {
			p.words = append(p.words, 0)
		}
		p.words[at>>6-p.first] |= 1 << (at & 63)
	}
	return out
}

// luckStats computes, of one matrix: the rescues of each model but the best,
// strongest first; their sum over the next best; what each slice router gains.
type luckStats struct {
	*complete
	order []int
	keys  [][]slicePart
	pairs []pairSums // by chain; nil when pairs are not followed
}

func (s *luckStats) size() int { return len(s.order) + 1 + len(s.keys) }

func (s *luckStats) of(rows [][]uint64, out []int32) {
	next := int32(0)
	best := rows[s.best]
	for k, i := range s.order {
		n := 0
		for w, x := range rows[i] {
			n += bits.OnesCount64(x &^ best[w])
		}
		out[k] = int32(n)
		if k < nextBest {
			next += int32(n)
		}
	}
	out[len(s.order)] = next
	for k, parts := range s.keys {
		sum := -s.sums[s.best]
		for _, p := range parts {
			most := 0
			for _, r := range rows {
				n := 0
				for w, x := range r[p.first : p.first+len(p.words)] {
					n += bits.OnesCount64(x & p.words[w])
				}
				most = max(most, n)
			}
			sum += most
		}
		out[len(s.order)+1+k] = int32(sum)
	}
}

// run gives the statistics of every draw, by chain. Chains start at the data
// and at a matrix far from them, in turn.
func (s *luckStats) run(ctx context.Context, o LuckOptions) ([][][]int32, error) {
	chains := make([][][]int32, o.Chains)
	if s.followsPairs(o.Draws) {
		s.pairs = make([]pairSums, o.Chains)
	}
	far := nested(s.right, len(s.columns))
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int64
		free = make(chan struct{}, runtime.GOMAXPROCS(0))
	)
	for k := range chains {
		draws := o.Draws/o.Chains + min(1, max(0, o.Draws%o.Chains-k))
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			start := s.right
			if k%2 == 1 {
				start = far
			}
			chain := newMargins(start, o.Seed, uint64(k))
			for step := 1; len(chains[k]) < draws && ctx.Err() == nil; step++ {
				chain.step()
				if step <= burnIn || (step-burnIn)%o.Thin != 0 {
					continue
				}
				stats := make([]int32, s.size())
				s.of(chain.rows, stats)
				chains[k] = append(chains[k], stats)
				if s.pairs != nil {
					s.pairs[k].add(chain.rows)
				}
				if o.Progress != nil {
					mu.Lock()
					done++
					o.Progress(done, int64(o.Draws))
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return chains, ctx.Err()
}
