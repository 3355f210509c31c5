package math

import (
	"strings"
	"unicode"
)

// textFillers are words that change nothing in an answer of words.
var textFillers = map[string]bool{"the": true, "a": true, "an": true, "is": true, "it": true, "on": true, "there": true, "are": true, "real": true, "answer": true, "that": true, "s": true}

// synonyms are words for one thing.
var synonyms = map[string]string{
	"no solution": "none", "no solutions": "none", "none": "none", "empty set": "none", "no such number": "none", "no": "no", "no value": "none", "no values": "none", "no such values": "none",
	"dne": "undefined", "does not exist": "undefined", "undefined": "undefined", "not defined": "undefined",
	"infinity": "infinite", "infinite": "infinite", "infinitely many": "infinite", "infinitely many solutions": "infinite", "all numbers": "all reals", "all reals": "all reals", "every number": "all reals",
	"any number": "all reals", "reals": "all reals",
}

// plainText reduces an answer in words to lower-case words, without commands,
// brackets and marks.
func plainText(s string) string {
	var b strings.Builder
	s = asciify(s)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\':
			i++
			j := i
			for j < len(s) && isLetter(s[j]) {
				j++
			}
			if name := s[i:j]; !textCommands[name] && !wrapCommands[name] && !spaceCommands[name] {
				b.WriteString(" " + name + " ")
			} else {
				b.WriteByte(' ')
			}
			i = max(j, i+1)
			continue
		case isLetter(c), isDigit(c), c >= 0x80:
			b.WriteByte(c)
		case c == '\'' && i > 0 && i+1 < len(s) && isLetter(s[i-1]) && isLetter(s[i+1]): // an apostrophe
		case c == '\'':
			b.WriteString(" ' ")
		case strings.IndexByte("+-=<>/^_*", c) >= 0:
			b.WriteString(" " + string(rune(c)) + " ")
		default:
			b.WriteByte(' ')
		}
		i++
	}
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(b.String()), unicode.IsSpace) {
		if n := len(w) - 2; n > 0 && isDigit(w[n-1]) && strings.Contains("st nd rd th", w[n:]) {
			w = w[:n] // March 5th
		}
		if !textFillers[w] {
			words = append(words, w)
		}
	}
	t := strings.Join(words, " ")
	if v, ok := synonyms[t]; ok {
		return v
	}
	return t
}

// hasWords reports whether all words of part stand in whole.
func hasWords(whole, part string) bool {
	for _, w := range strings.Fields(part) {
		if !strings.Contains(" "+whole+" ", " "+w+" ") {
			return false
		}
	}
	return true
}

// formal reports whether a text that could not be read is a formula rather than
// words: then being unlike proves nothing.
func formal(s string) bool {
	for _, m := range []string{`\sum`, `\int`, `\prod`, `\lim`, `\frac`, `\sqrt`, "^", "_", `\begin`} {
		if strings.Contains(s, m) {
			return true
		}
	}
	return false
}

// texts compares answers of which at least one is in words.
func texts(ref, ans *reading) Comparison {
	if ref.node == nil && ans.node != nil {
		if n := beforeRemark(ref.source); n != nil && match(n, ans.node).Verdict == Same {
			return same("remark-dropped")
		}
	}
	if ans.node == nil && ref.node != nil {
		if n := beforeRemark(ans.source); n != nil && match(ref.node, n).Verdict == Same {
			return same("remark-dropped")
		}
	}
	r, a := plainText(ref.source), plainText(ans.source)
	if ref.node != nil && ref.node.op == opSet && len(ref.node.args) == 0 {
		r = "none"
	}
	if ans.node != nil && ans.node.op == opSet && len(ans.node.args) == 0 {
		a = "none"
	}
	if reals(ref) {
		r = "all reals"
	}
	if reals(ans) {
		a = "all reals"
	}
	switch {
	case r == a && r != "":
		return same("same-words")
	case sameItems(r, a, ref.source, ans.source):
		return same("same-words")
	case ref.node == nil && ans.node == nil && (formal(ref.source) || formal(ans.source)), ref.node == nil && formal(ref.source), ans.node == nil && ref.node != nil && formal(ans.source):
		return cannotTell("not-read")
	}
	return different("words")
}

// reals reports whether a reading is the set of all real numbers.
func reals(r *reading) bool {
	if r.node == nil {
		return false
	}
	g, ok := regionOf(r.node)
	if !ok {
		return false
	}
	spans, ok := normalise(g.spans)
	return ok && len(spans) == 1 && infinity(spans[0].lo.at) < 0 && infinity(spans[0].hi.at) > 0
}

// sameItems compares lists of words, in any order.
func sameItems(r, a, ref, ans string) bool {
	if !strings.Contains(ref, ",") && !strings.Contains(r, " and ") || len(r) > 1000 || len(a) > 1000 {
		return false
	}
	x, y := wordItems(ref), wordItems(ans)
	if len(x) != len(y) {
		return false
	}
	for w, n := range x {
		if y[w] != n {
			return false
		}
	}
	return true
}

func wordItems(s string) map[string]int {
	items := map[string]int{}
	s = strings.ReplaceAll(s, `\text{ and }`, ",")
	for _, part := range strings.Split(strings.ReplaceAll(s, " and ", ","), ",") {
		if t := plainText(part); t != "" {
			items[t]++
		}
	}
	return items
}
