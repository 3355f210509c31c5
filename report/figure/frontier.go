package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/report"
)

// Frontier draws what models cost and give, what mixing them gives, and what a
// policy that knows who is right would reach at each cost. Nil without a model.
func Frontier(r *budget.Result) *Figure {
	if r == nil || len(r.Models) == 0 || r.Queries == 0 {
		return nil
	}
	f := &Figure{Kind: "frontier", Table: Table{Head: []string{"", "US dollars a query", "accuracy"}}}
	models := slices.Clone(r.Models)
	slices.SortStableFunc(models, func(a, b budget.Model) int { return cmp.Compare(a.CostUSD, b.CostUSD) })
	for _, m := range models {
		f.Table.add(m.Model, dollars(m.CostUSD), report.Percent(m.Accuracy))
	}
	for i, o := range r.Oracle {
		if i == 0 || i == len(r.Oracle)-1 {
			f.Table.add([]string{"oracle, cheapest", "oracle, most accurate"}[b2i(i > 0)], dollars(o.CostUSD), report.Percent(o.Accuracy))
		}
	}
	s := r.Saving
	f.Title = fmt.Sprintf("%s costs %s a\u00a0query; an oracle is as accurate for %s", name(s.Over), dollars(s.CostUSD), dollars(s.OracleUSD))
	if s.OracleUSD >= s.CostUSD {
		f.Title = fmt.Sprintf("%s costs %s a\u00a0query; not even an oracle is as accurate for less", name(s.Over), dollars(s.CostUSD))
	}
	f.Note = fmt.Sprintf("accuracy against US dollars a query; %s, %s", report.Plural(int64(len(r.Models)), "model", "models"), report.Plural(r.Queries, "query", "queries"))
	f.Description = fmt.Sprintf("A point for each of %s, by cost and accuracy; a line for the best mixtures of them, and one above it for an oracle that knows which model is right.",
		report.Plural(int64(len(r.Models)), "model", "models"))
	p := newPen()
	drawFrontier(p, r, models)
	f.Scene = &p.Scene
	return f
}

// dollars writes a price with two significant digits at least.
func dollars(x float64) string {
	switch {
	case x == 0:
		return "$0"
	case x >= 100:
		return "$" + report.Count(int64(math.Round(x)))
	case x >= 1:
		return "$" + strconv.FormatFloat(x, 'f', 2, 64)
	}
	digits := 1 - int(math.Floor(math.Log10(x)))
	if digits > 8 {
		return "$" + strconv.FormatFloat(x, 'e', 1, 64)
	}
	return "$" + strconv.FormatFloat(x, 'f', max(2, digits), 64)
}

// priceTick writes a round price: "$0.002".
func priceTick(x float64) string {
	format := byte('f')
	if x != 0 && x < 1e-7 {
		format = 'e'
	}
	if x != 0 {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64) // steps add up with rounding errors
	}
	return "$" + strconv.FormatFloat(x, format, -1, 64)
}

func costs(r *budget.Result) (x axis, y axis) {
	lo, hi, least, most := math.Inf(1), 0.0, 1.0, 0.0
	note := func(cost, accuracy float64) {
		lo, hi = min(lo, cost), max(hi, cost)
		least, most = min(least, accuracy), max(most, accuracy)
	}
	for _, m := range r.Models {
		note(m.CostUSD, m.Accuracy)
	}
	for _, o := range r.Oracle {
		note(o.CostUSD, o.Accuracy)
	}
	x = axis{lo: 0, hi: ceilTo(hi), from: 44, to: width - 96}
	if lo > 0 && hi/lo > 12 {
		x.log, x.lo, x.hi = true, lo/1.15, hi*1.15
	}
	if hi == 0 {
		x.hi = 1
	}
	span := max(0.02, most-least)
	y = axis{lo: max(0, floorTo(least-0.04*span, span)), hi: min(1, most+0.06*span), from: 330, to: 14}
	return x, y
}

func drawFrontier(p *pen, r *budget.Result, models []budget.Model) {
	x, y := costs(r)
	drawMoney(p, x, y)
	l := &labels{pen: p}
	l.curve(r.Mix, x, y, Slate, 1.5)
	l.curve(r.Oracle, x, y, Accent, 2.5)
	if n := len(r.Oracle); n > 0 {
		l.place(x.at(r.Oracle[n-1].CostUSD), y.at(r.Oracle[n-1].Accuracy), "oracle "+report.Percent(r.Oracle[n-1].Accuracy), strong.as(Accent))
	}
	for _, m := range models {
		l.points = append(l.points, Point{x.at(m.CostUSD), y.at(m.Accuracy)})
	}
	p.H = y.from + 26
	words := "upper line: an oracle"
	if len(r.Mix) > 1 {
		words += "; lower line: mixtures of models at random"
	}
	if n := l.models(models, r.Saving.Over, x, y); n > 0 {
		words += fmt.Sprintf("; %s without a name here: table", report.Plural(int64(n), "model", "models"))
	}
	p.text(x.from, p.H+12, words, small)
	p.H += 20
}

