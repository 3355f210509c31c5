package ingest

import (
	"context"
	"maps"
	"runtime"

	"github.com/allwrong/allwrong/outcome"
)

// Files are parsed side by side and put into the set one after the other, in
// their order, so that the same files give the same result on any machine. A
// file whose turn has not come keeps a bounded number of records and then waits.

// How many records, and bytes of their long fields, a file may hold before its
// turn.
const (
	aheadRecords = 1 << 14
	aheadBytes   = 8 << 20
)

// ahead is a record that waits for the turn of its file.
type ahead struct {
	rec  outcome.Record
	line int64
	path string // of the archive's entry, if it is one
}

// all reads the sources, as many at a time as there are processors.
func (r *reader) all(list []source) error {
	r.progress = r.reporter(list)
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	before := make(chan struct{})
	close(before)
	var fatal error // written by whose turn it is
	for _, src := range list {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		part := &reader{ctx: ctx, opt: r.opt, set: r.set, taker: r.taker, progress: r.progress, turn: before}
		done := make(chan struct{})
		go func(before <-chan struct{}) {
			err := part.source(src)
			<-before
			r.merge(part)
			if err != nil && fatal == nil {
				fatal = err
				cancel()
			}
			close(done)
			<-slots
		}(before)
		before = done
	}
	<-before
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if fatal != nil {
		return fatal
	}
	return r.settle(list)
}

// merge takes over what the reading of one source has noted.
func (r *reader) merge(part *reader) {
	r.inputs = append(r.inputs, part.inputs...)
	r.warnings = append(r.warnings, part.warnings...)
	r.broken.merge(part.broken.err(), func(e error) error { return e })
}

// sink gives what a format puts its records into.
func (r *reader) sink(in *Input, path string) *sink {
	return &sink{set: r.set, opt: r.opt, input: in, path: path, warnings: &r.warnings, taker: r.taker, ctx: r.ctx, turn: r.turn}
}

// mine reports whether the turn has come, and hands on what has waited for it.
func (s *sink) mine() bool {
	if s.turn == nil {
		return true
	}
	select {
	case <-s.turn:
		s.handOn()
		return true
	default:
		return false
	}
}

// await waits for the turn. The error is that reading was stopped.
func (s *sink) await() error {
	if s.turn != nil {
		select {
		case <-s.turn:
			s.handOn()
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
	return nil
}

// stopped is the error of a reading that was stopped, for formats that give
// their records when the file has been read to its end.
func (s *sink) stopped() error {
	if s.ctx == nil {
		return nil
	}
	return s.ctx.Err()
}

func (s *sink) handOn() {
	s.turn = nil
	path := s.path
	for i := range s.ahead {
		a := &s.ahead[i]
		s.path = a.path
		if err := s.record(&a.rec, a.line); err != nil {
			s.late.add(err)
		}
	}
	s.path, s.ahead, s.aheadBytes = path, nil, 0
}

// keep puts a record aside, with what it points to.
func (s *sink) keep(r *outcome.Record, line int64) {
	a := ahead{rec: *r, line: line, path: s.path}
	c := &a.rec
	c.Score, c.CostUSD, c.Seconds = clone(r.Score), clone(r.CostUSD), clone(r.Seconds)
	c.InputTokens, c.OutputTokens, c.MaxOutputTokens = clone(r.InputTokens), clone(r.OutputTokens), clone(r.MaxOutputTokens)
	c.Slices, c.Extra = maps.Clone(r.Slices), maps.Clone(r.Extra)
	s.ahead = append(s.ahead, a)
	s.aheadBytes += len(r.Prompt) + len(r.Response) + len(r.Answer) + len(r.Reference)
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	x := *p
	return &x
}

// end is to be called when a file has been read: its turn must have come, and
// what was wrong with records that had waited is said now.
func (s *sink) end(err error) error {
	if e := s.await(); e != nil {
		return e
	}
	if err != nil {
		s.late.merge(err, func(e error) error { return e })
	}
	return s.late.err()
}
