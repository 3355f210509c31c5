package outcome

import (
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// Counts are the numbers on which every certificate rests, over the queries of
// a mask on which every model was observed.
type Counts struct {
	Queries  int64   // complete queries
	AllWrong int64   // K: no model right
	AllRight int64   // every model right
	Right    []int64 // c_i: model i right
}

// Rescued is K_i: the queries on which model i is wrong and another is right.
// Since a model that is right is one of those that are, K_i = n − K − c_i.
func (c Counts) Rescued(model int) int64 { return c.Queries - c.AllWrong - c.Right[model] }

// Best is the model that is right most often, the first by number among equals.
func (c Counts) Best() int {
	best := 0
	for i, r := range c.Right {
		if r > c.Right[best] {
			best = i
		}
	}
	return best
}

// blockWords is how many words of each plane are worked on at once: the running
// OR and AND of a block stay in the first-level cache while the models pass by.
const blockWords = 480

// Count counts the complete queries of a mask; nil counts all. Large matrices
// are split over the processors; the counts are the same at any number.
func (m *Matrix) Count(k Mask) Counts {
	words := (m.columns + 63) / 64
	workers := min(runtime.GOMAXPROCS(0), 1+words*len(m.models)/(1<<16))
	if workers == 1 {
		return m.countWords(k, 0, words)
	}
	parts := make([]Counts, workers)
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() { parts[p] = m.countWords(k, words*p/workers, words*(p+1)/workers) })
	}
	wg.Wait()
	total := parts[0]
	for _, c := range parts[1:] {
		total.add(c)
	}
	return total
}

func (c *Counts) add(d Counts) {
	c.Queries += d.Queries
	c.AllWrong += d.AllWrong
	c.AllRight += d.AllRight
	for i := range c.Right {
		c.Right[i] += d.Right[i]
	}
}

// block is the state of one stretch of columns: which are complete, and on
// which any and all of the models seen so far are right, and the one at hand.
type block struct {
	complete, any, all, right [blockWords]uint64
}

func (m *Matrix) countWords(k Mask, from, to int) Counts {
	c := Counts{Right: make([]int64, len(m.models))}
	var b block
	whole := k == nil && !slices.ContainsFunc(m.observed, func(o []uint64) bool { return o != nil })
	for ; from < to; from += blockWords {
		n := min(blockWords, to-from)
		m.start(&b, k, from, n)
		i := 0
		four := b.four
		if whole {
			four = b.fourOfAll
		}
		for ; i+3 < len(m.models) && m.weights == nil; i += 4 {
			c0, c1, c2, c3 := four(m.right[i][from:], m.right[i+1][from:], m.right[i+2][from:], m.right[i+3][from:], n)
			for j, x := range [...]int{c0, c1, c2, c3} {
				c.Right[i+j] += int64(x)
			}
		}
		for ; i < len(m.models); i++ {
			c.Right[i] += b.single(m, i, from, n)
		}
		c.close(m, &b, from, n)
	}
	return c
}

// close adds what a finished block says of whole queries.
func (c *Counts) close(m *Matrix, b *block, from, n int) {
	for w, k := range b.complete[:n] {
		b.any[w] = k &^ b.any[w] // none, from here on
	}
	c.Queries += m.weighAll(from, b.complete[:n])
	c.AllRight += m.weighAll(from, b.all[:n])
	c.AllWrong += m.weighAll(from, b.any[:n])
}

// weighAll is the number of queries behind the columns x of the words from here
// on: a pass for each bit of the weights.
func (m *Matrix) weighAll(from int, x []uint64) (n int64) {
	if m.weights == nil {
		return common(x, x)
	}
	for b, p := range m.planes {
		n += common(x, p[from:from+len(x)]) << b
	}
	return n
}

func (m *Matrix) start(b *block, k Mask, from, n int) {
	if k != nil {
		copy(b.complete[:n], k[from:])
	} else {
		for w := range b.complete[:n] {
			b.complete[w] = ^uint64(0)
		}
		b.complete[n-1] = last(from+n-1, m.columns)
	}
	for _, o := range m.observed {
		if o == nil {
			continue
		}
		for w, x := range o[from : from+n] {
			b.complete[w] &= x
		}
	}
	clear(b.any[:n])
	copy(b.all[:n], b.complete[:n])
}

// four takes four models at once, which quarters the traffic on the block's
// state. It needs unit weights.
func (b *block) four(p, q, r, s []uint64, n int) (c0, c1, c2, c3 int) {
	// The compiler keeps single variables in registers, arrays not; and it sees
	// from the two bounds of the loop that no index below can be out of range.
	p, q, r, s = p[:n], q[:n], r[:n], s[:n]
	for w := 0; w < len(p) && w < blockWords; w++ {
		k := b.complete[w]
		x, y := p[w]&k, q[w]&k
		c0 += bits.OnesCount64(x)
		c1 += bits.OnesCount64(y)
		either, both := x|y, x&y
		x, y = r[w]&k, s[w]&k
		c2 += bits.OnesCount64(x)
		c3 += bits.OnesCount64(y)
		b.any[w] |= either | x | y
		b.all[w] &= both & x & y
	}
	return c0, c1, c2, c3
}

// fourOfAll is four where every query is complete, the usual case: right planes
// have no bit past the last column, so there is nothing to mask.
func (b *block) fourOfAll(p, q, r, s []uint64, n int) (c0, c1, c2, c3 int) {
	p, q, r, s = p[:n], q[:n], r[:n], s[:n]
	for w := 0; w < len(p) && w < blockWords; w++ {
		x, y := p[w], q[w]
		c0 += bits.OnesCount64(x)
		c1 += bits.OnesCount64(y)
		either, both := x|y, x&y
		x, y = r[w], s[w]
		c2 += bits.OnesCount64(x)
		c3 += bits.OnesCount64(y)
		b.any[w] |= either | x | y
		b.all[w] &= both & x & y
	}
	return c0, c1, c2, c3
}

// single takes one model, with weights if there are any.
func (b *block) single(m *Matrix, model, from, n int) int64 {
	for w, r := range m.right[model][from : from+n] {
		r &= b.complete[w]
		b.right[w] = r
		b.any[w] |= r
		b.all[w] &= r
	}
	return m.weighAll(from, b.right[:n])
}
