package figure

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// perPixel makes of 96 pixels an inch the 300 that print wants.
const perPixel = 300.0 / 96

// PNG draws the figure with its title for print, and says how large it is meant.
func (f *Figure) PNG(w io.Writer, t Theme) error {
	var b bytes.Buffer
	if err := png.Encode(&b, f.Image(t)); err != nil {
		return err
	}
	// The chunk of physical size follows the header, which is 25 bytes long, as the
	// signature before it is 8: PNG, third edition, 11.3.4.3.
	const header = 8 + 25
	meter := uint32(math.Round(300 / 0.0254))
	phys := []byte("pHYs")
	phys = binary.BigEndian.AppendUint32(phys, meter)
	phys = binary.BigEndian.AppendUint32(phys, meter)
	phys = append(phys, 1) // dots a metre
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(phys)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, phys...), crc32.ChecksumIEEE(phys))
	for _, part := range [][]byte{b.Bytes()[:header], chunk, b.Bytes()[header:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// Image draws the figure with its title for print.
func (f *Figure) Image(t Theme) *image.RGBA {
	s := f.page()
	c := canvas{image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.W*perPixel)), int(math.Ceil(s.H*perPixel)))), t}
	draw.Draw(c.img, c.img.Bounds(), c.ink(Paper), image.Point{}, draw.Src)
	for _, i := range s.Items {
		c.item(i)
	}
	return c.img
}

// canvas fills paths of an image.
type canvas struct {
	img   *image.RGBA
	theme Theme
}

func (c canvas) ink(r Role) *image.Uniform { return image.NewUniform(c.theme.rgba(r)) }

func (c canvas) item(i Item) {
	switch x := i.(type) {
	case Rect:
		c.polygon(x.Role, []Point{{x.X, x.Y}, {x.X + x.W, x.Y}, {x.X + x.W, x.Y + x.H}, {x.X, x.Y + x.H}})
	case Text:
		c.text(x)
	case Line:
		c.line(x)
	case Area:
		c.polygon(x.Role, x.Points)
	case Dot:
		if x.Hollow {
			c.polygon(x.Role, circle(x.X, x.Y, x.R+0.875))
			c.polygon(Paper, circle(x.X, x.Y, x.R-0.875))
			return
		}
		c.polygon(x.Role, circle(x.X, x.Y, x.R))
	case Cells:
		c.cells(x)
	}
}

// polygon fills a polygon in pixels of the scene.
func (c canvas) polygon(r Role, points []Point) {
	if len(points) < 3 {
		return
	}
	lo, hi := points[0], points[0]
	for _, p := range points {
		lo = Point{min(lo.X, p.X), min(lo.Y, p.Y)}
		hi = Point{max(hi.X, p.X), max(hi.Y, p.Y)}
	}
	box := image.Rect(int(math.Floor(lo.X*perPixel)), int(math.Floor(lo.Y*perPixel)), int(math.Ceil(hi.X*perPixel))+1, int(math.Ceil(hi.Y*perPixel))+1)
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p Point) (x, y float32) {
		return float32(p.X*perPixel - float64(box.Min.X)), float32(p.Y*perPixel - float64(box.Min.Y))
	}
	z.MoveTo(at(points[0]))
	for _, p := range points[1:] {
		z.LineTo(at(p))
	}
	z.ClosePath()
	z.Draw(c.img, box, c.ink(r), image.Point{})
}

func circle(x, y, r float64) []Point {
	const sides = 48
	out := make([]Point, sides)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / sides)
		out[i] = Point{x + r*cos, y + r*sin}
	}
	return out
}

func (c canvas) line(l Line) {
	strokes := [][]Point{l.Points}
	if l.Dashed {
		strokes = dashes(l.Points, 4, 3)
	}
	for _, s := range strokes {
		for i := 1; i < len(s); i++ {
			c.segment(s[i-1], s[i], l.Width, l.Role)
			if i < len(s)-1 && l.Width > 1 {
				c.polygon(l.Role, circle(s[i].X, s[i].Y, l.Width/2))
			}
		}
	}
}

