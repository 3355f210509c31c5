package figure

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/report"
)

// PoolSize draws how often all models of a pool are wrong, by its size: on
// average over all pools, for the best and for the worst; and, at the end, what
// pairs of models predict for all of them and which values the same pairs allow.
// Explained may be nil. Nil without two sizes.
func PoolSize(curve []dependence.PoolSize, explained *dependence.Explanation) *Figure {
	if explained != nil {
		curve = explained.PoolSize
	}
	if len(curve) < 2 {
		return nil
	}
	f := &Figure{Kind: "pool-size", Table: Table{Head: []string{"models", "average", "best", "worst", "measured ÷ predicted", "5 % below", "5 % above"}}}
	for _, s := range curve {
		f.Table.add(strconv.Itoa(s.K), report.Percent(s.Mean), report.Percent(s.Best), report.Percent(s.Worst), ratio(s.Median), ratio(s.Low), ratio(s.High))
	}
	last := curve[len(curve)-1]
	f.Title = fmt.Sprintf("One model is wrong on %s on average, all %d together on %s", report.Percent(curve[0].Mean), last.K, report.Percent(last.Mean))
	f.Note = "share of queries on which every model of the pool is wrong, by the number of models"
	f.Description = fmt.Sprintf("Three falling curves over pools of 1 to %d models: the average over all pools, the best and the worst pool.", last.K)
	if curve[0].K != 1 {
		f.Title = fmt.Sprintf("All %d together are wrong on %s", last.K, report.Percent(last.Mean))
	}
	p := newPen()
	left := drawCurve(p, curve, explained)
	if explained != nil {
		for _, x := range predicted(explained) {
			f.Table.add(x.words, report.Percent(x.beta), "", "", "", "", "")
		}
		b := explained.Bounds
		f.Table.add("allowed by these pairs", "", report.Percent(b.Table.Lower), report.Percent(b.Table.Upper), "", "", "")
		f.Description += " At the end stand the predictions from pairs of models, and the range of values that the same pairs allow."
		drawRatios(p, curve, left)
	}
	f.Scene = &p.Scene
	return f
}

func ratio(x *float64) string {
	if !finite(x) {
		return "–"
	}
	return strconv.FormatFloat(*x, 'f', 2, 64)
}

// prediction is a value of β that some law of pairs gives.
type prediction struct {
	words string
	beta  float64
	role  Role
}

func predicted(x *dependence.Explanation) (out []prediction) {
	for _, q := range []struct {
		words string
		of    dependence.Prediction
		role  Role
	}{{"if independent", x.Predicted.Independent, Teal}, {"one common factor", x.Predicted.SingleFactor, Plum}} {
		if finite(q.of.Beta) {
			out = append(out, prediction{q.words, *q.of.Beta, q.role})
		}
	}
	return out
}

// The plot lies between the labels of its first and of its last points.
const (
	curveLeft  = 154.0
	curveRight = width - 196
)

func sizeAxis(curve []dependence.PoolSize) axis {
	lo, hi := float64(curve[0].K), float64(curve[len(curve)-1].K)
	return axis{lo: lo, hi: hi, from: curveLeft, to: curveRight, log: hi > 12}
}

func drawCurve(p *pen, curve []dependence.PoolSize, explained *dependence.Explanation) axis {
	const top, tall = 10.0, 230.0
	first, last := curve[0], curve[len(curve)-1]
	most := first.Worst
	if explained != nil {
		most = max(most, explained.Bounds.Table.Upper)
	}
	x := sizeAxis(curve)
	y := axis{lo: 0, hi: ceilTo(most), from: top + tall, to: top}
	for _, t := range y.ticks(4) {
		p.line(1, Faint, Point{curveLeft, y.at(t)}, Point{curveRight, y.at(t)})
		p.text(30, y.at(t)+4, percentTick(t), small.at(End))
	}
	p.sizeTicks(curve, x, top+tall+18)
	lines := []struct {
		words string
		of    func(dependence.PoolSize) float64
		role  Role
		w     float64
	}{
		{"worst", func(s dependence.PoolSize) float64 { return s.Worst }, Calm, 1.5},
		{"average", func(s dependence.PoolSize) float64 { return s.Mean }, Ink, 2.5},
		{"best", func(s dependence.PoolSize) float64 { return s.Best }, Calm, 1.5},
	}
	var places []float64
	for _, l := range lines {
		var points []Point
		for _, s := range curve {
			points = append(points, Point{x.at(float64(s.K)), y.at(l.of(s))})
		}
		p.line(l.w, l.role, points...)
		places = append(places, y.at(l.of(first))+4)
	}
	for i, at := range spread(places, 15, top+6, top+tall+4) {
		l := lines[i]
		p.text(curveLeft-8, at, l.words+" "+short(l.of(first)), body.at(End))
	}
	end(p, x.at(float64(last.K)), y, last, explained)
	return x
}

