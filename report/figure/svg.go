package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// fonts are what SVG asks for: the reader's own, those first whose widths are
// like the ones that were measured.
const fonts = `"Helvetica Neue",Helvetica,Arial,"Liberation Sans",system-ui,sans-serif`

// SVG draws the figure with its title as a file of its own, which refers to
// nothing else.
func (f *Figure) SVG(t Theme) []byte {
	s := f.page()
	var b bytes.Buffer
	f.open(&b, s, `xmlns="http://www.w3.org/2000/svg" `)
	if t == Auto {
		b.WriteString("<style>" + CSS() + "</style>\n")
	}
	w := svgWriter{Buffer: &b, theme: t}
	w.item(Rect{0, 0, s.W, s.H, Paper})
	w.items(s.Items)
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// Inline draws the figure without title and ground, for a page that has CSS in
// its style and shows the title itself.
func (f *Figure) Inline() string {
	var b bytes.Buffer
	f.open(&b, f.Scene, "")
	w := svgWriter{Buffer: &b}
	w.items(f.Scene.Items)
	b.WriteString("</svg>")
	return b.String()
}

func (f *Figure) open(b *bytes.Buffer, s *Scene, more string) {
	title, description := escape(clean(f.Title)), escape(clean(f.Description))
	w, h := num(s.W), num(s.H)
	fmt.Fprintf(b, `<svg %sclass="figure" role="img" aria-label="%s. %s" viewBox="0 0 %s %s" width="%s" height="%s" font-family="%s">`+"\n<title>%s</title>\n<desc>%s</desc>\n",
		more, title, description, w, h, w, h, escape(fonts), title, description)
}

// svgWriter writes items.
type svgWriter struct {
	*bytes.Buffer
	theme Theme
}

func (w svgWriter) items(list []Item) {
	for _, i := range list {
		w.item(i)
	}
}

func (w svgWriter) item(i Item) {
	switch x := i.(type) {
	case Rect:
		fmt.Fprintf(w, `<rect x="%s" y="%s" width="%s" height="%s"%s/>`+"\n", num(x.X), num(x.Y), num(x.W), num(x.H), w.fill(x.Role))
	case Text:
		w.text(x)
	case Line:
		dash := ""
		if x.Dashed {
			dash = ` stroke-dasharray="4 3"`
		}
		fmt.Fprintf(w, `<path d="%s" fill="none"%s stroke-width="%s" stroke-linejoin="round"%s/>`+"\n", path(x.Points), w.stroke(x.Role), num(x.Width), dash)
	case Area:
		fmt.Fprintf(w, `<path d="%sz"%s/>`+"\n", path(x.Points), w.fill(x.Role))
	case Dot:
		how := w.fill(x.Role)
		if x.Hollow {
			how = w.both(Paper, x.Role) + ` stroke-width="1.75"`
		}
		fmt.Fprintf(w, `<circle cx="%s" cy="%s" r="%s"%s/>`+"\n", num(x.X), num(x.Y), num(x.R), how)
	case Cells:
		w.cells(x)
	}
}

func (w svgWriter) fill(r Role) string {
	return w.class("f-"+roleNames[r]) + ` fill="` + w.theme.hex(r) + `"`
}

func (w svgWriter) stroke(r Role) string {
	return w.class("s-"+roleNames[r]) + ` stroke="` + w.theme.hex(r) + `"`
}

func (w svgWriter) both(fill, stroke Role) string {
	return w.class("f-"+roleNames[fill]+" s-"+roleNames[stroke]) + ` fill="` + w.theme.hex(fill) + `" stroke="` + w.theme.hex(stroke) + `"`
}

// class is left out where the theme is fixed: the colours are in place.
func (w svgWriter) class(names string) string {
	if w.theme != Auto {
		return ""
	}
	return ` class="` + names + `"`
}

var anchors = [...]string{"", ` text-anchor="middle"`, ` text-anchor="end"`}

// text asks for the length that was measured, so that another font gives none
// longer. What the font lacks was measured as wide as it can be, and is not stretched.
func (w svgWriter) text(t Text) {
	bold, length := "", ""
	if t.Bold {
		bold = ` font-weight="700"`
	}
	if l := textWidth(t.S, t.Size, t.Bold); len(t.S) > 2 && faceOf(t.Bold).covers(t.S) {
		length = ` textLength="` + num(l) + `" lengthAdjust="spacingAndGlyphs"`
	}
	fmt.Fprintf(w, `<text x="%s" y="%s" font-size="%s"%s%s%s%s>%s</text>`+"\n", num(t.X), num(t.Y), num(t.Size), bold, anchors[t.Anchor], w.fill(t.Role), length, escape(t.S))
}

// cells draws each role of a grid as one path: a row is a thick line with gaps,
// in units of cells.
func (w svgWriter) cells(c Cells) {
	fmt.Fprintf(w, `<g transform="translate(%s %s) scale(%s %s)" fill="none" shape-rendering="crispEdges">`+"\n", num(c.X), num(c.Y), fine(c.W), fine(c.H))
	for r := range roles {
		if r == Paper {
			continue
		}
		var d strings.Builder
		for y, row := range c.Rows {
			rowPath(&d, row, r, y)
		}
		if d.Len() > 0 {
			fmt.Fprintf(w, `<path%s d="%s"/>`+"\n", w.stroke(r), d.String())
		}
	}
	w.WriteString("</g>\n")
}

func rowPath(d *strings.Builder, row []Role, r Role, y int) {
	at := -1 // where the line has come to
	for x := 0; x < len(row); {
		if row[x] != r {
			x++
			continue
		}
		from := x
		for x < len(row) && row[x] == r {
			x++
		}
		if at < 0 {
			fmt.Fprintf(d, "M%d %d.5", from, y)
		} else {
			fmt.Fprintf(d, "m%d 0", from-at)
		}
		fmt.Fprintf(d, "h%d", x-from)
		at = x
	}
}

func path(points []Point) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(num(p.X) + " " + num(p.Y))
	}
	return b.String()
}

// num writes a coordinate to a hundredth of a pixel.
func num(x float64) string { return decimal(x, 2) }

// fine writes a scale, by which coordinates are multiplied.
func fine(x float64) string { return decimal(x, 6) }

func decimal(x float64, digits int) string {
	s := strconv.FormatFloat(x, 'f', digits, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
