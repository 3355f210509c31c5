package prob

import "math"

// LogMixtureAbove returns the natural logarithm of an e-value against the hypothesis "the rate is at least g",
// after k successes in n trials, for 0 ≤ k ≤ n and g in [0, 1]: the likelihood, averaged over Jeffreys'
// Beta(½, ½) law truncated to [0, g], over the likelihood at g. Under the hypothesis its expectation is at most
// 1, at every n and at any stopping time, so it exceeds ln(1/alpha) at some time with probability at most alpha
// (Ville 1939; mixtures as in Howard et al. 2021). It is at most 0 whenever k/n ≥ g, +Inf where g = 1 and a
// failure was seen. Averages of such e-values, over hypotheses that all say "at least g", are e-values.
// Other arguments panic.
func LogMixtureAbove(k, n int64, g float64) float64 {
	checkCount("LogMixtureAbove", k, n)
	checkRate("LogMixtureAbove", "g", g)
	m, _ := mixtureAbove(k, n, g, 1-g)
	return m
}

// mixtureAbove returns LogMixtureAbove at g = 1 − h, and its derivative with respect to the logit of g.
//
// With a = k+½ and b = n−k+½ the numerator is B(a, b)·I_g(a, b) over the prior's mass 2·asin √g, so against
// g^k·h^(n−k) only the ratio of the beta tail to its leading factor is left: nothing can underflow.
func mixtureAbove(k, n int64, g, h float64) (value, slope float64) {
	a, b := float64(k)+0.5, float64(n-k)+0.5
	switch {
	case n == 0:
		return 0, 0
	case g <= 0: // the limit: prior and likelihood are powers of the rate
		return -math.Log(2 * a), 0
	case h <= 0 && k < n:
		return math.Inf(1), 0
	case h <= 0:
		return LogBeta(a, 0.5) - math.Log(math.Pi), 0
	}
	t := newTails(a, b, g, h)
	tail := t.ratio
	if !t.isLower {
		tail = t.lower() - t.front
	}
	root := math.Sqrt(g * h)
	angle := 2 * math.Atan2(math.Sqrt(g), math.Sqrt(h))
	value = tail + math.Log(root/angle)
	slope = math.Exp(-tail) + float64(n)*g - float64(k) - root/angle
	if g*float64(n) <= float64(k) {
		value = min(value, 0) // it is, but for rounding
	}
	return value, slope
}

// MixtureUpper returns the one-sided upper limit at level 1 − alpha that holds at every n at once: the greatest
// rate that [LogMixtureAbove] does not reject at 1/alpha. One may compute it after every trial, and stop because
// of it; the probability that it is ever below the rate is at most alpha. It is 1 at k = n (so also at n = 0).
// It needs 0 ≤ k ≤ n and 0 < alpha < 1; anything else panics.
func MixtureUpper(k, n int64, alpha float64) float64 {
	checkCount("MixtureUpper", k, n)
	checkAlpha("MixtureUpper", alpha)
	g, _ := mixtureLimit(k, n, alpha)
	return g
}

// MixtureLower returns the mirror image of [MixtureUpper], 1 − MixtureUpper(n−k, n, alpha), with full relative
// accuracy where it is small. It is 0 at k = 0.
func MixtureLower(k, n int64, alpha float64) float64 {
	checkCount("MixtureLower", k, n)
	checkAlpha("MixtureLower", alpha)
	_, h := mixtureLimit(n-k, n, alpha)
	return h
}

// mixtureLimit returns the upper limit g, and 1 − g.
func mixtureLimit(k, n int64, alpha float64) (g, h float64) {
	if k == n {
		return 1, 0
	}
	target := -math.Log(alpha)
	return solveUpward(k, n, target, func(g, h float64) (float64, float64) {
		return mixtureAbove(k, n, g, h)
	})
}

// MixtureInterval returns the two-sided interval at level 1 − alpha that holds at every n at once: the rates g at
// which the likelihood averaged over the whole of Jeffreys' law is less than 1/alpha times the likelihood at g.
// It contains k/n; its lower end is 0 at k = 0, its upper end 1 at k = n. The domain is that of [MixtureUpper].
func MixtureInterval(k, n int64, alpha float64) (lower, upper float64) {
	checkCount("MixtureInterval", k, n)
	checkAlpha("MixtureInterval", alpha)
	_, lower = mixtureEnd(n-k, n, alpha)
	upper, _ = mixtureEnd(k, n, alpha)
	return lower, upper
}

// mixtureEnd returns the upper end g of MixtureInterval, and 1 − g.
func mixtureEnd(k, n int64, alpha float64) (g, h float64) {
	if k == n {
		return 1, 0
	}
	target := -math.Log(alpha)
	a, b := float64(k)+0.5, float64(n-k)+0.5
	return solveUpward(k, n, target, func(g, h float64) (float64, float64) {
		front := logFront(a, b, g, h, meanGap(a, b, g, h))
		return 0.5*math.Log(g) + 0.5*math.Log(h) - math.Log(math.Pi) - front, float64(n)*g - float64(k)
	})
}
