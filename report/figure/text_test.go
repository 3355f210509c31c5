package figure

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a\tb\nc": "a b c", "x\x00y\x1b[31m": "xy[31m", "bad \xff": "bad \ufffd",
		"over\u202eride": "override", "zero\u200bwidth": "zerowidth", "👩\u200d🚀": "👩\u200d🚀", "\u2066\u2069 ": "", "<b>&": "<b>&",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestCut keeps every text within its room, and gives it as it is when it fits.
func TestCut(t *testing.T) {
	for _, s := range append(hostile, "short", "", "iiiiiiiiiiiiiiiiii", "WWWWWWWWWWWWWWWWWW") {
		s = clean(s)
		for _, room := range []float64{0, 5, 20, 80, 200, 1e5} {
			for _, how := range []style{body, strong, small} {
				got := cut(s, room, how)
				if w := how.width(got); w > room {
					t.Errorf("cut(%q, %v) = %q is %.1f wide", s, room, got, w)
				}
				if how.width(s) <= room && got != s {
					t.Errorf("cut(%q, %v) = %q, though it fits", s, room, got)
				}
				if head := strings.TrimSuffix(got, "…"); !strings.HasPrefix(s, head) || !utf8.ValidString(got) {
					t.Errorf("cut(%q, %v) = %q is no beginning of it", s, room, got)
				}
			}
		}
	}
}

// TestWidth compares with the font's own table: all of the digits are of one
// width, and a bold text is wider.
// TestSqueeze keeps both ends of a name, and every name within its room.
func TestSqueeze(t *testing.T) {
	for _, s := range append(hostile, "short", "", "iiiiiiiiiiiiiiiiii", "Gemini 3 Pro Preview (2025-11-18)") {
		s = clean(s)
		for _, room := range []float64{0, 5, 20, 80, 130, 200, 1e5} {
			got := squeeze(s, room, body)
			head, tail, cutShort := strings.Cut(got, "…")
			if w := body.width(got); w > room {
				t.Errorf("squeeze(%q, %v) = %q is %.1f wide", s, room, got, w)
			}
			if body.width(s) <= room && got != s || cutShort && (!strings.HasPrefix(s, head) || !strings.HasSuffix(s, tail)) || !utf8.ValidString(got) {
				t.Errorf("squeeze(%q, %v) = %q", s, room, got)
			}
		}
	}
	if got := squeeze("Gemini 3 Pro Preview (2025-11-18)", 150, body); !strings.HasPrefix(got, "Gemini") || !strings.HasSuffix(got, "11-18)") {
		t.Errorf("%q", got)
	}
}

func TestWidth(t *testing.T) {
	for r := '0'; r <= '9'; r++ {
		if textWidth(string(r), 10, false) != textWidth("0", 10, false) {
			t.Errorf("digit %c is not as wide as 0", r)
		}
	}
	if a, b := textWidth("measured", 10, false), textWidth("measured", 10, true); a >= b || a < 35 || a > 60 {
		t.Errorf("regular %v, bold %v", a, b)
	}
	if textWidth("ee", 20, false) != 4*textWidth("e", 10, false) {
		t.Error("width is not proportional to size")
	}
	for _, r := range " \u00a0–…·βφ−→÷≤“”" {
		if i, err := faceOf(false).font.GlyphIndex(nil, r); err != nil || i == 0 {
			t.Errorf("the font lacks %q, which figures use", r)
		}
	}
}

func TestWrap(t *testing.T) {
	s := "A perfect chooser would gain 12.8 points over a model with a name of some length; at most 17.0 (95\u00a0%)"
	for _, room := range []float64{100, 200, 350, 2000} {
		for most := 1; most < 12; most++ {
			for _, lines := range [][]string{wrap(s, room, most, body), balanced(s, room, most, body)} {
				if len(lines) > most {
					t.Errorf("%d lines in place of %d", len(lines), most)
				}
				for _, l := range lines {
					if body.width(l) > room {
						t.Errorf("%q is wider than %v", l, room)
					}
				}
				if got := strings.Join(lines, " "); !strings.Contains(got, "…") && got != s {
					t.Errorf("%q is not the text", got)
				}
			}
		}
	}
}

func TestSpread(t *testing.T) {
	for _, in := range [][]float64{{}, {5}, {5, 5, 5}, {90, 10, 11, 12}, {0, 100}, {100, 100, 100, 0}, {3, 2, 1}} {
		before := slices.Clone(in)
		out := spread(in, 10, 0, 100)
		if !slices.Equal(in, before) {
			t.Fatalf("%v was changed", before)
		}
		for i, a := range out {
			if a < -1e-9 || a > 100+1e-9 {
				t.Errorf("spread(%v) = %v leaves its ends", in, out)
			}
			for j, b := range out[:i] {
				if d := a - b; d < 10-1e-3 && d > -10+1e-3 {
					t.Errorf("spread(%v) = %v: %d and %d are too near", in, out, i, j)
				}
				if in[i] < in[j] && a > b || in[i] > in[j] && a < b {
					t.Errorf("spread(%v) = %v turns the order", in, out)
				}
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for _, a := range []axis{{lo: 0, hi: 1}, {lo: 0.8, hi: 1}, {lo: -0.04, hi: 0.08}, {lo: 0, hi: 1e-7}, {lo: 1e-5, hi: 40, log: true}, {lo: 0.3, hi: 0.31}, {lo: 0.5, hi: 0.5}} {
		for _, most := range []int{3, 5, 8} {
			ticks := a.ticks(most)
			if len(ticks) > 2*most+4 {
				t.Errorf("%+v: %d ticks", a, len(ticks))
			}
			for _, v := range ticks {
				if v < a.lo-1e-12 || v > a.hi+1e-12 {
					t.Errorf("%+v: tick %v", a, v)
				}
				if s := percentTick(v); len([]rune(s)) > 12 || s[0] == '-' && v >= 0 {
					t.Errorf("%+v: tick %v reads %q", a, v, s)
				}
			}
		}
	}
	for in, want := range map[string]string{"0.0": "0.0", "-0.0": "0.0", "1.8": "+1.8", "-1.8": "−1.8", "0": "0"} {
		if got := signed(in); got != want {
			t.Errorf("signed(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzClean asserts that whatever a file holds becomes one line of characters
// that XML allows.
func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		for _, r := range got {
			if unicode.IsControl(r) || r == utf8.RuneError && !strings.ContainsRune(strings.ToValidUTF8(s, "\ufffd"), r) {
				t.Errorf("clean(%q) = %q", s, got)
			}
		}
		fig := &Figure{Title: got, Description: s, Scene: &Scene{W: 10, H: 10, Items: []Item{Text{S: cut(got, 90, body), Size: 13}}}}
		if d := read(t, fig.SVG(Auto)); d.elements["svg"] != 1 || d.desc != got {
			t.Errorf("%q came back as %q", got, d.desc)
		}
	})
}