func (c canvas) segment(a, b Point, width float64, r Role) {
	d := math.Hypot(b.X-a.X, b.Y-a.Y)
	if d == 0 {
		return
	}
	x, y := (b.Y-a.Y)/d*width/2, (a.X-b.X)/d*width/2
	c.polygon(r, []Point{{a.X + x, a.Y + y}, {b.X + x, b.Y + y}, {b.X - x, b.Y - y}, {a.X - x, a.Y - y}})
}

// dashes cuts a line into strokes of a length, with gaps.
func dashes(points []Point, length, gap float64) (out [][]Point) {
	at := 0.0 // how far into stroke and gap
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		d := math.Hypot(b.X-a.X, b.Y-a.Y)
		for done := 0.0; done < d; {
			rest, on := length-at, true
			if at >= length {
				rest, on = length+gap-at, false
			}
			step := min(rest, d-done)
			if on {
				p := func(s float64) Point { return Point{a.X + (b.X-a.X)*s/d, a.Y + (b.Y-a.Y)*s/d} }
				out = append(out, []Point{p(done), p(done + step)})
			}
			if step == rest && !on {
				at = 0
			} else {
				at += step
			}
			done += step
		}
	}
	return out
}

func (c canvas) cells(x Cells) {
	px := func(v float64) int { return int(math.Round(v * perPixel)) }
	for i, row := range x.Rows {
		y0, y1 := px(x.Y+float64(i)*x.H), px(x.Y+float64(i+1)*x.H)
		for j, r := range row {
			if r != Paper {
				box := image.Rect(px(x.X+float64(j)*x.W), y0, px(x.X+float64(j+1)*x.W), y1)
				draw.Draw(c.img, box, c.ink(r), image.Point{}, draw.Src)
			}
		}
	}
}

// text sets glyphs at the places that were measured.
func (c canvas) text(t Text) {
	x := t.X
	switch w := textWidth(t.S, t.Size, t.Bold); t.Anchor {
	case Middle:
		x -= w / 2
	case End:
		x -= w
	}
	f := faceOf(t.Bold)
	for _, r := range t.S {
		if !nothing(r) {
			c.glyph(f, r, x, t)
		}
		x += f.advance(r) * t.Size
	}
}

// glyph fills the outline of a character; one that the font lacks is a box.
func (c canvas) glyph(f *face, r rune, x float64, t Text) {
	f.mu.Lock()
	i, err := f.font.GlyphIndex(&f.buffer, r)
	var outline sfnt.Segments
	if err == nil && i != 0 {
		var s sfnt.Segments
		s, err = f.font.LoadGlyph(&f.buffer, i, fixed.Int26_6(t.Size*perPixel*64), nil)
		outline = append(outline, s...)
	}
	f.mu.Unlock()
	if err != nil || i == 0 {
		c.missing(x, t)
		return
	}
	if len(outline) == 0 {
		return
	}
	b := outline.Bounds()
	ox, oy := x*perPixel, t.Y*perPixel
	box := image.Rect(int(math.Floor(ox+float64(b.Min.X)/64)), int(math.Floor(oy+float64(b.Min.Y)/64)),
		int(math.Ceil(ox+float64(b.Max.X)/64))+1, int(math.Ceil(oy+float64(b.Max.Y)/64))+1)
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(ox + float64(p.X)/64 - float64(box.Min.X)), float32(oy + float64(p.Y)/64 - float64(box.Min.Y))
	}
	for _, s := range outline {
		x0, y0 := at(s.Args[0])
		x1, y1 := at(s.Args[1])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(x0, y0)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x0, y0)
		case sfnt.SegmentOpQuadTo:
			z.QuadTo(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x2, y2 := at(s.Args[2])
			z.CubeTo(x0, y0, x1, y1, x2, y2)
		}
	}
	z.ClosePath()
	z.Draw(c.img, box, c.ink(t.Role), image.Point{})
}

func (c canvas) missing(x float64, t Text) {
	l, r, top, bottom := x+0.15*t.Size, x+0.85*t.Size, t.Y-0.7*t.Size, t.Y
	c.line(Line{Points: []Point{{l, top}, {r, top}, {r, bottom}, {l, bottom}, {l, top}}, Width: 0.8, Role: t.Role})
}
