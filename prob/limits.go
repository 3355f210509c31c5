package prob

import "math"

// ClopperPearsonLower returns the exact one-sided lower limit, at level 1 − alpha, for the rate behind k
// successes in n independent trials: the p at which P(X ≥ k) = alpha, and 0 at k = 0 (so also at n = 0). A rate
// below it would have produced so many successes with probability less than alpha (Clopper and Pearson 1934).
// It needs 0 ≤ k ≤ n and 0 < alpha < 1; anything else panics.
func ClopperPearsonLower(k, n int64, alpha float64) float64 {
	checkCount("ClopperPearsonLower", k, n)
	checkAlpha("ClopperPearsonLower", alpha)
	if k == 0 {
		return 0
	}
	low, _ := lowerLimit(k, n, alpha)
	return low
}

// ClopperPearsonUpper returns the exact one-sided upper limit, at level 1 − alpha, for the rate behind k
// successes in n independent trials: the p at which P(X ≤ k) = alpha, and 1 at k = n (so also at n = 0). It is
// 1 − ClopperPearsonLower(n−k, n, alpha), without the rounding of that subtraction. The domain is the same.
func ClopperPearsonUpper(k, n int64, alpha float64) float64 {
	checkCount("ClopperPearsonUpper", k, n)
	checkAlpha("ClopperPearsonUpper", alpha)
	if k == n {
		return 1
	}
	_, high := lowerLimit(n-k, n, alpha) // the failures' lower limit; its complement is ours
	return high
}

// ClopperPearson returns the two-sided interval at level 1 − alpha: both one-sided limits, each at alpha/2. It
// contains k/n. The domain is that of [ClopperPearsonLower].
func ClopperPearson(k, n int64, alpha float64) (lower, upper float64) {
	return ClopperPearsonLower(k, n, alpha/2), ClopperPearsonUpper(k, n, alpha/2)
}

// lowerLimit solves P(Bin(n, p) ≥ k) = alpha for 1 ≤ k ≤ n and returns p and 1 − p, each to its own last digits.
func lowerLimit(k, n int64, alpha float64) (p, q float64) {
	m := float64(n)
	switch k {
	case n: // p^n = alpha
		return root(alpha, m), -math.Expm1(math.Log(alpha) / m)
	case 1: // 1 − q^n = alpha
		v := math.Log1p(-alpha) / m
		return -math.Expm1(v), math.Exp(v)
	}
	return betaQuantile(float64(k), float64(n-k+1), alpha)
}

// root returns alpha^(1/n). exp(ln(alpha)/n) multiplies the rounding of the logarithm by |ln alpha|/n, which
// shows for tiny alpha and n of one or two: those have exact ways.
func root(alpha, n float64) float64 {
	switch n {
	case 1:
		return alpha
	case 2:
		return math.Sqrt(alpha)
	case 3:
		return math.Cbrt(alpha)
	}
	return math.Exp(math.Log(alpha) / n)
}
