package prob

import "math"

// solveUpward returns the g above k/n, and 1 − g, at which f reaches target > 0, for k < n and an f that is below
// target at k/n, grows from there, and comes with its derivative on the logit scale. Newton's method runs inside a
// bracket of logits, so a bad derivative or a bad start only costs steps.
func solveUpward(k, n int64, target float64, f func(g, h float64) (value, slope float64)) (g, h float64) {
	low, high := math.Inf(-1), math.Inf(1)
	if k > 0 {
		low = math.Log(float64(k)) - math.Log(float64(n-k))
	}
	// Start where a normal law would put the limit, on the outer side.
	z := math.Sqrt(2*target + math.Log(float64(n)+2) + 2)
	m := float64(n)
	g = (float64(k) + 0.5*z*z + z*math.Sqrt(float64(k)*float64(n-k)/m+0.25*z*z)) / (m + z*z)
	g = min(g, 1-0.25/(m+1))
	h = 1 - g
	for range 200 {
		value, slope := f(g, h)
		at := math.Log(g) - math.Log(h)
		miss := value - target
		if miss >= 0 {
			high = min(high, at)
		} else {
			low = max(low, at)
		}
		step := -miss / slope
		if slope > 0 && math.Abs(miss) <= 1e-8 {
			// Newton squares the miss, so this step is the last that matters. The bracket is as fine as the
			// rounding of its logits by now, and is not asked.
			return shiftLogit(g, h, step)
		}
		if !(slope > 0 && at+step > low && at+step < high) {
			step = bisectStep(at, low, high)
		}
		next, rest := shiftLogit(g, h, max(-50, min(50, step)))
		if next == g && rest == h || rest == 0 {
			return next, rest
		}
		g, h = next, rest
	}
	return g, h
}

// bisectStep returns the step from at to the middle of the bracket, or well into it where it has no end yet.
func bisectStep(at, low, high float64) float64 {
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return 1
	case math.IsInf(high, 1):
		return max(1, at-low)
	case math.IsInf(low, -1):
		return -max(1, high-at)
	}
	return (low+high)/2 - at
}
