package prob

import (
	"fmt"
	"math"
)

// BivariateNormalCDF returns P(X ≤ h, Y ≤ k) for standard normal X and Y with correlation rho in [−1, 1]. The
// relative error is below 1e-14 for values above 1e-15 and grows to 2e-13 near 1e-300, where the value is the
// exponential of a rounded number; so small probabilities keep their digits on every side, for rho extremely near
// ±1 as well. Infinite h and k are limits: −Inf gives 0 and +Inf drops that variable. NaN in h or k stays NaN;
// rho outside [−1, 1], or NaN, panics.
//
// In coordinates in which the law is round, the quadrant is a wedge with its corner at a distance r from the
// origin. In polar coordinates about that corner the radial integral is elementary (compare Ruben 1961, Divgi
// 1979), and
//
//	P = e^(−r²/2)/2π · ∫ g(r·cos φ) dφ ,  g(x) = ∫ t·e^(−xt−t²/2) dt = 1 − x·Φ(−x)/φ(x) .
//
// The integrand is positive and entire, so a fixed Gauss–Legendre rule converges fast. Where the wedge looks
// towards the origin it is replaced by a half-plane and the rest, in the way in which nothing cancels.
func BivariateNormalCDF(h, k, rho float64) float64 {
	checkRho("BivariateNormalCDF", rho)
	switch {
	case math.IsNaN(h) || math.IsNaN(k):
		return math.NaN()
	case math.IsInf(h, 1) || math.IsInf(k, -1):
		return NormalCDF(k)
	case math.IsInf(k, 1) || math.IsInf(h, -1):
		return NormalCDF(h)
	case rho == 1:
		return NormalCDF(min(h, k))
	}
	h, k = min(h, k), max(h, k)
	switch {
	case rho == -1 && h+k <= 0:
		return 0
	case rho == -1:
		return normalBetween(-k, h)
	case rho == 0:
		return NormalCDF(h) * NormalCDF(k)
	}
	noise := math.Sqrt((1 - rho) * (1 + rho))
	if h > 0 { // P(X ≤ h) − P(Y > k) + P(X > h, Y > k)
		return normalBetween(-k, h) + newQuadrant(-k, -h, rho, noise).probability()
	}
	return newQuadrant(h, k, rho, noise).probability()
}

func checkRho(name string, rho float64) {
	if !(rho >= -1 && rho <= 1) {
		panic(fmt.Sprintf("prob: %s: correlation %v is not in [-1, 1]", name, rho))
	}
}

// quadrant is {X ≤ h, Y ≤ k} for h ≤ min(k, 0) and |rho| < 1, as a wedge.
type quadrant struct {
	h, k, rho, noise float64 // noise = √(1−rho²)
	p, q             float64 // r·cos of the angles between the line from the origin and the rays X = h, Y = k
	square           float64 // r²
	density          float64 // e^(−r²/2)/2π; over noise it is the law's density at the corner
}

func newQuadrant(h, k, rho, noise float64) *quadrant {
	a := &quadrant{h: h, k: k, rho: rho, noise: noise}
	// The products are not rounded before the difference is: near rho = ±1 it is all that matters.
	a.p = math.FMA(rho, h, -k) / noise
	a.q = math.FMA(rho, k, -h) / noise
	a.square = h*h + a.p*a.p
	a.density = math.Exp(-0.5*a.square) / (2 * math.Pi)
	return a
}

// backward is the most negative argument of g for which the integral is taken directly across the right angle.
// Beyond it the half-plane is so much larger than what is taken from it that nothing cancels.
const backward = -3

// probability adds positive parts only, or takes from a half-plane at most about half of it.
func (a *quadrant) probability() float64 {
	if a.k <= 0 { // the line from the origin runs on inside the wedge
		switch {
		case a.p >= 0 && a.q >= 0:
			from := -math.Atan2(-a.k, a.q)
			if a.k == 0 && a.q == 0 {
				from = 0
			}
			return a.wedge(from, math.Atan2(a.noise, -a.rho))
		case a.p < 0:
			return NormalCDF(a.h) - a.wedge(math.Atan2(-a.k, a.q), math.Atan2(a.noise, a.rho))
		}
		return NormalCDF(a.k) - a.wedge(math.Atan2(-a.h, a.p), math.Atan2(a.noise, a.rho))
	}
	switch {
	case a.q >= 0 && (a.p >= 0 || a.rho < 0 && a.p >= backward):
		return a.wedge(math.Atan2(a.k, a.q), math.Atan2(a.noise, -a.rho))
	case a.q >= 0:
		return NormalCDF(a.h) - a.wedge(0, math.Atan2(-a.h, -a.p)) - a.wedge(0, math.Atan2(a.k, a.q))
	}
	return normalBetween(-a.k, a.h) + a.wedge(math.Atan2(-a.h, -a.p), math.Atan2(a.noise, -a.rho))
}

// wedge integrates over the directions from the angle from, width wide.
func (a *quadrant) wedge(from, width float64) float64 {
	if a.density == 0 {
		return 0
	}
	r := math.Sqrt(a.square)
	table := wedgeTable()
	rule := wedgeRule(r, width)
	half := 0.5 * width
	sin, cos := math.Sincos(from + half)
	sin, cos = r*sin, r*cos
	var sum float64
	for _, node := range rule {
		s, c := math.Sincos(half * node.at)
		s, c = sin*s, cos*c
		sum += node.weight * (table.at(c-s) + table.at(c+s))
	}
	return a.density * half * sum
}

// normalBetween returns Φ(b) − Φ(a) for finite a ≤ b with a ≤ 0, to full relative accuracy.
func normalBetween(a, b float64) float64 {
	if b > 0 {
		return 0.5 * (math.Erf(b/math.Sqrt2) + math.Erf(-a/math.Sqrt2))
	}
	low, high := NormalCDF(a), NormalCDF(b)
	if low <= 0.5*high {
		return high - low
	}
	half, middle := 0.5*(b-a), b-0.5*(b-a)
	var sum float64
	for _, node := range gaussRules()[0] {
		t := half * node.at
		sum += node.weight * math.Exp(-0.5*t*t) * math.Cosh(middle*t)
	}
	return 2 * sum * half * math.Exp(-0.5*middle*middle-halfLog2Pi)
}
