package figure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/pool"
	"github.com/allwrong/allwrong/report"
)

// Rescues draws who rescues whom: on how many queries the model of a row is wrong
// and that of a column right. Nil without such a table.
func Rescues(r *pool.Result) *Figure {
	if r == nil || len(r.Rescues) < 2 || len(r.Rescues) != len(r.Models) || r.Queries == 0 {
		return nil
	}
	order := make([]int, len(r.Models))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.Models[b].Accuracy, r.Models[a].Accuracy) })
	best := order[0]
	by := order[1]
	for _, j := range order[1:] {
		if r.Rescues[best][j] > r.Rescues[best][by] {
			by = j
		}
	}
	n := r.Rescues[best][by]
	g, most := rescueGrid(r, groupsOf(order, mostGrid))
	f := &Figure{Kind: "rescues", Table: g.table("wrong ↓ · right →")}
	f.Title = fmt.Sprintf("%s rescues the best model, %s, most often: on %s", name(r.Models[by].Model), name(r.Models[best].Model), report.Plural(n, "query", "queries"))
	if n == 0 {
		f.Title = fmt.Sprintf("No model rescues the best one, %s", name(r.Models[best].Model))
	}
	models := report.Plural(int64(len(order)), "model", "models")
	f.Note = fmt.Sprintf("queries on which the row's model is wrong and the column's right; %s, %s", models, report.Plural(r.Queries, "query", "queries"))
	f.Description = fmt.Sprintf("A square map of %s, the most accurate first; the darker a cell, the more queries the column's model gets right where the row's model is wrong.", models)
	p := newPen()
	left, _, _ := g.draw(p, 0, 0)
	p.H += 24
	p.ramp(left, p.H, "0 queries", report.Count(int64(most+0.5)))
	p.H += 8
	f.Scene = &p.Scene
	return f
}

// rescueGrid gives the map and the largest value of it. Groups are models that
// share a row: a cell is the mean over its pairs.
func rescueGrid(r *pool.Result, groups [][]int) (g *grid, most float64) {
	mean := func(rows, columns []int) (m float64, pairs int) {
		for _, i := range rows {
			for _, j := range columns {
				if i != j {
					m += float64(r.Rescues[i][j])
					pairs++
				}
			}
		}
		return m / float64(max(1, pairs)), pairs
	}
	g = &grid{}
	var names []string
	for _, m := range r.Models {
		names = append(names, m.Model)
	}
	for _, a := range groups {
		g.names = append(g.names, groupName(names, a))
		for _, b := range groups {
			m, _ := mean(a, b)
			most = max(most, m)
		}
	}
	g.cell = func(i, j int) (Role, string) {
		m, pairs := mean(groups[i], groups[j])
		if pairs == 0 {
			return Paper, ""
		}
		level := Level0
		if m > 0 {
			level = Level1 + Role(min(4, int(m/most*5)))
		}
		return level, report.Count(int64(m + 0.5))
	}
	return g, most
}
