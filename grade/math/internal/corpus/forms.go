package corpus

import (
	"fmt"
	"strings"
)

// replaceAngle puts an angle for U, and y for V.
func replaceAngle(s, angle string) string {
	s = strings.ReplaceAll(s, "2U", "(2"+angle+")")
	s = strings.ReplaceAll(s, "3U", "(3"+angle+")")
	s = strings.ReplaceAll(s, "U", " "+angle)
	return strings.ReplaceAll(s, "V", " y")
}

// values draws different whole numbers.
func (m *maker) values(n int) []int {
	var list []int
	for seen := map[int]bool{}; len(list) < n; {
		if v := m.between(-30, 60); !seen[v] && v != 0 {
			seen[v] = true
			list = append(list, v)
		}
	}
	return list
}

// number writes v in one of several ways.
func (m *maker) number(v int) string {
	sign, a := "", v
	if v < 0 {
		sign, a = "-", -v
	}
	return m.pick(fmt.Sprint(v), fmt.Sprint(v), fmt.Sprintf("%s%d.0", sign, a), fmt.Sprintf(`%s\frac{%d}{3}`, sign, 3*a), fmt.Sprintf(`%s\sqrt{%d}`, sign, a*a))
}

func (m *maker) join(list []int, sep string) string {
	var s []string
	for _, v := range list {
		s = append(s, m.number(v))
	}
	return strings.Join(s, sep)
}

func plain(list []int, sep string) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(list)), sep), "[]")
}

