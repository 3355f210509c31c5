package policy

import (
	"cmp"
	"slices"
)

// index finds the rows of a table that are most like another row.
type index struct {
	rows  int
	posts [][]post // [column]
	score []float64
}

// post is one row's value in a column.
type post struct {
	row   int32
	value float64
}

func newIndex(x *rows) *index {
	out := &index{rows: x.len(), posts: make([][]post, x.columns), score: make([]float64, x.len())}
	for r := range x.len() {
		for k := x.start[r]; k < x.start[r+1]; k++ {
			c := x.column[k]
			out.posts[c] = append(out.posts[c], post{int32(r), x.value[k]})
		}
	}
	return out
}

// neighbour is a row and its scalar product, which is the cosine for rows of length one.
type neighbour struct {
	row        int
	similarity float64
}

// find gives the k rows most like row r of x, the most similar first and the
// first among equals; rows with nothing in common are none.
func (n *index) find(x *rows, r, k int) []neighbour {
	clear(n.score)
	for at := x.start[r]; at < x.start[r+1]; at++ {
		v := x.value[at]
		for _, p := range n.posts[x.column[at]] {
			n.score[p.row] += v * p.value
		}
	}
	order := func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.similarity, a.similarity), cmp.Compare(a.row, b.row))
	}
	var list []neighbour
	least := 0.0
	for row, s := range n.score {
		if s > least {
			// Twice as many as are wanted, before the lesser half goes.
			if list = append(list, neighbour{row, s}); len(list) >= 2*k {
				slices.SortFunc(list, order)
				list = list[:k]
				least = list[k-1].similarity
			}
		}
	}
	slices.SortFunc(list, order)
	return list[:min(k, len(list))]
}
