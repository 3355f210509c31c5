package groups

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
	each := float64(divisions * len(a.columns) * (len(a.names) + 2*a.Most))
	n := int(math.Max(leastAgain, math.Min(resamples, mostAgain/each)))
	anew, fixed := make([][]float64, a.Most-1), make([][]float64, a.Most-1)
	ranked := a.differences()
	weight := make([]float64, len(a.columns))
	r := rand.New(rand.NewPCG(a.Seed, 1<<32))
	for range n {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		clear(weight)
		for range weight {
			weight[r.IntN(len(weight))]++
		}
		for k, c := range a.compare(weight) {
			if c.roles > 0 {
				anew[k] = append(anew[k], c.several-c.same)
			}
			sum := 0.0
			for at, d := range ranked[k] {
				sum += weight[at] * d / float64(len(weight))
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
	whole := make([]float64, len(a.columns))
	for at := range whole {
		whole[at] = 1
	}
	out, roles := make([][]float64, a.Most-1), make([]float64, a.Most-1)
	for k := range out {
		out[k] = make([]float64, len(a.columns))
	}
	for d := range a.order {
		for k, votes := range a.outcomes(d, a.pool(d, whole)) {
			roles[k]++
			for at := range a.columns {
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
func (a *again) describe(weight []float64) {
	in := make([]float64, len(a.names))
	var same, several []float64
	for d := range a.order {
		pool := a.pool(d, weight)
		voting := a.order[d][a.ranking:]
		for _, i := range pool {
			in[i] += 1.0 / divisions
		}
		if x, ok := correlation(a.keys[pool[0]][voting[0]], a.keys[pool[0]][voting[1]]); ok {
			same = append(same, x)
		}
		for x, i := range pool {
			for _, j := range pool[:x] {
				if x, ok := correlation(a.keys[i][voting[0]], a.keys[j][voting[1]]); ok {
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
		right := 0
		for _, row := range a.keys[i] {
			for _, key := range row {
				if key == 1 {
					right++
				}
			}
		}
		a.result.Pool = append(a.result.Pool, Member{name, float64(right) / float64(len(a.attempts)*len(a.columns)), in[i]})
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
func correlation(x, y []uint32) (float64, bool) {
	var p, q, both float64
	n := float64(len(x))
	for i := range x {
		if x[i] == 1 {
			p++
		}
		if y[i] == 1 {
			q++
		}
		if x[i] == 1 && y[i] == 1 {
			both++
		}
	}
	p, q, both = p/n, q/n, both/n
	v := p * (1 - p) * q * (1 - q)
	if v == 0 {
		return 0, false
	}
	return (both - p*q) / math.Sqrt(v), true
}
