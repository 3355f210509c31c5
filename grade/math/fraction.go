package math

import "math/big"

// fraction is n/d; d nil is 1.
type fraction struct{ n, d poly }

func whole(p poly) fraction { return fraction{p, nil} }

func ratFraction(r *big.Rat) fraction { return fraction{constPoly(r), nil} }

func (f fraction) rational() (*big.Rat, bool) {
	if f.d != nil {
		return nil, false
	}
	return f.n.rational()
}

func (a *algebra) fmul(x, y fraction) (fraction, error) {
	n, err := a.mul(x.n, y.n)
	if err != nil {
		return fraction{}, err
	}
	switch {
	case x.d == nil:
		return fraction{n, y.d}, nil
	case y.d == nil:
		return fraction{n, x.d}, nil
	}
	d, err := a.mul(x.d, y.d)
	return a.simplify(fraction{n, d}), err
}

func (a *algebra) inverse(x fraction) (fraction, error) {
	if len(x.n) == 0 {
		return fraction{}, errUndefined
	}
	n := x.d
	if n == nil {
		n = constPoly(big1)
	}
	return a.simplify(fraction{n, x.n}), nil
}

// simplify takes a rational denominator into the numerator.
func (a *algebra) simplify(f fraction) fraction {
	if f.d == nil {
		return f
	}
	if c, ok := f.d.rational(); ok && c.Sign() != 0 {
		return fraction{a.scale(f.n, new(big.Rat).Inv(c)), nil}
	}
	return f
}

func (a *algebra) fadd(x, y fraction) (fraction, error) {
	if x.d == nil && y.d == nil {
		n, err := a.add(x.n, y.n)
		return whole(n), err
	}
	if x.d != nil && y.d != nil && x.d.key() == y.d.key() {
		n, err := a.add(x.n, y.n)
		return fraction{n, x.d}, err
	}
	n1, n2, d := x.n, y.n, x.d
	var err error
	if y.d != nil {
		if n1, err = a.mul(n1, y.d); err != nil {
			return fraction{}, err
		}
		d = y.d
	}
	if x.d != nil {
		if n2, err = a.mul(n2, x.d); err != nil {
			return fraction{}, err
		}
		if y.d != nil {
			if d, err = a.mul(x.d, y.d); err != nil {
				return fraction{}, err
			}
		}
	}
	n, err := a.add(n1, n2)
	return fraction{n, d}, err
}

func (a *algebra) neg(x fraction) fraction { return fraction{a.scale(x.n, bigMinus1), x.d} }

var bigMinus1 = big.NewRat(-1, 1)

// fkey is the same for fractions of one algebra that are equal term by term.
func (a *algebra) fkey(x fraction) string {
	if x.d == nil {
		return x.n.key()
	}
	lead := new(big.Rat).Inv(x.d.sorted()[0].coef)
	return a.scale(x.n, lead).key() + "/" + a.scale(x.d, lead).key()
}

// power raises x to the integer k by repeated squaring.
func (a *algebra) power(x fraction, k int64) (fraction, error) {
	if k < 0 {
		inv, err := a.inverse(x)
		if err != nil {
			return fraction{}, err
		}
		return a.power(inv, -k)
	}
	n, err := a.polyPower(x.n, k)
	if err != nil || x.d == nil {
		return whole(n), err
	}
	d, err := a.polyPower(x.d, k)
	return fraction{n, d}, err
}

func (a *algebra) polyPower(p poly, k int64) (poly, error) {
	if c, ok := p.rational(); ok {
		if bits := int64(max(c.Num().BitLen(), c.Denom().BitLen()) - 1); bits > 0 && k > int64(maxBits)/bits {
			return nil, errWork
		}
		e := big.NewInt(k)
		return constPoly(new(big.Rat).SetFrac(new(big.Int).Exp(c.Num(), e, nil), new(big.Int).Exp(c.Denom(), e, nil))), nil
	}
	if len(p) > 1 && k > 200 {
		return nil, errWork
	}
	r := constPoly(big1)
	var err error
	for ; k > 0; k >>= 1 {
		if k&1 == 1 {
			if r, err = a.mul(r, p); err != nil {
				return nil, err
			}
		}
		if k > 1 {
			if p, err = a.mul(p, p); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// difference is the numerator of x - y.
func (a *algebra) difference(x, y fraction) (poly, error) {
	d, err := a.fadd(x, a.neg(y))
	return d.n, err
}

// decided reports whether a polynomial of this algebra is zero only when it has
// no terms. π and e together are not known to be independent.
func (a *algebra) decided() bool { return !a.undecided && !a.huge && !(a.hasPi && a.hasE) }

// residue is a prime below 2^62; what is not zero modulo it is not zero.
const residue = 4611686018427387847

// nonzero proves a polynomial of integer powers of primes unlike zero, though
// the powers be too large to compute, modulo a large prime.
func (a *algebra) nonzero(p poly) bool {
	m, sum := big.NewInt(residue), new(big.Int)
	for _, t := range p {
		v := new(big.Int).ModInverse(t.coef.Denom(), m)
		if v == nil {
			return false
		}
		v.Mul(v, t.coef.Num())
		for _, f := range t.mono {
			k := a.atoms[f.atom]
			if k.kind != aPrime || f.d != 1 {
				return false
			}
			v.Mul(v, new(big.Int).Exp(k.prime, big.NewInt(max(f.n, -f.n)), m))
			if f.n < 0 {
				return false
			}
			v.Mod(v, m)
		}
		sum.Add(sum, v)
	}
	return sum.Mod(sum, m).Sign() != 0
}
