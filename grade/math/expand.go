package math

import "math/big"

func (n *node) negated() *big.Rat { return new(big.Rat).Neg(n.num) }

// maxSigns bounds how many independent ± are expanded.
const maxSigns = 5

// expand turns ± into a list of values: ± and ∓ together have opposite signs,
// several ± are independent.
func expand(n *node) (*node, error) {
	switch n.op {
	case opPM, opAdd, opMul, opDiv, opNeg, opPow, opRoot, opFunc, opUnit, opPercent, opTuple, opMod, opFact, opMixed:
		return expandOne(n)
	case opRel:
		if n.has(opPM) && len(n.args) == 2 && (n.rels[0] == "=" || n.rels[0] == "!=" || n.rels[0] == "~") {
			return expandOne(n)
		}
	case opList, opSet:
		c := *n
		c.args = nil
		for _, a := range n.args {
			e := a
			var err error
			if a.has(opPM) {
				if e, err = expand(a); err != nil {
					return nil, err
				}
			}
			if e.op == opList && a.op != opList {
				c.args = append(c.args, e.args...)
			} else {
				c.args = append(c.args, e)
			}
			if len(c.args) > maxItems {
				return nil, errWork
			}
		}
		return &c, nil
	}
	return n, nil
}

func expandOne(n *node) (*node, error) {
	var signs []*node
	linked := false
	n.walk(func(m *node) bool {
		if m.op == opPM {
			signs = append(signs, m)
			linked = linked || m.name == "-+"
		}
		return len(signs) <= maxSigns
	})
	if len(signs) == 0 {
		return n, nil
	}
	if len(signs) > maxSigns {
		return nil, errWork
	}
	choices := 1 << len(signs)
	if linked {
		choices = 2
	}
	list := named(opList, ",")
	for k := range choices {
		list.args = append(list.args, n.choose(signs, k, linked))
	}
	list.args = distinct(list.args)
	return list, nil
}

// choose replaces the signs by + or - after the bits of k.
func (n *node) choose(signs []*node, k int, linked bool) *node {
	return n.replace(func(m *node) *node {
		if m.op != opPM {
			return nil
		}
		minus := false
		for i, s := range signs {
			if s == m {
				minus = k>>i&1 == 1
			}
		}
		if linked {
			minus = (k == 1) != (m.name == "-+")
		}
		inner := m.args[0].choose(signs, k, linked)
		if minus {
			return newNode(opNeg, inner)
		}
		return inner
	})
}

// distinct drops items that are equal to an earlier one: ±0 is one value.
func distinct(items []*node) []*node {
	var out []*node
	for _, a := range items {
		seen := false
		for _, b := range out {
			seen = seen || match(a, b).Verdict == Same
		}
		if !seen {
			out = append(out, a)
		}
	}
	return out
}
