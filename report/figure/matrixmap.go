package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

// The map of outcomes has at most so many rows and columns of cells.
const (
	mapRows    = 100
	mapColumns = 320
)

// Matrix draws the outcomes of all models on all queries: models from the most
// accurate down, queries from the easiest to those that defeat every model. Where
// there is not a cell for each, a cell shows the share that is wrong. Nil without
// any verdict.
func Matrix(m *outcome.Matrix) *Figure {
	o := orderOf(m)
	if o == nil {
		return nil
	}
	f := &Figure{Kind: "matrix", Table: Table{Head: []string{"model", "right", "wrong", "without verdict", "accuracy"}}}
	for _, i := range o.models {
		a := "–"
		if n := o.seen[i]; n > 0 {
			a = share(o.right[i], n)
		}
		f.Table.add(m.Models()[i], report.Count(o.right[i]), report.Count(o.seen[i]-o.right[i]), report.Count(o.queries-o.seen[i]), a)
	}
	models := report.Plural(int64(len(o.models)), "model", "models")
	f.Title = fmt.Sprintf("%s of %s defeat every model", report.Count(o.allWrong), report.Plural(o.queries, "query", "queries"))
	switch o.allWrong {
	case 0:
		f.Title = fmt.Sprintf("No query of %s defeats every model", report.Count(o.queries))
	case 1:
		f.Title = fmt.Sprintf("1 of %s defeats every model", report.Plural(o.queries, "query", "queries"))
	}
	f.Note = fmt.Sprintf("%s, the most accurate first; queries from easy to hard", models)
	f.Description = fmt.Sprintf("A map with a row for each of %s and a column for each of %s; queries become harder to the right, and the last %s (%s) are those on which every model is wrong.",
		models, report.Plural(o.queries, "query", "queries"), report.Count(o.allWrong), share(o.allWrong, o.queries))
	p := newPen()
	o.draw(p)
	f.Scene = &p.Scene
	return f
}

// order is how the models and queries of a matrix are laid out.
type order struct {
	m           *outcome.Matrix
	models      []int   // most accurate first
	right, seen []int64 // queries, by model
	columns     []int   // easiest first, all wrong last
	queries     int64   // with any verdict
	allWrong    int64   // observed of every model
}

func orderOf(m *outcome.Matrix) *order {
	n := len(m.Models())
	o := &order{m: m, right: make([]int64, n), seen: make([]int64, n)}
	hit, seen := make([]int32, m.Columns()), make([]int32, m.Columns())
	for i := range n {
		o.models = append(o.models, i)
		for w := range (m.Columns() + 63) / 64 {
			r, s := m.Word(i, w)
			o.right[i] += m.Weigh(w, r)
			o.seen[i] += m.Weigh(w, s)
			for c, end := 64*w, min(64*w+64, len(hit)); c < end; c++ {
				hit[c] += int32(r & 1)
				seen[c] += int32(s & 1)
				r, s = r>>1, s>>1
			}
		}
	}
	for c := range hit {
		if seen[c] == 0 || m.Weight(c) == 0 {
			continue
		}
		o.columns = append(o.columns, c)
		o.queries += m.Weight(c)
		if o.defeats(hit[c], seen[c]) {
			o.allWrong += m.Weight(c)
		}
	}
	if o.queries == 0 {
		return nil
	}
	slices.SortStableFunc(o.models, func(a, b int) int {
		return cmp.Compare(float64(o.right[b])/float64(max(1, o.seen[b])), float64(o.right[a])/float64(max(1, o.seen[a])))
	})
	slices.SortStableFunc(o.columns, func(a, b int) int { // a query that some model lacks is not known to be all wrong
		if x, y := o.defeats(hit[a], seen[a]), o.defeats(hit[b], seen[b]); x != y {
			return cmp.Compare(b2i(x), b2i(y))
		}
		return cmp.Compare(int64(hit[b])*int64(seen[a]), int64(hit[a])*int64(seen[b]))
	})
	return o
}

