package dependence

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// drawn is a matrix of models with a common difficulty.
func drawn(t testing.TB, seed uint64, models, queries int, shock float64) *outcome.Matrix {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	var names []string
	planes := make([][]uint64, models)
	for i := range planes {
		names = append(names, fmt.Sprintf("m%02d", i))
		planes[i] = outcome.NewMask(queries)
	}
	for q := range queries {
		z, all := r.NormFloat64(), r.Float64() < shock
		for i := range planes {
			if !all && r.NormFloat64()+1.1*z < 0.2+float64(i)/float64(models) {
				outcome.Mask(planes[i]).Set(q)
			}
		}
	}
	m, err := outcome.NewMatrix(names, queries, planes, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wrongs(m *outcome.Matrix) [][]float64 {
	out := make([][]float64, len(m.Models()))
	for i := range out {
		for c := range m.Columns() {
			for range m.Weight(c) {
				x := 1.0
				if m.Right(i, c) {
					x = 0
				}
				out[i] = append(out[i], x)
			}
		}
	}
	return out
}

// Every measure against its definition, computed from the verdicts one by one.
func TestPairsByDefinition(t *testing.T) {
	m := drawn(t, 1, 7, 201, .03)
	r, err := Predict(context.Background(), m, nil, Options{Replicates: 3, Pools: 3})
	if err != nil {
		t.Fatal(err)
	}
	w := wrongs(m)
	n := float64(len(w[0]))
	var phi, q, kappa, joint, product float64
	pairs := 0.0
	for i := range w {
		for j := range i {
			var a, b, c, d float64
			for k := range w[i] {
				switch x, y := w[i][k], w[j][k]; {
				case x == 1 && y == 1:
					a++
				case x == 1:
					b++
				case y == 1:
					c++
				default:
					d++
				}
			}
			phi += (a*d - b*c) / math.Sqrt((a+b)*(c+d)*(a+c)*(b+d))
			q += (a*d - b*c) / (a*d + b*c)
			pe := ((a+b)*(a+c) + (c+d)*(b+d)) / n / n
			kappa += ((a+d)/n - pe) / (1 - pe)
			joint += a / n
			product += (a + b) / n * (a + c) / n
			pairs++
		}
	}
	for name, c := range map[string][2]float64{
		"phi": {*r.Pairs.Pearson.Mean, phi / pairs}, "Q": {*r.Pairs.YuleQ.Mean, q / pairs}, "kappa": {*r.Pairs.Kappa.Mean, kappa / pairs},
		"co-failure": {r.Pairs.CoFailure.Mean, joint / pairs}, "excess": {r.Pairs.CoFailure.Excess, (joint - product) / pairs},
		"effective": {*r.Pairs.EffectiveModels, 7 / (1 + 6*phi/pairs)},
	} {
		if math.Abs(c[0]-c[1]) > 1e-13 {
			t.Errorf("%s: %v, want %v", name, c[0], c[1])
		}
	}
	// The excess is a function of the margins alone.
	m1, variance, share := float64(len(w)), 0.0, 0.0
	var fs []float64
	for k := range w[0] {
		f := 0.0
		for i := range w {
			f += w[i][k] / m1
		}
		fs = append(fs, f)
		share += f / n
	}
	for _, f := range fs {
		variance += (f - share) * (f - share) / n
	}
	between := 0.0
	for i := range w {
		p := 0.0
		for _, x := range w[i] {
			p += x / n
		}
		between += (p - share) * (p - share) / m1
	}
	if want := (m1*variance + between - share*(1-share)) / (m1 - 1); math.Abs(r.Pairs.CoFailure.Excess-want) > 1e-13 {
		t.Errorf("excess %v, from margins %v", r.Pairs.CoFailure.Excess, want)
	}
}

// Pools of every size against all subsets.
func TestPoolSizesByEnumeration(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		m := drawn(t, 2, 9, 120, .05)
		if weighted {
			m = m.Merge()
		}
		r, err := Predict(context.Background(), m, nil, Options{Replicates: 3, Pools: 5})
		if err != nil {
			t.Fatal(err)
		}
		w := wrongs(m)
		for _, p := range r.PoolSize {
			sum, sets, best, worst := 0.0, 0.0, 2.0, -1.0
			for set := range 1 << 9 {
				k, missed := 0, 0.0
				for i := range 9 {
					k += set >> i & 1
				}
				if k != p.K {
					continue
				}
				for q := range w[0] {
					all := 1.0
					for i := range 9 {
						if set>>i&1 == 1 {
							all *= w[i][q]
						}
					}
					missed += all / float64(len(w[0]))
				}
				sum, sets, best, worst = sum+missed, sets+1, min(best, missed), max(worst, missed)
			}
			if math.Abs(p.Mean-sum/sets) > 1e-14 || math.Abs(p.Best-best) > 1e-14 || math.Abs(p.Worst-worst) > 1e-14 || !p.Exact {
				t.Errorf("k = %d: %+v, want %v, %v, %v", p.K, p, sum/sets, best, worst)
			}
		}
	}
}

// Greedy pools lie between the exact ones and can only be worse.
func TestGreedyPools(t *testing.T) {
	m := drawn(t, 3, 12, 300, .02)
	e := m.Errors(nil)
	q := &missed{weigh: m.Weigh}
	for w := range 5 {
		q.all = append(q.all, m.All(w))
	}
	for i := range 12 {
		q.planes = append(q.planes, e.Plane(i))
	}
	best, worst := q.greedy(false), q.greedy(true)
	for k := 1; k < 12; k++ {
		low, high, exact := q.extremes(k, best, worst)
		if !exact || low > best[k-1] || high < worst[k-1] || k == 1 && (low != best[0] || high != worst[0]) {
			t.Errorf("k = %d: exact %d…%d, greedy %d…%d", k, low, high, best[k-1], worst[k-1])
		}
	}
}

// The extremes are those of all pools, one by one, however queries are held:
// packed to those that a pool of this size can miss, or weighed in their places.
func TestExtremes(t *testing.T) {
	m := drawn(t, 5, 9, 400, .03)
	e := m.Errors(nil)
	plain, weighed := &missed{}, &missed{weigh: m.Weigh}
	for w := range 7 {
		plain.all = append(plain.all, m.All(w))
	}
	for i := range 9 {
		plain.planes = append(plain.planes, e.Plane(i))
	}
	weighed.all, weighed.planes = plain.all, plain.planes
	best, worst := plain.greedy(false), plain.greedy(true)
	for k := 1; k <= 9; k++ {
		low, high := int64(400), int64(-1)
		for pool := range 1 << 9 {
			if bits.OnesCount(uint(pool)) != k {
				continue
			}
			row := plain.all
			for i := range 9 {
				if pool>>i&1 == 1 {
					row = and(nil, row, plain.planes[i])
				}
			}
			low, high = min(low, plain.count(row)), max(high, plain.count(row))
		}
		for name, q := range map[string]*missed{"plain": plain, "weighed": weighed} {
			if a, b, exact := q.extremes(k, best, worst); a != low || b != high || !exact {
				t.Errorf("%s, k = %d: %d…%d, exact %v; want %d…%d", name, k, a, b, exact, low, high)
			}
		}
	}
}

// The same bytes at any number of processors, and others for another seed.
func TestPredictSameBytes(t *testing.T) {
	m := drawn(t, 4, 10, 150, .04)
	run := func(procs int, seed uint64) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		calls := 0
		r, err := Predict(context.Background(), m, nil, Options{Replicates: 40, Pools: 20, Seed: seed, Progress: func(string, int, int) { calls++ }})
		if err != nil || calls < 40 {
			t.Fatal(err, calls)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	one := run(1, 7)
	if four := run(4, 7); four != one {
		t.Errorf("four processors give\n%s\none gives\n%s", four, one)
	}
	if run(1, 8) == one {
		t.Error("the seed changes nothing")
	}
}

// Nothing that data can be makes a number that is none.
func TestPredictDegenerate(t *testing.T) {
	build := func(rows ...string) *outcome.Matrix { // a row a model: 1 right, 0 wrong
		t.Helper()
		var names []string
		var planes [][]uint64
		for i, row := range rows {
			p := outcome.NewMask(len(row))
			for c := range row {
				if row[c] == '1' {
					p.Set(c)
				}
			}
			names, planes = append(names, string(rune('a'+i))), append(planes, p)
		}
		m, err := outcome.NewMatrix(names, len(rows[0]), planes, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, m := range map[string]*outcome.Matrix{
		"never wrong":       build("1111", "0101", "0011"),
		"always wrong":      build("0000", "0101", "0011"),
		"all always wrong":  build("000", "000"),
		"all always right":  build("111", "111"),
		"twins":             build("0101", "0101", "0011"),
		"two models":        build("0101", "0011"),
		"opposites":         build("0101", "1010"),
		"one query":         build("0", "0", "1"),
		"one query, missed": build("0", "0"),
		"no co-failure":     build("0111", "1011", "1101", "1110"),
		"beta is zero":      build("0011011", "1100110", "0111100"),
	} {
		r, err := Predict(context.Background(), m, nil, Options{Replicates: 50, Pools: 10})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range []Prediction{r.Predicted.Independent, r.Predicted.SingleFactor, r.Predicted.Gaussian, r.Predicted.Clayton} {
			if p.Ratio == nil && p.Reason == "" {
				t.Errorf("%s: no ratio and no reason: %+v", name, p)
			}
		}
	}
	for name, m := range map[string]*outcome.Matrix{"one model": build("01"), "no query": build("", "")} {
		if _, err := Predict(context.Background(), m, nil, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAgreement(t *testing.T) {
	s := outcome.NewSet()
	s.KeepAnswers = true
	for _, line := range strings.Fields("q1/a/A/wrong q1/b/A/wrong q2/a/B/wrong q2/b/C/wrong q3/a/D/right q3/b/D/wrong q4/a//wrong q4/b/A/wrong q5/a/E/wrong q5/b/E/wrong") {
		f := strings.Split(line, "/")
		v, err := outcome.ParseVerdict(f[3])
		if err == nil {
			err = s.Add(&outcome.Record{Query: f[0], Model: f[1], Answer: f[2], Verdict: v, Family: "one"}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := Predict(context.Background(), s.Matrix(outcome.MatrixOptions{}), s.Detail(outcome.MatrixOptions{}), Options{Replicates: 1})
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Pairs.Agreement; a == nil || *a.Mean != 2.0/3 || *a.Within != 2.0/3 || a.Across != nil {
		t.Errorf("%+v", a)
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Predict(ctx, drawn(t, 5, 5, 50, .1), nil, Options{}); err != context.Canceled {
		t.Errorf("%v", err)
	}
}
