package schedule

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Purpose says what the cells are collected for.
type Purpose string

// The purposes.
const (
	Matrix      Purpose = "matrix"      // every cell
	Certificate Purpose = "certificate" // what an incumbent's certificate needs
	Ceiling     Purpose = "ceiling"     // which queries defeat every model
)

// Purposes lists them all.
var Purposes = []Purpose{Matrix, Certificate, Ceiling}

// Query is what the schedule knows of one.
type Query struct {
	ID    string
	Slice string // label by which chances are learnt apart; may be empty
}

// Cell is one attempt of one model at one query, by their numbers.
type Cell struct{ Query, Model, Attempt int }

// Options say what is needed.
type Options struct {
	For       Purpose   // empty means Matrix
	Incumbent int       // number of the model in use; for Certificate
	Prices    []float64 // what a call of each model is expected to cost, in any one unit; nil: the same
	Attempts  int       // of each cell, for Matrix; 0 means 1. A lazy schedule asks once
	Seed      uint64    // of the order of queries

	// Decided reports whether a tally decides what the caller wants to know. The
	// limits behind it must hold at every number of queries at once, since the
	// schedule looks whenever it likes. Nil settles every query. For Certificate.
	Decided func(Tally) bool

	// Ahead is how many queries may be unsettled at once while settling them can
	// decide: what is taken up too early is paid for in vain. 0 means any number.
	// With Decided.
	Ahead int
}

// status is what is known of a query.
type status uint8

const (
	fresh    status = iota // not taken up
	taken                  // the incumbent was asked
	open                   // the incumbent is wrong, and no other model is known to be right
	lost                   // the incumbent failed, and no other model is known to be right
	doubtful               // the incumbent failed and another model is right: it may be rescued
	held                   // no gain: the incumbent is right, or failed where all others are wrong; for Ceiling some model is right
	rescued                // the incumbent is wrong and another model is right
	allWrong               // every model is wrong
	statuses
)

// The states of a cell. What was not asked is 0.
const (
	asked uint8 = iota + 1
	right
	wrong
	missing
)

// Schedule gives out the cells that are needed, and is told their verdicts.
type Schedule struct {
	o      Options
	models int
	order  []int32 // queries in seeded order
	place  []int32 // of each query in that order
	slice  []int32 // of each query

	cells   []uint8 // [query][model][attempt]
	status  []status
	counts  [statuses]int64
	dropped []bool

	cursor  []int   // next place in the order: for Matrix by model, else for the incumbent alone
	attempt []int   // next attempt there, by model; for Matrix
	waiting []queue // open queries by how many models they still have to hear

	front       int // places before it have the incumbent's verdict
	frontCounts [statuses]int64
	chance      chances
	verdicts    decisions
	asked       []int64 // calls given out, by model
	flight      int     // of these, those that are not told
}

// New makes a schedule for queries and a number of models.
func New(queries []Query, models int, o Options) (*Schedule, error) {
	o.For, o.Attempts = cmp.Or(o.For, Matrix), max(o.Attempts, 1)
	if err := check(len(queries), models, o); err != nil {
		return nil, err
	}
	if o.For != Matrix {
		o.Attempts = 1
	}
	n := len(queries)
	s := &Schedule{o: o, models: models, order: inOrder(queries, o.Seed), place: make([]int32, n), slice: make([]int32, n),
		cells: make([]uint8, n*models*o.Attempts), status: make([]status, n), dropped: make([]bool, models),
		cursor: make([]int, models), attempt: make([]int, models), waiting: make([]queue, models+1), asked: make([]int64, models)}
	for at, q := range s.order {
		s.place[q] = int32(at)
	}
	names := map[string]int32{}
	for q, x := range queries {
		number, known := names[x.Slice]
		if !known {
			number = int32(len(names))
			names[x.Slice] = number
		}
		s.slice[q] = number
	}
	s.chance = newChances(models, len(names))
	s.counts[fresh] = int64(n)
	if o.For == Ceiling {
		for _, q := range s.order {
			s.set(int(q), open)
			s.waiting[models].push(q)
		}
	}
	return s, nil
}

