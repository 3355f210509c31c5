package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/allwrong/allwrong/outcome"
)

// PatternsOptions say what is counted.
type PatternsOptions struct {
	Models          []string       // sorted, as Profile names them; nil: all, for which Profile is asked
	Attempts        int            // so many attempts are told apart; 0: the first alone, and later ones are left out
	Slices          []string       // keys of the labels by which patterns are told apart
	NoAnswerMissing bool           // no answer is missing, instead of wrong
	Prefer          outcome.Prefer // which of two verdicts on one cell wins: PreferNone or PreferRight
	ScoreThreshold  float64        // the score from which a cell without a verdict is right, in (0, 1]; 0 means 1
	Alone           int            // list the queries that one model alone gets right, unless there are more than so many
}

// Patterns is what a database holds, seen from far enough that no single query
// is told apart. Only the models taken are counted, and the attempts told apart;
// all rows count for what queries there are, and for their labels.
type Patterns struct {
	// Matrix has one column for each pattern of verdicts, values of the labels and
	// number of options, weighted by its queries, in an order of their own that
	// depends on nothing else. It shows first attempts.
	Matrix *outcome.Matrix
	// Attempts has a matrix for each attempt told apart, all of the same columns.
	// The first of them is Matrix; the others have neither labels nor options.
	Attempts []*outcome.Matrix

	Rows     int64   // that were read
	Queries  int64   // different ids
	Merged   int64   // rows that repeat a verdict on the same cell
	Settled  int64   // verdicts that gave way to another, by Prefer
	NoAnswer []int64 // first attempts without an answer, by model
	Alone    []Alone // by id, where asked for and not too many
	Bytes    int64   // that came back from the engine
	Digest   string  // SHA-256, hexadecimal, of what was counted: equal for equal counts, whatever the engine
}

// maxPatterns bounds what comes back, and with it our memory.
const maxPatterns = 1 << 21

// Patterns counts. Errors: what Profile would refuse; rows that disagree on a
// cell, unless Prefer settles it (*ConflictError); a query whose labels differ
// between its rows; more than two million patterns (ErrManyPatterns).
func (w *Warehouse) Patterns(ctx context.Context, o PatternsOptions) (*Patterns, error) {
	if o.Models == nil {
		profile, err := w.profile(ctx, o.threshold())
		if err != nil {
			return nil, err
		}
		o.Models = profile.Names()
	}
	return w.patterns(ctx, o, o.Models, nil)
}

func (p *plan) count(ctx context.Context) (*Patterns, error) {
	w, b := p.w, &builder{w: p.w}
	statement := p.perPattern(b)
	c := newCounting(p)
	before := w.received.bytes.Load()
	if err := w.grouping(ctx, func() error { return w.rows(ctx, "counting patterns", statement, b.args, c.read) }); err != nil {
		return nil, err
	}
	if err := c.refuse(ctx); err != nil {
		return nil, err
	}
	if err := c.list(ctx); err != nil {
		return nil, err
	}
	out, err := c.result()
	if err == nil && w.received.wire {
		out.Bytes = w.received.bytes.Load() - before
	}
	return out, err
}

// grouping has the engine prepared for grouping many rows while count runs.
func (w *Warehouse) grouping(ctx context.Context, count func() error) error {
	nothing := func(*sql.Rows) error { return nil }
	hash := w.dialect.hash
	if hash[0] == "" {
		return count()
	}
	if err := w.rows(ctx, "preparing to count", hash[0], nil, nothing); err != nil {
		return err
	}
	if err := count(); err != nil {
		w.Refresh() // what was set ends with the transaction
		return err
	}
	return w.rows(ctx, "preparing to read on", hash[1], nil, nothing)
}

// group is one row of what comes back, with the words decoded.
type group struct {
	labels  []string
	options uint16
	states  string // two bits a cell, attempt by attempt: see the constants
	weight  int64
}

// The states of a cell, two bits each, in order of preference.
const (
	cellMissing = iota
	cellNoAnswer
	cellWrong
	cellRight
)

// counting takes the rows that come back.
type counting struct {
	p      *plan
	groups []group
	index  map[string]int
	out    Patterns

	broken, unseen, nameless, conflicts int64
	graded, bits                        int64
	options                             int64   // queries whose options differ
	relabelled                          []int64 // queries whose labels differ, by key
	checked                             map[string]bool
	cut                                 bool // a list of single queries is not all of them
}

func newCounting(p *plan) *counting {
	return &counting{p: p, index: map[string]int{}, relabelled: make([]int64, len(p.labels)), checked: map[string]bool{},
		out: Patterns{NoAnswer: make([]int64, len(p.o.Models))}}
}

