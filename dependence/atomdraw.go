package dependence

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

const (
	mostSingly  = 50_000 // queries that are drawn one by one
	mostCounted = 14     // models up to which all patterns are listed with their chances instead
)

// singly gives a sample of the queries where they are too many to be drawn one by
// one and the patterns too many to be listed, and says so.
func singly(m *outcome.Matrix, seed uint64) (*outcome.Matrix, *Warning) {
	n := m.Size(m.Complete())
	if n <= mostSingly || len(m.Models()) <= mostCounted {
		return m, nil
	}
	var columns []int
	for _, x := range sample(m, nil, mostSingly, seed, "common mode") {
		columns = append(columns, x.column)
	}
	return m.Singles(columns), &Warning{"sampled", fmt.Sprintf("%d of %d queries, drawn by seed %d, were used", len(columns), n, seed)}
}

// oneFactor is the law with these wrong rates and no common mode, to draw
// data sets from.
type oneFactor struct {
	n         int64
	threshold []float64
	rho       float64
	chance    []float64 // by pattern, bits by model, set for right; nil where queries are drawn one by one
}

func (d *failures) oneFactor(rho float64) *oneFactor {
	f := &oneFactor{n: int64(d.n), rho: rho}
	for _, p := range d.wrong {
		f.threshold = append(f.threshold, prob.NormalQuantile(p))
	}
	if f.n > mostSingly && len(d.wrong) <= mostCounted {
		f.chance = f.chances()
	}
	return f
}

// chances integrates over the factor, by steps half as wide as those of the
// likelihood: what is left out is far below rounding. Of a model more the chances
// at a node are the products of those before with its own: each doubles the list.
func (f *oneFactor) chances() []float64 {
	m := len(f.threshold)
	step := 0.5 * widthOf(m, f.rho)
	root, noise := math.Sqrt(f.rho), math.Sqrt(1-f.rho)
	chance, node := make([]float64, 1<<m), make([]float64, 1<<m)
	const reach = 12 // beyond, the factor has a chance of 1e-32
	for k := -int(reach / step); float64(k)*step <= reach; k++ {
		z := float64(k) * step
		node[0] = step * math.Exp(-0.5*z*z) / math.Sqrt(2*math.Pi)
		for i, x := range f.threshold {
			x = (x - root*z) / noise
			wrong, right := prob.NormalCDF(x), prob.NormalCDF(-x)
			for s, p := range node[:1<<i] {
				node[s|1<<i], node[s] = p*right, p*wrong
			}
		}
		for s, p := range node {
			chance[s] += p
		}
	}
	return chance
}

// draw gives a data set of as many queries.
func (f *oneFactor) draw(draw *rand.Rand) *outcome.Matrix {
	if f.chance != nil {
		return f.drawCounts(draw)
	}
	n := int(f.n)
	right := make([][]uint64, len(f.threshold))
	for i := range right {
		right[i] = outcome.NewMask(n)
	}
	root, noise := math.Sqrt(f.rho), math.Sqrt(1-f.rho)
	for q := range n {
		z := root * draw.NormFloat64()
		for i, t := range f.threshold {
			if z+noise*draw.NormFloat64() > t {
				outcome.Mask(right[i]).Set(q)
			}
		}
	}
	out, err := outcome.NewMatrix(make([]string, len(right)), n, right, nil, nil)
	if err != nil {
		panic(err) // planes made here
	}
	return out
}

// drawCounts draws the number of each pattern.
func (f *oneFactor) drawCounts(draw *rand.Rand) *outcome.Matrix {
	counts := make([]int64, len(f.chance))
	prob.RandomMultinomial(draw, counts, f.n, f.chance)
	var patterns []outcome.Pattern
	for s, k := range counts {
		if k > 0 {
			key := make([]byte, (len(f.threshold)+7)/8)
			for b := range key {
				key[b] = byte(s >> (8 * b))
			}
			patterns = append(patterns, outcome.Pattern{Key: string(key), Weight: k})
		}
	}
	return outcome.FromPatterns(make([]string, len(f.threshold)), patterns)
}
