package groups

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// AgainOptions are those of Again. A zero field means its default.
type AgainOptions struct {
	Most       int     // largest vote; 5
	Within     float64 // models of like quality: at most so much less accurate than the best; 0.1
	Confidence float64 // of each interval, in (0, 1); 0.95
	Seed       uint64
}

const (
	divisions  = 20
	resamples  = 1000
	mostAgain  = 2e9 // steps of all resamples, which bounds their number
	leastAgain = 200
)

// Again compares asking the best model k times with asking the best k models of
// like quality once each. Attempts are matrices of the same models and queries, or
// of the same patterns over all attempts; details are theirs, or nil: then verdicts
// vote. Nothing is changed.
func Again(ctx context.Context, attempts []*outcome.Matrix, details []*outcome.Detail, o AgainOptions) (*AgainResult, error) {
	a := &again{AgainOptions: o, ctx: ctx, attempts: attempts}
	if err := a.prepare(details); err != nil {
		return nil, err
	}
	a.roles()
	point := a.compare(a.weight)
	a.sizes(point)
	if err := a.intervals(); err != nil {
		return nil, err
	}
	a.describe()
	return &a.result, nil
}

// again is one run of Again.
type again struct {
	AgainOptions
	ctx      context.Context
	attempts []*outcome.Matrix
	names    []string
	columns  []int
	keys     [][][]uint32 // [model][attempt][kind]: 1 the right answer, 0 none
	weight   []float64    // [kind] queries on which the same answers agree; a kind is one pattern of that
	n        float64      // queries
	byAnswer bool
	ranking  int
	order    [][]int                     // [division] attempts: those that rank first
	ranks    [][][]float64               // [division][model][kind] right answers among the ranking attempts
	known    []map[string][][2][]float64 // [division] what an ordered pool gives, by size and kind: again, several
	result   AgainResult
}

func (a *again) prepare(details []*outcome.Detail) error {
	if a.Most == 0 {
		a.Most = 5
	}
	if a.Within == 0 {
		a.Within = 0.1
	}
	if a.Confidence == 0 {
		a.Confidence = 0.95
	}
	switch {
	case !(a.Confidence > 0 && a.Confidence < 1):
		return fmt.Errorf("confidence %v is outside (0, 1)", a.Confidence)
	case !(a.Within > 0 && a.Within <= 1):
		return fmt.Errorf("models of like quality: %v is outside (0, 1]; 0.1 is ten points", a.Within)
	case a.Most < 2:
		return fmt.Errorf("largest vote %d: want at least 2", a.Most)
	case len(a.attempts) < 3:
		return fmt.Errorf("votes of one model need at least three attempts of each, one to rank and two to vote; there are not more than %d", len(a.attempts))
	}
	a.names = a.attempts[0].Models()
	if len(a.names) < 2 {
		return fmt.Errorf("%d model: want at least two", len(a.names))
	}
	if !a.matched() {
		return fmt.Errorf("the attempts are patterns of their own: they cannot be matched with each other; count patterns over all attempts at once")
	}
	mask := a.attempts[0].Complete()
	for _, m := range a.attempts[1:] {
		for w, x := range m.Complete() {
			mask[w] &= x
		}
	}
	for c := range a.attempts[0].Columns() {
		if mask.Has(c) {
			a.columns = append(a.columns, c)
		}
	}
	a.n = float64(a.attempts[0].Size(mask))
	r := &a.result
	r.Queries, r.Attempts, r.Within, r.Confidence, r.Seed = int64(a.n), len(a.attempts), a.Within, a.Confidence, a.Seed
	r.Warnings, r.Pool, r.Sizes = []Warning{}, []Member{}, []Size{}
	if a.n < 2 {
		return fmt.Errorf("%.0f queries have %d attempts of each of the %d models: leave out models that were asked less often", a.n, len(a.attempts), len(a.names))
	}
	a.read(details)
	a.join()
	return nil
}

// matched reports whether a column is the same queries in every attempt.
func (a *again) matched() bool {
	first := a.attempts[0]
	for _, m := range a.attempts[1:] {
		if m.Single() != first.Single() || m.Columns() != first.Columns() {
			return false
		}
		for c := range m.Columns() {
			if m.Weight(c) != first.Weight(c) {
				return false
			}
		}
	}
	return true
}

// read numbers the answers; by verdict all wrong ones are equal.
func (a *again) read(details []*outcome.Detail) {
	a.byAnswer = len(details) == len(a.attempts)
	unknown := 0
	for i := range a.names {
		rows := make([][]uint32, len(a.attempts))
		for s, m := range a.attempts {
			rows[s] = make([]uint32, len(a.columns))
			for at, c := range a.columns {
				key := uint32(0)
				switch {
				case m.Right(i, c):
					key = 1
				case !a.byAnswer || details[s].Answers == nil || details[s].Cells[i][c].Verdict() == outcome.Wrong && details[s].Answers[i][c] == 0:
					unknown++
				case details[s].Cells[i][c].Verdict() == outcome.Wrong:
					key = details[s].Answers[i][c] + 1
				}
				rows[s][at] = key
			}
		}
		a.keys = append(a.keys, rows)
	}
	a.byAnswer = a.byAnswer && unknown == 0
	a.result.Rule = "plurality"
	if !a.byAnswer {
		a.result.Rule = "majority"
		a.result.Warnings = append(a.result.Warnings, Warning{"answers", "Some wrong verdicts come without an answer: a vote is right when most of its verdicts are, half right when half are."})
	}
}

// roles divides the attempts: a third of them ranks, the others vote.
func (a *again) roles() {
	a.ranking = max(1, len(a.attempts)/3)
	a.result.Ranking, a.result.Roles = a.ranking, divisions
	for d := range divisions {
		order := rand.New(rand.NewPCG(a.Seed, uint64(d))).Perm(len(a.attempts))
		ranks := make([][]float64, len(a.names))
		for i := range a.names {
			ranks[i] = make([]float64, len(a.weight))
			for _, s := range order[:a.ranking] {
				for at, key := range a.keys[i][s] {
					if key == 1 {
						ranks[i][at]++
					}
				}
			}
		}
		a.order, a.ranks, a.known = append(a.order, order), append(a.ranks, ranks), append(a.known, map[string][][2][]float64{})
	}
}

// pool ranks the models of a division on weighted queries: those of like quality,
// the best first.
func (a *again) pool(division int, weight []float64) []int {
	score, order := make([]float64, len(a.names)), make([]int, len(a.names))
	total := 0.0
	for _, w := range weight {
		total += w * float64(a.ranking)
	}
	for i, right := range a.ranks[division] {
		order[i] = i
		for at, w := range weight {
			score[i] += w * right[at]
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case score[x] > score[y]:
			return -1
		case score[x] < score[y]:
			return 1
		}
		return 0
	})
	for k, i := range order {
		if k == a.Most || score[i] < score[order[0]]-(a.Within+1e-12)*total {
			return order[:k]
		}
	}
	return order
}
