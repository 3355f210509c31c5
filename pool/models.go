package pool

import (
	"math/bits"

	"github.com/allwrong/allwrong/outcome"
)

// models says what each model does for the whole pool.
func (f *finding) models() {
	m := len(f.names)
	both := f.rightPairs()
	best := f.counts.Best()
	only, shapley := f.shares()
	f.result.Models = make([]Model, m)
	for i := range f.result.Models {
		right := f.counts.Right[i]
		x := Model{Model: f.names[i], Accuracy: f.share(right), OnlyIt: only[i], Shapley: shapley[i],
			RescuesBest: right - both[outcome.PairIndex(min(i, best), max(i, best), m)], In: []int{}}
		most := int64(-1)
		for j := range m {
			if n := both[outcome.PairIndex(min(i, j), max(i, j), m)]; j != i && right > 0 && n > most {
				most, x.Nearest = n, f.names[j]
			}
		}
		if most >= 0 {
			x.Shared = ptr(float64(most) / float64(right))
		}
		if p, ok := f.Prices[x.Model]; ok {
			x.PriceUSD = ptr(p)
			if x.RescuesBest > 0 {
				x.PerRescue = ptr(p * float64(f.n-f.counts.Right[best]) / float64(x.RescuesBest))
			}
		}
		f.result.Models[i] = x
	}
	if m > MaxRescues {
		f.warn("no-rescue-table", "The table of who rescues whom is left out: %d models are more than %d.", m, MaxRescues)
		return
	}
	for i := range m {
		row := make([]int64, m)
		for j := range row {
			row[j] = f.counts.Right[j] - both[outcome.PairIndex(min(i, j), max(i, j), m)]
		}
		f.result.Rescues = append(f.result.Rescues, row)
	}
}

// rightPairs counts for all pairs the queries on which both models are right.
func (f *finding) rightPairs() []int64 {
	m := len(f.names)
	wrong := f.matrix.Errors(nil).Pairs(nil, nil)
	for i := range m {
		for j := i + 1; j < m; j++ {
			at := outcome.PairIndex(i, j, m)
			// n = both right + i wrong + j wrong − both wrong
			wrong[at] += f.counts.Right[i] + f.counts.Right[j] - f.n
		}
	}
	for i := range m {
		wrong[outcome.PairIndex(i, i, m)] = f.counts.Right[i]
	}
	return wrong
}

// shares gives each model's queries on which it alone is right, and its Shapley
// value in the game whose worth is the share of queries covered: on each query
// the models that are right share it equally (Shapley 1953, by symmetry).
func (f *finding) shares() (only []int64, shapley []float64) {
	m := len(f.names)
	// Queries are counted by the number of models that are right, so that sums do
	// not hang on the order of the columns.
	among := make([][]int64, m)
	for i := range among {
		among[i] = make([]int64, m+1)
	}
	var right []int
	for w := range (f.matrix.Columns() + 63) / 64 {
		for open := f.matrix.All(w); open != 0; open &= open - 1 {
			q := w<<6 + bits.TrailingZeros64(open)
			right = right[:0]
			for i := range m {
				if f.matrix.Right(i, q) {
					right = append(right, i)
				}
			}
			for _, i := range right {
				among[i][len(right)] += f.matrix.Weight(q)
			}
		}
	}
	only, shapley = make([]int64, m), make([]float64, m)
	for i, counts := range among {
		only[i] = counts[1]
		for k := m; k > 0; k-- {
			shapley[i] += float64(counts[k]) / float64(k)
		}
		shapley[i] /= float64(f.n)
	}
	return only, shapley
}

func ptr[T any](x T) *T { return &x }
