package prob

import "math"

// mostTrials is where planning gives up: no sample is that large, and float64 counts are exact far beyond it.
const mostTrials = 1_000_000_000_000

// ZeroFailureTrials returns the smallest n for which ClopperPearsonUpper(0, n, alpha) < limit: so many trials
// without a single event show, at level 1 − alpha, that the rate is below limit (299 for 0.01 at 0.05; about
// 3/limit, the rule of three). It needs 0 < limit ≤ 1 and 0 < alpha < 1, and panics otherwise. The result is at
// most math.MaxInt64, which stands for every larger number.
func ZeroFailureTrials(limit, alpha float64) int64 {
	checkRate("ZeroFailureTrials", "limit", limit)
	checkAlpha("ZeroFailureTrials", alpha)
	if limit == 0 {
		panic("prob: ZeroFailureTrials: no number of trials shows that a rate is below 0")
	}
	guess := math.Log(alpha) / math.Log1p(-limit) // (1 − limit)^n < alpha
	if guess >= math.MaxInt64 {
		return math.MaxInt64
	}
	n := max(1, int64(guess))
	for n > 1 && ClopperPearsonUpper(0, n-1, alpha) < limit {
		n--
	}
	for ClopperPearsonUpper(0, n, alpha) >= limit {
		n++
	}
	return n
}

// TrialsBelow returns the smallest n from which on n trials show with the given power that a rate is below limit:
// P(ClopperPearsonUpper(X, n', alpha) < limit) ≥ power for every n' ≥ n, X ~ Binomial(n', rate). It is not ok when
// rate ≥ limit, or when n would exceed 1e12. It needs rate and limit in [0, 1], alpha and power in (0, 1), and
// panics otherwise.
//
// The power is exact, and a sawtooth in n: the test allows at most c events while n is in [n_c, n_{c+1}−1], n_c being
// the least n with P(Bin(n, limit) ≤ c) < alpha, and within such a stretch the power only falls. So all that counts is
// the power at the ends of the stretches. With n_{c+1} a real number that power grows with c (no proof is known to us;
// the tests go through every n), and rounding moves it by less than one trial: that brackets the last stretch that
// fails. Time is microseconds as a rule, and up to some ten seconds when n comes near 1e12.
func TrialsBelow(rate, limit, alpha, power float64) (n int64, ok bool) {
	checkPlan("TrialsBelow", rate, limit, alpha, power)
	if rate >= limit {
		return 0, false
	}
	if limit == 1 { // one failure suffices: 1 − rate^n ≥ power
		return leastTrials(math.Log(rate), power)
	}
	plan := belowPlan{rate, limit, math.Log(alpha), math.Log(power)}
	c, ok := plan.lastFailing()
	if !ok {
		return 0, false
	}
	if n = plan.start(c + 1); n > mostTrials {
		return 0, false
	}
	return n, true
}

// TrialsAbove returns the smallest n from which on n trials show with the given power that a rate is above limit:
// P(ClopperPearsonLower(X, n', alpha) > limit) ≥ power for every n' ≥ n, X ~ Binomial(n', rate). With limit 0 a
// single success shows it. It is not ok when rate ≤ limit, or when n would exceed 1e12. The domain is that of
// [TrialsBelow], and the answer is exact in the same way.
func TrialsAbove(rate, limit, alpha, power float64) (n int64, ok bool) {
	checkPlan("TrialsAbove", rate, limit, alpha, power)
	if rate <= limit {
		return 0, false
	}
	if limit == 0 {
		return leastTrials(math.Log1p(-rate), power)
	}
	plan := abovePlan{rate, limit, math.Log(alpha), math.Log(power)}
	n, ok = plan.trials()
	if !ok || n > mostTrials {
		return 0, false
	}
	return n, true
}

func checkPlan(name string, rate, limit, alpha, power float64) {
	checkRate(name, "rate", rate)
	checkRate(name, "limit", limit)
	checkAlpha(name, alpha)
	if !(power > 0 && power < 1) {
		panic("prob: " + name + ": power is not inside (0, 1)")
	}
}

// leastTrials returns the smallest n at which n trials with logNone = ln P(no event in one) bring at least one event
// with probability power.
func leastTrials(logNone, power float64) (n int64, ok bool) {
	guess := math.Log1p(-power) / logNone
	if !(guess < mostTrials) {
		return 0, false
	}
	enough := func(n int64) bool { return -math.Expm1(float64(n)*logNone) >= power }
	n = max(1, int64(guess))
	for n > 1 && enough(n-1) {
		n--
	}
	for !enough(n) {
		n++
	}
	return n, true
}
