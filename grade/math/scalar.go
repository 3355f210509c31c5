package math

import "math/big"

func same(rule string) Comparison { return Comparison{Verdict: Same, Rule: rule, Exact: true} }
func different(rule string) Comparison {
	return Comparison{Verdict: Different, Rule: rule, Exact: true}
}
func cannotTell(rule string) Comparison {
	return Comparison{Verdict: CannotTell, Rule: rule}
}

// scalars compares two expressions for one number: exactly where their canonical
// forms decide, else by certified evaluation.
func scalars(x, y *node) Comparison {
	if rx, ok := rationalAt(x, nil); ok {
		if ry, ok := rationalAt(y, nil); ok {
			if rx.Cmp(ry) == 0 {
				return same("rational")
			}
			return different("rational")
		}
	}
	if sx, sy := infinity(x), infinity(y); sx != 0 || sy != 0 {
		if sx == sy {
			return same("infinity")
		}
		return different("infinity")
	}
	a := newAlgebra()
	d, err := a.differ(x, y)
	switch {
	case err == nil && len(d) == 0:
		return same("canonical-form")
	case err == nil && (a.decided() || a.huge && a.nonzero(d)):
		return different("canonical-form")
	}
	if x.constant() && y.constant() {
		return constantsNear(x, y)
	}
	return atPoints(x, y)
}

// differ is the numerator of x - y.
func (a *algebra) differ(x, y *node) (poly, error) {
	fx, err := a.canon(x)
	if err != nil {
		return nil, err
	}
	fy, err := a.canon(y)
	if err != nil {
		return nil, err
	}
	return a.difference(fx, fy)
}

// infinity is the sign of an infinite constant, 0 for anything else.
func infinity(n *node) int {
	switch n.op {
	case opConst:
		if n.name == "inf" {
			return 1
		}
	case opNeg:
		return -infinity(n.args[0])
	case opAdd:
		if len(n.args) == 1 {
			return infinity(n.args[0])
		}
	case opUnit:
		if n.args[0] != nil {
			return infinity(n.args[0])
		}
	}
	return 0
}

// numberBound is the error probability that is stated when two constants agree
// to so many bits and no proof is at hand: the chance that numbers which are
// unlike would agree so far if their digits were random.
func numberBound(bits uint) float64 {
	b := 1.0
	for ; bits > 0 && b > 1e-300; bits-- {
		b /= 2
	}
	return b
}

// constantsNear evaluates the difference to more and more bits: away from zero
// the constants differ; nearer than the separation bound they are equal.
func constantsNear(x, y *node) Comparison {
	d := newNode(opAdd, x, newNode(opNeg, y))
	agreed := uint(0)
	for _, p := range precisions {
		f, v, err := evalDifference(d, p)
		if err != nil {
			break
		}
		if v.re.apart() || v.im.apart() {
			return different("evaluated")
		}
		if !f.tight(v.re, int(p)/2) || v.complex && !f.tight(v.im, int(p)/2) {
			continue
		}
		agreed = p / 2
		if bits, ok := separationBits(d); ok {
			return proveZero(d, bits, agreed)
		}
		if p >= precisions[1] {
			break
		}
	}
	if agreed < precisions[1]/2 {
		return cannotTell("value-unknown")
	}
	return Comparison{Verdict: Same, Rule: "evaluated", ErrorBound: numberBound(agreed)}
}

func evalDifference(d *node, p uint) (*field, cball, error) {
	e := &evaluator{field: newField(p), budget: budget{4000}}
	v, err := e.eval(d)
	return e.field, v, err
}

// proveZero evaluates once beyond the separation bound.
func proveZero(d *node, bits int, agreed uint) Comparison {
	f, v, err := evalDifference(d, uint(bits)+64+precisions[0])
	switch {
	case err == nil && (v.re.apart() || v.im.apart()):
		return different("separation-bound")
	case err == nil && f.tight(v.re, bits+2) && (!v.complex || f.tight(v.im, bits+2)):
		return same("separation-bound")
	}
	return Comparison{Verdict: Same, Rule: "evaluated", ErrorBound: numberBound(agreed)}
}

// order returns the sign of x - y for real constants.
func order(x, y *node) (int, bool) {
	if sx, sy := infinity(x), infinity(y); sx != 0 || sy != 0 {
		return sx - sy, true
	}
	if rx, ok := rationalAt(x, nil); ok {
		if ry, ok := rationalAt(y, nil); ok {
			return rx.Cmp(ry), true
		}
	}
	if !x.constant() || !y.constant() {
		return 0, false
	}
	d := newNode(opAdd, x, newNode(opNeg, y))
	for _, p := range precisions[:2] {
		_, v, err := evalDifference(d, p)
		switch {
		case err != nil || v.complex:
			return 0, false
		case v.re.positive():
			return 1, true
		case v.re.negative():
			return -1, true
		}
	}
	return 0, scalars(x, y).Verdict == Same
}

// within reports whether |x - r| ≤ tolerance for certain, for a real constant x.
func within(x *node, r, tolerance *big.Rat) (yes, known bool) {
	if v, ok := rationalAt(x, nil); ok {
		d := new(big.Rat).Sub(v, r)
		return d.Abs(d).Cmp(tolerance) <= 0, true
	}
	d := newNode(opAdd, x, number(new(big.Rat).Neg(r)))
	for _, p := range precisions[:2] {
		f, v, err := evalDifference(d, p)
		if err != nil || v.complex {
			return false, false
		}
		t := f.rat(tolerance)
		a := ball{new(big.Int).Abs(v.re.m), v.re.r}
		if gap := f.sub(t, a); gap.apart() {
			return gap.positive(), true
		}
	}
	return false, false
}
