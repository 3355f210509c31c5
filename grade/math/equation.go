package math

// isName reports whether n only names something: x, f(2), AB, P(A), ∠ABC.
func isName(n *node) bool {
	switch n.op {
	case opVar:
		return true
	case opFunc:
		return isUnknownFunc(n.name) || n.name == "abs" && isName(n.args[0]) || n.name == "det" || n.name == "max" || n.name == "min" || n.name == "gcd" || n.name == "lcm"
	case opMul, opAdd, opDiv:
		for _, a := range n.args {
			if !isName(a) && !(n.op == opMul && a.op == opTuple) && !(a.op == opConst && a.name != "pi") {
				return false
			}
		}
		return true
	case opTuple:
		for _, a := range n.args {
			if a.op != opVar {
				return false
			}
		}
		return len(n.args) > 0
	case opNeg:
		return isName(n.args[0])
	case opConst:
		return n.name == "e" || n.name == "i"
	}
	return false
}

// relationsMatch compares where at least one side is an equation or inequality.
func relationsMatch(ref, ans *node) Comparison {
	if ref.op == opRel && ans.op == opRel {
		return twoRelations(ref, ans)
	}
	if ref.op != opRel {
		values, ok := valuesOf(ans)
		if !ok {
			return different("unlike-kinds")
		}
		return firstOf(ref, values)
	}
	values, ok := valuesOf(ref)
	if !ok {
		return different("unlike-kinds")
	}
	var c Comparison
	for _, v := range values {
		if c = match(v, ans); c.Verdict == Same {
			break
		}
	}
	return c
}

// firstOf compares the reference with the value that an answer states, and with
// its approximations when the reference is a decimal itself.
func firstOf(ref *node, values []*node) Comparison {
	c := match(ref, values[0])
	if _, _, isDecimal := decimal(quantityOf(ref).value); !isDecimal {
		return c
	}
	for _, v := range values[1:] {
		if c.Verdict == Same {
			break
		}
		c = match(ref, v)
	}
	return c
}

// valuesOf returns what x = a = b ≈ c states: the exact value first, then what is
// said to be near it. Members that contradict each other state nothing.
func valuesOf(n *node) ([]*node, bool) {
	args, rels := n.args, n.rels
	for _, r := range rels {
		if r != "=" && r != "~" && r != "in" {
			return nil, false
		}
	}
	if len(args) == 2 && isName(args[1]) && !isName(args[0]) && rels[0] != "in" && args[1].op != opConst {
		return args[:1], true
	}
	for len(args) > 1 && isName(args[0]) {
		args, rels = args[1:], rels[1:]
	}
	k := 0
	for k < len(rels) && rels[k] == "=" {
		k++
	}
	exact := args[:k+1]
	for i := 1; i < len(exact); i++ {
		if match(exact[0], exact[i]).Verdict != Same {
			return nil, false
		}
	}
	return append([]*node{exact[len(exact)-1]}, args[k+1:]...), true
}

func twoRelations(ref, ans *node) Comparison {
	if len(ref.rels) == 1 && len(ans.rels) == 1 {
		r, a := ref.rels[0], ans.rels[0]
		switch {
		case r == "=" && a == "=":
			return equations(ref, ans)
		case r == "in" && a == "in":
			return both(match(ref.args[0], ans.args[0]), match(ref.args[1], ans.args[1]), "membership")
		case flipped[r] != "" && flipped[a] != "" && r != "=" && a != "=":
			return inequalities(ref, ans)
		}
	}
	x, ok1 := valuesOf(ref)
	y, ok2 := valuesOf(ans)
	if !ok1 || !ok2 {
		return structural(ref, ans)
	}
	if isName(ref.args[0]) && isName(ans.args[0]) && ref.args[0].String() != ans.args[0].String() {
		return different("names-differ")
	}
	return firstOf(x[0], y)
}

// equations are equal when they say the same of one name, or when one is a
// constant multiple of the other.
func equations(ref, ans *node) Comparison {
	ans = renamed(ref, ans)
	rn, an := isName(ref.args[0]), isName(ans.args[0])
	if rn && an {
		c := match(ref.args[1], ans.args[1])
		one, other := ref.args[0].String(), ans.args[0].String()
		if one == other || c.Verdict == Same && aliases(ref.args[0], ans.args[0]) {
			if c.Verdict != CannotTell && !has(ref.args[1], ref.args[0]) && !has(ans.args[1], ans.args[0]) {
				return c.because("equation")
			}
		}
	}
	if l, r := ref.args[0], ans.args[0]; l.op == opFunc && r.op == opFunc && l.name == r.name && isUnknownFunc(l.name) && l.String() != r.String() {
		return different("names-differ")
	}
	a := newAlgebra()
	p, err1 := a.side(ref)
	q, err2 := a.side(ans)
	if err1 != nil || err2 != nil {
		return cannotTell("equation")
	}
	ok, _, err := a.multiple(p.n, q.n)
	switch {
	case err != nil:
		return cannotTell("equation")
	case ok:
		return same("equation")
	case a.decided():
		return different("equation")
	}
	return cannotTell("equation")
}

