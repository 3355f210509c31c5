package outcome

import (
	"hash/maphash"
	"math"
	"slices"
)

// MaxAttempt is the largest attempt number that is read.
const MaxAttempt = 9999

// Prefer says which of two records of one cell wins when they disagree.
type Prefer uint8

// The choices. Newest is the one read last: whoever reads several runs reads
// them oldest first.
const (
	PreferNone   Prefer = iota // keep neither side's word: report a conflict
	PreferNewest               // the record read last
	PreferFirst                // the record read first
	PreferRight                // right if any is right
)

// Set collects outcomes, cell by cell, from any number of sources. The zero
// value is not usable; NewSet is the way in. A Set is not safe for concurrent use.
type Set struct {
	Prefer         Prefer
	ScoreThreshold float64 // the score from which a cell counts as right, when only a score is given
	KeepAnswers    bool    // keep what Answer says, for Detail; nothing else needs it
	KeepCosts      bool    // keep what each record says it cost, likewise

	models []*column
	byName map[string]int

	lastModel int // the one asked for last is asked for next
	queries   *interner
	answers   *interner          // texts of answers that are kept; nil until one comes
	costed    bool               // some cost is kept
	labels    map[string]*labels // by slice key
	refs      []uint64           // hash of the reference each query came with first; 0 none
	graders   graders            // what gave the verdicts
	options   []uint16           // options of each multiple-choice query; 0 unknown

	refDiffers map[int]bool
	conflicts  []Conflict
	conflicted int64
	seed       maphash.Seed
}

// Conflict is a cell for which two records disagree. The first of the two is
// named by its verdict only; whoever read the sources can find its place again.
type Conflict struct {
	Query, Model string
	Attempt      int
	First        Verdict // on record
	FirstScore   *float64
	Second       Verdict // what came later
	SecondScore  *float64
	Place        string // where the later record stands
}

// column is one model: its cells by attempt and query, and its totals.
type column struct {
	name   string
	family string
	cells  [][]Cell    // [attempt][query], grown as queries come
	scores [][]float64 // [attempt][query], NaN where none; nil until a score comes

	answers [][]uint32  // [attempt][query], number of the answer + 1; 0 none; nil unless answers are kept
	costs   [][]float64 // [attempt][query], US dollars, NaN where none; nil unless costs are kept

	merged  int64 // records merged into an equal one
	settled int64 // conflicts settled by Prefer

	cost      float64 // US dollars over the records that state a cost
	costed    int64
	inTokens  int64
	outTokens int64
}

// NewSet gives an empty set in which a score counts as right from 1 upwards.
func NewSet() *Set {
	return &Set{
		ScoreThreshold: 1,
		byName:         map[string]int{},
		queries:        newInterner(),
		labels:         map[string]*labels{},
		refDiffers:     map[int]bool{},
		seed:           maphash.MakeSeed(),
	}
}

// Query gives the number of the query with this id, a new one if need be. The
// id must have passed CheckName.
func (s *Set) Query(id string) int { return s.queries.add(id) }

// Model gives the number of the model with this name, a new one if need be.
// The name must have passed CheckName.
func (s *Set) Model(name string) int {
	if s.lastModel < len(s.models) && s.models[s.lastModel].name == name {
		return s.lastModel
	}
	i, ok := s.byName[name]
	if ok {
		s.lastModel = i
		return i
	}
	i = len(s.models)
	s.byName[name] = i
	s.models = append(s.models, &column{name: name})
	return i
}

// Queries and Models count what has been seen so far.
func (s *Set) Queries() int { return s.queries.len() }

// Models counts the models seen so far.
func (s *Set) Models() int { return len(s.models) }

// Add puts a record into the set. Place, "file:line" or the like, is kept only
// with a conflict. The error says what is wrong with the record itself;
// disagreement between records is collected by Conflicts instead.
func (s *Set) Add(r *Record, place func() string) error {
	if err := r.Check(); err != nil {
		return err
	}
	c, err := r.Cell(s.ScoreThreshold)
	if err != nil {
		return err
	}
	q, m := s.Query(r.Query), s.Model(r.Model)
	// First what can still be refused, so that a refused record leaves no cell.
	for key, value := range r.Slices {
		if err := s.Label(q, key, value); err != nil {
			return err
		}
	}
	score := math.NaN()
	if r.Score != nil {
		score = *r.Score
	}
	if s.Put(q, m, r.Attempt, c, score, place) {
		s.models[m].account(r)
	}
	if s.KeepAnswers && r.Answer != "" {
		s.keepAnswer(q, m, r.Attempt, c, r.Answer)
	}
	if s.KeepCosts && r.CostUSD != nil {
		s.keepCost(q, m, r.Attempt, c, *r.CostUSD)
	}
	if r.Family != "" {
		s.models[m].family = r.Family
	}
	if r.Reference != "" {
		s.Reference(q, r.Reference)
	}
	if r.Grader != "" {
		s.graders.note(q, r.Grader)
	}
	if r.Options > 0 {
		s.options = grow(s.options, q)
		s.options[q] = uint16(min(r.Options, math.MaxUint16))
	}
	return nil
}

