package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/pattern"
)

// flags say in which way a cell holds no usable answer.
type flags uint8

const (
	flagCorrupt flags = 1 << iota // no usage, or empty text
	flagCut                       // ended at its budget
	flagNone                      // refused, or nothing to parse
)

// Evidence is what triage looks at: verdicts and answers of one attempt of all
// models, and of the queries that are queued what records say beside them.
type Evidence struct {
	m *outcome.Matrix
	d *outcome.Detail
	o Options

	models   []string
	family   []int // by model
	families int
	accuracy []float64 // by model, over the complete queries
	best     int
	complete outcome.Mask
	number   map[string]int // models by name
	column   map[string]int // by id

	cells  [][]flags // [model][column]
	spoken []bool    // by model: some record of it has a response
	silent [][2]int  // cells without answer and response
	values []uint32  // by answer number: the number of its value; 0 not looked at yet
	names  map[string]uint32
	texts  []string // of values

	queue []*queued
	at    map[int]*queued // by column

	drawn      map[int]bool              // the control, by column
	conflicts  map[string]bool           // queries that came with two references
	patterns   []pattern.Pattern         // adjusted for the number of models
	patternsOn map[int][]pattern.Pattern // by column
}

// queued is a query that is to be read.
type queued struct {
	column    int
	group     Group
	reference string
	prompt    string
	kind      string
	found     []string // models whose response, in which no answer was found, holds the reference
}

// Group says why a query is queued.
type Group string

// The groups.
const (
	AllWrong     Group = "all-wrong"     // every model wrong
	PartAllWrong Group = "part-missing"  // every verdict there is is wrong, and some are missing
	BestUnusable Group = "best-unusable" // the best model gave nothing usable, and another is right
	NearMiss     Group = "near-miss"     // one to three models right
	Control      Group = "control"       // drawn at random from all but the all-wrong
)

// Options say how triage is done. The zero value means the documented defaults.
type Options struct {
	Level   float64 // chance of a finding by accident, per query and kind of finding; 0 means 0.05
	Control int     // queries in the random control; 0 means 20, negative none
	Seed    uint64  // for the control
	// Grader gives the grader for a kind of question and a number of options;
	// nil, or a nil grader: only triage's own comparisons, which suggest and
	// never decide.
	Grader func(kind string, options int) grade.Grader
}

func (o Options) withDefaults() (Options, error) {
	if o.Level == 0 {
		o.Level = 0.05
	}
	if o.Control == 0 {
		o.Control = 20
	}
	if !(o.Level > 0 && o.Level < 1) {
		return o, errors.New("level: outside (0, 1)")
	}
	return o, nil
}

// Gather begins a triage: it chooses what is to be read. Matrix and detail come
// from one set with the same options.
func Gather(m *outcome.Matrix, d *outcome.Detail, o Options) (*Evidence, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if len(m.Models()) < 2 {
		return nil, errors.New("an audit needs at least two models: with one, every wrong answer is an all-wrong query")
	}
	e := &Evidence{m: m, d: d, o: o, models: m.Models(), complete: m.Complete(), number: map[string]int{}, column: make(map[string]int, m.Columns()), spoken: make([]bool, len(m.Models())),
		names: map[string]uint32{}, texts: []string{""}, at: map[int]*queued{}}
	e.family, e.families = families(e.models, d.Families)
	counts := m.Count(e.complete)
	e.best = counts.Best()
	for i, name := range e.models {
		e.number[name] = i
		e.accuracy = append(e.accuracy, float64(counts.Right[i]))
		row := make([]flags, m.Columns())
		for q, c := range d.Cells[i] {
			row[q] = flagsOf(c)
		}
		e.cells = append(e.cells, row)
	}
	for q := range m.Columns() {
		e.column[m.ID(q)] = q
	}
	e.findPatterns()
	e.choose()
	return e, nil
}

// flagsOf is what a cell alone says.
func flagsOf(c outcome.Cell) flags {
	switch c.Reason() {
	case outcome.Empty:
		return flagCorrupt
	case outcome.Truncated:
		return flagCut
	}
	if c.Verdict() == outcome.NoAnswer {
		return flagNone
	}
	return 0
}

// choose puts the queries of all groups into the queue, each in the first that fits.
func (e *Evidence) choose() {
	most := max(1, min(3, (len(e.models)-1)/2))
	e.drawn = e.control()
	for q := range e.m.Columns() {
		right, seen := e.right(q)
		full := e.complete.Has(q)
		switch {
		case right == 0 && full:
			e.add(q, AllWrong)
		case right == 0 && seen > 1:
			e.add(q, PartAllWrong)
		case !full || right == 0:
		case !e.m.Right(e.best, q) && (e.cells[e.best][q] != 0 || e.repeats(e.best, q)):
			e.add(q, BestUnusable)
		case right <= most:
			e.add(q, NearMiss)
		case e.drawn[q]:
			e.add(q, Control)
		}
	}
}

// Queued reports whether a query is one that is to be read.
func (e *Evidence) Queued(query string) bool {
	q, known := e.column[query]
	return known && e.at[q] != nil
}

func (e *Evidence) add(q int, g Group) {
	x := &queued{column: q, group: g}
	e.queue = append(e.queue, x)
	e.at[q] = x
}

