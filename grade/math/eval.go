package math

import "math/big"

// precisions, in bits behind the point, at which values are compared in turn.
var precisions = [...]uint{128, 448, 1600}

// evaluator computes the value of an expression as a ball, at a point when it
// has variables. At a point it stays with the real numbers: a root of a negative
// number is not defined there, unless i stands in the expression.
type evaluator struct {
	*field
	budget
	point map[string]*big.Rat
	real  bool
}

// evalConstant is the value of an expression without variables.
func evalConstant(n *node, p uint) (cball, error) {
	e := &evaluator{field: newField(p), budget: budget{4000}}
	return e.eval(n)
}

func (e *evaluator) eval(n *node) (cball, error) {
	if err := e.spend(1); err != nil {
		return cball{}, err
	}
	switch n.op {
	case opNum:
		return realBall(e.rat(n.num)), nil
	case opConst:
		return e.constant(n.name)
	case opVar:
		if r, ok := e.point[n.name]; ok {
			return realBall(e.rat(r)), nil
		}
		return cball{}, errUnknown
	case opNeg:
		x, err := e.eval(n.args[0])
		if err != nil {
			return x, err
		}
		return e.cneg(x), nil
	case opAdd, opMixed:
		return e.fold(n.args, func(x, y cball) (cball, error) { return e.cadd(x, y), nil })
	case opMul:
		return e.fold(n.args, func(x, y cball) (cball, error) { return e.cmul(x, y), nil })
	case opDiv:
		return e.fold(n.args, e.cquo)
	case opPercent:
		x, err := e.eval(n.args[0])
		if err != nil {
			return x, err
		}
		return e.cquo(x, realBall(e.exact(100)))
	case opPow:
		return e.raise(n)
	case opRoot:
		return e.root(n)
	case opFact, opFunc:
		return e.function(n)
	case opUnit:
		if n.name == "degree" {
			x, err := e.eval(n.args[0])
			if err != nil {
				return x, err
			}
			return e.cquo(e.cmul(x, realBall(e.pi())), realBall(e.exact(180)))
		}
	}
	return cball{}, errUnknown
}

func (e *evaluator) constant(name string) (cball, error) {
	switch name {
	case "pi":
		return realBall(e.pi()), nil
	case "e":
		x, err := e.exp(e.exact(1))
		return realBall(x), err
	case "i":
		return cball{ball{zeroInt, zeroInt}, e.exact(1), true}, nil
	}
	return cball{}, errUnknown
}

func (e *evaluator) fold(args []*node, f func(x, y cball) (cball, error)) (cball, error) {
	x, err := e.eval(args[0])
	for _, m := range args[1:] {
		if err != nil {
			return x, err
		}
		var y cball
		if y, err = e.eval(m); err == nil {
			if x, err = f(x, y); err == nil && max(x.re.m.BitLen(), x.im.m.BitLen()) > 4*maxBits {
				return x, errWork
			}
		}
	}
	return x, err
}

func (e *evaluator) raise(n *node) (cball, error) {
	b, err := e.eval(n.args[0])
	if err != nil {
		return b, err
	}
	if r, ok := rationalAt(n.args[1], e.point); ok {
		if !r.Num().IsInt64() || !r.Denom().IsInt64() {
			return b, errWork
		}
		return e.rationalPower(b, r.Num().Int64(), r.Denom().Int64())
	}
	x, err := e.eval(n.args[1])
	if err != nil {
		return x, err
	}
	if e.real && b.real() && !b.re.positive() {
		return b, errUndefined
	}
	l, err := e.clog(b)
	if err != nil {
		return l, err
	}
	return e.cexp(e.cmul(l, x))
}

// rationalPower is b^(n/d): of a negative number the real root when d is odd.
func (e *evaluator) rationalPower(b cball, n, d int64) (cball, error) {
	if d == 1 {
		return e.cpower(b, n)
	}
	negative := b.real() && b.re.negative()
	switch {
	case b.real() && b.re.m.Sign() == 0 && b.re.r.Sign() == 0 && n > 0:
		return b, nil
	case negative && d%2 == 1:
		r, err := e.rationalPower(e.cneg(b), n, d)
		if err == nil && n%2 != 0 {
			r = e.cneg(r)
		}
		return r, err
	case negative && e.real:
		return b, errUndefined
	case d == 2:
		s, err := e.csqrt(b)
		if err != nil {
			return s, err
		}
		return e.cpower(s, n)
	case b.real() && !b.re.apart():
		return b, errUndefined
	}
	l, err := e.clog(b)
	if err != nil {
		return l, err
	}
	return e.cexp(e.cmul(l, realBall(e.rat(big.NewRat(n, d)))))
}

func (e *evaluator) root(n *node) (cball, error) {
	k, ok := rationalAt(n.args[1], e.point)
	if !ok || !k.IsInt() || !k.Num().IsInt64() || k.Sign() <= 0 || k.Num().Int64() > 1000 {
		return cball{}, errUnknown
	}
	b, err := e.eval(n.args[0])
	if err != nil {
		return b, err
	}
	return e.rationalPower(b, 1, k.Num().Int64())
}

// rationalAt computes an expression of rational numbers at a point exactly.
func rationalAt(n *node, point map[string]*big.Rat) (*big.Rat, bool) {
	switch n.op {
	case opNum:
		return n.num, true
	case opVar:
		r, ok := point[n.name]
		return r, ok
	case opNeg, opPercent:
		r, ok := rationalAt(n.args[0], point)
		if !ok {
			return nil, false
		}
		if n.op == opNeg {
			return new(big.Rat).Neg(r), true
		}
		return new(big.Rat).Quo(r, big.NewRat(100, 1)), true
	case opAdd, opMixed, opMul, opDiv:
		sum, ok := rationalAt(n.args[0], point)
		for _, m := range n.args[1:] {
			if !ok {
				return nil, false
			}
			var r *big.Rat
			if r, ok = rationalAt(m, point); ok {
				sum, ok = combine(n.op, sum, r)
			}
		}
		return sum, ok
	}
	return nil, false
}

func combine(o op, a, b *big.Rat) (*big.Rat, bool) {
	if a.Num().BitLen()+b.Num().BitLen()+a.Denom().BitLen()+b.Denom().BitLen() > 2*maxBits {
		return nil, false
	}
	switch {
	case o == opMul:
		return new(big.Rat).Mul(a, b), true
	case o == opDiv && b.Sign() == 0:
		return nil, false
	case o == opDiv:
		return new(big.Rat).Quo(a, b), true
	}
	return new(big.Rat).Add(a, b), true
}
