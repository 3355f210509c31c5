package certify

import (
	"math/rand/v2"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// PlanOptions describe a study that is to be made.
type PlanOptions struct {
	Overhead   float64 `json:"overhead"`   // what is to be decided against, in accuracy as a fraction
	Gain       float64 `json:"gain"`       // the gain that is expected; below Overhead to certify "no", above it "room"
	Pool       int     `json:"pool"`       // models
	Confidence float64 `json:"confidence"` // 0 means 0.95
	Power      float64 `json:"power"`      // chance with which the study is to decide; 0 means 0.8
	Beta       float64 `json:"beta"`       // the co-failure rate that is expected
	BetaBelow  float64 `json:"beta_below"` // certify that β is below this; 0 means do not plan for it
	Seed       uint64  `json:"seed"`
}

// PlanRow is one way to decide, with the queries that it takes.
type PlanRow struct {
	Method    Method `json:"method"`
	Statement string `json:"statement"`
	Queries   *int64 `json:"queries"`   // smallest number from which on the power is reached; nil: none up to 10¹²
	Simulated bool   `json:"simulated"` // by drawing from the data at hand; exact otherwise
}

// Plan is how many graded queries a study needs.
type Plan struct {
	PlanOptions
	Rows     []PlanRow `json:"rows"`
	Warnings []Warning `json:"warnings"`
}

func (o PlanOptions) withDefaults() (PlanOptions, error) {
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	if o.Power == 0 {
		o.Power = planPower
	}
	inside := func(x float64) bool { return x > 0 && x < 1 }
	switch {
	case !inside(o.Confidence):
		return o, usage("confidence: %v is outside (0, 1); 0.95 is usual", o.Confidence)
	case !inside(o.Power):
		return o, usage("power: %v is outside (0, 1); 0.8 is usual", o.Power)
	case !(o.Overhead >= 0 && o.Overhead < 1) || !(o.Gain >= 0 && o.Gain < 1):
		return o, usage("overhead %v, gain %v: want fractions in [0, 1)", o.Overhead, o.Gain)
	case !(o.BetaBelow >= 0 && o.BetaBelow < 1) || !(o.Beta >= 0 && o.Beta < 1):
		return o, usage("beta %v, beta below %v: want fractions in [0, 1)", o.Beta, o.BetaBelow)
	case o.Pool < 0:
		return o, usage("pool: %d models", o.Pool)
	case o.Overhead == 0 && o.Gain == 0 && o.BetaBelow == 0:
		return o, usage("nothing to plan for: give an overhead to certify the gain against, or a bound on β")
	}
	return o, nil
}

// MakePlan counts the queries that decide, exactly: the limits are
// Clopper–Pearson's, the power is a binomial probability, and the number is the
// one after which the power stays (it is a sawtooth). A screened certificate
// lies between the two ends of the table, or is simulated from data.
func MakePlan(o PlanOptions, data *outcome.Matrix) (Plan, error) {
	if data != nil {
		o.Pool = len(data.Models())
	}
	o, err := o.withDefaults()
	if err != nil {
		return Plan{}, err
	}
	p := Plan{PlanOptions: o, Rows: []PlanRow{}, Warnings: []Warning{}}
	if data != nil {
		if err := p.simulated(data); err != nil {
			return Plan{}, err
		}
	}
	p.exact()
	if o.BetaBelow > 0 {
		delta := 1 - o.Confidence
		p.add("", "β is below its bound", false)(prob.TrialsBelow(o.Beta, o.BetaBelow, delta, o.Power))
	}
	return p, nil
}

func (p *Plan) add(m Method, statement string, simulated bool) func(n int64, ok bool) {
	return func(n int64, ok bool) {
		row := PlanRow{Method: m, Statement: statement, Simulated: simulated}
		if ok {
			row.Queries = &n
		}
		p.Rows = append(p.Rows, row)
	}
}

// The statements a plan can aim at.
const (
	claimNo   = "the gain is below the overhead"
	claimRoom = "the gain is above the overhead"
)

func (p *Plan) exact() {
	delta := 1 - p.Confidence
	switch {
	case p.Overhead == 0 && p.Gain == 0:
	case p.Gain == p.Overhead:
		p.Warnings = append(p.Warnings, Warning{"on-the-line", "The expected gain equals the overhead: no number of queries decides that."})
	case p.Gain > p.Overhead:
		// The lower limit needs no multiplicity: the same for every method.
		p.add(Screened, claimRoom, false)(prob.TrialsAbove(p.Gain, p.Overhead, delta, p.Power))
	default:
		p.add(Incumbent, claimNo, false)(prob.TrialsBelow(p.Gain, p.Overhead, delta, p.Power))
		if p.Pool > 1 {
			p.add(Direct, claimNo, false)(prob.TrialsBelow(p.Gain, p.Overhead, delta/float64(p.Pool), p.Power))
			p.Warnings = append(p.Warnings, Warning{"screened-between",
				"A screened certificate needs a number between these two: near the first where one model is clearly best, near the second where all tie."})
		}
	}
}

const (
	planDraws   = 400     // data sets per size; the power is known to ±0.04 (two standard errors)
	planLargest = 200_000 // queries; beyond, drawing takes longer than the answer is worth
)

// simulated finds the size at which a screened certificate decides, by drawing
// data sets from the queries at hand.
func (p *Plan) simulated(data *outcome.Matrix) error {
	mask := data.Complete()
	counts := data.Count(mask)
	if counts.Queries == 0 {
		return noComplete(data)
	}
	p.Gain = float64(counts.Rescued(counts.Best())) / float64(counts.Queries)
	p.Beta = float64(counts.AllWrong) / float64(counts.Queries)
	if p.Gain >= p.Overhead || p.Overhead == 0 {
		return nil // a lower limit, which is exact
	}
	patterns := outcome.FromPatterns(data.Models(), data.Patterns(nil))
	decides := func(n int64) bool {
		hits := 0
		for d := range planDraws {
			draw := rand.New(rand.NewPCG(p.Seed, uint64(d)))
			ev := fromCounts(patterns.Reweight(drawPatterns(patterns, n, draw)).Count(nil), binomial{n}, -1)
			if ev.screened(1-p.Confidence) < p.Overhead {
				hits++
			}
		}
		return float64(hits) >= p.Power*planDraws
	}
	lo, hi := int64(0), int64(64)
	for !decides(hi) {
		if lo, hi = hi, 2*hi; hi > planLargest {
			p.add(Screened, claimNo, true)(0, false)
			return nil
		}
	}
	for hi-lo > max(1, hi/50) {
		if mid := lo + (hi-lo)/2; decides(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	p.add(Screened, claimNo, true)(hi, true)
	p.Warnings = append(p.Warnings, Warning{"simulated",
		"Simulated from the data at hand, which are one sample themselves: a guide, never a promise."})
	return nil
}

// drawPatterns draws n queries with replacement and counts them by pattern.
func drawPatterns(patterns *outcome.Matrix, n int64, draw *rand.Rand) []uint32 {
	cumulated := make([]float64, patterns.Columns())
	total := 0.0
	for c := range cumulated {
		total += float64(patterns.Weight(c))
		cumulated[c] = total
	}
	weights := make([]uint32, len(cumulated))
	for range n {
		at, _ := slices.BinarySearchFunc(cumulated, draw.Float64()*total, func(c, u float64) int {
			if c <= u {
				return -1
			}
			return 1
		})
		weights[min(at, len(weights)-1)]++
	}
	return weights
}
