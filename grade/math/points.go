package math

import (
	"hash/fnv"
	"math/big"
	"math/rand/v2"
)

// Random points: enough defined and equal ones make two expressions equal, one
// that is defined and apart makes them different for certain.
const (
	mostPoints   = 14
	enoughPoints = 4
	pointBits    = 40 // of a coordinate's grid
)

// atPoints compares expressions in variables at random points drawn by their
// content: positive and negative numbers and positive integers. An identity has
// to hold wherever both sides are defined.
//
// For rational functions of degree d the chance that unlike ones agree at a point
// is at most d/2^40 (Schwartz and Zippel); the same figure, with the number of
// nodes as d, is stated for other functions, where it is an assumption.
func atPoints(x, y *node) Comparison {
	names := newNode(opAdd, x, y).variables()
	for _, v := range names {
		if isUnknownFuncIn(x, v) || isUnknownFuncIn(y, v) {
			return cannotTell("unknown-function")
		}
	}
	rng := pointsFor(x, y)
	d := newNode(opAdd, x, newNode(opNeg, y))
	real := d.walk(func(m *node) bool { return m.op != opConst || m.name != "i" })
	agreed, bound := 0, 1.0
	for k := 0; k < mostPoints && agreed < enoughPoints; k++ {
		p := drawPoint(rng, names, k)
		sign, ok := differsAt(x, y, p, real)
		switch {
		case !ok:
		case sign:
			return different("random-points")
		default:
			agreed++
			bound *= float64(min(d.size(), 1<<20)) / (1 << pointBits)
		}
	}
	if agreed == 0 {
		return cannotTell("defined-nowhere")
	}
	return Comparison{Verdict: Same, Rule: "random-points", ErrorBound: bound}
}

func isUnknownFuncIn(n *node, name string) bool {
	return !n.walk(func(m *node) bool { return m.op != opFunc || m.name != name })
}

func (n *node) size() int {
	k := 0
	n.walk(func(*node) bool { k++; return true })
	return k
}

// pointsFor seeds a generator by what is compared, the same for (y, x).
func pointsFor(x, y *node) *rand.Rand {
	sum := func(n *node) uint64 {
		h := fnv.New64a()
		h.Write([]byte(n.String()))
		return h.Sum64()
	}
	hx, hy := sum(x), sum(y)
	return rand.New(rand.NewPCG(hx^hy, hx+hy))
}

// drawPoint draws positive points first, then some with negative coordinates,
// then integers.
func drawPoint(rng *rand.Rand, names []string, k int) map[string]*big.Rat {
	p := make(map[string]*big.Rat, len(names))
	for _, v := range names {
		switch n := rng.Int64N(1 << pointBits); {
		case k%7 == 2 || k%7 == 5:
			p[v] = big.NewRat(2+n%28, 1)
		case k%7 == 3 || k%7 == 1 && n&1 == 0:
			p[v] = big.NewRat(-n*3-1, 1<<pointBits)
		case k%7 == 4:
			p[v] = big.NewRat(n, 1<<pointBits)
		default:
			p[v] = big.NewRat(n*5+1<<(pointBits-2), 1<<pointBits)
		}
	}
	return p
}

// differsAt compares the values at a point. ok is false where one of them is not
// defined, or not known well enough.
func differsAt(x, y *node, p map[string]*big.Rat, real bool) (differ, ok bool) {
	for _, prec := range precisions[:2] {
		e := &evaluator{field: newField(prec), budget: budget{4000}, point: p, real: real}
		vx, err := e.eval(x)
		if err != nil {
			continue
		}
		vy, err := e.eval(y)
		if err != nil {
			continue
		}
		d := e.cadd(vx, e.cneg(vy))
		if d.re.apart() || d.im.apart() {
			return true, true
		}
		if e.tight(d.re, 60) && e.tight(d.im, 60) {
			return false, true
		}
	}
	return false, false
}
