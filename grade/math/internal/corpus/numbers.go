package corpus

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// fraction writes p/q, q > 0, in one of the ways in which people write it.
func (m *maker) fraction(p, q int) string {
	sign, a := "", p
	if p < 0 {
		sign, a = m.pick("-", "-", "−"), -p
	}
	forms := []string{
		fmt.Sprintf(`%s\frac{%d}{%d}`, sign, a, q), fmt.Sprintf(`%s\dfrac{%d}{%d}`, sign, a, q), fmt.Sprintf(`\tfrac{%s%d}{%d}`, strings.ReplaceAll(sign, "−", "-"), a, q),
		fmt.Sprintf("%s%d/%d", sign, a, q), fmt.Sprintf("%s%d / %d", sign, a, q), fmt.Sprintf(`$%s\frac{%d}{%d}$`, sign, a, q),
	}
	if a < 10 && q < 10 {
		forms = append(forms, fmt.Sprintf(`%s\frac%d%d`, sign, a, q))
	}
	if a > q {
		forms = append(forms, fmt.Sprintf(`%s%d\frac{%d}{%d}`, sign, a/q, a%q, q), fmt.Sprintf(`%s%d \tfrac{%d}{%d}`, sign, a/q, a%q, q))
	}
	return forms[m.IntN(len(forms))]
}

// exactDecimal writes p/q if its decimal expansion ends, and says whether it does.
func exactDecimal(p, q int) (string, bool) {
	n, exact := big.NewRat(int64(p), int64(q)).FloatPrec()
	return big.NewRat(int64(p), int64(q)).FloatString(n), exact
}

func coprime(p, q int) bool {
	return new(big.Int).GCD(nil, nil, big.NewInt(int64(max(p, -p))), big.NewInt(int64(q))).IsInt64() &&
		new(big.Int).GCD(nil, nil, big.NewInt(int64(max(p, -p))), big.NewInt(int64(q))).Int64() == 1
}

func rationals(m *maker) {
	for len(m.pairs) < 150 {
		p, q := m.nonzero(40), m.between(2, 20)
		if !coprime(p, q) {
			continue
		}
		ref, k := m.fraction(p, q), m.between(2, 6)
		m.right(ref, m.fraction(p, q), m.fraction(k*p, k*q))
		if d, ok := exactDecimal(p, q); ok {
			m.right(ref, d)
		}
		m.wrong(ref, m.fraction(p+1, q), m.fraction(-p, q))
		if max(p, -p) > 1 && p > 0 {
			m.wrong(ref, m.fraction(q, p))
		}
	}
}

