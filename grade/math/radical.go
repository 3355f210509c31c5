package math

import "math/big"

// trial is the largest prime that is divided out of a radicand.
const trial = 2000

// primePower multiplies f by b^(n/d) for an integer b > 0, split into primes. A
// cofactor without small primes that is no perfect square stands as one atom,
// and then independence is not known.
func (a *algebra) primePower(b *big.Int, n, d int64) (poly, error) {
	out := constPoly(big1)
	err := a.primes(b, func(p *big.Int, k int64) error {
		e1, e2, err := fits(n*k, d)
		if err != nil {
			return err
		}
		q, err := a.primeAtom(p, e1, e2)
		if err == nil {
			out, err = a.mul(out, q)
		}
		return err
	})
	return out, err
}

func (a *algebra) primeAtom(p *big.Int, n, d int64) (poly, error) {
	id := a.atom("p"+p.String(), atom{kind: aPrime, prime: p})
	f := factor{id, n, d}
	coef := big.NewRat(1, 1)
	if _, err := a.reduce(&f, coef); err != nil {
		return nil, err
	}
	if f.n == 0 {
		return constPoly(coef), nil
	}
	m := []factor{f}
	return poly{monoKey(m): {m, coef}}, nil
}

// primes calls f with each prime of b and its exponent.
func (a *algebra) primes(b *big.Int, f func(p *big.Int, k int64) error) error {
	if b.BitLen() > 512 {
		return errWork
	}
	rest := new(big.Int).Set(b)
	var q, r big.Int
	for p := int64(2); p <= trial; p++ {
		if p > 3 && (p%2 == 0 || p%3 == 0) {
			continue
		}
		if rest.IsInt64() {
			if v := rest.Int64(); v == 1 {
				return nil
			} else if v < p*p {
				return f(new(big.Int).Set(rest), 1)
			}
		}
		pb := big.NewInt(p)
		k := int64(0)
		for {
			q.QuoRem(rest, pb, &r)
			if r.Sign() != 0 {
				break
			}
			rest.Set(&q)
			k++
		}
		if k > 0 {
			if err := f(pb, k); err != nil {
				return err
			}
		}
	}
	if rest.Cmp(big.NewInt(1)) == 0 {
		return nil
	}
	if s := new(big.Int).Sqrt(rest); new(big.Int).Mul(s, s).Cmp(rest) == 0 {
		if !s.ProbablyPrime(20) {
			a.undecided = true
		}
		return f(s, 2)
	}
	if !rest.ProbablyPrime(20) {
		a.undecided = true
	}
	return f(rest, 1)
}

// ratPower is r^(n/d) for a rational r > 0.
func (a *algebra) ratPower(r *big.Rat, n, d int64) (fraction, error) {
	p, err := a.primePower(r.Num(), n, d)
	if err != nil || r.IsInt() {
		return whole(p), err
	}
	q, err := a.primePower(r.Denom(), -n, d)
	if err != nil {
		return fraction{}, err
	}
	p, err = a.mul(p, q)
	return whole(p), err
}

func (a *algebra) imaginary() poly { return atomPoly(a.atom("i", atom{kind: aI}), 1, 1) }

// rootPower is x^(n/d), d > 1. Roots of odd degree are real ones, as schools
// have it; of even degree principal ones.
func (a *algebra) rootPower(x fraction, n, d int64) (fraction, error) {
	if r, ok := x.rational(); ok {
		return a.numberPower(r, n, d)
	}
	if x.d != nil {
		return a.quotientPower(x, n, d)
	}
	if len(x.n) == 1 {
		for _, t := range x.n {
			if f, ok, err := a.termPower(t, n, d); ok || err != nil {
				return f, err
			}
		}
	}
	// Under a root the content comes out: √(4u + 4) = 2·√(u + 1).
	c := content(x.n)
	inner := a.scale(x.n, new(big.Rat).Inv(c))
	out, err := a.ratPower(c, n, d)
	if err != nil {
		return fraction{}, err
	}
	id := a.atom("b"+inner.key(), atom{kind: aBase, base: inner})
	f, err := a.basePower(id, n, d)
	if err != nil {
		return fraction{}, err
	}
	return a.fmul(out, f)
}

