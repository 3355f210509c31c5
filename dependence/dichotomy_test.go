package dependence

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// TestDichotomy draws 53 models that are each wrong on 40 % of 40,000 queries, the shock left aside.
// Under Clayton's copula the naive single factor (mean φ for its correlation)
// is too low by a small factor, whatever the number of models; under a common
// shock of 5 % by a factor that grows without bound. The factors 4.0 and 2.6,
// the correlations .56 and .07, and "above 10⁷" are those of a sample
// in arXiv:2606.27288; of the laws themselves they are 4.2, 2.7 and 8·10⁶, and hang on φ steeply.
func TestDichotomy(t *testing.T) {
	const models, queries, wrong, shock = 53, 40_000, 0.4, 0.05
	gamma := func(r *rand.Rand, shape float64) float64 {
		// Marsaglia and Tsang (2000) for shape + 1, brought down by a power of a uniform.
		d := shape + 1 - 1.0/3
		for {
			x := r.NormFloat64()
			v := math.Pow(1+x/math.Sqrt(9*d), 3)
			if v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
				return d * v * math.Pow(r.Float64(), 1/shape)
			}
		}
	}
	clayton := func(theta float64) func(r *rand.Rand, miss []bool) {
		return func(r *rand.Rand, miss []bool) {
			frailty := gamma(r, 1/theta)
			for i := range miss {
				miss[i] = math.Pow(1+r.ExpFloat64()/frailty, -1/theta) <= wrong
			}
		}
	}
	common := func(r *rand.Rand, miss []bool) {
		all := r.Float64() < shock
		for i := range miss {
			miss[i] = all || r.Float64() < wrong
		}
	}
	for _, c := range []struct {
		name  string
		draw  func(r *rand.Rand, miss []bool)
		rate  float64 // of each model
		beta  float64 // of the law
		joint float64 // of two models
		ratio float64 // published; 0 for above 10⁷
		rho   float64
	}{
		{"Clayton, θ = 2", clayton(2), wrong, math.Exp(prob.ClaytonAllWrong(equal(models, wrong), 2)), math.Exp(prob.ClaytonAllWrong(equal(2, wrong), 2)), 4.0, 0.56},
		{"Clayton, θ = 4", clayton(4), wrong, math.Exp(prob.ClaytonAllWrong(equal(models, wrong), 4)), math.Exp(prob.ClaytonAllWrong(equal(2, wrong), 4)), 2.6, 0},
		{"common shock", common, shock + (1-shock)*wrong, shock, shock + (1-shock)*wrong*wrong, 0, 0.07},
	} {
		phi := (c.joint - c.rate*c.rate) / (c.rate * (1 - c.rate))
		naive := math.Exp(prob.SingleFactorAllWrong(equal(models, prob.NormalQuantile(c.rate)), phi))
		if law := c.beta / naive; c.ratio > 0 && math.Abs(law-c.ratio) > 0.05*c.ratio || c.ratio == 0 && law < 5e6 || c.rho > 0 && math.Abs(phi-c.rho) > 0.01 {
			t.Errorf("%s: of the law: ratio %.3g at φ %.3f, want %v at %v", c.name, law, phi, c.ratio, c.rho)
		}
		r := rand.New(rand.NewPCG(1, 53))
		rows := make([][]uint64, models)
		for i := range rows {
			rows[i] = outcome.NewMask(queries)
		}
		miss := make([]bool, models)
		for q := range queries {
			c.draw(r, miss)
			for i, m := range miss {
				if !m {
					outcome.Mask(rows[i]).Set(q)
				}
			}
		}
		got, err := Predict(context.Background(), matrix(t, rows, queries), nil, Options{Seed: 1, Replicates: 1, Pools: 50})
		if err != nil {
			t.Fatal(err)
		}
		p := got.Predicted
		ratio, law := *p.SingleFactorPearson.Ratio, c.beta/naive
		tolerance := 0.06
		if c.ratio == 0 {
			tolerance = 0.5 // a thousandth of φ is a tenth of the ratio
		}
		if math.Abs(math.Log(ratio/law)) > tolerance || math.Abs(*got.Rho.Pearson-phi) > 0.01 {
			t.Errorf("%s: ratio %.3g at φ %.3f, want %.3g at %.3f", c.name, ratio, *got.Rho.Pearson, law, phi)
		}
		// A pair is what it is. From there the ratio at the tetrachoric correlation grows with the pool for the
		// shock, by orders of magnitude; for Clayton's copula it hardly moves.
		last := 0.0
		for _, x := range got.PoolSize {
			if x.K == 2 && math.Abs(*x.Median-1) > 1e-9 {
				t.Errorf("%s: ratio %v of two models", c.name, *x.Median)
			}
			if x.K >= 2 {
				if c.ratio == 0 && *x.Median < last {
					t.Errorf("%s: with %d models the ratio falls from %.3g to %.3g", c.name, x.K, last, *x.Median)
				}
				last = *x.Median
			}
		}
		if c.ratio == 0 && last < 1e4 || c.ratio > 0 && (last > 2 || last < 0.5) {
			t.Errorf("%s: ratio %.3g of all models", c.name, last)
		}
		t.Logf("%s: β %.4f, naive ratio %.3g, of the law %.3g, φ %.3f, ratio at the tetrachoric %.3g", c.name, got.Beta, ratio, law, *got.Rho.Pearson, last)
	}
}

func equal(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}
