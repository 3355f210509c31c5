package warehouse

import (
	"context"
	"errors"
)

// Count is Profile and Patterns in one: choose is shown what the rows hold, and
// names the models to be counted, sorted, and how many attempts are told apart,
// as PatternsOptions do; no models, without an error, end it with neither result
// nor error. O says nothing of either.
//
// Profile is a scan of its own, which can cost half as much as the counting. Of
// a large table a sample of its pages says as well which models there are; that
// it missed none is seen by the counting itself, where a row of any other model,
// or of another attempt, sets a bit of its own. Then, and only then, all rows
// are profiled and choose is asked again.
func (w *Warehouse) Count(ctx context.Context, o PatternsOptions, choose func(*Profile) (models []string, attempts int, err error)) (*Patterns, error) {
	if profile := w.sampled(ctx, o.threshold()); profile != nil {
		if models, attempts, err := choose(profile); err == nil {
			o.Attempts = attempts
			out, err := w.patterns(ctx, o, models, profile)
			if !errors.Is(err, errUnseen) {
				return out, err
			}
		}
	}
	profile, err := w.profile(ctx, o.threshold())
	if err != nil {
		return nil, err
	}
	models, attempts, err := choose(profile)
	if err != nil {
		return nil, err
	}
	o.Attempts = attempts
	return w.patterns(ctx, o, models, nil)
}

// errUnseen says that rows hold what a sample did not show.
var errUnseen = errors.New("rows hold what a sample of them did not show")

// patterns counts the models taken, if any; seen is what a sample showed, nil
// when all rows were profiled.
func (w *Warehouse) patterns(ctx context.Context, o PatternsOptions, models []string, seen *Profile) (*Patterns, error) {
	if models == nil {
		return nil, nil
	}
	o.Models = models
	p, err := w.newPlan(o)
	if err != nil {
		return nil, err
	}
	p.seen = seen
	return p.count(ctx)
}

// enoughRows is the least that a sample has to show before it is believed.
var enoughRows = int64(10_000)

// sampled is a profile of a part of the rows; nil where none can be had, or
// where it could not be relied on: what is wrong with rows, and whether scores
// are graded, all rows have to say.
func (w *Warehouse) sampled(ctx context.Context, threshold float64) *Profile {
	if w.dialect.sample == nil || w.source.Table == "" || w.source.Sample > 0 || w.layout.has("score") {
		return nil
	}
	part, err := w.dialect.sample(ctx, w)
	if err != nil || part == "" {
		return nil
	}
	b := &builder{w: w, part: part}
	statement := b.profile(threshold)
	p := newProfiling(w)
	if err := w.rows(ctx, "looking at a sample of its rows", statement, b.args, p.read); err != nil {
		return nil // all rows will say it better
	}
	profile, err := p.end()
	if err != nil || profile.Rows < enoughRows {
		return nil
	}
	return profile
}
