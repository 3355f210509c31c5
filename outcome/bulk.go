package outcome

import "math"

// PutBlock sets many cells of the first attempt at once: cells[r*len(models)+c]
// is what models[c] did on queries[r]; Absent cells are left alone. Scores is
// laid out likewise, NaN where a cell has a verdict only; nil when all have.
// Place names a cell's place and is called for conflicts only.
func (s *Set) PutBlock(queries, models []int, cells []Cell, scores []float64, place func(row, column int) string) {
	for r, q := range queries {
		row := cells[r*len(models) : (r+1)*len(models)]
		for c, cell := range row {
			if cell == 0 {
				continue
			}
			score := math.NaN()
			if scores != nil {
				score = scores[r*len(models)+c]
			}
			s.Put(q, models[c], 0, cell, score, func() string { return place(r, c) })
		}
	}
}