func (c *column) account(r *Record) {
	if r.CostUSD != nil {
		c.cost += *r.CostUSD
		c.costed++
	}
	if r.InputTokens != nil {
		c.inTokens += *r.InputTokens
	}
	if r.OutputTokens != nil {
		c.outTokens += *r.OutputTokens
	}
}

// Put sets one cell by number, the fast way in for readers of whole tables.
// Score is NaN when there is only a verdict. It reports whether the cell was
// new, or replaced one that had not been run.
func (s *Set) Put(query, model, attempt int, c Cell, score float64, place func() string) bool {
	col := s.models[model]
	for len(col.cells) <= attempt {
		col.cells = append(col.cells, nil)
	}
	if len(col.cells[attempt]) <= query {
		col.cells[attempt] = grow(col.cells[attempt], query)
	}
	old := &col.cells[attempt][query]
	switch {
	case *old == 0:
	case old.Verdict() == NotRun:
		// A later run that did take place settles an earlier failure to run.
		if c.Verdict() == NotRun {
			return false
		}
	case c.Verdict() == NotRun:
		return false // nor does a failure to run repeat anything
	case s.same(col, query, attempt, *old, c, score):
		col.merged++
		return false
	default:
		return s.disagree(col, query, attempt, c, score, place)
	}
	col.set(query, attempt, c, score)
	return true
}

func (col *column) set(query, attempt int, c Cell, score float64) {
	col.cells[attempt][query] = c
	if score != score && col.scores == nil {
		return
	}
	col.scores = put(col.scores, attempt, query, score)
}

// put sets a number in a table by attempt and query; what is not set is NaN.
func put(table [][]float64, attempt, query int, x float64) [][]float64 {
	for len(table) <= attempt {
		table = append(table, nil)
	}
	for have := len(table[attempt]); have <= query; have++ {
		table[attempt] = append(table[attempt], math.NaN())
	}
	table[attempt][query] = x
	return table
}

func (col *column) score(query, attempt int) float64 {
	if attempt < len(col.scores) && query < len(col.scores[attempt]) {
		return col.scores[attempt][query]
	}
	return math.NaN()
}

func (s *Set) same(col *column, query, attempt int, old, c Cell, score float64) bool {
	if old.Verdict() != c.Verdict() {
		return false
	}
	have := col.score(query, attempt)
	return score != score || have != have || have == score
}

func (s *Set) disagree(col *column, query, attempt int, c Cell, score float64, place func() string) bool {
	old := col.cells[attempt][query]
	win := false
	switch s.Prefer {
	case PreferNewest:
		win = true
	case PreferFirst:
	case PreferRight:
		win = c.Verdict() > old.Verdict()
	default:
		s.conflicted++
		if len(s.conflicts) < 1000 {
			s.conflicts = append(s.conflicts, Conflict{
				Query: s.queries.name(query), Model: col.name, Attempt: attempt,
				First: old.Verdict(), FirstScore: known(col.score(query, attempt)),
				Second: c.Verdict(), SecondScore: known(score), Place: place(),
			})
		}
		return false
	}
	col.settled++
	if win {
		col.set(query, attempt, c, score)
	}
	return false
}

func known(score float64) *float64 {
	if score != score {
		return nil
	}
	return &score
}

// Reference notes the expected answer that a record gave for its query, so that
// one query graded against two references is noticed.
func (s *Set) Reference(query int, text string) {
	h := maphash.String(s.seed, text) | 1
	if s.refs = grow(s.refs, query); s.refs[query] == 0 {
		s.refs[query] = h
	} else if s.refs[query] != h {
		s.refDiffers[query] = true
	}
}

// Family names the provider family of a model.
func (s *Set) Family(model int, family string) { s.models[model].family = family }

// grow makes index i valid, doubling so that single steps stay cheap.
func grow[T any](x []T, i int) []T {
	if i < len(x) {
		return x
	}
	if i >= cap(x) {
		x = slices.Grow(x, max(i+1-len(x), len(x)))
	}
	return x[:i+1]
}

// Conflicts gives the cells for which records disagree, at most 1,000 of them
// in the order in which they were met, and their true number.
func (s *Set) Conflicts() (first []Conflict, total int64) { return s.conflicts, s.conflicted }

// Duplicates counts records that were merged because they agreed with one on
// record, and conflicts that Prefer settled.
func (s *Set) Duplicates() (merged, settled int64) {
	for _, col := range s.models {
		merged, settled = merged+col.merged, settled+col.settled
	}
	return merged, settled
}

// ReferenceConflicts lists the queries, in order of their ids, that came with
// more than one reference.
func (s *Set) ReferenceConflicts() []string {
	ids := make([]string, 0, len(s.refDiffers))
	for q := range s.refDiffers {
		ids = append(ids, s.queries.name(q))
	}
	slices.Sort(ids)
	return ids
}
