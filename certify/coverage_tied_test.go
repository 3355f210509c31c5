//go:build coverage

package certify

import (
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// TestCoverageTiedRouters asks equally good models twice: whoever was luckiest
// must not carry the router's limit above the rate that all of them have.
func TestCoverageTiedRouters(t *testing.T) {
	const right, n = 0.9, 300
	replicate(t, dataSets/4, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		s := scenario{models: 20, draw: func(r *rand.Rand, out []bool) {
			for i := range out {
				out[i] = r.Float64() >= right
			}
		}}
		ms := []*outcome.Matrix{s.matrix(r, n), s.matrix(r, n)}
		o := Options{Attempts: AttemptsAll, Method: Scores, Seed: rep, Confidence: nominal}
		note("router's ceiling, lower", *lookAtRepeats(ms, o).RouterLower <= right)
	})
}

// TestCoverageRareWeights gives one query in 200 a weight of 200, and the whole
// gain. Where none of these is graded the largest weight is still known.
func TestCoverageRareWeights(t *testing.T) {
	const n, rare, heavy, rescued = 500, 0.005, 200.0, 0.3
	gain := rescued * rare * heavy / (rare*heavy + 1 - rare)
	replicate(t, dataSets, nominal, func(r *rand.Rand, rep uint64, note func(string, bool)) {
		first, second := outcome.NewMask(n), outcome.NewMask(n)
		weight := make([]float64, n)
		for q := range n {
			second.Set(q)
			weight[q] = 1
			if r.Float64() < rare {
				weight[q] = heavy
			}
			if weight[q] == 1 || r.Float64() >= rescued {
				first.Set(q)
			}
		}
		m, err := outcome.NewMatrix([]string{"a", "b"}, n, [][]uint64{first, second}, nil, nil)
		if err != nil {
			t.Error(err)
			return
		}
		o := Options{Confidence: nominal, Method: Screened, Seed: rep, Weights: map[string]float64{"not graded": heavy}}
		for q, w := range weight {
			o.Weights[m.ID(q)] = w
		}
		b, _, err := toMix(m, o, m.Complete(), 0)
		if err != nil {
			return // no query of the mix: nothing is claimed
		}
		u, _ := b.gainUpper(Incumbent, delta)
		note("upper incumbent", u >= gain)
		note("lower", b.gainLower(delta) <= gain)
	})
}
