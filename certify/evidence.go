package certify

import (
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// span is a count known to lie between two values; they are equal unless cells
// are missing.
type span struct{ least, most int64 }

// evidence is what the count bounds rest on. With missing cells each count is a
// span that covers every way to fill them (BASELINES-2, 5); each bound uses the
// end that can only widen it.
type evidence struct {
	law       tail
	rescued   []span    // K_i: model i wrong, another right
	right     []span    // c_i: model i right
	allWrong  span      // K
	incumbent int       // the model named before looking; -1 when none is
	alone     bool      // the statement is about the incumbent's G_i, not about G
	forever   bool      // every limit is to hold at all numbers of queries at once
	held      *evidence // what the held-out part says of the model picked on the other; nil without a split
	scored    *means    // the graded scores of the same queries; nil when there are verdicts only
}

func fromCounts(c outcome.Counts, law tail, incumbent int) evidence {
	e := evidence{law: law, allWrong: span{c.AllWrong, c.AllWrong}, incumbent: incumbent}
	for i, r := range c.Right {
		k := c.Rescued(i)
		e.rescued, e.right = append(e.rescued, span{k, k}), append(e.right, span{r, r})
	}
	return e
}

// asked says what the statement is about: the incumbent alone where one is
// named and the method has a form for it, and all looks at once for Anytime.
func (e evidence) asked(o Options) evidence {
	e.alone = e.incumbent >= 0 && (o.Method == Incumbent || o.Method == Anytime)
	e.forever = o.Method == Anytime
	return e
}

// lacking adds queries that were called for and could not be had: each may have
// been anything.
func (e evidence) lacking(n int64) evidence {
	widen := func(s span) span { return span{s.least, s.most + n} }
	e.allWrong = widen(e.allWrong)
	for i := range e.rescued {
		e.rescued[i], e.right[i] = widen(e.rescued[i]), widen(e.right[i])
	}
	return e
}

// least is min_i K_i, or K of the incumbent when the statement is about it alone.
func (e evidence) least() span {
	if e.alone {
		return e.rescued[e.incumbent]
	}
	s := e.rescued[0]
	for _, r := range e.rescued[1:] {
		s = span{min(s.least, r.least), min(s.most, r.most)}
	}
	return s
}

// mostRight is max_i c_i, right verdicts of the single best model.
func (e evidence) mostRight() span {
	s := e.right[0]
	for _, r := range e.right[1:] {
		s = span{max(s.least, r.least), max(s.most, r.most)}
	}
	return s
}

func (e evidence) from(k int64, alpha float64) float64 {
	if e.forever {
		return prob.MixtureLower(k, e.law.size(), alpha)
	}
	return e.law.lower(k, alpha)
}

func (e evidence) upTo(k int64, alpha float64) float64 {
	if e.forever {
		return prob.MixtureUpper(k, e.law.size(), alpha)
	}
	return e.law.upper(k, alpha)
}

// gainLower bounds G from below at level 1−δ. No multiplicity is needed: G
// equals one fixed G_i, and the least limit is at most that model's (BASELINES 4.3).
func (e evidence) gainLower(delta float64) float64 { return e.from(e.least().least, delta) }

// beta bounds the co-failure rate, each side at level 1−δ.
func (e evidence) beta(delta float64) (lower, upper float64) {
	return e.from(e.allWrong.least, delta), e.upTo(e.allWrong.most, delta)
}

// bestLower bounds the best model's accuracy from below, with δ shared by all
// models: it was picked on these data.
func (e evidence) bestLower(delta float64) float64 {
	best := int64(0)
	for _, r := range e.right {
		best = max(best, r.least)
	}
	return e.from(best, delta/float64(len(e.right)))
}

// gainUpper bounds the gain from above by a method that needs counts only; ok
// is false for one that does not apply.
func (e evidence) gainUpper(m Method, delta float64) (u float64, ok bool) {
	switch m {
	case Screened:
		return e.screened(delta), true
	case Direct:
		e.alone = false
		return e.law.upper(e.least().most, delta/float64(len(e.rescued))), true
	case Incumbent:
		if e.incumbent < 0 {
			return 0, false
		}
		return e.law.upper(e.rescued[e.incumbent].most, delta), true
	case Paper:
		return e.paper(delta), true
	case Anytime:
		if _, endless := e.law.(binomial); !endless {
			return 0, false
		}
		return e.anytime(delta), true
	case Split:
		if e.held == nil {
			return 0, false
		}
		return e.held.gainUpper(Incumbent, delta)
	case Scores:
		if e.scored == nil {
			return 0, false
		}
		return e.scored.gainUpper(Scores, delta)
	}
	return 0, false
}

// paper is the certificate of arXiv:2606.27288: half of δ for β, half for the
// accuracies, shared by the models. It is kept beside the others to compare.
func (e evidence) paper(delta float64) float64 {
	best := int64(0)
	for _, r := range e.right {
		best = max(best, r.least)
	}
	ceiling := 1 - e.law.lower(e.allWrong.least, delta/2)
	return ceiling - e.law.lower(best, delta/(2*float64(len(e.right))))
}

// screened is the default: the root U of
//
//	Σ_i P(count <= min_j K_j at rate max(U, L_i)) = δ − δ₁,
//
// with L_i the lower limit of model i at δ₁/m. A model that is clearly worse
// has L_i > U, and its term is next to nothing: only contenders cost anything.
// With probability 1−δ₁ every L_i <= G_i; then U < G would mean that min K lies
// in a fixed tail of total probability at most δ−δ₁ (docs/method.md; BASELINES 4.1).
func (e evidence) screened(delta float64) float64 {
	e.alone = false
	m, least := float64(len(e.rescued)), e.least().most
	if least >= e.law.size() {
		return 1
	}
	floors := map[int64]float64{} // by count: many models share one
	var floor, at []float64       // L_i, and the term it gives when U is below it
	for _, r := range e.rescued {
		l, known := floors[r.least]
		if !known {
			l = e.law.lower(r.least, delta*screenShare/m)
			floors[r.least] = l
		}
		floor = append(floor, l)
		at = append(at, math.NaN())
	}
	budget := delta * (1 - screenShare)
	return e.law.largest(func(u float64) bool {
		sum, shared := 0.0, e.law.atMost(least, u)
		for i, l := range floor {
			if l <= u {
				sum += shared
				continue
			}
			if at[i] != at[i] {
				at[i] = e.law.atMost(least, l)
			}
			sum += at[i]
		}
		return sum > budget
	})
}

// anytime averages the mixture e-values of the models against "rate >= g": the
// null is an intersection, so the plain average is an e-value, and by Ville's
// inequality it may be looked at after every query (BASELINES 4.1, e4). When
// the statement is about the incumbent it is that model's alone (e5).
func (e evidence) anytime(delta float64) float64 {
	n := e.law.size()
	if e.alone {
		return prob.MixtureUpper(e.rescued[e.incumbent].most, n, delta)
	}
	times := map[int64]float64{}
	for _, r := range e.rescued {
		times[r.most]++
	}
	counts := make([]int64, 0, len(times))
	for k := range times {
		counts = append(counts, k)
	}
	sortInts(counts) // the order of summation is part of the result's last bit
	threshold := math.Log(float64(len(e.rescued)) / delta)
	return binomial{n}.largest(func(g float64) bool {
		top, terms := math.Inf(-1), make([]float64, 0, len(counts))
		for _, k := range counts {
			if float64(k) >= g*float64(n) {
				break // these and all later ones are below 1 each; leaving them out errs on the safe side
			}
			x := prob.LogMixtureAbove(k, n, g) + math.Log(times[k])
			terms, top = append(terms, x), max(top, x)
		}
		if math.IsInf(top, 0) {
			return top < 0
		}
		sum := 0.0
		for _, x := range terms {
			sum += math.Exp(x - top)
		}
		return top+math.Log(sum) < threshold
	})
}
