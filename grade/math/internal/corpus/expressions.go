package corpus

import (
	"fmt"
	"math/big"
)

// tree is an expression over the rationals: a number, a variable, or an
// operation on trees.
type tree struct {
	op   byte // n number, v variable, + - * / ^ (the right side a small number)
	n    int
	name string
	l, r *tree
}

var leaves = []string{"x", "y", "a", "b"}

func (m *maker) tree(depth int) *tree {
	if depth == 0 || m.IntN(6) == 0 {
		if m.IntN(3) == 0 {
			return &tree{op: 'n', n: m.between(2, 9)}
		}
		return &tree{op: 'v', name: leaves[m.IntN(len(leaves))]}
	}
	op := "+-*+-*/^"[m.IntN(8)]
	if op == '^' {
		return &tree{op: op, l: m.tree(depth - 1), r: &tree{op: 'n', n: m.between(2, 3)}}
	}
	return &tree{op: op, l: m.tree(depth - 1), r: m.tree(depth - 1)}
}

// rewrite gives a tree that is equal by the laws of a field.
func (m *maker) rewrite(t *tree) *tree {
	if t.l == nil {
		if t.op == 'n' && m.IntN(4) == 0 {
			k := m.between(1, 9)
			return &tree{op: '-', l: &tree{op: 'n', n: t.n + k}, r: &tree{op: 'n', n: k}}
		}
		return t
	}
	l, r := m.rewrite(t.l), t.r
	if t.op != '^' { // an exponent stays the number that it is
		r = m.rewrite(t.r)
	}
	if m.IntN(2) == 0 {
		return &tree{op: t.op, l: l, r: r}
	}
	one := &tree{op: 'n', n: 1}
	switch t.op {
	case '+', '*':
		if m.IntN(3) == 0 && t.op == '*' && (r.op == '+' || r.op == '-') { // a(b ± c) = ab ± ac
			return &tree{op: r.op, l: &tree{op: '*', l: l, r: r.l}, r: &tree{op: '*', l: l, r: r.r}}
		}
		return &tree{op: t.op, l: r, r: l}
	case '-': // a - b = a + (0 - b)
		return &tree{op: '+', l: l, r: &tree{op: '-', l: &tree{op: 'n', n: 0}, r: r}}
	case '/': // a/b = (1/b)·a
		return &tree{op: '*', l: &tree{op: '/', l: one, r: r}, r: l}
	case '^': // a^n = a·a^(n-1)
		if t.r.n == 2 {
			return &tree{op: '*', l: l, r: l}
		}
		return &tree{op: '*', l: &tree{op: '^', l: l, r: &tree{op: 'n', n: t.r.n - 1}}, r: l}
	}
	return &tree{op: t.op, l: l, r: r}
}

// mutate changes one number, variable or sign.
func (m *maker) mutate(t *tree) *tree {
	c := *t
	switch {
	case t.op == 'n':
		c.n++
	case t.op == 'v':
		for c.name == t.name {
			c.name = leaves[m.IntN(len(leaves))]
		}
	case t.op == '+' && m.IntN(3) == 0:
		c.op = '-'
	case t.op == '-' && m.IntN(3) == 0:
		c.op = '+'
	case t.op != '^' && m.IntN(2) == 0:
		c.r = m.mutate(t.r)
	default:
		c.l = m.mutate(t.l)
	}
	return &c
}

// value is the tree's value; ok is false where it divides by zero.
func (t *tree) value(at map[string]*big.Rat) (v *big.Rat, ok bool) {
	switch t.op {
	case 'n':
		return big.NewRat(int64(t.n), 1), true
	case 'v':
		return at[t.name], true
	}
	l, ok := t.l.value(at)
	r, also := t.r.value(at)
	if !ok || !also {
		return nil, false
	}
	v = new(big.Rat)
	switch t.op {
	case '+':
		v.Add(l, r)
	case '-':
		v.Sub(l, r)
	case '*':
		v.Mul(l, r)
	case '/':
		if r.Sign() == 0 {
			return nil, false
		}
		v.Quo(l, r)
	case '^':
		v.SetInt64(1)
		for range t.r.n {
			v.Mul(v, l)
		}
	}
	return v, true
}

// binding says how strongly a sign binds.
func binding(op byte) int {
	switch op {
	case '+', '-':
		return 1
	case '*', '/':
		return 2
	case '^':
		return 3
	}
	return 4
}

// text writes the tree with the signs of a keyboard.
func (t *tree) text() string {
	switch t.op {
	case 'n':
		return fmt.Sprint(t.n)
	case 'v':
		return t.name
	}
	l, r := t.l.text(), t.r.text()
	if binding(t.l.op) < binding(t.op) || t.op == '^' && t.l.l != nil {
		l = "(" + l + ")"
	}
	if binding(t.r.op) < binding(t.op) || binding(t.r.op) == binding(t.op) && t.op != '+' && t.op != '*' {
		r = "(" + r + ")"
	}
	return l + string(t.op) + r
}

// latex writes the tree as LaTeX, with stacked fractions.
func (t *tree) latex() string {
	switch t.op {
	case 'n':
		return fmt.Sprint(t.n)
	case 'v':
		return t.name
	case '/':
		return fmt.Sprintf(`\frac{%s}{%s}`, t.l.latex(), t.r.latex())
	case '^':
		if t.l.l != nil {
			return fmt.Sprintf(`\left(%s\right)^{%d}`, t.l.latex(), t.r.n)
		}
		return fmt.Sprintf(`{%s}^{%d}`, t.l.latex(), t.r.n)
	}
	l, r, op := t.l.latex(), t.r.latex(), string(t.op)
	if t.op == '*' {
		op = ` \cdot `
		if binding(t.l.op) == 1 {
			l = `\left(` + l + `\right)`
		}
	}
	if binding(t.r.op) == 1 && t.op != '+' {
		r = `\left(` + r + `\right)`
	}
	return l + op + r
}

// expressions are random trees beside rewritten ones, and beside ones with a
// change that shows in an exact value at a rational point.
func expressions(m *maker) {
	at := map[string]*big.Rat{"x": big.NewRat(7, 3), "y": big.NewRat(-5, 11), "a": big.NewRat(13, 4), "b": big.NewRat(17, 7)}
	for len(m.pairs) < 400 {
		t := m.tree(m.between(2, 3))
		v, ok := t.value(at)
		if !ok || t.l == nil {
			continue
		}
		same := m.rewrite(m.rewrite(t))
		if w, ok := same.value(at); !ok || w.Cmp(v) != 0 {
			panic("corpus: a law of fields does not hold for " + t.text() + " and " + same.text())
		}
		m.right(t.latex(), same.latex(), same.text())
		for range 2 {
			other := m.mutate(t)
			if w, ok := other.value(at); ok && w.Cmp(v) != 0 {
				m.wrong(t.latex(), other.latex(), m.rewrite(other).text())
			}
		}
	}
}
