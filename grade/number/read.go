package number

import (
	"math/big"
	"strings"
)

// maxNumbers bounds how many numbers of one text are kept: the last ones.
const maxNumbers = 256

// numbers lists the numbers of a plain text. Times of day, dates and ratios
// (3:30, 12/25/2020, 2:1) are none, nor are digits inside a word.
func numbers(s string) []Value {
	var out []Value
	for i := 0; i < len(s); {
		if !digit(s[i]) && !(s[i] == '.' && i+1 < len(s) && digit(s[i+1])) {
			i++
			continue
		}
		r := &reader{s: s, i: i}
		v, end, ok := r.value(i)
		if ok {
			if len(out) == maxNumbers {
				out = out[1:]
			}
			out = append(out, v)
		}
		i = max(end, i+1)
	}
	return out
}

// value reads the number whose first digit or point stands at i.
func (r *reader) value(i int) (v Value, end int, ok bool) {
	if c := r.at(i - 1); letter(c) || c == '_' || c >= 0x80 && !r.mayPrecede(i) {
		return v, r.word(i), false // part of a name: x2, H2O
	}
	if end, compound := r.compound(i); compound {
		return v, end, false
	}
	x, last, end, ok := r.decimal(i)
	if !ok {
		return v, end, false
	}
	v.Rat, v.Last = x, last
	if end, ok = r.rest(&v, i, end); !ok {
		return v, end, false
	}
	r.sign(&v, i)
	v.End = r.suffix(&v, end)
	return v, max(end, v.End), true
}

// mayPrecede reports whether the sign before i, beyond ASCII, may stand before a
// number: currencies and operators, but no letter of another script.
func (r *reader) mayPrecede(i int) bool {
	for _, sign := range []string{"£", "€", "¥", "₹", "\u00a0", "×", "·", "÷", "≈", "≤", "≥", "→", "⇒", "∴", "°", "±", "≠", "…", "："} {
		if strings.HasSuffix(r.s[:i], sign) {
			return true
		}
	}
	return false
}

// word is the end of the letters, digits and marks at i.
func (r *reader) word(i int) int {
	for digit(r.at(i)) || letter(r.at(i)) || r.at(i) == '_' {
		i++
	}
	return i
}

// compound is the end of a time, a date or a ratio at i.
func (r *reader) compound(i int) (end int, ok bool) {
	for _, sep := range []byte{':', '/'} {
		end, parts := r.digits(i), 1
		for r.at(end) == sep && digit(r.at(end+1)) {
			end = r.digits(end + 1)
			parts++
		}
		if sep == ':' && parts > 1 || parts > 2 {
			return end, true
		}
	}
	return i, false
}

// rest reads what may follow the digits: an exponent, a power, a fraction.
func (r *reader) rest(v *Value, i, end int) (int, bool) {
	isWhole := v.Last == nil
	if n, stop, found, ok := r.exponent(end); found {
		if !ok {
			return stop, false
		}
		if v.Last == nil && n < 0 {
			v.Last = big.NewRat(1, 1)
		}
		v.Rat.Mul(v.Rat, power10(n))
		if v.Last != nil {
			v.Last = new(big.Rat).Mul(v.Last, power10(n))
		}
		return stop, true
	}
	if isWhole && r.at(end) == '^' {
		return r.raise(v, end)
	}
	if stop, ok := r.over(v.Rat, end); stop > end {
		v.Last = nil
		return stop, ok
	}
	if isWhole {
		if stop := r.mixed(v, end); stop > end {
			return stop, true
		}
	}
	return end, true
}

// raise reads the exponent of a whole number: 10^6. Large powers are no number
// for us; nothing is computed that is not small.
func (r *reader) raise(v *Value, end int) (int, bool) {
	n, stop, found, ok := r.power(end, end+1, true)
	if !found {
		return end + 1, false
	}
	if !ok || n > maxPower || n < -maxPower || v.Rat.Num().BitLen() > 64 || v.Rat.Sign() == 0 {
		return stop, false
	}
	p := new(big.Int).Exp(v.Rat.Num(), big.NewInt(int64(max(n, -n))), nil)
	v.Rat = new(big.Rat).SetInt(p)
	if n < 0 {
		v.Rat.Inv(v.Rat)
	}
	return stop, true
}

// over divides x by the denominator behind a slash at i.
func (r *reader) over(x *big.Rat, i int) (end int, ok bool) {
	j := r.spaces(i)
	if r.at(j) != '/' {
		return i, true
	}
	if j = r.spaces(j + 1); !digit(r.at(j)) {
		return i, true
	}
	d, _, end, ok := r.decimal(j)
	if !ok || d.Sign() == 0 {
		return end, false
	}
	x.Quo(x, d)
	return end, true
}

// mixed adds the fraction of a mixed number: 3 1/2, 3 and 1/2.
func (r *reader) mixed(v *Value, i int) (end int) {
	j := r.spaces(i)
	if j == i {
		return i
	}
	if strings.HasPrefix(r.s[j:], "and ") {
		j += len("and ")
	}
	stop := r.digits(j)
	if stop == j || stop-j > 6 || r.at(stop) != '/' {
		return i
	}
	top, _, _, _ := r.decimal(j)
	if _, compound := r.compound(j); compound || top == nil {
		return i
	}
	f := new(big.Rat).Set(top)
	end, ok := r.over(f, stop)
	if !ok || end == stop || f.Cmp(big.NewRat(1, 1)) >= 0 {
		return i
	}
	v.Rat.Add(v.Rat, f)
	return end
}

// sign looks back from i for a currency and for a minus that is no subtraction,
// no hyphen and no mark of a list.
func (r *reader) sign(v *Value, i int) {
	v.Start = i
	j := i
	for _, c := range currencies {
		for _, gap := range []string{"", " "} {
			if before, ok := strings.CutSuffix(r.s[:j], c.sign+gap); ok && v.Unit == "" {
				v.Unit, v.Start, j = c.unit, len(before), len(before)
			}
		}
	}
	before := strings.TrimRight(r.s[:j], " \u00a0")
	lower := strings.ToLower(before[max(0, len(before)-12):])
	switch {
	case strings.HasSuffix(lower, "negative") || strings.HasSuffix(lower, "minus") && !operand(before[:len(before)-len("minus")], true):
		v.Rat.Neg(v.Rat)
	case strings.HasSuffix(before, "-"):
		spaced := len(before) < j
		head := before[:len(before)-1]
		if operand(head, spaced) || spaced && bullet(head, r.s) {
			return
		}
		v.Rat.Neg(v.Rat)
		v.Start = len(head)
	}
}

// operand reports whether what stands before a minus makes it a subtraction or a
// hyphen: a digit or a bracket, or a letter with nothing between or with a blank
// on both sides.
func operand(head string, spaced bool) bool {
	trimmed := strings.TrimRight(head, " \u00a0")
	if trimmed == "" {
		return false
	}
	c := trimmed[len(trimmed)-1]
	if digit(c) || c == ')' || c == ']' || c == '%' {
		return true
	}
	return letter(c) && (len(trimmed) == len(head) || spaced)
}

// bullet reports whether a minus with a blank behind it begins a line among others.
func bullet(head, s string) bool {
	head = strings.TrimRight(head, " \t")
	return head != "" && head[len(head)-1] == '\n' || head == "" && strings.Contains(strings.TrimSpace(s), "\n")
}
