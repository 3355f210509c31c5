package dependence

import (
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// failures are the patterns of who is wrong, as the likelihood needs them: a pattern is the shorter of its
// lists of wrong and of right models. No model is always or never right.
type failures struct {
	n        float64 // queries
	allWrong float64 // of these, with all models wrong
	wrong    []float64
	patterns []failure
}

type failure struct {
	models []int32
	right  bool // models are the right ones
	weight float64
	mode   float64 // of the integrand when it was last looked at
}

// newFailures takes the complete columns of a matrix. Models that are always wrong are left out, their
// number comes back; one that is never wrong is named.
func newFailures(m *outcome.Matrix) (d *failures, always int, never string) {
	c := m.Count(nil)
	d = &failures{n: float64(c.Queries), allWrong: float64(c.AllWrong)}
	var of []int
	for i, right := range c.Right {
		switch right {
		case c.Queries:
			return d, 0, m.Models()[i]
		case 0:
			always++
		default:
			of = append(of, i)
			d.wrong = append(d.wrong, float64(c.Queries-right)/d.n)
		}
	}
	for _, p := range m.Select(of).Patterns(m.Complete()) {
		var lists [2][]int32
		for i := range of {
			k := 0
			if p.Right(i) {
				k = 1
			}
			lists[k] = append(lists[k], int32(i))
		}
		f := failure{models: lists[0], weight: float64(p.Weight)}
		if len(lists[1]) < len(lists[0]) {
			f.models, f.right = lists[1], true
		}
		f.mode = -prob.NormalQuantile((float64(len(lists[0])) + 0.5) / float64(len(of)+1))
		d.patterns = append(d.patterns, f)
	}
	return d, always, ""
}

// atomFit is where the likelihood is largest.
type atomFit struct {
	omega, rho, without float64 // without: ρ when ω is 0
	statistic           float64 // twice the logarithm of the ratio of the likelihoods
}

// fit looks for it: over ρ, in the angle with sin² = ρ, for each ω, and over ω from 0 to the least wrong rate.
// Tolerances are small parts of the standard errors. Start is a guess of ρ.
func (d *failures) fit(start float64) atomFit {
	l := newAtomLikelihood(d)
	angle := math.Asin(math.Sqrt(start))
	most := math.Asin(math.Sqrt(rhoMost))
	tolerance := 0.05 / math.Sqrt(d.n*float64(len(d.wrong)))
	rho := func(angle float64) float64 { return math.Min(math.Pow(math.Sin(angle), 2), rhoMost) }
	best := map[float64]float64{} // ω → angle
	profile := func(omega float64) float64 {
		at, value := maximise(func(angle float64) float64 { return l.at(omega, rho(angle)) }, 0, most, angle, 0.05, tolerance)
		best[omega] = at
		angle = at // the next start
		return value
	}
	none := profile(0)
	out := atomFit{without: rho(best[0]), rho: rho(best[0])}
	least := 1.0
	for _, p := range d.wrong {
		least = min(least, p)
	}
	// Below a part of the all-wrong queries, and in the middle, ω either helps or does not at all.
	few := max(d.allWrong, 0.5) / d.n
	top := least * (1 - 1e-6)
	from, value := 0.0, none
	for _, omega := range []float64{min(0.1*few, top), min(0.6*few, top)} {
		if v := profile(omega); v > value {
			from, value = omega, v
		}
	}
	if from == 0 {
		return out
	}
	omega, value := maximise(profile, 0, top, from, 0.3*few, 0.02*math.Sqrt(few/d.n))
	if value <= none {
		return out
	}
	out.omega, out.rho, out.statistic = omega, rho(best[omega]), 2*(value-none)
	return out
}
