package watch

import (
	"fmt"
	"math"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

// Summary is what a state says at this moment.
type Summary struct {
	Epoch    int               `json:"epoch"`
	Queries  int64             `json:"queries"` // counted in this epoch
	Open     int64             `json:"open"`
	GivenUp  int64             `json:"given_up"`
	Alarms   []Event           `json:"alarms"` // that stand
	Scopes   []Reading         `json:"scopes"` // the whole stream, then slices in the order in which they came
	Warnings []certify.Warning `json:"warnings"`
}

// Reading is what is known of the whole stream or of a slice. Rates are fractions
// of its queries; limits hold at every number of queries at once.
type Reading struct {
	Slice    *string         `json:"slice"` // null: the whole stream
	Queries  int64           `json:"queries"`
	AllWrong int64           `json:"all_wrong"`
	Beta     Limits          `json:"beta"` // at half of the error each
	Gain     Limits          `json:"gain"` // each at the whole error; of the incumbent, or of the pool
	Verdict  certify.Verdict `json:"verdict"`
	Watched  []Evidence      `json:"watched"`
}

// Limits are a rate as it was observed, and as far as it is certain.
type Limits struct {
	Observed *float64 `json:"observed"` // null before the first query
	Lower    float64  `json:"lower"`
	Upper    float64  `json:"upper"`
}

// Evidence is what one detector has against its level, as parts of what raises
// an alarm.
type Evidence struct {
	Rate      Rate      `json:"rate"`
	Direction Direction `json:"direction"`
	Level     *float64  `json:"level"`    // null while it is learnt
	Stated    bool      `json:"stated"`   // by the user
	Learning  int64     `json:"learning"` // queries that the level still waits for
	Queries   int64     `json:"queries"`  // held against the level
	Hits      int64     `json:"hits"`
	Change    float64   `json:"change"`
	Ever      float64   `json:"ever"` // of the level alarm
}

// Summary says what is known at this moment.
func (s *State) Summary() Summary {
	o := &s.Options
	out := Summary{Epoch: s.Epoch, Queries: s.Counted, Open: int64(len(s.Pending.open)), GivenUp: s.Pending.GivenUp,
		Alarms: s.Alarms, Scopes: []Reading{s.All.reading(o, s.incumbent)}, Warnings: s.warnings()}
	for _, p := range s.Parts {
		out.Scopes = append(out.Scopes, p.reading(o, s.incumbent))
	}
	return out
}

func (s *Scope) reading(o *Options, incumbent int) Reading {
	seen := certify.Seen{Queries: s.Queries, AllWrong: s.AllWrong, Right: s.Right, Incumbent: incumbent}
	r := Reading{Slice: s.Slice, Queries: s.Queries, AllWrong: s.AllWrong, Verdict: s.Verdict}
	r.Gain.Upper = 1
	if w, err := seen.Look(o.Overhead, 1-s.delta(o)); err == nil {
		r.Gain.Lower, r.Gain.Upper = w.Lower, w.Upper
	}
	r.Beta.Lower, r.Beta.Upper = s.BetaLimits(*o)
	if s.Queries > 0 {
		beta, gain := float64(s.AllWrong)/float64(s.Queries), float64(seen.Rescued())/float64(s.Queries)
		r.Beta.Observed, r.Gain.Observed = &beta, &gain
	}
	r.Watched = s.Beta.evidence(Beta, o, s.budget(o))
	if s.Gain != nil {
		r.Watched = append(r.Watched, s.Gain.evidence(Gain, o, s.budget(o))...)
	}
	return r
}

func (g *Gauge) evidence(rate Rate, o *Options, b budget) (out []Evidence) {
	if !g.ready(o) {
		return []Evidence{{Rate: rate, Direction: Rising, Learning: o.Baseline - g.N}}
	}
	for _, side := range []struct {
		Direction
		*Detector
	}{{Rising, g.Rising}, {Falling, g.Falling}} {
		d := side.Detector
		if d == nil {
			continue
		}
		e := Evidence{Rate: rate, Direction: side.Direction, Stated: g.Stated, Queries: d.N, Hits: d.K,
			Change: d.change(b), Ever: math.Exp(min(d.logLevel()+math.Log(b.chance), 700))}
		level := d.Level
		if side.Direction == Falling {
			level, e.Hits = 1-level, d.N-d.K
		}
		e.Level = &level
		out = append(out, e)
	}
	return out
}

// fewComplete is the share of queries that are not complete from which a reader
// should know.
const fewComplete = 0.05

func (s *State) warnings() []certify.Warning {
	out := []certify.Warning{}
	warn := func(code, format string, a ...any) {
		out = append(out, certify.Warning{Code: code, Message: fmt.Sprintf(format, a...)})
	}
	p := &s.Pending
	done := s.Counted + s.Earlier
	if lost := p.GivenUp; float64(lost) > fewComplete*float64(lost+done) {
		warn("given-up", "%d queries never had a verdict of every model and were given up: what is said holds for the %d that had.", lost, done)
	}
	if p.Corrected > 0 {
		warn("corrected", "%d verdicts contradict what was counted before. What was counted stands; where they matter, begin anew.", p.Corrected)
	}
	if p.Late > 0 {
		warn("late", "%d verdicts came after their query was given up, and were not counted.", p.Late)
	}
	if p.Strangers > 0 {
		names := make([]string, len(p.Strange))
		for i, n := range p.Strange {
			names[i] = outcome.Quote(n)
		}
		warn("strangers", "%d verdicts are of models outside the pool, such as %s, and were passed over.", p.Strangers, strings.Join(names, ", "))
	}
	if s.Unparted > 0 {
		warn("many-slices", "%d queries have a value of %s that came after %d others: they count for the whole stream only.", s.Unparted, outcome.Quote(s.Options.Slice), MaxSlices)
	}
	return out
}
