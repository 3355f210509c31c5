package outcome

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// Matrix holds two bit planes per model, observed and right, over columns. A
// column is a pattern of verdicts with a weight: the number of queries that
// show it. As built from a Set each query has a column of its own; Merge joins
// equal ones. A Matrix is not changed once built, and may be shared.
type Matrix struct {
	models   []string
	columns  int
	right    [][]uint64 // [model][word], bit 0 of word 0 is column 0; right ⊆ observed
	observed [][]uint64 // [model] nil when every column is observed
	weights  []uint32   // [column]; nil when every weight is 1
	planes   [][]uint64 // bit planes of the weights, lowest first; nil when weights is

	ids     *interner // query ids; nil when columns are patterns or have no names
	labels  map[string]*labels
	options []uint16    // options of multiple-choice queries, by column; may be short, 0 when unknown
	scores  [][]float64 // [model][column], NaN where missing; nil when there are verdicts only
}

// Mask chooses columns, one bit each; nil chooses all.
type Mask []uint64

// NewMask gives a mask over this many columns that chooses none.
func NewMask(columns int) Mask { return make(Mask, (columns+63)/64) }

// Set adds a column to the mask.
func (k Mask) Set(column int) { k[column>>6] |= 1 << (column & 63) }

// Has reports whether the mask chooses a column.
func (k Mask) Has(column int) bool { return k == nil || k[column>>6]>>(column&63)&1 != 0 }

// MatrixOptions say how a Set becomes a Matrix.
type MatrixOptions struct {
	Keep            func(model string) bool // the models to take; nil takes all
	NoAnswerMissing bool                    // no answer is missing, instead of wrong
	Attempt         int                     // the attempt to take
}

// Matrix builds the matrix of one attempt. Models come in order of their
// names, columns are the queries in the order in which they were first met.
// Queries on which no model was observed are columns too: nothing is dropped here.
func (s *Set) Matrix(o MatrixOptions) *Matrix {
	m := &Matrix{columns: s.Queries(), ids: s.queries, labels: s.labels, options: s.options}
	cols := s.ordered(o.Keep)
	scored := false
	for _, col := range cols {
		m.models = append(m.models, col.name)
		right, observed := col.planes(o.Attempt, m.columns, o.NoAnswerMissing)
		m.right, m.observed = append(m.right, right), append(m.observed, observed)
		scored = scored || col.fractional(o.Attempt)
	}
	if scored {
		for i, col := range cols {
			m.scores = append(m.scores, col.fill(o.Attempt, m.right[i], m.observed[i], m.columns))
		}
	}
	return m
}

func (s *Set) ordered(keep func(string) bool) []*column {
	var cols []*column
	for _, col := range s.models {
		if keep == nil || keep(col.name) {
			cols = append(cols, col)
		}
	}
	slices.SortFunc(cols, func(a, b *column) int { return cmp.Compare(a.name, b.name) })
	return cols
}

// planes packs one attempt's cells into bits.
func (col *column) planes(attempt, columns int, noAnswerMissing bool) (right, observed []uint64) {
	right, observed = NewMask(columns), NewMask(columns)
	if attempt >= len(col.cells) {
		return right, observed
	}
	seen := Wrong
	if !noAnswerMissing {
		seen = NoAnswer
	}
	cells, full := col.cells[attempt], true
	for w := range right {
		var r, o uint64
		block := cells[min(w<<6, len(cells)):min(w<<6+64, len(cells))]
		for b, c := range block {
			v := c.Verdict()
			o |= uint64((int(seen)-1-int(v))>>63&1) << b // v >= seen, without a branch
			r |= uint64((int(Right)-1-int(v))>>63&1) << b
		}
		right[w], observed[w] = r, o
		full = full && o == last(w, columns)
	}
	if full {
		observed = nil
	}
	return right, observed
}

// last is the word w of a mask that chooses every column.
func last(w, columns int) uint64 {
	if rest := columns - w<<6; rest < 64 {
		return 1<<rest - 1
	}
	return ^uint64(0)
}

// fractional reports whether a score of this attempt lies strictly between 0 and 1.
func (col *column) fractional(attempt int) bool {
	if attempt >= len(col.scores) {
		return false
	}
	for _, s := range col.scores[attempt] {
		if s > 0 && s < 1 {
			return true
		}
	}
	return false
}

