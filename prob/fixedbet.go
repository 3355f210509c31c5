package prob

import "math"

// FixedBetUpper returns an upper limit at level 1 − alpha for the mean of independent scores in [0, 1] of which only
// the values and their numbers are known: the wealth of a bettor who stakes the same on the mean being lower at each
// score (Waudby-Smith and Ramdas 2024, section 4) does not hang on their order. The bet must be chosen without a look
// at these scores; [FixedBet] is the best one for a variance that is known from elsewhere. Any bet is valid, a bad
// one is wide.
//
// Without scores it is 1. It panics unless 0 < alpha < 1, the bet is positive, every value is in [0, 1] and no number
// is negative. Time is linear in the number of values, whatever the numbers are.
func FixedBetUpper(values []float64, times []int64, bet, alpha float64) float64 {
	checkAlpha("FixedBetUpper", alpha)
	checkScores("FixedBetUpper", values)
	checkCounts("FixedBetUpper", times)
	if !(bet > 0) {
		panic("prob: FixedBetUpper: the bet is not positive")
	}
	target := -math.Log(alpha)
	b := border{1, 0}
	return b.bisect(0, func(m float64) bool {
		stake, sum := bet, 0.0
		if m < 1 {
			stake = math.Min(bet, truncation/(1-m))
		}
		for i, v := range values {
			if times[i] > 0 {
				sum += float64(times[i]) * math.Log1p(stake*(m-v))
			}
		}
		return sum >= target+1e-9*(1+target)
	}).rejected
}

func checkCounts(name string, times []int64) { sumOf(name, times) }

// FixedBet is the bet of [FixedBetUpper] that leaves least between mean and limit when n scores have this variance.
func FixedBet(n, variance, alpha float64) float64 {
	return math.Sqrt(-2 * math.Log(alpha) / (n * variance))
}
