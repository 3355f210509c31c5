package math

import "math/big"

// cball is a complex number: a rectangle of two balls. Without the mark it is
// exactly real.
type cball struct {
	re, im  ball
	complex bool
}

func (z cball) real() bool { return !z.complex }

func realBall(a ball) cball { return cball{re: a, im: ball{zeroInt, zeroInt}} }

func (f *field) cadd(a, b cball) cball {
	if a.real() && b.real() {
		return realBall(f.add(a.re, b.re))
	}
	return cball{f.add(a.re, b.re), f.add(a.im, b.im), true}
}

func (f *field) cneg(a cball) cball {
	if a.real() {
		return realBall(f.neg(a.re))
	}
	return cball{f.neg(a.re), f.neg(a.im), true}
}

func (f *field) cmul(a, b cball) cball {
	if a.real() && b.real() {
		return realBall(f.mul(a.re, b.re))
	}
	if b.real() {
		a, b = b, a
	}
	if a.real() {
		return cball{f.mul(a.re, b.re), f.mul(a.re, b.im), true}
	}
	return cball{f.sub(f.mul(a.re, b.re), f.mul(a.im, b.im)), f.add(f.mul(a.re, b.im), f.mul(a.im, b.re)), true}
}

func (f *field) cquo(a, b cball) (cball, error) {
	if b.real() {
		re, err := f.quo(a.re, b.re)
		if err != nil || a.real() {
			return realBall(re), err
		}
		im, err := f.quo(a.im, b.re)
		return cball{re, im, true}, err
	}
	n := f.cmul(a, cball{b.re, f.neg(b.im), true})
	return f.cquo(n, realBall(f.add(f.mul(b.re, b.re), f.mul(b.im, b.im))))
}

func (f *field) modulus(a cball) (ball, error) {
	if a.real() {
		return ball{new(big.Int).Abs(a.re.m), a.re.r}, nil
	}
	return f.sqrt(f.add(f.mul(a.re, a.re), f.mul(a.im, a.im)))
}

// csqrt is the principal root. The square root of a real number around zero is
// known only within its radius.
func (f *field) csqrt(a cball) (cball, error) {
	if a.real() {
		if !a.re.negative() {
			s, err := f.sqrt(a.re)
			if err != nil || !a.re.apart() && a.re.r.Sign() > 0 {
				return cball{}, errUndefined
			}
			return realBall(s), nil
		}
		s, err := f.sqrt(f.neg(a.re))
		return cball{ball{zeroInt, zeroInt}, s, true}, err
	}
	if !a.im.apart() && !a.re.positive() {
		return cball{}, errUndefined // on the cut
	}
	m, err := f.modulus(a)
	if err != nil {
		return cball{}, err
	}
	re, err := f.sqrt(f.shift(f.add(m, a.re), -1))
	if err != nil {
		return cball{}, err
	}
	if !re.positive() || a.re.negative() {
		im, err := f.sqrt(f.shift(f.sub(m, a.re), -1))
		if err != nil {
			return cball{}, err
		}
		if a.im.negative() {
			im = f.neg(im)
		}
		return cball{re, im, true}, nil
	}
	im, err := f.quo(f.shift(a.im, -1), re)
	return cball{re, im, true}, err
}

func (f *field) cexp(a cball) (cball, error) {
	e, err := f.exp(a.re)
	if err != nil || a.real() {
		return realBall(e), err
	}
	s, c, err := f.sincos(a.im)
	if err != nil {
		return cball{}, err
	}
	return cball{f.mul(e, c), f.mul(e, s), true}, nil
}

// clog is the principal logarithm.
func (f *field) clog(a cball) (cball, error) {
	if a.real() && a.re.positive() {
		l, err := f.log(a.re)
		return realBall(l), err
	}
	m, err := f.modulus(a)
	if err != nil {
		return cball{}, err
	}
	l, err := f.log(m)
	if err != nil {
		return cball{}, err
	}
	arg, err := f.argument(a)
	return cball{l, arg, true}, err
}

// argument lies in (-π, π].
func (f *field) argument(a cball) (ball, error) {
	switch {
	case a.real() && a.re.negative():
		return f.pi(), nil
	case a.re.positive():
		q, err := f.quo(a.im, a.re)
		if err != nil {
			return q, err
		}
		return f.atan(q)
	case a.im.apart():
		q, err := f.quo(a.re, a.im)
		if err != nil {
			return q, err
		}
		t, err := f.atan(q)
		half := f.shift(f.pi(), -1)
		if a.im.negative() {
			half = f.neg(half)
		}
		return f.sub(half, t), err
	}
	return ball{}, errUndefined
}

// cpower is a to an integer.
func (f *field) cpower(a cball, k int64) (cball, error) {
	if k < 0 {
		p, err := f.cpower(a, -k)
		if err != nil {
			return p, err
		}
		return f.cquo(realBall(f.exact(1)), p)
	}
	r := realBall(f.exact(1))
	for ; k > 0; k >>= 1 {
		if k&1 == 1 {
			r = f.cmul(r, a)
		}
		if k > 1 {
			a = f.cmul(a, a)
		}
		if max(a.re.m.BitLen(), a.im.m.BitLen(), r.re.m.BitLen()) > maxBits+int(f.p) {
			return r, errWork
		}
	}
	return r, nil
}
