package figure

import "math"

// Scene is a drawing in pixels of 1/96 inch, from the top left.
type Scene struct {
	W, H  float64
	Items []Item // in the order in which they are drawn
}

// Item is one of Text, Rect, Line, Area, Dot and Cells.
type Item interface{ shift(dx, dy float64) Item }

// Point is a place.
type Point struct{ X, Y float64 }

// Anchor says which part of a text its place is.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Text is one line of text.
type Text struct {
	X, Y   float64 // of the anchor, on the base line
	Size   float64
	Bold   bool
	Anchor Anchor
	Role   Role
	S      string
}

// Rect is a filled rectangle.
type Rect struct {
	X, Y, W, H float64
	Role       Role
}

// Line is drawn through points.
type Line struct {
	Points []Point
	Width  float64
	Role   Role
	Dashed bool
}

// Area is a filled polygon.
type Area struct {
	Points []Point
	Role   Role
}

// Dot is a circle, filled with its role or, if hollow, with paper.
type Dot struct {
	X, Y, R float64
	Role    Role
	Hollow  bool
}

// Cells is a grid of equal rectangles.
type Cells struct {
	X, Y, W, H float64  // of one cell at the top left
	Rows       [][]Role // Paper is left out
}

func (t Text) shift(dx, dy float64) Item  { t.X += dx; t.Y += dy; return t }
func (r Rect) shift(dx, dy float64) Item  { r.X += dx; r.Y += dy; return r }
func (d Dot) shift(dx, dy float64) Item   { d.X += dx; d.Y += dy; return d }
func (c Cells) shift(dx, dy float64) Item { c.X += dx; c.Y += dy; return c }
func (l Line) shift(dx, dy float64) Item  { l.Points = moved(l.Points, dx, dy); return l }
func (a Area) shift(dx, dy float64) Item  { a.Points = moved(a.Points, dx, dy); return a }

func moved(points []Point, dx, dy float64) []Point {
	out := make([]Point, len(points))
	for i, p := range points {
		out[i] = Point{p.X + dx, p.Y + dy}
	}
	return out
}

// width is that of every figure's content; margin surrounds it in files.
const (
	width  = 672.0
	margin = 24.0
)

// style is how a text is set.
type style struct {
	size   float64
	bold   bool
	role   Role
	anchor Anchor
}

var (
	body   = style{size: 13, role: Ink}
	strong = style{size: 13, bold: true, role: Ink}
	small  = style{size: 11.5, role: Muted}
	title  = style{size: 17, bold: true, role: Ink}
	tiny   = style{size: 10, role: Muted}
)

func (s style) as(r Role) style        { s.role = r; return s }
func (s style) at(a Anchor) style      { s.anchor = a; return s }
func (s style) width(t string) float64 { return textWidth(t, s.size, s.bold) }

// pen adds items to a scene.
type pen struct{ Scene }

func newPen() *pen { return &pen{Scene{W: width}} }

// text sets a line; it may be longer than there is room for: see fit.
func (p *pen) text(x, y float64, s string, how style) {
	if s = clean(s); s != "" {
		p.Items = append(p.Items, Text{x, y, how.size, how.bold, how.anchor, how.role, s})
	}
}

// fit sets a name and shortens it where it would be wider than room.
func (p *pen) fit(x, y, room float64, s string, how style) {
	p.text(x, y, squeeze(clean(s), room, how), how)
}

// lines sets a text on several lines and gives the base line of the next.
func (p *pen) lines(x, y, room float64, most int, s string, how style) float64 {
	for _, l := range balanced(clean(s), room, most, how) {
		p.text(x, y, l, how)
		y += math.Round(how.size * 1.38)
	}
	return y
}

func (p *pen) rect(x, y, w, h float64, r Role) {
	if w > 0 && h > 0 {
		p.Items = append(p.Items, Rect{x, y, w, h, r})
	}
}

func (p *pen) line(w float64, r Role, points ...Point) {
	p.Items = append(p.Items, Line{Points: points, Width: w, Role: r})
}

func (p *pen) dashed(w float64, r Role, points ...Point) {
	p.Items = append(p.Items, Line{Points: points, Width: w, Role: r, Dashed: true})
}

func (p *pen) area(r Role, points ...Point) { p.Items = append(p.Items, Area{points, r}) }

func (p *pen) dot(x, y, r float64, role Role) {
	p.Items = append(p.Items, Dot{X: x, Y: y, R: r, Role: role})
}

func (p *pen) ring(x, y, r float64, role Role) {
	p.Items = append(p.Items, Dot{X: x, Y: y, R: r, Role: role, Hollow: true})
}

// hatch draws slanting lines over a rectangle, so that it can be told without
// its colour.
func (p *pen) hatch(x, y, w, h float64, r Role) {
	const gap = 6
	for d := gap / 2.0; d < w+h; d += gap {
		x0, x1 := max(0, d-h), min(w, d)
		if x1-x0 > 0.5 {
			p.line(1, r, Point{x + x0, y + d - x0}, Point{x + x1, y + d - x1})
		}
	}
}

// whisker is a horizontal interval with ends.
func (p *pen) whisker(x0, x1, y, w float64, r Role) {
	p.line(w, r, Point{x0, y}, Point{x1, y})
	for _, x := range []float64{x0, x1} {
		p.line(w, r, Point{x, y - 4}, Point{x, y + 4})
	}
}
