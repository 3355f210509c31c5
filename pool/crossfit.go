package pool

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/allwrong/allwrong/outcome"
)

const (
	folds   = 5
	repeats = 10
)

// crossFit asks how much of a pool's ceiling is owed to its having been chosen
// on the same queries: pools are chosen on four fifths and scored on the fifth,
// for each fifth in turn and over several divisions into fifths. Which fifth a
// query falls into hangs on its id.
func (f *finding) crossFit() error {
	if !f.single.Single() || f.n < folds {
		return nil
	}
	s := &Selection{K: f.K, Folds: folds, Repeats: repeats}
	fits := make([]fit, folds*repeats)
	var wg sync.WaitGroup
	for r := range repeats {
		wg.Go(func() {
			if f.ctx.Err() == nil {
				copy(fits[r*folds:], f.fold(r))
			}
		})
	}
	wg.Wait()
	if err := f.ctx.Err(); err != nil {
		return err
	}
	var in, out, trained, tested int64
	shared, pairs := 0.0, 0.0
	for a, x := range fits {
		in, trained = in+x.coveredIn, trained+x.queriesIn
		out, tested = out+x.coveredOut, tested+x.queriesOut
		for _, y := range fits[a+1 : (a/folds+1)*folds] {
			for _, i := range x.pool {
				if slices.Contains(y.pool, i) {
					shared++
				}
			}
			pairs += float64(max(len(x.pool), len(y.pool)))
		}
	}
	s.InSample, s.HeldOut = float64(in)/float64(trained), float64(out)/float64(tested)
	s.Optimism, s.Stable = s.InSample-s.HeldOut, shared/pairs
	f.result.Selection = s
	return nil
}

// fit is one pool that was chosen without a fold.
type fit struct {
	pool                   []int
	coveredIn, queriesIn   int64
	coveredOut, queriesOut int64
}

// fold divides the queries once and gives the fit without each fold.
func (f *finding) fold(repeat int) []fit {
	masks := make([]outcome.Mask, folds)
	for k := range masks {
		masks[k] = outcome.NewMask(f.single.Columns())
	}
	for q := range f.single.Columns() {
		if f.mask.Has(q) {
			masks[int(draw(f.Seed, "fold", f.single.ID(q), byte(repeat))*folds)].Set(q)
		}
	}
	var out []fit
	for k, mask := range masks {
		others := outcome.NewMask(f.single.Columns())
		for j, other := range masks {
			for w := range others {
				if j != k {
					others[w] |= other[w]
				}
			}
		}
		x := fit{queriesIn: f.single.Size(others), queriesOut: f.single.Size(mask)}
		if x.queriesIn > 0 {
			m := f.single.Restrict(others).Merge()
			x.pool = f.choose(m).models
			x.coveredIn = x.queriesIn - f.counted(m, x.pool).AllWrong
			x.coveredOut = x.queriesOut - f.counted(f.single.Restrict(mask), x.pool).AllWrong
		}
		out = append(out, x)
	}
	return out
}

// draw gives a query a number in [0, 1) that hangs on the seed, the purpose and
// the query's id, and not on its place.
func draw(seed uint64, purpose, id string, more ...byte) float64 {
	h := fnv.New128a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write(append([]byte(purpose), more...))
	h.Write([]byte{0})
	h.Write([]byte(id))
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:]))).Float64()
}
