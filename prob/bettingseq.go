package prob

import "math"

// BettingSequence is a confidence sequence for the mean of independent scores in [0, 1] (Waudby-Smith and Ramdas
// 2024, section 4.2, hedged capital with predictable plug-in bets): the interval may be looked at after every
// score, and sampling may stop because of what it shows; the probability that it ever misses the mean is at most
// alpha. It only ever shrinks. Make one with [NewBettingSequence].
//
// It keeps every score, 16 bytes each, because an old bet's wealth must be known at means not yet thought of.
type BettingSequence struct {
	target  float64
	x, bets []float64
	past    plugIn
	low     border // means that are too low
	high    border // means that are too high
	// Wealth at low.kept and high.kept, which tells without a search whether the interval has moved.
	lowWealth, highWealth wealth
	lowMoved, highMoved   bool
}

// NewBettingSequence starts a sequence at level 1 − alpha; it panics unless 0 < alpha < 1.
func NewBettingSequence(alpha float64) *BettingSequence {
	checkAlpha("NewBettingSequence", alpha)
	target := math.Ln2 - math.Log(alpha)
	return &BettingSequence{
		target:     target,
		high:       border{1, 1},
		lowWealth:  newWealth(target),
		highWealth: newWealth(target),
	}
}

// Add takes the next score, in the order of drawing. It panics unless x is in [0, 1]. Its time is constant.
func (s *BettingSequence) Add(x float64) {
	checkScore("BettingSequence.Add", len(s.x), x)
	t := float64(len(s.x) + 1)
	// The budget is spread over all times to come: Σ 1/(t·ln(1+t)) grows so slowly that no time is favoured much.
	bet := math.Sqrt(2 * s.target / (s.past.variance() * t * math.Log1p(t)))
	s.past.add(x)
	s.x, s.bets = append(s.x, x), append(s.bets, bet)
	if !s.lowMoved {
		s.lowWealth.above(s.low.kept, x, bet)
		s.lowMoved = s.lowWealth.reached()
	}
	if !s.highMoved {
		s.highWealth.below(s.high.kept, x, bet)
		s.highMoved = s.highWealth.reached()
	}
}

// Interval returns the interval after the scores added so far, (0, 1) before the first. It is constant in time
// unless a limit has moved since the last call; then it is linear in the number of scores. Limits that have
// crossed (see [BettingInterval]) are returned in order.
func (s *BettingSequence) Interval() (lower, upper float64) {
	if s.lowMoved {
		s.low = s.low.raise(s.x, s.bets, s.target)
		s.lowWealth, s.lowMoved = newWealth(s.target), false
		for i, v := range s.x {
			s.lowWealth.above(s.low.kept, v, s.bets[i])
		}
	}
	if s.highMoved {
		s.high = s.high.lower(s.x, s.bets, s.target)
		s.highWealth, s.highMoved = newWealth(s.target), false
		for i, v := range s.x {
			s.highWealth.below(s.high.kept, v, s.bets[i])
		}
	}
	lower, upper = s.low.rejected, s.high.rejected
	return min(lower, upper), max(lower, upper)
}
