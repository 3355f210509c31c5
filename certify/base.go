package certify

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// measure is a set of valid limits, each at level 1−δ: from counts (evidence)
// or from bounded means (means).
type measure interface {
	gainUpper(m Method, delta float64) (u float64, ok bool)
	gainLower(delta float64) float64
	beta(delta float64) (lower, upper float64) // each side at 1−δ
	bestLower(delta float64) float64
}

// base is what a certificate is made of: counts and point estimates, which
// differ with the question (complete queries, any completion, a production
// mix, a slice), and the limits that go with them.
type base struct {
	queries, allWrong int64
	basis             int64 // queries on which the limits rest, where they are not all of queries; else 0
	kinds             Kinds
	best, over        int // models
	betaPoint         *float64
	accuracy          *float64 // of the best
	gain              *float64
	measure
}

// certificate states every limit once. It is the only place that does.
func (b base) certificate(models []string, o Options) (Certificate, error) {
	delta := o.delta()
	c := Certificate{
		Models: len(models), Queries: b.queries, AllWrong: b.allWrong, Kinds: b.kinds,
		Best:     Best{Model: models[b.best], Accuracy: b.accuracy, Lower: b.bestLower(delta / 2)},
		Bounds:   map[Method]*float64{},
		Overhead: o.Overhead, NotCovered: notCovered,
	}
	c.Beta.Point = b.betaPoint
	c.Beta.Lower, c.Beta.Upper = b.beta(delta / 2)
	c.Ceiling = Rate{Lower: 1 - c.Beta.Upper, Upper: 1 - c.Beta.Lower}
	if b.betaPoint != nil {
		c.Ceiling.Point = ptr(1 - *b.betaPoint)
	}
	for _, m := range Methods {
		c.Bounds[m] = nil
		if u, ok := b.gainUpper(m, delta); ok {
			c.Bounds[m] = ptr(clip(u))
		}
	}
	if c.Bounds[o.Method] == nil {
		return c, usage("method %s does not apply to these data", o.Method)
	}
	both, _ := b.gainUpper(o.Method, delta/2)
	c.Gain = Gain{
		Over: models[b.over], Point: b.gain, Method: o.Method, Confidence: o.Confidence,
		Lower: b.gainLower(delta), Upper: *c.Bounds[o.Method],
		Interval: [2]float64{b.gainLower(delta / 2), clip(both)},
	}
	c.decide()
	if c.Verdict != Undecided {
		c.QueriesNeeded = ptr(int64(0))
	} else if b.gain != nil && o.Population == 0 {
		n := b.queries
		if b.basis > 0 {
			n = b.basis
		}
		c.plan(*b.gain, delta, n)
	}
	return c, nil
}

// clip keeps an upper limit on a rate inside [0, 1]; the paper's bound, a
// difference of two limits, can leave it.
func clip(u float64) float64 { return math.Min(math.Max(u, 0), 1) }

// decide sets the verdict.
func (c *Certificate) decide() {
	switch {
	case c.Gain.Upper < c.Overhead:
		c.Verdict = No
	case c.Gain.Lower > c.Overhead:
		c.Verdict = Room
	default:
		c.Verdict = Undecided
	}
}

// plan estimates how many more queries would decide, at the present rate and at
// both ends of its interval. The upper limit that was reached is read as a
// Clopper–Pearson limit at some error probability of its own, which carries the
// method's price for multiplicity over to more queries.
func (c *Certificate) plan(gain, delta float64, n int64) {
	k := int64(math.Round(gain * float64(n)))
	effective := delta
	if c.Gain.Upper < 1 {
		effective = math.Min(delta, prob.BinomialCDF(k, n, c.Gain.Upper))
	}
	if effective <= 0 {
		return
	}
	needed := func(rate float64) *int64 {
		total, ok := prob.TrialsBelow(rate, c.Overhead, effective, planPower)
		if rate > c.Overhead {
			total, ok = prob.TrialsAbove(rate, c.Overhead, delta, planPower)
		}
		if !ok {
			return nil
		}
		return ptr(max(total-n, 1))
	}
	c.QueriesNeeded = needed(gain)
	c.NeededRange = [2]*int64{needed(c.Gain.Interval[0]), needed(c.Gain.Interval[1])}
}
