package policy

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// bench is what every policy is scored on: the queries that every model
// answered, in order of their ids, so that no sum hangs on the order of rows.
// A place is a number of a query in it.
type bench struct {
	Data
	Options
	ctx     context.Context
	models  []string
	columns []int              // [place] column of the matrix
	ids     []string           // [place]
	right   [][]float64        // [model][place] 1 or 0, first attempt
	answers [][][]uint32       // [attempt][model][place] equal numbers say the same; 0 where none is known; nil when none is at all
	said    map[string]uint32  // the numbers, by text
	cells   [][][]outcome.Cell // [attempt][model][place]; nil when not known
	cost    [][][]float64      // [attempt][model][place] US dollars; nil when no cost is known; NaN rows of models without any
	unit    []int              // [place] the independent unit it belongs to
	units   []string           // [unit] the smallest id in it
	texts   *texts             // nil when no query has one
	vectors *rows              // nil when there are none
	result  Result
}

func newBench(ctx context.Context, d Data, o Options) (*bench, error) {
	if len(d.Attempts) == 0 {
		return nil, fmt.Errorf("no matrix")
	}
	given := d.Attempts[0]
	b := &bench{Data: d, Options: o, ctx: ctx, models: given.Models()}
	if err := b.check(given); err != nil {
		return nil, err
	}
	if !given.Single() {
		b.sample(given)
	}
	m := b.Attempts[0]
	complete := m.Complete()
	for c := range m.Columns() {
		if complete.Has(c) {
			b.columns = append(b.columns, c)
		}
	}
	if len(b.columns) == 0 {
		return nil, fmt.Errorf("no query was answered by all %d models: leave out those that answered few", len(b.models))
	}
	slices.SortFunc(b.columns, func(x, y int) int { return cmp.Compare(m.ID(x), m.ID(y)) })
	for _, c := range b.columns {
		b.ids = append(b.ids, m.ID(c))
	}
	for i := range b.models {
		row := make([]float64, len(b.columns))
		for q, c := range b.columns {
			if m.Right(i, c) {
				row[q] = 1
			}
		}
		b.right = append(b.right, row)
	}
	b.result = Result{Queries: int64(len(b.columns)), Confidence: b.Options.Confidence, Seed: b.Seed, Certificate: b.Certificate,
		Policies: []Policy{}, Cascades: []Cascade{}, Warnings: []Warning{}}
	n := given.Size(given.Complete())
	if out := given.Size(nil) - n; out > 0 {
		b.warn("incomplete", "%d queries that some model did not answer are left out.", out)
	}
	if !given.Single() {
		b.warn("patterns", "Queries come as patterns with their numbers: %d of %d, drawn by seed %d, are looked at, and neither texts nor answers.", len(b.columns), n, b.Seed)
	}
	b.takeAnswers()
	b.takeCosts()
	if err := b.takeTexts(); err != nil {
		return nil, err
	}
	return b, b.takeUnits(m)
}

// check puts defaults in place of zeros and refuses what makes no sense.
func (b *bench) check(m *outcome.Matrix) error {
	o := &b.Options
	if o.Folds == 0 {
		o.Folds = 5
	}
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	switch {
	case len(b.models) < 2:
		return fmt.Errorf("%d model: a policy needs at least two to choose between", len(b.models))
	case !m.Single() && len(b.Own) > 0:
		return fmt.Errorf("queries come as patterns without names: a policy of a file, which goes by the name of a query, cannot be scored on them")
	case o.Folds < 2:
		return fmt.Errorf("%d folds: want at least 2", o.Folds)
	case o.Repeats < 0 || o.Repeats > 100:
		return fmt.Errorf("%d divisions: want 1…100", o.Repeats)
	case !(o.Confidence > 0 && o.Confidence < 1):
		return fmt.Errorf("confidence %v is outside (0, 1)", o.Confidence)
	}
	for _, chain := range o.Cascades {
		if len(chain) < 2 {
			return fmt.Errorf("cascade %v: want at least two models, in the order in which they are asked", chain)
		}
		for i, name := range chain {
			if !slices.Contains(b.models, name) {
				return fmt.Errorf("cascade: model %s is not among the %d", outcome.Quote(name), len(b.models))
			}
			if slices.Contains(chain[:i], name) {
				return fmt.Errorf("cascade: model %s is asked twice", outcome.Quote(name))
			}
		}
	}
	return nil
}