// findPatterns looks for broken runs, over all models.
func (e *Evidence) findPatterns() {
	models, columns := make([]int, len(e.models)), make([]int, e.m.Columns())
	for i := range models {
		models[i] = i
	}
	for q := range columns {
		columns[q] = q
	}
	e.patternsOn = map[int][]pattern.Pattern{}
	for _, p := range pattern.Find(e.m, e.d, models, columns) {
		if p.P = min(p.P*float64(len(models)), 1); p.P > e.o.Level {
			continue
		}
		e.patterns = append(e.patterns, p)
		for _, q := range p.Wrong {
			if list := e.patternsOn[q]; !slices.ContainsFunc(list, func(o pattern.Pattern) bool { return o.Model == p.Model }) {
				e.patternsOn[q] = append(list, p)
			}
		}
	}
}

// repeats reports whether a model's answer to a query is one of its patterns.
func (e *Evidence) repeats(model, q int) bool {
	return slices.ContainsFunc(e.patternsOn[q], func(p pattern.Pattern) bool { return p.Model == model })
}

// right counts the models that are right on a query, and those with a verdict.
func (e *Evidence) right(q int) (right, seen int) {
	for i := range e.models {
		if e.m.Observed(i, q) {
			seen++
		}
		if e.m.Right(i, q) {
			right++
		}
	}
	return right, seen
}

// control draws queries on which some model is right. The draw hangs on ids, so
// that it is the same whatever the order of the files.
func (e *Evidence) control() map[int]bool {
	type drawn struct {
		key    [sha256.Size]byte
		column int
	}
	var list []drawn
	for q := range e.m.Columns() {
		if right, _ := e.right(q); right > 0 && e.complete.Has(q) {
			list = append(list, drawn{sha256.Sum256(fmt.Appendf(nil, "%d\x00%s", e.o.Seed, e.m.ID(q))), q})
		}
	}
	slices.SortFunc(list, func(a, b drawn) int { return bytes.Compare(a.key[:], b.key[:]) })
	out := map[int]bool{}
	for _, x := range list[:min(len(list), max(e.o.Control, 0))] {
		out[x.column] = true
	}
	return out
}

// Conflicts names queries that came with more than one reference.
func (e *Evidence) Conflicts(queries []string) {
	e.conflicts = map[string]bool{}
	for _, q := range queries {
		e.conflicts[q] = true
	}
}

// budgetSlack is how near to its budget, in tokens, an output counts as cut off.
const budgetSlack = 8

// Note takes what a record says of a cell beside its verdict; the records of
// all queries are wanted, since what is usual for a model is counted, too.
func (e *Evidence) Note(r *outcome.Record) {
	i, ok := e.number[r.Model]
	q, known := e.column[r.Query]
	if !ok || !known || r.Attempt != 0 {
		return
	}
	if r.Response != "" {
		e.spoken[i] = true
	}
	x := e.at[q]
	if x != nil {
		x.take(r)
	}
	if r.Verdict == outcome.Right {
		return
	}
	f := &e.cells[i][q]
	switch {
	case isZero(r.InputTokens) && isZero(r.OutputTokens):
		*f = flagCorrupt
	case r.Response == "" && r.Answer == "" && *f == flagNone:
		e.silent = append(e.silent, [2]int{i, q})
	case cutOff(r):
		*f = flagCut
	}
	if x != nil && *f == flagNone && r.Response != "" {
		if e.grade(x, r.Response, false) == grade.Right {
			x.found = append(x.found, r.Model)
		}
	}
}

func (x *queued) take(r *outcome.Record) {
	if x.reference == "" {
		x.reference = r.Reference
	}
	if x.kind == "" {
		x.kind = r.Kind
	}
	if x.prompt == "" && len(r.Prompt) <= maxPrompt {
		x.prompt = strings.Clone(r.Prompt)
	}
}

// maxPrompt bounds, in bytes, the prompts that are looked at.
const maxPrompt = 64 << 10

func isZero(n *int64) bool { return n != nil && *n == 0 }

// cutOff reports whether an output ended at its budget.
func cutOff(r *outcome.Record) bool {
	switch strings.ToLower(r.Finish) {
	case "length", "max_tokens", "max_output_tokens", "token_limit", "model_length":
		return true
	}
	return r.OutputTokens != nil && r.MaxOutputTokens != nil && *r.MaxOutputTokens > 0 && *r.OutputTokens >= *r.MaxOutputTokens-budgetSlack
}

// grade asks the grader for the kind of a query, if there is one.
func (e *Evidence) grade(x *queued, text string, extracted bool) grade.Verdict {
	if e.o.Grader == nil || x.reference == "" {
		return grade.CannotTell
	}
	g := e.o.Grader(x.kind, e.m.Options(x.column))
	if g == nil {
		return grade.CannotTell
	}
	return g.Grade(context.Background(), &grade.Query{Prompt: x.prompt, Reference: x.reference, Extracted: extracted}, text).Verdict
}

// value numbers what an answer says; 0 when there is none.
func (e *Evidence) value(model, q int) uint32 {
	if e.d.Answers == nil {
		return 0
	}
	answer := e.d.Answers[model][q]
	if answer == 0 {
		return 0
	}
	for int(answer) >= len(e.values) {
		e.values = append(e.values, make([]uint32, len(e.values)+int(answer)+1-len(e.values))...)
	}
	if v := e.values[answer]; v != 0 {
		return v
	}
	text := Value(e.d.AnswerText(answer))
	v, ok := e.names[text]
	if !ok {
		v = uint32(len(e.texts))
		e.names[text], e.texts = v, append(e.texts, text)
	}
	e.values[answer] = v
	return v
}
