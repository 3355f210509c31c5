package outcome

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// heaviest is the most queries that FromPatterns puts on one column: a resample
// of as many queries cannot bring it beyond a uint32.
const heaviest = 1 << 31

// FromPatterns gives the matrix of some patterns, in their order: every model
// observed on every column, and weights. Patterns of no queries are left out,
// very heavy ones are split over several columns.
func FromPatterns(models []string, patterns []Pattern) *Matrix {
	m := &Matrix{models: models, observed: make([][]uint64, len(models))}
	var of []int
	for at, p := range patterns {
		for left := p.Weight; left > 0; left -= heaviest {
			of, m.weights = append(of, at), append(m.weights, uint32(min(left, heaviest)))
		}
	}
	if m.columns = len(of); of == nil {
		m.weights = []uint32{}
	}
	for i := range models {
		plane := NewMask(m.columns)
		for c, at := range of {
			if patterns[at].Right(i) {
				plane.Set(c)
			}
		}
		m.right = append(m.right, plane)
	}
	m.planes = weightPlanes(m.weights)
	return m
}

// Alike is a group of complete queries that no measure can tell apart: the same
// models are right on them, and they have the same values of some labels.
type Alike struct {
	Pattern     // the key goes on with the labels
	Column  int // one that shows it
}

// GroupAlike lists the groups of all complete queries under these labels, in
// order of their keys, which are the same for a file and for a source that counted.
func (m *Matrix) GroupAlike(labels []string) []Alike {
	at := map[string]int{}
	var out []Alike
	for w, chosen := range m.Complete() {
		for ; chosen != 0; chosen &= chosen - 1 {
			c := w<<6 + bits.TrailingZeros64(chosen)
			key := m.alikeKey(c, labels)
			k, ok := at[key]
			if !ok {
				k = len(out)
				at[key] = k
				out = append(out, Alike{Pattern{Key: key}, c})
			}
			out[k].Weight += m.Weight(c)
		}
	}
	out = slices.DeleteFunc(out, func(a Alike) bool { return a.Weight == 0 })
	slices.SortFunc(out, func(a, b Alike) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func (m *Matrix) alikeKey(column int, labels []string) string {
	key := make([]byte, (len(m.models)+7)/8)
	for i, r := range m.right {
		key[i>>3] |= byte(r[column>>6]>>(column&63)&1) << (i & 7)
	}
	var b strings.Builder
	b.Write(key)
	for _, label := range labels {
		b.WriteByte(0)
		b.WriteString(m.Label(label, column))
	}
	return b.String()
}

// Singles gives single queries: each column as often as it is listed, with its
// verdicts, labels and options. They have numbers for names.
func (m *Matrix) Singles(columns []int) *Matrix {
	out := m.take(columns)
	out.options = pickEach(m.options, columns)
	out.labels = make(map[string]*labels, len(m.labels))
	for key, l := range m.labels {
		out.labels[key] = &labels{values: l.values, index: l.index, of: pickEach(l.of, columns)}
	}
	return out
}

// pickEach takes a value for each column, in any order; those past the end are zero.
func pickEach[T any](x []T, columns []int) []T {
	out := make([]T, len(columns))
	for at, c := range columns {
		if c < len(x) {
			out[at] = x[c]
		}
	}
	return out
}
