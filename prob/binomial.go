package prob

import "math"

// BinomialCDF returns P(X ≤ k) for X ~ Binomial(n, p), with 0 ≤ k ≤ n and p in [0, 1]. It underflows to 0 only
// below the smallest float64; [LogBinomialCDF] does not underflow. The relative error is of the order of 1e-15,
// times |ln P| for small P. Other arguments panic.
func BinomialCDF(k, n int64, p float64) float64 { return math.Exp(LogBinomialCDF(k, n, p)) }

// BinomialTail returns P(X ≥ k) for X ~ Binomial(n, p), with 0 ≤ k ≤ n and p in [0, 1]: computed as it stands,
// never as 1 − CDF, so that a small tail keeps all its digits. Other arguments panic.
func BinomialTail(k, n int64, p float64) float64 { return math.Exp(LogBinomialTail(k, n, p)) }

// LogBinomialCDF returns ln P(X ≤ k) for X ~ Binomial(n, p); −Inf where that is impossible. The domain is that of
// [BinomialCDF]. P(X ≤ k) = 1 − I_p(k+1, n−k).
func LogBinomialCDF(k, n int64, p float64) float64 {
	checkCount("LogBinomialCDF", k, n)
	checkRate("LogBinomialCDF", "p", p)
	if k == n || p == 0 {
		return 0
	}
	if k == 0 {
		return float64(n) * math.Log1p(-p)
	}
	return newTails(float64(k+1), float64(n-k), p, 1-p).upper()
}

// LogBinomialTail returns ln P(X ≥ k) for X ~ Binomial(n, p); −Inf where that is impossible. The domain is that
// of [BinomialTail]. P(X ≥ k) = I_p(k, n−k+1).
func LogBinomialTail(k, n int64, p float64) float64 {
	checkCount("LogBinomialTail", k, n)
	checkRate("LogBinomialTail", "p", p)
	if k == 0 || p == 1 {
		return 0
	}
	if k == n {
		return float64(n) * math.Log(p)
	}
	return newTails(float64(k), float64(n-k+1), p, 1-p).lower()
}
