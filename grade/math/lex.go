package math

import (
	"math/big"
	"strings"
)

type tokenKind uint8

const (
	tEnd tokenKind = iota
	tNum
	tLetter // one variable: a letter or a Greek name
	tWord   // several letters, or words from \text
	tCmd    // a command with arguments, such as frac
	tOp     // an operator or a bracket
)

type token struct {
	kind   tokenKind
	space  bool // white space in front
	prose  bool // from inside \text
	group  bool // a number whose separators may be a list's commas
	places int
	text   string
	num    *big.Rat
}

type lexer struct {
	s         string
	i         int
	prose     bool
	space     bool
	depth     int
	noGroup   bool // a comma between digits is always a list's
	dollars   bool // a bare $ is money, not a delimiter
	latex     bool
	ambiguous bool // a number could be read as a list
	out       []token
}

// lex splits s, which may mix LaTeX, plain text and Unicode, into tokens.
func lex(s string, noGroup bool) (toks []token, ambiguous bool, err error) {
	s = asciify(s)
	if strings.Contains(s, ".m.") || strings.Contains(s, ".M.") {
		s = halfDays.Replace(s)
	}
	l := &lexer{s: s, noGroup: noGroup, latex: strings.IndexByte(s, '\\') >= 0, out: make([]token, 0, 16)}
	l.dollars = strings.IndexByte(s, '$') >= 0 && (strings.Count(s, "$")-strings.Count(s, `\$`))%2 == 1
	if err := l.run(); err != nil {
		return nil, false, err
	}
	l.out = append(l.out, token{kind: tEnd})
	return l.out, l.ambiguous, nil
}

var halfDays = strings.NewReplacer("a.m.", "am", "p.m.", "pm", "A.M.", "am", "P.M.", "pm")

func (l *lexer) run() error {
	for l.i < len(l.s) {
		if len(l.out) > maxTokens {
			return errWork
		}
		c := l.s[l.i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '~':
			l.space = true
			l.i++
		case isDigit(c) || c == '.' && l.i+1 < len(l.s) && isDigit(l.s[l.i+1]):
			if err := l.number(); err != nil {
				return err
			}
		case isLetter(c):
			l.word()
		case c == '\\':
			if err := l.command(); err != nil {
				return err
			}
		default:
			if err := l.operator(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lexer) emit(kind tokenKind, text string) {
	l.out = append(l.out, token{kind: kind, text: text, space: l.space, prose: l.prose, places: noPlaces})
	l.space = false
}

// operators of several characters, the longest first.
var operators = []struct{ from, to string }{
	{"...", "..."}, {"+/-", "+-"}, {"<=>", "->"}, {"==>", "->"}, {"**", "^"}, {"<=", "<="}, {">=", ">="}, {"=<", "<="}, {"==", "="}, {"=>", "->"}, {"->", "->"},
	{"!=", "!="}, {"<>", "!="}, {"+-", "+-"}, {"||", "||"}, {":=", "="},
}

func (l *lexer) operator(c byte) error {
	for _, o := range operators {
		if c != o.from[0] || !strings.HasPrefix(l.s[l.i:], o.from) {
			continue
		}
		if o.from == "!=" && (l.latex || l.i > 0 && (isDigit(l.s[l.i-1]) || l.s[l.i-1] == ')')) {
			continue // a factorial and an equals sign
		}
		if o.from == "+-" && l.latex {
			continue // a sum with a negative term
		}
		l.i += len(o.from)
		l.emit(tOp, o.to)
		return nil
	}
	l.i++
	switch c {
	case '"', '`', '#', '\'':
		if c == '\'' && len(l.out) > 0 && !l.space {
			l.emit(tOp, "'")
		}
		return nil
	case '$':
		if l.dollars && l.i < len(l.s) && (isDigit(l.s[l.i]) || l.s[l.i] == '.') {
			l.emit(tOp, "$")
		}
		return nil
	case '.':
		if strings.Trim(l.s[l.i:], " $.*\n\t}\\])") == "" {
			return nil // the end of a sentence
		}
		l.emit(tOp, ".")
		return nil
	case '*':
		if strings.HasPrefix(l.s[l.i:], "*") {
			l.i++
			l.emit(tOp, "^")
			return nil
		}
	}
	if c < ' ' || c > '~' {
		return errSyntax
	}
	l.emit(tOp, oneByte(c))
	return nil
}

const ascii = ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`abcdefghijklmnopqrstuvwxyz{|}~"

// oneByte is string(c) without an allocation.
func oneByte(c byte) string { return ascii[c-' ' : c-' '+1] }

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// asciify writes the signs of Unicode in LaTeX or ASCII. What it does not know
// stays, and the lexer refuses it.
func asciify(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	script := byte(0) // the open brace's kind: ^ or _
	for _, r := range s {
		up, isUp := superscripts[r]
		down, isDown := subscripts[r]
		if kind := scriptOf(isUp, isDown); kind != script {
			if script != 0 {
				b.WriteByte('}')
			}
			if script = kind; kind != 0 {
				b.WriteByte(kind)
				b.WriteByte('{')
			}
		}
		switch {
		case isUp:
			b.WriteByte(up)
		case isDown:
			b.WriteByte(down)
		default:
			writeRune(&b, r)
		}
	}
	if script != 0 {
		b.WriteByte('}')
	}
	return b.String()
}

func scriptOf(up, down bool) byte {
	switch {
	case up:
		return '^'
	case down:
		return '_'
	}
	return 0
}

func writeRune(b *strings.Builder, r rune) {
	if t, ok := runes[r]; ok {
		b.WriteString(t)
		if len(t) > 1 && t[0] == '\\' && isLetter(t[len(t)-1]) {
			b.WriteByte(' ')
		}
		return
	}
	if f, ok := fractions[r]; ok {
		b.WriteString(`\frac{`)
		b.WriteByte(byte('0' + f[0]))
		b.WriteString("}{")
		if f[1] == 10 {
			b.WriteByte('1')
			f[1] = 0
		}
		b.WriteByte(byte('0' + f[1]))
		b.WriteByte('}')
		return
	}
	b.WriteRune(r)
}
