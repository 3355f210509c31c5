package math

import (
	"encoding/binary"
	"math/big"
	"sort"
	"strings"
)

// A polynomial's generators ("atoms") are variables, π, e, i, primes with
// fractional exponents, logarithms of primes, and whatever has no simpler form.
// Exponents are rational. Products of different primes to powers in [0, 1) are
// linearly independent over the rationals (Besicovitch 1940), so that a
// polynomial in variables, i, primes and one of π and e is zero exactly when it
// has no terms; with other atoms a polynomial without terms is still zero.
type factor struct {
	atom int32
	n, d int64 // the exponent n/d, d > 0
}

type term struct {
	mono []factor // sorted by atom
	coef *big.Rat
}

type poly map[string]term

type atomKind uint8

const (
	aVar   atomKind = iota
	aPi             // the constants
	aE              //
	aI              //
	aPrime          // a prime, with an exponent in [0, 1)
	aLog            // the logarithm of a prime
	aBase           // a polynomial under a root
	aOther          // a function's value, a power with a variable exponent
)

type atom struct {
	kind  atomKind
	prime *big.Int
	base  poly
}

// algebra holds the atoms of one comparison.
type algebra struct {
	budget
	atoms     []atom
	ids       map[string]int32
	undecided bool // atoms other than variables, constants and primes
	hasPi     bool
	hasE      bool
	huge      bool // a power too large to compute stands as it is
	depth     int
}

func newAlgebra() *algebra { return &algebra{budget: budget{maxWork}, ids: map[string]int32{}} }

func (a *algebra) atom(key string, t atom) int32 {
	if id, ok := a.ids[key]; ok {
		return id
	}
	id := int32(len(a.atoms))
	a.atoms = append(a.atoms, t)
	a.ids[key] = id
	switch t.kind {
	case aPi:
		a.hasPi = true
	case aE:
		a.hasE = true
	case aLog, aBase, aOther:
		a.undecided = true
	}
	return id
}

func monoKey(m []factor) string {
	if len(m) == 0 {
		return ""
	}
	var buf [64]byte
	b := buf[:0]
	for _, f := range m {
		b = binary.AppendUvarint(b, uint64(f.atom))
		b = binary.AppendVarint(b, f.n)
		b = binary.AppendUvarint(b, uint64(f.d))
	}
	return string(b)
}

func constPoly(r *big.Rat) poly {
	if r.Sign() == 0 {
		return poly{}
	}
	return poly{"": {nil, r}}
}

func atomPoly(id int32, n, d int64) poly {
	if n == 0 {
		return constPoly(big1)
	}
	m := []factor{{id, n, d}}
	return poly{monoKey(m): {m, big1}}
}

// rational returns p as a number when it is one.
func (p poly) rational() (*big.Rat, bool) {
	switch len(p) {
	case 0:
		return new(big.Rat), true
	case 1:
		if t, ok := p[""]; ok {
			return t.coef, true
		}
	}
	return nil, false
}