func check(queries, models int, o Options) error {
	switch {
	case !slices.Contains(Purposes, o.For):
		return fmt.Errorf("for: %q is none of %v", string(o.For), Purposes)
	case models < 1:
		return fmt.Errorf("no models to ask")
	case o.For != Matrix && models < 2:
		return fmt.Errorf("for %s: %d model; at least two are needed, with fewer there is nothing to choose between", o.For, models)
	case o.For == Certificate && (o.Incumbent < 0 || o.Incumbent >= models):
		return fmt.Errorf("for certificate: no incumbent; name the model in use")
	case o.For != Certificate && o.Decided != nil:
		return fmt.Errorf("until decided: there is nothing to decide for %s, only for certificate", o.For)
	case o.Prices != nil && len(o.Prices) != models:
		return fmt.Errorf("%d prices for %d models", len(o.Prices), models)
	case int64(queries)*int64(models)*int64(o.Attempts) > maxCells:
		return fmt.Errorf("%d queries, %d models and %d attempts are more than %d cells", queries, models, o.Attempts, int64(maxCells))
	}
	return nil
}

// maxCells bounds what is held in memory, a byte each.
const maxCells = 1 << 31

func (s *Schedule) at(c Cell) *uint8 {
	return &s.cells[(c.Query*s.models+c.Model)*s.o.Attempts+c.Attempt]
}

// Next gives a cell of a model that is worth asking now. There may be none now
// and one later, after other verdicts have come in. When no model has one and
// no verdict is awaited, nothing more is needed.
func (s *Schedule) Next(model int) (c Cell, ok bool) {
	switch {
	case s.dropped[model]:
		return Cell{}, false
	case s.o.For == Matrix:
		c, ok = s.fill(model)
	case s.o.For == Certificate && model == s.o.Incumbent:
		c, ok = s.takeUp()
	default:
		c, ok = s.settle(model)
	}
	if ok {
		*s.at(c) = asked
		s.asked[model]++
		s.flight++
	}
	return c, ok
}

// Tell notes a verdict: of a cell that was given out, or of one that was
// collected before. No answer is wrong; a cell that was not run is missing.
func (s *Schedule) Tell(c Cell, v outcome.Verdict) {
	at := s.at(c)
	given := *at == asked
	if given {
		s.flight--
	}
	switch v {
	case outcome.Right:
		*at = right
	case outcome.Wrong, outcome.NoAnswer:
		*at = wrong
	default:
		*at = missing
	}
	if s.o.For == Matrix {
		return
	}
	if given && *at != missing && !(s.o.For == Certificate && c.Model == s.o.Incumbent) {
		s.chance.learn(c.Model, s.slice[c.Query], *at == right)
	}
	if s.status[c.Query] != fresh {
		s.review(c.Query, given)
	}
}

// Forget takes back a cell that was given out and never sent, as when the run
// is being stopped.
func (s *Schedule) Forget(c Cell) {
	*s.at(c) = 0
	s.asked[c.Model]--
	s.flight--
}

// Drop gives up a model: its cells that have not been asked stay missing.
func (s *Schedule) Drop(model int) {
	s.dropped[model] = true
	for left := range s.waiting {
		w := &s.waiting[left]
		for i := w.len() - 1; i >= 0; i-- {
			if s.best(int(w.at(i))) < 0 { // nobody is left to ask
				w.remove(i)
			}
		}
	}
}

// Asked counts the calls that were given out, by model.
func (s *Schedule) Asked() []int64 { return slices.Clone(s.asked) }

// Cells counts the cells of the full matrix.
func (s *Schedule) Cells() int64 { return int64(len(s.cells)) }

// fill is the next cell of a model that nobody has asked yet.
func (s *Schedule) fill(model int) (Cell, bool) {
	for s.cursor[model] < len(s.order) {
		c := Cell{int(s.order[s.cursor[model]]), model, s.attempt[model]}
		if s.attempt[model]++; s.attempt[model] == s.o.Attempts {
			s.attempt[model] = 0
			s.cursor[model]++
		}
		if *s.at(c) == 0 {
			return c, true
		}
	}
	return Cell{}, false
}