// grouped writes n > 0 with separators between groups of three digits.
func grouped(n int, sep string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

func integers(m *maker) {
	seps := []string{",", "{,}", `,\!`, `\,`, `\;`, " "}
	for len(m.pairs) < 120 {
		n := m.between(1001, 99999999)
		ref := grouped(n, m.pick("", ",", `,\!`, "{,}"))
		m.right(ref, grouped(n, seps[m.IntN(len(seps))]), "$"+grouped(n, ",")+"$", strconv.Itoa(n)+".0")
		m.wrong(ref, grouped(n+1, ","), grouped(n*10, m.pick("", ",")), "-"+strconv.Itoa(n))
		if d := n/10*10 + 9 - n%10; d != n {
			m.wrong(ref, strconv.Itoa(d))
		}
	}
}

func decimals(m *maker) {
	for len(m.pairs) < 120 {
		places := m.between(1, 4)
		scale := 1
		for range places {
			scale *= 10
		}
		v := m.between(max(scale/10+1, 100), 60*scale) // of a decimal of two digits nobody knows whether it was rounded
		write := func(v, extra, more int) string {     // v with more digits behind it
			s := fmt.Sprintf("%0*d", places+1, v)
			s = s[:len(s)-places] + "." + s[len(s)-places:]
			if more > 0 {
				s += fmt.Sprintf("%0*d", more, extra)
			}
			return s
		}
		ref := write(v, 0, 0)
		m.right(ref, write(v, m.between(1, 4), 1), write(v, 0, 2), write(v, m.between(10, 44), 2), write(v-1, m.between(60, 99), 2))
		m.wrong(ref, write(v+1, 0, 0), write(v-1, 0, 0), write(v, m.between(60, 99), 2), "-"+ref)
		if v < scale {
			m.right(ref, strings.TrimPrefix(ref, "0"))
		}
	}
}

func percents(m *maker) {
	for len(m.pairs) < 60 {
		p := m.between(2, 99)
		ref := fmt.Sprintf(`%d\%%`, p)
		dec, _ := exactDecimal(p, 100)
		m.right(ref, fmt.Sprintf("%d%%", p), fmt.Sprintf(`%d \%%`, p), fmt.Sprintf(`%d \text{ percent}`, p), dec)
		m.wrong(ref, fmt.Sprintf(`%d\%%`, p+1), fmt.Sprintf(`%d\%%`, 10*p), fmt.Sprintf("%d%%", 100-p+boolInt(p == 50)), fmt.Sprintf(`0.%02d\%%`, p))
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func money(m *maker) {
	for len(m.pairs) < 70 {
		d, c := m.between(1, 2500), m.between(1, 99)
		amount := fmt.Sprintf("%d.%02d", d, c)
		ref := m.pick(`\$`+amount, amount, amount+` \text{ dollars}`)
		long := amount
		if d > 999 {
			long = grouped(d, ",") + amount[len(strconv.Itoa(d)):]
		}
		m.right(ref, `\$`+amount, "$"+long, amount+" dollars", fmt.Sprintf(`\text{USD } %s`, amount))
		m.wrong(ref, fmt.Sprintf(`\$%d.%02d`, d+1, c), fmt.Sprintf(`\$%d.%02d`, d, c+1-2*boolInt(c == 99)), fmt.Sprintf(`\$%d%02d`, d, c))
	}
}

// A scale is a unit, its names, and a smaller unit of which it has so many.
var scales = []struct {
	names  []string
	small  []string
	factor int
}{
	{[]string{"km", "kilometers", "kilometres"}, []string{"m", "meters", "metres"}, 1000},
	{[]string{"m", "meters"}, []string{"cm", "centimeters"}, 100},
	{[]string{"kg", "kilograms"}, []string{"g", "grams"}, 1000},
	{[]string{"hours", "hour", "hr"}, []string{"minutes", "min"}, 60},
	{[]string{"feet", "ft"}, []string{"inches", "in"}, 12},
	{[]string{"minutes"}, []string{"seconds", "s"}, 60},
	{[]string{"L", "liters"}, []string{"mL", "milliliters"}, 1000},
}

func units(m *maker) {
	for i := 0; len(m.pairs) < 140; i++ {
		s, v := scales[i%len(scales)], m.between(2, 90)
		ref := fmt.Sprintf(m.pick(`%d \text{ %s}`, `%d\mbox{ %s}`, `%d~\mathrm{%s}`, `%d\ \text{%s}`), v, s.names[0])
		m.right(ref, strconv.Itoa(v), fmt.Sprintf("%d %s", v, m.pick(s.names...)), fmt.Sprintf(`%d\,\text{%s}`, v, m.pick(s.names...)),
			fmt.Sprintf(`%d \text{ %s}`, v*s.factor, m.pick(s.small...)))
		m.wrong(ref, fmt.Sprintf("%d %s", v+1, s.names[0]), fmt.Sprintf(`%d \text{ %s}`, v, m.pick(s.small...)), fmt.Sprintf(`%d \text{ %s}`, v*s.factor, s.names[0]))
	}
}

func scientific(m *maker) {
	for len(m.pairs) < 70 {
		a, b, e := m.between(1, 9), m.between(1, 99), m.between(2, 12)
		if m.IntN(3) == 0 {
			e = -m.between(2, 9)
		}
		ref := fmt.Sprintf(`%d.%02d \times 10^{%d}`, a, b, e)
		v := new(big.Rat).SetFrac64(int64(100*a+b), 100)
		ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(e, -e))), nil))
		if e < 0 {
			ten.Inv(ten)
		}
		plain := v.Mul(v, ten)
		n, _ := plain.FloatPrec()
		m.right(ref, plain.FloatString(n), fmt.Sprintf("%d.%02de%d", a, b, e), fmt.Sprintf(`%d.%02d\cdot10^{%d}`, a, b, e), fmt.Sprintf("%d.%02d × 10^%d", a, b, e))
		m.wrong(ref, fmt.Sprintf(`%d.%02d \times 10^{%d}`, a, b, e+1), fmt.Sprintf(`%d.%02d \times 10^{%d}`, a, b, -e), fmt.Sprintf("%d.%02d", a, b))
	}
}

// words are counted things written out.
func words(m *maker) {
	names := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	for i := 2; i < len(names); i++ {
		m.right(strconv.Itoa(i), names[i], fmt.Sprintf(`\text{%s}`, names[i]))
		m.wrong(strconv.Itoa(i), names[i-1])
	}
}
