package prob

import (
	"fmt"
	"math"
)

// HypergeometricCDF returns P(X ≤ k), where X is the number of marked members in a sample of n drawn without
// replacement from a population of which marked are marked. It needs 0 ≤ k ≤ n ≤ population and
// 0 ≤ marked ≤ population, and panics otherwise; a k outside the possible range gives 0 or 1.
func HypergeometricCDF(k, n, marked, population int64) float64 {
	checkDraw("HypergeometricCDF", k, n, marked, population)
	return math.Exp(logHypergeometricCDF(k, n, marked, population))
}

// HypergeometricTail returns P(X ≥ k) for the X of [HypergeometricCDF], on the same domain: computed as it
// stands, so that a small tail keeps its digits.
func HypergeometricTail(k, n, marked, population int64) float64 {
	checkDraw("HypergeometricTail", k, n, marked, population)
	// Counting the unmarked members instead turns this tail into the other one.
	return math.Exp(logHypergeometricCDF(n-k, n, population-marked, population))
}

// HypergeometricUpper returns the exact upper limit, at level 1 − alpha, for the number of marked members of a
// population, after k of n drawn without replacement were found to be marked: the largest M for which
// P(X ≤ k) > alpha. It is at least k and at most population − (n−k), what was seen. With n = population it is k.
// It needs 0 ≤ k ≤ n ≤ population and 0 < alpha < 1, and panics otherwise. Cost: about log₂(population) tails.
func HypergeometricUpper(k, n, population int64, alpha float64) int64 {
	checkDraw("HypergeometricUpper", k, n, 0, population)
	checkAlpha("HypergeometricUpper", alpha)
	low, high := k, population-(n-k) // low is compatible with the sample: P(X ≤ k) = 1 there
	for low < high {
		mid := low + (high-low+1)/2
		if hypergeometricExceeds(k, n, mid, population, alpha) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// HypergeometricLower returns the exact lower limit that goes with [HypergeometricUpper]: the smallest M for which
// P(X ≥ k) > alpha, between k and population − (n−k). The domain is the same.
func HypergeometricLower(k, n, population int64, alpha float64) int64 {
	checkDraw("HypergeometricLower", k, n, 0, population)
	checkAlpha("HypergeometricLower", alpha)
	return population - HypergeometricUpper(n-k, n, population, alpha)
}

func checkDraw(name string, k, n, marked, population int64) {
	checkCount(name, k, n)
	if n > population || marked < 0 || marked > population {
		panic(fmt.Sprintf("prob: %s: n = %d and marked = %d do not both lie within the population of %d",
			name, n, marked, population))
	}
}

// logHypergeometricCDF sums the probabilities on the smaller side of k, starting with the greatest, each from its
// neighbour by the ratio of successive terms. All terms are positive, so nothing cancels; their number is a few
// standard deviations of X.
func logHypergeometricCDF(k, n, marked, population int64) float64 {
	if k >= min(n, marked) {
		return 0
	}
	if k < n-(population-marked) {
		return math.Inf(-1)
	}
	if float64(k) < float64(n)/float64(population)*float64(marked) {
		return min(0, logMassBelow(k, n, marked, population))
	}
	// P(X ≥ k+1) is the lower tail for the unmarked members.
	return log1mExp(min(0, logMassBelow(n-k-1, n, population-marked, population)))
}

// logMassBelow returns ln P(X ≤ k) by summing down from k, a possible value.
func logMassBelow(k, n, marked, population int64) float64 {
	sum, term := 1.0, 1.0
	rest := float64(population - marked - n)
	for j := float64(k); j > 0 && rest+j > 0; j-- {
		term *= j * (rest + j) / ((float64(marked) - j + 1) * (float64(n) - j + 1))
		sum += term
		if term < 1e-18*sum {
			break
		}
	}
	return logHypergeometricMass(k, n, marked, population) + math.Log(sum)
}

// logHypergeometricMass returns ln P(X = k) for a possible k, as a quotient of three binomial probabilities
// (Loader 2000). The common p cancels; p = n/population keeps all three moderate.
func logHypergeometricMass(k, n, marked, population int64) float64 {
	p := float64(n) / float64(population)
	return logBinomialMass(k, marked, p) + logBinomialMass(n-k, population-marked, p) -
		logBinomialMass(n, population, p)
}

// logBinomialMass returns ln P(X = k) for X ~ Binomial(n, p), 0 ≤ k ≤ n.
func logBinomialMass(k, n int64, p float64) float64 {
	switch {
	case k == 0 && n == 0:
		return 0
	case k == 0:
		return float64(n) * math.Log1p(-p)
	case k == n:
		return float64(n) * math.Log(p)
	}
	a, b, q := float64(k), float64(n-k), 1-p
	// The mass is the beta density's leading factor at (a, b), times (a+b)/(ab).
	return logFront(a, b, p, q, meanGap(a, b, p, q)) - math.Log(a/float64(n)*b)
}
