package prob

import "math"

const (
	halfLog2Pi = 0.918938533204672741780329736406 // ½·ln 2π
	// panelFrom is the least min(a, b) at which quadrature takes over from the continued fraction. The fraction
	// needs about √min(a, b) steps near the mean, and the quadrature's bounds assume a nearly normal integrand.
	panelFrom = 1000
)

// LogBeta returns the natural logarithm of the beta function B(a, b) for finite a, b > 0. It stays accurate for
// large arguments, where the difference of three log-gammas loses all its digits: Stirling's formula is applied
// to the quotient, and only its small corrections are added up. Other arguments panic.
func LogBeta(a, b float64) float64 {
	checkShape("LogBeta", a, b)
	if a > b {
		a, b = b, a
	}
	r := a / b
	main := a*(math.Log(r)-math.Log1p(r)) - b*math.Log1p(r)
	return main - 0.5*(math.Log(a)-math.Log1p(r)) + halfLog2Pi + stirlingBeta(a, b)
}

// LogBetaInc returns the logarithms of the regularised incomplete beta function I_x(a, b) and of its complement
// 1 − I_x(a, b), for finite a, b > 0 and x in [0, 1]. Each is computed from the side that is small, so neither
// suffers when the other is near 1, and neither underflows; at x = 0 and x = 1 one of them is −Inf. Full accuracy
// is tested for a, b ≥ ½, which is what counts need. Other arguments panic.
//
// Sources: the continued fraction is equation 9 of DiDonato and Morris (1992); the leading factor is Loader's
// (2000); for large a and b the tail is integrated instead, see panelRatio.
func LogBetaInc(a, b, x float64) (lower, upper float64) {
	checkShape("LogBetaInc", a, b)
	checkRate("LogBetaInc", "x", x)
	t := newTails(a, b, x, 1-x)
	return t.lower(), t.upper()
}

// tails is the beta law cut at one point: everything that limits, powers and mixtures need from it.
type tails struct {
	front   float64 // ln of x^a·y^b / B(a, b): the density on the logit scale
	ratio   float64 // ln of (the smaller-side tail / that density)
	isLower bool    // whether ratio belongs to the lower tail I_x(a, b)
}

// newTails cuts Beta(a, b) at x, y = 1 − x. Both are arguments because near 1 only the complement has the digits.
func newTails(a, b, x, y float64) tails {
	if x <= 0 {
		return tails{front: math.Inf(-1), ratio: -math.Log(a), isLower: true}
	}
	if y <= 0 {
		return tails{front: math.Inf(-1), ratio: -math.Log(b)}
	}
	lambda := meanGap(a, b, x, y)
	t := tails{front: logFront(a, b, x, y, lambda), isLower: lambda >= 0}
	if !t.isLower {
		a, b, x, y, lambda = b, a, y, x, -lambda
	}
	if min(a, b) >= panelFrom {
		t.ratio = math.Log(panelRatio(a, b, x, y, lambda))
	} else {
		t.ratio = math.Log(fractionRatio(a, b, x, y, lambda))
	}
	return t
}

// lower returns ln I_x(a, b).
func (t tails) lower() float64 { return t.side(true) }

// upper returns ln(1 − I_x(a, b)).
func (t tails) upper() float64 { return t.side(false) }

func (t tails) side(lower bool) float64 {
	small := min(t.front+t.ratio, 0)
	if lower == t.isLower {
		return small
	}
	return log1mExp(small)
}

// meanGap returns a − (a+b)·x = (a+b)·y − b, computed from the smaller of x and y and with the product's rounding
// error put back. Near the mean the two terms cancel; without this the limits at n = 1e8 are good to 1e-9 only.
func meanGap(a, b, x, y float64) float64 {
	n := a + b
	if x <= y {
		hi := n * x
		return (a - hi) - math.FMA(n, x, -hi)
	}
	hi := n * y
	return (hi - b) + math.FMA(n, y, -hi)
}

// logFront returns ln(x^a·y^b / B(a, b)), given lambda = a − (a+b)x. The two deviances of Loader's form have
// linear terms ±lambda, which cancel exactly and are therefore never added.
func logFront(a, b, x, y, lambda float64) float64 {
	n := a + b
	deviance := a*logRest(x*(n/a), -lambda/a) + b*logRest(y*(n/b), lambda/b)
	return deviance + 0.5*math.Log(a/n*b) - halfLog2Pi - stirlingBeta(a, b)
}

// logRest returns ln r − v for r = 1 + v, of which both are known: near 1 only v has the digits, near 0 only r.
func logRest(r, v float64) float64 {
	if r < 0.6 {
		return math.Log(r) - v
	}
	return log1pRest(v)
}

// log1mExp returns ln(1 − e^v) for v ≤ 0 without loss at either end.
func log1mExp(v float64) float64 {
	if v > -math.Ln2 {
		return math.Log(-math.Expm1(v))
	}
	return math.Log1p(-math.Exp(v))
}
