package web

import (
	"context"
	"errors"
	"sync"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/study"
)

// Data are outcomes as they were read. They are not changed once given.
type Data struct {
	Name    string       // as shown: the paths
	Study   *study.Study // without a ledger
	Formats []string

	// Records gives all records once more, with the long fields that are wanted.
	Records func(ctx context.Context, want outcome.Fields, visit func(r *outcome.Record) error) error

	Threshold float64  // the score from which a record without a verdict is right
	Conflicts []string // queries that came with more than one reference

	// Brief shortens warnings for the eye; nil: they are short.
	Brief func([]certify.Warning) []certify.Warning

	// Regrade grades the answers to a question again; ok is false where no grader can.
	Regrade func(x *audit.Question, reference string) (changes []audit.Change, open int, by string, ok bool)
}

// dataset is data with what there is to read of them, and what the ledger makes
// of them.
type dataset struct {
	Data
	triage *audit.Report
	spool  *Spool
	before certify.Certificate
	place  map[string]int // of a query in the queue
	labels []outcome.SliceSummary

	mu    sync.Mutex
	after *audited // for the last state of the ledger that was asked for
}

// audited is what a state of the ledger comes to.
type audited struct {
	state       *audit.State
	study       *study.Study
	rng         *audit.Range
	certificate *certify.Certificate // nil when too little is left; why says so
	why         string
}

// open reads the records once more: for triage, and to keep all that is said of
// the queries that somebody is to read.
func openData(ctx context.Context, d Data) (x *dataset, err error) {
	x = &dataset{Data: d, place: map[string]int{}, labels: d.Study.Labels()}
	if x.before, err = d.Study.Certificate(); err != nil {
		return nil, err
	}
	e, err := audit.Gather(d.Study.Graded(), d.Study.Detail(), d.Study.Options().Audit)
	if err != nil {
		return nil, err
	}
	e.Conflicts(d.Conflicts)
	if x.spool, err = NewSpool(); err != nil {
		return nil, err
	}
	err = d.Records(ctx, outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, func(r *outcome.Record) error {
		e.Note(r)
		if e.Queued(r.Query) {
			return x.spool.Add(r)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, x.spool.Close())
	}
	x.triage = e.Triage()
	for i, item := range x.triage.Queue {
		x.place[item.Query] = i
	}
	return x, nil
}

// audit gives what a state of the ledger comes to. It is computed once a state.
func (d *dataset) audit(state *audit.State) (*audited, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.after != nil && d.after.state.Digest == state.Digest {
		return d.after, nil
	}
	a := &audited{state: state, study: d.Study}
	var err error
	if state.Lines > 0 { // an empty ledger is none: the numbers are those without one
		if a.study, err = d.Study.WithLedger(state); err != nil {
			return nil, err
		}
	}
	if a.rng, err = audit.AuditedRange(d.Study.Graded(), a.study.Matrix(), state, d.triage.Control, 0); err != nil {
		return nil, err
	}
	c, err := a.study.Certificate()
	if err != nil {
		a.why = err.Error() // the audit left no query: nothing can be certified
	} else {
		a.certificate = &c
	}
	d.after = a
	return a, nil
}

// question gives a query of the queue with all that is on file about it.
func (d *dataset) question(query string) (*audit.Question, error) {
	if _, queued := d.place[query]; !queued {
		return nil, errNotQueued
	}
	x, err := d.spool.Question(query, d.Threshold)
	if err == nil && x == nil {
		err = errNotQueued
	}
	return x, err
}

var errNotQueued = errors.New("this query is not in the queue")
