package dependence

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// complete holds the queries that every model answered, close together and, where
// they have names, in order of these: bit c of right[i] is the verdict of model i
// on the column columns[c] of the matrix, which stands for weight[c] queries.
type complete struct {
	models  []string
	columns []int
	weight  []int64
	n       int64 // queries
	right   [][]uint64
	sums    []int // queries on which each model is right
	best    int   // the model that is right most often, the first by number among equals
}

// completeCases gathers them. It needs two models and one query.
func completeCases(m *outcome.Matrix) (*complete, error) {
	if len(m.Models()) < 2 {
		return nil, fmt.Errorf("%d model: nothing can be said about dependence with fewer than two", len(m.Models()))
	}
	mask := m.Complete()
	var columns []int
	for q := range m.Columns() {
		if mask.Has(q) && m.Weight(q) > 0 {
			columns = append(columns, q)
		}
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("no query was answered by all %d models", len(m.Models()))
	}
	if m.Single() { // lists do not hang on the order in which files were read
		slices.SortStableFunc(columns, func(a, b int) int { return strings.Compare(m.ID(a), m.ID(b)) })
	}
	c := gather(m, columns, m.Weight)
	for i := range c.models {
		if c.sums[i] > c.sums[c.best] {
			c.best = i
		}
	}
	return c, nil
}

// gather takes columns of a matrix, each as often as it is listed.
func gather(m *outcome.Matrix, columns []int, weight func(column int) int64) *complete {
	c := &complete{models: m.Models(), columns: columns, weight: make([]int64, len(columns))}
	for at, q := range columns {
		c.weight[at] = weight(q)
		c.n += c.weight[at]
	}
	for i := range c.models {
		row, sum := outcome.NewMask(len(columns)), int64(0)
		for at, q := range columns {
			if m.Right(i, q) {
				row.Set(at)
				sum += c.weight[at]
			}
		}
		c.right, c.sums = append(c.right, row), append(c.sums, int(sum))
	}
	return c
}

func ones(row []uint64) (n int) {
	for _, w := range row {
		n += bits.OnesCount64(w)
	}
	return n
}

// byStrength gives the models but the best, strongest first, ties by number.
func (c *complete) byStrength() []int {
	var out []int
	for i := range c.models {
		if i != c.best {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return c.sums[b] - c.sums[a] })
	return out
}
