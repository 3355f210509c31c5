package outcome

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
)

// Detail is what a Matrix leaves out of the same attempt: verdicts with their
// reasons, answers, costs. Models and columns are those of Set.Matrix with the
// same options.
type Detail struct {
	Families []string    // [model] provider families; empty where unknown
	Cells    [][]Cell    // [model][column]
	Answers  [][]uint32  // [model][column] equal numbers are equal answers of any model; 0 where none is known; nil when none is at all
	Costs    [][]float64 // [model][column] US dollars, NaN where none is known; nil when none is at all

	set *Set
}

// Detail gives the detail of one attempt.
func (s *Set) Detail(o MatrixOptions) *Detail {
	d := &Detail{set: s}
	n := s.Queries()
	for _, col := range s.ordered(o.Keep) {
		d.Families = append(d.Families, col.family)
		cells := make([]Cell, n)
		if o.Attempt < len(col.cells) {
			copy(cells, col.cells[o.Attempt])
		}
		d.Cells = append(d.Cells, cells)
		if s.costed {
			d.Costs = append(d.Costs, padded(col.costs, o.Attempt, n))
		}
		if s.answers == nil {
			continue
		}
		answers := make([]uint32, n)
		if o.Attempt < len(col.answers) {
			copy(answers, col.answers[o.Attempt])
		}
		d.Answers = append(d.Answers, answers)
	}
	return d
}

// padded is the row of one attempt over all queries, NaN where it has ended.
func padded(table [][]float64, attempt, n int) []float64 {
	out := make([]float64, n)
	have := 0
	if attempt < len(table) {
		have = copy(out, table[attempt])
	}
	for q := have; q < n; q++ {
		out[q] = math.NaN()
	}
	return out
}

// AnswerText gives an answer by its number; one that was too long to be kept is
// given by its SHA-256.
func (d *Detail) AnswerText(number uint32) string {
	if number == 0 {
		return ""
	}
	return d.set.answers.name(int(number - 1))
}

// keepAnswer notes the answer behind the cell that is on record. White space
// around it says nothing.
func (s *Set) keepAnswer(query, model, attempt int, c Cell, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	col := s.models[model]
	if col.cells[attempt][query] != c {
		return // another record's verdict stands
	}
	if s.answers == nil {
		s.answers = newInterner()
	}
	if len(text) > MaxName {
		sum := sha256.Sum256([]byte(text))
		text = "sha256:" + hex.EncodeToString(sum[:])
	}
	for len(col.answers) <= attempt {
		col.answers = append(col.answers, nil)
	}
	col.answers[attempt] = grow(col.answers[attempt], query)
	if at := &col.answers[attempt][query]; *at == 0 || s.Prefer == PreferNewest {
		*at = uint32(s.answers.add(text) + 1)
	}
}

// keepCost notes what the cell that is on record cost. What is negative or no
// number is no cost.
func (s *Set) keepCost(query, model, attempt int, c Cell, usd float64) {
	col := s.models[model]
	if col.cells[attempt][query] != c || !(usd >= 0) || math.IsInf(usd, 0) {
		return
	}
	have := attempt < len(col.costs) && query < len(col.costs[attempt]) && col.costs[attempt][query] >= 0
	if !have || s.Prefer == PreferNewest {
		col.costs = put(col.costs, attempt, query, usd)
		s.costed = true
	}
}
