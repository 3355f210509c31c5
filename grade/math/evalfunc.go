package math

import "math/big"

// function computes the functions that we know, of one or two arguments.
func (e *evaluator) function(n *node) (cball, error) {
	switch {
	case n.op == opFact || n.name == "binom" || n.name == "gcd" || n.name == "lcm":
		return e.discrete(n)
	case len(n.args) == 0:
		return cball{}, errUnknown
	}
	x, err := e.eval(n.args[0])
	if err != nil {
		return x, err
	}
	switch n.name {
	case "exp":
		return e.cexp(x)
	case "ln", "log", "lg":
		return e.logarithm(n, x)
	case "abs":
		m, err := e.modulus(x)
		return realBall(m), err
	case "floor", "ceil":
		return e.round(n.name, x)
	case "max", "min":
		return e.extreme(n, x)
	case "cis":
		return e.cexp(e.cmul(x, cball{ball{zeroInt, zeroInt}, e.exact(1), true}))
	}
	if x.complex {
		return x, errUnknown
	}
	b, err := e.ofReal(n.name, x.re)
	return realBall(b), err
}

func (e *evaluator) logarithm(n *node, x cball) (cball, error) {
	if x.real() && !x.re.positive() && (e.real || !x.re.apart()) {
		return x, errUndefined
	}
	l, err := e.clog(x)
	if err != nil {
		return l, err
	}
	base := realBall(e.exact(10))
	switch {
	case len(n.args) == 2:
		if base, err = e.eval(n.args[1]); err != nil {
			return base, err
		}
	case n.name == "ln" || n.name == "log" && !n.args[0].constant():
		return l, nil
	}
	b, err := e.clog(base)
	if err != nil {
		return b, err
	}
	return e.cquo(l, b)
}

// ofReal computes circular and hyperbolic functions and their inverses.
func (e *evaluator) ofReal(name string, x ball) (ball, error) {
	switch name {
	case "sin", "cos", "tan", "cot", "sec", "csc":
		s, c, err := e.sincos(x)
		if err != nil {
			return s, err
		}
		one := e.exact(1)
		switch name {
		case "sin":
			return s, nil
		case "cos":
			return c, nil
		case "tan":
			return e.quo(s, c)
		case "cot":
			return e.quo(c, s)
		case "sec":
			return e.quo(one, c)
		}
		return e.quo(one, s)
	case "arcsin":
		return e.asin(x)
	case "arccos":
		return e.acos(x)
	case "arctan":
		return e.atan(x)
	case "arccot":
		t, err := e.atan(x)
		return e.sub(e.shift(e.pi(), -1), t), err
	case "arcsec", "arccsc":
		q, err := e.quo(e.exact(1), x)
		if err != nil {
			return q, err
		}
		if name == "arcsec" {
			return e.acos(q)
		}
		return e.asin(q)
	case "sgn":
		if x.positive() {
			return e.exact(1), nil
		} else if x.negative() {
			return e.exact(-1), nil
		}
		return x, errUndefined
	case "sinh", "cosh", "tanh", "coth", "sech", "csch":
		return e.hyperbolic(name, x)
	}
	return x, errUnknown
}

func (e *evaluator) hyperbolic(name string, x ball) (ball, error) {
	p, err := e.exp(x)
	if err != nil {
		return p, err
	}
	q, err := e.exp(e.neg(x))
	if err != nil {
		return q, err
	}
	s, c := e.shift(e.sub(p, q), -1), e.shift(e.add(p, q), -1)
	switch name {
	case "sinh":
		return s, nil
	case "cosh":
		return c, nil
	case "tanh":
		return e.quo(s, c)
	case "coth":
		return e.quo(c, s)
	case "sech":
		return e.quo(e.exact(1), c)
	}
	return e.quo(e.exact(1), s)
}

// round fails when an integer lies inside the ball: then a limit of precision
// would decide.
func (e *evaluator) round(name string, x cball) (cball, error) {
	if x.complex {
		return x, errUnknown
	}
	b := x.re
	if name == "ceil" {
		b = e.neg(b)
	}
	lo := new(big.Int).Rsh(new(big.Int).Sub(b.m, b.r), e.p)
	hi := new(big.Int).Rsh(new(big.Int).Add(b.m, b.r), e.p)
	if lo.Cmp(hi) != 0 {
		return x, errUndefined
	}
	r := ball{lo.Lsh(lo, e.p), zeroInt}
	if name == "ceil" {
		r = e.neg(r)
	}
	return realBall(r), nil
}

func (e *evaluator) extreme(n *node, x cball) (cball, error) {
	for _, m := range n.args[1:] {
		y, err := e.eval(m)
		if err != nil {
			return y, err
		}
		d := e.sub(x.re, y.re)
		if x.complex || y.complex || !d.apart() {
			return x, errUndefined
		}
		if d.negative() == (n.name == "max") {
			x = y
		}
	}
	return x, nil
}

// discrete computes factorials, binomial coefficients and divisors, which are
// defined at integers only.
func (e *evaluator) discrete(n *node) (cball, error) {
	args := make([]fraction, len(n.args))
	for i, m := range n.args {
		r, ok := rationalAt(m, e.point)
		if !ok || !r.IsInt() {
			return cball{}, errUndefined
		}
		args[i] = ratFraction(r)
	}
	if n.op == opFact {
		r, _ := args[0].rational()
		if r.Sign() < 0 || !r.Num().IsInt64() || r.Num().Int64() > 300 {
			return cball{}, errUndefined
		}
		return realBall(ball{new(big.Int).Lsh(new(big.Int).MulRange(1, r.Num().Int64()), e.p), zeroInt}), nil
	}
	f, ok, err := newAlgebra().ofNumbers(n.name, args)
	if err != nil || !ok {
		return cball{}, errUndefined
	}
	r, _ := f.rational()
	return realBall(e.rat(r)), nil
}
