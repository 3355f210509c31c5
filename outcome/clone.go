package outcome

import "slices"

// Clone copies a set so that the copy can be corrected (Correct, Remove) while
// the set stays as it is, which several readers may share meanwhile. Texts and
// names stay common to both: nothing may be added to either of them afterwards.
func (s *Set) Clone() *Set {
	c := *s
	c.models = make([]*column, len(s.models))
	for i, col := range s.models {
		x := *col
		x.cells, x.scores, x.answers = cloneRows(col.cells), cloneRows(col.scores), slices.Clone(col.answers)
		c.models[i] = &x
	}
	return &c
}

func cloneRows[T any](rows [][]T) [][]T {
	out := slices.Clone(rows)
	for i := range out {
		out[i] = slices.Clone(out[i])
	}
	return out
}
