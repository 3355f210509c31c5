package corpus

import (
	"fmt"
	"math/big"
)

// root writes a√n for a ≠ 0 and n without a square in it.
func (m *maker) root(a, n int) string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	if a == 1 {
		return sign + m.pick(fmt.Sprintf(`\sqrt{%d}`, n), fmt.Sprintf("√%d", n), fmt.Sprintf("sqrt(%d)", n))
	}
	forms := []string{fmt.Sprintf(`%d\sqrt{%d}`, a, n), fmt.Sprintf("%d√%d", a, n), fmt.Sprintf("%d*sqrt(%d)", a, n), fmt.Sprintf(`%d \cdot \sqrt{%d}`, a, n), fmt.Sprintf(`\sqrt{%d}`, a*a*n)}
	if n < 10 {
		forms = append(forms, fmt.Sprintf(`%d\sqrt%d`, a, n))
	}
	return sign + forms[m.IntN(len(forms))]
}

var squareFree = []int{2, 3, 5, 6, 7, 10, 11, 13, 14, 15}

func surds(m *maker) {
	for len(m.pairs) < 130 {
		a, n, c := m.between(2, 12), squareFree[m.IntN(len(squareFree))], m.nonzero(20)
		ref := fmt.Sprintf(`%d%+d\sqrt{%d}`, c, a, n)
		m.right(ref, fmt.Sprintf(`%s%+d`, m.root(a, n), c), fmt.Sprintf(`\sqrt{%d}%+d`, a*a*n, c), fmt.Sprintf(`%d+\frac{%d}{\sqrt{%d}}`, c, a*n, n))
		m.wrong(ref, fmt.Sprintf(`%s%+d`, m.root(a+1, n), c), fmt.Sprintf(`%s%+d`, m.root(-a, n), c), fmt.Sprintf(`%s%+d`, m.root(a, n), c+1))
		// √p + √q is the root of p + q + 2√pq, and of no other number.
		p, q := n, squareFree[m.IntN(len(squareFree))]
		if p != q {
			ref = fmt.Sprintf(`\sqrt{%d}+\sqrt{%d}`, p, q)
			m.right(ref, fmt.Sprintf(`\sqrt{%d+2\sqrt{%d}}`, p+q, p*q), fmt.Sprintf(`sqrt(%d) + sqrt(%d)`, q, p))
			m.wrong(ref, fmt.Sprintf(`\sqrt{%d+\sqrt{%d}}`, p+q, p*q), fmt.Sprintf(`\sqrt{%d}`, p+q))
		}
	}
}

func rationalised(m *maker) {
	for len(m.pairs) < 60 {
		a, n := m.between(1, 9), squareFree[m.IntN(len(squareFree))]
		d := a*a - n
		ref := fmt.Sprintf(`\frac{1}{%d+\sqrt{%d}}`, a, n)
		if d < 0 {
			m.right(ref, fmt.Sprintf(`\frac{\sqrt{%d}-%d}{%d}`, n, a, -d))
			m.wrong(ref, fmt.Sprintf(`\frac{\sqrt{%d}-%d}{%d}`, n, a, -d+1), fmt.Sprintf(`\frac{\sqrt{%d}+%d}{%d}`, n, a, -d))
		} else {
			m.right(ref, fmt.Sprintf(`\frac{%d-\sqrt{%d}}{%d}`, a, n, d))
			m.wrong(ref, fmt.Sprintf(`\frac{%d-\sqrt{%d}}{%d}`, a, n, d+1), fmt.Sprintf(`\frac{%d+\sqrt{%d}}{%d}`, a, n, d))
		}
	}
}

func multiplesOfPi(m *maker) {
	for len(m.pairs) < 70 {
		p, q := m.between(2, 30), m.between(2, 12)
		if !coprime(p, q) {
			continue
		}
		ref := fmt.Sprintf(`\frac{%d\pi}{%d}`, p, q)
		m.right(ref, fmt.Sprintf(`\frac{%d}{%d}\pi`, p, q), fmt.Sprintf("%dπ/%d", p, q), fmt.Sprintf("%d*pi/%d", p, q), fmt.Sprintf(`\dfrac{%d \pi}{%d}`, 2*p, 2*q))
		m.wrong(ref, fmt.Sprintf(`\frac{%d\pi}{%d}`, p+1, q), fmt.Sprintf(`\frac{%d}{%d}`, p, q), fmt.Sprintf(`\frac{%d}{%d\pi}`, p, q), fmt.Sprintf(`-\frac{%d\pi}{%d}`, p, q))
	}
}

