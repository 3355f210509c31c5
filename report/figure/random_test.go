package figure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/policy"
)

// chance draws results at their extremes: nothing, everything, very little.
type chance struct{ *rand.Rand }

func (r chance) rate() float64 {
	return []float64{0, 1, 1e-9, 0.5, r.Float64(), r.Float64() * 0.05, 1 - r.Float64()*0.01}[r.IntN(7)]
}

func (r chance) count() int64 { return []int64{0, 1, r.Int64N(20), r.Int64N(100000)}[r.IntN(4)] }

func (r chance) name() string {
	if r.IntN(2) == 0 {
		return hostile[r.IntN(len(hostile))]
	}
	return fmt.Sprintf("model-%d", r.IntN(1000))
}

func (r chance) pair() [2]float64 {
	a, b := r.rate(), r.rate()
	return [2]float64{min(a, b), max(a, b)}
}

func (r chance) certificate() certify.Certificate {
	c := certify.Certificate{Models: r.IntN(100), Overhead: []float64{0, r.rate()}[r.IntN(2)]}
	c.Kinds = certify.Kinds{AllRight: r.count(), BestRight: r.count(), Resolvable: r.count(), AllWrong: r.count(), Unknown: r.count() * int64(r.IntN(2))}
	all := float64(max(1, c.Kinds.AllRight+c.Kinds.BestRight+c.Kinds.Resolvable+c.Kinds.AllWrong+c.Kinds.Unknown))
	point, accuracy, ceiling := float64(c.Kinds.Resolvable)/all, r.rate(), r.rate()
	limits := r.pair()
	c.Gain = certify.Gain{Over: r.name(), Point: &point, Lower: limits[0], Upper: limits[1], Confidence: 0.95}
	c.Best = certify.Best{Model: []string{c.Gain.Over, r.name()}[r.IntN(2)], Accuracy: &accuracy}
	c.Ceiling.Point = &ceiling
	if r.IntN(3) > 0 {
		c.Fragile = &certify.Fragile{}
	}
	if r.IntN(4) == 0 {
		c.Gain.Point, c.Best.Accuracy, c.Ceiling.Point = nil, nil, nil
	}
	return c
}

func (r chance) slices() (out []certify.Slice) {
	for range r.IntN(40) {
		beta, best, gain, b, g := r.rate(), r.rate(), r.rate(), r.pair(), r.pair()
		s := certify.Slice{Key: r.name(), Value: r.name(), Queries: 1 + r.count(), AllWrong: r.count(), Beta: certify.Rate{Point: &beta, Lower: b[0], Upper: b[1]}}
		s.Best.Accuracy = &best
		s.Gain = certify.Gain{Point: &gain, Lower: g[0], Upper: g[1], Confidence: 0.99}
		out = append(out, s)
	}
	return out
}

func (r chance) ranged() *audit.Range {
	x := &audit.Range{Read: r.count(), Open: r.count(), Excluded: r.count(), BetaOpen: r.pair(), GainOpen: r.pair()}
	x.Graded = audit.Counts{Queries: 1 + r.count(), AllWrong: r.count(), Beta: r.rate(), Gain: r.rate()}
	x.Audited = x.Graded
	if r.IntN(3) > 0 {
		x.Audited.Beta, x.Audited.Gain = r.rate(), r.rate()
	}
	if r.IntN(2) > 0 {
		x.Control = &audit.ControlLimits{Error: 0.025, Beta: r.pair(), Gain: r.pair()}
	}
	return x
}

func (r chance) policies() *policy.Result {
	x := &policy.Result{Queries: 1 + r.count(), Confidence: 0.95}
	x.SingleBest.HeldOut, x.Oracle.Gain.Point = r.rate(), r.rate()
	if r.IntN(2) > 0 {
		x.Certificate = &policy.Certificate{Upper: r.rate()}
	}
	for range r.IntN(40) {
		g := r.rate() - r.rate()
		x.Policies = append(x.Policies, policy.Policy{Name: r.name(), Bound: []policy.Bound{"", policy.AtLeast, policy.AtMost}[r.IntN(3)], Accuracy: r.rate(), Gain: policy.Estimate{Point: g, Lower: g - r.rate(), Upper: g + r.rate()}})
	}
	return x
}

