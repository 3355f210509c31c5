package math

// match compares what was read of a reference and an answer.
func match(ref, ans *node) Comparison {
	if c, ok := identical(ref, ans); ok {
		return c
	}
	if ref.has(opPM) || ans.has(opPM) {
		r, err1 := expand(ref)
		a, err2 := expand(ans)
		if err1 != nil || err2 != nil {
			return cannotTell("limit")
		}
		return match(r, a)
	}
	ref, ans = products(ref, ans), products(ans, ref)
	ans = constantRenamed(ref, ans)
	if c, ok := parametric(ref, ans); ok {
		return c
	}
	if regional(ref) || regional(ans) {
		if c := regions(ref, ans); c.Verdict != CannotTell {
			return c
		}
	}
	if ref.op == opRel || ans.op == opRel {
		return relationsMatch(ref, ans)
	}
	return kinds(ref, ans)
}

// kinds compares by what the reference is.
func kinds(ref, ans *node) Comparison {
	ref, ans = scaled(alone(ref)), scaled(alone(ans))
	switch {
	case ref.op == opNeg && ans.op == opNeg && (ref.args[0].op == opBased || ans.args[0].op == opBased):
		return kinds(ref.args[0], ans.args[0])
	case ref.op == opBased || ans.op == opBased:
		return based(ref, ans)
	case ref.op == opMod || ans.op == opMod:
		return residues(ref, ans)
	case ref.op == opRatio || ans.op == opRatio:
		return ratios(ref, ans)
	case ref.op == opMatrix || ans.op == opMatrix:
		return matrices(ref, ans)
	case collection(ref) || collection(ans):
		return collections(ref, ans)
	case ref.op == opCases && ans.op == opCases:
		return unordered(ref.args, ans.args, "cases")
	case scalarLike(ref) && scalarLike(ans) && (has(ref, named(opVar, "...")) || has(ans, named(opVar, "..."))):
		return cannotTell("left-out-terms") // 1 + 2 + ... + 10
	case scalarLike(ref) && scalarLike(ans):
		return withBareUnit(ref, ans)
	case scalarLike(ref) != scalarLike(ans):
		return different("unlike-kinds")
	}
	return structural(ref, ans)
}

// scaled multiplies a number into a matrix.
func scaled(n *node) *node {
	var by []*node
	var m *node
	switch n.op {
	case opNeg:
		m, by = n.args[0], []*node{integer(-1)}
	case opDiv:
		m, by = n.args[0], []*node{newNode(opDiv, integer(1), n.args[1])}
	case opMul:
		for _, a := range n.args {
			if a.op == opMatrix && m == nil {
				m = a
			} else {
				by = append(by, a)
			}
		}
	}
	if m == nil || m.op != opMatrix || m.open == '|' {
		return n
	}
	out := newNode(opMatrix)
	out.open = m.open
	for _, r := range m.args {
		row := newNode(opTuple)
		for _, a := range r.args {
			row.args = append(row.args, newNode(opMul, append([]*node{a}, by...)...))
		}
		out.args = append(out.args, row)
	}
	return out
}

func scalarLike(n *node) bool { return n.scalar() }

// identical decides what prints the same, whatever it is.
func identical(ref, ans *node) (Comparison, bool) {
	if ref.op == ans.op && ref.op == opNum && ref.num.Cmp(ans.num) == 0 || ref.op != opNum && ref.op == ans.op && ref.String() == ans.String() {
		return same("same-expression"), true
	}
	return Comparison{}, false
}

// alone takes the brackets off a single item: {5} and (5) are 5.
func alone(n *node) *node {
	for (n.op == opSet || n.op == opList || n.op == opTuple) && len(n.args) == 1 {
		if n.op == opSet && n.args[0].op == opSet {
			break // a set of sets
		}
		n = n.args[0]
	}
	return n
}

// withBareUnit compares scalars. A letter behind the answer's number that the
// reference does not have may be a unit: 5 against "5 m".
func withBareUnit(ref, ans *node) Comparison {
	return quantities(ref, ans)
}

