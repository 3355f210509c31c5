package dependence

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// topical gives a matrix with a topic on which some models are better, and the
// same as patterns, weights and topics in another order.
func topical(t *testing.T, models, queries int) (single, weighted *outcome.Matrix) {
	t.Helper()
	m := drawn(t, 8, models, queries, .04)
	topics := make([]string, queries)
	r := rand.New(rand.NewPCG(2, 3))
	for q := range topics {
		topics[q] = []string{"law", "music", "art"}[r.IntN(3)]
	}
	single = m.WithLabels("topic", topics)
	groups := single.GroupAlike([]string{"topic"})
	r.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	var patterns []outcome.Pattern
	var labels []string
	for _, g := range groups {
		patterns, labels = append(patterns, g.Pattern), append(labels, single.Label("topic", g.Column))
	}
	return single, outcome.FromPatterns(m.Models(), patterns).WithLabels("topic", labels)
}

// unlisted is the JSON of an explanation without what only named queries have.
func unlisted(t *testing.T, x *Explanation) string {
	t.Helper()
	x.Sources.Lists = SourceLists{}
	for k := range x.Luck.Rescues {
		x.Luck.Rescues[k].List = nil
	}
	named := func(w Warning) bool { return w.Code == "no-ids" }
	x.Sources.Warnings, x.Luck.Warnings = slices.DeleteFunc(x.Sources.Warnings, named), slices.DeleteFunc(x.Luck.Warnings, named)
	b, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestExplainWeighted: single queries and their patterns are explained alike, to
// the last bit: also where they are sampled, and where the bootstrap counts.
func TestExplainWeighted(t *testing.T) {
	for _, c := range []struct{ models, queries int }{{9, 260}, {4, 3000}} {
		single, weighted := topical(t, c.models, c.queries)
		o := ExplainOptions{Options: Options{Seed: 3, Replicates: 40, Pools: 20}}
		a, err := Explain(t.Context(), single, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Explain(t.Context(), weighted, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := unlisted(t, a), unlisted(t, b); x != y {
			t.Errorf("%d models: %s", c.models, firstDifference(x, y))
		}
		lo := LuckOptions{Queries: 150, Draws: 60, Seed: 5, Slices: []string{"topic"}}
		la, err := Luck(t.Context(), single, lo)
		if err != nil {
			t.Fatal(err)
		}
		lb, err := Luck(t.Context(), weighted, lo)
		if err != nil {
			t.Fatal(err)
		}
		if la.Queries != 150 || !strings.Contains(string(text(t, la.Warnings)), "sampled") {
			t.Errorf("%d queries: %v", la.Queries, la.Warnings)
		}
		for k := range la.Rescues {
			la.Rescues[k].List, lb.Rescues[k].List = nil, nil
		}
		la.Warnings, lb.Warnings = nil, nil
		if x, y := string(text(t, la)), string(text(t, lb)); x != y {
			t.Errorf("luck of %d models: %s", c.models, firstDifference(x, y))
		}
	}
}

// TestExplainMerged: so do columns that not every model answered, which are left out of either.
func TestExplainMerged(t *testing.T) {
	whole := drawn(t, 12, 6, 400, .04)
	right, observed := make([][]uint64, 6), make([][]uint64, 6)
	for i := range right {
		right[i], observed[i] = outcome.NewMask(400), outcome.NewMask(400)
		for q := range 400 {
			if (q*7+i)%31 > 0 {
				outcome.Mask(observed[i]).Set(q)
				if whole.Right(i, q) {
					outcome.Mask(right[i]).Set(q)
				}
			}
		}
	}
	m, err := outcome.NewMatrix(whole.Models(), 400, right, observed, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := ExplainOptions{Options: Options{Seed: 1, Replicates: 30, Pools: 5}}
	a, err := Explain(t.Context(), m, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Explain(t.Context(), m.Merge(), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := unlisted(t, a), unlisted(t, b); x != y || a.Queries == 400 {
		t.Errorf("%d queries: %s", a.Queries, firstDifference(x, y))
	}
}

func firstDifference(x, y string) string {
	xs, ys := strings.Split(x, "\n"), strings.Split(y, "\n")
	for k := range xs {
		if k >= len(ys) || xs[k] != ys[k] {
			return xs[k] + " against " + ys[min(k, len(ys)-1)]
		}
	}
	return "one goes on"
}

// heavy gives the patterns of a matrix weights whose sum is about n.
func heavy(m *outcome.Matrix, n int64) *outcome.Matrix {
	patterns := m.Patterns(nil)
	total := int64(0)
	for _, p := range patterns {
		total += p.Weight
	}
	for i := range patterns {
		patterns[i].Weight *= n / total
	}
	return outcome.FromPatterns(m.Models(), patterns)
}

// TestExplainHuge: billions of queries are explained as quickly as thousands, no
// number is lost, and what is known of the patterns alone does not change.
func TestExplainHuge(t *testing.T) {
	m := drawn(t, 9, 7, 2000, .04)
	o := ExplainOptions{Options: Options{Seed: 3, Replicates: 30, Pools: 20}}
	var small *Explanation
	last := math.Inf(1)
	for _, n := range []int64{2000, 1e9, 1e11} {
		from := time.Now()
		x, err := Explain(t.Context(), heavy(m, n), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d queries in %d patterns: %v", x.Queries, len(m.Patterns(nil)), time.Since(from))
		if _, err := json.Marshal(x); err != nil {
			t.Errorf("%d queries: %v", n, err)
		}
		p := x.Predicted.SingleFactor
		if p.Lower == nil || *p.Lower > *p.Ratio || *p.Upper < *p.Ratio || *p.Upper-*p.Lower >= last {
			t.Fatalf("%d queries: ratio %v in %v", n, p.Ratio, text(t, p))
		}
		last = *p.Upper - *p.Lower
		if small == nil {
			small = x
			continue
		}
		if x.Beta != small.Beta || math.Abs(*p.Ratio / *small.Predicted.SingleFactor.Ratio - 1) > 1e-9 ||
			math.Abs(x.Bounds.Table.Upper-small.Bounds.Table.Upper) > 1e-9 || math.Abs(x.Sources.Gain-small.Sources.Gain) > 1e-12 {
			t.Errorf("%d queries: β %v, ratio %v, table %v, gain %v; of few: %v, %v, %v, %v", n, x.Beta, *p.Ratio, x.Bounds.Table.Upper, x.Sources.Gain,
				small.Beta, *small.Predicted.SingleFactor.Ratio, small.Bounds.Table.Upper, small.Sources.Gain)
		}
		if a := x.Atom; a.Omega == nil || math.Abs(*a.Omega-*small.Atom.Omega) > 2e-3 || *a.PValue > 0.01 {
			t.Errorf("%d queries: common mode %s, of few %s", n, text(t, a), text(t, small.Atom))
		}
		if x.Luck.Queries != 50_000 || x.Router.Queries != 2000 {
			t.Errorf("%d queries: %d for luck, %d for the router", n, x.Luck.Queries, x.Router.Queries)
		}
	}
}

// TestBootstrapLaw: resampled numbers of patterns give the ratios that resampled
// queries give, which a slow second way draws and counts one by one.
func TestBootstrapLaw(t *testing.T) {
	m := drawn(t, 10, 6, 1500, .05)
	a := &analysis{matrix: outcome.FromPatterns(m.Models(), m.Patterns(nil)), n: m.Size(nil)}
	a.count()
	a.tet = tetrachorics(a.counts, nil, nil)
	b := &bootstrap{matrix: a.matrix, errors: a.errors, all: a.all, start: a.tet, seed: 1, replicates: 2000}
	b.prepare()
	ratios, err := b.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x := slices.Sorted(slices.Values(ratios[independent]))
	r := rand.New(rand.NewPCG(3, 3))
	var y []float64
	for range 2000 {
		log, all := 0.0, 0.0
		wrong := make([]float64, 6)
		for range 1500 {
			q, some := r.IntN(1500), false
			for i := range wrong {
				if m.Right(i, q) {
					some = true
				} else {
					wrong[i]++
				}
			}
			if !some {
				all++
			}
		}
		for _, k := range wrong {
			log += math.Log(k / 1500)
		}
		y = append(y, all/1500/math.Exp(log))
	}
	slices.Sort(y)
	// Two samples of one law: the largest distance of their distribution functions.
	i, j, most := 0, 0, 0.0
	for i < 2000 && j < 2000 {
		if x[i] <= y[j] {
			i++
		} else {
			j++
		}
		most = math.Max(most, math.Abs(float64(i-j))/2000)
	}
	if limit := 1.95 * math.Sqrt(2./2000); most > limit { // 0.1 %
		t.Errorf("distribution functions differ by %.4f, want at most %.4f", most, limit)
	}
}

// TestOneFactor: the chances of all patterns add up, have the wrong rates, and the
// chance that all are wrong is that of another integration.
func TestOneFactor(t *testing.T) {
	for _, rho := range []float64{0, 0.2, 0.8, 0.99} {
		d := &failures{n: 1e9, wrong: []float64{0.02, 0.3, 0.31, 0.5, 0.9}}
		f := d.oneFactor(rho)
		total, wrong := 0.0, make([]float64, len(d.wrong))
		for s, p := range f.chance {
			total += p
			for i := range wrong {
				if s>>i&1 == 0 {
					wrong[i] += p
				}
			}
		}
		if math.Abs(total-1) > 1e-12 {
			t.Errorf("ρ = %v: the chances add up to %v", rho, total)
		}
		for i, p := range wrong {
			if math.Abs(p-d.wrong[i]) > 1e-12 {
				t.Errorf("ρ = %v: model %d is wrong on %v, want %v", rho, i, p, d.wrong[i])
			}
		}
		if want := math.Exp(prob.SingleFactorAllWrong(f.threshold, rho)); math.Abs(f.chance[0]/want-1) > 1e-8 {
			t.Errorf("ρ = %v: all are wrong on %v, want %v", rho, f.chance[0], want)
		}
		got := f.draw(rand.New(rand.NewPCG(1, 1))).Count(nil)
		if got.Queries != 1e9 {
			t.Errorf("ρ = %v: %d queries drawn", rho, got.Queries)
		}
		for i, right := range got.Right {
			p := d.wrong[i]
			if z := (float64(1e9-right) - 1e9*p) / math.Sqrt(1e9*p*(1-p)); math.Abs(z) > 5 {
				t.Errorf("ρ = %v: model %d is %v deviations off", rho, i, z)
			}
		}
	}
}