// renamed writes f(t) = ... with the argument's name in the reference f(x) = ...
func renamed(ref, ans *node) *node {
	x, t := ref.args[0], ans.args[0]
	if x.op != opFunc || t.op != opFunc || x.name != t.name || len(x.args) != 1 || len(t.args) != 1 || x.args[0].op != opVar || t.args[0].op != opVar || isCapital(x.args[0].name) || isCapital(t.args[0].name) || has(ans, x.args[0]) {
		return ans
	}
	from, to := t.args[0].name, x.args[0]
	return ans.replace(func(m *node) *node {
		if m.op == opVar && m.name == from {
			return to
		}
		return nil
	})
}

func isCapital(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// aliases: y = x² and f(x) = x² say the same.
func aliases(x, y *node) bool {
	if x.op == opFunc && y.op == opFunc && x.name == y.name {
		return false // P(A) and P(B)
	}
	function := func(n *node) bool { return n.op == opFunc || n.op == opVar && n.name == "y" }
	return function(x) && function(y)
}

func has(n, name *node) bool {
	return name.op == opVar && !n.walk(func(m *node) bool { return m.op != opVar || m.name != name.name })
}

// inequalities compares L < R forms that differ by a constant factor.
func inequalities(ref, ans *node) Comparison {
	a := newAlgebra()
	p, err1 := a.side(ref)
	q, err2 := a.side(ans)
	if err1 != nil || err2 != nil || p.d != nil || q.d != nil {
		return cannotTell("inequality")
	}
	ok, sign, err := a.multiple(p.n, q.n)
	if err != nil {
		return cannotTell("inequality")
	}
	rel := ans.rels[0]
	if sign < 0 {
		rel = flipped[rel]
	}
	if ok && sign != 0 && rel == ref.rels[0] {
		return same("inequality")
	}
	if a.decided() {
		return different("inequality")
	}
	return cannotTell("inequality")
}

// side is left minus right.
func (a *algebra) side(n *node) (fraction, error) {
	f, err := a.canon(newNode(opAdd, n.args[0], newNode(opNeg, n.args[1])))
	return f, err
}

// multiple reports whether p = c·q for a constant c ≠ 0, with c's sign when it is
// rational. Constants such as π and √2 may stand in c.
func (a *algebra) multiple(p, q poly) (ok bool, sign int, err error) {
	if len(p) == 0 || len(q) == 0 {
		return len(p) == len(q), 1, nil
	}
	lead := a.variablePart(p.sorted()[0].mono)
	c, d := a.coefficient(p, lead), a.coefficient(q, lead)
	if len(d) == 0 {
		return false, 0, nil
	}
	x, err := a.mul(p, d)
	if err != nil {
		return false, 0, err
	}
	y, err := a.mul(q, c)
	if err != nil {
		return false, 0, err
	}
	diff, err := a.add(x, a.scale(y, bigMinus1))
	if err != nil || len(diff) != 0 {
		return false, 0, err
	}
	if r, isRat := c.rational(); isRat {
		if s, isRat := d.rational(); isRat {
			return true, r.Sign() * s.Sign(), nil
		}
	}
	return true, 0, nil
}

func (a *algebra) isVariable(f factor) bool {
	k := a.atoms[f.atom].kind
	return k == aVar || k == aOther || k == aBase
}

func (a *algebra) variablePart(m []factor) string {
	var part []factor
	for _, f := range m {
		if a.isVariable(f) {
			part = append(part, f)
		}
	}
	return monoKey(part)
}

// coefficient collects what multiplies the power product of that key.
func (a *algebra) coefficient(p poly, key string) poly {
	out := poly{}
	for _, t := range p {
		if a.variablePart(t.mono) != key {
			continue
		}
		var rest []factor
		for _, f := range t.mono {
			if !a.isVariable(f) {
				rest = append(rest, f)
			}
		}
		out.put(term{rest, t.coef})
	}
	return out
}
