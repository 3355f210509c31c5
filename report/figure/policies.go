package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/report"
)

// Policies draws what policies gain over the single best model, with intervals,
// against what an oracle gains and what the certificate allows. Nil without a
// policy.
func Policies(r *policy.Result) *Figure {
	if r == nil || len(r.Policies) == 0 || r.Queries == 0 {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(r.Policies), func(x policy.Policy) bool {
		return !finite(&x.Gain.Point) || !finite(&x.Gain.Lower) || !finite(&x.Gain.Upper)
	})
	if len(list) == 0 || !finite(&r.Oracle.Gain.Point) {
		return nil
	}
	slices.SortStableFunc(list, func(a, b policy.Policy) int { return cmp.Compare(b.Gain.Point, a.Gain.Point) })
	f := &Figure{Kind: "policies", Table: Table{Head: []string{"policy", "kind", "accuracy", "gain", "from", "to", "US dollars a query"}}}
	for _, x := range list {
		cost := "–"
		if finite(x.CostUSD) {
			cost = dollars(*x.CostUSD)
		}
		f.Table.add(x.Name, string(x.Kind), report.Percent(x.Accuracy), report.Points(x.Gain.Point), report.Points(x.Gain.Lower), report.Points(x.Gain.Upper), cost)
	}
	f.Table.add("oracle", "", report.Percent(r.Oracle.Accuracy), report.Points(r.Oracle.Gain.Point), "", "", "")
	if c := r.Certificate; c != nil {
		f.Table.add("certificate: at most", "", "", report.Points(c.Upper), "", "", "")
	}
	best := list[0]
	f.Title = fmt.Sprintf("An oracle would gain %s points; closest comes “%s” with %s", report.Points(r.Oracle.Gain.Point), name(best.Name), signed(report.Points(best.Gain.Point)))
	if best.Gain.Point <= 0 {
		f.Title = fmt.Sprintf("No policy gains anything; an oracle would gain %s points", report.Points(r.Oracle.Gain.Point))
	}
	f.Note = fmt.Sprintf("accuracy points gained over the single best model, on queries not learnt from; %s, intervals at %s", report.Plural(r.Queries, "query", "queries"), report.Confidence(r.Confidence))
	f.Description = fmt.Sprintf("A row for each of %s with its gain over the single best model and an interval; a line marks what an oracle gains.", report.Plural(int64(len(list)), "policy", "policies"))
	p := newPen()
	drawPolicies(p, r, list)
	f.Scene = &p.Scene
	return f
}

func drawPolicies(p *pen, r *policy.Result, list []policy.Policy) {
	const tall = 28.0
	rows := list[:min(len(list), mostRows)]
	lo, hi := 0.0, r.Oracle.Gain.Point
	if r.Certificate != nil && finite(&r.Certificate.Upper) {
		hi = max(hi, r.Certificate.Upper)
	}
	var names []string
	for _, x := range rows {
		lo, hi = min(lo, x.Gain.Lower), max(hi, x.Gain.Upper)
		names = append(names, shown(x.Name))
	}
	left := max(184, room(names, body, 200)+14) // names of lines stand left of them
	x := axis{lo: lo, hi: hi, from: left, to: width - 96}
	if s := x.step(6); hi > lo {
		x.lo, x.hi = math.Floor(lo/s+1e-9)*s, math.Ceil(hi/s-1e-9)*s
	} else {
		x.lo, x.hi = -0.01, 0.01
	}
	top, bottom := 62.0, 62+tall*float64(len(rows))
	for _, t := range x.ticks(6) {
		p.line(1, Faint, Point{x.at(t), top - 6}, Point{x.at(t), bottom})
		p.text(x.at(t), bottom+17, pointsTick(t), small.at(Middle))
	}
	for i, q := range rows {
		y := top + tall*(float64(i)+0.5)
		p.fit(0, y+4, left-14, names[i], body)
		role := Slate
		if i == 0 && q.Gain.Point > 0 {
			role = Ink
		}
		p.whisker(x.at(q.Gain.Lower), x.at(q.Gain.Upper), y, 1.5, role)
		p.dot(x.at(q.Gain.Point), y, 4.5, role)
		p.text(width, y+4, signed(report.Points(q.Gain.Point)), body.at(End))
	}
	p.H = bottom + 24
	verticals(p, r, x, top-6, bottom)
	if more := len(list) - len(rows); more > 0 {
		p.text(0, bottom+17, fmt.Sprintf("%d more: table", more), small)
	}
}

// verticals marks the single best, the oracle and the certificate. Each name stands
// left of its line, on a row of its own, above those whose lines are further left:
// so no line runs through a name.
func verticals(p *pen, r *policy.Result, x axis, top, bottom float64) {
	mark := func(v, y float64, words string, how style, dashed bool) {
		draw := p.line
		if dashed {
			draw = p.dashed
		}
		draw(1.5, how.role, Point{x.at(v), y - 9}, Point{x.at(v), bottom})
		p.text(x.at(v)-6, y, words, how.at(End))
	}
	mark(0, top-4, "single best "+report.Percent(r.SingleBest.HeldOut), body, false)
	mark(r.Oracle.Gain.Point, top-22, "oracle "+signed(report.Points(r.Oracle.Gain.Point)), strong.as(Accent), false)
	if c := r.Certificate; c != nil && finite(&c.Upper) {
		mark(c.Upper, top-40, "no policy gains more than "+report.Points(c.Upper), small, true)
	}
}
