package math

import (
	"math/big"
	"strconv"
)

// canon brings an expression into a quotient of polynomials in atoms.
func (a *algebra) canon(n *node) (fraction, error) {
	if err := a.spend(1); err != nil {
		return fraction{}, err
	}
	if a.depth++; a.depth > 3*maxDepth {
		return fraction{}, errDepth
	}
	defer func() { a.depth-- }()
	switch n.op {
	case opNum:
		return ratFraction(n.num), nil
	case opConst:
		return a.constant(n.name)
	case opVar:
		return whole(atomPoly(a.atom("v"+n.name, atom{kind: aVar}), 1, 1)), nil
	case opNeg:
		x, err := a.canon(n.args[0])
		if err != nil {
			return x, err
		}
		return a.neg(x), nil
	case opAdd, opMixed:
		return a.fold(n.args, a.fadd)
	case opMul:
		return a.fold(n.args, a.fmul)
	case opDiv:
		return a.quotient(n.args[0], n.args[1])
	case opPercent:
		x, err := a.canon(n.args[0])
		if err != nil {
			return x, err
		}
		return a.fmul(x, ratFraction(big.NewRat(1, 100)))
	case opPow:
		return a.raise(n.args[0], n.args[1])
	case opRoot:
		return a.root(n.args[0], n.args[1])
	case opFact:
		return a.factorial(n.args[0])
	case opFunc:
		return a.function(n)
	case opUnit:
		if n.name == "degree" {
			return a.fold([]*node{n.args[0], named(opConst, "pi"), number(big.NewRat(1, 180))}, a.fmul)
		}
	}
	return fraction{}, errUnknown
}

func (a *algebra) constant(name string) (fraction, error) {
	switch name {
	case "pi":
		return whole(atomPoly(a.atom("pi", atom{kind: aPi}), 1, 1)), nil
	case "e":
		return whole(atomPoly(a.atom("e", atom{kind: aE}), 1, 1)), nil
	case "i":
		return whole(a.imaginary()), nil
	}
	return fraction{}, errUnknown // infinity is no number
}

func (a *algebra) fold(args []*node, f func(x, y fraction) (fraction, error)) (fraction, error) {
	x, err := a.canon(args[0])
	for _, m := range args[1:] {
		if err != nil {
			return x, err
		}
		var y fraction
		if y, err = a.canon(m); err == nil {
			x, err = f(x, y)
		}
	}
	return x, err
}

func (a *algebra) quotient(n, m *node) (fraction, error) {
	x, err := a.canon(n)
	if err != nil {
		return x, err
	}
	y, err := a.canon(m)
	if err != nil {
		return y, err
	}
	if y, err = a.inverse(y); err != nil {
		return y, err
	}
	return a.fmul(x, y)
}

func (a *algebra) root(n, index *node) (fraction, error) {
	k, err := a.canon(index)
	if err != nil {
		return k, err
	}
	if r, ok := k.rational(); !ok || !r.IsInt() || !r.Num().IsInt64() || r.Sign() <= 0 || r.Num().Int64() > 1000 {
		return k, errUnknown
	}
	x, err := a.canon(n)
	if err != nil {
		return x, err
	}
	r, _ := k.rational()
	if d := r.Num().Int64(); d > 1 {
		return a.rootOrOther(x, 1, d)
	}
	return x, nil
}

// rootOrOther is rootPower, or an atom of its own where that has no form.
func (a *algebra) rootOrOther(x fraction, n, d int64) (fraction, error) {
	f, err := a.rootPower(x, n, d)
	if err == errUnknown {
		return a.other("root" + strconv.FormatInt(n, 10) + "/" + strconv.FormatInt(d, 10) + "(" + a.fkey(x)), nil
	}
	return f, err
}

func (a *algebra) other(key string) fraction {
	return whole(atomPoly(a.atom("o"+key, atom{kind: aOther}), 1, 1))
}

// raise is base^exponent.
func (a *algebra) raise(base, exponent *node) (fraction, error) {
	e, err := a.canon(exponent)
	if err != nil {
		return e, err
	}
	if base.op == opConst && base.name == "e" {
		return a.exp(e)
	}
	b, err := a.canon(base)
	if err != nil {
		return b, err
	}
	r, ok := e.rational()
	if !ok {
		return a.symbolicPower(b, e)
	}
	if !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return b, errWork
	}
	n, d := r.Num().Int64(), r.Denom().Int64()
	if d > 1 {
		return a.rootOrOther(b, n, d)
	}
	if n == 0 {
		return ratFraction(big1), nil
	}
	p, err := a.power(b, n)
	if err == errWork && a.left > 0 {
		return a.hugePower(b, n)
	}
	return p, err
}

// hugePower keeps a power that is too large to compute as a product of primes.
func (a *algebra) hugePower(b fraction, n int64) (fraction, error) {
	r, ok := b.rational()
	if !ok || r.Sign() <= 0 {
		return b, errWork
	}
	return a.ratPower(r, n, 1)
}

