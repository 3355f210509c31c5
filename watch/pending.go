package watch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// The cells of a query, one byte a model, as they stand in a state's file.
const (
	cellOpen  = '.'
	cellWrong = 'w'
	cellRight = 'r'
)

// Query is a query with what is known of it.
type Query struct {
	ID    string `json:"id"`
	Slice string `json:"slice,omitempty"`
	Cells Cells  `json:"cells"` // by model
}

// Cells are the verdicts of the pool on one query. In JSON they are a word of the
// letters r, w and . for right, wrong and none yet.
type Cells []byte

// MarshalText gives the word.
func (c Cells) MarshalText() ([]byte, error) { return c, nil }

// UnmarshalText reads the word.
func (c *Cells) UnmarshalText(text []byte) error {
	if strings.Trim(string(text), "rw.") != "" {
		return fmt.Errorf("cells: %s holds other letters than r and w and the dot", outcome.Quote(string(text)))
	}
	*c = slices.Clone(text)
	return nil
}

func (c Cells) complete() bool { return !slices.Contains(c, cellOpen) }

// Pending holds what is not complete yet, and remembers what was counted lately,
// so that a repeat is not counted twice. Its size is bounded by Options.
type Pending struct {
	Open []*Query `json:"open"` // in the order in which they came
	Done []*Query `json:"done"` // counted, or given up: cells are missing then. The oldest first.

	GivenUp   int64    `json:"given_up"`  // queries that made way for newer ones
	Repeats   int64    `json:"repeats"`   // verdicts that were known
	Revised   int64    `json:"revised"`   // verdicts that replaced another while their query was open
	Corrected int64    `json:"corrected"` // verdicts that contradict what was counted: it stands
	Late      int64    `json:"late"`      // verdicts on queries that were given up
	Attempts  int64    `json:"attempts"`  // records of second and later attempts, passed over
	Strangers int64    `json:"strangers"` // records of models outside the pool, passed over
	Strange   []string `json:"strange"`   // names of some of these models, sorted

	open, done map[string]*Query
}

// MarshalJSON drops from Open what is done: places are filled up now and then only.
func (p Pending) MarshalJSON() ([]byte, error) {
	type plain Pending
	q := plain(p)
	q.Open = make([]*Query, 0, len(p.open))
	for _, x := range p.Open {
		if p.open[x.ID] == x {
			q.Open = append(q.Open, x)
		}
	}
	return json.Marshal(q)
}

func (p *Pending) prepare(models int) error {
	p.open, p.done = make(map[string]*Query, len(p.Open)), make(map[string]*Query, len(p.Done))
	for _, list := range []struct {
		queries []*Query
		index   map[string]*Query
	}{{p.Open, p.open}, {p.Done, p.done}} {
		for _, q := range list.queries {
			if q == nil || len(q.Cells) != models {
				return fmt.Errorf("not the state of a watch: a query has not one cell for each of %d models", models)
			}
			list.index[q.ID] = q
		}
	}
	return nil
}

// add takes up a record and gives the query that it completes; nil for none.
func (p *Pending) add(o *Options, r *outcome.Record) (*Query, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	c, err := r.Cell(o.ScoreThreshold)
	if err != nil {
		return nil, err
	}
	model, known := slices.BinarySearch(o.Models, r.Model)
	switch {
	case !known:
		p.stranger(r.Model)
		return nil, nil
	case r.Attempt > 0:
		p.Attempts++
		return nil, nil
	}
	cell := byte(cellWrong)
	switch c.Verdict() {
	case outcome.Right:
		cell = cellRight
	case outcome.NotRun:
		cell = cellOpen
	case outcome.NoAnswer:
		if o.NoAnswerMissing {
			cell = cellOpen
		}
	}
	if q := p.done[r.Query]; q != nil {
		p.again(q.Cells[model], cell)
		return nil, nil
	}
	return p.put(o, r, model, cell), nil
}

// stranger notes a model that is not in the pool.
func (p *Pending) stranger(name string) {
	p.Strangers++
	name = strings.Clone(name)
	if at, known := slices.BinarySearch(p.Strange, name); !known && len(p.Strange) < 5 {
		p.Strange = slices.Insert(p.Strange, at, name)
	}
}

// again is a verdict on a query that was counted or given up.
func (p *Pending) again(was, now byte) {
	switch {
	case now == cellOpen:
	case was == cellOpen:
		p.Late++
	case was == now:
		p.Repeats++
	default:
		p.Corrected++
	}
}

// put sets a cell of an open query; of a new one, if need be.
func (p *Pending) put(o *Options, r *outcome.Record, model int, cell byte) *Query {
	q := p.open[r.Query]
	if q == nil {
		q = &Query{ID: strings.Clone(r.Query), Cells: []byte(strings.Repeat(string(cellOpen), len(o.Models)))}
		p.Open, p.open[q.ID] = append(p.Open, q), q
		p.giveUp(o)
	}
	if o.Slice != "" && q.Slice == "" {
		q.Slice = strings.Clone(r.Slices[o.Slice])
	}
	switch was := q.Cells[model]; {
	case cell == cellOpen:
	case was == cell:
		p.Repeats++
	default:
		if was != cellOpen {
			p.Revised++
		}
		q.Cells[model] = cell
	}
	if !q.Cells.complete() {
		return nil
	}
	p.close(q)
	p.remember(o, q)
	return q
}

// close takes a query out of Open. Places are filled up now and then, so that the
// cost of a query does not hang on how many are open.
func (p *Pending) close(q *Query) {
	delete(p.open, q.ID)
	if len(p.open) > len(p.Open)/2 {
		return
	}
	p.tidy()
}

// tidy drops what is no longer open, in order.
func (p *Pending) tidy() {
	p.Open = slices.DeleteFunc(p.Open, func(q *Query) bool { return p.open[q.ID] != q })
}

// giveUp makes way for the query that came last.
func (p *Pending) giveUp(o *Options) {
	if len(p.open) <= o.Open {
		return
	}
	p.tidy()
	q := p.Open[0]
	p.Open = p.Open[1:]
	delete(p.open, q.ID)
	p.GivenUp++
	p.remember(o, q)
}

// remember keeps a query that is done, and forgets the oldest.
func (p *Pending) remember(o *Options, q *Query) {
	p.Done, p.done[q.ID] = append(p.Done, q), q
	if o.Remember > 0 && len(p.Done) > o.Remember {
		delete(p.done, p.Done[0].ID)
		p.Done = p.Done[1:]
	}
}
