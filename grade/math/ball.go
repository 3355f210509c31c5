package math

import (
	"math/big"
	"sync"
)

// ball is the interval [m-r, m+r]·2^-p of real numbers, p being its field's
// precision. Every operation returns a ball that holds each exact result, so that
// rounding decides nothing: balls apart are numbers apart.
type ball struct{ m, r *big.Int }

// field computes with balls of p bits behind the point.
type field struct {
	p   uint
	one *big.Int
}

func newField(p uint) *field { return &field{p, new(big.Int).Lsh(big.NewInt(1), p)} }

var zeroInt = new(big.Int)

func (f *field) exact(n int64) ball {
	return ball{new(big.Int).Lsh(big.NewInt(n), f.p), zeroInt}
}

func (f *field) rat(r *big.Rat) ball {
	m := new(big.Int).Lsh(r.Num(), f.p)
	if r.IsInt() {
		return ball{m, zeroInt}
	}
	return ball{m.Quo(m, r.Denom()), big.NewInt(1)}
}

func (f *field) add(a, b ball) ball {
	return ball{new(big.Int).Add(a.m, b.m), new(big.Int).Add(a.r, b.r)}
}

func (f *field) neg(a ball) ball { return ball{new(big.Int).Neg(a.m), a.r} }

func (f *field) sub(a, b ball) ball {
	return ball{new(big.Int).Sub(a.m, b.m), new(big.Int).Add(a.r, b.r)}
}

func (f *field) mul(a, b ball) ball {
	m := new(big.Int).Mul(a.m, b.m)
	m.Rsh(m, f.p)
	r := new(big.Int)
	if a.r.Sign() != 0 || b.r.Sign() != 0 {
		t := new(big.Int).Abs(a.m)
		t.Add(t, a.r)
		r.Mul(t, b.r)
		t.Abs(b.m)
		r.Add(r, t.Mul(t, a.r))
		r.Rsh(r, f.p)
	}
	return ball{m, r.Add(r, big.NewInt(2))}
}

// quo fails when b may be zero.
func (f *field) quo(a, b ball) (ball, error) {
	low := new(big.Int).Abs(b.m)
	low.Sub(low, b.r)
	if low.Sign() <= 0 {
		return ball{}, errUndefined
	}
	q := new(big.Int).Lsh(a.m, f.p)
	q.Quo(q, b.m)
	r := new(big.Int).Lsh(a.r, f.p)
	t := new(big.Int).Abs(q)
	t.Add(t, big.NewInt(1))
	r.Add(r, t.Mul(t, b.r))
	r.Quo(r, low)
	return ball{q, r.Add(r, big.NewInt(2))}, nil
}

// small divides by a small positive integer.
func (f *field) small(a ball, n int64) ball {
	d := big.NewInt(n)
	r := new(big.Int).Quo(a.r, d)
	return ball{new(big.Int).Quo(a.m, d), r.Add(r, big.NewInt(2))}
}

// shift multiplies by 2^k.
func (f *field) shift(a ball, k int) ball {
	if k >= 0 {
		return ball{new(big.Int).Lsh(a.m, uint(k)), new(big.Int).Lsh(a.r, uint(k))}
	}
	r := new(big.Int).Rsh(a.r, uint(-k))
	return ball{new(big.Int).Rsh(a.m, uint(-k)), r.Add(r, big.NewInt(2))}
}

// sqrt fails when a is surely negative; a ball around zero is cut off at zero.
func (f *field) sqrt(a ball) (ball, error) {
	hi := new(big.Int).Add(a.m, a.r)
	if hi.Sign() < 0 {
		return ball{}, errUndefined
	}
	lo := new(big.Int).Sub(a.m, a.r)
	if lo.Sign() < 0 {
		lo.SetInt64(0)
	}
	lo.Sqrt(lo.Lsh(lo, f.p))
	hi.Sqrt(hi.Lsh(hi, f.p))
	hi.Add(hi, big.NewInt(1))
	return between(lo, hi), nil
}

// between is the ball that holds lo and hi.
func between(lo, hi *big.Int) ball {
	m := new(big.Int).Add(lo, hi)
	m.Rsh(m, 1)
	r := new(big.Int).Sub(hi, m)
	return ball{m, r.Add(r, big.NewInt(1))}
}

func (a ball) positive() bool { return a.m.Sign() > 0 && a.m.Cmp(a.r) > 0 }

func (a ball) negative() bool { return a.m.Sign() < 0 && a.m.CmpAbs(a.r) > 0 }

// apart reports whether zero is surely outside.
func (a ball) apart() bool { return a.m.CmpAbs(a.r) > 0 }

// widened adds k units in the last place to the radius.
func (a ball) widened(k int64) ball { return ball{a.m, new(big.Int).Add(a.r, big.NewInt(k))} }

// tight reports whether the radius is below 2^-bits.
func (f *field) tight(a ball, bits int) bool { return a.r.BitLen() <= int(f.p)-bits }

// at takes a ball of the field g into f.
func (f *field) at(a ball, g *field) ball {
	b := g.shift(a, int(f.p)-int(g.p))
	return b
}

// Constants, computed once for each precision.
var constants struct {
	sync.Mutex
	pi, ln2 map[uint]ball
}

func (f *field) cached(table *map[uint]ball, compute func() ball) ball {
	constants.Lock()
	defer constants.Unlock()
	if b, ok := (*table)[f.p]; ok {
		return b
	}
	if *table == nil {
		*table = map[uint]ball{}
	}
	b := compute()
	(*table)[f.p] = b
	return b
}

// pi is Machin's 16 arctan(1/5) − 4 arctan(1/239).
func (f *field) pi() ball {
	return f.cached(&constants.pi, func() ball {
		a, b := f.arcInverse(5, false), f.arcInverse(239, false)
		return f.sub(f.shift(a, 4), f.shift(b, 2))
	})
}

// ln2 is 2 artanh(1/3).
func (f *field) ln2() ball {
	return f.cached(&constants.ln2, func() ball { return f.shift(f.arcInverse(3, true), 1) })
}

// arcInverse is arctan(1/n), or artanh(1/n). Each term is cut off below its last
// unit; the rest of the series is below one more.
func (f *field) arcInverse(n int64, hyperbolic bool) ball {
	sum, power := new(big.Int), new(big.Int).Quo(f.one, big.NewInt(n))
	sq, t := big.NewInt(n*n), new(big.Int)
	k := int64(0)
	for ; power.Sign() != 0; k++ {
		t.Quo(power, big.NewInt(2*k+1))
		if !hyperbolic && k%2 == 1 {
			sum.Sub(sum, t)
		} else {
			sum.Add(sum, t)
		}
		power.Quo(power, sq)
	}
	return ball{sum, big.NewInt(2*k + 4)}
}
