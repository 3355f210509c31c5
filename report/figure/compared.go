package figure

import (
	"fmt"

	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/report"
)

// Compared draws what changed between two sets of results: the differences of β,
// of the best model and of the gain, and those of the models, each with its
// interval. Nil without a query.
func Compared(r *compare.Result) *Figure {
	if r == nil || r.Queries == 0 {
		return nil
	}
	f := &Figure{Kind: "compare", Table: Table{Head: []string{"", "A", "B", "difference", "from", "to"}}}
	best := "best model"
	if r.Incumbent != "" {
		best = shown(r.Incumbent)
	}
	rows := []changed{{"all wrong (β)", r.AllWrong, Harm}, {best, r.Best, Ink}, {"gain over it", r.Gain, Accent}}
	for _, m := range r.Moved {
		role := Calm
		if m.Moved {
			role = Slate
		}
		rows = append(rows, changed{m.Model, compare.Change{A: m.A, B: m.B, Difference: m.Difference, Interval: m.Interval}, role})
	}
	for _, x := range rows {
		f.Table.add(x.name, report.Percent(x.A), report.Percent(x.B), signed(report.Points(x.Difference)), signed(report.Points(x.Interval[0])), signed(report.Points(x.Interval[1])))
	}
	f.Title = fmt.Sprintf("From A to B %s enter the all-wrong set and %s leave it", report.Plural(r.EnteredCount, "query", "queries"), report.Count(r.LeftCount))
	switch {
	case r.EnteredCount == 0 && r.LeftCount == 0:
		f.Title = "From A to B no query enters or leaves the all-wrong set"
	case r.EnteredCount == 1:
		f.Title = fmt.Sprintf("From A to B 1 query enters the all-wrong set and %s leave it", report.Count(r.LeftCount))
	}
	models := report.Plural(int64(r.Models), "model", "models")
	f.Note = fmt.Sprintf("change in points, B less A; %s in both sets, %s; each interval at %s", models, report.Plural(r.Queries, "query", "queries"), report.Confidence(r.Confidence))
	f.Description = fmt.Sprintf("A row each for the all-wrong rate, the best model, the gain and %s, with the change from A to B and its interval; a line marks no change.", models)
	p := newPen()
	drawCompared(p, rows)
	f.Scene = &p.Scene
	return f
}

// changed is a rate that has a name.
type changed struct {
	name string
	compare.Change
	role Role
}

func drawCompared(p *pen, rows []changed) {
	const top = 22.0
	most := mostRows - 8 // the rows are taller than those of other lists
	f := &forest{left: 150, more: max(0, len(rows)-most)}
	for _, x := range rows[:min(len(rows), most)] {
		f.rows = append(f.rows, forestRow{x.name, report.Percent(x.A) + " → " + report.Percent(x.B), signed(report.Points(x.Difference)), x.Difference, x.Interval[0], x.Interval[1], x.role})
	}
	x, bottom := f.draw(p, top)
	p.flag(x.at(0), top-10, bottom, "as before", body, false)
}
