package watch

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The statistic by its definition, Σ over the moments at which the change may have
// come of the product of all likelihood ratios since, in 200 bits.
func slowChange(level float64, hits []bool) float64 {
	exact := func(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }
	p0, one := exact(level), exact(1)
	total := exact(0)
	for _, s := range shifts {
		odds := new(big.Float).Quo(p0, new(big.Float).Sub(one, p0))
		odds.Mul(odds, exact(s))
		p1 := new(big.Float).Quo(odds, new(big.Float).Add(one, odds))
		hit := new(big.Float).Quo(p1, p0)
		miss := new(big.Float).Quo(new(big.Float).Sub(one, p1), new(big.Float).Sub(one, p0))
		for from := range hits {
			product := exact(1)
			for _, h := range hits[from:] {
				if h {
					product.Mul(product, hit)
				} else {
					product.Mul(product, miss)
				}
			}
			total.Add(total, product)
		}
	}
	x, _ := new(big.Float).Quo(total, exact(float64(len(shifts)))).Float64()
	return x
}

// The e-value by its definition: with rate sin²θ Jeffreys' law is uniform in θ.
func slowLevel(level float64, k, n int64) float64 {
	const nodes = 200_000
	from := math.Asin(math.Sqrt(level))
	step := (math.Pi/2 - from) / nodes
	sum := 0.0
	for i := range nodes {
		p := math.Pow(math.Sin(from+(float64(i)+0.5)*step), 2)
		sum += math.Exp(float64(k)*math.Log(p/level) + float64(n-k)*math.Log((1-p)/(1-level)))
	}
	return sum / nodes
}

var quiet = budget{perQuery: 1e-40, chance: 1e-300, learning: 1e-3}

func TestDetectorByItsDefinition(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		level, rate := 0.005+0.6*r.Float64(), r.Float64()
		d := newDetector(level)
		var hits []bool
		for range 1 + r.IntN(60) {
			hits = append(hits, r.Float64() < rate)
			d.count(hits[len(hits)-1], quiet)
		}
		if got, want := d.change(budget{perQuery: 1}), slowChange(level, hits); math.Abs(got-want) > 1e-12*want {
			t.Errorf("seed %d: statistic %v, want %v by its definition", seed, got, want)
		}
		if got, want := math.Exp(d.logLevel()), slowLevel(level, d.K, d.N); math.Abs(got-want) > 1e-8*want && float64(d.K) > level*float64(d.N) {
			t.Errorf("seed %d: e-value %v, want %v by its definition", seed, got, want)
		}
	}
}

// Over all sequences of twelve queries at exactly the level, the statistic's mean
// is the number of queries and the e-value's is at most 1; both are less below it.
func TestDetectorMeans(t *testing.T) {
	for _, level := range []float64{0.02, 0.3, 0.9} {
		for _, rate := range []float64{level, level / 2} {
			change, ever := 0.0, 0.0
			const n = 12
			for word := range 1 << n {
				d, chance := newDetector(level), 1.0
				for i := range n {
					hit := word>>i&1 == 1
					d.count(hit, quiet)
					if hit {
						chance *= rate
					} else {
						chance *= 1 - rate
					}
				}
				change += chance * d.change(budget{perQuery: 1})
				ever += chance * math.Exp(d.logLevel())
			}
			if change > n*(1+1e-12) || rate == level && change < n*(1-1e-12) {
				t.Errorf("level %v, rate %v: the statistic's mean is %v after %d queries", level, rate, change, n)
			}
			if ever > 1+1e-12 {
				t.Errorf("level %v, rate %v: the e-value's mean is %v", level, rate, ever)
			}
		}
	}
}

// An alarm comes once, at the first query at which the evidence suffices.
func TestDetectorAlarms(t *testing.T) {
	d := newDetector(0.02)
	b := budget{perQuery: 1e-4, chance: 0.01}
	changed, crossed := 0, 0
	for n := 1; n <= 200; n++ {
		before := d.change(b)
		x, c := d.count(true, b)
		if c {
			changed++
			if before >= 1 || d.change(b) < 1 || d.Changed != int64(n) {
				t.Errorf("query %d: alarm with evidence %v after %v", n, d.change(b), before)
			}
		}
		if x {
			crossed++
		}
	}
	if changed != 1 || crossed != 1 || d.K != 200 {
		t.Errorf("%d shift and %d level alarms of 200 hits, %d counted", changed, crossed, d.K)
	}
	for _, level := range []float64{0, 1, math.NaN()} {
		if newDetector(level) != nil {
			t.Errorf("a level of %v can be passed", level)
		}
	}
}
