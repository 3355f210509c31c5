package prob

import (
	"math"
	"math/big"
)

// hypergeometricExceeds reports whether P(X ≤ k) > alpha. The answer moves an integer limit by one, so a near
// tie is not left to rounding: it is settled in whole numbers where that is affordable, and otherwise in favour
// of "yes", which can only widen a limit.
func hypergeometricExceeds(k, n, marked, population int64, alpha float64) bool {
	const affordable = 2000
	have, want := logHypergeometricCDF(k, n, marked, population), math.Log(alpha)
	if gap := have - want; math.Abs(gap) > 1e-10*(1-want) {
		return gap > 0
	}
	if n > affordable {
		return true
	}
	return exactHypergeometricExceeds(k, n, marked, population, alpha)
}

// exactHypergeometricExceeds compares Σ_{j ≤ k} C(marked, j)·C(population−marked, n−j) with alpha·C(population, n)
// without rounding; a float64 alpha is a rational number. k must be a possible value of X.
func exactHypergeometricExceeds(k, n, marked, population int64, alpha float64) bool {
	unmarked := population - marked
	first := max(0, n-unmarked)
	term := new(big.Int).Binomial(marked, first)
	term.Mul(term, new(big.Int).Binomial(unmarked, n-first))
	sum := new(big.Int).Set(term)
	for j := first; j < min(k, n, marked); j++ {
		term.Mul(term, big.NewInt(marked-j)).Mul(term, big.NewInt(n-j))
		term.Quo(term, big.NewInt(j+1)).Quo(term, big.NewInt(unmarked-n+j+1))
		sum.Add(sum, term)
	}
	bound := new(big.Rat).SetInt(new(big.Int).Binomial(population, n))
	bound.Mul(bound, new(big.Rat).SetFloat64(alpha))
	return new(big.Rat).SetInt(sum).Cmp(bound) > 0
}
