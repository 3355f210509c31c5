package policy

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// moments are those of paired values d and g by unit, where the mean is over queries.
type moments struct {
	n, units   float64
	d, g       float64 // means
	dd, dg, gg float64 // sums over units of products of deviations
	widen      float64 // by which variances are multiplied; see widening
}

func (b *bench) moments(d, g []float64) moments {
	sumD, sumG, size := make([]float64, len(b.units)), make([]float64, len(b.units)), make([]float64, len(b.units))
	m := moments{n: float64(len(d)), units: float64(len(b.units)), widen: 1}
	for q, u := range b.unit {
		size[u]++
		sumD[u] += d[q]
		if g != nil {
			sumG[u] += g[q]
		}
	}
	for u := range size {
		m.d, m.g = m.d+sumD[u], m.g+sumG[u]
	}
	m.d, m.g = whole(m.d/m.n), whole(m.g/m.n)
	// Deviations from the means shrunk as Bonett and Price do.
	meanD, meanG := m.shrunk(m.d), m.shrunk(m.g)
	for u, k := range size {
		x, y := sumD[u]-k*meanD, sumG[u]-k*meanG
		m.dd, m.dg, m.gg = m.dd+x*x, m.dg+x*y, m.gg+y*y
	}
	return m
}

// widening is the factor on variances. Folds learn from the queries that others
// are scored on, and their scores lean on each other: the variance of the mean over
// K folds is taken as 1 + K/(K−1) times as large (Nadeau and Bengio 2003). A policy
// that learns nothing is no exception, since the single best is learnt: that all
// folds agree on it says that it did well on these queries.
func widening(folds int) float64 { return 1 + float64(folds)/float64(folds-1) }

// whole takes what rounding leaves of 0 for 0: gains and losses of a tenth of a
// query each seldom add up to nothing to the last bit.
func whole(x float64) float64 {
	if math.Abs(x) < 1e-13 {
		return 0
	}
	return x
}

// extra is the number of differences that are added, one of +1 and one of −1:
// without any difference on record, the limits are then about ±3/n and not 0.
const extra = 2

func (m moments) shrunk(mean float64) float64 { return mean * m.n / (m.n + extra) }

// estimate is the mean of d with limits (Bonett and Price 2012, for units of any size).
func (m moments) estimate(confidence float64) Estimate {
	mean := m.shrunk(m.d)
	squares := m.dd + (1-mean)*(1-mean) + (1+mean)*(1+mean)
	units := m.units + extra
	half := studentQuantile(1-(1-confidence)/2, units-1) * math.Sqrt(m.widen*squares*units/(units-1)) / (m.n + extra)
	return Estimate{Point: m.d, Lower: max(-1, min(m.d, mean-half)), Upper: min(1, max(m.d, mean+half))}
}

// ratio gives limits on the mean of d over that of g (Fieller 1954); nil when the
// data do not bound it.
func (m moments) ratio(confidence float64) *Interval {
	units := m.units + extra
	t := studentQuantile(1-(1-confidence)/2, units-1)
	scale := m.widen * t * t * units / (units - 1) / ((m.n + extra) * (m.n + extra))
	d, g := m.shrunk(m.d), m.shrunk(m.g)
	a, b, c := g*g-scale*m.gg, d*g-scale*m.dg, d*d-scale*(m.dd+extra)
	root := b*b - a*c
	if a <= 0 || root < 0 {
		return nil
	}
	return &Interval{Lower: (b - math.Sqrt(root)) / a, Upper: (b + math.Sqrt(root)) / a}
}

// studentQuantile is the quantile of Student's t, p ≥ ½, by bisection on its
// tail, an incomplete beta function.
func studentQuantile(p, degrees float64) float64 {
	tail := func(t float64) float64 {
		x := degrees / (degrees + t*t)
		log, _ := prob.LogBetaInc(degrees/2, 0.5, x)
		return math.Exp(log) / 2
	}
	low, high := 0.0, 1.0
	for tail(high) > 1-p && high < 1e12 {
		high *= 2
	}
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if tail(mid) > 1-p {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