func (p poly) sorted() []term {
	keys := make([]string, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([]term, len(keys))
	for i, k := range keys {
		out[i] = p[k]
	}
	return out
}

// key is the same for equal polynomials of one algebra.
func (p poly) key() string {
	var b strings.Builder
	for _, t := range p.sorted() {
		b.WriteString(monoKey(t.mono))
		b.WriteByte(0)
		b.WriteString(t.coef.RatString())
		b.WriteByte(1)
	}
	return b.String()
}

func (p poly) put(t term) {
	k := monoKey(t.mono)
	if old, ok := p[k]; ok {
		sum := new(big.Rat).Add(old.coef, t.coef)
		if sum.Sign() == 0 {
			delete(p, k)
			return
		}
		p[k] = term{t.mono, sum}
		return
	}
	if t.coef.Sign() != 0 {
		p[k] = t
	}
}

func (a *algebra) add(p, q poly) (poly, error) {
	if err := a.spend(len(p) + len(q)); err != nil {
		return nil, err
	}
	r := make(poly, len(p)+len(q))
	for k, t := range p {
		r[k] = t
	}
	for _, t := range q {
		r.put(t)
	}
	if len(r) > maxTerms {
		return nil, errWork
	}
	return r, nil
}

func (a *algebra) scale(p poly, c *big.Rat) poly {
	if c.Sign() == 0 {
		return poly{}
	}
	r := make(poly, len(p))
	for k, t := range p {
		r[k] = term{t.mono, new(big.Rat).Mul(t.coef, c)}
	}
	return r
}

func (a *algebra) mul(p, q poly) (poly, error) {
	if c, ok := p.rational(); ok {
		return a.scale(q, c), nil
	}
	if c, ok := q.rational(); ok {
		return a.scale(p, c), nil
	}
	if err := a.spend(len(p) * len(q)); err != nil {
		return nil, err
	}
	r := make(poly, len(p)*len(q))
	var unfold []term
	for _, s := range p {
		for _, t := range q {
			u, whole, err := a.mulTerm(s, t)
			if err != nil {
				return nil, err
			}
			if u.coef.Num().BitLen() > maxBits || u.coef.Denom().BitLen() > maxBits {
				return nil, errWork
			}
			if whole {
				unfold = append(unfold, u)
				continue
			}
			r.put(u)
		}
		if len(r) > maxTerms {
			return nil, errWork
		}
	}
	for _, u := range unfold {
		s, err := a.unfold(u)
		if err != nil {
			return nil, err
		}
		if r, err = a.add(r, s); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// mulTerm multiplies two terms. whole says that a polynomial under a root has
// an exponent of 1 or more and is to be multiplied out.
func (a *algebra) mulTerm(s, t term) (u term, whole bool, err error) {
	u.coef = new(big.Rat).Mul(s.coef, t.coef)
	u.mono = make([]factor, 0, len(s.mono)+len(t.mono))
	i, j := 0, 0
	for i < len(s.mono) || j < len(t.mono) {
		switch {
		case j == len(t.mono) || i < len(s.mono) && s.mono[i].atom < t.mono[j].atom:
			u.mono = append(u.mono, s.mono[i])
			i++
		case i == len(s.mono) || s.mono[i].atom > t.mono[j].atom:
			u.mono = append(u.mono, t.mono[j])
			j++
		default:
			f := s.mono[i]
			if f.n, f.d, err = addFrac(f.n, f.d, t.mono[j].n, t.mono[j].d); err != nil {
				return u, false, err
			}
			i, j = i+1, j+1
			w, err := a.reduce(&f, u.coef)
			if err != nil {
				return u, false, err
			}
			whole = whole || w
			if f.n != 0 {
				u.mono = append(u.mono, f)
			}
		}
	}
	return u, whole, nil
}

// reduce takes whole powers of i and of primes into the coefficient.
func (a *algebra) reduce(f *factor, coef *big.Rat) (whole bool, err error) {
	t := &a.atoms[f.atom]
	switch t.kind {
	case aI:
		if f.d != 1 {
			return false, nil
		}
		k := ((f.n % 4) + 4) % 4
		if k >= 2 {
			coef.Neg(coef)
		}
		f.n = k % 2
	case aPrime:
		k := floorDiv(f.n, f.d)
		if k == 0 {
			return false, nil
		}
		if max(k, -k) > int64(maxBits/t.prime.BitLen()) {
			a.huge = true
			return false, nil
		}
		p := new(big.Rat).SetInt(new(big.Int).Exp(t.prime, big.NewInt(max(k, -k)), nil))
		if k < 0 {
			p.Inv(p)
		}
		coef.Mul(coef, p)
		f.n -= k * f.d
		if f.n == 0 {
			f.d = 1
		}
	case aBase:
		return f.n >= f.d, nil
	}
	return false, nil
}

// unfold multiplies out the roots of u whose exponent is 1 or more.
func (a *algebra) unfold(u term) (poly, error) {
	rest := term{coef: u.coef}
	out := poly(nil)
	for _, f := range u.mono {
		t := a.atoms[f.atom]
		if t.kind != aBase || f.n < f.d {
			rest.mono = append(rest.mono, f)
			continue
		}
		k := f.n / f.d
		if f.n -= k * f.d; f.n != 0 {
			rest.mono = append(rest.mono, f)
		}
		if k > 64 {
			return nil, errWork
		}
		for ; k > 0; k-- {
			var err error
			if out == nil {
				out = t.base
			} else if out, err = a.mul(out, t.base); err != nil {
				return nil, err
			}
		}
	}
	return a.mul(out, poly{monoKey(rest.mono): rest})
}

func floorDiv(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

const maxExponent = 1 << 40

// addFrac adds two exponents in lowest terms.
func addFrac(n1, d1, n2, d2 int64) (int64, int64, error) {
	if d1 == 1 && d2 == 1 {
		return fits(n1+n2, 1)
	}
	if d1 > 1<<20 || d2 > 1<<20 || max(n1, -n1) > maxExponent/(1<<20) || max(n2, -n2) > maxExponent/(1<<20) {
		return 0, 1, errWork
	}
	return fits(n1*d2+n2*d1, d1*d2)
}

func fits(n, d int64) (int64, int64, error) {
	g := gcd64(max(n, -n), d)
	if g > 1 {
		n, d = n/g, d/g
	}
	if max(n, -n) > maxExponent {
		return 0, 1, errWork
	}
	return n, d, nil
}

func gcd64(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