// basePower is atom^(n/d), with whole powers multiplied out and negative ones
// in the denominator.
func (a *algebra) basePower(id int32, n, d int64) (fraction, error) {
	m := max(n, -n)
	mono := []factor{{id, m, d}}
	p := poly{monoKey(mono): {mono, big1}}
	if m >= d {
		var err error
		if p, err = a.unfold(term{mono, big1}); err != nil {
			return fraction{}, err
		}
	}
	if n < 0 {
		return a.inverse(whole(p))
	}
	return whole(p), nil
}

func (a *algebra) numberPower(r *big.Rat, n, d int64) (fraction, error) {
	switch {
	case r.Sign() == 0 && n > 0:
		return whole(poly{}), nil
	case r.Sign() == 0:
		return fraction{}, errUndefined
	case r.Sign() > 0:
		return a.ratPower(r, n, d)
	}
	f, err := a.ratPower(new(big.Rat).Neg(r), n, d)
	switch {
	case err != nil:
		return f, err
	case d%2 == 1:
		if n%2 != 0 {
			f = a.neg(f)
		}
		return f, nil
	case d == 2:
		i, err := a.power(whole(a.imaginary()), n)
		if err != nil {
			return f, err
		}
		return a.fmul(f, i)
	}
	return f, errUnknown
}

// quotientPower takes the root of a quotient with a positive constant below.
func (a *algebra) quotientPower(x fraction, n, d int64) (fraction, error) {
	if len(x.d) == 1 {
		for _, t := range x.d {
			if a.positive(t) {
				p, err := a.rootPower(whole(x.n), n, d)
				if err != nil {
					return p, err
				}
				q, err := a.rootPower(whole(x.d), -n, d)
				if err != nil {
					return q, err
				}
				return a.fmul(p, q)
			}
		}
	}
	return fraction{}, errUnknown
}

// positive reports whether a term is surely a positive number.
func (a *algebra) positive(t term) bool {
	for _, f := range t.mono {
		switch a.atoms[f.atom].kind {
		case aPi, aE, aPrime, aLog:
		default:
			return false
		}
	}
	return t.coef.Sign() > 0
}

// termPower takes the root of one term factor by factor where that is sound:
// all factors are positive constants, or one variable with exponent 1, or the
// root is of odd degree.
func (a *algebra) termPower(t term, n, d int64) (fraction, bool, error) {
	free := 0
	for _, f := range t.mono {
		switch a.atoms[f.atom].kind {
		case aPi, aE, aPrime, aLog:
		case aVar:
			if f.n != 1 || f.d != 1 {
				free++
			}
			free++
		default:
			return fraction{}, false, nil
		}
	}
	if d%2 == 0 && (free > 1 || t.coef.Sign() < 0) {
		return fraction{}, false, nil
	}
	out, err := a.numberPower(t.coef, n, d)
	if err != nil {
		return out, true, err
	}
	for _, f := range t.mono {
		if n != 0 && max(f.n, -f.n) > maxExponent/max(n, -n) || f.d > (1<<20)/d {
			return out, true, errWork
		}
		e1, e2, err := fits(f.n*n, f.d*d)
		if err != nil {
			return out, true, err
		}
		p := atomPoly(f.atom, e1, e2)
		if k := &a.atoms[f.atom]; k.kind == aPrime {
			if p, err = a.primeAtom(k.prime, e1, e2); err != nil {
				return out, true, err
			}
		}
		if out, err = a.fmul(out, whole(p)); err != nil {
			return out, true, err
		}
	}
	return out, true, nil
}

// content is the positive rational that divides all coefficients.
func content(p poly) *big.Rat {
	num, den := new(big.Int), big.NewInt(1)
	for _, t := range p {
		num.GCD(nil, nil, num, new(big.Int).Abs(t.coef.Num()))
		g := new(big.Int).GCD(nil, nil, den, t.coef.Denom())
		den.Mul(den, new(big.Int).Quo(t.coef.Denom(), g))
	}
	return new(big.Rat).SetFrac(num, den)
}
