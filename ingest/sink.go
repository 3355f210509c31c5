package ingest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// sink takes what a format reads of one input. Its methods may be called from
// one goroutine only.
type sink struct {
	set      *outcome.Set
	opt      *Options
	input    *Input
	path     string
	warnings *[]Warning

	tallies []tally     // by model number
	states  []statement // rates that the source claims
	taker   taker       // what takes the records in place of the set; nil: the set

	ctx   context.Context
	turn  <-chan struct{} // closed when the records may go into the set; nil once they may
	ahead []ahead         // records that came before
	late  faults          // what was wrong with them

	aheadBytes int
}

// tally counts the records of one model in one input.
type tally struct{ right, graded int64 }

type statement struct {
	model string
	rate  float64 // a fraction
}

// place names a line of the input; line 0 names the input alone.
func (s *sink) place(line int64) string {
	switch {
	case s.path == stdin && line > 0:
		return fmt.Sprintf("line %d", line)
	case s.path == stdin:
		return "standard input"
	case line <= 0:
		return s.path
	case s.input.Format == FormatSQL:
		return fmt.Sprintf("row %d of %s", line, s.path)
	}
	return fmt.Sprintf("%s:%d", s.path, line)
}

// record takes one record. The error is about the record itself, and says its
// place; whether the rest of the file is worth reading is for the caller to say.
func (s *sink) record(r *outcome.Record, line int64) error {
	if !s.mine() {
		if len(s.ahead) < aheadRecords && s.aheadBytes < aheadBytes {
			s.keep(r, line)
			return nil
		}
		if err := s.await(); err != nil {
			return err
		}
	}
	if s.taker != nil {
		return s.taker.record(s, r, line)
	}
	if err := s.set.Add(r, func() string { return s.place(line) }); err != nil {
		return s.errorAt(line, err)
	}
	c, _ := r.Cell(s.set.ScoreThreshold) // Add has taken it, so it has a cell
	s.count(s.set.Model(r.Model), c)
	return nil
}

// cell puts the verdict of one first attempt into the set, which takes the
// records itself and whose turn has come, by number.
func (s *sink) cell(query, model int, c outcome.Cell, line int64) {
	s.set.Put(query, model, 0, c, math.NaN(), func() string { return s.place(line) })
	s.count(model, c)
}

// count notes a record of a model that was taken.
func (s *sink) count(model int, c outcome.Cell) {
	s.input.Rows++
	t := s.tally(model)
	switch c.Verdict() {
	case outcome.Right:
		t.right++
		t.graded++
	case outcome.Wrong, outcome.NoAnswer:
		t.graded++
	}
}

// errorAt says where an error stands.
func (s *sink) errorAt(line int64, err error) error {
	return fmt.Errorf("%s: %w", s.place(line), err)
}

// tally is what has been counted of a model in this input.
func (s *sink) tally(model int) *tally {
	if model >= len(s.tallies) {
		s.tallies = append(s.tallies, make([]tally, model+1-len(s.tallies))...)
	}
	return &s.tallies[model]
}

// query notes a query that exists although no record of it may follow.
func (s *sink) query(id string) error {
	if err := outcome.CheckName("query", id); err != nil {
		return s.errorAt(0, err)
	}
	if err := s.await(); err != nil {
		return err
	}
	if !s.again() {
		s.set.Query(id)
	}
	return nil
}

// queries gives the numbers of many queries, and models those of many models,
// for the block method. An error names the first name that cannot be taken.
func (s *sink) queries(ids []string) ([]int, error) {
	if err := s.await(); err != nil {
		return nil, err
	}
	return numbers("query", ids, s.set.Query)
}

func (s *sink) models(names []string) ([]int, error) {
	if err := s.await(); err != nil {
		return nil, err
	}
	return numbers("model", names, s.set.Model)
}

func numbers(what string, names []string, number func(string) int) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		if err := outcome.CheckName(what, name); err != nil {
			return nil, err
		}
		out[i] = number(name)
	}
	return out, nil
}

// block takes a table at once, the fast way in: cells[r*len(models)+c] is what
// models[c] did on queries[r], first attempt; a zero cell is missing. Scores is
// laid out likewise, NaN where there is a verdict only, or nil. Lines[r] is the
// line of row r, or lines is nil.
func (s *sink) block(queries, models []int, cells []outcome.Cell, scores []float64, lines []int64) error {
	line := func(row int) int64 {
		if lines == nil {
			return 0
		}
		return lines[row]
	}
	if s.taker != nil {
		return s.taker.block(s, queries, models, cells, scores, line)
	}
	tallies := s.set.PutBlock(queries, models, cells, scores, func(row, _ int) string { return s.place(line(row)) })
	for c, m := range models {
		s.input.Rows += tallies[c].Records
		t := s.tally(m)
		t.right += tallies[c].Right
		t.graded += tallies[c].Graded
	}
	return nil
}

// labels gives many queries their labels of one key; an empty one is none.
func (s *sink) labels(queries []int, key string, values []string) error {
	if s.again() {
		return nil
	}
	for i, v := range values {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		if err := outcome.CheckName("slice "+outcome.Quote(key), v); err != nil {
			return err
		}
		if err := s.set.Label(queries[i], key, v); err != nil {
			return err
		}
	}
	return nil
}

// leaveOut counts a row that is no outcome, by reason.
func (s *sink) leaveOut(why string, line int64) {
	if s.again() {
		return
	}
	if i := slices.IndexFunc(s.input.LeftOut, func(l LeftOut) bool { return l.Why == why }); i >= 0 {
		s.input.LeftOut[i].Rows++
		return
	}
	s.input.LeftOut = append(s.input.LeftOut, LeftOut{Why: why, Rows: 1, First: s.place(line)})
}

// stated notes the rate, a fraction, that the source claims for a model over
// the records of that model in this input. It is checked once the input is read.
func (s *sink) stated(model string, rate float64) {
	if !s.again() {
		s.states = append(s.states, statement{model, rate})
	}
}

// warn adds a warning to the result.
func (s *sink) warn(code, format string, a ...any) {
	if !s.again() {
		*s.warnings = append(*s.warnings, Warning{code, fmt.Sprintf(format, a...)})
	}
}
