package outcome

import "math"

// FindQuery gives the number of the query with this id, if there is one.
func (s *Set) FindQuery(id string) (query int, ok bool) {
	if id == "" || len(id) > MaxName {
		return 0, false
	}
	return s.queries.find(id)
}

// FindModel gives the number of the model with this name, if there is one.
func (s *Set) FindModel(name string) (model int, ok bool) {
	model, ok = s.byName[name]
	return model, ok
}

// Correct puts a cell in the place of what is on record; a score goes with the
// verdict that it belonged to.
func (s *Set) Correct(query, model, attempt int, c Cell) {
	col := s.models[model]
	for len(col.cells) <= attempt {
		col.cells = append(col.cells, nil)
	}
	col.cells[attempt] = grow(col.cells[attempt], query)
	col.set(query, attempt, c, math.NaN())
	if attempt < len(col.scores) && query < len(col.scores[attempt]) {
		col.scores[attempt][query] = math.NaN()
	}
}

// Remove takes queries out of the set, with all that is known of them but what
// they cost: the others are numbered anew, in the same order. Matrices and
// details that were built before keep them.
func (s *Set) Remove(gone func(query int) bool) {
	var kept []int
	for q := range s.queries.len() {
		if !gone(q) {
			kept = append(kept, q)
		}
	}
	if len(kept) == s.queries.len() {
		return
	}
	ids := newInterner()
	for _, q := range kept {
		ids.add(s.queries.name(q))
	}
	s.refDiffers = renumbered(s.refDiffers, kept)
	s.queries, s.refs, s.options, s.graders.of = ids, pickAll(s.refs, kept), pickAll(s.options, kept), pickAll(s.graders.of, kept)
	all := make(map[string]*labels, len(s.labels))
	for key, l := range s.labels {
		all[key] = &labels{values: l.values, index: l.index, of: pickAll(l.of, kept), differ: pickAll(l.differ, kept)}
	}
	s.labels = all
	for _, col := range s.models {
		for a := range col.cells {
			col.cells[a] = pickAll(col.cells[a], kept)
		}
		for a := range col.answers {
			col.answers[a] = pickAll(col.answers[a], kept)
		}
		for a := range col.scores {
			col.scores[a] = pickAll(col.scores[a], kept)
		}
		for a := range col.costs {
			col.costs[a] = pickAll(col.costs[a], kept)
		}
	}
}

// pickAll takes the values of some queries, in order, from a list that may end
// before the last of them.
func pickAll[T any](x []T, queries []int) []T {
	out := make([]T, 0, min(len(x), len(queries)))
	for _, q := range queries {
		if q >= len(x) {
			break
		}
		out = append(out, x[q])
	}
	return out
}

func renumbered(set map[int]bool, queries []int) map[int]bool {
	out := map[int]bool{}
	for now, was := range queries {
		if set[was] {
			out[now] = true
		}
	}
	return out
}
