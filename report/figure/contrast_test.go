package figure

import (
	"math"
	"strings"
	"testing"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(t Theme, r Role) float64 {
	c := t.rgba(r)
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(t Theme, a, b Role) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds text to 4.5 : 1 and marks to 3 : 1 on what they stand on.
func TestContrast(t *testing.T) {
	if got := (1.0 + 0.05) / 0.05; math.Abs(got-21) > 1e-9 || contrast(Light, Paper, Paper) != 1 {
		t.Fatalf("black on white has a contrast of 21, not %v", got)
	}
	for _, theme := range []Theme{Light, Dark} {
		for _, r := range []Role{Ink, Muted, Accent, Harm, Teal, Plum} {
			if c := contrast(theme, r, Paper); c < 4.5 {
				t.Errorf("theme %d: text in %s has a contrast of %.2f", theme, roleNames[r], c)
			}
		}
		for _, r := range []Role{Accent, Harm, Calm, Slate, Teal, Plum, Level4, Level5} {
			if c := contrast(theme, r, Paper); c < 3 {
				t.Errorf("theme %d: marks in %s have a contrast of %.2f", theme, roleNames[r], c)
			}
		}
		for l := range Role(levels) {
			if c := contrast(theme, on(Level0+l), Level0+l); c < 4.5 {
				t.Errorf("theme %d: text on step %d of the scale has a contrast of %.2f", theme, l, c)
			}
			if l > 0 && contrast(theme, Level0+l, Paper) <= contrast(theme, Level0+l-1, Paper) {
				t.Errorf("theme %d: step %d of the scale does not stand out more than step %d", theme, l, l-1)
			}
		}
		if c := contrast(theme, Ink, Band); c < 4.5 {
			t.Errorf("theme %d: text on a band has a contrast of %.2f", theme, c)
		}
	}
}

// TestColourBlind keeps the two colours that carry meaning apart for people who
// lack one kind of cone (matrices of Viénot, Brettel and Mollon 1999, on linear
// light).
func TestColourBlind(t *testing.T) {
	lacks := map[string][3][3]float64{
		"red":   {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
		"green": {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
	}
	for _, theme := range []Theme{Light, Dark} {
		for kind, m := range lacks {
			see := func(r Role) (out [3]float64) {
				c := theme.rgba(r)
				for i, v := range []uint8{c.R, c.G, c.B} {
					x := math.Pow(float64(v)/255, 2.2)
					for j := range out {
						out[j] += m[j][i] * x
					}
				}
				for j := range out {
					out[j] = math.Pow(max(0, out[j]), 1/2.2)
				}
				return out
			}
			a, b := see(Accent), see(Harm)
			if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < 0.4 {
				t.Errorf("theme %d, without the cones for %s: accent and harm differ by %.2f of 1.73", theme, kind, d)
			}
		}
	}
}

// TestCSS gives every role a colour in both themes and a rule.
func TestCSS(t *testing.T) {
	css := CSS()
	for r := range roles {
		n := "--fig-" + roleNames[r]
		if strings.Count(css, n+":#") != 2 || !strings.Contains(css, ".f-"+roleNames[r]+"{fill:var("+n+")}") || !strings.Contains(css, ".s-"+roleNames[r]+"{stroke:var("+n+")}") {
			t.Errorf("%s lacks a colour or a rule", n)
		}
	}
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
}
