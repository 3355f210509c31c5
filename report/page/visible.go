package page

import (
	"fmt"
	"strings"
	"unicode"
)

// visible makes signs of control characters and of marks that turn the direction of
// writing, in a whole page: what data say cannot then hide or reorder what stands
// beside it. A page's own text has none of them.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < 0x20 && hidden(r):
			b.WriteRune('\u2400' + r)
		case hidden(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return true
	case r <= 0xff:
		return false
	}
	return unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Co, r) || r == '\u200b' || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}
