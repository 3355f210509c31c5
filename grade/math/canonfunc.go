package math

import (
	"math/big"
	"strings"
)

// function brings a function's value into canonical form: exactly where it has
// one, as an atom named by its canonical arguments elsewhere.
func (a *algebra) function(n *node) (fraction, error) {
	args := make([]fraction, len(n.args))
	for i, m := range n.args {
		var err error
		if args[i], err = a.canon(m); err != nil {
			return args[i], err
		}
	}
	if len(args) == 0 {
		return fraction{}, errUnknown
	}
	switch n.name {
	case "exp":
		return a.exp(args[0])
	case "ln", "lg", "log":
		return a.logOf(n, args)
	case "sin", "cos":
		return a.trig(n.name, args[0])
	case "tan", "cot", "sec", "csc":
		return a.trigQuotient(n.name, args[0])
	case "cis":
		c, err := a.trig("cos", args[0])
		if err != nil {
			return c, err
		}
		s, err := a.trig("sin", args[0])
		if err != nil {
			return s, err
		}
		if s, err = a.fmul(s, whole(a.imaginary())); err != nil {
			return s, err
		}
		return a.fadd(c, s)
	case "sinh", "cosh":
		return a.hyperbolic(n.name, args[0])
	case "abs":
		return a.absolute(n.args[0], args[0])
	case "binom", "gcd", "lcm", "max", "min", "floor", "ceil", "sgn":
		if f, ok, err := a.ofNumbers(n.name, args); ok || err != nil {
			return f, err
		}
	}
	keys := make([]string, len(args))
	for i, x := range args {
		keys[i] = a.fkey(x)
	}
	return a.other(n.name + "(" + strings.Join(keys, ",")), nil
}

// ofNumbers computes functions of rational numbers.
func (a *algebra) ofNumbers(name string, args []fraction) (fraction, bool, error) {
	rs := make([]*big.Rat, len(args))
	ints := true
	for i, x := range args {
		r, ok := x.rational()
		if !ok {
			return fraction{}, false, nil
		}
		rs[i] = r
		ints = ints && r.IsInt()
	}
	switch name {
	case "floor":
		return ratFraction(new(big.Rat).SetInt(floorRat(rs[0]))), true, nil
	case "ceil":
		f := floorRat(new(big.Rat).Neg(rs[0]))
		return ratFraction(new(big.Rat).SetInt(f.Neg(f))), true, nil
	case "sgn":
		return ratFraction(big.NewRat(int64(rs[0].Sign()), 1)), true, nil
	case "max", "min":
		best := rs[0]
		for _, r := range rs[1:] {
			if (r.Cmp(best) > 0) == (name == "max") {
				best = r
			}
		}
		return ratFraction(best), true, nil
	}
	if !ints {
		return fraction{}, false, nil
	}
	if name == "binom" {
		return binomial(rs)
	}
	g := new(big.Int).Abs(rs[0].Num())
	for _, r := range rs[1:] {
		m := new(big.Int).Abs(r.Num())
		d := new(big.Int).GCD(nil, nil, g, m)
		if name == "lcm" && d.Sign() != 0 {
			d.Mul(g, m.Quo(m, d))
		}
		g = d
	}
	return ratFraction(new(big.Rat).SetInt(g)), true, nil
}

func binomial(rs []*big.Rat) (fraction, bool, error) {
	if len(rs) != 2 || rs[0].Sign() < 0 || rs[1].Sign() < 0 || !rs[0].Num().IsInt64() || !rs[1].Num().IsInt64() {
		return fraction{}, false, errUnknown
	}
	n, k := rs[0].Num().Int64(), rs[1].Num().Int64()
	if n > 5000 {
		return fraction{}, false, nil
	}
	return ratFraction(new(big.Rat).SetInt(new(big.Int).Binomial(n, k))), true, nil
}

func floorRat(r *big.Rat) *big.Int {
	q, m := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	_ = m
	return q
}

// logOf is a logarithm: of primes where its argument is a product of them.
func (a *algebra) logOf(n *node, args []fraction) (fraction, error) {
	x, err := a.log(args[0])
	if err != nil {
		return x, err
	}
	base := ratFraction(big.NewRat(10, 1))
	switch {
	case len(args) == 2:
		base = args[1]
	case n.name == "ln":
		return x, nil
	case n.name == "log" && !args[0].constantIn(a):
		return x, nil // in the calculus of functions log is the natural one
	}
	b, err := a.log(base)
	if err != nil {
		return b, err
	}
	if b, err = a.inverse(b); err != nil {
		return b, err
	}
	return a.fmul(x, b)
}

