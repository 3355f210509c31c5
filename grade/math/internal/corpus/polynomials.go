package corpus

import (
	"fmt"
	"slices"
	"strings"
)

// poly is a polynomial in one variable, the constant first.
type poly []int

func (p poly) times(q poly) poly {
	out := make(poly, len(p)+len(q)-1)
	for i, a := range p {
		for j, b := range q {
			out[i+j] += a * b
		}
	}
	return out
}

// term writes c·x^e, with its sign when it does not come first.
func term(c, e int, x string, first bool) string {
	sign := "+"
	if c < 0 {
		sign, c = "-", -c
	}
	if first && sign == "+" {
		sign = ""
	}
	power := x
	switch {
	case e == 0:
		return fmt.Sprintf("%s%d", sign, c)
	case e > 1:
		power = fmt.Sprintf("%s^%d", x, e)
	}
	if c == 1 {
		return sign + power
	}
	return fmt.Sprintf("%s%d%s", sign, c, power)
}

// write writes the terms in the order of the exponents.
func (p poly) write(x string, order []int) string {
	var s strings.Builder
	for _, e := range order {
		if p[e] != 0 {
			s.WriteString(term(p[e], e, x, s.Len() == 0))
		}
	}
	if s.Len() == 0 {
		return "0"
	}
	return s.String()
}

func (p poly) falling() []int {
	var order []int
	for e := len(p) - 1; e >= 0; e-- {
		order = append(order, e)
	}
	return order
}

func factored(x string, factors []poly) string {
	var s strings.Builder
	for _, f := range factors {
		s.WriteString("(" + f.write(x, f.falling()) + ")")
	}
	return s.String()
}

// polynomials are products of linear factors beside what they multiply out to.
func polynomials(m *maker) {
	for len(m.pairs) < 200 {
		x := m.pick("x", "x", "t", "n", "a")
		p, factors := poly{1}, []poly(nil)
		for range m.between(2, 4) {
			f := poly{m.nonzero(7), m.between(1, 3)}
			factors, p = append(factors, f), p.times(f)
		}
		ref := p.write(x, p.falling())
		order := m.shuffled(p.falling())
		m.right(ref, factored(x, factors), p.write(x, order), strings.ReplaceAll(ref, "^", "**"))
		slices.Reverse(factors)
		m.right(factored(x, factors), ref)

		at := m.IntN(len(p))
		off, dropped, turned := slices.Clone(p), slices.Clone(p), slices.Clone(p)
		off[at]++
		dropped[at] = 0
		turned[at] = -turned[at]
		for _, q := range []poly{off, dropped, turned} {
			if !slices.Equal(p, q) {
				m.wrong(ref, q.write(x, q.falling()))
			}
		}
		factors[0] = poly{factors[0][0] + 1, factors[0][1]}
		m.wrong(ref, factored(x, factors))
	}
}

// partialFractions are a/(x-p) + b/(x-q) beside the one fraction they add up to.
func partialFractions(m *maker) {
	for len(m.pairs) < 70 {
		a, b, p, q := m.nonzero(9), m.nonzero(9), m.nonzero(9), m.nonzero(9)
		if p == q || a == b || a+b == 0 {
			continue
		}
		top := poly{-a*q - b*p, a + b}
		bottom := poly{-p, 1}.times(poly{-q, 1})
		ref := fmt.Sprintf(`\frac{%d}{x%+d}+\frac{%d}{x%+d}`, a, -p, b, -q)
		m.right(ref, fmt.Sprintf(`\frac{%s}{%s}`, top.write("x", top.falling()), bottom.write("x", bottom.falling())),
			fmt.Sprintf("(%s)/((x%+d)(x%+d))", top.write("x", []int{0, 1}), -q, -p))
		m.wrong(ref, fmt.Sprintf(`\frac{%d}{x%+d}+\frac{%d}{x%+d}`, b, -p, a, -q), fmt.Sprintf(`\frac{%d}{x%+d}+\frac{%d}{x%+d}`, a, p, b, q),
			fmt.Sprintf(`\frac{%s}{%s}`, bottom.write("x", bottom.falling()), top.write("x", top.falling())))
	}
}
