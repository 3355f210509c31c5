package figure

import (
	"math"
	"strconv"
)

// grid is a square map of models against models.
type grid struct {
	names  []string // in the order drawn
	cell   func(i, j int) (level Role, words string)
	breaks []int // rows before which a gap separates parts
}

// mostGrid is how many rows and columns a grid has at most.
const mostGrid = 96

// table gives the grid's words, models numbered as in the figure.
func (g *grid) table(corner string) Table {
	t := Table{Head: []string{corner}}
	for i, n := range g.names {
		t.Head = append(t.Head, strconv.Itoa(i+1))
		row := []string{strconv.Itoa(i+1) + " " + n}
		for j := range g.names {
			_, words := g.cell(i, j)
			if words == "" {
				words = "–"
			}
			row = append(row, words)
		}
		t.add(row...)
	}
	return t
}

// draw draws the grid from a height on, leaving some room at the right, and gives
// the place and size of its cells.
func (g *grid) draw(p *pen, y, spare float64) (left, top, cell float64) {
	n := len(g.names)
	numbers := n <= 26
	left = room(g.names, small, 170) + 12
	y += 4 // the first name may be taller than its row
	if numbers {
		left += 22
		y += 16
	}
	cell = min(40, (width-left-spare)/float64(n))
	rows := make([][]Role, n)
	for i := range rows {
		rows[i] = make([]Role, n)
		for j := range rows[i] {
			rows[i][j], _ = g.cell(i, j)
		}
	}
	p.Items = append(p.Items, Cells{X: left, Y: y, W: cell, H: cell, Rows: rows})
	end := cell * float64(n)
	lines := g.breaks
	if cell >= 12 {
		lines = nil
		for i := 1; i < n; i++ {
			lines = append(lines, i)
		}
	}
	for _, b := range lines {
		d := cell * float64(b)
		p.line(1.5, Paper, Point{left, y + d}, Point{left + end, y + d})
		p.line(1.5, Paper, Point{left + d, y}, Point{left + d, y + end})
	}
	g.label(p, left, y, cell, numbers)
	p.H = y + end
	return left, y, cell
}

func (g *grid) label(p *pen, left, top, cell float64, numbers bool) {
	n := len(g.names)
	how := small.as(Ink)
	how.size = min(11.5, max(10, cell-2))
	every := int(math.Ceil((how.size + 1.5) / cell))
	for i := 0; i < n; i += every {
		y := top + cell*(float64(i)+0.5) + how.size*0.35
		if !numbers {
			p.fit(0, y, left-12, g.names[i], how)
			continue
		}
		p.fit(0, y, left-34, g.names[i], how)
		p.text(left-8, y, strconv.Itoa(i+1), how.as(Muted).at(End))
		if cell >= 14 {
			p.text(left+cell*(float64(i)+0.5), top-7, strconv.Itoa(i+1), how.as(Muted).at(Middle))
		}
	}
	for i := range n {
		for j := range n {
			level, words := g.cell(i, j)
			inside := tiny.as(on(level)).at(Middle)
			if cell >= 20 && words != "" && inside.width(words) <= cell-4 {
				p.text(left+cell*(float64(j)+0.5), top+cell*(float64(i)+0.5)+3.5, words, inside)
			}
		}
	}
}

// ramp explains the steps of the scale below a figure.
func (p *pen) ramp(x, y float64, from, to string) float64 {
	p.text(x, y, from, small)
	x += small.width(clean(from)) + 8
	for l := range Role(levels) {
		p.rect(x, y-10, 22, 12, Level0+l)
		x += 22
	}
	p.text(x+8, y, to, small)
	return x + 8 + small.width(clean(to))
}
