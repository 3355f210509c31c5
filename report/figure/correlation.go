package figure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/report"
)

// Correlation draws the correlation of errors of every pair of models, models of
// one family side by side. Where there are more models than rows, a cell shows the
// mean over its pairs. Nil when no pair has a correlation.
func Correlation(c *dependence.Correlations) *Figure {
	if c == nil {
		return nil
	}
	order := byFamily(c)
	most, least, pairs := extremes(c, order)
	if pairs == 0 {
		return nil
	}
	groups := groupsOf(order, mostGrid)
	g := correlationGrid(c, groups)
	f := &Figure{Kind: "correlation", Table: g.table("model")}
	f.Title = fmt.Sprintf("Errors go together most for %s and %s, φ = %s", name(c.Models[most[0]]), name(c.Models[most[1]]), ratio(c.Phi[most[0]][most[1]]))
	f.Note = fmt.Sprintf("correlation φ of errors, %s, %s; models of one family stand together", report.Plural(int64(len(c.Models)), "model", "models"), report.Plural(c.Queries, "query", "queries"))
	f.Description = fmt.Sprintf("A square map of %s against themselves; the darker a cell, the more their errors go together; φ runs from %s to %s.",
		report.Plural(int64(len(c.Models)), "model", "models"), ratio(c.Phi[least[0]][least[1]]), ratio(c.Phi[most[0]][most[1]]))
	families := false
	for _, x := range c.Families {
		families = families || x != ""
	}
	if !families {
		f.Note = fmt.Sprintf("correlation φ of errors, %s, %s", report.Plural(int64(len(c.Models)), "model", "models"), report.Plural(c.Queries, "query", "queries"))
	}
	p := newPen()
	drawCorrelation(p, c, g, groups, families)
	f.Scene = &p.Scene
	return f
}

func byFamily(c *dependence.Correlations) []int {
	order := make([]int, len(c.Models))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := c.Families[a], c.Families[b]
		if (x == "") != (y == "") { // those without a family last
			return cmp.Compare(y, x)
		}
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(c.Models[a], c.Models[b]))
	})
	return order
}

// extremes finds the pairs with the largest and the smallest φ.
func extremes(c *dependence.Correlations, order []int) (most, least [2]int, pairs int) {
	for k, i := range order {
		for _, j := range order[k+1:] {
			p := c.Phi[i][j]
			if !finite(p) {
				continue
			}
			if pairs == 0 || *p > *c.Phi[most[0]][most[1]] {
				most = [2]int{i, j}
			}
			if pairs == 0 || *p < *c.Phi[least[0]][least[1]] {
				least = [2]int{i, j}
			}
			pairs++
		}
	}
	return most, least, pairs
}

func correlationGrid(c *dependence.Correlations, groups [][]int) *grid {
	g := &grid{cell: func(i, j int) (Role, string) { return phiCell(c, groups[i], groups[j]) }}
	for k, x := range groups {
		g.names = append(g.names, groupName(c.Models, x))
		if k > 0 && c.Families[x[0]] != c.Families[groups[k-1][0]] {
			g.breaks = append(g.breaks, k)
		}
	}
	return g
}

// groupName names models that share a row by the first of them.
func groupName(models []string, group []int) string {
	n := shown(models[group[0]])
	if len(group) > 1 {
		n += " …"
	}
	return n
}

func drawCorrelation(p *pen, c *dependence.Correlations, g *grid, groups [][]int, families bool) {
	spare := 0.0
	if families {
		spare = 120
	}
	left, top, cell := g.draw(p, 0, spare)
	if families {
		bracket(p, c, groups, g.breaks, left+cell*float64(len(groups)), top, cell)
	}
	p.H += 24
	x := p.ramp(left, p.H, "φ 0 or less", "over 0.8")
	p.text(x+24, p.H, "steps of 0.2", small)
	p.H += 8
}

// bracket names the families at the right of their rows.
func bracket(p *pen, c *dependence.Correlations, groups [][]int, breaks []int, right, top, cell float64) {
	from := 0
	at := top - 100
	for _, to := range append(slices.Clone(breaks), len(groups)) {
		y0, y1 := top+cell*float64(from)+1.5, top+cell*float64(to)-1.5
		p.line(2, Slate, Point{right + 6, y0}, Point{right + 6, y1})
		family := c.Families[groups[from][0]]
		if family == "" {
			family = "(no family)"
		}
		if y := (y0+y1)/2 + 4; y-at >= 13 {
			p.fit(right+13, y, width-right-13, family, small)
			at = y
		}
		from = to
	}
}

func phiCell(c *dependence.Correlations, rows, columns []int) (Role, string) {
	sum, n := 0.0, 0
	for _, i := range rows {
		for _, j := range columns {
			if p := c.Phi[i][j]; finite(p) && (i != j || len(rows) == 1) {
				sum += *p
				n++
			}
		}
	}
	if n == 0 {
		return Absent, ""
	}
	x := sum / float64(n)
	words := minus(strconv.FormatFloat(x, 'f', 2, 64))
	if len(rows) == 1 && len(columns) == 1 && rows[0] == columns[0] {
		return Paper, ""
	}
	for l := range Role(levels - 1) {
		if x <= 0.2*float64(l) {
			return Level0 + l, words
		}
	}
	return Level5, words
}
