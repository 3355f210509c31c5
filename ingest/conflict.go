package ingest

import (
	"fmt"

	"github.com/allwrong/allwrong/outcome"
)

// ConflictError says that records disagree about cells, and that nobody said
// which of them wins.
type ConflictError struct {
	Conflicts []Conflict // at most 1,000, in the order in which they were met
	Total     int64
}

// Conflict is one cell with the places of the two records.
type Conflict struct {
	outcome.Conflict
	FirstPlace string // where the record on record stands; in a stream that cannot be read again, only that it does
}

// Error names the number of cells, and the first of them with both places.
func (e *ConflictError) Error() string {
	c := e.Conflicts[0]
	cell := fmt.Sprintf("query %s, model %s", c.Query, c.Model)
	if c.Attempt > 0 {
		cell += fmt.Sprintf(", attempt %d", c.Attempt)
	}
	first, second := c.First.String(), c.Second.String()
	if c.First == c.Second {
		first, second = scored(first, c.FirstScore), scored(second, c.SecondScore)
	}
	return fmt.Sprintf("two records disagree on %s, first:\n  %s: %s in %s, %s in %s\n  Keep one run, or say which wins: --prefer newest | first | right-if-any",
		plural(e.Total, "cell"), cell, first, c.FirstPlace, second, c.Place)
}

func scored(verdict string, score *float64) string {
	if score == nil {
		return verdict
	}
	return fmt.Sprintf("%s (score %v)", verdict, *score)
}

// conflicts makes an error of what the records disagree on.
//
// The set does not keep where each cell came from: eight bytes a cell would
// cost more than the cells themselves, for an error that is rare. The inputs
// are read a second time instead, and only to find those places.
func (r *reader) conflicts(list []source) error {
	met, total := r.set.Conflicts()
	if total == 0 || r.opt.Prefer != outcome.PreferNone {
		return nil
	}
	find := newLocator(r.set, met)
	var again []source
	for _, src := range list {
		if !src.stream {
			again = append(again, src)
		}
	}
	opt := *r.opt
	opt.Progress = nil
	second := &reader{ctx: r.ctx, opt: &opt, set: r.set, taker: find}
	if err := second.all(again); r.ctx.Err() != nil {
		return err // any other error was not there the first time: say what is known
	}
	e := &ConflictError{Total: total}
	for _, c := range met {
		place := find.places[find.key(c)]
		if place == "" {
			place = "an earlier record" // of a file that has changed since
			if len(again) < len(list) {
				place = "an earlier record of standard input"
			}
		}
		e.Conflicts = append(e.Conflicts, Conflict{c, place})
	}
	return e
}

// locator finds the first record of each of some cells.
type locator struct {
	set    *outcome.Set
	first  map[cellKey]outcome.Verdict
	places map[cellKey]string
	models map[int]bool // those with a cell that is looked for
}

type cellKey struct{ query, model, attempt int }

func newLocator(set *outcome.Set, met []outcome.Conflict) *locator {
	l := &locator{set: set, first: map[cellKey]outcome.Verdict{}, places: map[cellKey]string{}, models: map[int]bool{}}
	for _, c := range met {
		k := l.key(c)
		l.first[k] = c.First
		l.models[k.model] = true
	}
	return l
}

func (l *locator) key(c outcome.Conflict) cellKey {
	return cellKey{l.set.Query(c.Query), l.set.Model(c.Model), c.Attempt}
}

// see notes a record, if it is the first of its cell with the verdict that the
// set has: one that was not run gives way to a later one that was.
func (l *locator) see(k cellKey, v outcome.Verdict, place func() string) {
	if want, ok := l.first[k]; ok && want == v && l.places[k] == "" {
		l.places[k] = place()
	}
}

func (l *locator) again() bool { return true }

func (l *locator) record(s *sink, r *outcome.Record, line int64) error {
	m := l.set.Model(r.Model)
	if !l.models[m] {
		return nil
	}
	if c, err := r.Cell(l.set.ScoreThreshold); err == nil {
		l.see(cellKey{l.set.Query(r.Query), m, r.Attempt}, c.Verdict(), func() string { return s.place(line) })
	}
	return nil
}

func (l *locator) block(s *sink, queries, models []int, cells []outcome.Cell, _ []float64, line func(int) int64) error {
	for c, m := range models {
		if !l.models[m] {
			continue
		}
		for r, q := range queries {
			l.see(cellKey{q, m, 0}, cells[r*len(models)+c].Verdict(), func() string { return s.place(line(r)) })
		}
	}
	return nil
}