func (f fraction) constantIn(a *algebra) bool {
	for _, p := range []poly{f.n, f.d} {
		for _, t := range p {
			for _, u := range t.mono {
				if k := a.atoms[u.atom].kind; k == aVar || k == aOther {
					return false
				}
			}
		}
	}
	return true
}

// log is the natural logarithm. Of one term it is the sum over its factors,
// which holds wherever both sides are defined.
func (a *algebra) log(x fraction) (fraction, error) {
	if len(x.n) == 0 {
		return x, errUndefined
	}
	if len(x.n) == 1 && (x.d == nil || len(x.d) == 1) {
		out := whole(poly{})
		for sign, p := range []poly{x.n, x.d} {
			for _, t := range p {
				f, ok, err := a.logTerm(t)
				if err != nil {
					return f, err
				}
				if !ok {
					return a.other("ln(" + a.fkey(x)), nil
				}
				if sign == 1 {
					f = a.neg(f)
				}
				if out, err = a.fadd(out, f); err != nil {
					return out, err
				}
			}
		}
		return out, nil
	}
	return a.other("ln(" + a.fkey(x)), nil
}

func (a *algebra) logTerm(t term) (fraction, bool, error) {
	if t.coef.Sign() < 0 {
		return fraction{}, false, nil
	}
	sum := poly{}
	add := func(key string, k atom, c *big.Rat) (err error) {
		sum, err = a.add(sum, a.scale(atomPoly(a.atom(key, k), 1, 1), c))
		return err
	}
	for i, part := range []*big.Int{t.coef.Num(), t.coef.Denom()} {
		err := a.primes(part, func(p *big.Int, k int64) error {
			return add("l"+p.String(), atom{kind: aLog, prime: p}, big.NewRat(k*int64(1-2*i), 1))
		})
		if err != nil {
			return fraction{}, false, err
		}
	}
	for _, f := range t.mono {
		c, err := big.NewRat(f.n, f.d), error(nil)
		switch k := a.atoms[f.atom]; k.kind {
		case aE:
			sum, err = a.add(sum, constPoly(c))
		case aPrime:
			err = add("l"+k.prime.String(), atom{kind: aLog, prime: k.prime}, c)
		case aPi, aVar:
			err = add("oln("+atomPoly(f.atom, 1, 1).key(), atom{kind: aOther}, c)
		default:
			return fraction{}, false, nil
		}
		if err != nil {
			return fraction{}, false, err
		}
	}
	return whole(sum), true, nil
}

// absolute is |x|: by its sign for a constant, by the modulus for a complex one.
func (a *algebra) absolute(n *node, x fraction) (fraction, error) {
	if r, ok := x.rational(); ok {
		return ratFraction(new(big.Rat).Abs(r)), nil
	}
	if !n.constant() {
		if len(x.n) > 0 && x.n.sorted()[0].coef.Sign() < 0 { // |-u| is |u|
			x = a.neg(x)
		}
		return a.other("abs(" + a.fkey(x)), nil
	}
	v, err := evalConstant(n, precisions[0])
	if err != nil {
		return x, err
	}
	switch {
	case v.real() && v.re.positive():
		return x, nil
	case v.real() && v.re.negative():
		return a.neg(x), nil
	case v.real():
		return a.other("abs(" + a.fkey(x)), nil
	}
	sq, err := a.fmul(x, fraction{a.conjugate(x.n), a.conjugate(x.d)})
	if err != nil {
		return sq, err
	}
	return a.rootOrOther(sq, 1, 2)
}

// conjugate turns the sign of i. Atoms of functions with complex arguments do
// not occur in what has a decided form, and the rest is evaluated anyway.
func (a *algebra) conjugate(p poly) poly {
	if p == nil {
		return nil
	}
	q := make(poly, len(p))
	for k, t := range p {
		c := t.coef
		for _, f := range t.mono {
			if a.atoms[f.atom].kind == aI {
				c = new(big.Rat).Neg(c)
			}
		}
		q[k] = term{t.mono, c}
	}
	return q
}