// takeAnswers numbers answers anew, those that say the same alike.
func (b *bench) takeAnswers() {
	said := map[string]uint32{}
	for a, d := range b.Details[:min(len(b.Details), len(b.Attempts))] {
		if d == nil || a > len(b.answers) {
			break
		}
		b.cells = append(b.cells, pick(d.Cells, b.columns))
		if d.Answers == nil {
			continue
		}
		as := map[uint32]uint32{0: 0}
		table := pick(d.Answers, b.columns)
		for _, row := range table {
			for q, number := range row {
				to, ok := as[number]
				if !ok {
					to = b.sayings(said, d.AnswerText(number))
					as[number] = to
				}
				row[q] = to
			}
		}
		b.answers = append(b.answers, table)
	}
	b.said = said
}

// sayings is the number of what an answer says, a new one if need be.
func (b *bench) sayings(said map[string]uint32, text string) uint32 {
	if b.Value != nil {
		text = b.Value(text)
	}
	number, ok := said[text]
	if !ok {
		number = uint32(len(said) + 1)
		said[text] = number
	}
	return number
}

func pick[T any](table [][]T, columns []int) [][]T {
	out := make([][]T, len(table))
	for i, row := range table {
		for _, c := range columns {
			out[i] = append(out[i], row[c])
		}
	}
	return out
}

// takeCosts reads what answers cost. Where some answers of a model state it and
// others do not, those are taken at the mean of the others.
func (b *bench) takeCosts() {
	filled, unpriced := 0, 0
	for a, d := range b.Details {
		if d == nil || d.Costs == nil || len(b.cost) < a {
			break
		}
		table := pick(d.Costs, b.columns)
		for _, row := range table {
			var total float64
			known := 0
			for _, x := range row {
				if x >= 0 {
					total, known = total+x, known+1
				}
			}
			if known == 0 {
				if a == 0 {
					unpriced++
				}
				continue
			}
			for q, x := range row {
				if !(x >= 0) {
					row[q], filled = total/float64(known), filled+1
				}
			}
		}
		b.cost = append(b.cost, table)
	}
	switch {
	case b.cost == nil || unpriced == len(b.models):
		b.cost = nil
		b.warn("no-costs", "No answer states what it cost: the table has no money.")
	case unpriced > 0:
		b.warn("prices", "%d of %d models have no known cost: nor have policies that ask them.", unpriced, len(b.models))
	}
	if filled > 0 && b.cost != nil {
		b.warn("costs", "%d answers state no cost and are taken at the mean of their model.", filled)
	}
}

// price is what asking a model costs; NaN when it is not known.
func (b *bench) price(model, place int) float64 {
	if b.cost == nil {
		return math.NaN()
	}
	return b.cost[0][model][place]
}

// takeUnits joins queries that are not independent: those with the same text,
// and those of one cluster.
func (b *bench) takeUnits(m *outcome.Matrix) error {
	if b.Cluster != "" && !slices.Contains(m.SliceKeys(), b.Cluster) {
		return fmt.Errorf("cluster: no query has a label %s", outcome.Quote(b.Cluster))
	}
	root := make([]int, len(b.columns))
	for q := range root {
		root[q] = q
	}
	find := func(q int) int {
		for root[q] != q {
			root[q] = root[root[q]]
			q = root[q]
		}
		return q
	}
	join := func(first map[string]int, key string, q int) bool {
		other, ok := first[key]
		if !ok {
			first[key] = q
			return false
		}
		x, y := find(other), find(q)
		root[max(x, y)] = min(x, y)
		return true
	}
	byText, byLabel, twins := map[string]int{}, map[string]int{}, 0
	for q, c := range b.columns {
		if b.texts != nil && b.texts.same[q] != "" && join(byText, b.texts.same[q], q) {
			twins++
		}
		if b.Cluster != "" && m.Label(b.Cluster, c) != "" {
			join(byLabel, m.Label(b.Cluster, c), q)
		}
	}
	number := map[int]int{}
	for q := range root {
		r := find(q)
		u, ok := number[r]
		if !ok {
			u = len(b.units)
			number[r] = u
			b.units = append(b.units, b.ids[r])
		}
		b.unit = append(b.unit, u)
	}
	if b.result.Units = len(b.units); b.result.Units < 2 {
		return fmt.Errorf("%d queries, all of one text or cluster: a policy cannot be learnt on some and scored on others", len(b.columns))
	}
	if twins > 0 {
		b.warn("same-text", "%d queries have the text of another one: both are learnt from, or both are scored on, never one of each.", twins)
	}
	return nil
}

func (b *bench) warn(code, format string, a ...any) {
	b.result.Warnings = append(b.result.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}
