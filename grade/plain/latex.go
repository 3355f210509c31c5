package plain

import "strings"

// symbols are the commands that stand for a sign of their own.
var symbols = map[string]string{
	"times": "×", "cdot": "·", "div": "÷", "approx": "≈", "simeq": "≈", "pm": "±", "infty": "∞", "pi": "π", "circ": "°", "degree": "°",
	"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "dots": "…", "ldots": "…", "cdots": "…",
	"quad": "  ", "qquad": "  ", "thinspace": string(Thin), "enspace": " ", "space": " ", "newline": "\n", "textdollar": "$", "dollar": "$", "percent": "%",
	"rightarrow": "→", "Rightarrow": "⇒", "to": "→", "implies": "⇒", "therefore": "∴", "textasciitilde": "~",
}

// wrappers are the commands that only dress their argument; the argument stays
// when the command goes.
var wrappers = map[string]bool{
	"text": true, "textbf": true, "textit": true, "textrm": true, "textsf": true, "texttt": true, "textup": true, "emph": true, "underline": true,
	"mathbf": true, "mathrm": true, "mathit": true, "mathsf": true, "mathtt": true, "mathbb": true, "mathcal": true, "boldsymbol": true, "bm": true, "bf": true, "rm": true,
	"mbox": true, "hbox": true, "fbox": true, "boxed": true, "operatorname": true, "left": true, "right": true, "big": true, "Big": true, "bigl": true, "bigr": true,
	"displaystyle": true, "textstyle": true, "large": true, "Large": true, "huge": true, "Huge": true, "color": true, "ensuremath": true,
}

// command writes what the command at i stands for and returns where the text
// goes on.
func (w *writer) command(b *strings.Builder, i, stop, depth int) int {
	s := w.s[:stop]
	n := i + 1
	if n == len(s) {
		return n
	}
	if !isLetter(s[n]) {
		return mark(b, s, n)
	}
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	name := s[i+1 : n]
	switch {
	case name == "frac" || name == "dfrac" || name == "tfrac" || name == "cfrac":
		if depth < maxNesting {
			if end, ok := w.fraction(b, n, stop, depth); ok {
				return end
			}
		}
	case symbols[name] != "":
		b.WriteString(symbols[name])
		return n
	case wrappers[name]:
		return n
	}
	b.WriteString(s[i:n])
	return n
}

// mark is a command of one sign that is no letter.
func mark(b *strings.Builder, s string, n int) int {
	switch c := s[n]; c {
	case ',', ';', ':', ' ', '>':
		b.WriteRune(Thin)
	case '!':
		// A negative space joins what stands on its sides.
	case '(', ')', '[', ']':
		b.WriteByte(' ')
	case '\\':
		b.WriteByte('\n')
	case '\n':
		b.WriteByte('\n')
	default: // \$, \%, \#, \&, \_, \{, \}
		if c >= 0x80 {
			return n // a sign of its own behind a stray backslash
		}
		b.WriteByte(c)
	}
	return n + 1
}

// fraction writes the two arguments at i as a/b, each in parentheses when it is
// more than a number or a word.
func (w *writer) fraction(b *strings.Builder, i, stop, depth int) (end int, ok bool) {
	top, i, ok := w.argument(i, stop)
	if !ok {
		return 0, false
	}
	bottom, i, ok := w.argument(i, stop)
	if !ok {
		return 0, false
	}
	if n := b.Len(); n > 0 && isDigit(b.String()[n-1]) {
		b.WriteByte(' ') // a mixed number
	}
	w.part(b, top, depth+1)
	b.WriteByte('/')
	w.part(b, bottom, depth+1)
	if i < stop && (isDigit(w.s[i]) || isLetter(w.s[i])) {
		b.WriteByte(' ')
	}
	return i, true
}

func (w *writer) part(b *strings.Builder, at [2]int, depth int) {
	var inner strings.Builder
	w.write(&inner, at[0], at[1], depth)
	text := strings.TrimSpace(inner.String())
	if simple(text) {
		b.WriteString(text)
		return
	}
	b.WriteString("(" + text + ")")
}

func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !isLetter(c) && c != '.' && c != ',' {
			return false
		}
	}
	return s != ""
}

// argument is the group or the single sign that follows i: where it begins and
// ends, and where the text goes on.
func (w *writer) argument(i, stop int) (at [2]int, end int, ok bool) {
	for i < stop && w.s[i] == ' ' {
		i++
	}
	if i == stop {
		return at, 0, false
	}
	if c := w.s[i]; c != '{' {
		return [2]int{i, i + 1}, i + 1, isDigit(c) || isLetter(c)
	}
	n, closed := w.closes[i]
	if !closed || n >= stop {
		return at, 0, false
	}
	return [2]int{i + 1, n}, n + 1, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
