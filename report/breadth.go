package report

import (
	"fmt"
	"io"

	"github.com/allwrong/allwrong/budget"
)

// Breadth writes what it was worth to be able to change models.
func Breadth(w io.Writer, b *budget.Breadth) error {
	var p page
	p.gap()
	p.line(fmt.Sprintf("%s · %.1f years", plural(int64(b.Releases), "release", "releases"), b.Years))
	p.gap()
	text := fmt.Sprintf("Whoever had committed to %s (%s) would stand %s points below the best of today, and stood %s below on average.",
		fit(b.Committed, longestName), percent(b.Accuracy), points(b.Advantage), points(b.Mean))
	if b.Advantage == 0 {
		text = fmt.Sprintf("Nothing that came later was better than %s (%s): being able to change models was worth nothing in accuracy.", fit(b.Committed, longestName), percent(b.Accuracy))
	}
	if b.Drop != nil {
		text += fmt.Sprintf(" A right answer cost $%s at first and costs $%s now, %.3g times less.", dollars(*b.FirstPerRight), dollars(*b.LastPerRight), *b.Drop)
	}
	p.paragraph(2, text)
	p.gap()
	p.paragraph(2, lawSentence(&b.Law))
	p.gap()
	t := table{head: []string{"model", "released", "right", "over the best", "best so far", "$ a right answer"}}
	for _, row := range b.Timeline {
		t.add(row.Model, row.Day, percent(row.Accuracy), gained(row.Gap), percent(row.Best), optional(row.PerRight, dollars))
	}
	t.print(&p, 2)
	p.gap()
	list := []string{"One path of releases, looked back at: the law is fitted to it and promises nothing of the next."}
	for _, x := range b.Warnings {
		list = append(list, x.Message)
	}
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
	return p.to(w)
}

func lawSentence(l *budget.Arrivals) string {
	text := fmt.Sprintf("%.3g releases a year, better than the best before by %s ± %s points: if one may decline it, the next adds %s points on average (%s by plain counting).",
		l.Rate, gained(l.Mu), points(l.Eta), points(l.Gain), points(l.Seen))
	if l.OptionUSD != nil {
		text += fmt.Sprintf(" At a discount of %s a year that option is worth $%s today, and committing must save $%s a year to be worth it.", percent(l.Discount), dollars(*l.OptionUSD), dollars(*l.DeltaUSD))
	}
	return text
}
