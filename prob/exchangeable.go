package prob

import (
	"fmt"
	"math"
)

// CommonShockAllWrong returns the logarithm of the probability that all models are wrong when, with probability
// shock, all of them are (Marshall and Olkin 1967), and otherwise they are wrong independently. Margins are the
// models' wrong rates, the shock included, so each is at least shock; anything else panics. Without margins it is 0.
func CommonShockAllWrong(margins []float64, shock float64) (log float64) {
	checkRate("CommonShockAllWrong", "shock", shock)
	if shock == 1 {
		shock = 1 - 0x1p-53 // the margins are 1
	}
	for _, u := range margins {
		checkRate("CommonShockAllWrong", "a margin", u)
		if u < shock {
			panic(fmt.Sprintf("prob: CommonShockAllWrong: a margin of %v is below the shock of %v", u, shock))
		}
		log += logTiny((u - shock) / (1 - shock))
	}
	return min(0, logAdd(logTiny(shock), log+math.Log1p(-shock)))
}

// logAdd returns ln(e^a + e^b).
func logAdd(a, b float64) float64 {
	high, low := max(a, b), min(a, b)
	if math.IsInf(high, -1) {
		return high
	}
	return high + math.Log1p(math.Exp(low-high))
}

// BetaBinomialAllWrong returns the logarithm of the probability that all of m models are wrong when, query by query,
// each of them is wrong independently with a probability that is drawn from a beta law of mean rate, such that two
// verdicts have correlation rho (Skellam 1948): Π_j (rate + j·c)/(1 + j·c), c = rho/(1−rho). rho = 0 is
// independence, 1 one common verdict. Arguments outside [0, 1], or a negative m, panic.
func BetaBinomialAllWrong(m int, rate, rho float64) (log float64) {
	checkRate("BetaBinomialAllWrong", "rate", rate)
	checkRate("BetaBinomialAllWrong", "rho", rho)
	checkCount("BetaBinomialAllWrong", 0, int64(m))
	switch {
	case m == 0:
		return 0
	case rho == 1:
		return logTiny(rate)
	}
	for j := range m { // (rate + j·c)/(1 + j·c) times 1 − rho above and below
		c := float64(j) * rho
		log += logTiny((rate*(1-rho) + c) / (1 - rho + c))
	}
	return log
}

// MomentBounds returns the least and the largest probability that all of m models are wrong over every joint law
// with mean wrong rate one and mean pairwise co-failure two: binomial moments of the number of right models (Dawson
// and Sankoff 1967; Kwerel 1975). Both ends are attained. With two models it is two itself. Where no law has these
// means, which rounding alone can bring about, the ends are still ordered and in [0, 1].
func MomentBounds(m int, one, two float64) (low, high float64) {
	checkRate("MomentBounds", "one", one)
	checkRate("MomentBounds", "two", two)
	if m < 1 {
		panic(fmt.Sprintf("prob: MomentBounds: %d models", m))
	}
	n := float64(m)
	if m == 1 || one == 1 {
		return one, one
	}
	right := n * (1 - one)                     // Σ P(i right)
	pairs := max(0, 0.5*n*(n-1)*(1-2*one+two)) // Σ P(i and j right)
	k := 1 + math.Floor(2*pairs/right)         // the bound is continuous where k jumps
	low = max(0, (n-1)*two-(n-2)*one)          // = 1 − S₁ + 2S₂/m, without the cancellation
	high = 1 - 2*right/(k+1) + 2*pairs/(k*(k+1))
	low = min(low, 1)
	return low, max(low, min(1, high))
}