func (c *counting) read(rows *sql.Rows) error {
	words, labels := make([]sql.NullInt64, c.p.words()), make([]sql.NullString, len(c.p.labels))
	differ := make([]int64, len(labels))
	var options sql.NullInt64
	var single sql.NullString // the id of a single query, or a list of ids
	var queries, n, graded, nameless, optionsDiffer int64
	patterns := 0
	var dest []any
	for i := range words {
		dest = append(dest, &words[i])
	}
	if c.p.hasOptions() {
		dest = append(dest, &options)
	}
	for i := range labels {
		dest = append(dest, &labels[i])
	}
	dest = append(dest, &queries, &n, &graded, &nameless)
	if c.p.hasOptions() {
		dest = append(dest, &optionsDiffer)
	}
	for i := range differ {
		dest = append(dest, &differ[i])
	}
	if c.p.o.Alone > 0 {
		dest = append(dest, &single)
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		c.out.Bytes += int64(len(single.String))
		if single.Valid && c.p.w.dialect.some == nil {
			if err := c.alone(words, single.String); err != nil {
				return &readError{err}
			}
			continue
		}
		if patterns++; patterns > maxPatterns {
			return &readError{c.tooMany()}
		}
		if !possible(n, append(differ[:len(differ):len(differ)], queries, graded, nameless, optionsDiffer)...) || !possible(queries) || c.out.Rows > mostRows {
			return &readError{c.p.w.nonsense()}
		}
		if single.Valid {
			if err := c.some(words, single.String, queries); err != nil {
				return &readError{err}
			}
		}
		c.out.Rows += n
		c.out.Queries += queries
		c.graded += graded
		c.nameless += nameless
		c.options += optionsDiffer
		c.out.Bytes += int64(8 * len(dest))
		g := group{options: uint16(min(options.Int64, 1<<16-1)), weight: queries, labels: make([]string, len(labels))}
		for i, l := range labels {
			c.relabelled[i] += differ[i]
			c.out.Bytes += int64(len(l.String))
			if err := c.label(i, l.String); err != nil {
				return &readError{err}
			}
			g.labels[i] = l.String
		}
		g.states = c.decode(words, queries)
		c.add(g)
	}
	return nil
}

// ErrManyPatterns is what an error is when most queries show a pattern of their
// own, as with many models: then counting says no less than the rows do.
var ErrManyPatterns = errors.New("too many patterns of verdicts to hold")

func (c *counting) tooMany() error {
	says := "take fewer models (--models, --exclude)"
	if len(c.p.labels) > 0 {
		says += ", or no slices"
	}
	return fmt.Errorf("%s: %w: more than %d came back: %s", c.p.w.Name(), ErrManyPatterns, maxPatterns, says)
}

func (c *counting) label(i int, value string) error {
	if value == "" || c.checked[value] {
		return nil
	}
	c.checked[value] = true
	if err := outcome.CheckName("slice "+outcome.Quote(c.p.o.Slices[i]), value); err != nil {
		return fmt.Errorf("%s: %w", c.p.w.Name(), err)
	}
	return nil
}

// decode gives the state of each cell, and counts what the bits tell.
func (c *counting) decode(words []sql.NullInt64, queries int64) string {
	models := len(c.p.o.Models)
	states := make([]byte, (models*c.p.attempts()+3)/4)
	if words[0].Int64>>stateBroken&1 != 0 {
		c.broken += queries
	}
	if words[0].Int64>>unseenBit&1 != 0 {
		c.unseen += queries
	}
	for i := range models * c.p.attempts() {
		word, from := c.p.place(i/models, i%models)
		bits := words[word].Int64 >> from
		state, n := cellMissing, int64(0)
		for s, at := range [...]int{cellRight: stateRight, cellWrong: stateWrong, cellNoAnswer: stateNoAnswer} {
			if s != cellMissing && bits>>at&1 != 0 {
				state = s
				n++
			}
		}
		c.bits += n * queries
		c.conflicts += max(n-1, 0) * queries
		if state == cellNoAnswer && i < models {
			c.out.NoAnswer[i] += queries
		}
		states[i/4] |= byte(state) << (2 * (i % 4))
	}
	return string(states)
}

func (c *counting) add(g group) {
	key := g.key()
	if at, ok := c.index[key]; ok {
		c.groups[at].weight += g.weight
		return
	}
	c.index[key] = len(c.groups)
	c.groups = append(c.groups, g)
}

// refuse says what must not be, with an example.
func (c *counting) refuse(ctx context.Context) error {
	p := c.p
	switch {
	case c.unseen > 0:
		return errUnseen
	case c.broken > 0:
		_, err := p.w.profile(ctx, p.o.threshold())
		if err == nil {
			err = fmt.Errorf("%s: rows of %s cannot be read", p.w.Name(), pluralQueries(c.broken))
		}
		return err
	case c.nameless > 0:
		if _, err := p.w.profile(ctx, p.o.threshold()); err != nil {
			return err
		}
		return p.w.namelessError("query", c.nameless)
	case c.out.Queries == 0:
		return fmt.Errorf("%s: no rows: look at the table, and at what chooses its rows", p.w.Name())
	case c.conflicts > 0 && p.o.Prefer == outcome.PreferNone:
		return p.conflict(ctx, c.conflicts)
	case c.options > 0:
		return p.differing(ctx, "options", "o", "oo", c.options)
	}
	for i, n := range c.relabelled {
		if n > 0 {
			return p.differing(ctx, "label "+outcome.Quote(p.o.Slices[i]), fmt.Sprintf("l%d", i), fmt.Sprintf("ll%d", i), n)
		}
	}
	return nil
}
