package ingest

import (
	"context"
	"errors"
	"math"

	"github.com/allwrong/allwrong/outcome"
)

// Records gives, in the order of the inputs, the records of which the cells of
// the set come, with the long fields that want names: one record a cell, the
// one that won where several were met. Labels, family and options are as the
// set settled them, source says where the record stands, and a verdict is
// written out where a score alone would need the option that settled it. A
// query or a model of which nothing is known comes as one that was not run.
//
// The inputs are read a second time, so that memory is bounded and nothing is
// given that a later file contradicts; a stream is therefore an error. What r
// points to is the reader's: visit keeps copies. An error of visit ends the
// reading and is returned as it is.
func (result *Result) Records(ctx context.Context, want outcome.Fields, visit func(r *outcome.Record) error) error {
	if err := repeatable(result.list); err != nil {
		return err
	}
	o := result.opt
	o.Want, o.Progress = want, nil
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	v := newVisitor(result.Set, &o, &visiting{visit: visit, stop: stop})
	r := &reader{ctx: ctx, opt: &o, set: result.Set, taker: v}
	if err := r.all(result.list); err != nil {
		return because(ctx, err)
	}
	return v.rest()
}

// Records is Read and Result.Records in one, for those who need no set before
// the records; o.Want says which long fields they have. That an input is a
// stream is said before anything is read.
func Records(ctx context.Context, paths []string, o Options, visit func(r *outcome.Record) error) (*Result, error) {
	list, err := sources(paths, o.Prefer)
	if err != nil {
		return nil, err
	}
	if err := repeatable(list); err != nil {
		return nil, err
	}
	want := o.Want
	o.Want = 0
	result, err := Read(ctx, paths, o)
	if err != nil {
		return result, err
	}
	return result, result.Records(ctx, want, visit)
}

// ErrStream is what Records says of an input that can be read only once.
var ErrStream = errors.New("a stream cannot be read twice: save it to a file first")

func repeatable(list []source) error {
	for _, src := range list {
		if src.stream {
			return atInput(src.path, ErrStream)
		}
	}
	return nil
}

// because is what stopped the reading, where that was not its context's end.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// visiting hands records to a caller until it has had enough.
type visiting struct {
	visit func(r *outcome.Record) error
	stop  context.CancelCauseFunc // ends the reading
	err   error                   // that visit gave
}

func (v *visiting) give(r *outcome.Record) error {
	if v.err == nil {
		if v.err = v.visit(r); v.err != nil {
			v.stop(v.err)
		}
	}
	return v.err
}

// visitor hands on the records of which the cells of a set come.
type visitor struct {
	set   *outcome.Set
	opt   *Options
	to    *visiting
	given map[[2]int][]bool // by model and attempt: the queries whose cell was given
	query []bool            // that came with any record
	model []bool
}

func newVisitor(set *outcome.Set, o *Options, to *visiting) *visitor {
	return &visitor{set: set, opt: o, to: to, given: map[[2]int][]bool{},
		query: make([]bool, set.Queries()), model: make([]bool, set.Models())}
}

// isRecord reports whether a cell of the set comes of this record, and notes it.
func (v *visitor) isRecord(query, model, attempt int, c outcome.Cell, score float64) bool {
	if query >= len(v.query) || model >= len(v.model) || v.opt.Keep != nil && !v.opt.Keep(v.set.ModelName(model)) {
		return false // a file that has grown since may name what the set has not
	}
	have, haveScore := v.set.Cell(query, model, attempt)
	if c == 0 || have != c || haveScore != score && !(math.IsNaN(haveScore) && math.IsNaN(score)) {
		return false
	}
	key := [2]int{model, attempt}
	given := v.given[key]
	if given == nil {
		given = make([]bool, len(v.query))
		v.given[key] = given
	}
	if given[query] {
		return false
	}
	given[query], v.query[query], v.model[model] = true, true, true
	return true
}

func (v *visitor) again() bool { return true }

func (v *visitor) record(s *sink, r *outcome.Record, line int64) error {
	c, err := r.Cell(v.opt.ScoreThreshold)
	if err != nil {
		return s.errorAt(line, err)
	}
	score := math.NaN()
	if r.Score != nil {
		score = *r.Score
	}
	query, model := v.set.Query(r.Query), v.set.Model(r.Model)
	if !v.isRecord(query, model, r.Attempt, c, score) {
		return nil
	}
	out := *r
	if out.Source == "" {
		out.Source = s.place(line)
	}
	return v.give(&out, query, model, c)
}

// give settles what the set knows better than a single record.
func (v *visitor) give(r *outcome.Record, query, model int, c outcome.Cell) error {
	if v.opt.ScoreThreshold != 1 || r.Score == nil {
		r.Verdict = c.Verdict()
	}
	r.Slices, r.Family, r.Options = v.set.Labels(query), v.set.ModelFamily(model), v.set.QueryOptions(query)
	return v.to.give(r)
}

func (v *visitor) block(s *sink, queries, models []int, cells []outcome.Cell, scores []float64, line func(row int) int64) error {
	for row, query := range queries {
		for col, model := range models {
			i := row*len(models) + col
			score := math.NaN()
			if scores != nil {
				score = scores[i]
			}
			c := cells[i]
			if !v.isRecord(query, model, 0, c, score) {
				continue
			}
			r := outcome.Record{Query: v.set.QueryID(query), Model: v.set.ModelName(model), Reason: c.Reason(), Source: s.place(line(row))}
			if !math.IsNaN(score) {
				r.Score = &score
			}
			if err := v.give(&r, query, model, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest gives queries and models that exist without a record, as not run.
func (v *visitor) rest() error {
	first := -1
	for m := range v.model {
		if v.opt.Keep == nil || v.opt.Keep(v.set.ModelName(m)) {
			if first < 0 {
				first = m
			}
			if !v.model[m] && len(v.query) > 0 {
				if err := v.notRun(0, m); err != nil {
					return err
				}
				v.query[0] = true
			}
		}
	}
	for q := range v.query {
		if first >= 0 && !v.query[q] {
			if err := v.notRun(q, first); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *visitor) notRun(query, model int) error {
	r := outcome.Record{Query: v.set.QueryID(query), Model: v.set.ModelName(model)}
	return v.give(&r, query, model, outcome.MakeCell(outcome.NotRun, outcome.NoReason))
}
