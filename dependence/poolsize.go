package dependence

import (
	"math/bits"
	"slices"
)

// PoolSize is what pools of k of the models miss together.
type PoolSize struct {
	K     int     `json:"k"`
	Mean  float64 `json:"mean"`  // β averaged over all pools of k models, exactly
	Best  float64 `json:"best"`  // β of the best pool that was found
	Worst float64 `json:"worst"` // β of the worst
	Exact bool    `json:"exact"` // best and worst are over all pools; else by greedy choice

	Pools  int      `json:"pools"`        // pools drawn for the ratio; 1 when there is only one
	Zero   int      `json:"zero"`         // of them, without a query that all miss: their ratio is 0
	Median *float64 `json:"ratio_median"` // of β over the single factor's prediction
	Low    *float64 `json:"ratio_lower"`  // 5 % of the pools are below
	High   *float64 `json:"ratio_upper"`  // 5 % of the pools are above
}

// sizes are the pool sizes that are shown: those of the paper as far as they
// go, and the whole pool.
func sizes(m int) []int {
	var out []int
	for _, k := range []int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096} {
		if k < m {
			out = append(out, k)
		}
	}
	return append(out, m)
}

// meanBeta averages the share of queries that all of k models miss over all
// pools of k out of m, given on how many queries (weighted) just w models are
// wrong: Σ_w histogram[w]·C(w,k)/C(m,k)/n. Each quotient is a product of
// k factors below one, so that nothing overflows.
func meanBeta(histogram []int64, k int) float64 {
	m := len(histogram) - 1
	sum, n := 0.0, 0.0
	for w, q := range histogram {
		n += float64(q)
		if w < k || q == 0 {
			continue
		}
		share := 1.0
		for i := range k {
			share *= float64(w-i) / float64(m-i)
		}
		sum += float64(q) * share
	}
	return sum / n
}

// planesOf gives a view of the queries that a set of models misses.
type missed struct {
	planes [][]uint64                     // by model
	weigh  func(word int, x uint64) int64 // nil: every column is one query
	all    []uint64
	words  int // of the merged columns, by which the work of extremes is limited
}

func (q *missed) count(x []uint64) int64 { return q.common(x, x) }

// common counts the queries that are in both.
func (q *missed) common(a, b []uint64) (n int64) {
	if q.weigh == nil {
		b = b[:len(a)]
		for w, v := range a {
			n += int64(bits.OnesCount64(v & b[w]))
		}
		return n
	}
	for w, v := range a {
		n += q.weigh(w, v&b[w])
	}
	return n
}

func and(dst, a, b []uint64) []uint64 {
	dst = dst[:0]
	for w, x := range a {
		dst = append(dst, x&b[w])
	}
	return dst
}

// exhaustive is up to how many pools of one size are tried one by one, in
// words of queries.
const exhaustive = 20e6

// extremes gives the least and the largest number of queries that a pool of k
// models misses together.
func (q *missed) extremes(k int, greedyBest, greedyWorst []int64) (best, worst int64, exact bool) {
	m := len(q.planes)
	if k == m {
		n := greedyBest[m-1]
		return n, n, true
	}
	if binomial(m, k)*float64(q.words+1) > exhaustive {
		return greedyBest[k-1], greedyWorst[k-1], false
	}
	// Two pools to begin with, and what no pool is below: where neither end can
	// move any further the pools that share a beginning are passed over.
	best, worst = greedyBest[k-1], greedyWorst[k-1]
	least := greedyBest[m-1]
	if 2*k > m {
		q = q.beyond(k)
	}
	rows := make([][]uint64, k)
	rows[0] = q.all
	for d := 1; d < k; d++ {
		rows[d] = make([]uint64, len(q.all))
	}
	var walk func(depth, from int)
	walk = func(depth, from int) {
		for i := from; i <= m-(k-depth); i++ {
			if depth == k-1 {
				n := q.common(rows[depth], q.planes[i])
				best, worst = min(best, n), max(worst, n)
				continue
			}
			if best == least && q.common(rows[depth], q.planes[i]) <= worst {
				continue
			}
			rows[depth+1] = and(rows[depth+1], rows[depth], q.planes[i])
			walk(depth+1, i+1)
		}
	}
	walk(0, 0)
	return best, worst, true
}

// beyond keeps the queries on which at least k models are wrong: no other is
// missed by all of k models.
func (q *missed) beyond(k int) *missed {
	all := make([]uint64, len(q.all))
	for w, x := range q.all {
		for ; x != 0; x &= x - 1 {
			if bit := x & -x; q.wrong(w, bit) >= k {
				all[w] |= bit
			}
		}
	}
	out := &missed{all: all, planes: q.planes, weigh: q.weigh}
	if q.weigh == nil {
		out.all = packed(all, all)
		out.planes = nil
		for _, p := range q.planes {
			out.planes = append(out.planes, packed(p, all))
		}
	}
	return out
}

// packed moves the bits of x that a mask chooses to the front.
func packed(x, mask []uint64) []uint64 {
	var out []uint64
	at := 0
	for w, m := range mask {
		for ; m != 0; m &= m - 1 {
			if at%64 == 0 {
				out = append(out, 0)
			}
			if x[w]&(m&-m) != 0 {
				out[at/64] |= 1 << (at % 64)
			}
			at++
		}
	}
	return out
}

// wrong counts the models that are wrong on one query.
func (q *missed) wrong(word int, bit uint64) (n int) {
	for _, p := range q.planes {
		n += bits.OnesCount64(p[word] & bit)
	}
	return n
}

// greedy adds one model at a time, the one that leaves least missed, or most,
// and gives what is missed after each.
func (q *missed) greedy(most bool) []int64 {
	left := slices.Clone(q.all)
	used := make([]bool, len(q.planes))
	var out []int64
	for range q.planes {
		at, n := -1, int64(0)
		for i, p := range q.planes {
			if used[i] {
				continue
			}
			if c := q.common(left, p); at < 0 || c < n && !most || c > n && most {
				at, n = i, c
			}
		}
		used[at] = true
		left = and(left, left, q.planes[at])
		out = append(out, n)
	}
	return out
}

// binomial is C(m, k) as a float64.
func binomial(m, k int) float64 {
	x := 1.0
	for i := range min(k, m-k) {
		x *= float64(m-i) / float64(i+1)
	}
	return x
}

// histogram counts, weighted, the queries on which just w models are wrong.
func (q *missed) histogram() []int64 {
	out := make([]int64, len(q.planes)+1)
	for w, all := range q.all {
		for x := all; x != 0; x &= x - 1 {
			bit := x & -x
			n := q.wrong(w, bit)
			if q.weigh == nil {
				out[n]++
				continue
			}
			out[n] += q.weigh(w, bit)
		}
	}
	return out
}
