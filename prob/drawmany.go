package prob

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// RandomBinomial draws from Binomial(n, p), exactly and in a time that does not grow with n: for the many draws of a
// resampled data set, where [BinomialQuantile] would take some microseconds each. It needs n ≥ 0 and p in [0, 1],
// and panics otherwise. The number of random words that a draw takes varies.
func RandomBinomial(r *rand.Rand, n int64, p float64) int64 {
	checkCount("RandomBinomial", 0, n)
	checkRate("RandomBinomial", "p", p)
	switch {
	case n == 0 || p == 0:
		return 0
	case p > 0.5:
		return n - RandomBinomial(r, n, 1-p)
	case float64(n)*p < 10:
		return countUp(r, n, p)
	}
	return transformed(r, n, p)
}

// countUp subtracts the probabilities of 0, 1, 2 … from a uniform until it is used up; n·p is small.
func countUp(r *rand.Rand, n int64, p float64) int64 {
	odds := p / (1 - p)
	first := math.Exp(float64(n) * math.Log1p(-p))
	for {
		u, mass := r.Float64(), first
		for k := int64(0); k <= min(n, 200); k++ { // beyond 200 nothing is left but rounding
			if u < mass {
				return k
			}
			u -= mass
			mass *= odds * float64(n-k) / float64(k+1)
		}
	}
}

// transformed is the transformed rejection with squeeze of Hörmann (J. Statist. Comput. Simul. 46, 1993), BTRS,
// for p ≤ ½ and n·p ≥ 10.
func transformed(r *rand.Rand, n int64, p float64) int64 {
	size := float64(n)
	spread := math.Sqrt(size * p * (1 - p))
	b := 1.15 + 2.53*spread
	a := -0.0873 + 0.0248*b + 0.01*p
	center := size*p + 0.5
	alpha, squeeze := (2.83+5.1/b)*spread, 0.92-4.2/b
	mode := int64((size + 1) * p)
	top := logBinomialMass(mode, n, p)
	for {
		u := r.Float64() - 0.5
		v := r.Float64()
		us := 0.5 - math.Abs(u)
		x := math.Floor((2*a/us+b)*u + center)
		if us >= 0.07 && v <= squeeze {
			return int64(x)
		}
		if !(x >= 0 && x <= size) {
			continue
		}
		if k := int64(x); math.Log(v*alpha/(a/(us*us)+b)) <= logBinomialMass(k, n, p)-top {
			return k
		}
	}
}

// RandomMultinomial draws how total members fall into classes: class i with probability weights[i] over their sum,
// by the binomial law of what the classes before it left. Weights are not negative, and some weight is positive
// unless total is 0; other arguments panic. The counts go to out, which is as long as weights.
func RandomMultinomial(r *rand.Rand, out []int64, total int64, weights []float64) {
	rest := 0.0
	last := -1
	for i, w := range weights {
		if !(w >= 0 && w <= math.MaxFloat64) {
			panic(fmt.Sprintf("prob: RandomMultinomial: a weight of %v", w))
		}
		if rest += w; w > 0 {
			last = i
		}
	}
	if total < 0 || last < 0 && total > 0 {
		panic(fmt.Sprintf("prob: RandomMultinomial: %d members for %d classes without weight", total, len(weights)))
	}
	for i, w := range weights {
		switch {
		case w == 0 || total == 0:
			out[i] = 0
		case i == last:
			out[i] = total
		default:
			out[i] = RandomBinomial(r, total, min(1, w/rest))
		}
		rest, total = rest-w, total-out[i]
	}
}
