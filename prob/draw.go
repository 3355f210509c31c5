package prob

import (
	"fmt"
	"math"
)

// BinomialQuantile returns the smallest possible value k of X ~ Binomial(n, p) with P(X ≤ k) ≥ u, for u and p in
// [0, 1] and n ≥ 0; other arguments panic. At u = 0 it is the smallest possible value, at u = 1 the greatest. Of a
// uniform u it makes an exact draw from the law: n independent coins at the cost of two or three tails, whatever n
// is. A u within rounding of a step (about 1e-15) may fall on either side of it, and counts beyond 2^53 are as fine
// as a float64.
func BinomialQuantile(u float64, n int64, p float64) int64 {
	checkCount("BinomialQuantile", 0, n)
	checkRate("BinomialQuantile", "u", u)
	checkRate("BinomialQuantile", "p", p)
	switch {
	case n == 0 || p == 0:
		return 0
	case p == 1:
		return n
	case n == 1: // most patterns of a small set: no need of logarithms
		if 1-u >= p {
			return 0
		}
		return 1
	}
	mean := float64(n) * p
	q := quantile{low: 0, high: n, u: u,
		cdf:  func(k int64) float64 { return LogBinomialCDF(k, n, p) },
		tail: func(k int64) float64 { return LogBinomialTail(k, n, p) },
	}
	return q.find(mean, math.Sqrt(mean*(1-p)), 1-2*p)
}

// HypergeometricQuantile returns the smallest possible value k with P(X ≤ k) ≥ u, where X is the number of marked
// members in a sample of n drawn without replacement from a population of which marked are marked. It needs u in
// [0, 1], 0 ≤ n ≤ population and 0 ≤ marked ≤ population, and panics otherwise. At u = 0 it is the smallest possible
// value, at u = 1 the greatest. Of a uniform u it makes an exact draw, as [BinomialQuantile] does; each of the two
// or three tails costs some standard deviations of X in terms.
func HypergeometricQuantile(u float64, n, marked, population int64) int64 {
	checkDraw("HypergeometricQuantile", 0, n, marked, population)
	checkRate("HypergeometricQuantile", "u", u)
	low, high := max(0, n-(population-marked)), min(n, marked)
	if low == high {
		return low
	}
	size := float64(population)
	p, f := float64(marked)/size, float64(n)/size
	mean := float64(n) * p
	q := quantile{low: low, high: high, u: u,
		cdf:  func(k int64) float64 { return logHypergeometricCDF(k, n, marked, population) },
		tail: func(k int64) float64 { return logHypergeometricCDF(n-k, n, population-marked, population) },
	}
	return q.find(mean, math.Sqrt(mean*(1-p)*(1-f)*size/(size-1)), (1-2*p)*(1-2*f))
}

// quantile inverts the law of a count between low and high, both possible.
type quantile struct {
	low, high int64
	u         float64
	cdf, tail func(k int64) float64 // ln P(X ≤ k), ln P(X ≥ k)
}

// reaches reports whether P(X ≤ k) ≥ u, compared on the side that is small, where both have all their digits.
func (q quantile) reaches(k int64) bool {
	switch {
	case k >= q.high:
		return true
	case q.u > 0.5:
		return q.tail(k+1) <= math.Log(1-q.u) // 1 − u is exact
	}
	return q.cdf(k) >= logTiny(q.u)
}

// find starts where the Cornish–Fisher expansion puts the quantile, brackets it in steps that double, and halves.
// third is the skewness times the deviation: 1 − 2p for a binomial law.
func (q quantile) find(mean, deviation, third float64) int64 {
	switch q.u {
	case 0:
		return q.low
	case 1:
		return q.high
	}
	z := NormalQuantile(q.u)
	at := q.clamp(math.Floor(mean + z*deviation + (z*z-1)*third/6))
	below, reached := q.low-1, q.high // the answer lies in (below, reached]
	if q.reaches(at) {
		reached = at
		for step := int64(1); reached-step > below; step *= 2 {
			if k := reached - step; !q.reaches(k) {
				below = k
				break
			}
			reached -= step
		}
	} else {
		below = at
		for step := int64(1); reached-step > below; step *= 2 {
			if k := below + step; q.reaches(k) {
				reached = k
				break
			}
			below += step
		}
	}
	for reached-below > 1 {
		mid := below + (reached-below)/2
		if q.reaches(mid) {
			reached = mid
		} else {
			below = mid
		}
	}
	return reached
}

func (q quantile) clamp(v float64) int64 {
	switch {
	case !(v > float64(q.low)):
		return q.low
	case v >= float64(q.high):
		return q.high
	}
	return int64(v)
}

// MultiHypergeometric draws without replacement: how a sample of n falls into classes of the given sizes, each by
// the hypergeometric law of what the classes before it left. u(i) is the uniform of class i, in [0, 1); it is asked
// for only where something is left to decide. No size is negative, their sum fits an int64, and n is at most that
// sum; other arguments panic. The counts go to out, which is as long as sizes.
func MultiHypergeometric(out []int64, n int64, sizes []int64, u func(i int) float64) {
	rest := sumOf("MultiHypergeometric", sizes)
	if n < 0 || n > rest {
		panic(fmt.Sprintf("prob: MultiHypergeometric: a sample of %d from %d", n, rest))
	}
	for i, size := range sizes {
		switch {
		case size == 0 || n == 0:
			out[i] = 0
		case n == rest:
			out[i] = size
		default:
			out[i] = HypergeometricQuantile(u(i), n, size, rest)
		}
		rest, n = rest-size, n-out[i]
	}
}

func sumOf(name string, weights []int64) int64 {
	sum := int64(0)
	for _, w := range weights {
		if w < 0 || sum > math.MaxInt64-w {
			panic(fmt.Sprintf("prob: %s: a weight of %d, after a sum of %d", name, w, sum))
		}
		sum += w
	}
	return sum
}
