package watch

import (
	"math"

	"github.com/allwrong/allwrong/prob"
)

// shifts are the factors on the odds of a hit over which R is averaged. A shift
// that lies between two of them is seen nearly as fast as by the better of the two.
var shifts = [...]float64{1.2, 1.4, 1.7, 2.2, 3, 4.5, 8, 16}

// Detector holds the evidence against "the chance of a hit is at most Level".
type Detector struct {
	Level   float64              `json:"level"`   // in (0, 1)
	N       int64                `json:"queries"` // counted since the level is known
	K       int64                `json:"hits"`
	R       [len(shifts)]float64 `json:"r"`
	Crossed int64                `json:"crossed"` // N at the level alarm; 0: none
	Changed int64                `json:"changed"` // N at the change alarm; 0: none. R rests from then on.

	hit, miss [len(shifts)]float64 // likelihood ratios, computed from Level when first needed
}

func newDetector(level float64) *Detector {
	if !(level > 0 && level < 1) {
		return nil // a rate cannot pass 1
	}
	return &Detector{Level: level}
}

// ratios are those of a rate whose odds are shifted to the level.
func (d *Detector) ratios() {
	odds := d.Level / (1 - d.Level)
	for j, s := range shifts {
		d.hit[j] = s / (1 + s*odds) * (1 + odds) // p₁/p₀, p₁ = s·odds/(1 + s·odds)
		d.miss[j] = (1 + odds) / (1 + s*odds)    // (1 − p₁)/(1 − p₀)
	}
}

// count takes up one more query. budget is what the alarms may spend: the share
// of one false alarm in A queries, and a chance for ever.
func (d *Detector) count(hit bool, b budget) (crossed, changed bool) {
	if d.hit[0] == 0 {
		d.ratios()
	}
	d.N++
	by := &d.miss
	if hit {
		d.K++
		by = &d.hit
	}
	if d.Changed == 0 {
		for j := range d.R {
			d.R[j] = (1 + d.R[j]) * by[j]
		}
		if changed = d.change(b) >= 1; changed {
			d.Changed = d.N
		}
	}
	// A miss lowers the e-value, so only a hit can carry it over the line.
	if hit && d.Crossed == 0 && float64(d.K) > d.Level*float64(d.N) {
		if crossed = d.logLevel() >= -math.Log(b.chance); crossed {
			d.Crossed = d.N
		}
	}
	return crossed, changed
}

// change is the statistic as a part of what raises an alarm.
func (d *Detector) change(b budget) float64 {
	sum := 0.0
	for _, r := range d.R {
		sum += r
	}
	return sum / float64(len(d.R)) * b.perQuery
}

// logLevel is the logarithm of the e-value against "at most Level", over all
// queries that were counted.
func (d *Detector) logLevel() float64 {
	return prob.LogMixtureAbove(d.N-d.K, d.N, 1-d.Level)
}

// budget is what one detector may spend.
type budget struct {
	perQuery float64 // weight/A: false alarms per query, at most
	chance   float64 // of a level alarm that is false, ever
	learning float64 // chance that a learnt level is wrong
}
