package outcome

import (
	"encoding/binary"
	"math"
)

// Merge joins columns that agree in every model's verdict into one whose weight
// is the sum of theirs. Names, labels and scores of single queries are gone
// from the result; every count is as before. Columns come in the order of their
// first appearance. A pattern heavier than a uint32 is split over several columns.
func (m *Matrix) Merge() *Matrix {
	index := map[string]int{}
	var first []int
	var weight []uint32
	key := make([]byte, 0, 16*len(m.models))
	for c := range m.columns {
		key = m.appendPattern(key[:0], c)
		w := m.Weight(c)
		at, ok := index[string(key)]
		if !ok || int64(weight[at])+w > math.MaxUint32 {
			index[string(key)] = len(first)
			first, weight = append(first, c), append(weight, uint32(w))
			continue
		}
		weight[at] += uint32(w)
	}
	out := m.take(first)
	out.weights, out.planes = weight, weightPlanes(weight)
	return out
}

// take keeps some columns, in the order given, each of weight 1.
func (m *Matrix) take(columns []int) *Matrix {
	out := &Matrix{models: m.models, columns: len(columns)}
	for i := range m.models {
		out.right = append(out.right, pick(m.right[i], columns))
		observed := m.observed[i]
		if observed != nil {
			observed = pick(observed, columns)
		}
		out.observed = append(out.observed, observed)
	}
	return out
}

func (m *Matrix) appendPattern(key []byte, column int) []byte {
	var word uint64
	for i := range m.models {
		word = word<<2 | bit(m.Right(i, column))<<1 | bit(m.Observed(i, column))
		if i%32 == 31 {
			key, word = binary.LittleEndian.AppendUint64(key, word), 0
		}
	}
	return binary.LittleEndian.AppendUint64(key, word)
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func pick(plane []uint64, columns []int) []uint64 {
	out := NewMask(len(columns))
	for to, from := range columns {
		if Mask(plane).Has(from) {
			out.Set(to)
		}
	}
	return out
}

// Reweight gives the matrix other weights, one per column: the counts of a
// resampled data set. The planes are shared.
func (m *Matrix) Reweight(weights []uint32) *Matrix {
	out := *m
	out.weights, out.planes = weights, weightPlanes(weights)
	out.ids, out.labels, out.options, out.scores = nil, nil, nil, nil
	return &out
}

// Restrict keeps the columns of a mask. Names, labels and scores stay behind.
func (m *Matrix) Restrict(k Mask) *Matrix {
	var columns []int
	var weights []uint32
	for c := range m.columns {
		if k.Has(c) {
			columns, weights = append(columns, c), append(weights, uint32(m.Weight(c)))
		}
	}
	out := m.take(columns)
	if m.weights != nil {
		out.weights, out.planes = weights, weightPlanes(weights)
	}
	return out
}
