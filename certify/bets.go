package certify

import (
	"math"
	"slices"
)

// sample is one model's shortfalls D, in [0, 1], kept as the distinct values
// and how often each occurs: most are 0, and graded scores take few values.
// Where they take more than maxValues they are rounded up to that many, which
// can only raise an upper limit.
type sample struct {
	values []float64
	times  []float64
	n      float64
	mean   float64
}

const maxValues = 1024

func newSample(x []float64) sample {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	if len(slices.Compact(slices.Clone(sorted))) > maxValues {
		for i, v := range sorted {
			sorted[i] = math.Ceil(v*maxValues) / maxValues
		}
	}
	s := sample{n: float64(len(x)), mean: mean(x)}
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			s.values, s.times = append(s.values, v), append(s.times, 0)
		}
		s.times[len(s.times)-1]++
	}
	return s
}

// logWealth is Σ log(1 + λ(g − D)), the logarithm of a bettor's wealth who
// stakes λ on each D falling short of g: an e-value against "mean >= g".
func (s sample) logWealth(lambda, g float64) float64 {
	sum := 0.0
	for i, v := range s.values {
		sum += s.times[i] * math.Log1p(lambda*(g-v))
	}
	return sum
}

// floor is the Chernoff–Hoeffding lower limit of the mean at level 1−alpha, for
// any law on [0, 1]: the least μ with n·KL(mean, μ) <= log(1/alpha) (Hoeffding
// 1963, theorem 1). It serves to screen only.
func (s sample) floor(alpha float64) float64 {
	budget := -math.Log(alpha) / s.n
	lo, hi := 0.0, s.mean
	for range 200 {
		if mid := lo + (hi-lo)/2; divergence(s.mean, mid) > budget {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// divergence is the Kullback–Leibler divergence of Bernoulli(q) from Bernoulli(p).
func divergence(p, q float64) float64 {
	d := 0.0
	if p > 0 {
		d += p * math.Log(p/q)
	}
	if p < 1 {
		d += (1 - p) * math.Log((1-p)/(1-q))
	}
	return d
}

// stakes are the bets λ of the mixture, fixed by n and δ before any score is
// seen: from the best bet against the widest law to a whole stake.
func stakes(n, delta float64) []float64 {
	least := math.Min(0.5, math.Sqrt(8*math.Log(1/delta)/n))
	const count = 6
	out := make([]float64, count)
	for j := range out {
		out[j] = math.Pow(least, 1-float64(j)/(count-1))
	}
	return out
}

// screenedBets bounds min_i E D_i from above at level 1−δ. With e_i(g) the
// average over the stakes of model i's wealth against "mean >= g" it rejects g when
//
//	Σ_i e_i(g) >= M(g) ÷ (δ−δ₁),   M(g) = Σ_i avg_λ (1 − λ(max(L_i, g) − g))^n,
//
// L_i the floor of model i at δ₁/m. Proof. If every mean is at least max(g, L_i)
// then E e_i(g) <= avg_λ (1 − λ(max(L_i,g) − g))^n, since the D are independent.
// All L_i <= E D_i with probability 1−δ₁; then M(g) with the means in place of
// the L_i is a fixed number M*, at most M(g), and by Markov's inequality
// Σ e_i(G) reaches M*÷(δ−δ₁) with probability at most δ−δ₁. A model that is
// clearly worse adds next to nothing to M: it costs nothing to have had it. ∎
//
// Σ e_i and M both grow with g, so a whole stretch [a, b] is rejected at once
// when Σ e_i(a) >= M(b) ÷ (δ−δ₁): the march downwards from 1 skips no g.
func screenedBets(models []sample, delta float64) float64 {
	n := models[0].n
	lambdas := stakes(n, delta)
	floors := make([]float64, len(models))
	for i, s := range models {
		floors[i] = s.floor(delta * screenShare / float64(len(models)))
	}
	price := -math.Log(delta * (1 - screenShare))
	rejected := func(a, b float64) bool {
		return logWealthOf(models, lambdas, a) >= logContenders(floors, lambdas, b, n)+price
	}
	return march(rejected)
}

// march walks down from 1 over rejected stretches, in steps as long as it can,
// and gives the end of the last one to a relative accuracy of 10⁻⁸.
func march(rejected func(a, b float64) bool) float64 {
	at, step := 1.0, 0.25
	for step > 1e-8 {
		if next := at * (1 - step); rejected(next, at) {
			at, step = next, math.Min(2*step, 0.25)
		} else {
			step /= 2
		}
		if at < 1e-300 {
			return 0
		}
	}
	return at
}

// logWealthOf is log Σ_i avg_λ wealth_i(λ, g).
func logWealthOf(models []sample, lambdas []float64, g float64) float64 {
	terms := make([]float64, 0, len(models)*len(lambdas))
	for _, s := range models {
		for _, l := range lambdas {
			terms = append(terms, s.logWealth(l, g))
		}
	}
	return logSum(terms) - math.Log(float64(len(lambdas)))
}

// logContenders is log M(g).
func logContenders(floors, lambdas []float64, g, n float64) float64 {
	terms := make([]float64, 0, len(floors)*len(lambdas))
	for _, floor := range floors {
		for _, l := range lambdas {
			terms = append(terms, n*math.Log1p(-l*(math.Max(floor, g)-g)))
		}
	}
	return logSum(terms) - math.Log(float64(len(lambdas)))
}

func logSum(terms []float64) float64 {
	top := slices.Max(terms)
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, t := range terms {
		sum += math.Exp(t - top)
	}
	return top + math.Log(sum)
}
