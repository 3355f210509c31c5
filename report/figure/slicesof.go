package figure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
)

// mostRows is how many rows of a list are drawn; its table has all.
const mostRows = 30

// Slices draws, for every slice, the single best, the ceiling with its interval
// and the gain from the one to the other. Nil when there is no slice.
func Slices(list []certify.Slice) *Figure {
	drawn := slices.DeleteFunc(slices.Clone(list), func(s certify.Slice) bool {
		return s.Queries == 0 || !finite(s.Beta.Point) || !finite(s.Best.Accuracy)
	})
	if len(drawn) == 0 {
		return nil
	}
	slices.SortStableFunc(drawn, func(a, b certify.Slice) int { return cmp.Compare(*b.Beta.Point, *a.Beta.Point) })
	f := &Figure{Kind: "slices", Table: Table{Head: []string{drawn[0].Key, "queries", "all wrong", "β", "β from", "β to", "single best", "ceiling", "gain", "at most", "at least"}}}
	for _, s := range drawn {
		f.Table.add(valueOf(s), report.Count(s.Queries), report.Count(s.AllWrong), report.Percent(*s.Beta.Point), report.Percent(s.Beta.Lower), report.Percent(s.Beta.Upper),
			report.Percent(*s.Best.Accuracy), report.Percent(1-*s.Beta.Point), optionalPoints(s.Gain.Point), report.Points(s.Gain.Upper), report.Points(s.Gain.Lower))
	}
	key, hard := name(drawn[0].Key), drawn[0]
	f.Title = fmt.Sprintf("By %s: most often all wrong on %s, %s of %s", key, name(valueOf(hard)), report.Percent(*hard.Beta.Point), report.Plural(hard.Queries, "query", "queries"))
	if *hard.Beta.Point == 0 {
		f.Title = fmt.Sprintf("By %s: no query of any slice defeats every model", key)
	}
	f.Note = fmt.Sprintf("%s; each statement at %s, so that all hold together", report.Plural(int64(len(drawn)), "slice", "slices"), report.Percent(hard.Gain.Confidence))
	f.Description = fmt.Sprintf("For each of %s by %s, a line from the accuracy of the single best model to the ceiling, whose interval is drawn below it; the hardest slice comes first.",
		report.Plural(int64(len(drawn)), "slice", "slices"), key)
	p := newPen()
	drawSlices(p, drawn)
	f.Scene = &p.Scene
	return f
}

func valueOf(s certify.Slice) string {
	if s.Value == "" {
		return "(no label)"
	}
	return s.Value
}

func optionalPoints(x *float64) string {
	if !finite(x) {
		return "–"
	}
	return report.Points(*x)
}

func drawSlices(p *pen, list []certify.Slice) {
	const rowHeight, beta, gain = 36, 148.0, 96.0
	rows := list[:min(len(list), mostRows)]
	var names []string
	least := 1.0
	for _, s := range rows {
		names = append(names, shown(valueOf(s)))
		least = min(least, *s.Best.Accuracy, 1-s.Beta.Upper)
	}
	left := max(64, room(names, body, 170)) + 14 // "5,000 queries" stands there, too
	x := axis{lo: max(0, floorTo(least, 1-least+0.02)), hi: 1, from: left, to: width - beta - gain - 16}
	bottom := 30 + rowHeight*float64(len(rows))
	p.text(width-gain, 12, "all wrong (β)", small.at(End))
	p.text(width, 12, "gain", small.at(End))
	for _, t := range x.ticks(4) {
		p.line(1, Faint, Point{x.at(t), 22}, Point{x.at(t), bottom})
		p.text(x.at(t), bottom+16, percentTick(t), small.at(Middle))
	}
	for i, s := range rows {
		y := 30 + rowHeight*(float64(i)+0.5)
		p.fit(0, y-1, left-14, names[i], body)
		p.fit(0, y+13, left-14, report.Plural(s.Queries, "query", "queries"), tiny)
		best, ceiling := x.at(*s.Best.Accuracy), x.at(1-*s.Beta.Point)
		p.line(5, Accent, Point{best, y - 4}, Point{ceiling, y - 4})
		p.whisker(x.at(1-s.Beta.Upper), x.at(1-s.Beta.Lower), y+8, 1.25, Slate)
		p.ring(best, y-4, 4.5, Slate)
		p.dot(ceiling, y-4, max(2, min(5, 2+(ceiling-best)/3)), Accent) // inside the ring where there is no gain
		p.text(width-gain, y-1, report.Percent(*s.Beta.Point), strong.as(Harm).at(End))
		p.text(width-gain, y+13, fmt.Sprintf("%s – %s", report.Percent(s.Beta.Lower), report.Percent(s.Beta.Upper)), tiny.at(End))
		p.text(width, y-1, optionalPoints(s.Gain.Point), strong.as(Accent).at(End))
		p.text(width, y+13, "at most "+report.Points(s.Gain.Upper), tiny.at(End))
	}
	y := bottom + 42
	p.ring(6, y-4, 4.5, Slate)
	p.text(17, y, "single best", small)
	p.line(5, Accent, Point{106, y - 4}, Point{130, y - 4})
	p.text(138, y, "gain", small)
	p.dot(182, y-4, 5, Accent)
	p.text(193, y, "ceiling: some model is right", small)
	p.whisker(366, 394, y-4, 1.25, Slate)
	p.text(402, y, "interval of the ceiling", small)
	p.H = y + 6
	if more := len(list) - len(rows); more > 0 {
		p.text(width, y, fmt.Sprintf("%d more slices: table", more), small.at(End))
	}
}
