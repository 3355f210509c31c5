package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// State is what the lines of a ledger come to, once those that were taken back
// are passed over: of two decisions about one query or cell the later holds.
type State struct {
	Digest string // of the ledger
	Lines  int

	active  []bool // by line
	marks   map[string]*Mark
	cells   map[cell]*correction
	labels  map[string][]Line // by query
	rules   []Line
	queries map[string]bool // that any active line is about
}

// Mark is the decision that holds for a query.
type Mark struct {
	Query     string    `json:"query"`
	Class     Class     `json:"class"`
	Who       string    `json:"who"`
	Why       string    `json:"why"`
	Reference string    `json:"reference,omitempty"` // the right one, where it was corrected
	Digest    string    `json:"digest,omitempty"`    // of the evidence that was seen
	Line      int       `json:"line"`
	Settled   bool      `json:"settled"` // its cells were corrected, or graded again and found as they are
	Excluded  bool      `json:"excluded"`
	Cells     []Changed `json:"cells,omitempty"` // what corrections of its cells hold
}

// Changed is a correction that holds.
type Changed struct {
	Change
	Line int `json:"line"`
}

type cell struct {
	query, model string
	attempt      int
}

type correction struct {
	Changed
	known map[string]bool // verdicts that lines say to be, or to have been, on record
	any   bool            // a line did not look at what was on record
}

// State works out what the ledger comes to.
func (l *Ledger) State() *State {
	s := &State{Digest: l.Digest(), Lines: len(l.Lines), active: l.standing(),
		marks: map[string]*Mark{}, cells: map[cell]*correction{}, labels: map[string][]Line{}, queries: map[string]bool{}}
	for i, line := range l.Lines {
		if !s.active[i] {
			continue
		}
		switch line.Kind {
		case KindRule:
			s.rules = append(s.rules, line)
		case KindLabel:
			s.labels[line.Query] = append(s.labels[line.Query], line)
		case KindMark:
			s.marks[line.Query] = &Mark{Query: line.Query, Class: line.Class, Who: line.Who, Why: line.Why, Reference: line.Reference,
				Digest: line.Digest, Line: line.Number, Settled: len(line.Cells) > 0}
			s.correct(line)
		case KindRegrade:
			if m := s.marks[line.Query]; m != nil {
				m.Settled = true
			}
			s.correct(line)
		}
	}
	for _, m := range s.marks {
		m.Excluded = m.Class.Defect() && !m.Settled
	}
	s.attach()
	return s
}

// standing reports for each line whether it has not been taken back. An undo
// can be undone: from the end backwards, a line stands unless one that stands
// takes it back.
func (l *Ledger) standing() []bool {
	stands, undone := make([]bool, len(l.Lines)), map[string]bool{}
	for i := len(l.Lines) - 1; i >= 0; i-- {
		line := &l.Lines[i]
		if stands[i] = !undone[line.ID]; stands[i] && line.Kind == KindUndo {
			undone[line.Undoes] = true
		}
	}
	return stands
}

func (s *State) correct(line Line) {
	s.queries[line.Query] = true
	for _, c := range line.Cells {
		at := cell{line.Query, c.Model, c.Attempt}
		fix := s.cells[at]
		if fix == nil {
			fix = &correction{known: map[string]bool{}}
			s.cells[at] = fix
		}
		fix.Changed = Changed{c, line.Number}
		fix.known[c.Old], fix.known[c.New] = true, true
		fix.any = fix.any || c.Old == ""
	}
}

// attach lists with each mark the corrections of its query.
func (s *State) attach() {
	for at, fix := range s.cells {
		if m := s.marks[at.query]; m != nil {
			m.Cells = append(m.Cells, fix.Changed)
		}
	}
	for _, m := range s.marks {
		slices.SortFunc(m.Cells, func(a, b Changed) int {
			return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Attempt, b.Attempt))
		})
	}
}

// Mark is the decision that holds for a query, nil when there is none.
func (s *State) Mark(query string) *Mark {
	if s == nil {
		return nil
	}
	return s.marks[query]
}

// Audited reports whether a decision about the query holds.
func (s *State) Audited(query string) bool { return s.Mark(query) != nil }

// Marks lists the decisions that hold, in order of their queries.
func (s *State) Marks() []Mark {
	out := []Mark{}
	if s == nil {
		return out
	}
	for _, query := range slices.Sorted(maps.Keys(s.marks)) {
		out = append(out, *s.marks[query])
	}
	return out
}

// Stands reports whether the line of this number has not been taken back.
func (s *State) Stands(number int) bool {
	return number > 0 && number <= len(s.active) && s.active[number-1]
}

// Applied says what a ledger did to the data.
type Applied struct {
	Excluded  int      `json:"excluded"`  // queries that left the data
	Corrected int      `json:"corrected"` // cells whose verdict changed
	Absent    []string `json:"absent"`    // queries that the ledger is about and the data have not
	Stale     []string `json:"stale"`     // corrections that were not made: the data say something else than what was corrected
}

// Apply puts what the ledger decided on top of a set: cells are corrected, and
// queries with a defect that was not corrected are taken out.
func (s *State) Apply(set *outcome.Set) Applied {
	a := Applied{Absent: []string{}, Stale: []string{}}
	if s == nil {
		return a
	}
	for _, query := range slices.Sorted(maps.Keys(s.queries)) {
		if _, ok := set.FindQuery(query); !ok {
			a.Absent = append(a.Absent, query)
		}
	}
	for at, fix := range s.cells {
		q, ok := set.FindQuery(at.query)
		m, found := set.FindModel(at.model)
		if !ok || !found {
			continue
		}
		have, _ := set.Cell(q, m, at.attempt)
		switch to, changed := fix.on(have); {
		case changed:
			set.Correct(q, m, at.attempt, to)
			a.Corrected++
		case to.Verdict() != have.Verdict():
			a.Stale = append(a.Stale, fmt.Sprintf("line %d: %s on %s is %s in the data, and was corrected from %s to %s",
				fix.Line, at.model, at.query, show(have.Verdict()), fix.Old, fix.New))
		}
	}
	slices.Sort(a.Stale)
	n := set.Queries()
	set.Remove(func(q int) bool { m := s.marks[set.QueryID(q)]; return m != nil && m.Excluded })
	a.Excluded = n - set.Queries()
	return a
}

func show(v outcome.Verdict) string {
	if v == outcome.Absent {
		return "absent"
	}
	return v.String()
}

// on is the cell to be put in the place of one on record, and whether it may be.
// A cell that is not on record is not made up.
func (c *correction) on(have outcome.Cell) (to outcome.Cell, changed bool) {
	v, _ := outcome.ParseVerdict(c.New) // it was checked when the line was read
	if have.Verdict() == v {
		return have, false
	}
	to = outcome.MakeCell(v, outcome.NoReason)
	return to, have.Verdict() != outcome.Absent && (c.any || c.known[have.Verdict().String()])
}

// Record puts what the ledger decided on top of one record; it reports whether
// the record stays. Score is the one from which a record without a verdict is right.
func (s *State) Record(r *outcome.Record, threshold float64) (stays bool) {
	if s == nil {
		return true
	}
	if m := s.marks[r.Query]; m != nil && m.Excluded {
		return false
	}
	if fix := s.cells[cell{r.Query, r.Model, r.Attempt}]; fix != nil {
		have, err := r.Cell(threshold)
		if err != nil {
			return true // for whoever reads it next to say
		}
		if to, changed := fix.on(have); changed {
			r.Verdict, r.Reason, r.Score = to.Verdict(), outcome.NoReason, nil
		}
	}
	return true
}
