// Package plain answers one question: what is written here, once the markup is
// taken away?
//
// Models dress their answers in Markdown and LaTeX, and in signs that Unicode has
// twice. Text undresses them into one plain form that the graders of numbers and
// choices read: emphasis and math delimiters are gone, \text{…} and \boxed{…}
// leave what they hold, \frac{a}{b} is a/b, \times is ×, thin spaces are no-break
// spaces (so that they can still be told from a space between words), quotes,
// dashes and full-width letters are those of ASCII. Lines stay lines.
//
// It is a reader's help and no parser of either language: what it does not know,
// it leaves. It never grows a text by more than a small factor, and works in
// time proportional to its length.
package plain

import "strings"

// Thin is what a thin space becomes.
const Thin = '\u00a0'

// maxNesting bounds fractions within fractions; deeper ones stay as they are.
const maxNesting = 6

// Text takes the markup away.
func Text(s string) string {
	s = Fold(s)
	if !strings.ContainsAny(s, "\\{}`*_<~") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	w := writer{s: s, closes: pairs(s)}
	w.write(&b, 0, len(s), 0)
	return b.String()
}

// writer writes stretches of a text without their markup.
type writer struct {
	s      string
	closes map[int]int // where the brace that opens here is closed
}

// pairs finds the braces that belong together; they are looked for only where a
// fraction needs them.
func pairs(s string) map[int]int {
	if !strings.Contains(s, "frac") {
		return nil
	}
	closes, open := map[int]int{}, []int(nil)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			open = append(open, i)
		case '}':
			if n := len(open); n > 0 {
				closes[open[n-1]] = i
				open = open[:n-1]
			}
		}
	}
	return closes
}

func (w *writer) write(b *strings.Builder, i, end, depth int) {
	s := w.s[:end]
	for i < end {
		switch c := s[i]; c {
		case '\\':
			i = w.command(b, i, end, depth)
		case '{', '}', '`':
			i++
		case '*', '_':
			i = emphasis(b, s, i)
		case '<':
			i = tag(b, s, i)
		case '~':
			b.WriteRune(Thin)
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
}

// emphasis drops the marks of Markdown: two or more of one kind, or a single
// asterisk with a blank or nothing on just one of its sides.
func emphasis(b *strings.Builder, s string, i int) int {
	n := i
	for n < len(s) && s[n] == s[i] {
		n++
	}
	switch {
	case n-i == 2 && s[i] == '*' && i > 0 && isDigit(s[i-1]) && n < len(s) && isDigit(s[n]):
		b.WriteByte('^') // a power, as programs write it
	case n-i == 1:
		before, after := i == 0 || blank(s[i-1]), n == len(s) || blank(s[n])
		if s[i] == '_' || before == after {
			b.WriteByte(s[i])
		}
	}
	return n
}

func blank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || strings.IndexByte(".,;:!?()\"'", c) >= 0
}

// tag drops a simple tag such as <b>, </answer> or <br/>.
func tag(b *strings.Builder, s string, i int) int {
	n := i + 1
	if n < len(s) && s[n] == '/' {
		n++
	}
	start := n
	for n < len(s) && n-start < 16 && isLetter(s[n]) {
		n++
	}
	if n > start && n < len(s) && s[n] == '/' {
		n++
	}
	if n > start && n < len(s) && s[n] == '>' {
		b.WriteByte(' ')
		return n + 1
	}
	b.WriteByte('<')
	return i + 1
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
