//go:build coverage

// Error rates by simulation: what the comparison with fixed margins finds in
// worlds whose law is known, and how often the bootstrap's interval holds the
// true ratio. The tables of docs/explain.md come from
//
//	go test -tags coverage -run Coverage -v -timeout 30m ./dependence
package dependence

import (
	"context"
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
	"github.com/allwrong/allwrong/simulate"
)

func TestCoverageWorlds(t *testing.T) {
	const worlds = 1000
	t.Logf("%-33s %7s %7s %6s %6s %6s %6s %6s", "", "router", "slices", "more", "next", "fewer", "slice", "√n·D")
	for _, c := range controls {
		r := watch(t, c, worlds, 1000, true)
		share := func(n int) float64 { return 100 * float64(n) / worlds }
		t.Logf("%-33s %6.2f%% %6.2f%% %5.1f%% %5.1f%% %5.1f%% %5.1f%% %6.2f", c.name, 100*r.router, 100*r.sliceGain,
			share(r.more), share(r.next), share(r.fewer), share(r.slice), kolmogorov(r.uniform))
		if c.name == "Rasch" && (share(r.more) > 7.1 || share(r.next) > 7.1 || share(r.slice) > 7.1 || kolmogorov(r.uniform) > 1.95) {
			t.Errorf("%s: the null is rejected too often: %+v", c.name, r)
		}
	}
}

// law draws pools whose true ratio is known.
type law struct {
	name string
	simulate.Options
	sets, replicates int
}

var ratioLaws = []law{
	{"single factor, 12 × 400", simulate.Options{Law: simulate.SingleFactor, Models: 12, Queries: 400, Lowest: 0.5, Highest: 0.85, Rho: 0.6}, 600, 500},
	{"single factor, 12 × 150", simulate.Options{Law: simulate.SingleFactor, Models: 12, Queries: 150, Lowest: 0.5, Highest: 0.85, Rho: 0.6}, 600, 500},
	{"shock 4 %, 12 × 400", simulate.Options{Law: simulate.CommonShock, Models: 12, Queries: 400, Lowest: 0.5, Highest: 0.9, Rho: 0.5, Shock: 0.04}, 600, 500},
	{"shock 1 %, 12 × 400", simulate.Options{Law: simulate.CommonShock, Models: 12, Queries: 400, Lowest: 0.5, Highest: 0.9, Rho: 0.5, Shock: 0.01}, 600, 500},
	{"shock 4 %, 30 × 330", simulate.Options{Law: simulate.CommonShock, Models: 30, Queries: 330, Lowest: 0.5, Highest: 0.9, Rho: 0.5, Shock: 0.04}, 300, 300},
	{"shock 3 %, 67 × 330", simulate.Options{Law: simulate.CommonShock, Models: 67, Queries: 330, Lowest: 0.45, Highest: 0.94, Rho: 0.55, Shock: 0.03}, 120, 200},
}

// truth is the ratio of the law itself: β over what the single factor makes of
// the true rates and the true mean tetrachoric correlation.
func (l law) truth(t *testing.T) float64 {
	t.Helper()
	shock := 0.0
	if l.Law == simulate.CommonShock {
		shock = l.Shock
	}
	var inner, outer []float64
	for i := range l.Models {
		wrong := 1 - l.Accuracy(i)
		inner = append(inner, prob.NormalQuantile((wrong-shock)/(1-shock)))
		outer = append(outer, prob.NormalQuantile(wrong))
	}
	sum, pairs := 0.0, 0.0
	for i := range inner {
		for j := range i {
			joint := shock + (1-shock)*prob.BivariateNormalCDF(inner[i], inner[j], l.Rho)
			low, high := 0.0, 1.0
			for range 60 {
				if mid := (low + high) / 2; prob.BivariateNormalCDF(outer[i], outer[j], mid) < joint {
					low = mid
				} else {
					high = mid
				}
			}
			sum, pairs = sum+low, pairs+1
		}
	}
	beta := shock + (1-shock)*math.Exp(prob.SingleFactorAllWrong(inner, l.Rho))
	return beta / math.Exp(prob.SingleFactorAllWrong(outer, sum/pairs))
}

func TestCoverageRatio(t *testing.T) {
	t.Logf("%-25s %8s %7s %7s %7s %7s", "", "true", "covers", "below", "above", "none")
	for _, l := range ratioLaws {
		t.Run(l.name, l.cover)
	}
}

func (l law) cover(t *testing.T) {
	truth := l.truth(t)
	var below, above, none int
	var mu sync.Mutex
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for k := range l.sets {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			low, high := l.interval(t, uint64(k)+1)
			mu.Lock()
			defer mu.Unlock()
			count(&none, low == nil)
			count(&below, low != nil && *high < truth)
			count(&above, low != nil && *low > truth)
		})
	}
	wg.Wait()
	n := float64(l.sets)
	covers := 1 - float64(below+above+none)/n
	t.Logf("%-25s %8.3f %6.1f%% %6.1f%% %6.1f%% %6.1f%%", l.name, truth, 100*covers, 100*float64(below)/n, 100*float64(above)/n, 100*float64(none)/n)
	if covers < 0.75 {
		t.Errorf("%s: an interval of 90 %% covers %.1f %%", l.name, 100*covers)
	}
}

// interval bootstraps the single factor's ratio on one data set.
func (l law) interval(t *testing.T, seed uint64) (low, high *float64) {
	o := l.Options
	o.Seed = seed
	m, err := simulate.Matrix(o)
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	a := &analysis{matrix: outcome.FromPatterns(m.Models(), m.Patterns(nil)), n: int64(l.Queries)}
	a.count()
	a.tet = tetrachorics(a.counts, nil, nil)
	b := &bootstrap{matrix: a.matrix, errors: a.errors, all: a.all, start: a.tet, seed: seed, replicates: l.replicates}
	b.prepare()
	ratios, err := b.run(context.Background())
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	low, high, _ = band(ratios[singleFactor])
	return low, high
}
