package figure

import (
	"fmt"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/report"
)

// Audited draws what an audit did to β and to the gain: as graded, as audited, and
// how far the queries that nobody has read could still move them. Nil without a
// query.
func Audited(r *audit.Range) *Figure {
	if r == nil || r.Graded.Queries == 0 || r.Audited.Queries == 0 {
		return nil
	}
	f := &Figure{Kind: "audit", Table: Table{Head: []string{"", "as graded", "as audited", "at least, by open ones", "at most, by open ones"}}}
	f.Table.add("all-wrong rate β", report.Percent(r.Graded.Beta), report.Percent(r.Audited.Beta), report.Percent(r.BetaOpen[0]), report.Percent(r.BetaOpen[1]))
	f.Table.add("gain, points", report.Points(r.Graded.Gain), report.Points(r.Audited.Gain), report.Points(r.GainOpen[0]), report.Points(r.GainOpen[1]))
	f.Table.add("all-wrong queries", report.Count(r.Graded.AllWrong), report.Count(r.Audited.AllWrong), "", "")
	f.Table.add("queries", report.Count(r.Graded.Queries), report.Count(r.Audited.Queries), "", "")
	f.Title = fmt.Sprintf("Audited, β is %s instead of %s", report.Percent(r.Audited.Beta), report.Percent(r.Graded.Beta))
	if r.Audited == r.Graded {
		f.Title = fmt.Sprintf("β is %s, and no audit has changed it", report.Percent(r.Graded.Beta))
	}
	f.Note = fmt.Sprintf("%s read, %s open; %s excluded", report.Plural(r.Read, "all-wrong query", "all-wrong queries"), report.Count(r.Open), report.Plural(r.Excluded, "query", "queries"))
	f.Description = fmt.Sprintf("Two rows, one for β and one for the gain, each from the value as graded to the value as audited, with the range that %s could still make.",
		report.Plural(r.Open, "open query", "open queries"))
	p := newPen()
	rows := []auditRow{
		{"all-wrong rate β", report.Percent, percentTick, r.Graded.Beta, r.Audited.Beta, r.BetaOpen, nil},
		{"gain, in points", report.Points, pointsLabel, r.Graded.Gain, r.Audited.Gain, r.GainOpen, nil},
	}
	if c := r.Control; c != nil {
		rows[0].control, rows[1].control = &c.Beta, &c.Gain
	}
	for _, row := range rows {
		row.draw(p, r)
	}
	f.Scene = &p.Scene
	return f
}

type auditRow struct {
	name            string
	write, tick     func(float64) string
	graded, audited float64
	open            [2]float64
	control         *[2]float64 // with what a random control allows; nil without one
}

func (a auditRow) draw(p *pen, r *audit.Range) {
	const left = 150.0
	most := max(a.graded, a.audited, a.open[1], 0.01)
	if a.control != nil {
		most = max(most, a.control[1])
	}
	x := axis{lo: 0, hi: ceilTo(most), from: left, to: width - 20}
	line := p.H + 40
	p.text(0, line+4, a.name, strong)
	a.scale(p, x, line)
	if r.Open > 0 {
		p.rect(x.at(a.open[0]), line-9, max(1, x.at(a.open[1])-x.at(a.open[0])), 18, Band)
		for _, v := range a.open {
			p.line(1.25, Accent, Point{x.at(v), line - 9}, Point{x.at(v), line + 9})
		}
	}
	if a.control != nil {
		p.whisker(x.at(a.control[0]), x.at(a.control[1]), line+13, 1.5, Teal)
	}
	p.line(1.5, Ink, Point{x.at(a.graded), line}, Point{x.at(a.audited), line})
	p.ring(x.at(a.graded), line, 5, Ink)
	p.dot(x.at(a.audited), line, 5, Accent)
	before, after := "graded "+a.write(a.graded), "audited "+a.write(a.audited)
	if a.graded == a.audited {
		before, after = "", "graded and audited "+a.write(a.audited)
	}
	a.labels(p, x, line-22, before, after)
	p.H = a.legend(p, r, left, line+52) + 10
}

func (a auditRow) scale(p *pen, x axis, line float64) {
	for _, t := range x.ticks(5) {
		p.line(1, Faint, Point{x.at(t), line - 16}, Point{x.at(t), line + 16})
		p.text(x.at(t), line+31, a.tick(t), small.at(Middle))
	}
}

// legend says in words what is shaded and what the line below is; it gives the
// height that follows.
func (a auditRow) legend(p *pen, r *audit.Range, left, y float64) float64 {
	if r.Open > 0 {
		verb := "are"
		if r.Open == 1 {
			verb = "is"
		}
		p.text(left, y, fmt.Sprintf("shaded: from %s to %s, depending on what the %s %s", a.write(a.open[0]), a.write(a.open[1]), report.Plural(r.Open, "open query", "open queries"), verb), small)
		y += 18
	}
	if c := a.control; c != nil {
		p.text(left, y, cut(fmt.Sprintf("line below: from %s to %s after a complete audit, by the random control (%s)", a.write(c[0]), a.write(c[1]), report.Confidence(1-r.Control.Error)), width-left, small), small)
		y += 18
	}
	return y
}

// labels sets two labels above their points, side by side where they are near.
func (a auditRow) labels(p *pen, x axis, y float64, before, after string) {
	type label struct {
		words string
		at    float64
		how   style
	}
	list := []label{{before, x.at(a.graded), body}, {after, x.at(a.audited), strong.as(Accent)}}
	if a.audited < a.graded {
		list[0], list[1] = list[1], list[0]
	}
	w0, w1 := list[0].how.width(list[0].words), list[1].how.width(list[1].words)
	from0, from1 := list[0].at-w0/2, list[1].at-w1/2
	if over := from0 + w0 + 14 - from1; over > 0 && w0 > 0 && w1 > 0 {
		from0, from1 = from0-over/2, from1+over/2
	}
	from1 = min(max(from1, 0), width-w1)
	if w1 > 0 {
		from0 = min(from0, from1-w0-14)
	}
	if from0 < 0 {
		from0 = 0
		from1 = max(from1, w0+14)
	}
	if w1 == 0 {
		from0 = min(max(list[0].at-w0/2, 0), width-w0)
	}
	p.text(from0, y, list[0].words, list[0].how)
	p.text(from1, y, list[1].words, list[1].how)
}
