package certify

import (
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Slice is the certificate of one labelled part of the queries, against the
// best model on that part. All slices hold together at the certificate's
// confidence: each is stated at 1−δ/S, S the number of slices (BASELINES-2, 1).
// The pooled certificate is a statement of its own.
type Slice struct {
	Key      string  `json:"key"`
	Value    string  `json:"value"` // empty: queries without this label
	Queries  int64   `json:"queries"`
	AllWrong int64   `json:"all_wrong"`
	Beta     Rate    `json:"beta"`
	Best     Best    `json:"best"`
	Gain     Gain    `json:"gain"`
	Verdict  Verdict `json:"verdict"`
}

// part is the complete queries with one value of a label, or one query.
type part struct {
	value   string
	mask    outcome.Mask // nil for one query
	columns []int
	size    int64 // queries
}

// partition splits a mask by the values of a label, in order of the values.
func partition(m *outcome.Matrix, key string, mask outcome.Mask) ([]part, error) {
	if !slices.Contains(m.SliceKeys(), key) {
		if len(m.SliceKeys()) == 0 {
			return nil, usage("slice: no query has a label %s; these data have no labels at all", outcome.Quote(key))
		}
		return nil, usage("slice: no query has a label %s; there are %s", outcome.Quote(key), list(m.SliceKeys(), 12))
	}
	index := map[string]int{}
	var parts []part
	for c := range m.Columns() {
		if !mask.Has(c) {
			continue
		}
		value := m.Label(key, c)
		at, ok := index[value]
		if !ok {
			at = len(parts)
			index[value] = at
			parts = append(parts, part{value: value, mask: outcome.NewMask(m.Columns())})
		}
		parts[at].mask.Set(c)
		parts[at].columns = append(parts[at].columns, c)
		parts[at].size += m.Weight(c)
	}
	slices.SortFunc(parts, func(a, b part) int {
		if a.value < b.value {
			return -1
		}
		return 1
	})
	return parts, nil
}

// BySlice certifies the values of the label o.Slice alone: the slices of Certify,
// without the whole.
func BySlice(o Options, m *outcome.Matrix) ([]Slice, error) {
	o, incumbent, err := prepare(m.Models(), o)
	if err != nil {
		return nil, err
	}
	return bySlice(m, o, m.Complete(), incumbent)
}

func bySlice(m *outcome.Matrix, o Options, mask outcome.Mask, incumbent int) ([]Slice, error) {
	parts, err := partition(m, o.Slice, mask)
	if err != nil {
		return nil, err
	}
	if len(parts) > maxSlices {
		return nil, usage("slice: %s has %d values; at most %d can be certified at once", outcome.Quote(o.Slice), len(parts), maxSlices)
	}
	o.Confidence = 1 - o.delta()/float64(len(parts))
	o.Population = 0 // the size of a slice of the benchmark is not known
	o.Missing = Complete
	out := []Slice{}
	for _, p := range parts {
		var b base
		if o.Method == Scores {
			b, err = meansOf(m, o, p.mask, incumbent)
		} else {
			b, err = completeCases(m, o, p.mask, incumbent)
		}
		if err != nil {
			return nil, err
		}
		here := o
		if _, ok := b.gainUpper(o.Method, o.delta()); !ok {
			here.Method = Screened // a slice too small to split
		}
		c, err := b.certificate(m.Models(), here)
		if err != nil {
			return nil, err
		}
		out = append(out, Slice{Key: o.Slice, Value: p.value, Queries: c.Queries, AllWrong: c.AllWrong,
			Beta: c.Beta, Best: c.Best, Gain: c.Gain, Verdict: c.Verdict})
	}
	return out, nil
}