func (r chance) curve() (curve []dependence.PoolSize, x *dependence.Explanation) {
	low, high := 0.0, 0.0
	for k := 1; k < 1+r.IntN(200); k += 1 + r.IntN(k) {
		p := r.pair()
		low, high = r.Float64(), 1+r.Float64()*r.Float64()*100
		median := (low + high) / 2
		curve = append(curve, dependence.PoolSize{K: k, Mean: (p[0] + p[1]) / 2, Best: p[0], Worst: p[1], Median: &median, Low: &low, High: &high})
	}
	if r.IntN(3) == 0 {
		return curve, nil
	}
	b, a, s := r.pair(), r.rate(), r.rate()
	x = &dependence.Explanation{Result: &dependence.Result{PoolSize: curve}}
	x.Predicted.Independent.Beta, x.Predicted.SingleFactor.Beta = &a, &s
	x.Bounds.Table = dependence.TableInterval{Lower: b[0], Upper: b[1]}
	return curve, x
}

func (r chance) money() *budget.Result {
	x := &budget.Result{Queries: 1 + r.count()}
	for range r.IntN(60) {
		x.Models = append(x.Models, budget.Model{Model: r.name(), Accuracy: r.rate(), CostUSD: r.rate() * math.Pow(10, float64(r.IntN(9)-6)), OnMix: r.IntN(3) == 0})
	}
	for k := range r.IntN(30) {
		x.Oracle = append(x.Oracle, budget.Point{CostUSD: float64(k) * r.rate(), Accuracy: r.rate()})
	}
	x.Saving = budget.Saving{Over: r.name(), CostUSD: r.rate(), OracleUSD: r.rate()}
	return x
}

func (r chance) compared() *compare.Result {
	change := func() compare.Change {
		a, b := r.rate(), r.rate()
		return compare.Change{A: a, B: b, Difference: b - a, Interval: [2]float64{b - a - r.rate(), b - a + r.rate()}}
	}
	x := &compare.Result{Queries: 1 + r.count(), Models: r.IntN(40), AllWrong: change(), Best: change(), Gain: change(), EnteredCount: r.count(), LeftCount: r.count(), Confidence: 0.95}
	if r.IntN(2) > 0 {
		x.Incumbent = r.name()
	}
	for range x.Models {
		c := change()
		x.Moved = append(x.Moved, compare.Model{Model: r.name(), A: c.A, B: c.B, Difference: c.Difference, Interval: c.Interval, Moved: r.IntN(2) > 0})
	}
	return x
}

// TestRandomResults draws results that no measure would give as well as those that
// it might: nothing overlaps, is cut, leaves the paper or is not a number.
func TestRandomResults(t *testing.T) {
	drawn := map[string]int{}
	for seed := range uint64(150) {
		r := chance{rand.New(rand.NewPCG(seed, 5))}
		for _, f := range []*Figure{FourParts(r.certificate()), Slices(r.slices()), Audited(r.ranged()), Policies(r.policies()), PoolSize(r.curve()), Frontier(r.money()), Compared(r.compared())} {
			if f == nil {
				continue
			}
			drawn[f.Kind]++
			for _, fault := range append(read(t, f.SVG(Light)).faults(), outside(f.page())...) {
				t.Errorf("seed %d, %s: %s", seed, f.Kind, fault)
			}
		}
		if t.Failed() && seed > 20 {
			t.Fatal("enough")
		}
	}
	if len(drawn) != 7 {
		t.Errorf("drawn: %v", drawn)
	}
}
