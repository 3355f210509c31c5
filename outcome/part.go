package outcome

import "slices"

// Part takes some of the models, by number and in the order given, and the
// columns of a mask, nil for all. Unlike Restrict it keeps names, labels, options
// and scores: what is left is as if nothing else had been read.
func (m *Matrix) Part(models []int, k Mask) *Matrix {
	out := m.Select(models)
	if k == nil {
		return out
	}
	kept := columnsOf(k, m.columns)
	narrow := out.Restrict(k)
	narrow.options = pickAll(m.options, kept)
	if m.ids != nil {
		narrow.ids = newInterner()
		for _, c := range kept {
			narrow.ids.add(m.ids.name(c))
		}
	}
	narrow.labels = make(map[string]*labels, len(m.labels))
	for key, l := range m.labels {
		if part := l.pick(kept); len(part.of) > 0 {
			narrow.labels[key] = part
		}
	}
	for _, scores := range out.scores {
		narrow.scores = append(narrow.scores, pickAll(scores, kept))
	}
	return narrow
}

// pick keeps the labels of some queries; of is empty when none of them has one.
func (l *labels) pick(queries []int) *labels {
	of := pickAll(l.of, queries)
	if !slices.ContainsFunc(of, func(v uint32) bool { return v > 0 }) {
		of = nil
	}
	return &labels{values: l.values, index: l.index, of: of}
}

// Part takes the models and columns that Matrix.Part takes.
func (d *Detail) Part(models []int, k Mask) *Detail {
	out := &Detail{set: d.set}
	var kept []int
	if k != nil {
		kept = columnsOf(k, len(k)<<6)
	}
	for _, i := range models {
		out.Families = append(out.Families, d.Families[i])
		out.Cells = append(out.Cells, pickOrAll(d.Cells[i], kept, k))
		if d.Answers != nil {
			out.Answers = append(out.Answers, pickOrAll(d.Answers[i], kept, k))
		}
		if d.Costs != nil {
			out.Costs = append(out.Costs, pickOrAll(d.Costs[i], kept, k))
		}
	}
	return out
}

func pickOrAll[T any](x []T, kept []int, k Mask) []T {
	if k == nil {
		return x
	}
	return pickAll(x, kept)
}

// columnsOf lists the columns of a mask.
func columnsOf(k Mask, columns int) []int {
	var out []int
	for c := range columns {
		if k.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

// Copy gives a set that Correct and Remove change without changing this one, so
// that several readers can share this one meanwhile. Names and texts are common to
// both: nothing may be added to either of them afterwards.
func (s *Set) Copy() *Set {
	out := *s
	out.models = nil
	for _, col := range s.models {
		c := *col
		c.cells, c.scores, c.answers = cloneAll(col.cells), cloneAll(col.scores), slices.Clone(col.answers)
		c.costs = slices.Clone(col.costs)
		out.models = append(out.models, &c)
	}
	return &out
}

func cloneAll[T any](x [][]T) [][]T {
	out := slices.Clone(x)
	for i := range out {
		out[i] = slices.Clone(out[i])
	}
	return out
}
