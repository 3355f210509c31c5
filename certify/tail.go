package certify

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// tail is the law of a count over n graded queries, given the rate in the
// workload: binomial for an unbounded workload, hypergeometric when the queries
// were drawn from a finite benchmark.
type tail interface {
	size() int64
	atMost(k int64, rate float64) float64          // P(count <= k) at this rate
	upper(k int64, alpha float64) float64          // largest rate at which a count <= k is not rarer than alpha
	lower(k int64, alpha float64) float64          // smallest rate at which a count >= k is not rarer than alpha
	largest(keeps func(rate float64) bool) float64 // largest rate that keeps says yes to; keeps is true below and false above it
}

type binomial struct{ n int64 }

func (t binomial) size() int64                          { return t.n }
func (t binomial) atMost(k int64, rate float64) float64 { return prob.BinomialCDF(k, t.n, rate) }
func (t binomial) upper(k int64, alpha float64) float64 {
	return prob.ClopperPearsonUpper(k, t.n, alpha)
}
func (t binomial) lower(k int64, alpha float64) float64 {
	return prob.ClopperPearsonLower(k, t.n, alpha)
}

// largest bisects: first on the scale of the logarithm, so that tiny rates keep
// their relative accuracy, then to the last bit. It rounds up, which is the safe side.
func (t binomial) largest(keeps func(float64) bool) float64 {
	if keeps(1) {
		return 1
	}
	lo, hi := 0.0, 1.0
	for hi > 1e-300 && !keeps(hi/2) {
		hi /= 2
	}
	lo = hi / 2
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return hi
		}
		if keeps(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
}

type hypergeometric struct{ n, population int64 }

func (t hypergeometric) size() int64 { return t.n }

func (t hypergeometric) marked(rate float64) int64 {
	return int64(math.Round(rate * float64(t.population)))
}

func (t hypergeometric) atMost(k int64, rate float64) float64 {
	return prob.HypergeometricCDF(k, t.n, t.marked(rate), t.population)
}

func (t hypergeometric) upper(k int64, alpha float64) float64 {
	return float64(prob.HypergeometricUpper(k, t.n, t.population, alpha)) / float64(t.population)
}

func (t hypergeometric) lower(k int64, alpha float64) float64 {
	return float64(prob.HypergeometricLower(k, t.n, t.population, alpha)) / float64(t.population)
}

func (t hypergeometric) largest(keeps func(float64) bool) float64 {
	rate := func(marked int64) float64 { return float64(marked) / float64(t.population) }
	lo, hi := int64(0), t.population+1 // keeps(lo), as far as it matters; not keeps(hi)
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; keeps(rate(mid)) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return rate(lo)
}

// drawn says how n graded queries relate to the workload.
func drawn(n, population int64) (tail, error) {
	switch {
	case population == 0:
		return binomial{n}, nil
	case population < n:
		return nil, usage("population: %d queries are graded, more than the %d the benchmark has", n, population)
	}
	return hypergeometric{n, population}, nil
}
