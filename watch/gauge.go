package watch

import "github.com/allwrong/allwrong/prob"

// Gauge watches one rate of one part of the stream: it learns the level, unless
// that is stated, and then holds the rate against it.
type Gauge struct {
	N       int64     `json:"baseline_queries"` // counted to learn the level
	K       int64     `json:"baseline_hits"`
	Stated  bool      `json:"stated"`
	Rising  *Detector `json:"rising"`  // nil: not yet, or not watched
	Falling *Detector `json:"falling"` // of misses, against 1 less the lower level
}

func newGauge(l Level) *Gauge {
	g := &Gauge{}
	if l.stated() {
		g.Stated = true
		g.set(l.Low, l.High)
	}
	return g
}

func (g *Gauge) set(low, high float64) {
	g.Rising = newDetector(high)
	if low > 0 {
		g.Falling = newDetector(1 - low)
	}
}

// ready says whether there is a level.
func (g *Gauge) ready(o *Options) bool { return g.Stated || g.N >= o.Baseline }

// learn takes up one more query of the baseline. The number of queries is fixed
// beforehand, so that the limits of a fixed number hold.
func (g *Gauge) learn(hit bool, o *Options, b budget) (learnt bool) {
	g.N++
	if hit {
		g.K++
	}
	if g.N < o.Baseline {
		return false
	}
	low := 0.0
	if o.Both {
		low = prob.ClopperPearsonLower(g.K, g.N, b.learning)
	}
	g.set(low, prob.ClopperPearsonUpper(g.K, g.N, b.learning))
	return true
}
