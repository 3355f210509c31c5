package audit

import (
	"cmp"
	"slices"
)

// Item is a query that is to be read.
type Item struct {
	Query    string    `json:"query"`
	Group    Group     `json:"group"`
	Finding  string    `json:"finding"` // the first that applies, or "none"
	Class    Class     `json:"class"`   // that it suggests; empty with none
	P        *float64  `json:"p_value"`
	Right    int       `json:"right"`  // models that are right
	Models   int       `json:"models"` // models with a verdict
	Evidence string    `json:"evidence"`
	Beta     int       `json:"beta_change"` // what becomes of the number of all-wrong queries if the finding is true
	Gain     int       `json:"gain_change"` // likewise of the queries on which the best model is wrong and another right
	Findings []Finding `json:"findings"`    // all of them, in order

	Reference string `json:"reference,omitempty"`
	Audited   Class  `json:"audited,omitempty"` // what the ledger decided
}

// Pattern is a form of answer that a model repeats over many queries and fails with.
type Pattern struct {
	Model   string  `json:"model"`
	Text    string  `json:"text"`
	Whole   bool    `json:"whole"` // the whole answer; else how it begins
	Answers int64   `json:"answers"`
	Wrong   int     `json:"wrong"`
	P       float64 `json:"p_value"` // adjusted for all forms of all models
}

// Report is a triage.
type Report struct {
	Models   int   `json:"models"`
	Queries  int64 `json:"queries"` // complete ones
	AllWrong int64 `json:"all_wrong"`

	Groups   map[Group]int  `json:"groups"`   // queries queued, by why
	Findings map[string]int `json:"findings"` // all-wrong queries by first finding
	Control  []string       `json:"control"`  // the queries drawn at random, from all on which some model is right
	Seed     uint64         `json:"seed"`     // of the draw
	Spread   []Spread       `json:"spread"`
	Patterns []Pattern      `json:"patterns"`
	Queue    []Item         `json:"queue"` // first what would change the certificate most
}

// Spread says how the wrong answers of the pool spread, for a kind of question.
type Spread struct {
	Kind    string  `json:"kind"`    // choice or open
	Alpha   float64 `json:"alpha"`   // concentration of the Dirichlet law; small: wrong answers often agree
	Agree   float64 `json:"agree"`   // chance that two families that err on an open question agree: 1 ÷ (1 + alpha)
	Queries int     `json:"queries"` // that it was fitted to
}

// Triage looks at what was gathered. It changes no verdict.
func (e *Evidence) Triage() *Report {
	counts := e.m.Count(e.complete)
	r := &Report{Models: len(e.models), Queries: counts.Queries, AllWrong: counts.AllWrong, Seed: e.o.Seed,
		Groups: map[Group]int{}, Findings: map[string]int{}, Control: []string{}, Spread: []Spread{}, Patterns: []Pattern{}, Queue: []Item{}}
	for _, at := range e.silent {
		if e.spoken[at[0]] {
			e.cells[at[0]][at[1]] = flagCorrupt // others of its texts are on file: this one is empty
		}
	}
	for _, p := range e.patterns {
		r.Patterns = append(r.Patterns, Pattern{e.models[p.Model], p.Text, p.Whole, p.Answers, len(p.Wrong), p.P})
	}
	law := e.spread()
	for _, s := range []struct {
		kind string
		*spread
	}{{"choice", law.choice}, {"open", law.open}} {
		if s.spread != nil {
			r.Spread = append(r.Spread, Spread{s.kind, s.alpha, 1 / (1 + s.alpha), s.queries})
		}
	}
	base := [3][]float64{e.usual(flagCorrupt), e.usual(flagCut), e.usual(flagNone)}
	for _, x := range e.queue {
		item := e.item(x, e.findings(x, base, law))
		if r.Groups[x.group]++; x.group == AllWrong {
			r.Findings[item.Finding]++
		}
		r.Queue = append(r.Queue, item)
	}
	for q := range e.drawn {
		r.Control = append(r.Control, e.m.ID(q))
	}
	slices.Sort(r.Control)
	slices.SortFunc(r.Queue, order)
	return r
}

// usual is how often each model gives an unusable answer of one kind, on the
// queries on which some model is right: elsewhere a defect may be the cause.
func (e *Evidence) usual(flag flags) []float64 {
	out := make([]float64, len(e.models))
	defeats := make([]bool, e.m.Columns())
	for _, x := range e.queue {
		defeats[x.column] = x.group == AllWrong || x.group == PartAllWrong
	}
	for i := range out {
		n, seen := 1.0, 2.0
		for q, f := range e.cells[i] {
			if !defeats[q] && e.m.Observed(i, q) {
				if seen++; f == flag {
					n++
				}
			}
		}
		out[i] = n / seen
	}
	return out
}

func (e *Evidence) item(x *queued, found []Finding) Item {
	right, seen := e.right(x.column)
	item := Item{Query: e.m.ID(x.column), Group: x.group, Finding: FindNone, Right: right, Models: seen, Findings: found, Reference: x.reference}
	if item.Findings == nil {
		item.Findings = []Finding{}
	}
	if len(found) == 0 {
		if x.group == AllWrong {
			item.Beta = -1 // if anything is wrong with it
		}
		return item
	}
	f := found[0]
	item.Finding, item.Class, item.P, item.Evidence = f.Finding, f.Class, f.P, f.Evidence
	item.Beta, item.Gain = e.change(x.column, f.right)
	return item
}

// change is what becomes of the two counts on which a certificate rests if the
// verdicts of a query were others; with none the query leaves.
func (e *Evidence) change(q int, right []bool) (beta, gain int) {
	count := func(right []bool) (beta, gain int) {
		switch {
		case !slices.Contains(right, true):
			return 1, 0
		case !right[e.best]:
			return 0, 1
		}
		return 0, 0
	}
	b0, g0 := count(e.verdicts(q))
	if right == nil {
		return -b0, -g0
	}
	b1, g1 := count(right)
	return b1 - b0, g1 - g0
}

var groupOrder = map[Group]int{AllWrong: 0, BestUnusable: 1, PartAllWrong: 2, NearMiss: 3, Control: 4}

// order puts first what would change the certificate most: what has a finding,
// by how many counts it would move, then by how little chance explains it; then
// the all-wrong without one, near misses by how few models hold them up, and
// the control.
func order(a, b Item) int {
	weight := func(x Item) int { return max(x.Beta, -x.Beta) + max(x.Gain, -x.Gain) }
	p := func(x Item) float64 {
		if x.P == nil {
			return 0 // no matter of chance
		}
		return *x.P
	}
	none := func(x Item) int {
		if x.Finding == FindNone {
			return 1
		}
		return 0
	}
	if c := cmp.Compare(none(a), none(b)); c != 0 {
		return c
	}
	if a.Finding != FindNone {
		if c := cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(p(a), p(b))); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(groupOrder[a.Group], groupOrder[b.Group]), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Query, b.Query))
}
