package math

import "math/big"

// sines are the values of sin(π·n/60) that need no nested root, as
// (a·√p + b·√q) / c.
var sines = map[int64][5]int64{ // a p b q c
	0: {0, 1, 0, 1, 1}, 5: {1, 6, -1, 2, 4}, 6: {1, 5, -1, 1, 4}, 10: {1, 1, 0, 1, 2}, 15: {1, 2, 0, 1, 2},
	18: {1, 5, 1, 1, 4}, 20: {1, 3, 0, 1, 2}, 25: {1, 6, 1, 2, 4}, 30: {1, 1, 0, 1, 1},
}

// sinPi is sin(π·r).
func (a *algebra) sinPi(r *big.Rat) (fraction, error) {
	half := new(big.Rat).Quo(r, big.NewRat(2, 1))
	r = new(big.Rat).Sub(r, new(big.Rat).SetInt(new(big.Int).Lsh(floorRat(half), 1))) // in [0, 2)
	sign := int64(1)
	if r.Cmp(big1) >= 0 {
		r.Sub(r, big1)
		sign = -1
	}
	if r.Cmp(big.NewRat(1, 2)) > 0 {
		r.Sub(big1, r)
	}
	k := new(big.Rat).Mul(r, big.NewRat(60, 1))
	v, ok := [5]int64{}, false
	if k.IsInt() {
		v, ok = sines[k.Num().Int64()]
	}
	if !ok {
		f := a.other("sinpi(" + r.RatString())
		if sign < 0 {
			f = a.neg(f)
		}
		return f, nil
	}
	out := poly{}
	for i := 0; i < 4; i += 2 {
		p, err := a.primePower(big.NewInt(v[i+1]), 1, 2)
		if err != nil {
			return fraction{}, err
		}
		if out, err = a.add(out, a.scale(p, big.NewRat(sign*v[i], v[4]))); err != nil {
			return fraction{}, err
		}
	}
	return whole(out), nil
}

// trig is sin or cos: by the table at rational multiples of π, else an atom,
// with the sign of the argument taken out.
func (a *algebra) trig(name string, x fraction) (fraction, error) {
	if r, ok := a.piMultiple(x); ok {
		if name == "cos" {
			r = new(big.Rat).Add(r, big.NewRat(1, 2))
		}
		return a.sinPi(r)
	}
	negative := len(x.n) > 0 && x.n.sorted()[0].coef.Sign() < 0
	if negative {
		x = a.neg(x)
	}
	f := a.other(name + "(" + a.fkey(x))
	if negative && name == "sin" {
		f = a.neg(f)
	}
	return f, nil
}

// piMultiple returns r when x is r·π.
func (a *algebra) piMultiple(x fraction) (*big.Rat, bool) {
	if x.d != nil {
		return nil, false
	}
	if len(x.n) == 0 {
		return new(big.Rat), true
	}
	if len(x.n) != 1 {
		return nil, false
	}
	for _, t := range x.n {
		if len(t.mono) == 1 && a.atoms[t.mono[0].atom].kind == aPi && t.mono[0].n == 1 && t.mono[0].d == 1 {
			return t.coef, true
		}
	}
	return nil, false
}

func (a *algebra) trigQuotient(name string, x fraction) (fraction, error) {
	s, err := a.trig("sin", x)
	if err != nil {
		return s, err
	}
	c, err := a.trig("cos", x)
	if err != nil {
		return c, err
	}
	switch name {
	case "cot":
		s, c = c, s
	case "sec":
		s = ratFraction(big1)
	case "csc":
		s, c = ratFraction(big1), s
	}
	inv, err := a.inverse(c)
	if err != nil {
		return inv, err
	}
	return a.fmul(s, inv)
}

func (a *algebra) hyperbolic(name string, x fraction) (fraction, error) {
	p, err := a.exp(x)
	if err != nil {
		return p, err
	}
	q, err := a.exp(a.neg(x))
	if err != nil {
		return q, err
	}
	if name == "sinh" {
		q = a.neg(q)
	}
	s, err := a.fadd(p, q)
	if err != nil {
		return s, err
	}
	return a.fmul(s, ratFraction(big.NewRat(1, 2)))
}
