package outcome

import (
	"math/bits"
	"runtime"
	"sync"
)

// Counts are the numbers on which every certificate rests, over the queries of
// a mask on which every model was observed.
type Counts struct {
	Queries  int64    // complete queries
	AllWrong int64    // K: no model right
	AllRight int64    // every model right
	Right    []int64  // c_i: model i right
	Few      [3]int64 // queries with exactly 0, 1 and 2 right models
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
const blockWords = 512

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
	for r := range c.Few {
		c.Few[r] += d.Few[r]
	}
}

// block is the state of one stretch of columns: which are complete, and on
// which at least one, two, three and all of the models seen so far are right.
type block struct {
	complete, one, two, three, all [blockWords]uint64
}

func (m *Matrix) countWords(k Mask, from, to int) Counts {
	c := Counts{Right: make([]int64, len(m.models))}
	var b block
	for ; from < to; from += blockWords {
		n := min(blockWords, to-from)
		m.start(&b, k, from, n)
		i := 0
		for ; i+1 < len(m.models) && m.weights == nil; i += 2 {
			x, y := b.two2(m.right[i][from:from+n], m.right[i+1][from:from+n])
			c.Right[i] += x
			c.Right[i+1] += y
		}
		for ; i < len(m.models); i++ {
			c.Right[i] += b.one1(m, i, from, n)
		}
		for w := range n {
			complete := b.complete[w]
			c.Queries += m.weigh(from+w, complete)
			c.AllRight += m.weigh(from+w, b.all[w])
			c.Few[0] += m.weigh(from+w, complete&^b.one[w])
			c.Few[1] += m.weigh(from+w, b.one[w]&^b.two[w])
			c.Few[2] += m.weigh(from+w, b.two[w]&^b.three[w])
		}
	}
	c.AllWrong = c.Few[0]
	return c
}

func (m *Matrix) start(b *block, k Mask, from, n int) {
	for w := range n {
		b.complete[w] = last(from+w, m.columns)
		if k != nil {
			b.complete[w] &= k[from+w]
		}
	}
	for _, o := range m.observed {
		if o == nil {
			continue
		}
		for w, x := range o[from : from+n] {
			b.complete[w] &= x
		}
	}
	clear(b.one[:n])
	clear(b.two[:n])
	clear(b.three[:n])
	copy(b.all[:n], b.complete[:n])
}

// two2 takes two models at once, which halves the traffic on the block's state.
// It needs unit weights.
func (b *block) two2(p, q []uint64) (x, y int64) {
	q = q[:len(p)]
	for w := range p {
		if w >= blockWords {
			break // never: it only spares the bounds checks below
		}
		r, s := p[w]&b.complete[w], q[w]&b.complete[w]
		x += int64(bits.OnesCount64(r))
		y += int64(bits.OnesCount64(s))
		either, both := r|s, r&s
		one, two := b.one[w], b.two[w]
		b.three[w] |= two&either | one&both
		b.two[w] = two | one&either | both
		b.one[w] = one | either
		b.all[w] &= both
	}
	return x, y
}

func (b *block) one1(m *Matrix, model, from, n int) (x int64) {
	for w, r := range m.right[model][from : from+n] {
		r &= b.complete[w]
		x += m.weigh(from+w, r)
		b.three[w] |= b.two[w] & r
		b.two[w] |= b.one[w] & r
		b.one[w] |= r
		b.all[w] &= r
	}
	return x
}
