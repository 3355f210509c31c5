package ingest

import (
	"context"
	"math"

	"github.com/allwrong/allwrong/outcome"
)

// Stream gives every record as it is read, once, in the order of the inputs,
// with the long fields that o.Want names: for those who look at what the models
// said and make no matrix of it. Records of one cell are neither merged nor
// compared, so memory does not grow with their number, standard input is as
// good as a file, and o.Prefer settles the order of files only. Lines of our
// own may lack a verdict and a score: they are then yet to be graded. The rest
// is as with Read; the set of the result has names and labels, and no cells.
//
// What r points to is the reader's: visit keeps copies. An error of visit ends
// the reading and is returned as it is.
func Stream(ctx context.Context, paths []string, o Options, visit func(r *outcome.Record) error) (*Result, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &reader{ctx: ctx, opt: &o, set: outcome.NewSet(), taker: &streamer{&o, &visiting{visit: visit, stop: stop}}}
	result, err := read(r, paths)
	if err != nil {
		err = because(ctx, err)
	}
	return result, err
}

// takesUngraded reports whether a record need not say what came of it.
func (s *sink) takesUngraded() bool {
	_, ok := s.taker.(*streamer)
	return ok
}

// streamer hands on records as they come.
type streamer struct {
	opt *Options
	to  *visiting
}

func (t *streamer) again() bool { return false }

func (t *streamer) record(s *sink, r *outcome.Record, line int64) error {
	if err := r.Check(); err != nil {
		return s.errorAt(line, err)
	}
	c, err := r.Cell(t.opt.ScoreThreshold)
	if err != nil && err != outcome.ErrNoVerdict {
		return s.errorAt(line, err)
	}
	s.count(s.set.Model(r.Model), c)
	out := *r
	if out.Source == "" {
		out.Source = s.place(line)
	}
	return t.give(&out)
}

func (t *streamer) give(r *outcome.Record) error {
	if t.opt.Keep != nil && !t.opt.Keep(r.Model) {
		return nil
	}
	return t.to.give(r)
}

func (t *streamer) block(s *sink, queries, models []int, cells []outcome.Cell, scores []float64, line func(row int) int64) error {
	for row, query := range queries {
		for col, model := range models {
			i := row*len(models) + col
			if cells[i] == 0 {
				continue
			}
			r := outcome.Record{Query: s.set.QueryID(query), Model: s.set.ModelName(model), Verdict: cells[i].Verdict(), Reason: cells[i].Reason(),
				Slices: s.set.Labels(query), Source: s.place(line(row))}
			if scores != nil && !math.IsNaN(scores[i]) {
				r.Score = &scores[i]
			}
			s.count(model, cells[i])
			if err := t.give(&r); err != nil {
				return err
			}
		}
	}
	return nil
}
