package pool

import (
	"slices"
	"strconv"
	"sync"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

const (
	folds   = 5
	repeats = 10
)

// crossFit asks how much of a pool's ceiling is owed to its having been chosen
// on the same queries: pools are chosen on four fifths and scored on the fifth,
// for each fifth in turn and over several divisions into fifths. Each query falls
// into a fifth by itself; since those of one pattern are alike, only how many of
// them fall into each is drawn.
func (f *finding) crossFit() error {
	if f.n < folds {
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
	draw, even := prob.Stream(f.Seed, "fold", strconv.Itoa(repeat), f.digest), slices.Repeat([]float64{1}, folds)
	counts := make([][folds]int64, len(f.patterns))
	for i, p := range f.patterns {
		prob.RandomMultinomial(draw, counts[i][:], p.Weight, even)
	}
	var out []fit
	for k := range folds {
		in, held := slices.Clone(f.patterns), slices.Clone(f.patterns)
		for i := range f.patterns {
			held[i].Weight = counts[i][k]
			in[i].Weight -= counts[i][k]
		}
		chosenOn, scoredOn := outcome.FromPatterns(f.names, in), outcome.FromPatterns(f.names, held)
		x := fit{queriesIn: chosenOn.Size(nil), queriesOut: scoredOn.Size(nil)}
		if x.queriesIn > 0 {
			x.pool = f.choose(chosenOn).models
			x.coveredIn = x.queriesIn - f.counted(chosenOn, x.pool).AllWrong
			x.coveredOut = x.queriesOut - f.counted(scoredOn, x.pool).AllWrong
		}
		out = append(out, x)
	}
	return out
}