// symbolicPower is b^e where e is no number: 2^(n+1) is 2·2^n, one atom 2^n.
func (a *algebra) symbolicPower(b, e fraction) (fraction, error) {
	if e.d != nil {
		return a.other("pow(" + a.fkey(b) + "," + a.fkey(e)), nil
	}
	out := ratFraction(big1)
	for _, t := range e.n.sorted() {
		p, err := a.termPowerOf(b, t)
		if err != nil {
			return p, err
		}
		if out, err = a.fmul(out, p); err != nil {
			return out, err
		}
	}
	return out, nil
}

// termPowerOf is b^(c·mono).
func (a *algebra) termPowerOf(b fraction, t term) (fraction, error) {
	if !t.coef.Num().IsInt64() || !t.coef.Denom().IsInt64() {
		return b, errWork
	}
	n, d := t.coef.Num().Int64(), t.coef.Denom().Int64()
	if len(t.mono) == 0 {
		if d > 1 {
			return a.rootOrOther(b, n, d)
		}
		return a.power(b, n)
	}
	if r, ok := b.rational(); ok && r.Sign() > 0 && r.Cmp(big1) != 0 {
		out := constPoly(big1)
		for i, part := range []*big.Int{r.Num(), r.Denom()} {
			err := a.primes(part, func(p *big.Int, k int64) error {
				if i == 1 {
					k = -k
				}
				n1, d1, err := fits(n*k, d)
				if err == nil {
					out, err = a.mul(out, a.powerAtom("p"+p.String(), t.mono, n1, d1))
				}
				return err
			})
			if err != nil {
				return b, err
			}
		}
		return whole(out), nil
	}
	return whole(a.powerAtom(a.fkey(b), t.mono, n, d)), nil
}

// powerAtom is (base^mono)^(n/d), an atom with an exponent. A negative exponent
// stays where it is: such atoms are never divided out.
func (a *algebra) powerAtom(base string, mono []factor, n, d int64) poly {
	return atomPoly(a.atom("w"+base+"^"+monoKey(mono), atom{kind: aOther}), n, d)
}

// exp is e^x; e^(iπr) is a root of unity, and e^(c·log p) is p^c.
func (a *algebra) exp(x fraction) (fraction, error) {
	if x.d != nil {
		return a.other("exp(" + a.fkey(x)), nil
	}
	out := ratFraction(big1)
	for _, t := range x.n.sorted() {
		p, err := a.expTerm(t)
		if err != nil {
			return p, err
		}
		if out, err = a.fmul(out, p); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (a *algebra) expTerm(t term) (fraction, error) {
	if !t.coef.Num().IsInt64() || !t.coef.Denom().IsInt64() {
		return fraction{}, errWork
	}
	n, d := t.coef.Num().Int64(), t.coef.Denom().Int64()
	if max(n, -n) > maxExponent || d > 1<<20 {
		return fraction{}, errWork
	}
	switch {
	case len(t.mono) == 0:
		return whole(atomPoly(a.atom("e", atom{kind: aE}), n, d)), nil
	case len(t.mono) == 1 && t.mono[0].n == 1 && t.mono[0].d == 1 && a.atoms[t.mono[0].atom].kind == aLog:
		p, err := a.primeAtom(a.atoms[t.mono[0].atom].prime, n, d)
		return whole(p), err
	case a.isIPi(t.mono):
		c, err := a.sinPi(new(big.Rat).Add(t.coef, big.NewRat(1, 2)))
		if err != nil {
			return c, err
		}
		s, err := a.sinPi(t.coef)
		if err != nil {
			return s, err
		}
		if s, err = a.fmul(s, whole(a.imaginary())); err != nil {
			return s, err
		}
		return a.fadd(c, s)
	}
	return whole(a.powerAtom("e", t.mono, n, d)), nil
}

func (a *algebra) isIPi(m []factor) bool {
	if len(m) != 2 || m[0].n != 1 || m[0].d != 1 || m[1].n != 1 || m[1].d != 1 {
		return false
	}
	k0, k1 := a.atoms[m[0].atom].kind, a.atoms[m[1].atom].kind
	return k0 == aI && k1 == aPi || k0 == aPi && k1 == aI
}

func (a *algebra) factorial(n *node) (fraction, error) {
	x, err := a.canon(n)
	if err != nil {
		return x, err
	}
	r, ok := x.rational()
	if !ok {
		return a.other("fact(" + a.fkey(x)), nil
	}
	if !r.IsInt() || r.Sign() < 0 {
		return x, errUndefined
	}
	if !r.Num().IsInt64() || r.Num().Int64() > 1500 {
		return a.other("fact(" + a.fkey(x)), nil
	}
	return ratFraction(new(big.Rat).SetInt(new(big.Int).MulRange(1, r.Num().Int64()))), nil
}
