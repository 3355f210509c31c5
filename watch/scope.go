package watch

import (
	"math"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/prob"
)

// Scope is the whole stream, or the part of it with one value of the label.
type Scope struct {
	Slice    *string         `json:"slice"` // nil: the whole stream
	Price    float64         `json:"price"` // this part's share of what may be spent for ever on parts like it
	Queries  int64           `json:"queries"`
	AllWrong int64           `json:"all_wrong"`
	Right    []int64         `json:"right"`   // by model
	Verdict  certify.Verdict `json:"verdict"` // certified last; it stands until the other one is certified
	Lower    float64         `json:"lower"`   // limits on the gain at the last look
	Upper    float64         `json:"upper"`
	Looked   int64           `json:"looked"` // number of queries at the last look
	Beta     *Gauge          `json:"beta"`
	Gain     *Gauge          `json:"gain"` // nil without an incumbent
}

// sliceShare is the share of the k-th slice to come, k from 1: the shares of all
// that may ever come add to 1, so their number need not be known.
func sliceShare(k int) float64 { return 6 / (math.Pi * math.Pi * float64(k) * float64(k)) }

func newScope(o *Options, slice *string, price float64) *Scope {
	s := &Scope{Slice: slice, Price: price, Right: make([]int64, len(o.Models)), Upper: 1, Verdict: o.Verdict}
	if s.Verdict == "" || slice != nil {
		s.Verdict = certify.Undecided
	}
	var beta, gain Level // those of parts are learnt: parts differ
	if slice == nil {
		beta, gain = o.Beta, o.Gain
	}
	s.Beta = newGauge(beta)
	if o.Incumbent != "" {
		s.Gain = newGauge(gain)
	}
	return s
}

// weight is the scope's share of every query's budget. A query belongs to the whole
// stream and to one slice at most, so the shares of a query add to no more than 1.
func (s *Scope) weight(o *Options) float64 { return o.half() }

func (s *Scope) budget(o *Options) budget {
	each := 1 / o.detectors()
	ever := o.Alpha * o.half() * s.Price * each
	return budget{perQuery: s.weight(o) * each / o.RunLength, chance: ever / 2, learning: ever / 2}
}

// delta is the error probability of each limit. Those of all slices hold together;
// those of the whole stream are a statement of its own.
func (s *Scope) delta(o *Options) float64 { return (1 - o.Confidence) * s.Price }

// rates are what one query says of the two rates.
type rates struct{ allWrong, rescued bool }

// count takes up one query.
func (s *Scope) count(o *Options, incumbent int, right []bool, at int64) []Event {
	s.Queries++
	any := false
	for i, r := range right {
		if r {
			s.Right[i]++
			any = true
		}
	}
	x := rates{allWrong: !any, rescued: any && incumbent >= 0 && !right[incumbent]}
	if x.allWrong {
		s.AllWrong++
	}
	var out []Event
	b := s.budget(o)
	out = s.gauge(out, s.Beta, Beta, x.allWrong, o, b, at)
	if s.Gain != nil {
		out = s.gauge(out, s.Gain, Gain, x.rescued, o, b, at)
	}
	if due(s.Queries) {
		out = s.look(out, o, incumbent, at)
	}
	return out
}

func (s *Scope) gauge(out []Event, g *Gauge, rate Rate, hit bool, o *Options, b budget, at int64) []Event {
	if !g.ready(o) {
		if g.learn(hit, o, b) {
			e := s.event(Learnt, rate, Rising, g.Rising, at)
			e.Hits, e.Since = g.K, g.N
			out = append(out, e)
		}
		return out
	}
	for _, side := range []struct {
		Direction
		*Detector
		hit bool
	}{{Rising, g.Rising, hit}, {Falling, g.Falling, !hit}} {
		if side.Detector == nil {
			continue
		}
		crossed, changed := side.count(side.hit, b)
		if changed {
			e := s.event(Change, rate, side.Direction, side.Detector, at)
			e.Evidence = side.change(b)
			out = append(out, e)
		}
		if crossed {
			e := s.event(Crossed, rate, side.Direction, side.Detector, at)
			e.Evidence = math.Exp(min(side.logLevel()+math.Log(b.chance), 700))
			out = append(out, e)
		}
	}
	return out
}

// due says after which numbers of queries the certificate is looked at: after
// each of the first 1,000, and then whenever a hundredth or less has been added.
// It hangs on the number alone, not on who asks, and when.
func due(n int64) bool {
	step := int64(1)
	for n >= 1000*step {
		step *= 10
	}
	return n%step == 0
}

func (s *Scope) look(out []Event, o *Options, incumbent int, at int64) []Event {
	seen := certify.Seen{Queries: s.Queries, AllWrong: s.AllWrong, Right: s.Right, Incumbent: incumbent}
	w, err := seen.Look(o.Overhead, 1-s.delta(o))
	if err != nil {
		panic("watch: " + err.Error()) // counts of a scope are counts
	}
	s.Lower, s.Upper, s.Looked = w.Lower, w.Upper, s.Queries
	if w.Verdict == certify.Undecided || w.Verdict == s.Verdict {
		return out
	}
	e := Event{Kind: Verdict, Slice: s.Slice, At: at, Since: s.Queries, Verdict: w.Verdict, Was: s.Verdict, Lower: w.Lower, Upper: w.Upper}
	e.Alarm = s.Verdict != certify.Undecided
	s.Verdict = w.Verdict
	return append(out, e)
}

// BetaLimits bounds β at every number of queries at once, each side at half of
// the error.
func (s *Scope) BetaLimits(o Options) (lower, upper float64) {
	if s.Queries == 0 {
		return 0, 1
	}
	alpha := s.delta(&o) / 2
	return prob.MixtureLower(s.AllWrong, s.Queries, alpha), prob.MixtureUpper(s.AllWrong, s.Queries, alpha)
}