// gaussian writes a + bi.
func (m *maker) gaussian(a, b int) string {
	return m.pick(fmt.Sprintf("%d%+di", a, b), fmt.Sprintf("%+di%+d", b, a), fmt.Sprintf(`%d %+d i`, a, b), fmt.Sprintf(`(%d%+di)`, a, b))
}

func complexNumbers(m *maker) {
	for len(m.pairs) < 70 {
		a, b, c, d := m.nonzero(9), m.nonzero(9), m.nonzero(9), m.nonzero(9)
		re, im := a*c-b*d, a*d+b*c
		if re == 0 || im == 0 {
			continue
		}
		ref := m.gaussian(re, im)
		m.right(ref, m.gaussian(re, im), fmt.Sprintf("(%d%+di)(%d%+di)", a, b, c, d), fmt.Sprintf(`\frac{%d%+di}{2}`, 2*re, 2*im))
		m.wrong(ref, m.gaussian(re, -im), m.gaussian(re, im+1), m.gaussian(-re, -im), fmt.Sprintf("(%d%+di)(%d%+di)", a, b, c, -d))
	}
}

func logarithms(m *maker) {
	for len(m.pairs) < 70 {
		k, j := m.between(2, 6), m.between(2, 5)
		ref := fmt.Sprintf(`%d\ln 2+%d\ln 3`, k, j)
		v := pow(2, k) * pow(3, j)
		m.right(ref, fmt.Sprintf(`\ln %d`, v), fmt.Sprintf("ln(%d)", v), fmt.Sprintf(`\ln(2^{%d}\cdot 3^{%d})`, k, j), fmt.Sprintf(`\ln %d + \ln %d`, pow(2, k), pow(3, j)))
		m.wrong(ref, fmt.Sprintf(`\ln %d`, v+1), fmt.Sprintf(`%d\ln 2+%d\ln 3`, k+1, j), fmt.Sprintf(`%d\ln 2-%d\ln 3`, k, j), fmt.Sprintf(`%d\ln 6`, k*j))
		b := m.between(2, 12)
		ref = fmt.Sprintf(`\log_{%d} %d`, b, pow(b, k))
		m.right(ref, fmt.Sprint(k), fmt.Sprintf(`\frac{\ln %d}{\ln %d}`, pow(b, k), b))
		m.wrong(ref, fmt.Sprint(k+1), fmt.Sprintf(`\frac{\ln %d}{\ln %d}`, pow(b, k)+1, b))
	}
}

func pow(b, e int) int {
	v := 1
	for range e {
		v *= b
	}
	return v
}

func powers(m *maker) {
	for len(m.pairs) < 90 {
		a, b := m.between(2, 90), m.between(2, 40)
		p := m.between(2, 7)
		ref := fmt.Sprintf(`%d^{%d}`, p, a+2*b)
		m.right(ref, fmt.Sprintf(`%d^{%d} \cdot %d^{%d}`, p, a, p*p, b), fmt.Sprintf("%d^%d*%d^%d", p, 2*b, p, a), fmt.Sprintf(`(%d^{%d})^2 \times %d^{%d}`, p, b, p, a))
		m.wrong(ref, fmt.Sprintf(`%d^{%d}`, p, a+2*b+1), fmt.Sprintf(`%d^{%d}`, p+1, a+2*b), fmt.Sprintf(`%d^{%d} + 1`, p, a+2*b))
		ref = fmt.Sprintf(`\frac{1}{%d^{%d}}`, p, a)
		m.right(ref, fmt.Sprintf(`%d^{-%d}`, p, a), fmt.Sprintf(`\left(\frac{1}{%d}\right)^{%d}`, p, a))
		m.wrong(ref, fmt.Sprintf(`%d^{-%d}`, p, a+1), fmt.Sprintf(`-%d^{%d}`, p, a))
	}
}

