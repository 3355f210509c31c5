package figure

import (
	"fmt"
	"math"
)

// forest is a list of values with intervals on one axis, a row each.
type forest struct {
	rows   []forestRow
	lo, hi float64 // that the axis covers at least
	left   float64 // least room for names
	more   int     // rows that are left to the table
}

// forestRow is one value. A second line stands below its name.
type forestRow struct {
	name, under, value  string
	point, lower, upper float64
	role                Role
}

// draw draws the rows from a height on and gives the axis and the end of the rows.
func (f *forest) draw(p *pen, top float64) (x axis, bottom float64) {
	tall := 28.0
	var names []string
	for _, r := range f.rows {
		names = append(names, shown(r.name))
		if r.under != "" {
			tall = 36
		}
	}
	left := max(f.left, room(names, body, 200)+14)
	x = f.axis(left)
	bottom = top + tall*float64(len(f.rows))
	for _, t := range x.ticks(6) {
		p.line(1, Faint, Point{x.at(t), top - 6}, Point{x.at(t), bottom})
		p.text(x.at(t), bottom+17, pointsTick(t), small.at(Middle))
	}
	for i, r := range f.rows {
		y := top + tall*(float64(i)+0.5)
		base := y + 4
		if r.under != "" {
			base = y - 1
			p.fit(0, base+14, left-14, r.under, tiny)
		}
		p.fit(0, base, left-14, names[i], body)
		p.whisker(x.at(r.lower), x.at(r.upper), y, 1.5, r.role)
		p.dot(x.at(r.point), y, 4.5, r.role)
		p.text(width, y+4, r.value, body.at(End))
	}
	if f.more > 0 {
		p.text(0, bottom+17, fmt.Sprintf("%d more: table", f.more), small)
	}
	p.H = bottom + 24
	return x, bottom
}

func (f *forest) axis(left float64) axis {
	lo, hi := f.lo, f.hi
	for _, r := range f.rows {
		lo, hi = min(lo, r.lower), max(hi, r.upper)
	}
	x := axis{lo: lo, hi: hi, from: left, to: width - 96}
	if hi <= lo {
		x.lo, x.hi = lo-0.01, hi+0.01
		return x
	}
	s := x.step(6)
	x.lo, x.hi = math.Floor(lo/s+1e-9)*s, math.Ceil(hi/s-1e-9)*s
	return x
}

// flag marks a value by a line through all rows, its name left of it.
func (p *pen) flag(at, y, bottom float64, words string, how style, dashed bool) {
	draw := p.line
	if dashed {
		draw = p.dashed
	}
	draw(1.5, how.role, Point{at, y - 9}, Point{at, bottom})
	p.text(at-6, y, words, how.at(End))
}
