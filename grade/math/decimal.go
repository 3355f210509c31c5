package math

import (
	"math/big"
	"strings"
)

// decimal returns the value of a number written with a decimal point, with its
// sign and power of ten, and how many places it shows.
func decimal(n *node) (v *big.Rat, places int, ok bool) {
	switch n.op {
	case opNum:
		return n.num, n.places, n.places != noPlaces
	case opNeg:
		v, places, ok = decimal(n.args[0])
		if ok {
			v = new(big.Rat).Neg(v)
		}
		return v, places, ok
	case opMul:
		if len(n.args) != 2 {
			return nil, 0, false
		}
		k, isTen := powerOfTen(n.args[1])
		_, places, ok = decimal(n.args[0])
		if !ok || !isTen {
			return nil, 0, false
		}
		r, ok := rationalAt(n.args[0], nil)
		if !ok {
			return nil, 0, false
		}
		t := tenTo(max(k, -k))
		if k < 0 {
			t.Inv(t)
		}
		return new(big.Rat).Mul(r, t), places - k, true
	}
	return nil, 0, false
}

func powerOfTen(n *node) (int, bool) {
	if n.op != opPow || n.args[0].op != opNum || n.args[0].num.Cmp(big.NewRat(10, 1)) != 0 {
		return 0, false
	}
	e, ok := rationalAt(n.args[1], nil)
	if !ok || !e.IsInt() || !e.Num().IsInt64() || max(e.Num().Int64(), -e.Num().Int64()) > 400 {
		return 0, false
	}
	return int(e.Num().Int64()), true
}

// numbers compares two expressions. A reference that is a decimal is matched by
// what rounds to the places that it shows, half either way. An exact reference is
// matched by exact answers only.
func numbers(ref, ans *node) Comparison {
	c := scalarsOrPower(ref, ans)
	if c.Verdict == Same {
		return c
	}
	v, places, ok := decimal(ref)
	if !ok || !ans.constant() || !precise(v, places) {
		return c
	}
	half := big.NewRat(1, 2)
	t := tenTo(min(max(places, -places), 2*maxDigits))
	if places >= 0 {
		half.Quo(half, t)
	} else {
		half.Mul(half, t)
	}
	if yes, known := within(ans, v, half); known && yes {
		return same("decimal-places")
	}
	return c
}

// scalarsOrPower is scalars, and knows a bare letter behind a number that may be
// a unit: "5 m".
func scalarsOrPower(ref, ans *node) Comparison {
	if !ref.scalar() || !ans.scalar() {
		return cannotTell("unlike-kinds")
	}
	return scalars(ref, ans)
}

// precise reports whether the reference shows enough digits for rounding to it to
// mean anything: two. To 0.5 anything from 0.45 to 0.55 would round.
func precise(v *big.Rat, places int) bool {
	return significant(v, places) >= 2
}

// significant counts the digits of a decimal from its first that is not zero.
func significant(v *big.Rat, places int) int {
	if max(places, -places) > maxDigits {
		return 1
	}
	if places < 0 {
		v, places = new(big.Rat).Quo(v, tenTo(-places)), 0
	}
	s := strings.TrimLeft(strings.Replace(new(big.Rat).Abs(v).FloatString(places), ".", "", 1), "0")
	return len(s)
}