func combinatorics(m *maker) {
	for len(m.pairs) < 90 {
		n := m.between(5, 30)
		k := m.between(2, n-2)
		v := new(big.Int).Binomial(int64(n), int64(k))
		ref := fmt.Sprintf(`\binom{%d}{%d}`, n, k)
		m.right(ref, v.String(), fmt.Sprintf(`\frac{%d!}{%d!%d!}`, n, k, n-k), fmt.Sprintf(`\dbinom{%d}{%d}`, n, n-k), fmt.Sprintf(`{%d \choose %d}`, n, k))
		m.wrong(ref, v.Add(v, big.NewInt(1)).String(), fmt.Sprintf(`\binom{%d}{%d}`, n+1, k), fmt.Sprintf(`\frac{%d!}{%d!}`, n, n-k))
		s := m.between(4, 12)
		ref = fmt.Sprintf(`%d!`, s)
		f := new(big.Int).MulRange(1, int64(s))
		m.right(ref, f.String(), fmt.Sprintf(`%d \cdot %d!`, s, s-1))
		m.wrong(ref, fmt.Sprintf("%d", s), fmt.Sprintf("%d!", s-1), f.Neg(f).String())
	}
}

func plusMinus(m *maker) {
	for len(m.pairs) < 70 {
		a, n := m.nonzero(9), squareFree[m.IntN(len(squareFree))]
		ref := fmt.Sprintf(`%d \pm \sqrt{%d}`, a, n)
		m.right(ref, fmt.Sprintf(`%d+\sqrt{%d}, %d-\sqrt{%d}`, a, n, a, n), fmt.Sprintf(`%d-\sqrt{%d}, %d+\sqrt{%d}`, a, n, a, n),
			fmt.Sprintf(`x = %d ± √%d`, a, n), fmt.Sprintf(`\frac{%d \pm \sqrt{%d}}{2}`, 2*a, 4*n))
		m.wrong(ref, fmt.Sprintf(`%d+\sqrt{%d}`, a, n), fmt.Sprintf(`%d \pm \sqrt{%d}`, a+1+boolInt(a == -1), n), fmt.Sprintf(`%d \pm \sqrt{%d}`, -a, n), fmt.Sprintf(`%d \pm \sqrt{%d}`, a, n+1))
	}
}

// trigonometry puts an angle into identities, and into formulas that are wrong
// for all angles but some.
func trigonometry(m *maker) {
	identities := [][3]string{ // a side, the other side, and what it is not; U stands for the angle
		{`\sin 2U`, `2\sin U\cos U`, `\sin U\cos U`},
		{`\cos 2U`, `1-2\sin^2 U`, `1-\sin^2 U`},
		{`\cos 2U`, `\cos^2 U-\sin^2 U`, `\cos^2 U+\sin^2 U`},
		{`\tan U`, `\frac{\sin U}{\cos U}`, `\frac{\cos U}{\sin U}`},
		{`\sin^2 U`, `\frac{1-\cos 2U}{2}`, `\frac{1+\cos 2U}{2}`},
		{`\sin 3U`, `3\sin U-4\sin^3 U`, `3\sin U+4\sin^3 U`},
		{`\cos 3U`, `4\cos^3 U-3\cos U`, `4\cos^3 U-\cos U`},
		{`\sec^2 U-1`, `\tan^2 U`, `-\tan^2 U`},
		{`\cos U`, `\sin(\frac{\pi}{2}-U)`, `\sin(\frac{\pi}{2}-2U)`},
		{`\sin U`, `-\sin(-U)`, `\sin(-U)`},
		{`\cot U`, `\frac{1}{\tan U}`, `\tan U`},
		{`\sin U\sin V`, `\frac{\cos(U-V)-\cos(U+V)}{2}`, `\frac{\cos(U-V)+\cos(U+V)}{2}`},
	}
	angles := []string{"x", `\theta`, `(2x)`, `\alpha`, `(x+1)`, `(3t)`}
	for _, id := range identities {
		for _, u := range angles[:4+m.IntN(3)] {
			put := func(s string) string {
				return replaceAngle(s, u)
			}
			m.right(put(id[0]), put(id[1]))
			m.wrong(put(id[0]), put(id[2]))
		}
	}
}
