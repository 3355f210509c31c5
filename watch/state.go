package watch

import (
	"errors"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// State is all that is known of a stream. It marshals to JSON as it is, and what
// was unmarshalled goes on as if nothing had happened. New is the way in.
type State struct {
	Options  Options  `json:"options"`
	Epoch    int      `json:"epoch"`   // how often it was begun anew
	Counted  int64    `json:"counted"` // queries, in this epoch
	Earlier  int64    `json:"earlier"` // queries of earlier epochs
	All      *Scope   `json:"all"`
	Parts    []*Scope `json:"parts"`    // values of the label, in the order in which they came
	Alarms   []Event  `json:"alarms"`   // that stand
	Unparted int64    `json:"unparted"` // counted queries whose label's value came after MaxSlices others
	Pending  Pending  `json:"pending"`

	parts     map[string]*Scope
	incumbent int
}

// New begins a watch.
func New(o Options) (*State, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &State{Options: o, Alarms: []Event{}, Parts: []*Scope{}}
	s.All = newScope(&s.Options, nil, 1)
	s.Pending = Pending{Open: []*Query{}, Done: []*Query{}}
	return s, s.prepare()
}

// prepare makes what is not kept in the file.
func (s *State) prepare() error {
	s.incumbent = slices.Index(s.Options.Models, s.Options.Incumbent)
	s.parts = map[string]*Scope{}
	for _, p := range s.Parts {
		s.parts[*p.Slice] = p
	}
	return s.Pending.prepare(len(s.Options.Models))
}

// errState is a file that holds no state, or one that was changed by hand.
var errState = errors.New("not the state of a watch: counts contradict each other")

// maxCount bounds counts that are read from a file; nobody grades as many queries.
const maxCount = 1 << 50

// Restored checks a state that was unmarshalled and makes it ready to go on.
func (s *State) Restored() error {
	if err := s.Options.check(); err != nil {
		return err
	}
	if s.All == nil || !s.All.sound(&s.Options) || s.All.Slice != nil || len(s.Parts) > MaxSlices {
		return errState
	}
	for _, p := range s.Parts {
		if p == nil || !p.sound(&s.Options) || p.Slice == nil {
			return errState
		}
	}
	return s.prepare()
}

func (s *Scope) sound(o *Options) bool {
	if s.AllWrong < 0 || s.AllWrong > s.Queries || s.Queries > maxCount || !(s.Price > 0 && s.Price <= 1) || len(s.Right) != len(o.Models) {
		return false
	}
	for _, r := range s.Right {
		if r < 0 || r > s.Queries-s.AllWrong {
			return false
		}
	}
	return s.Beta.sound() && (s.Gain == nil) == (o.Incumbent == "") && (s.Gain == nil || s.Gain.sound())
}

func (g *Gauge) sound() bool {
	return g != nil && g.K >= 0 && g.K <= g.N && g.N <= maxCount && g.Rising.sound() && g.Falling.sound()
}

func (d *Detector) sound() bool {
	if d == nil {
		return true
	}
	least := slices.Min(d.R[:]) // NaN if one is
	return d.Level > 0 && d.Level < 1 && d.K >= 0 && d.K <= d.N && d.N <= maxCount && least >= 0
}

// Add takes up one record and gives what happened because of it. The error says
// what is wrong with the record; nothing has changed then.
func (s *State) Add(r *outcome.Record) ([]Event, error) {
	q, err := s.Pending.add(&s.Options, r)
	if err != nil || q == nil {
		return nil, err
	}
	right := make([]bool, len(q.Cells))
	for i := range right {
		right[i] = q.Cells[i] == cellRight
	}
	return s.Count(q.Slice, right), nil
}

// Count takes up a query on which every model has a verdict: right says which
// models are right, in the order of Options.Models.
func (s *State) Count(slice string, right []bool) []Event {
	s.Counted++
	events := s.All.count(&s.Options, s.incumbent, right, s.Counted)
	if part := s.part(slice); part != nil {
		events = append(events, part.count(&s.Options, s.incumbent, right, s.Counted)...)
	}
	for _, e := range events {
		if e.Alarm {
			s.Alarms = append(s.Alarms, e)
		}
	}
	return events
}

func (s *State) part(slice string) *Scope {
	if s.Options.Slice == "" {
		return nil
	}
	p := s.parts[slice]
	if p == nil && len(s.Parts) < MaxSlices {
		p = newScope(&s.Options, &slice, sliceShare(len(s.Parts)+1))
		s.Parts, s.parts[slice] = append(s.Parts, p), p
	}
	if p == nil {
		s.Unparted++
	}
	return p
}

// Anew begins a new epoch: no alarm stands, levels that are not stated are learnt
// again, certificates count from here. The verdicts that were certified last stay
// in force. Open queries are kept, and so is what was counted before: it is not
// counted again. What is promised for ever is promised for each epoch.
func (s *State) Anew() {
	s.Epoch, s.Earlier, s.Counted, s.Unparted, s.Alarms = s.Epoch+1, s.Earlier+s.Counted, 0, 0, []Event{}
	again := func(p *Scope) *Scope {
		n := newScope(&s.Options, p.Slice, p.Price)
		n.Verdict = p.Verdict
		return n
	}
	s.All = again(s.All)
	for i, p := range s.Parts {
		s.Parts[i] = again(p)
		s.parts[*p.Slice] = s.Parts[i]
	}
}
