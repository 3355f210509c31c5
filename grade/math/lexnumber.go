package math

import (
	"math/big"
	"strconv"
	"strings"
)

// separators of groups of three digits, the longest first.
var separators = []string{`{,}\!`, `,\! `, `,\!`, `{,}`, `\,`, `\;`, `\:`, `\ `, `\thinspace `, `~`, ",", " "}

// number reads digits with group separators, a decimal part, a repeating part
// and an exponent.
func (l *lexer) number() error {
	start := l.i
	for l.i < len(l.s) && isDigit(l.s[l.i]) {
		l.i++
	}
	digits := l.s[start:l.i]
	group := false
	if n := len(digits); n >= 1 && n <= 3 && digits[0] != '0' && !l.afterMark() {
		digits, group = l.groups(digits)
	}
	places, repeat := noPlaces, ""
	if frac, ok := l.decimals(); ok {
		digits += frac
		places = len(frac)
		repeat = l.repeating(frac)
	}
	if len(digits) > maxDigits {
		return errWork
	}
	num, ok := parseDigits(digits)
	if !ok {
		return errSyntax
	}
	if places > 0 {
		num.Quo(num, tenTo(places))
	}
	if repeat != "" {
		num.Add(num, repeated(repeat, max(places, 0)))
		places = noPlaces
	}
	if exp, ok := l.exponent(); ok {
		if exp < -maxDigits || exp > maxDigits {
			return errWork
		}
		if exp >= 0 {
			num.Mul(num, tenTo(exp))
		} else {
			num.Quo(num, tenTo(-exp))
		}
		if places != noPlaces {
			places -= exp
		}
	}
	l.out = append(l.out, token{kind: tNum, text: digits, num: num, places: places, group: group, space: l.space, prose: l.prose})
	l.space = false
	l.ambiguous = l.ambiguous || group
	return nil
}

// afterMark reports whether the digits are the second half of something, such
// as an index, in which no groups are to be looked for.
func (l *lexer) afterMark() bool {
	return len(l.out) > 0 && !l.space && l.out[len(l.out)-1].text == "_"
}

// groups joins "1,000", "10,\!080", "1{,}000", "1\,000" and "1 000 000".
func (l *lexer) groups(digits string) (string, bool) {
	joined, ambiguous := digits, false
	for {
		sep, ok := l.separator()
		if !ok {
			return joined, ambiguous
		}
		if sep == "," {
			ambiguous = true
		}
		l.i += len(sep)
		joined += l.s[l.i : l.i+3]
		l.i += 3
	}
}

// separator returns the separator at the lexer's place when exactly three
// digits follow it.
func (l *lexer) separator() (string, bool) {
	rest := l.s[l.i:]
	for _, sep := range separators {
		if !strings.HasPrefix(rest, sep) || sep == "," && l.noGroup && rest[1:] != "" && rest[1] != '0' {
			continue // but 10,080 is one number whatever stands around it
		}
		t := rest[len(sep):]
		if len(t) < 3 || !isDigit(t[0]) || !isDigit(t[1]) || !isDigit(t[2]) || len(t) > 3 && isDigit(t[3]) {
			continue
		}
		if sep == " " && len(t) > 3 && t[3] == '/' {
			continue // a mixed number
		}
		return sep, true
	}
	return "", false
}

// decimals reads ".25", and "{,}25" with a decimal comma.
func (l *lexer) decimals() (string, bool) {
	i := l.i
	switch {
	case strings.HasPrefix(l.s[i:], "{,}"):
		i += 3
	case i < len(l.s) && l.s[i] == '.' && !strings.HasPrefix(l.s[i:], ".."):
		i++
	default:
		return "", false
	}
	j := i
	for j < len(l.s) && isDigit(l.s[j]) {
		j++
	}
	if j == i && !repeatFollows(l.s[i:]) {
		return "", false // the end of a sentence
	}
	l.i = j
	return l.s[i:j], true
}

var repeatMarks = []string{`\overline{`, `\bar{`, `\dot{`, `\overline `, `\bar `}

func repeatFollows(s string) bool {
	for _, m := range repeatMarks {
		if strings.HasPrefix(s, m) && len(s) > len(m) && isDigit(s[len(m)]) {
			return true
		}
	}
	return false
}

// repeating reads the digits that repeat for ever: \overline{36}, \dot{3}, or
// three equal digits and an ellipsis.
func (l *lexer) repeating(frac string) string {
	rest := l.s[l.i:]
	for _, m := range repeatMarks {
		if !strings.HasPrefix(rest, m) {
			continue
		}
		j := len(m)
		for j < len(rest) && isDigit(rest[j]) {
			j++
		}
		if j == len(m) {
			return ""
		}
		digits := rest[len(m):j]
		if strings.HasSuffix(m, "{") {
			if j == len(rest) || rest[j] != '}' {
				return ""
			}
			j++
		} else {
			digits, j = digits[:1], len(m)+1
		}
		l.i += j
		return digits
	}
	n := len(frac)
	for _, dots := range []string{"...", `\ldots`, `\dots`, `\cdots`} {
		if n >= 3 && strings.HasPrefix(rest, dots) && frac[n-1] == frac[n-2] && frac[n-2] == frac[n-3] {
			l.i += len(dots)
			return frac[n-1:]
		}
	}
	return ""
}

// exponent reads e-3 or E+5 right behind digits.
func (l *lexer) exponent() (int, bool) {
	s := l.s[l.i:]
	if len(s) < 2 || s[0]|0x20 != 'e' {
		return 0, false
	}
	j := 1
	if s[1] == '-' || s[1] == '+' {
		j = 2
	}
	k := j
	for k < len(s) && k < j+7 && isDigit(s[k]) {
		k++
	}
	if k == j || k < len(s) && (isLetter(s[k]) || isDigit(s[k])) {
		return 0, false
	}
	e, err := strconv.Atoi(strings.TrimPrefix(s[1:k], "+"))
	l.i += k
	return e, err == nil
}

func parseDigits(s string) (*big.Rat, bool) {
	if len(s) <= 18 {
		n := int64(0)
		for i := 0; i < len(s); i++ {
			n = n*10 + int64(s[i]-'0')
		}
		return new(big.Rat).SetInt64(n), true
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetInt(n), true
}

func tenTo(n int) *big.Rat {
	if n <= 18 {
		p := int64(1)
		for ; n > 0; n-- {
			p *= 10
		}
		return new(big.Rat).SetInt64(p)
	}
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// repeated is the value of digits repeated for ever behind that many places.
func repeated(digits string, places int) *big.Rat {
	n, _ := parseDigits(digits)
	d := new(big.Rat).Sub(tenTo(len(digits)), big.NewRat(1, 1))
	n.Quo(n, d)
	return n.Quo(n, tenTo(places))
}