// structural compares expressions part by part.
func structural(ref, ans *node) Comparison {
	if ref.op != ans.op || len(ref.args) != len(ans.args) || ref.name != ans.name || ref.open != ans.open {
		return cannotTell("unlike-forms")
	}
	return ordered(ref.args, ans.args, "same-parts")
}

// based compares numbers in a base: base and digits, or the digits alone where
// one side leaves the base out.
func based(ref, ans *node) Comparison {
	if ref.op == opBased && ans.op == opBased {
		if ref.name == ans.name && match(ref.args[0], ans.args[0]).Verdict == Same {
			return same("base")
		}
		return different("base")
	}
	b, n := ref, ans
	if ans.op == opBased {
		b, n = ans, ref
	}
	if isInteger(n) && n.num.Num().String() == b.name {
		return same("base-dropped")
	}
	return different("base")
}

// residues compares numbers modulo m; where only one side says modulo what, the
// numbers themselves.
func residues(ref, ans *node) Comparison {
	if ref.op != opMod {
		return match(ref, ans.args[0]).because("modulus-dropped")
	}
	if ans.op != opMod {
		c := match(ref.args[0], ans)
		_, ok1 := rationalAt(ref.args[0], nil)
		m, ok2 := rationalAt(ref.args[1], nil)
		y, ok3 := rationalAt(ans, nil)
		if c.Verdict == Same || !ok1 || !ok2 || !ok3 || m.Sign() <= 0 || y.Sign() < 0 || y.Cmp(m) >= 0 {
			return c.because("modulus-dropped")
		}
		return match(ref, newNode(opMod, number(y), ref.args[1])) // 17 mod 5 is 2
	}
	if c := match(ref.args[1], ans.args[1]); c.Verdict != Same {
		return c
	}
	x, ok1 := rationalAt(ref.args[0], nil)
	y, ok2 := rationalAt(ans.args[0], nil)
	m, ok3 := rationalAt(ref.args[1], nil)
	if !ok1 || !ok2 || !ok3 || m.Sign() == 0 {
		return match(ref.args[0], ans.args[0])
	}
	d, _ := combine(opAdd, x, number(y).negated())
	if q, ok := combine(opDiv, d, m); ok && q.IsInt() {
		return same("residue")
	}
	return different("residue")
}

// ratios compares 3:4 with 6:8, and with the fraction 3/4. Times such as 3:30
// are compared as they stand.
func ratios(ref, ans *node) Comparison {
	if ref.op == opRatio && ans.op == opRatio {
		if clock(ref) && clock(ans) {
			return ordered(ref.args, ans.args, "time")
		}
		if len(ref.args) != len(ans.args) {
			return different("ratio")
		}
		return proportional(ref.args, ans.args)
	}
	if ref.op == opRatio && len(ref.args) == 2 && ans.scalar() {
		return quantities(newNode(opDiv, ref.args[0], ref.args[1]), ans).because("ratio")
	}
	if ans.op == opRatio && len(ans.args) == 2 && ref.scalar() {
		return quantities(ref, newNode(opDiv, ans.args[0], ans.args[1])).because("ratio")
	}
	return different("ratio")
}

// clock reports whether a ratio reads as a time of day.
func clock(n *node) bool {
	if len(n.args) > 3 {
		return false
	}
	for i, a := range n.args {
		v := quantityOf(a).value
		if !isInteger(v) || v.num.Sign() < 0 || !v.num.Num().IsInt64() {
			return false
		}
		if k := v.num.Num().Int64(); i == 0 && k > 24 || i > 0 && (k > 59 || k < 10 && k != 0) {
			return false
		}
	}
	return true
}

func proportional(r, a []*node) Comparison {
	for i := 1; i < len(r); i++ {
		c := match(newNode(opMul, r[0], a[i]), newNode(opMul, a[0], r[i]))
		if c.Verdict != Same {
			return c.because("ratio")
		}
	}
	return same("ratio")
}
