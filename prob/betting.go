package prob

import (
	"fmt"
	"math"
)

// truncation is the share of its wealth that a bet may lose at worst (c in Waudby-Smith and Ramdas 2024, who
// suggest 1/2 or 3/4). Scores that are mostly 0, which is where gains are small, pay 1/c times the rule of three;
// hence the larger of the two.
const truncation = 0.75

// BettingInterval returns a two-sided interval at level 1 − alpha for the mean of independent scores in [0, 1]
// with that mean in common, whatever their laws: the hedged capital interval with predictable plug-in bets of
// Waudby-Smith and Ramdas (2024, section 4), intersected over the prefixes of x as their theorem allows. It is
// for a sample size fixed in advance; [BettingSequence] is for looking as one goes.
//
// x must be in the order in which it was drawn, or in any other that does not depend on the values: sorted scores
// void the guarantee, and other orders give slightly different, equally valid intervals. x is not changed.
//
// With no scores it is (0, 1). If the two sides exclude everything (probability at most alpha, unless scores
// drift), the two crossing limits are returned in order, which is wider than the empty set. It panics unless
// 0 < alpha < 1 and every score is in [0, 1]. Time is linear in len(x).
func BettingInterval(x []float64, alpha float64) (lower, upper float64) {
	checkAlpha("BettingInterval", alpha)
	checkScores("BettingInterval", x)
	target := math.Ln2 - math.Log(alpha) // half the wealth on either side, so each must double it once more
	bets := fixedBets(x, target)
	lower = border{0, 0}.raise(x, bets, target).rejected
	upper = border{1, 1}.lower(x, bets, target).rejected
	return min(lower, upper), max(lower, upper)
}

// BettingLower returns the one-sided lower limit at level 1 − alpha that goes with [BettingInterval]: all wealth
// is bet on the mean being higher. It is 0 without scores.
func BettingLower(x []float64, alpha float64) float64 {
	checkAlpha("BettingLower", alpha)
	checkScores("BettingLower", x)
	target := -math.Log(alpha)
	return border{0, 0}.raise(x, fixedBets(x, target), target).rejected
}

// BettingUpper returns the one-sided upper limit at level 1 − alpha that goes with [BettingInterval]: all wealth
// is bet on the mean being lower. It is 1 without scores.
func BettingUpper(x []float64, alpha float64) float64 {
	checkAlpha("BettingUpper", alpha)
	checkScores("BettingUpper", x)
	target := -math.Log(alpha)
	return border{1, 1}.lower(x, fixedBets(x, target), target).rejected
}

func checkScores(name string, x []float64) {
	for i, v := range x {
		checkScore(name, i, v)
	}
}

func checkScore(name string, i int, v float64) {
	if !(v >= 0 && v <= 1) {
		panic(fmt.Sprintf("prob: %s: score %d is %v, not in [0, 1]", name, i, v))
	}
}

// plugIn estimates the variance of the scores seen so far, shrunk towards the widest law as if one score of ½ with
// variance ¼ had been seen first. A bet uses it before the score that it is placed on: that is what makes wealth
// a martingale.
type plugIn struct {
	count, sum, squares float64
}

// variance is the estimate before the next score.
func (p *plugIn) variance() float64 { return (0.25 + p.squares) / (p.count + 1) }

func (p *plugIn) add(x float64) {
	p.count++
	p.sum += x
	d := x - (0.5+p.sum)/(p.count+1)
	p.squares += d * d
}

// fixedBets returns the bet on each score when len(x) is known in advance: √(2·budget/(n·variance)), before its
// truncation, which alone depends on the mean that is tested.
func fixedBets(x []float64, budget float64) []float64 {
	bets := make([]float64, len(x))
	var p plugIn
	for i, v := range x {
		bets[i] = math.Sqrt(2 * budget / (float64(len(x)) * p.variance()))
		p.add(v)
	}
	return bets
}
