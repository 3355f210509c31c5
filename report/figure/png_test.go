package figure

import (
	"bytes"
	"image/png"
	"math"
	"testing"
)

// TestPNG decodes what is written: its size is that of the page at 300 dots an
// inch, its ground and its marks have the theme's colours.
func TestPNG(t *testing.T) {
	s := sizes[3]
	m := s.matrix(t)
	f := FourParts(s.certificate(t, m))
	for _, theme := range []Theme{Auto, Light, Dark} {
		var b, again bytes.Buffer
		if err := f.PNG(&b, theme); err != nil {
			t.Fatal(err)
		}
		if err := f.PNG(&again, theme); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("theme %d: two drawings differ (%v)", theme, err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if data := again.Bytes(); !bytes.Contains(data[:70], []byte("pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01")) { // 11,811 dots a metre
			t.Errorf("theme %d: no physical size in %q", theme, data[:70])
		}
		page := f.page()
		if got, want := img.Bounds().Dx(), int(math.Ceil(page.W*300/96)); got != want {
			t.Errorf("theme %d: %d pixels wide, want %d", theme, got, want)
		}
		seen := map[Role]int{}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				for _, r := range []Role{Paper, Ink, Accent, Harm, Slate} {
					if img.At(x, y) == theme.rgba(r) {
						seen[r]++
					}
				}
			}
		}
		all := img.Bounds().Dx() * img.Bounds().Dy()
		if seen[Paper] < all/2 || seen[Ink] < 1000 || seen[Accent] < 3000 || seen[Harm] < 3000 || seen[Slate] < 10000 {
			t.Errorf("theme %d: pixels by role %v of %d", theme, seen, all)
		}
	}
}

// TestSameGeometry compares the two renderers: a rectangle, a line and a text
// stand in the image where the scene says.
func TestSameGeometry(t *testing.T) {
	f := &Figure{Scene: &Scene{W: 100, H: 50, Items: []Item{Rect{10, 10, 20, 8, Accent}, Line{Points: []Point{{40, 30}, {90, 30}}, Width: 4, Role: Harm},
		Text{X: 60, Y: 20, Size: 13, Anchor: Middle, Role: Ink, S: "HHH"}}}}
	img := f.Image(Light)
	top := f.page().H - f.Scene.H - margin
	find := func(r Role) (b box) {
		b = box{1e9, 1e9, -1e9, -1e9, ""}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if img.RGBAAt(x, y) == Light.rgba(r) {
					px, py := float64(x)/perPixel-margin, float64(y)/perPixel-top
					b = box{min(b.left, px), min(b.top, py), max(b.right, px), max(b.bottom, py), ""}
				}
			}
		}
		return b
	}
	w := textWidth("HHH", 13, false)
	for r, want := range map[Role]box{Accent: {10, 10, 30, 18, ""}, Harm: {40, 28, 90, 32, ""}, Ink: {60 - w/2, 20 - 0.72*13, 60 + w/2, 20, ""}} {
		got := find(r)
		slack := 0.7
		if r == Ink {
			slack = 2 // letters have room at their sides
		}
		for _, d := range []float64{got.left - want.left, got.top - want.top, got.right - want.right, got.bottom - want.bottom} {
			if math.Abs(d) > slack {
				t.Errorf("%s: %v, want %v", roleNames[r], got, want)
				break
			}
		}
	}
}
