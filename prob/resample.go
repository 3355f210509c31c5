package prob

import "math/rand/v2"

// Resample draws things anew that come in kinds, with repetition and as many as there are: the counts of a bootstrap.
// They are multinomial, and are drawn one thing at a time where that is quicker, else one kind at a time, so that the
// time of a draw grows with the kinds only. A Resample may be used by several goroutines.
type Resample struct {
	n      int64
	of     []int32   // thing → kind; nil where kinds are drawn
	shares []float64 // weight by kind
}

// perKind is how many things are drawn one by one in the time that it takes to draw the number of one kind.
const perKind = 16

// NewResample takes the number of things of each kind. No number is negative, and their sum fits an int64; others panic.
func NewResample(weights []int64) *Resample {
	s := &Resample{n: sumOf("NewResample", weights)}
	for _, w := range weights {
		s.shares = append(s.shares, float64(w))
	}
	if s.n > perKind*int64(len(weights)) {
		return s
	}
	s.of = make([]int32, 0, s.n)
	for kind, w := range weights {
		for range w {
			s.of = append(s.of, int32(kind))
		}
	}
	return s
}

// Draw puts a resample into counts, which is as long as the list of kinds.
func (s *Resample) Draw(r *rand.Rand, counts []int64) {
	if s.of == nil {
		RandomMultinomial(r, counts, s.n, s.shares)
		return
	}
	clear(counts)
	for range s.of {
		counts[s.of[r.Uint64N(uint64(s.n))]]++
	}
}
