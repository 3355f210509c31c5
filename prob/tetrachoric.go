package prob

import (
	"fmt"
	"math"
)

// Table is a two-by-two table of counts: both events happened, only the first, only the second, neither.
type Table [4]int64

// TetrachoricCase says what a table's correlation is.
type TetrachoricCase int

// The cases.
const (
	TetrachoricSolved   TetrachoricCase = iota // a correlation inside (−1, 1) reproduces the table
	TetrachoricBoundary                        // an empty cell: 1 or −1, a limit that no normal law attains
	TetrachoricConstant                        // an event always happened or never did: no correlation is defined
)

// String names the case.
func (c TetrachoricCase) String() string {
	return [...]string{"solved", "boundary", "constant"}[c]
}

// Case classifies a table. With an empty cell the correlation is 1 where one event never happens without the other,
// and −1 otherwise.
func (t Table) Case() (c TetrachoricCase, rho float64) {
	both, first, second, neither := t[0], t[1], t[2], t[3]
	switch {
	case both+first == 0 || second+neither == 0 || both+second == 0 || first+neither == 0:
		return TetrachoricConstant, math.NaN()
	case first == 0 || second == 0:
		return TetrachoricBoundary, 1
	case both == 0 || neither == 0:
		return TetrachoricBoundary, -1
	}
	return TetrachoricSolved, 0
}

// Tetrachoric returns the correlation of the standard normal pair of which a table shows who lies below its threshold
// (Pearson 1900), the thresholds being those of the margins: no continuity correction is added to any cell. The
// absolute error is below 1e-12 for totals up to 1e15. For a constant event rho is NaN. Negative counts panic.
func Tetrachoric(t Table) (rho float64, c TetrachoricCase) {
	for _, n := range t {
		if n < 0 {
			panic(fmt.Sprintf("prob: Tetrachoric: %v has a negative count", t))
		}
	}
	c, rho = t.Case()
	if c == TetrachoricSolved {
		n := t[0] + t[1] + t[2] + t[3]
		rho = TetrachoricFrom(t, Threshold(t[0]+t[1], n), Threshold(t[0]+t[2], n), math.NaN())
	}
	return rho, c
}

// Threshold returns the x at which Φ(x) = k/n, for 0 ≤ k ≤ n and n > 0. A rate near 1 keeps the digits of n − k.
func Threshold(k, n int64) float64 {
	checkCount("Threshold", k, n)
	if 2*k > n {
		return 0 - NormalQuantile(float64(n-k)/float64(n))
	}
	return NormalQuantile(float64(k) / float64(n))
}

// TetrachoricFrom is [Tetrachoric] for a table of the case [TetrachoricSolved] with thresholds h and k that are known
// already, and near a solution that is, such as that of another sample of the same pair; NaN or ±1 for none.
//
// It solves for the rarest cell, whose probability keeps its relative accuracy, in the angle θ with sin θ = ρ. There
// the derivative of the joint probability is e^−E/2π, E = (h² − 2hk·sin θ + k²)/(2·cos² θ), and the second one
// follows from E: Halley's method, which triples the digits, inside a bracket. The start is that of Bonett and Price
// (2005).
func TetrachoricFrom(t Table, h, k, start float64) float64 {
	n := float64(t[0] + t[1] + t[2] + t[3])
	rarest := 0
	for i, x := range t {
		if x < t[rarest] {
			rarest = i
		}
	}
	sign := 1.0
	switch rarest {
	case 1: // only the first: turn the second round
		k, sign = -k, -1
	case 2:
		h, sign = -h, -1
	case 3:
		h, k = -h, -k
	}
	if !(math.Abs(start) < 1) {
		start = t.guess(n)
	}
	return sign * solveTetrachoric(h, k, float64(t[rarest])/n, sign*start)
}

// guess is good to about 0.02 at ordinary tables.
func (t Table) guess(n float64) float64 {
	a, b, c, d := float64(t[0]), float64(t[1]), float64(t[2]), float64(t[3])
	least := min(a+b, a+c, b+d, c+d) / n
	power := 0.5 * (1 - math.Abs(b-c)/(5*n) - (0.5-least)*(0.5-least))
	odds := math.Exp(power * (math.Log(a*d) - math.Log(b*c)))
	return math.Cos(math.Pi / (1 + odds))
}

// solveTetrachoric finds the sine of the angle at which P(X ≤ h, Y ≤ k) = joint.
func solveTetrachoric(h, k, joint, start float64) float64 {
	low, high := -0.5*math.Pi, 0.5*math.Pi
	angle := math.Asin(start)
	for range 100 { // a bound only: two or three are usual
		sin, cos := math.Sincos(angle)
		p := BivariateNormalCDF(h, k, sin)
		if p < joint {
			low = angle
		} else {
			high = angle
		}
		squares := h*h + k*k - 2*h*k*sin
		slope := math.Exp(-0.5*squares/(cos*cos)) / (2 * math.Pi)
		bend := (h*k - squares*sin/(cos*cos)) / cos // of ln slope
		next := math.NaN()
		if p > 0 && slope > 0 { // on the logarithm of p, which is the straighter
			miss, first := math.Log(p/joint), slope/p
			// Far from the solution the second derivative says nothing of the way there.
			step := -miss / first / min(max(1-0.5*miss*(bend-first)/first, 0.5), 2)
			next = angle + step
			if math.Abs(step)*max(1/cos, math.Abs(bend), first) <= 2e-5 { // ln p bends no faster than that
				angle = next
				break
			}
		}
		if !(next > low && next < high) {
			if next = 0.5 * (low + high); high-low < 1e-15 {
				break
			}
		}
		angle = next
	}
	return math.Sin(angle)
}
