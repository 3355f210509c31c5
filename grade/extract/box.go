package extract

import (
	"strings"
	"unicode/utf8"
)

// Box is a \boxed{...} or \fbox{...}: its content, and where it stands.
type Box struct {
	Content    string
	Start, End int // of the whole command, in bytes
}

// maxBoxes bounds how many boxes are kept: the last ones.
const maxBoxes = 64

// Boxes returns the outermost boxes of s in order, with their braces balanced.
// It says whether s ends inside a box.
func Boxes(s string) (boxes []Box, cut bool) {
	for i := 0; ; {
		j := nextBox(s, i)
		if j < 0 {
			return boxes, false
		}
		content, end, ok := boxAt(s, j)
		if !ok {
			return boxes, true
		}
		if end == j { // the name of the command alone: "put your answer in \boxed."
			i = j + len(`\box`) // behind what nextBox looks for
			continue
		}
		if len(boxes) == maxBoxes {
			boxes = boxes[1:]
		}
		boxes = append(boxes, Box{content, j, end})
		i = end
	}
}

// nextBox returns the place of the first \boxed or \fbox from that place on.
func nextBox(s string, from int) int {
	for {
		k := strings.Index(s[from:], `box`)
		if k < 0 {
			return -1
		}
		k += from
		if strings.HasSuffix(s[:k], `\f`) {
			return k - 2
		}
		if strings.HasSuffix(s[:k], `\`) && strings.HasPrefix(s[k:], "boxed") {
			return k - 1
		}
		from = k + 3
	}
}

// boxAt reads the box at s[j:]. TeX takes one character when there is no brace.
// ok is false when the closing brace is missing.
func boxAt(s string, j int) (content string, end int, ok bool) {
	k := j + 1
	for k < len(s) && isLetter(s[k]) {
		k++
	}
	if name := s[j+1 : k]; name != "boxed" && name != "fbox" {
		return "", j, true
	}
	spaced := k
	for k < len(s) && (s[k] == ' ' || s[k] == '\n') {
		k++
	}
	switch {
	case k == len(s):
		return "", j, true
	case s[k] == '{':
		end, ok := Balanced(s, k)
		if !ok {
			return "", len(s), false
		}
		return s[k+1 : end-1], end, true
	case spaced < k && s[k] >= '0' && s[k] <= '9' || spaced < k && isLetter(s[k]):
		_, n := utf8.DecodeRuneInString(s[k:])
		if k+n < len(s) && (isLetter(s[k+n]) || s[k+n] >= '0' && s[k+n] <= '9') {
			return "", j, true // prose: "\boxed notation"
		}
		return s[k : k+n], k + n, true
	}
	return "", j, true
}

// Balanced returns the place after the brace that closes the one at s[i].
// A backslash takes the character after it out of the count.
func Balanced(s string, i int) (end int, ok bool) {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(s), false
}

// lastBoxes returns the last box, or all the boxes of the last sentence when
// nothing but lists' words stands between them: "\boxed{1} and \boxed{2}".
func lastBoxes(s string, boxes []Box) (Answer, bool) {
	n := len(boxes)
	if n == 0 {
		return Answer{}, false
	}
	first := n - 1
	for first > 0 && joins(s[boxes[first-1].End:boxes[first].Start]) {
		first--
	}
	if first == n-1 {
		return Answer{Text: boxes[n-1].Content, Rule: "boxed"}, true
	}
	parts := make([]string, 0, n-first)
	for _, b := range boxes[first:] {
		parts = append(parts, b.Content)
	}
	return Answer{Text: strings.Join(parts, ", "), Rule: "boxed-list"}, true
}

// joins reports whether the text between two boxes makes one list of them.
func joins(between string) bool {
	if len(between) > 40 || strings.Contains(between, "\n\n") {
		return false
	}
	t := strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune("$ \n\t*~", r) {
			return -1
		}
		return r
	}, between))
	for _, d := range []string{`\text`, `\mbox`, `\quad`, `\qquad`, `\)`, `\(`, `\;`, `\,`, "{", "}", `\`} {
		t = strings.ReplaceAll(t, d, "")
	}
	if i := strings.IndexByte(t, '='); i == len(t)-1 && i > 0 { // "and x ="
		name := i - 1
		for name > 0 && (t[name] >= '0' && t[name] <= '9' || t[name] == '_') {
			name--
		}
		t = t[:name]
	}
	switch t {
	case ",", "and", ",and", "or", ",or", ";", "&":
		return true
	}
	return false
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
