package prob

import (
	"math"
	"sync"
)

// The kernel of the bivariate normal law's polar form, g(x) = 1 − x·Φ(−x)/φ(x), decides how fast a tetrachoric
// correlation is found. It is tabulated as ln Φ is.
const (
	wedgeFrom  = backward - 1
	wedgeTo    = 40 // where e^(−x²/2) has underflowed
	wedgeCells = 24 // intervals to a unit of x; eight terms then leave less than 1e-15 everywhere
)

type wedgePolynomials [(wedgeTo - wedgeFrom) * wedgeCells]polynomial

var wedgeTable = sync.OnceValue(func() *wedgePolynomials {
	table := new(wedgePolynomials)
	for i := range table {
		middle := wedgeFrom + (float64(i)+0.5)/wedgeCells
		table[i] = interpolate(func(u float64) float64 { return wedgeKernel(middle + u/(2*wedgeCells)) })
	}
	return table
})

// at returns g(x) for x inside the table.
func (t *wedgePolynomials) at(x float64) float64 {
	at := (x - wedgeFrom) * wedgeCells
	i := int(at)
	return t[i].at(2*(at-float64(i)) - 1)
}

// wedgeKernel returns g(x). With Mills' ratio as the continued fraction 1/(x + c), c = 1/(x + 2/(x + …)), it is
// c/(x + c), which does not cancel; the fraction is slow near 0, where the definition has the digits.
func wedgeKernel(x float64) float64 {
	if x < 1 {
		return 1 - x*NormalCDF(-x)*math.Exp(0.5*x*x+halfLog2Pi)
	}
	c := 0.0
	for n := math.Ceil(20 + 400/(x*x)); n >= 1; n-- {
		c = n / (x + c)
	}
	return c / (x + c)
}

// node is a pair of points ±at of a Gauss–Legendre rule on [−1, 1], each with the same weight.
type node struct{ at, weight float64 }

// gaussSizes are the numbers of points of gaussRules, all even.
var gaussSizes = [...]int{8, 12, 16, 20, 24, 32, 40, 56, 80}

var gaussRules = sync.OnceValue(func() (rules [len(gaussSizes)][]node) {
	for i, n := range gaussSizes {
		rules[i] = gaussLegendre(n)
	}
	return rules
})

// gaussLegendre finds the positive roots of the Legendre polynomial of even degree n by Newton's method.
func gaussLegendre(n int) []node {
	nodes := make([]node, n/2)
	for i := range nodes {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		var slope float64
		for range 6 {
			before, now := 1.0, x
			for j := 2.0; j <= float64(n); j++ {
				before, now = now, ((2*j-1)*x*now-(j-1)*before)/j
			}
			slope = float64(n) * (before - x*now) / (1 - x*x)
			x -= now / slope
		}
		nodes[i] = node{x, 2 / ((1 - x*x) * slope * slope)}
	}
	return nodes
}

// wedgeReach is up to which r·width each of gaussRules integrates g(r·cos φ) to 2e-15, for any width; the first
// only up to a right angle. The last serves all of r ≤ 39, beyond which e^(−r²/2) underflows.
var wedgeReach = [len(gaussSizes)]float64{0.35, 1.8, 4.8, 8, 12, 18, 25, 44, math.Inf(1)}

// wedgeRule returns a rule that integrates g(r·cos φ) over an interval of that width to the last digits.
func wedgeRule(r, width float64) []node {
	size := 0
	if width > 0.5*math.Pi {
		size = 1
	}
	for r*width > wedgeReach[size] {
		size++
	}
	return gaussRules()[size]
}
