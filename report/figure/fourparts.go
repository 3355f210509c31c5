package figure

import (
	"fmt"
	"math"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
)

// part is one of the parts into which the queries fall.
type part struct {
	name  string
	n     int64
	role  Role
	below string // what follows from it
}

// FourParts draws how the queries divide: all models right, the best right, the
// best wrong and another right (the gain), all wrong; and the limits on the gain.
func FourParts(c certify.Certificate) *Figure {
	parts, who := partsOf(c)
	all := int64(0)
	for _, x := range parts {
		all += x.n
	}
	if all == 0 {
		return nil
	}
	f := &Figure{Kind: "parts", Note: report.Plural(all, "query", "queries"),
		Table: Table{Head: []string{"queries on which", "count", "share"}}}
	if c.Models > 0 {
		f.Note = report.Plural(int64(c.Models), "model", "models") + " · " + f.Note
	}
	f.Title, f.Description = partsWords(c, who, all)
	for _, x := range parts {
		f.Table.add(x.name, report.Count(x.n), share(x.n, all))
	}
	for _, x := range []struct {
		what string
		rate *float64
	}{{"gain, on these queries", c.Gain.Point}, {"gain, at most", &c.Gain.Upper}, {"gain, at least", &c.Gain.Lower}} {
		if finite(x.rate) {
			f.Table.add(x.what, "", report.Points(*x.rate)+" points")
		}
	}
	p := newPen()
	y := gainRuler(p, c, parts, all)
	partsBar(p, y, parts, all)
	f.Scene = &p.Scene
	return f
}

// partsOf lists the parts; the gain is the one in the accent's colour.
func partsOf(c certify.Certificate) (parts []part, who string) {
	who = "best"
	if c.Gain.Over != c.Best.Model {
		who = "incumbent"
		if c.Gain.Method == certify.Split {
			who = "picked"
		}
	}
	k := c.Kinds
	right := part{who + " right, some wrong", k.BestRight, Slate, ""}
	if c.Fragile == nil { // counts only: who else was right is not known
		right.name = who + " right"
		right.n += k.AllRight
	} else {
		parts = append(parts, part{"all right", k.AllRight, Calm, ""})
	}
	if who == "best" && finite(c.Best.Accuracy) {
		right.below = "single best " + report.Percent(*c.Best.Accuracy)
	}
	gain := part{who + " wrong, some right", k.Resolvable, Accent, ""}
	if finite(c.Ceiling.Point) {
		gain.below = "ceiling " + report.Percent(*c.Ceiling.Point)
	}
	parts = append(parts, right, gain, part{"all wrong", k.AllWrong, Harm, ""})
	if k.Unknown > 0 {
		parts = append(parts, part{"open: verdicts missing", k.Unknown, Absent, ""})
	}
	return parts, who
}

func partsWords(c certify.Certificate, who string, all int64) (title, description string) {
	over := "the best model"
	if c.Gain.Over != "" {
		over = name(c.Gain.Over)
	}
	at := report.Confidence(c.Gain.Confidence)
	title = fmt.Sprintf("Over %s at most %s points can be gained (%s)", over, report.Points(c.Gain.Upper), at)
	if finite(c.Gain.Point) {
		title = fmt.Sprintf("A perfect chooser would gain %s points over %s; at most %s (%s)", report.Points(*c.Gain.Point), over, report.Points(c.Gain.Upper), at)
	}
	k := c.Kinds
	right := report.Count(k.AllRight+k.BestRight) + " are answered rightly by the " + who + " model"
	description = fmt.Sprintf("A bar of %s: %s, %s by another model only, and %s by none.",
		report.Plural(all, "query", "queries"), right, report.Count(k.Resolvable), report.Count(k.AllWrong))
	return title, description
}

// gainRuler says how much is gained, above the part that it is, and gives the
// top of the bar.
func gainRuler(p *pen, c certify.Certificate, parts []part, all int64) float64 {
	at := report.Confidence(c.Gain.Confidence)
	words := "the gain: "
	if finite(c.Gain.Point) {
		words += report.Points(*c.Gain.Point) + " points, "
	}
	words += fmt.Sprintf("at most %s (%s)", report.Points(c.Gain.Upper), at)
	if c.Gain.Lower > 0 {
		words += fmt.Sprintf(", at least %s (%s)", report.Points(c.Gain.Lower), at)
	}
	if c.Overhead > 0 {
		words += fmt.Sprintf("; your overhead %s", report.Points(c.Overhead))
	}
	base := int64(0)
	for _, x := range parts {
		if x.role == Accent {
			break
		}
		base += x.n
	}
	x0 := width * float64(base) / float64(all)
	how := strong.as(Accent)
	x := max(0, min(x0, width-how.width(words)))
	p.fit(x, 14, width, words, how)
	gain := float64(c.Kinds.Resolvable) / float64(all)
	if !finite(c.Gain.Point) || math.Abs(*c.Gain.Point-gain) > 1e-9 {
		return 28 // a rate over a mix or over scores is no part of this bar
	}
	place := func(g float64) float64 { return min(width, x0+width*g) }
	const y = 28
	p.line(1.5, Accent, Point{x0, y}, Point{place(c.Gain.Upper), y})
	if x0+width*c.Gain.Upper <= width+0.5 { // else it ends beyond the bar: no end is drawn
		p.line(1.5, Accent, Point{place(c.Gain.Upper), y - 5}, Point{place(c.Gain.Upper), y + 5})
	}
	if c.Gain.Lower > 0 {
		p.line(5, Accent, Point{x0, y}, Point{place(c.Gain.Lower), y})
	}
	if c.Overhead > 0 && x0+width*c.Overhead <= width {
		p.dashed(1.5, Ink, Point{place(c.Overhead), y - 8}, Point{place(c.Overhead), y + 62})
	}
	return 40
}

// partsBar draws the bar, and the name of every part below it.
func partsBar(p *pen, top float64, parts []part, all int64) {
	const tall = 44
	column := width / float64(len(parts))
	from, below := int64(0), top+tall+26
	for i, x := range parts {
		x0, x1 := width*float64(from)/float64(all), width*float64(from+x.n)/float64(all)
		from += x.n
		at := column * float64(i)
		p.rect(at, below, 3, 50, x.role)
		if x.n > 0 {
			w := max(1, x1-x0)
			if w > 6 && x1 < width {
				w -= 1.5 // a gap between neighbours
			}
			x0 = min(x0, width-w)
			p.rect(x0, top, w, tall, x.role)
			if x.role == Harm || x.role == Absent {
				p.hatch(x0, top, w, tall, Paper)
			}
			p.line(1, x.role, Point{x0 + w/2, top + tall + 2}, Point{x0 + w/2, top + tall + 9}, Point{at + 1.5, below - 6}, Point{at + 1.5, below})
		}
		room := column - 18
		names := wrap(x.name, room, 2, strong)
		y := below + 11
		for _, l := range names {
			p.text(at+11, y, l, strong)
			y += 18
		}
		p.fit(at+11, y, room, report.Count(x.n)+" · "+share(x.n, all), body)
		p.fit(at+11, y+18, room, x.below, small)
		p.H = max(p.H, y+26)
	}
}

func share(n, of int64) string { return report.Percent(float64(n) / float64(of)) }

// finite reports whether a number can be drawn.
func finite(x *float64) bool { return x != nil && !math.IsNaN(*x) && !math.IsInf(*x, 0) }
