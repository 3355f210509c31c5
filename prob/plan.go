package prob

import "math"

// clearlyTooMany is a start at which the search may be given up: counts around it are only walked through for the
// sake of rounding, over a small fraction of a per cent when rate and limit are so close.
const clearlyTooMany = 1.01 * mostTrials

// belowPlan seeks sample sizes for showing that a rate is below limit. logAlpha and logPower are logarithms.
type belowPlan struct{ rate, limit, logAlpha, logPower float64 }

// start returns n_c, the smallest n at which c events still show that the rate is below limit.
func (p belowPlan) start(c int64) int64 {
	n := max(c+1, int64(p.realStart(c))+1)
	shows := func(n int64) bool { return LogBinomialCDF(c, n, p.limit) < p.logAlpha }
	for n > c+1 && shows(n-1) {
		n--
	}
	for !shows(n) {
		n++
	}
	return n
}

// realStart is n_c before it is rounded up: P(Bin(n, limit) ≤ c) = alpha, with n continued to real numbers.
func (p belowPlan) realStart(c int64) float64 {
	a := float64(c + 1)
	return shapeFor(a, p.limit, p.logAlpha, false) + a - 1
}

// fails reports whether the power is too low at the last n that allows c events.
func (p belowPlan) fails(c int64) bool {
	return LogBinomialCDF(c, p.start(c+1)-1, p.rate) < p.logPower
}

// passes reports whether the power would suffice even if the stretch of c ended as late as rounding permits. It
// implies that neither c nor any greater count fails.
func (p belowPlan) passes(c int64) bool {
	b := p.realStart(c+1) - float64(c)
	return newTails(float64(c+1), b, p.rate, 1-p.rate).upper() >= p.logPower
}

// lastFailing returns the greatest count whose stretch fails, −1 where even c = 0 passes.
func (p belowPlan) lastFailing() (c int64, ok bool) {
	c, ok = leastPassing(0, p.passes, func(c int64) bool { return p.realStart(c) > clearlyTooMany })
	if !ok || p.realStart(c) > clearlyTooMany {
		return 0, false
	}
	for c--; c >= 0 && !p.fails(c); c-- {
	}
	return c, true
}

// abovePlan seeks sample sizes for showing that a rate is above limit. Here c events are needed while n is in
// [s_c, s_{c+1}−1], and within such a stretch the power only grows, so its start is what counts.
type abovePlan struct{ rate, limit, logAlpha, logPower float64 }

// least returns the smallest count of events that shows anything at all, in as many trials: limit^c < alpha.
func (p abovePlan) least() int64 {
	c := max(1, int64(p.logAlpha/math.Log(p.limit)))
	for LogBinomialTail(c, c, p.limit) >= p.logAlpha {
		c++
	}
	for c > 1 && LogBinomialTail(c-1, c-1, p.limit) < p.logAlpha {
		c--
	}
	return c
}

// start returns s_c for c above least: the smallest n at which c−1 events no longer show anything.
func (p abovePlan) start(c int64) int64 {
	n := max(c, int64(p.realStart(c)))
	shows := func(n int64) bool { return LogBinomialTail(c-1, n, p.limit) < p.logAlpha }
	for n > c && !shows(n-1) {
		n--
	}
	for shows(n) {
		n++
	}
	return n
}

// realStart is s_c before it is rounded up: P(Bin(n, limit) ≥ c−1) = alpha, with n continued to real numbers.
func (p abovePlan) realStart(c int64) float64 {
	a := float64(c - 1)
	return shapeFor(a, p.limit, p.logAlpha, true) + a - 1
}

// power returns the logarithm of P(Bin(n, rate) ≥ c).
func (p abovePlan) power(c, n int64) float64 { return LogBinomialTail(c, n, p.rate) }

// passes is to fails what it is in belowPlan: the stretch starts as early as rounding permits.
func (p abovePlan) passes(c int64) bool {
	b := p.realStart(c) - float64(c) + 1
	return newTails(float64(c), b, p.rate, 1-p.rate).lower() >= p.logPower
}

// trials returns the smallest n from which on the power suffices: the first such n of the last stretch that
// starts with too little, or the start of the next.
func (p abovePlan) trials() (n int64, ok bool) {
	least := p.least()
	c, ok := leastPassing(least+1, p.passes, func(c int64) bool { return p.realStart(c) > clearlyTooMany })
	if !ok || p.realStart(c) > clearlyTooMany {
		return 0, false
	}
	first := func(c int64) int64 { // of the stretch of c
		if c == least {
			return least
		}
		return p.start(c)
	}
	for c--; c >= least && p.power(c, first(c)) >= p.logPower; c-- {
	}
	if c < least {
		return least, true
	}
	low, high := first(c), p.start(c+1) // too little power at low; enough at high
	for high-low > 1 {
		if mid := low + (high-low)/2; p.power(c, mid) >= p.logPower {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// leastPassing returns the least c ≥ from that passes, given that all counts above one that passes do; it is not
// ok when the search meets one that is too large.
func leastPassing(from int64, passes, tooLarge func(c int64) bool) (c int64, ok bool) {
	low, high := from-1, from
	for !passes(high) {
		if tooLarge(high) {
			return 0, false
		}
		low, high = high, 2*high-from+1
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; passes(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// shapeFor returns the b at which a tail of Beta(a, b) at p, the lower or the upper one, has the logarithm target.
// The lower tail rises with b, the upper one falls. Adding 1 to b adds x^a·y^b/(b·B(a, b)) to the one and takes it
// from the other, which serves Newton's method as derivative: exact for a = 1, and otherwise close enough for a few
// steps. A bracket catches the rest.
func shapeFor(a, p, target float64, lower bool) float64 {
	q := 1 - p
	b := shapeStart(a, p, target, lower)
	low, high := 0.0, math.Inf(1)
	for range 100 {
		t := newTails(a, b, p, q)
		value := t.side(lower)
		if (value > target) == lower {
			high = b
		} else {
			low = b
		}
		change := math.Exp(t.front-value) / b
		if !lower {
			change = -change
		}
		next := b - (value-target)/math.Log1p(change)
		switch {
		case next > low && next < high:
		case math.IsInf(high, 1):
			next = 2*b + 1
		default:
			next = (low + high) / 2
		}
		if math.Abs(next-b) <= 1e-7+1e-15*b {
			return next
		}
		b = next
	}
	return b
}

// shapeStart guesses shapeFor by a normal law: a + b − 1 trials, √ of whose mean solves a quadratic equation.
func shapeStart(a, p, target float64, lower bool) float64 {
	var z float64
	if target < -math.Ln2 {
		z = -normalQuantile(target) * math.Sqrt(1-p)
	}
	if lower {
		z = -z
	}
	r := (z + math.Sqrt(z*z+4*a)) / 2
	return max(0.5, r*r/p-a+1)
}