// fill gives the scores of one attempt, verdicts standing in where a record has
// none: right is 1, wrong and no answer are 0.
func (col *column) fill(attempt int, right, observed []uint64, columns int) []float64 {
	out := make([]float64, columns)
	for q := range out {
		switch s := col.score(q, attempt); {
		case !Mask(observed).Has(q):
			out[q] = math.NaN()
		case s == s:
			out[q] = s
		case Mask(right).Has(q):
			out[q] = 1
		}
	}
	return out
}

// NewMatrix makes a matrix from planes, for generators and for sources that
// deliver patterns. right[i] and observed[i] are the planes of models[i]; a nil
// observed plane means that the model was observed everywhere; weights may be
// nil. The slices are kept, not copied.
func NewMatrix(models []string, columns int, right, observed [][]uint64, weights []uint32) (*Matrix, error) {
	m := &Matrix{models: models, columns: columns, right: right, observed: observed, weights: weights}
	if observed == nil {
		m.observed = make([][]uint64, len(models))
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if weights != nil {
		m.planes = weightPlanes(weights)
	}
	return m, nil
}

// check states what must hold of every matrix.
func (m *Matrix) check() error {
	if len(m.right) != len(m.models) || len(m.observed) != len(m.models) {
		return fmt.Errorf("matrix: %d models, %d right planes, %d observed planes", len(m.models), len(m.right), len(m.observed))
	}
	if m.weights != nil && len(m.weights) != m.columns {
		return fmt.Errorf("matrix: %d columns and %d weights", m.columns, len(m.weights))
	}
	words := (m.columns + 63) / 64
	for i, r := range m.right {
		o := m.observed[i]
		if len(r) != words || o != nil && len(o) != words {
			return fmt.Errorf("matrix: model %s: planes of %d and %d words for %d columns", Quote(m.models[i]), len(r), len(o), m.columns)
		}
		for w := range r {
			if r[w]&^last(w, m.columns) != 0 || o != nil && o[w]&^last(w, m.columns) != 0 {
				return fmt.Errorf("matrix: model %s: bits past the last column", Quote(m.models[i]))
			}
			if o != nil && r[w]&^o[w] != 0 {
				return fmt.Errorf("matrix: model %s: right where it was not observed", Quote(m.models[i]))
			}
		}
	}
	return nil
}

// weightPlanes turns weights into bit planes, so that a weighted popcount is a
// few plain ones: Σ_b 2^b · popcount(x AND plane_b).
func weightPlanes(weights []uint32) [][]uint64 {
	var most uint32
	for _, w := range weights {
		most |= w
	}
	planes := make([][]uint64, bits.Len32(most))
	for b := range planes {
		planes[b] = NewMask(len(weights))
		for c, w := range weights {
			planes[b][c>>6] |= uint64(w>>b&1) << (c & 63)
		}
	}
	return planes
}

// Models gives the names of the models, in the order of the planes. It is not
// to be changed.
func (m *Matrix) Models() []string { return m.models }

// Columns counts columns, not queries; see Weight.
func (m *Matrix) Columns() int { return m.columns }

// Weight is the number of queries that a column stands for.
func (m *Matrix) Weight(column int) int64 {
	if m.weights == nil {
		return 1
	}
	return int64(m.weights[column])
}

// Right reports whether a model was right on a column.
func (m *Matrix) Right(model, column int) bool { return Mask(m.right[model]).Has(column) }

// Observed reports whether a model has a verdict on a column.
func (m *Matrix) Observed(model, column int) bool { return Mask(m.observed[model]).Has(column) }

// RightPlane is the plane of a model's right columns, to be read only.
func (m *Matrix) RightPlane(model int) []uint64 { return m.right[model] }

// ObservedPlane is the plane of a model's observed columns, to be read only;
// nil means all of them.
func (m *Matrix) ObservedPlane(model int) []uint64 { return m.observed[model] }

// ID names the query of a column; columns without a name are numbered from 1.
func (m *Matrix) ID(column int) string {
	if m.ids == nil {
		return strconv.Itoa(column + 1)
	}
	return m.ids.name(column)
}

// Scores gives the graded scores by column of one model, NaN where missing; nil
// when the matrix holds verdicts only.
func (m *Matrix) Scores(model int) []float64 {
	if m.scores == nil {
		return nil
	}
	return m.scores[model]
}

// Label is the value of a slice key for a column, empty when it has none.
func (m *Matrix) Label(key string, column int) string {
	l := m.labels[key]
	if l == nil || column >= len(l.of) || l.of[column] == 0 {
		return ""
	}
	return l.values[l.of[column]-1]
}

// Options is the number of options of a multiple-choice query, 0 when unknown.
func (m *Matrix) Options(column int) int {
	if column >= len(m.options) {
		return 0
	}
	return int(m.options[column])
}

// SliceKeys lists the slice keys in order of their names.
func (m *Matrix) SliceKeys() []string { return slices.Sorted(maps.Keys(m.labels)) }

// Select takes some of the models, by number, in the order given.
func (m *Matrix) Select(models []int) *Matrix {
	out := *m
	out.models, out.right, out.observed, out.scores = nil, nil, nil, nil
	for _, i := range models {
		out.models = append(out.models, m.models[i])
		out.right = append(out.right, m.right[i])
		out.observed = append(out.observed, m.observed[i])
		if m.scores != nil {
			out.scores = append(out.scores, m.scores[i])
		}
	}
	return &out
}

// Complete chooses the columns on which every model was observed.
func (m *Matrix) Complete() Mask {
	k := NewMask(m.columns)
	for w := range k {
		k[w] = last(w, m.columns)
	}
	for _, o := range m.observed {
		if o == nil {
			continue
		}
		for w := range k {
			k[w] &= o[w]
		}
	}
	return k
}

// Size is the number of queries that a mask chooses.
func (m *Matrix) Size(k Mask) int64 {
	if k == nil && m.weights == nil {
		return int64(m.columns)
	}
	n := int64(0)
	for w := range (m.columns + 63) / 64 {
		x := last(w, m.columns)
		if k != nil {
			x = k[w]
		}
		n += m.weigh(w, x)
	}
	return n
}

// weigh is the weight of the columns x of word w.
func (m *Matrix) weigh(w int, x uint64) int64 {
	if m.weights == nil {
		return int64(bits.OnesCount64(x))
	}
	n := int64(0)
	for b, p := range m.planes {
		n += int64(bits.OnesCount64(x&p[w])) << b
	}
	return n
}

// All is the word w of a mask that chooses every column.
func (m *Matrix) All(w int) uint64 { return last(w, m.columns) }

// Word is the word w of a model's planes.
func (m *Matrix) Word(model, w int) (right, observed uint64) {
	right = m.right[model][w]
	if o := m.observed[model]; o != nil {
		return right, o[w]
	}
	return right, last(w, m.columns)
}

// Weigh is the number of queries behind the columns x of word w.
func (m *Matrix) Weigh(w int, x uint64) int64 { return m.weigh(w, x) }

// Single reports whether every column is one query, which can be drawn by its ID.
func (m *Matrix) Single() bool { return m.weights == nil }

// WithLabels gives the columns of a matrix a label: one value each, empty for
// none. The planes are shared.
func (m *Matrix) WithLabels(key string, values []string) *Matrix {
	l := &labels{index: map[string]uint32{}, of: make([]uint32, len(values))}
	for c, v := range values {
		if v == "" {
			continue
		}
		if _, ok := l.index[v]; !ok {
			l.values = append(l.values, v)
			l.index[v] = uint32(len(l.values))
		}
		l.of[c] = l.index[v]
	}
	out := *m
	out.labels = maps.Clone(m.labels)
	if out.labels == nil {
		out.labels = map[string]*labels{}
	}
	out.labels[key] = l
	return &out
}

// WithOptions says how many options the multiple-choice queries of each column
// have, 0 where it is not known. The planes are shared.
func (m *Matrix) WithOptions(options []uint16) *Matrix {
	out := *m
	out.options = options
	return &out
}

// WithScores gives a matrix graded scores, by model and column, NaN where missing.
func (m *Matrix) WithScores(scores [][]float64) *Matrix {
	out := *m
	out.scores = scores
	return &out
}