// sizeTicks numbers the sizes below a plot.
func (p *pen) sizeTicks(curve []dependence.PoolSize, x axis, y float64) {
	at := math.Inf(-1)
	lastK := curve[len(curve)-1].K
	end := x.at(float64(lastK)) - small.width(strconv.Itoa(lastK)) - 12
	for _, s := range curve {
		place := x.at(float64(s.K))
		if s.K != lastK && (place < at || place > end) {
			continue
		}
		p.text(place, y, strconv.Itoa(s.K), small.at(Middle))
		at = place + small.width(strconv.Itoa(s.K)) + 10
	}
	p.text(curveLeft-8-18, y, "models", small.at(End))
	p.H = y + 8
}

// end labels the last point, the predictions and what the pairs allow.
func end(p *pen, x float64, y axis, last dependence.PoolSize, explained *dependence.Explanation) {
	type mark struct {
		words string
		at    float64
		how   style
	}
	marks := []mark{{fmt.Sprintf("all %d measured: %s", last.K, report.Percent(last.Mean)), y.at(last.Mean), strong.as(Accent)}}
	if explained != nil {
		b := explained.Bounds.Table
		p.line(1.5, Muted, Point{x + 12, y.at(b.Lower)}, Point{x + 12, y.at(b.Upper)})
		for _, v := range []float64{b.Lower, b.Upper} {
			p.line(1.5, Muted, Point{x + 8, y.at(v)}, Point{x + 16, y.at(v)})
		}
		marks = append(marks, mark{fmt.Sprintf("pairs allow %s – %s", report.Percent(b.Lower), report.Percent(b.Upper)), y.at(b.Upper), small})
		for _, q := range predicted(explained) {
			p.ring(x, y.at(q.beta), 4, q.role)
			marks = append(marks, mark{q.words + " " + short(q.beta), y.at(q.beta), body.as(q.role)})
		}
	}
	p.dot(x, y.at(last.Mean), 5, Accent)
	var places []float64
	for _, m := range marks {
		places = append(places, m.at)
	}
	for i, at := range spread(places, 17, 8, y.from+8) {
		p.line(0.75, Calm, Point{x + 18, marks[i].at}, Point{x + 28, at})
		p.fit(x+32, at+4, width-x-32, marks[i].words, marks[i].how)
	}
}

// short writes a rate that may be next to nothing; the table has it in full.
func short(rate float64) string {
	if rate > 0 && rate < 1e-5 {
		return "< 0.001\u00a0%"
	}
	return report.Percent(rate)
}

// drawRatios draws by how much the prediction from pairs fails, by size.
func drawRatios(p *pen, curve []dependence.PoolSize, x axis) {
	most := 1.0
	var used []dependence.PoolSize
	for _, s := range curve {
		if finite(s.Median) && finite(s.Low) && finite(s.High) {
			used = append(used, s)
			most = max(most, *s.High, *s.Median)
		}
	}
	if len(used) < 2 || most > 1e6 {
		return
	}
	const tall = 120.0
	top := p.H + 40
	p.text(0, top-18, "measured ÷ predicted by one common factor", strong)
	y := axis{lo: 0, hi: ceilTo(most), from: top + tall, to: top}
	var median, high, low []Point
	for _, s := range used {
		at := x.at(float64(s.K))
		median = append(median, Point{at, y.at(*s.Median)})
		high = append(high, Point{at, y.at(*s.High)})
		low = append(low, Point{at, y.at(*s.Low)})
	}
	back := slices.Clone(low)
	slices.Reverse(back)
	p.area(Band, append(slices.Clone(high), back...)...)
	for _, t := range y.ticks(3) {
		p.line(1, Faint, Point{curveLeft, y.at(t)}, Point{curveRight, y.at(t)})
		p.text(30, y.at(t)+4, strconv.FormatFloat(t, 'g', 6, 64), small.at(End))
	}
	p.line(1, Accent, high...)
	p.line(1, Accent, low...)
	p.dashed(1.25, Ink, Point{curveLeft, y.at(1)}, Point{curveRight, y.at(1)})
	p.line(2.5, Accent, median...)
	endRatios(p, y, used[len(used)-1])
	p.sizeTicks(curve, x, top+tall+18)
}

// endRatios labels the ends of the lines.
func endRatios(p *pen, y axis, last dependence.PoolSize) {
	places := []float64{y.at(*last.Median), y.at(1)}
	words := []string{"median " + ratio(last.Median), "1: as predicted"}
	styles := []style{strong.as(Accent), body}
	if y.at(*last.Low)-y.at(*last.High) > 20 {
		places, words, styles = append(places, y.at(*last.High)), append(words, "95\u00a0% of pools below"), append(styles, small)
	}
	for i, at := range spread(places, 17, y.to, y.from) {
		p.line(0.75, Calm, Point{curveRight + 4, places[i]}, Point{curveRight + 28, at})
		p.text(curveRight+32, at+4, words[i], styles[i])
	}
}
