package regrade

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// Result says what a run changed.
type Result struct {
	Records   int64       `json:"records"`
	Graded    int64       `json:"graded"`
	Skipped   []Skip      `json:"skipped"`     // records that were not graded, by reason
	Compared  string      `json:"compared"`    // with what: recorded, or the name of a grader
	Differ    int64       `json:"differ"`      // of those graded, with another verdict than it
	Models    []Model     `json:"models"`      // in order of their names
	Rules     []RuleCount `json:"rules"`       // what decided, most often first
	Changes   []Change    `json:"changes"`     // by verdict before and after, most often first
	ErrorBand float64     `json:"error_bound"` // bounds the probability that any verdict "right" that rests on evaluation at random points is false
}

// Skip counts records that were not graded for one reason.
type Skip struct {
	Why     Status `json:"why"`
	Records int64  `json:"records"`
	First   string `json:"first"` // where the first one stands
}

// Model is what one model's answers were graded.
type Model struct {
	Model      string `json:"model"`
	Right      int64  `json:"right"`
	Wrong      int64  `json:"wrong"`
	NoAnswer   int64  `json:"no_answer"`
	CannotTell int64  `json:"cannot_tell"`
	Before     int64  `json:"right_before"` // right as compared with, of those graded
	Known      int64  `json:"known_before"` // of those graded, with a verdict to compare with
	Differ     int64  `json:"differ"`
}

// RuleCount is how often a rule decided.
type RuleCount struct {
	Grader  string        `json:"grader"`
	Rule    string        `json:"rule"`
	Verdict grade.Verdict `json:"verdict"`
	Records int64         `json:"records"`
}

// Change is a pair of verdicts that differ, with examples to read.
type Change struct {
	From     string    `json:"from"`
	To       string    `json:"to"`
	Records  int64     `json:"records"`
	Examples []Example `json:"examples"` // the first of each rule, at most MaxExamples
}

// Example is one record whose verdict differs.
type Example struct {
	Query     string `json:"query"`
	Model     string `json:"model"`
	Attempt   int    `json:"attempt,omitempty"`
	Reference string `json:"reference"`
	Answer    string `json:"answer"`
	Rule      string `json:"rule"`
	OtherRule string `json:"other_rule,omitempty"`
	Source    string `json:"source,omitempty"`
}

// MaxExamples is how many examples of a change are kept.
const MaxExamples = 8

// maxText bounds, in bytes, the texts of an example.
const maxText = 400

// Tally counts what a run changed.
type Tally struct {
	against string
	result  Result
	models  map[string]*Model
	rules   map[RuleCount]int64
	changes map[[2]string]*Change
	skipped map[Status]*Skip
}

// NewTally starts one; against names the second grader, empty for what is on record.
func NewTally(against string) *Tally {
	if against == "" {
		against = "recorded"
	}
	return &Tally{against: against, models: map[string]*Model{}, rules: map[RuleCount]int64{},
		changes: map[[2]string]*Change{}, skipped: map[Status]*Skip{}}
}

// Add counts a record.
func (t *Tally) Add(x *Item) {
	t.result.Records++
	if x.Status != Graded {
		s := t.skipped[x.Status]
		if s == nil {
			s = &Skip{Why: x.Status, First: place(&x.Record)}
			t.skipped[x.Status] = s
		}
		s.Records++
		return
	}
	t.result.Graded++
	t.result.ErrorBand += x.Grade.ErrorBound
	t.rules[RuleCount{Grader: x.Grade.Grader, Rule: x.Grade.Rule, Verdict: x.Grade.Verdict}]++
	m := t.models[x.Record.Model]
	if m == nil {
		m = &Model{Model: x.Record.Model}
		t.models[x.Record.Model] = m
	}
	*m.field(x.Grade.Verdict)++
	before, known := t.before(x)
	if !known {
		return
	}
	m.Known++
	if before == grade.Right.String() {
		m.Before++
	}
	if before != x.Grade.Verdict.String() {
		m.Differ++
		t.result.Differ++
		t.change(x, before)
	}
}

// before is the verdict to compare with. What was recorded as not run has none.
func (t *Tally) before(x *Item) (string, bool) {
	if x.Other != nil {
		return x.Other.Verdict.String(), true
	}
	switch v := x.Was.Verdict(); v {
	case outcome.Right, outcome.Wrong, outcome.NoAnswer:
		return v.String(), true
	}
	return "", false
}

func (t *Tally) change(x *Item, before string) {
	key := [2]string{before, x.Grade.Verdict.String()}
	c := t.changes[key]
	if c == nil {
		c = &Change{From: key[0], To: key[1], Examples: []Example{}}
		t.changes[key] = c
	}
	c.Records++
	same := 0
	for _, e := range c.Examples {
		if e.Rule == x.Grade.Rule {
			same++
		}
	}
	if len(c.Examples) == MaxExamples || same >= 2 {
		return
	}
	e := Example{Query: x.Record.Query, Model: x.Record.Model, Attempt: x.Record.Attempt, Reference: short(x.Record.Reference),
		Answer: short(x.Grade.Answer), Rule: x.Grade.Rule, Source: x.Record.Source}
	if x.Other != nil {
		e.OtherRule = x.Other.Rule
	}
	c.Examples = append(c.Examples, e)
}

func (m *Model) field(v grade.Verdict) *int64 {
	switch v {
	case grade.Right:
		return &m.Right
	case grade.Wrong:
		return &m.Wrong
	case grade.NoAnswer:
		return &m.NoAnswer
	}
	return &m.CannotTell
}

// Result gives what was counted.
func (t *Tally) Result() Result {
	r := t.result
	r.Compared, r.ErrorBand = t.against, min(r.ErrorBand, 1)
	r.Skipped, r.Models, r.Rules, r.Changes = []Skip{}, []Model{}, []RuleCount{}, []Change{}
	for _, s := range t.skipped {
		r.Skipped = append(r.Skipped, *s)
	}
	slices.SortFunc(r.Skipped, func(a, b Skip) int { return cmp.Compare(a.Why, b.Why) })
	for _, m := range t.models {
		r.Models = append(r.Models, *m)
	}
	slices.SortFunc(r.Models, func(a, b Model) int { return cmp.Compare(a.Model, b.Model) })
	for c, n := range t.rules {
		c.Records = n
		r.Rules = append(r.Rules, c)
	}
	slices.SortFunc(r.Rules, func(a, b RuleCount) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Grader, b.Grader), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Verdict, b.Verdict))
	})
	for _, c := range t.changes {
		r.Changes = append(r.Changes, *c)
	}
	slices.SortFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r
}

func place(r *outcome.Record) string {
	if r.Source != "" {
		return r.Source
	}
	return fmt.Sprintf("query %s, model %s", outcome.Quote(r.Query), outcome.Quote(r.Model))
}

func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
