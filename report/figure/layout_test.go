package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// box is where a text of an SVG file stands.
type box struct {
	left, top, right, bottom float64
	words                    string
}

// drawing is what the tests read of an SVG file.
type drawing struct {
	w, h              float64
	texts             []box
	title, desc, role string
	elements          map[string]int
}

// read parses a file with an XML parser that knows nothing of how it was written,
// and measures its texts.
func read(t testing.TB, svg []byte) (d drawing) {
	t.Helper()
	d.elements = map[string]int{}
	x := xml.NewDecoder(bytes.NewReader(svg))
	var open []xml.StartElement
	for {
		token, err := x.Token()
		if err == io.EOF {
			return d
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Copy())
			d.elements[e.Name.Local]++
			if e.Name.Local == "svg" {
				d.role = attr(e, "role")
				if _, err := fmt.Sscanf(attr(e, "viewBox"), "0 0 %f %f", &d.w, &d.h); err != nil {
					t.Fatalf("view box %q: %v", attr(e, "viewBox"), err)
				}
			}
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			switch now := open[len(open)-1]; now.Name.Local {
			case "text":
				d.texts = append(d.texts, boxOf(t, now, string(e)))
			case "title":
				d.title = string(e)
			case "desc":
				d.desc = string(e)
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func boxOf(t testing.TB, e xml.StartElement, words string) box {
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(attr(e, name), 64)
		if err != nil {
			t.Fatalf("<text %s=%q>: %v", name, attr(e, name), err)
		}
		return v
	}
	x, y, size := number("x"), number("y"), number("font-size")
	w := textWidth(words, size, attr(e, "font-weight") == "700")
	if l := attr(e, "textLength"); l != "" && math.Abs(number("textLength")-w) > 0.006 {
		t.Errorf("%q is to be %s wide and measures %.2f", words, l, w)
	}
	switch attr(e, "text-anchor") {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	return box{x, y - 0.74*size, x + w, y + 0.21*size, words}
}

// faults lists texts that overlap or that leave the view box.
func (d drawing) faults() (out []string) {
	const slack = 0.1
	for i, a := range d.texts {
		if a.left < -slack || a.top < -slack || a.right > d.w+slack || a.bottom > d.h+slack {
			out = append(out, fmt.Sprintf("%q leaves the view box of %.0f × %.0f: %.1f", a.words, d.w, d.h, []float64{a.left, a.top, a.right, a.bottom}))
		}
		for _, b := range d.texts[:i] {
			if min(a.right, b.right)-max(a.left, b.left) > slack && min(a.bottom, b.bottom)-max(a.top, b.top) > slack {
				out = append(out, fmt.Sprintf("%q stands on %q", a.words, b.words))
			}
		}
	}
	return out
}

// outside lists marks that leave a scene.
func outside(s *Scene) (out []string) {
	check := func(i Item, points ...Point) {
		for _, p := range points {
			if !(p.X >= -1 && p.X <= s.W+1 && p.Y >= -1 && p.Y <= s.H+1) {
				out = append(out, fmt.Sprintf("%T at %.1f, %.1f of %.0f × %.0f", i, p.X, p.Y, s.W, s.H))
				return
			}
		}
	}
	for _, i := range s.Items {
		switch x := i.(type) {
		case Rect:
			check(i, Point{x.X, x.Y}, Point{x.X + x.W, x.Y + x.H})
		case Line:
			check(i, x.Points...)
		case Area:
			check(i, x.Points...)
		case Dot:
			check(i, Point{x.X - x.R, x.Y - x.R}, Point{x.X + x.R, x.Y + x.R})
		case Cells:
			check(i, Point{x.X, x.Y}, Point{x.X + x.W*float64(len(x.Rows[0])), x.Y + x.H*float64(len(x.Rows))})
		}
	}
	return out
}

// TestLayout draws every figure of every size in every theme: what is written is
// XML, no label stands on another or is cut by the paper's edge, no mark leaves
// the paper, and there are words for those who cannot see it.
func TestLayout(t *testing.T) {
	for _, s := range sizes {
		drawn := 0
		for _, f := range figures(t, s) {
			if f == nil {
				continue
			}
			drawn++
			files := map[string][]byte{"inline": []byte(f.Inline()), "auto": f.SVG(Auto), "light": f.SVG(Light), "dark": f.SVG(Dark)}
			for how, svg := range files {
				d := read(t, svg)
				for _, fault := range d.faults() {
					t.Errorf("%s, %s, %s: %s", f.Kind, s.name, how, fault)
				}
				if d.role != "img" || d.title == "" || d.desc == "" {
					t.Errorf("%s, %s, %s: role %q, title %q, description %q", f.Kind, s.name, how, d.role, d.title, d.desc)
				}
				for e := range d.elements {
					if !strings.Contains(" svg title desc style rect text path circle g ", " "+e+" ") {
						t.Errorf("%s, %s, %s: <%s>: a name became markup", f.Kind, s.name, how, e)
					}
				}
				if d.elements["svg"] != 1 || d.elements["style"] != b2i(how == "auto") {
					t.Errorf("%s, %s, %s: elements %v", f.Kind, s.name, how, d.elements)
				}
				for _, banned := range []string{"href", "url(", "@import", "<script", "\x1b"} {
					if bytes.Contains(bytes.ToLower(svg), []byte(banned)) {
						t.Errorf("%s, %s, %s: holds %q", f.Kind, s.name, how, banned)
					}
				}
			}
			for _, fault := range append(outside(f.Scene), outside(f.page())...) {
				t.Errorf("%s, %s: %s", f.Kind, s.name, fault)
			}
			for i, row := range f.Table.Rows {
				if len(row) != len(f.Table.Head) {
					t.Errorf("%s, %s: row %d of the table has %d cells, its head %d", f.Kind, s.name, i, len(row), len(f.Table.Head))
				}
			}
			if len(f.Table.Rows) == 0 || f.Kind == "" {
				t.Errorf("%q, %s: no table", f.Kind, s.name)
			}
			if !bytes.Equal(files["auto"], f.SVG(Auto)) {
				t.Errorf("%s, %s: two drawings differ", f.Kind, s.name)
			}
		}
		if least := map[string]int{"tiny": 9, "typical": 10, "large": 8, "hostile": 10}[s.name]; drawn < least {
			t.Errorf("%s: %d figures, want %d", s.name, drawn, least)
		}
	}
}

// TestFaultsAreSeen makes sure that the tests above could fail.
func TestFaultsAreSeen(t *testing.T) {
	draw := func(a, b Text) []string {
		f := &Figure{Title: "t", Description: "d", Scene: &Scene{W: 200, H: 60, Items: []Item{a, b}}}
		return read(t, []byte(f.Inline())).faults()
	}
	for _, x := range []struct {
		a, b Text
		want int
	}{
		{Text{X: 0, Y: 20, Size: 13, S: "one label"}, Text{X: 90, Y: 20, Size: 13, S: "another"}, 0},
		{Text{X: 0, Y: 20, Size: 13, S: "one label"}, Text{X: 30, Y: 22, Size: 13, S: "another"}, 1},
		{Text{X: 0, Y: 20, Size: 13, S: "one label"}, Text{X: 60, Y: 20, Size: 13, Anchor: End, S: "another"}, 1},
		{Text{X: 190, Y: 20, Size: 13, S: "one label"}, Text{X: 0, Y: 20, Size: 13, S: "another"}, 1},
		{Text{X: 4, Y: 59, Size: 13, Bold: true, S: "one label"}, Text{X: 2, Y: 20, Size: 13, Anchor: Middle, S: "another"}, 2},
	} {
		if got := draw(x.a, x.b); len(got) != x.want {
			t.Errorf("%+v, %+v: %d faults, want %d: %s", x.a, x.b, len(got), x.want, got)
		}
	}
	out := outside(&Scene{W: 10, H: 10, Items: []Item{Rect{X: 5, Y: 5, W: 9, H: 1}, Dot{X: math.NaN(), Y: 1, R: 1}, Line{Points: []Point{{0, 0}, {10, 10}}}}})
	if len(out) != 2 {
		t.Errorf("%d marks outside, want 2: %s", len(out), out)
	}
}
