package prob

import "math"

// betaQuantile returns x, and y = 1 − x, with I_x(a, b) = alpha, for a, b > 0 and 0 < alpha < 1. Each of the two
// has its own full relative accuracy.
//
// It solves for the logarithm of the tail that is at most ½, on the logit scale: there the logarithm of either
// tail of a beta law is concave, so Newton's method cannot cycle, a step from the flat side lands on the steep
// one, and no bracket is needed. Halley's correction is free, because the density's derivative is a·y − b·x.
// An iteration on the tail itself, or on its complement 1 − alpha, is what makes other libraries wrong at 1e-9.
func betaQuantile(a, b, alpha float64) (x, y float64) {
	if alpha > 0.5 {
		y, x = lowerQuantile(b, a, math.Log1p(-alpha))
		return x, y
	}
	return lowerQuantile(a, b, math.Log(alpha))
}

// lowerQuantile solves ln I_x(a, b) = target for target ≤ ln ½ (a little above is harmless).
func lowerQuantile(a, b, target float64) (x, y float64) {
	const (
		most   = 200  // a bound only: two to four steps are usual
		enough = 1e-5 // of the tail's logarithm: the next error is of the order of its cube
	)
	x, y = quantileStart(a, b, target)
	for range most {
		t := newTails(a, b, x, y)
		tail := t.lower()
		miss := tail - target
		slope := math.Exp(t.front - tail)   // d tail / d logit
		bend := slope * (a*y - b*x - slope) // its derivative
		step := -miss / slope               // Newton
		if h := 0.5 * step * bend / slope; h > -0.5 && h < 0.5 {
			step /= 1 + h // Halley
		}
		step = max(-8, min(8, step))
		x, y = shiftLogit(x, y, step)
		if math.Abs(miss) <= enough {
			break
		}
	}
	return x, y
}

// shiftLogit adds step to ln(x/y), where x + y = 1, keeping the relative accuracy of both: the smaller one is
// computed, the larger one is what it leaves of 1, so that errors cannot build up over steps.
func shiftLogit(x, y, step float64) (float64, float64) {
	if step > 0 { // divide by the larger exponential, so that nothing overflows
		grown := 1 + y*math.Expm1(-step)
		x, y = x/grown, y*math.Exp(-step)/grown
	} else {
		grown := 1 + x*math.Expm1(step)
		x, y = x*math.Exp(step)/grown, y/grown
	}
	if x < y {
		return x, 1 - x
	}
	return 1 - y, y
}

// quantileStart guesses the quantile: by the leading term of the power series where that is small, otherwise by
// the normal approximation of Abramowitz and Stegun, 26.5.22. Only the number of steps depends on it.
func quantileStart(a, b, target float64) (x, y float64) {
	lead := (target + math.Log(a) + LogBeta(a, b)) / a // I_x ≈ x^a / (a·B)
	if x = math.Exp(lead); x*(a+b) < 0.3*a {
		return x, 1 - x
	}
	z := normalQuantile(target)
	l := (z*z - 3) / 6
	ra, rb := 1/(2*a-1), 1/(2*b-1)
	h := 2 / (ra + rb)
	if !(a > 1 && b > 1 && h+l > 0) {
		return a / (a + b), b / (a + b)
	}
	w := -z*math.Sqrt(h+l)/h - (rb-ra)*(l+5.0/6-2/(3*h))
	w = math.Log(a/b) - 2*w // the logit of the guess
	e := math.Exp(-math.Abs(w))
	if w < 0 {
		return e / (1 + e), 1 / (1 + e)
	}
	return 1 / (1 + e), e / (1 + e)
}

// normalQuantile returns z with ln Φ(z) = target for target ≤ ln ½: the rational approximation of Abramowitz and
// Stegun, 26.2.23, to 4.5e-4. It works in logarithms, so alpha may be far below the smallest float64.
func normalQuantile(target float64) float64 {
	t := math.Sqrt(-2 * target)
	return (2.515517+t*(0.802853+t*0.010328))/(1+t*(1.432788+t*(0.189269+t*0.001308))) - t
}
