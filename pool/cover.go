package pool

import (
	"math/bits"

	"github.com/allwrong/allwrong/outcome"
)

// cover holds, for each of some models, the columns on which it is right, among
// the columns that a search has still to cover. A column stands for as many
// queries as it weighs.
type cover struct {
	sets    [][]uint64 // [model][word]
	weights []int64    // [column]
	planes  [][]uint64 // bit planes of the weights; nil when every weight is 1
	columns int
	total   int64 // queries behind all columns

	lambda []float64 // [column] multipliers of the bound, where the search above left them
}

// newCover takes the columns of a matrix, all of them complete, that some model
// is right on.
func newCover(m *outcome.Matrix) *cover {
	c := &cover{columns: m.Columns()}
	for i := range m.Models() {
		c.sets = append(c.sets, m.RightPlane(i))
	}
	c.weights = make([]int64, c.columns)
	for q := range c.weights {
		c.weights[q] = m.Weight(q)
	}
	some := make([]uint64, (c.columns+63)/64)
	for _, s := range c.sets {
		for w := range some {
			some[w] |= s[w]
		}
	}
	return c.keep(some, c.sets)
}

// keep gives these sets over the chosen columns only, packed.
func (c *cover) keep(chosen []uint64, sets [][]uint64) *cover {
	var at []int32
	for w, x := range chosen {
		for ; x != 0; x &= x - 1 {
			at = append(at, int32(w<<6+bits.TrailingZeros64(x)))
		}
	}
	d := &cover{columns: len(at), weights: make([]int64, len(at))}
	heavy := int64(0)
	for j, q := range at {
		d.weights[j] = c.weights[q]
		d.total += c.weights[q]
		heavy |= c.weights[q] &^ 1
	}
	if heavy != 0 {
		d.planes = planesOf(d.weights)
	}
	if c.lambda != nil {
		d.lambda = make([]float64, len(at))
		for j, q := range at {
			d.lambda[j] = c.lambda[q]
		}
	}
	words := (len(at) + 63) / 64
	all := make([]uint64, words*len(sets))
	for i, s := range sets {
		packed := all[i*words : (i+1)*words : (i+1)*words]
		for j, q := range at {
			packed[j>>6] |= (s[q>>6] >> (q & 63) & 1) << (j & 63)
		}
		d.sets = append(d.sets, packed)
	}
	return d
}

// planesOf splits weights into bit planes, lowest first.
func planesOf(weights []int64) [][]uint64 {
	var planes [][]uint64
	for q, n := range weights {
		for b := 0; n>>b != 0; b++ {
			if b == len(planes) {
				planes = append(planes, make([]uint64, (len(weights)+63)/64))
			}
			planes[b][q>>6] |= uint64(n>>b&1) << (q & 63)
		}
	}
	return planes
}

// weigh counts the queries behind a set of columns.
func (c *cover) weigh(x []uint64) (n int64) {
	if c.planes == nil {
		for _, v := range x {
			n += int64(bits.OnesCount64(v))
		}
		return n
	}
	for b, p := range c.planes {
		k := 0
		for w, v := range x {
			k += bits.OnesCount64(v & p[w])
		}
		n += int64(k) << b
	}
	return n
}

// beyond counts the queries that y covers and x does not.
func (c *cover) beyond(x, y []uint64) (n int64) {
	y = y[:len(x)]
	if c.planes == nil {
		for w, v := range x {
			n += int64(bits.OnesCount64(y[w] &^ v))
		}
		return n
	}
	for b, p := range c.planes {
		k := 0
		for w, v := range x {
			k += bits.OnesCount64(y[w] &^ v & p[w])
		}
		n += int64(k) << b
	}
	return n
}

// union is the columns that any of the chosen models covers.
func (c *cover) union(models []int) []uint64 {
	x := make([]uint64, (c.columns+63)/64)
	for _, i := range models {
		for w, v := range c.sets[i] {
			x[w] |= v
		}
	}
	return x
}

// scans is what a pass over one model's set costs, in words.
func (c *cover) scans() int64 { return int64(len(c.sets[0])) * int64(max(1, len(c.planes))) }