func (o *order) defeats(right, seen int32) bool { return right == 0 && int(seen) == len(o.right) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// piece is a part of a column's weight that falls into one column of cells.
type piece struct {
	column int
	weight int64
}

// bins divides the queries among columns of cells; those that are all wrong have
// columns of their own, at least one, and are the last so many.
func (o *order) bins() (bins [][]piece, wrong int) {
	total := int(min(o.queries, mapColumns))
	if o.allWrong > 0 {
		wrong = max(1, int(math.Round(float64(total)*float64(o.allWrong)/float64(o.queries))))
		if wrong == total && o.allWrong < o.queries {
			wrong--
		}
	}
	bins = make([][]piece, total)
	rest := o.queries - o.allWrong
	var at int64 // queries that are placed
	for _, c := range o.columns {
		for w := o.m.Weight(c); w > 0; {
			b, end := 0, int64(0)
			if at < rest {
				n := int64(total - wrong)
				b = int(at * n / rest)
				end = ((int64(b)+1)*rest + n - 1) / n
			} else {
				b = total - wrong + int((at-rest)*int64(wrong)/o.allWrong)
				end = rest + (int64(b-(total-wrong)+1)*o.allWrong+int64(wrong)-1)/int64(wrong)
			}
			take := max(1, min(w, end-at))
			bins[b] = append(bins[b], piece{c, take})
			at += take
			w -= take
		}
	}
	return bins, wrong
}

// cells gives the roles, row by row; groups are models that share a row.
func (o *order) cells(bins [][]piece, wrong int, groups [][]int) [][]Role {
	out := make([][]Role, len(groups))
	for g, models := range groups {
		right, seen := make([]int64, len(bins)), make([]int64, len(bins))
		for _, i := range models {
			hits, all := o.m.RightPlane(i), o.m.ObservedPlane(i)
			for b, pieces := range bins {
				for _, x := range pieces {
					bit := uint(x.column) % 64
					right[b] += x.weight * int64(hits[x.column/64]>>bit&1)
					if all == nil {
						seen[b] += x.weight
					} else {
						seen[b] += x.weight * int64(all[x.column/64]>>bit&1)
					}
				}
			}
		}
		out[g] = make([]Role, len(bins))
		for b := range bins {
			switch {
			case b >= len(bins)-wrong:
				out[g][b] = Harm
			case seen[b] == 0:
				out[g][b] = Absent
			default:
				out[g][b] = Level0 + Role(math.Round(float64(seen[b]-right[b])/float64(seen[b])*(levels-1)))
			}
		}
	}
	return out
}

// groupsOf divides a list into at most so many neighbouring groups of about the
// same size.
func groupsOf(list []int, most int) [][]int {
	n := min(len(list), most)
	out := make([][]int, n)
	for g := range out {
		out[g] = list[g*len(list)/n : (g+1)*len(list)/n]
	}
	return out
}

func (o *order) draw(p *pen) {
	groups := groupsOf(o.models, mapRows)
	bins, wrong := o.bins()
	tall := min(30, max(5, 790/float64(len(groups))))
	const right = 48.0
	var names []string
	for _, g := range groups {
		names = append(names, o.rowName(g))
	}
	left := room(names, small, 190) + 10
	const top = 24.0
	wide := (width - left - right) / float64(len(bins))
	bottom := top + tall*float64(len(groups))
	p.Items = append(p.Items, Cells{X: left, Y: top, W: wide, H: tall, Rows: o.cells(bins, wrong, groups)})
	if tall >= 14 {
		for g := range len(groups) - 1 {
			y := top + tall*float64(g+1)
			p.line(1.5, Paper, Point{left, y}, Point{width - right, y})
		}
	}
	how := small.as(Ink)
	how.size = min(11.5, max(10, tall-2))
	every := int(math.Ceil((how.size + 1.5) / tall))
	for g := 0; g < len(groups); g += every {
		y := top + tall*(float64(g)+0.5) + how.size*0.35
		p.fit(0, y, left-10, names[g], how)
		if len(groups[g]) == 1 && o.seen[groups[g][0]] > 0 {
			p.text(width, y, share(o.right[groups[g][0]], o.seen[groups[g][0]]), how.as(Muted).at(End))
		}
	}
	o.marks(p, left, width-right, top, bottom, float64(wrong)*wide)
}

func (o *order) rowName(g []int) string {
	if len(g) == 1 {
		return shown(o.m.Models()[g[0]])
	}
	first := slices.Index(o.models, g[0]) + 1
	return "ranks " + strconv.Itoa(first) + "–" + strconv.Itoa(first+len(g)-1)
}

// marks says what the map shows: above, where queries are all wrong; below, what
// the shades mean.
func (o *order) marks(p *pen, left, right, top, bottom, wrong float64) {
	if o.allWrong > 0 {
		x := right - wrong
		p.line(2, Harm, Point{x, top - 5}, Point{right, top - 5})
		words := fmt.Sprintf("all wrong: %s · %s", report.Count(o.allWrong), share(o.allWrong, o.queries))
		p.text(right, top-11, words, strong.as(Harm).at(End))
	}
	p.text(left, top-11, "easy", small)
	y := bottom + 20
	x := p.ramp(left, y, "right", "wrong") + 24
	for _, i := range o.models {
		if o.seen[i] < o.queries {
			p.rect(x, y-10, 22, 12, Absent)
			p.text(x+30, y, "no verdict", small)
			break
		}
	}
	p.H = y + 8
}
