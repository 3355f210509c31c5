package audit

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value reads an answer into a form in which answers that say the same are
// mostly the same text: without the dress of TeX and Markdown, letters of
// options bare, numbers as fractions, quoted strings as they read. It groups
// answers and finds candidates; it grades nothing.
func Value(answer string) string {
	if s, ok := literal(answer); ok {
		return s
	}
	s := plain(answer)
	if n, ok := number(s); ok {
		return n
	}
	return s
}

// literal reads a string in quotes, as programs print it. Every sign in it counts.
func literal(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return "", false
	}
	inner := s[1 : len(s)-1]
	if strings.ContainsRune(inner, rune(s[0])) && !strings.Contains(inner, `\`+s[:1]) {
		return "", false // two strings, or more
	}
	var b strings.Builder
	for rest := inner; rest != ""; {
		r, multibyte, tail, err := strconv.UnquoteChar(rest, s[0])
		if err != nil {
			return inner, true
		}
		if r < utf8.RuneSelf || !multibyte {
			b.WriteByte(byte(r))
		} else {
			b.WriteRune(r)
		}
		rest = tail
	}
	return b.String(), true
}

const longValue = 400 // bytes; a longer answer is only trimmed

var (
	dressing   = strings.NewReplacer(`\left`, "", `\right`, "", `\,`, "", `\!`, "", `\;`, "", `\ `, " ", "\u2009", "", "\u202f", "", "−", "-", "–", "-", `\dfrac`, `\frac`, `\tfrac`, `\frac`, "**", "")
	wrappers   = [][2]string{{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}, {`\boxed{`, `}`}, {`\text{`, `}`}, {"`", "`"}}
	option     = regexp.MustCompile(`^\(?([A-Za-z])\)?[.:]?$`)
	fraction   = regexp.MustCompile(`^(-?)\\frac\s*(?:\{(\d+)\}|(\d))\s*(?:\{(\d+)\}|(\d))$`)
	plainRatio = regexp.MustCompile(`^-?\d+(?:/\d+)?$`)
	decimal    = regexp.MustCompile(`^[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?$`)
)

func plain(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > longValue {
		return s
	}
	s = dressing.Replace(s)
	for changed := true; changed; {
		changed = false
		s = strings.TrimSpace(s)
		for _, w := range wrappers {
			inner, ok := strings.CutPrefix(s, w[0])
			if ok && len(inner) >= len(w[1]) && strings.HasSuffix(inner, w[1]) && balanced(inner[:len(inner)-len(w[1])]) {
				s, changed = inner[:len(inner)-len(w[1])], true
				break
			}
		}
		if t := strings.TrimSuffix(s, "."); t != s && t != "" {
			s, changed = t, true
		}
	}
	if m := option.FindStringSubmatch(s); m != nil {
		return strings.ToUpper(m[1])
	}
	return strings.Join(strings.Fields(s), " ")
}

// balanced reports whether no bracket is closed that was not opened here.
func balanced(s string) bool {
	depth := 0
	for _, r := range s {
		switch r {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0 && !strings.Contains(s, "$")
}

// number reads a whole number, a decimal or a fraction.
func number(s string) (string, bool) {
	if len(s) > 60 {
		return "", false
	}
	if m := fraction.FindStringSubmatch(s); m != nil {
		s = m[1] + m[2] + m[3] + "/" + m[4] + m[5]
	}
	s = strings.TrimPrefix(s, "+")
	if !plainRatio.MatchString(s) && (!decimal.MatchString(s) || !strings.ContainsAny(s, "0123456789")) {
		return "", false
	}
	r, ok := new(big.Rat).SetString(strings.ReplaceAll(s, ",", ""))
	if !ok {
		return "", false
	}
	return r.RatString(), true
}

var (
	unitGroup = regexp.MustCompile(`\\?\s*\\(?:text|mbox|mathrm|textbf|textrm|hbox)\s*\{[^{}]*\}(?:\s*\^\s*\{?\d+\}?)?`)
	unitMarks = regexp.MustCompile(`\\?[%$€£]|\^\s*\{?\\circ\}?|°|\\degree`)
	unitWord  = regexp.MustCompile(`(?i)^([-+]?[\d.,/]+)\s*[a-z]+(?:\s*(?:\^|\*\*)?\s*[23]?|[²³]|\s+(?:per|an?)\s+[a-z]+)*$`)
	equation  = regexp.MustCompile(`^[A-Za-z](?:\([A-Za-z]\)|_\{?\w+\}?)?\s*(?:=|\\in)\s*(.+)$`)
	listBreak = regexp.MustCompile(`\s*(?:,|;|\\text\s*\{\s*and\s*\}|\band\b)\s*`)
	orBreak   = regexp.MustCompile(`(?i)\s*(?:\\text\s*\{\s*or\s*\}|\\mbox\s*\{\s*or\s*\}|\bor\b)\s*`)
)

// undressed is a value without units and without the name that it is given to.
func undressed(s string) string {
	s = plain(s)
	if m := equation.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	s = unitGroup.ReplaceAllString(s, "")
	s = strings.TrimSpace(unitMarks.ReplaceAllString(s, ""))
	if m := unitWord.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	return Value(s)
}

// alike says in which sense a wrong answer could be meant to be the reference:
// the name of a rule, or nothing. Every rule is laxer than a grader may be.
func alike(reference, answer string) string {
	if reference == "" || answer == "" || len(reference) > longValue || len(answer) > longValue {
		return ""
	}
	a, b := Value(reference), Value(answer)
	_, quoted := literal(reference)
	switch {
	case a == b:
		return "same value"
	case quoted:
		return "" // a string: every sign counts
	case strings.EqualFold(a, b):
		return "same but for capitals"
	case option.MatchString(strings.TrimSpace(reference)) && option.MatchString(strings.TrimSpace(answer)):
		return "" // two letters: there is nothing more to them
	}
	if u := undressed(reference); u != "" && u == undressed(answer) {
		return "same but for a unit or a name"
	}
	if strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") {
		return "same but for spaces"
	}
	if rounds(reference, answer) {
		return "same to the digits of the reference"
	}
	return alikeLists(reference, answer)
}

func alikeLists(reference, answer string) string {
	for _, part := range orBreak.Split(reference, 9) {
		if part != reference && Value(part) != "" && Value(part) == Value(answer) {
			return "one of the values of the reference"
		}
	}
	if s := plain(reference); s != "" && strings.ContainsAny(s[:1], "[(") {
		return "" // a tuple, an interval or a program's list: its order counts
	}
	a, b := items(reference), items(answer)
	if len(a) > 1 && slices.Equal(a, b) {
		return "same values in another order"
	}
	return ""
}

func items(s string) []string {
	var out []string
	for _, part := range listBreak.Split(strings.Trim(plain(s), "{}[]()\\"), 32) {
		if v := Value(part); v != "" {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// rounds reports whether an answer rounds to a decimal reference.
func rounds(reference, answer string) bool {
	r, a := plain(reference), plain(answer)
	dot := strings.IndexByte(r, '.')
	if dot < 0 || !decimal.MatchString(r) || len(r) > 40 || len(a) > 60 {
		return false
	}
	text, ok := number(a)
	if !ok {
		return false
	}
	x, _ := new(big.Rat).SetString(text)
	digits := len(r) - dot - 1
	return x.FloatString(digits) == strings.ReplaceAll(strings.TrimPrefix(r, "+"), ",", "")
}
