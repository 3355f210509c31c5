package math

import (
	"math"
	"math/big"
)

// separation bounds how near to zero the value of an expression of rational
// numbers, i, the four operations and roots can be without being zero, by Burnikel,
// Funke, Mehlhorn, Schirra and Schmitt (2001): |E| ≥ 1/(l·u^(D-1)) for E = u/l with
// u and l bounds on all conjugates and D the product of the degrees of the roots
// that are not the same expression.
type separation struct{ u, l float64 } // base-2 logarithms, rounded up

// roots collects the degrees of the roots in an expression, each root once.
type roots struct {
	seen   map[string]bool
	degree float64
}

func (r *roots) count(n *node, degree float64) {
	if key := n.String(); !r.seen[key] {
		r.seen[key] = true
		r.degree *= degree
	}
}

// maxSeparation is the precision, in bits, beyond which zero is not proved.
const maxSeparation = 6000

// separationBits returns b when a value below 2^-b is zero.
func separationBits(n *node) (int, bool) {
	r := roots{map[string]bool{}, 1}
	s, ok := r.separate(n, 0)
	if !ok || r.degree > 1e6 {
		return 0, false
	}
	bits := s.l + (r.degree-1)*math.Max(s.u, 0) + 8
	return int(bits), bits < maxSeparation
}

func log2(n *big.Int) float64 { return float64(n.BitLen()) }

func (r *roots) separate(n *node, depth int) (s separation, ok bool) {
	if depth > maxDepth {
		return s, false
	}
	switch n.op {
	case opNum:
		return separation{log2(n.num.Num()), log2(n.num.Denom())}, true
	case opConst:
		r.count(n, 2)
		return separation{0, 0}, n.name == "i"
	case opNeg:
		return r.separate(n.args[0], depth+1)
	case opPercent:
		return r.separate(newNode(opDiv, n.args[0], integer(100)), depth+1)
	case opAdd, opMixed, opMul, opDiv:
		for i, m := range n.args {
			t, ok := r.separate(m, depth+1)
			if !ok {
				return s, false
			}
			if i == 0 {
				s = t
				continue
			}
			s = s.with(n.op, t)
		}
		return s, true
	case opRoot, opPow:
		return r.separateRoot(n, depth)
	case opFunc:
		if n.name != "abs" || len(n.args) != 1 {
			return s, false
		}
		if v, err := evalConstant(n.args[0], precisions[0]); err == nil && v.real() { // then it is the argument or its negative
			return r.separate(n.args[0], depth+1)
		}
	}
	return s, false
}

func (s separation) with(o op, t separation) separation {
	switch o {
	case opMul:
		return separation{s.u + t.u, s.l + t.l}
	case opDiv:
		return separation{s.u + t.l, s.l + t.u}
	}
	return separation{math.Max(s.u+t.l, s.l+t.u) + 1, s.l + t.l}
}

func (r *roots) separateRoot(n *node, depth int) (separation, bool) {
	e, ok := rationalAt(n.args[1], nil)
	s, ok2 := r.separate(n.args[0], depth+1)
	if !ok || !ok2 || e.Sign() == 0 || !e.Num().IsInt64() || !e.Denom().IsInt64() {
		return s, false
	}
	p, q := float64(e.Num().Int64()), float64(e.Denom().Int64())
	if n.op == opRoot {
		p, q = 1, p
	}
	if p < 0 {
		p, s.u, s.l = -p, s.l, s.u
	}
	s.u, s.l = s.u*p, s.l*p
	if q > 1 {
		r.count(n, q)
		if s.u >= s.l {
			s.u = (s.u + (q-1)*s.l) / q
		} else {
			s.l = ((q-1)*s.u + s.l) / q
		}
	}
	return s, s.u < 1e6
}
