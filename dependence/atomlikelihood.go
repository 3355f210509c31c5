package dependence

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// atomLikelihood is the logarithm of the likelihood of ω and ρ, the thresholds being those that give each
// model its wrong rate.
//
// The factor is integrated over equally spaced nodes, the spacing being the least width that a pattern's
// integrand can have: it is log-concave with a curvature of at most 1 + mρ/(1−ρ). The error of this rule is of
// the order of 2·exp(−2π²) = 5e-9 of it then, and mostly far less: twice that width leaves exp(−8π²). Nodes
// where the integrand has fallen by e⁻³⁴ are left out. From some hundred thousand queries on the spacing is a little
// narrower, so that the errors of all of them together stay below a thousandth.
type atomLikelihood struct {
	*failures
	threshold []float64
	narrow    float64 // the spacing by the width, at most 1
	step      float64
	reach     int // nodes are numbered from −reach to reach
	rows      []atomRow
	round     int
	root      float64 // √ρ
	noise     float64 // √(1−ρ)
}

// atomRow is what all patterns need at one node.
type atomRow struct {
	round        int // of the evaluation it belongs to
	prior        float64
	wrong, right float64   // Σ ln Φ(a_i) and Σ ln Φ(−a_i)
	odds         []float64 // ln Φ(a_i) − ln Φ(−a_i)
}

const (
	farthest = 30.0  // nodes of the factor reach that far
	rhoMost  = 0.999 // above, the single factor cannot be told from an atom
)

func newAtomLikelihood(d *failures) *atomLikelihood {
	// 2·exp(−2π²/narrow²) of each integrand, of n in all
	narrow := math.Pi * math.Sqrt(2/math.Log(2000*math.Max(1, d.n)))
	return &atomLikelihood{failures: d, threshold: make([]float64, len(d.wrong)), narrow: math.Min(1, narrow)}
}

// widthOf is the least width that a pattern's integrand can have.
func widthOf(models int, rho float64) float64 {
	return 1 / math.Sqrt(1+float64(models)*rho/(1-rho))
}

// at evaluates it; omega must be below the least wrong rate.
func (l *atomLikelihood) at(omega, rho float64) float64 {
	for i, p := range l.wrong {
		l.threshold[i] = prob.NormalQuantile((p - omega) / (1 - omega))
	}
	l.root, l.noise = math.Sqrt(rho), math.Sqrt(1-rho)
	l.step = l.narrow * widthOf(len(l.wrong), rho)
	l.reach = int(farthest / l.step)
	if need := 2*l.reach + 1; need > len(l.rows) {
		l.rows = append(l.rows, make([]atomRow, need-len(l.rows))...)
	}
	l.round++
	sum := 0.0
	atom, rest := math.Log(omega), math.Log1p(-omega)
	for k := range l.patterns {
		f := &l.patterns[k]
		log := rest + l.pattern(f)
		if omega > 0 && len(f.models) == 0 && f.right { // all wrong
			high, low := max(atom, log), min(atom, log)
			log = high + math.Log1p(math.Exp(low-high))
		}
		sum += f.weight * log
	}
	return sum
}

// row computes a node when it is first asked for.
func (l *atomLikelihood) row(k int) *atomRow {
	r := &l.rows[k+l.reach]
	if r.round == l.round {
		return r
	}
	if r.odds == nil {
		r.odds = make([]float64, len(l.threshold))
	}
	z := float64(k) * l.step
	r.round, r.prior, r.wrong, r.right = l.round, -0.5*z*z, 0, 0
	table := logTables()
	for i, t := range l.threshold {
		wrong, right := logBoth(table, (t-l.root*z)/l.noise)
		r.wrong += wrong
		r.right += right
		r.odds[i] = wrong - right
	}
	return r
}

func (l *atomLikelihood) value(f *failure, k int) float64 {
	r := l.row(k)
	sum := 0.0
	for _, i := range f.models {
		sum += r.odds[i]
	}
	if f.right {
		return r.prior + r.wrong - sum
	}
	return r.prior + r.right + sum
}

// pattern gives the logarithm of a pattern's probability under the single factor.
func (l *atomLikelihood) pattern(f *failure) float64 {
	mode := l.mode(f)
	f.mode = float64(mode) * l.step
	top := l.value(f, mode)
	const fall = 34
	sum := 1.0
	for k := mode + 1; k <= l.reach; k++ {
		x := l.value(f, k) - top
		if x < -fall {
			break
		}
		sum += math.Exp(x)
	}
	for k := mode - 1; k >= -l.reach; k-- {
		x := l.value(f, k) - top
		if x < -fall {
			break
		}
		sum += math.Exp(x)
	}
	return top + math.Log(sum*l.step) - 0.5*math.Log(2*math.Pi)
}

// mode finds the node where the integrand is largest: the first that the next one does not exceed. The last
// mode is the start.
func (l *atomLikelihood) mode(f *failure) int {
	at := max(-l.reach, min(l.reach-1, int(math.Round(f.mode/l.step))))
	falls := func(k int) bool { return l.value(f, k+1) <= l.value(f, k) }
	low, high := at, at // low rises (or is the end), high falls
	if falls(at) {
		for by := 1; ; by *= 2 {
			low = max(-l.reach-1, high-by)
			if low < -l.reach || !falls(low) {
				break
			}
			high = low
		}
	} else {
		for by := 1; ; by *= 2 {
			high = min(l.reach, low+by)
			if high == l.reach || falls(high) {
				break
			}
			low = high
		}
	}
	for high-low > 1 {
		if middle := (low + high) / 2; falls(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