// shuffled returns a copy in another order.
func (m *maker) shuffled(list []int) []int {
	out := append([]int(nil), list...)
	for fmt.Sprint(out) == fmt.Sprint(list) {
		m.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

// changed returns a copy with one value that is not in the list.
func (m *maker) changed(list []int) []int {
	out := append([]int(nil), list...)
	out[m.IntN(len(out))] = 61 + m.IntN(9)
	return out
}

func lists(m *maker) {
	for len(m.pairs) < 90 {
		v := m.values(m.between(2, 5))
		ref := plain(v, ", ")
		m.right(ref, m.join(m.shuffled(v), ", "), "x = "+plain(m.shuffled(v), ", "), `\{`+plain(m.shuffled(v), ",")+`\}`)
		if len(v) == 2 {
			m.right(ref, fmt.Sprintf("%d and %d", v[1], v[0]), fmt.Sprintf(`x=%d \text{ or } x=%d`, v[0], v[1]))
		}
		m.wrong(ref, m.join(v[1:], ", "), plain(m.changed(v), ", "), plain(append(m.shuffled(v), 77), ", "))
	}
}

func tuples(m *maker) {
	for len(m.pairs) < 90 {
		v := m.values(m.between(2, 4))
		ref := fmt.Sprintf("(%s)", plain(v, ","))
		m.right(ref, fmt.Sprintf(`\left(%s\right)`, m.join(v, ", ")), fmt.Sprintf(`(%s)`, m.join(v, `, `)))
		m.wrong(ref, fmt.Sprintf("(%s)", plain(m.shuffled(v), ",")), fmt.Sprintf("(%s)", plain(m.changed(v), ",")), fmt.Sprintf("(%s)", plain(append(v[:len(v):len(v)], 0), ",")))
		if len(v) == 2 && v[0] != -v[1] {
			m.right(ref, fmt.Sprintf("(x,y) = (%d, %d)", v[0], v[1]))
			m.wrong(ref, fmt.Sprintf("(%d,%d)", v[0], -v[1]))
		}
	}
}

func sets(m *maker) {
	for len(m.pairs) < 80 {
		v := m.values(m.between(2, 5))
		ref := fmt.Sprintf(`\{%s\}`, plain(v, ","))
		m.right(ref, fmt.Sprintf(`\left\{%s\right\}`, m.join(m.shuffled(v), ", ")), fmt.Sprintf(`\{%s\}`, plain(append(m.shuffled(v), v[0]), ", ")))
		m.wrong(ref, fmt.Sprintf(`\{%s\}`, plain(v[1:], ",")), fmt.Sprintf(`\{%s\}`, plain(m.changed(v), ",")), fmt.Sprintf(`\{%s, 77\}`, plain(v, ",")))
	}
}

// span writes an interval; open says which ends do not belong to it.
func span(lo, hi string, openLo, openHi bool) string {
	return "[("[boolInt(openLo):boolInt(openLo)+1] + lo + ", " + hi + "])"[boolInt(openHi):boolInt(openHi)+1]
}

// chain writes the interval as inequalities.
func (m *maker) chain(lo, hi string, openLo, openHi bool) string {
	less := func(open bool) string {
		if open {
			return "<"
		}
		return m.pick(`\le`, `\leq`, "≤", "<=")
	}
	return fmt.Sprintf("%s %s x %s %s", lo, less(openLo), less(openHi), hi)
}

func intervals(m *maker) {
	for len(m.pairs) < 150 {
		a, w := m.between(-20, 20), m.between(1, 15)
		lo, hi := fmt.Sprint(a), fmt.Sprint(a+w)
		openLo, openHi := m.IntN(2) == 0, m.IntN(2) == 0
		ref := span(lo, hi, openLo, openHi)
		m.right(ref, m.chain(lo, hi, openLo, openHi), `x \in `+span(m.number(a), m.number(a+w), openLo, openHi))
		m.wrong(ref, span(lo, hi, !openLo, openHi), m.chain(lo, hi, openLo, !openHi), span(lo, fmt.Sprint(a+w+1), openLo, openHi))
		ref = fmt.Sprintf(`(-\infty, %s%s \cup %s%s, \infty)`, lo, "])"[boolInt(openLo):boolInt(openLo)+1], "[("[boolInt(openHi):boolInt(openHi)+1], hi)
		m.right(ref, span(hi, `\infty`, openHi, true)+` \cup `+span(`-\infty`, lo, true, openLo),
			fmt.Sprintf(`x %s %s \text{ or } x %s %s`, [2]string{`\le`, "<"}[boolInt(openLo)], lo, [2]string{`\ge`, ">"}[boolInt(openHi)], hi),
			span(`-∞`, lo, true, openLo)+" ∪ "+span(hi, `+∞`, openHi, true))
		m.wrong(ref, span(lo, hi, !openLo, !openHi), span(`-\infty`, lo, true, openLo), span(`-\infty`, lo, true, !openLo)+` \cup `+span(hi, `\infty`, openHi, true))
	}
}

// grid writes a matrix with numbers in several forms.
func (m *maker) grid(v []int, cols int, env string) string {
	var rows []string
	for i := 0; i < len(v); i += cols {
		rows = append(rows, m.join(v[i:i+cols], " & "))
	}
	return fmt.Sprintf(`\begin{%s} %s \end{%s}`, env, strings.Join(rows, ` \\ `), env)
}

func matrices(m *maker) {
	for len(m.pairs) < 90 {
		rows, cols := m.between(1, 3), m.between(2, 3)
		v := m.values(rows * cols)
		ref := m.grid(v, cols, "pmatrix")
		m.right(ref, m.grid(v, cols, "bmatrix"), m.grid(v, cols, "pmatrix"))
		if rows > 1 {
			var lines []string
			for i := 0; i < len(v); i += cols {
				lines = append(lines, "["+plain(v[i:i+cols], ", ")+"]")
			}
			m.right(ref, "["+strings.Join(lines, ", ")+"]")
		}
		m.wrong(ref, m.grid(m.changed(v), cols, "pmatrix"), m.grid(m.shuffled(v), cols, "bmatrix"))
		if rows == 2 && cols == 2 {
			m.wrong(ref, m.grid([]int{v[0], v[2], v[1], v[3]}, 2, "pmatrix"))
		}
		if rows != cols && rows > 1 {
			m.wrong(ref, m.grid(v, rows, "pmatrix"))
		}
	}
}

func lines(m *maker) {
	for len(m.pairs) < 110 {
		a, b, c, k := m.nonzero(9), m.nonzero(9), m.nonzero(20), m.between(2, 5)
		ref := fmt.Sprintf("%dx%+dy=%d", a, b, c)
		m.right(ref, fmt.Sprintf("%dx%+dy%+d=0", a, b, -c), fmt.Sprintf("%d = %dx %+dy", k*c, k*a, k*b), fmt.Sprintf(`y = \frac{%d}{%d}-\frac{%d}{%d}x`, c, b, a, b), fmt.Sprintf("%dx%+dy = %d", -a, -b, -c))
		m.wrong(ref, fmt.Sprintf("%dx%+dy=%d", a, -b, c), fmt.Sprintf("%dx%+dy=%d", a, b, c+1+boolInt(c == -1)), fmt.Sprintf("%dx%+dy=%d", a+1+boolInt(a == -1), b, c))
		ref = fmt.Sprintf("y=%dx%+d", a, c)
		m.right(ref, fmt.Sprintf("y = %+d + %dx", c, a), fmt.Sprintf("%dx - y = %d", a, -c))
		m.wrong(ref, fmt.Sprintf("y=%dx%+d", -a, c), fmt.Sprintf("y=%dx%+d", a, -c))
	}
}
