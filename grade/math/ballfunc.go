package math

import "math/big"

// guard bits are added inside functions, for what their reductions lose.
const guard = 48

// inner is the field in which f computes a function.
func (f *field) inner() *field { return newField(f.p + guard) }

// exp reduces by multiples of ln 2 and by halving, and sums Taylor's series.
func (f *field) exp(a ball) (ball, error) {
	if a.m.BitLen() > int(f.p)+14 || a.r.BitLen() > int(f.p) {
		if a.m.Sign() < 0 && a.negative() && a.r.BitLen() <= int(f.p) {
			return ball{zeroInt, big.NewInt(1)}, nil
		}
		return ball{}, errWork
	}
	g := f.inner()
	x, ln2 := g.at(a, f), g.ln2()
	k := new(big.Int).Quo(x.m, ln2.m).Int64()
	if k < -int64(f.p)-4 {
		return ball{zeroInt, big.NewInt(1)}, nil
	}
	x = g.sub(x, g.mul(g.exact(k), ln2))
	const halvings = 8
	x = g.shift(x, -halvings)
	sum, t := g.exact(1), g.exact(1)
	for n := int64(1); ; n++ {
		t = g.small(g.mul(t, x), n)
		sum = g.add(sum, t)
		if t.m.BitLen() <= 2 {
			break
		}
	}
	sum = sum.widened(8) // |x| < 2^-7: the rest of the series is below the last term
	for range halvings {
		sum = g.mul(sum, sum)
	}
	return f.at(g.shift(sum, int(k)), g), nil
}

// log is 2 artanh((x-1)/(x+1)) after roots have brought x near 1.
func (f *field) log(a ball) (ball, error) {
	if !a.positive() {
		return ball{}, errUndefined
	}
	g := f.inner()
	k := a.m.BitLen() - int(f.p)
	x := g.at(a, f)
	x = g.shift(x, -k) // in [1/2, 1)
	const roots = 6
	var err error
	for range roots {
		if x, err = g.sqrt(x); err != nil {
			return ball{}, err
		}
	}
	one := g.exact(1)
	z, err := g.quo(g.sub(x, one), g.add(x, one))
	if err != nil {
		return ball{}, err
	}
	sum, t, sq := z, z, g.mul(z, z)
	for n := int64(3); t.m.BitLen() > 2; n += 2 {
		t = g.mul(t, sq)
		sum = g.add(sum, g.small(t, n))
	}
	sum = g.shift(sum.widened(8), roots+1)
	return f.at(g.add(sum, g.mul(g.exact(int64(k)), g.ln2())), g), nil
}

// sincos reduces by multiples of π and by halving.
func (f *field) sincos(a ball) (sin, cos ball, err error) {
	if a.m.BitLen() > int(f.p)+30 {
		return sin, cos, errWork
	}
	g := f.inner()
	x, pi := g.at(a, f), g.pi()
	k := new(big.Int).Quo(x.m, pi.m)
	x = g.sub(x, g.mul(ball{new(big.Int).Lsh(k, g.p), zeroInt}, pi))
	const halvings = 7
	x = g.shift(x, -halvings)
	sq := g.mul(x, x)
	s, c, t := x, g.exact(1), g.exact(1)
	for n := int64(1); t.m.BitLen() > 2; n += 2 {
		t = g.neg(g.small(g.mul(t, sq), n*(n+1)))
		c = g.add(c, t)
		s = g.add(s, g.mul(g.small(t, n+2), x))
	}
	s, c = s.widened(16), c.widened(16)
	for range halvings {
		s, c = g.shift(g.mul(s, c), 1), g.sub(g.shift(g.mul(c, c), 1), g.exact(1))
	}
	if k.Bit(0) == 1 {
		s, c = g.neg(s), g.neg(c)
	}
	return f.at(s, g), f.at(c, g), nil
}

// atan halves the angle: arctan x = 2 arctan(x / (1 + √(1+x²))).
func (f *field) atan(a ball) (ball, error) {
	g := f.inner()
	x := g.at(a, f)
	const halvings = 6
	for range halvings {
		root, err := g.sqrt(g.add(g.exact(1), g.mul(x, x)))
		if err != nil {
			return ball{}, err
		}
		if x, err = g.quo(x, g.add(g.exact(1), root)); err != nil {
			return ball{}, err
		}
	}
	sum, t, sq := x, x, g.mul(x, x)
	for n := int64(3); t.m.BitLen() > 2; n += 2 {
		t = g.neg(g.mul(t, sq))
		sum = g.add(sum, g.small(t, n))
	}
	return f.at(g.shift(sum.widened(8), halvings), g), nil
}

// asin is arctan(x/√(1−x²)), and ±π/2 at ±1.
func (f *field) asin(a ball) (ball, error) {
	if a.m.CmpAbs(f.one) == 0 && a.r.Sign() == 0 {
		h := f.shift(f.pi(), -1)
		if a.m.Sign() < 0 {
			h = f.neg(h)
		}
		return h, nil
	}
	root, err := f.sqrt(f.sub(f.exact(1), f.mul(a, a)))
	if err != nil {
		return ball{}, err
	}
	q, err := f.quo(a, root)
	if err != nil {
		return ball{}, err
	}
	return f.atan(q)
}

func (f *field) acos(a ball) (ball, error) {
	s, err := f.asin(a)
	if err != nil {
		return ball{}, err
	}
	return f.sub(f.shift(f.pi(), -1), s), nil
}
