package audit

import (
	"math"
	"slices"
)

// spread is how the wrong answers of a pool spread over the answers there are.
// On each query every family that errs draws from a law over the wrong answers
// that is itself drawn from a Dirichlet law, K equal shares of concentration α
// (K the options less one; without end, Ewens's law, where answers are open).
// So queries may have a wrong answer that attracts, as they do. α is fitted to
// the queries that some model got right, where a wrong reference is rare.
type spread struct {
	alpha   float64
	queries int // that it was fitted to
}

// parts are the families that err on a query, by their answer.
type parts struct {
	counts  []int // families per wrong answer, most first
	options int   // wrong answers there are; 0 for open ones
}

func (p parts) families() int {
	n := 0
	for _, c := range p.counts {
		n += c
	}
	return n
}

// leastForSpread is how many queries with two wrong families it takes to fit α.
const leastForSpread = 8

// fitSpread finds the α of greatest likelihood. Equal patterns are counted once.
func fitSpread(seen []parts) *spread {
	type weighted struct {
		parts
		n float64
	}
	var list []*weighted
	index := map[string]*weighted{}
	for _, p := range seen {
		if p.families() < 2 {
			continue
		}
		key := make([]byte, 0, 16)
		key = append(key, byte(p.options), byte(p.options>>8))
		for _, c := range p.counts {
			key = append(key, byte(c), byte(c>>8))
		}
		if w := index[string(key)]; w != nil {
			w.n++
			continue
		}
		w := &weighted{p, 1}
		index[string(key)], list = w, append(list, w)
	}
	total := 0.0
	for _, w := range list {
		total += w.n
	}
	if total < leastForSpread {
		return nil
	}
	// A little prior weight (one agreement and one disagreement of two families
	// over open answers) keeps α finite when all or none agree.
	list = append(list, &weighted{parts{[]int{2}, 0}, 1}, &weighted{parts{[]int{1, 1}, 0}, 1})
	like := func(logAlpha float64) float64 {
		sum := 0.0
		for _, w := range list {
			sum += w.n * w.logLikelihood(math.Exp(logAlpha))
		}
		return sum
	}
	return &spread{alpha: math.Exp(highest(like, -6, 14)), queries: int(total)}
}

// logLikelihood is, up to a term without α, the chance of a pattern.
func (p parts) logLikelihood(alpha float64) float64 {
	sum := -logRising(alpha, p.families())
	for _, c := range p.counts {
		if p.options > 0 {
			sum += logRising(alpha/float64(p.options), c)
		} else {
			sum += math.Log(alpha)
		}
	}
	return sum
}

// chance is the chance that so many families or more, of all that err on a
// query, give one same answer: exact when they are more than half of them, else
// an upper limit (the sum over answers).
func (s *spread) chance(agree, families, options int) float64 {
	if agree <= 1 {
		return 1
	}
	sum := 0.0
	for j := agree; j <= families; j++ {
		x := logChoose(families, j) - logRising(s.alpha, families)
		if options > 0 {
			a := s.alpha / float64(options)
			x += math.Log(float64(options)) + logRising(a, j) + logRising(s.alpha-a, families-j)
		} else {
			x += math.Log(s.alpha) + logGamma(float64(j)) + logRising(s.alpha, families-j)
		}
		sum += math.Exp(x)
	}
	return math.Min(sum, 1)
}

// logRising is ln a(a+1)…(a+n−1).
func logRising(a float64, n int) float64 {
	if n == 0 {
		return 0
	}
	if a == 0 {
		return math.Inf(-1)
	}
	return logGamma(a+float64(n)) - logGamma(a)
}

func logChoose(n, k int) float64 {
	return logGamma(float64(n+1)) - logGamma(float64(k+1)) - logGamma(float64(n-k+1))
}

func logGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// highest finds the argument at which a function with one peak is greatest.
func highest(f func(float64) float64, low, high float64) float64 {
	const golden = 0.6180339887498949
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := f(a), f(b)
	for range 60 {
		if fa < fb {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = f(b)
		} else {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = f(a)
		}
	}
	return (low + high) / 2
}

// atLeast is the chance of k or more successes among trials with these chances.
func atLeast(k int, chances []float64) float64 {
	at := make([]float64, k+1) // at[k] collects k and more
	at[0] = 1
	for _, p := range chances {
		at[k] += at[k-1] * p
		for j := k - 1; j > 0; j-- {
			at[j] += p * (at[j-1] - at[j])
		}
		at[0] *= 1 - p
	}
	return math.Min(at[k], 1)
}

// byCount sorts families per answer, most first.
func byCount(counts []int) []int {
	slices.SortFunc(counts, func(a, b int) int { return b - a })
	return counts
}
