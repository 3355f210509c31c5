package extract

import "strings"

// remarks are the words with which a writer goes on to explain the answer.
var remarks = []string{" because ", ", because ", " since ", ", since ", ", not ", ", as ", ", which ", ", instead of ", " rather than ", ", so ", ", i.e. ", ", where "}

// withoutRemark cuts an explanation from a sentence that begins with the answer:
// what follows "because" and its like, and brackets with words in them, "12 (3 boxes)".
func withoutRemark(s string) string {
	if i := remarkAt(s); strings.TrimSpace(s[:i]) != "" {
		return s[:i]
	}
	return s
}

// remarkAt returns where in a sentence the explanation begins, or its length.
func remarkAt(s string) int {
	low, at := lower(s), len(s)
	for _, r := range remarks {
		if i := strings.Index(low, r); i >= 0 {
			at = min(at, i)
		}
	}
	for i := 1; i < at; i++ {
		if s[i] == '(' && s[i-1] == ' ' && worded(s[i+1:]) {
			return i
		}
	}
	return at
}

// worded reports whether a bracket has a word of three letters or more in it that
// is no command of LaTeX and no function's name.
func worded(inside string) bool {
	if i := strings.IndexByte(inside, ')'); i >= 0 {
		inside = inside[:i]
	}
	for i := 0; i < len(inside); i++ {
		if !isLetter(inside[i]) {
			continue
		}
		j := i
		for j < len(inside) && isLetter(inside[j]) {
			j++
		}
		if word := lower(inside[i:j]); len(word) >= 3 && (i == 0 || inside[i-1] != '\\') && !functionNames[word] {
			return true
		}
		i = j
	}
	return false
}

var functionNames = map[string]bool{"sin": true, "cos": true, "tan": true, "log": true, "exp": true, "sqrt": true, "cot": true, "sec": true, "csc": true, "infty": true, "inf": true, "mod": true}

// solutions returns the formulas of a line together when they are the values of
// one unknown: "$x = 1$ and $x = 2$", "$x_1 = 1$, $x_2 = 2$".
func solutions(line string) (string, bool) {
	parts := strings.Split(line, "$")
	if len(parts)%2 == 0 || len(parts) < 5 {
		return "", false
	}
	last := len(parts) - 2 // the formulas are at the odd places
	first := last
	name, ok := unknown(parts[last])
	for ok && first >= 3 {
		other, is := unknown(parts[first-2])
		if !is || other != name || !joins(parts[first-1]) {
			break
		}
		first -= 2
	}
	if first == last {
		return "", false
	}
	var list []string
	for i := first; i <= last; i += 2 {
		list = append(list, parts[i])
	}
	return strings.Join(list, ", "), true
}

// unknown returns the letter that an equation gives a value to.
func unknown(formula string) (letter byte, ok bool) {
	f := strings.TrimSpace(formula)
	if f == "" || !isLetter(f[0]) {
		return 0, false
	}
	left, _, found := strings.Cut(f, "=")
	left = strings.TrimSpace(left[1:])
	if !found || left != "" && left[0] != '_' {
		return 0, false
	}
	return f[0], true
}
