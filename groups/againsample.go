package groups

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/allwrong/allwrong/prob"
)

func (a *again) sizes(point []compared) {
	for k, c := range point {
		if c.roles > 0 {
			a.result.Sizes = append(a.result.Sizes, Size{K: k + 2, Again: c.same, Several: c.several, Diff: c.several - c.same, Roles: c.roles})
		}
	}
	if len(a.result.Sizes) == 0 {
		a.result.Warnings = append(a.result.Warnings, Warning{"alone", fmt.Sprintf("No model comes within %.3g points of the best: there is no pool of like quality.", 100*a.Within)})
	}
}

// intervals resamples the queries, twice over: with the models ranked anew for each
// sample, since the choice of the models is part of what is uncertain, and with
// the models as they were ranked. Where models tie the first averages over choices
// that were never made and is too narrow; the interval is the hull of both.
func (a *again) intervals() error {
	if len(a.result.Sizes) == 0 {
		return nil
	}
	each := float64(divisions * len(a.weight) * (len(a.names) + 2*a.Most))
	n := int(math.Max(leastAgain, math.Min(resamples, mostAgain/each)))
	anew, fixed := make([][]float64, a.Most-1), make([][]float64, a.Most-1)
	ranked := a.differences()
	weight := make([]float64, len(a.weight))
	counts := make([]int64, len(weight))
	for at, w := range a.weight {
		counts[at] = int64(w)
	}
	resample := prob.NewResample(counts)
	r := rand.New(rand.NewPCG(a.Seed, 1<<32))
	for range n {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		resample.Draw(r, counts)
		for at, k := range counts {
			weight[at] = float64(k)
		}
		for k, c := range a.compare(weight) {
			if c.roles > 0 {
				anew[k] = append(anew[k], c.several-c.same)
			}
			sum := 0.0
			for at, d := range ranked[k] {
				sum += weight[at] * d / a.n
			}
			fixed[k] = append(fixed[k], sum)
		}
	}
	for x := range a.result.Sizes {
		s := &a.result.Sizes[x]
		s.Interval = [2]float64{s.Diff, s.Diff}
		for _, list := range [][]float64{anew[s.K-2], fixed[s.K-2]} {
			slices.Sort(list)
			at := int((1 - a.Confidence) / 2 * float64(len(list)))
			s.Interval[0], s.Interval[1] = math.Min(s.Interval[0], list[at]), math.Max(s.Interval[1], list[len(list)-1-at])
		}
	}
	return nil
}

// differences are, by size, the mean difference on each query over the divisions
// that have the size, models ranked on all queries.
func (a *again) differences() [][]float64 {
	out, roles := make([][]float64, a.Most-1), make([]float64, a.Most-1)
	for k := range out {
		out[k] = make([]float64, len(a.weight))
	}
	for d := range a.order {
		for k, votes := range a.outcomes(d, a.pool(d, a.weight)) {
			roles[k]++
			for at := range a.weight {
				out[k][at] += votes[1][at] - votes[0][at]
			}
		}
	}
	for k := range out {
		for at := range out[k] {
			out[k][at] /= math.Max(1, roles[k])
		}
	}
	return out
}

// describe names the pool and how its errors hang together.
func (a *again) describe() {
	in := make([]float64, len(a.names))
	var same, several []float64
	for d := range a.order {
		pool := a.pool(d, a.weight)
		voting := a.order[d][a.ranking:]
		for _, i := range pool {
			in[i] += 1.0 / divisions
		}
		if x, ok := a.correlation(a.keys[pool[0]][voting[0]], a.keys[pool[0]][voting[1]]); ok {
			same = append(same, x)
		}
		for x, i := range pool {
			for _, j := range pool[:x] {
				if x, ok := a.correlation(a.keys[i][voting[0]], a.keys[j][voting[1]]); ok {
					several = append(several, x)
				}
			}
		}
	}
	a.result.RhoAgain, a.result.RhoPool = meanOf(same), meanOf(several)
	for i, name := range a.names {
		if in[i] < 0.5 {
			continue
		}
		right := 0.0
		for _, row := range a.keys[i] {
			for at, key := range row {
				if key == 1 {
					right += a.weight[at]
				}
			}
		}
		a.result.Pool = append(a.result.Pool, Member{name, right / (float64(len(a.attempts)) * a.n), in[i]})
	}
	slices.SortStableFunc(a.result.Pool, func(x, y Member) int {
		switch {
		case x.Accuracy > y.Accuracy:
			return -1
		case x.Accuracy < y.Accuracy:
			return 1
		}
		return 0
	})
}

func meanOf(x []float64) *float64 {
	if len(x) == 0 {
		return nil
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	sum /= float64(len(x))
	return &sum
}

// correlation of two rows of verdicts; not ok where one of them never varies.
func (a *again) correlation(x, y []uint32) (float64, bool) {
	var p, q, both float64
	for at, w := range a.weight {
		if x[at] == 1 {
			p += w
		}
		if y[at] == 1 {
			q += w
		}
		if x[at] == 1 && y[at] == 1 {
			both += w
		}
	}
	p, q, both = p/a.n, q/a.n, both/a.n
	v := p * (1 - p) * q * (1 - q)
	if v == 0 {
		return 0, false
	}
	return (both - p*q) / math.Sqrt(v), true
}
