package outcome

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Tally counts the cells of one model in a block, whether or not they were new.
type Tally struct {
	Records int64 // cells that are not absent
	Graded  int64 // right, wrong or no answer
	Right   int64
}

func (t *Tally) add(c Cell) {
	if c != 0 {
		t.addWord(uint64(c))
	}
}

// addWord counts eight cells at once. Of a verdict's three bits, the highest is
// set for Right alone, and one of the higher two for all that was graded.
func (t *Tally) addWord(w uint64) {
	const lowest = 0x0101010101010101
	t.Records += int64(bits.OnesCount64((w | w>>1 | w>>2) & lowest))
	t.Graded += int64(bits.OnesCount64((w>>1 | w>>2) & lowest))
	t.Right += int64(bits.OnesCount64(w >> 2 & lowest))
}

// PutBlock sets many cells of the first attempt at once: cells[r*len(models)+c]
// is what models[c] did on queries[r]; Absent cells are left alone. Scores is
// laid out likewise, NaN where a cell has a verdict only; nil when all have.
// Place names a cell's place and is called for conflicts only. It gives one
// tally for each of the models.
func (s *Set) PutBlock(queries, models []int, cells []Cell, scores []float64, place func(row, column int) string) []Tally {
	tallies := make([]Tally, len(models))
	if len(queries) == 0 || len(models) == 0 {
		return tallies
	}
	if scores == nil && s.untouched(queries, models) {
		s.fillBlock(queries[0], len(queries), models, cells, tallies)
		return tallies
	}
	for r, q := range queries {
		row := cells[r*len(models) : (r+1)*len(models)]
		for c, cell := range row {
			if tallies[c].add(cell); cell == 0 {
				continue
			}
			score := math.NaN()
			if scores != nil {
				score = scores[r*len(models)+c]
			}
			s.Put(q, models[c], 0, cell, score, func() string { return place(r, c) })
		}
	}
	return tallies
}

// untouched reports whether the queries follow each other and no model has a
// cell at any of them or later: the usual case, in which nothing can conflict.
func (s *Set) untouched(queries, models []int) bool {
	for i, q := range queries {
		if q != queries[0]+i {
			return false
		}
	}
	seen := make([]bool, len(s.models))
	for _, m := range models {
		col := s.models[m]
		if seen[m] {
			return false
		}
		seen[m] = true
		if len(col.scores) > 0 || len(col.cells) > 0 && len(col.cells[0]) > queries[0] {
			return false
		}
	}
	return true
}

// fillBlock turns rows into columns, in squares of eight cells that fit into
// eight words. A cell at a time would cost a store to another page for each.
func (s *Set) fillBlock(from, n int, models []int, cells []Cell, tallies []Tally) {
	columns, empty := make([][]Cell, len(models)), make([]bool, len(models))
	for c, m := range models {
		col := s.models[m]
		if len(col.cells) == 0 {
			col.cells, empty[c] = append(col.cells, nil), true
		}
		col.cells[0] = grow(col.cells[0], from+n-1)
		columns[c] = col.cells[0][from:]
	}
	width := len(models)
	whole := width &^ 7
	for r := 0; r+8 <= n; r += 8 {
		for c := 0; c < whole; c += 8 {
			var w [8]uint64
			for i := range w {
				w[i] = load(cells[(r+i)*width+c:])
			}
			transpose(&w)
			for i, x := range w {
				store(columns[c+i][r:], x)
				tallies[c+i].addWord(x)
			}
		}
	}
	for r := range n {
		c := whole
		if r >= n&^7 {
			c = 0
		}
		for ; c < width; c++ {
			cell := cells[r*width+c]
			columns[c][r] = cell
			tallies[c].add(cell)
		}
	}
	for c, m := range models {
		if empty[c] && tallies[c].Records == 0 {
			s.models[m].cells = nil // nothing has come: no attempt either
		}
	}
}

func load(c []Cell) uint64 {
	c = c[:8]
	return binary.LittleEndian.Uint64([]byte{byte(c[0]), byte(c[1]), byte(c[2]), byte(c[3]), byte(c[4]), byte(c[5]), byte(c[6]), byte(c[7])})
}

func store(c []Cell, x uint64) {
	c = c[:8]
	for i := range c {
		c[i] = Cell(x >> (8 * i))
	}
}

// transpose mirrors a square of eight by eight bytes, one row a word: first
// squares of one byte, then of two, then of four trade places across the
// diagonal.
func transpose(w *[8]uint64) {
	for i := 0; i < 8; i += 2 {
		w[i], w[i+1] = trade(w[i], w[i+1], 8, 0x00ff00ff00ff00ff)
	}
	for _, i := range [4]int{0, 1, 4, 5} {
		w[i], w[i+2] = trade(w[i], w[i+2], 16, 0x0000ffff0000ffff)
	}
	for i := range 4 {
		w[i], w[i+4] = trade(w[i], w[i+4], 32, 0x00000000ffffffff)
	}
}

// trade swaps the high part of a with the low part of b, as mask and width say.
func trade(a, b uint64, width int, mask uint64) (uint64, uint64) {
	t := (a>>width ^ b) & mask
	return a ^ t<<width, b ^ t
}
