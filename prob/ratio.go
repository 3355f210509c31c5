package prob

import "math"

// fractionRatio returns I_x(a, b) divided by x^a·y^b / B(a, b), for x at or below the mean (lambda = a − (a+b)x
// not negative): the continued fraction of DiDonato and Morris (1992, equation 9), whose terms are all positive
// up to the b-th, run by Lentz's method. It ends by itself for integer b.
func fractionRatio(a, b, x, y, lambda float64) float64 {
	const most = 100000 // far above need (hundreds); a bound, so that no argument can hang the caller
	den := a / (a + 1) * (lambda + 1)
	c, value := den, den
	var d float64
	inv := 1 / (a + 1) // 1/(a+2i−1)
	for i := 1.0; i < most; i++ {
		next := 1 / (a + 2*i + 1)
		step := i * (b - i) * x * inv
		num := (a + i - 1) * (a + b + i - 1) * inv * step * x
		if num == 0 {
			break
		}
		beta := i + step + (a+i)*next*(lambda+1+i*(1+y))
		d = 1 / (beta + num*d)
		c = beta + num/c
		change := c * d
		value *= change
		if math.Abs(change-1) <= 2e-16 {
			break
		}
		inv = next
	}
	return 1 / value
}

// panelRatio returns the same quotient for large a and b by direct integration,
//
//	∫ exp( a·ln(u/x) + b·ln((1−u)/y) ) du/(u(1−u))   over u = x − s, s ≥ 0,
//
// in which the linear term of the exponent is −lambda·s/(xy), taken out exactly, and the rest is log1pRest. The
// integrand is positive, starts at its greatest value and falls at least about as fast as a normal density, so one
// Gauss–Legendre panel out to e⁻⁴⁵ is exact to rounding, at a cost that does not depend on a or b.
func panelRatio(a, b, x, y, lambda float64) float64 {
	const drop = 45.0
	sigma := math.Sqrt(x / (a + b) * y)
	slope := lambda * sigma / (x * y)
	width := sigma * 2 * drop / (slope + math.Sqrt(slope*slope+2*drop))
	width = min(width, 0.9999*x)
	linear := lambda / (x * y)
	var sum float64
	for i, node := range legendre.nodes {
		s := width * node
		e := a*log1pRest(-s/x) + b*log1pRest(s/y) - linear*s
		sum += legendre.weights[i] * math.Exp(e) / ((x - s) * (y + s))
	}
	return sum * width
}

// legendre is the Gauss–Legendre rule on [0, 1].
var legendre = newLegendre()

type rule struct{ nodes, weights [24]float64 }

// newLegendre finds the roots of the Legendre polynomial by Newton's method from Chebyshev-like starts.
func newLegendre() (r rule) {
	n := len(r.nodes)
	for i := range n {
		z := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		var slope float64
		for range 8 {
			p, before := 1.0, 0.0
			for k := 1.0; k <= float64(n); k++ {
				p, before = ((2*k-1)*z*p-(k-1)*before)/k, p
			}
			slope = float64(n) * (z*p - before) / (z*z - 1)
			z -= p / slope
		}
		r.nodes[i] = (1 - z) / 2
		r.weights[i] = 1 / ((1 - z*z) * slope * slope)
	}
	return r
}
