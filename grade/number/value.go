package number

import (
	"math/big"
	"strings"
)

// Value is a number as it was written.
type Value struct {
	Rat        *big.Rat // exact
	Last       *big.Rat // value of one unit in the last digit shown; nil for integers and fractions, which are exact
	Percent    bool
	Unit       string // name of the unit as far as it is known, "" otherwise
	Start, End int    // where it stands in the plain text, sign and unit included
}

// Limits of what is read as one number.
const (
	maxDigits   = 400
	maxExponent = 400
	maxPower    = 64 // of one whole number raised to another
)

// reader reads numbers out of a plain text.
type reader struct {
	s string
	i int
}

func (r *reader) at(i int) byte {
	if i < 0 || i >= len(r.s) {
		return 0
	}
	return r.s[i]
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// digits is the end of the run of digits at i.
func (r *reader) digits(i int) int {
	for digit(r.at(i)) {
		i++
	}
	return i
}

// separators part groups of three digits. A comma, a thin space and so on; a full
// stop only where it cannot be a decimal point.
var separators = []string{",", "\u00a0", " ", "'", "_"}

// whole reads the digits before a decimal mark, with their separators, from i.
// european is set when the groups are parted by full stops.
func (r *reader) whole(i int) (text string, end int, european bool) {
	first := r.digits(i)
	if n := first - i; n == 0 || n > 3 || r.s[i] == '0' {
		return r.s[i:first], first, false
	}
	for _, sep := range separators {
		if end := r.groups(first, sep); end > first {
			return strings.ReplaceAll(r.s[i:end], sep, ""), end, false
		}
	}
	if end := r.groups(first, "."); end > first {
		after := r.at(end) == ',' && digit(r.at(end+1))
		if end > first+4 || after {
			return strings.ReplaceAll(r.s[i:end], ".", ""), end, true
		}
	}
	if end := r.lakhs(i, first); end > 0 {
		return strings.ReplaceAll(r.s[i:end], ",", ""), end, false
	}
	return r.s[i:first], first, false
}

// groups is the end of the groups of three digits, each behind a separator, at i;
// i itself when what follows is no such thing through to its end.
func (r *reader) groups(i int, sep string) int {
	end := i
	for end-i < 2*maxDigits && strings.HasPrefix(r.s[end:], sep) && r.digits(end+len(sep)) == end+len(sep)+3 {
		end += len(sep) + 3
	}
	if strings.HasPrefix(r.s[end:], sep) && digit(r.at(end+len(sep))) && sep != " " {
		return i // 1,234,5: a list
	}
	return end
}

// lakhs is the end of a number in the Indian grouping, such as 12,34,567.
func (r *reader) lakhs(i, first int) int {
	end := first
	for end-i < 2*maxDigits && r.at(end) == ',' && r.digits(end+1) == end+3 {
		end += 3
	}
	if end == first || first-i > 2 || r.at(end) != ',' || r.digits(end+1) != end+4 || r.at(end+4) == ',' && digit(r.at(end+5)) {
		return 0
	}
	return end + 4
}

// decimal reads an unsigned number without exponent from i.
func (r *reader) decimal(i int) (x *big.Rat, last *big.Rat, end int, ok bool) {
	text, end, european := r.whole(i)
	mark := byte('.')
	if european {
		mark = ','
	}
	places := 0
	if r.at(end) == mark && digit(r.at(end+1)) {
		stop := r.digits(end + 1)
		places = stop - end - 1
		text += r.s[end+1 : stop]
		end = stop
	}
	if text == "" || len(text) > maxDigits {
		return nil, nil, max(end, r.digits(i)), false
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, nil, end, false
	}
	x = new(big.Rat).SetInt(n)
	if places > 0 {
		last = power10(-places)
		x.Mul(x, last)
	}
	return x, last, end, true
}

// power10 is 10^n for |n| within the limits.
func power10(n int) *big.Rat {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil)
	if n < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), p)
	}
	return new(big.Rat).SetInt(p)
}

// exponent reads e10, × 10^3 and the like at i; ok is false when what is there
// is an exponent that goes too far.
func (r *reader) exponent(i int) (n, end int, found, ok bool) {
	j := i
	if c := r.at(j); c == 'e' || c == 'E' {
		return r.power(i, j+1, false)
	}
	j = r.spaces(j)
	for _, times := range []string{"×", "x", "X", "*", "·"} {
		if strings.HasPrefix(r.s[j:], times) {
			k := r.spaces(j + len(times))
			if strings.HasPrefix(r.s[k:], "10^") {
				return r.power(i, k+3, true)
			}
		}
	}
	return 0, i, false, true
}

// power reads a signed whole number at j, in parentheses if it likes.
func (r *reader) power(i, j int, brackets bool) (n, end int, found, ok bool) {
	open := brackets && r.at(j) == '('
	if open {
		j++
	}
	minus := r.at(j) == '-'
	if minus || r.at(j) == '+' {
		j++
	}
	stop := r.digits(j)
	if stop == j || letter(r.at(stop)) && !brackets {
		return 0, i, false, true
	}
	for k := j; k < stop; k++ {
		if n = n*10 + int(r.s[k]-'0'); n > maxExponent {
			return 0, stop, true, false
		}
	}
	if minus {
		n = -n
	}
	if open && r.at(stop) == ')' {
		stop++
	}
	return n, stop, true, true
}

func (r *reader) spaces(i int) int {
	for {
		switch {
		case r.at(i) == ' ':
			i++
		case strings.HasPrefix(r.s[min(i, len(r.s)):], "\u00a0"):
			i += len("\u00a0")
		default:
			return i
		}
	}
}
