package math

import (
	"strings"

	"github.com/allwrong/allwrong/grade/extract"
)

// reading is what was made of a reference or an answer.
type reading struct {
	source  string
	node    *node
	other   *node  // the reading in which commas between digits separate items
	letter  string // of an answer "(B)" or "(B) 12"
	dressed bool   // the letter stands in brackets or in \text
	err     error
}

// read parses s: as a whole, and when that fails what stands behind the words
// that lead to a value.
func read(s string) *reading {
	r := &reading{source: clean(s)}
	rest := r.choice()
	r.parse(rest)
	if r.node != nil || r.err == errWork || r.err == errDepth {
		return r
	}
	for _, lead := range leads(rest) {
		if r.parse(lead); r.node != nil {
			return r
		}
	}
	return r
}

func (r *reading) parse(s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	n, ambiguous, err := parse(rewritten(s), false)
	r.err = err
	if err == nil {
		r.node = settled(n)
	}
	if ambiguous {
		if m, _, err := parse(s, true); err == nil {
			if r.node == nil {
				r.node, r.err = m, nil
			} else {
				r.other = m
			}
		}
	}
}

// leads returns what stands behind the last "=" and behind words such as "is".
func leads(s string) []string {
	var out []string
	first, _, several := strings.Cut(s, ",")
	if n, _, err := parse(first, false); several && err == nil && n.constant() && n.scalar() {
		return nil // "3, at x = 1" is no 1
	}
	if i := strings.LastIndexByte(s, '='); i > 0 && i+1 < len(s) && s[i-1] != '<' && s[i-1] != '>' && s[i-1] != '!' {
		out = append(out, s[i+1:])
	}
	low := strings.ToLower(s)
	for _, w := range []string{" is ", " are ", " equals ", " to be ", ": "} {
		if i := strings.LastIndex(low, w); i >= 0 && i+len(w) < len(s) && len(low) == len(s) {
			out = append(out, s[i+len(w):])
		}
	}
	for _, w := range []string{"approximately ", "about ", "exactly ", `\text{approximately }`, "roughly ", "only ", `\approx`, "a total of "} {
		if strings.HasPrefix(low, w) {
			out = append(out, s[len(w):])
		}
	}
	return out
}

// clean takes delimiters, boxes and marks of sentences off the ends.
func clean(s string) string {
	for {
		t := strings.Trim(s, " \t\r\n")
		for _, d := range [][2]string{{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}, {"**", "**"}, {"`", "`"}} {
			if len(t) > len(d[0])+len(d[1]) && strings.HasPrefix(t, d[0]) && strings.HasSuffix(t, d[1]) && !strings.HasSuffix(t, `\$`) {
				if inner := t[len(d[0]) : len(t)-len(d[1])]; !strings.Contains(inner, d[0]) {
					t = inner
				}
			}
		}
		for _, box := range []string{`\boxed{`, `\fbox{`} {
			if strings.HasPrefix(t, box) && strings.HasSuffix(t, "}") && closes(t, len(box)-1) {
				t = t[len(box) : len(t)-1]
			}
		}
		if strings.HasSuffix(t, ".") && !strings.HasSuffix(t, "..") {
			t = t[:len(t)-1]
		}
		t = strings.TrimSuffix(strings.TrimSuffix(t, `\\`), ",")
		if t == s {
			return t
		}
		s = t
	}
}

// closes reports whether the brace at i is closed by the last byte of s.
func closes(s string, i int) bool {
	end, ok := extract.Balanced(s, i)
	return ok && end == len(s)
}

// choice recognises a letter of a multiple-choice answer, alone or in front of
// its text, and returns what is left to read.
func (r *reading) choice() string {
	t := r.source
	for _, w := range []string{`\textbf{`, `\text{`, `\mathrm{`, `\mathbf{`, `\mbox{`, `\textrm{`, `\textit{`, "**"} {
		if strings.HasPrefix(t, w) {
			t = strings.TrimLeft(t[len(w):], " ")
			r.dressed = true
		}
	}
	if strings.HasPrefix(t, "(") || strings.HasPrefix(t, `\left(`) {
		t = strings.TrimPrefix(strings.TrimPrefix(t, `\left`), "(")
		t = strings.TrimLeft(t, " ")
		i := strings.IndexByte(t, ')')
		letter := strings.Trim(t[:max(i, 0)], ` \right*`)
		if i < 0 || len(letter) != 1 || !isLetter(letter[0]) {
			r.dressed = false
			return r.source
		}
		r.letter, r.dressed = strings.ToUpper(letter), true
		rest := strings.TrimLeft(t[i+1:], "}*:. ~\\")
		if rest == "" {
			return r.source
		}
		if letter[0] > 'J' || letter[0] < 'A' || strings.IndexByte("+-^*/=!_<>)", rest[0]) >= 0 || strings.HasPrefix(t[i+1:], `\c`) || strings.HasPrefix(t[i+1:], `\t`) || strings.HasPrefix(t[i+1:], `(`) {
			r.letter, r.dressed = "", false
			return r.source
		}
		return strings.TrimLeft(t[i+1:], "}*:. ~")
	}
	if bare := strings.TrimRight(t, "}* .)"); len(bare) == 1 && isLetter(bare[0]) {
		r.letter = bare
		if r.dressed || strings.HasSuffix(t, ")") {
			r.letter, r.dressed = strings.ToUpper(bare), true
		}
	}
	return r.source
}
