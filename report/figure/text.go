package figure

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a font with the advances of its glyphs, in parts of its size.
type face struct {
	font *sfnt.Font

	mu       sync.Mutex
	buffer   sfnt.Buffer
	advances map[rune]float64
}

var faces = sync.OnceValue(func() [2]*face {
	var out [2]*face
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			panic("figure: the font that is built in cannot be read: " + err.Error())
		}
		out[i] = &face{font: f, advances: map[rune]float64{}}
	}
	return out
})

func faceOf(bold bool) *face {
	if bold {
		return faces()[1]
	}
	return faces()[0]
}

func (f *face) advance(r rune) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a, ok := f.advances[r]; ok {
		return a
	}
	a := f.measure(r)
	if len(f.advances) < 1<<12 { // names may hold any character there is
		f.advances[r] = a
	}
	return a
}

// measure gives the advance of a glyph. Where the font has none, the reader's
// browser takes one from another font: a square at most.
func (f *face) measure(r rune) float64 {
	if nothing(r) {
		return 0
	}
	const em = 1000
	i, err := f.font.GlyphIndex(&f.buffer, r)
	if err != nil || i == 0 {
		return 1
	}
	a, err := f.font.GlyphAdvance(&f.buffer, i, fixed.I(em), font.HintingNone)
	if err != nil {
		return 1
	}
	return float64(a) / 64 / em
}

// covers reports whether the font has all characters of a text.
func (f *face) covers(s string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range s {
		if i, err := f.font.GlyphIndex(&f.buffer, r); err != nil || i == 0 && !nothing(r) {
			return false
		}
	}
	return true
}

// nothing reports whether a character takes no room: marks that join the one
// before, and joiners.
func nothing(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) }

// textWidth measures a line of text in pixels.
func textWidth(s string, size float64, bold bool) float64 {
	f, w := faceOf(bold), 0.0
	for _, r := range s {
		w += f.advance(r)
	}
	return w * size
}

// clean makes one line of a text that may hold anything: no control characters,
// no breaks, nothing that turns the direction of what follows.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == '\u200d': // joins emoji
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Trim(s, " ")
}

// cut shortens a text to a width, at its end.
func cut(s string, room float64, how style) string {
	if how.width(s) <= room {
		return s
	}
	f, w, end := faceOf(how.bold), how.width("…"), 0
	for i, r := range s {
		if w += f.advance(r) * how.size; w > room {
			break
		}
		end = i + len(string(r))
	}
	if end == 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " \u200d") + "…"
}

// squeeze shortens a name to a width, in its middle, where names differ least.
func squeeze(s string, room float64, how style) string {
	if how.width(s) <= room {
		return s
	}
	rest := room - how.width("…")
	if rest <= 0 {
		return cut(s, room, how)
	}
	f, runes := faceOf(how.bold), []rune(s)
	head, tail, w := 0, len(runes), 0.0
	for head < tail {
		a := f.advance(runes[head]) * how.size
		if b := f.advance(runes[tail-1]) * how.size; len(runes)-tail < head && w+b <= rest {
			tail, w = tail-1, w+b
			continue
		}
		if w+a > rest {
			break
		}
		head, w = head+1, w+a
	}
	for tail < len(runes) && nothing(runes[tail]) { // a mark without what it belongs to
		tail++
	}
	return strings.TrimRight(string(runes[:head]), " \u200d") + "…" + strings.TrimLeft(string(runes[tail:]), " ")
}

// wrap breaks a text at spaces into lines of at most a width; what does not fit
// into so many lines is cut.
func wrap(s string, room float64, most int, how style) []string {
	var out []string
	for words := strings.Split(s, " "); len(words) > 0; {
		n := 1
		for n < len(words) && how.width(strings.Join(words[:n+1], " ")) <= room {
			n++
		}
		if len(out) == most-1 {
			n = len(words)
		}
		out = append(out, cut(strings.Join(words[:n], " "), room, how))
		words = words[n:]
	}
	return out
}

// balanced breaks a text into as few lines as wrap does, of about equal length.
func balanced(s string, room float64, most int, how style) []string {
	out := wrap(s, room, most, how)
	for r := room - 12; r > room/2 && len(out) > 1; r -= 12 {
		next := wrap(s, r, most+1, how)
		if len(next) > len(out) || len(next) == most {
			break
		}
		out = next
	}
	return out
}

// shown is a name that may be blank.
func shown(s string) string {
	if s = clean(s); s == "" {
		return "(blank)"
	}
	return s
}

// longestName is how many characters of a name a sentence shows.
const longestName = 60

// name prepares a name for a sentence.
func name(s string) string {
	s = shown(s)
	if r := []rune(s); len(r) > longestName {
		s = string(r[:longestName-1]) + "…"
	}
	return s
}
