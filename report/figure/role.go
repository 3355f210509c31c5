package figure

import (
	"fmt"
	"image/color"
	"strings"
)

// Role is what a mark stands for; a theme gives it a colour.
type Role uint8

// The roles.
const (
	Paper  Role = iota // the ground
	Ink                // text that is read first
	Muted              // text that is read second
	Faint              // lines that are not to be looked at
	Accent             // what is being claimed
	Band               // an interval around it; never without a line
	Harm               // what went wrong for every model
	Calm               // context
	Slate              // context, stronger
	Teal               // a second thing to compare
	Plum               // a third
	Absent             // cells without a verdict
	Level0             // a scale from least to most
	Level1
	Level2
	Level3
	Level4
	Level5
	roles // how many there are
)

// levels counts the steps of the scale.
const levels = 6

var roleNames = [roles]string{"paper", "ink", "muted", "faint", "accent", "band", "harm", "calm", "slate", "teal", "plum", "absent",
	"level0", "level1", "level2", "level3", "level4", "level5"}

// Theme chooses the colours of a file.
type Theme uint8

// The themes. Auto follows the reader's own setting in SVG; in PNG it is Light.
const (
	Auto Theme = iota
	Light
	Dark
)

// palettes hold the colours as 0xRRGGBB. Blue and vermilion stay apart for all
// common kinds of colour blindness; contrast_test.go holds them to the contrast
// that readers need.
var palettes = map[Theme][roles]uint32{
	Light: {0xffffff, 0x1f2328, 0x59636e, 0xd9dee4, 0x0a5fb4, 0xd3e4f6, 0xb5450f, 0x858e99, 0x4f5b68, 0x0b7a63, 0x8d4a97, 0xc9b98f,
		0xeef2f6, 0xc9dbee, 0x94b8dc, 0x5f92c8, 0x2a68ad, 0x0b3f7a},
	Dark: {0x14181d, 0xe8ecf0, 0x9fa9b4, 0x333b44, 0x6cb2f7, 0x1d3650, 0xf2935c, 0x78828d, 0xaab4bf, 0x4fc3a4, 0xcf9ad9, 0x6b5f3f,
		0x1e252d, 0x1d3550, 0x224f7d, 0x2f6aa8, 0x6ba6e0, 0xc3defa},
}

// on is the role of text that stands on a step of the scale.
func on(level Role) Role {
	if level >= Level4 {
		return Paper
	}
	return Ink
}

func (t Theme) hex(r Role) string {
	if t == Auto {
		t = Light
	}
	return fmt.Sprintf("#%06x", palettes[t][r])
}

func (t Theme) rgba(r Role) color.RGBA {
	if t == Auto {
		t = Light
	}
	c := palettes[t][r]
	return color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255}
}

// Properties gives the colours of a theme as declarations of custom properties,
// --fig-ink and so on, for a page that holds figures.
func Properties(t Theme) string {
	var b strings.Builder
	for r := range roles {
		fmt.Fprintf(&b, "--fig-%s:%s;", roleNames[r], t.hex(r))
	}
	return b.String()
}

// Rules gives the style rules by which figures take those properties.
func Rules() string {
	var b strings.Builder
	for r := range roles {
		fmt.Fprintf(&b, ".f-%s{fill:var(--fig-%[1]s)}.s-%[1]s{stroke:var(--fig-%[1]s)}\n", roleNames[r])
	}
	return b.String()
}

// CSS is what a page needs once for all inline figures: they follow the reader's
// setting of light or dark. Without it they are drawn in the light colours.
func CSS() string {
	return ":root{" + Properties(Light) + "}\n@media(prefers-color-scheme:dark){:root{" + Properties(Dark) + "}}\n" + Rules()
}