// drawMoney draws the axes.
func drawMoney(p *pen, x, y axis) {
	for _, t := range y.ticks(5) {
		p.line(1, Faint, Point{x.from, y.at(t)}, Point{x.to, y.at(t)})
		p.text(x.from-8, y.at(t)+4, percentTick(t), small.at(End))
	}
	last := math.Inf(-1)
	for _, t := range x.ticks(8) {
		words := priceTick(t)
		w := small.width(words)
		if x.at(t)-w/2 > last {
			p.text(x.at(t), y.from+18, words, small.at(Middle))
			p.line(1, Calm, Point{x.at(t), y.from}, Point{x.at(t), y.from + 4})
			last = x.at(t) + w/2 + 8
		}
	}
	p.line(1, Calm, Point{x.from, y.from}, Point{x.to, y.from})
}

// labels puts names beside points where nothing stands yet.
type labels struct {
	*pen
	boxes  [][4]float64
	points []Point // that a name must not cover
}

// models draws the models and names those that there is room for, first those that
// matter; it gives the number of the others.
func (l *labels) models(models []budget.Model, over string, x, y axis) (unnamed int) {
	byUse := slices.Clone(models)
	rank := func(m budget.Model) int { return 2*b2i(m.Model == over) + b2i(m.OnMix) }
	slices.SortStableFunc(byUse, func(a, b budget.Model) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(b.Accuracy, a.Accuracy))
	})
	for _, m := range byUse {
		how, role := small, Calm
		switch {
		case m.Model == over:
			how, role = strong, Ink
		case m.OnMix:
			how, role = small.as(Ink), Slate
		}
		l.dot(x.at(m.CostUSD), y.at(m.Accuracy), 4, role)
		if !l.place(x.at(m.CostUSD), y.at(m.Accuracy), squeeze(shown(m.Model), 160, how), how) {
			unnamed++
		}
	}
	return unnamed
}

func (l *labels) curve(points []budget.Point, x, y axis, r Role, w float64) {
	if len(points) < 2 {
		return
	}
	var line []Point
	for _, q := range points {
		line = append(line, Point{x.at(q.CostUSD), y.at(q.Accuracy)})
	}
	for i := 1; i < len(line); i++ { // names keep off the line, too
		a, b := line[i-1], line[i]
		for s, n := 0.0, math.Ceil(math.Hypot(b.X-a.X, b.Y-a.Y)/5)+1; s <= n; s++ {
			l.points = append(l.points, Point{a.X + s/n*(b.X-a.X), a.Y + s/n*(b.Y-a.Y)})
		}
	}
	l.line(w, r, line...)
}

// place tries right, left, below and above; false when there is no room.
func (l *labels) place(x, y float64, s string, how style) bool {
	w, h := how.width(s), how.size
	if s == "" {
		return false
	}
	for _, at := range []Point{{x + 8, y + h*0.35}, {x - 8 - w, y + h*0.35}, {x - w/2, y + h + 6}, {x - w/2, y - 8}, {x + 6, y - 6}, {x + 6, y + h + 3}, {x - w - 6, y - 6}, {x - w - 6, y + h + 3}} {
		box := [4]float64{at.X - 2, at.Y - h, at.X + w + 2, at.Y + h*0.3}
		if box[0] < 44 || box[2] > width || box[1] < 0 || box[3] > 328 || l.taken(box, Point{x, y}) {
			continue
		}
		l.boxes = append(l.boxes, box)
		l.text(at.X, at.Y, s, how)
		return true
	}
	return false
}

func (l *labels) taken(b [4]float64, own Point) bool {
	for _, o := range l.boxes {
		if b[0] < o[2] && o[0] < b[2] && b[1] < o[3] && o[1] < b[3] {
			return true
		}
	}
	for _, p := range l.points {
		if p != own && p.X > b[0]-4 && p.X < b[2]+4 && p.Y > b[1]-3 && p.Y < b[3]+3 {
			return true
		}
	}
	return false
}
