package agreement

import (
	"math/rand/v2"
	"testing"
)

// A law by which labels are drawn: a unit has a true label of which some are
// rarer; a rater reports it with some probability, and else draws from habit. The
// agreement of two raters has a closed form, and so has κ.
type law struct {
	name    string
	share   []float64 // of true labels, and habits
	faith   float64   // probability to report the true label
	missing float64   // probability of a gap
	units   int
}

// kappa is that of the law, and α too: raters are exchangeable, so that both
// correct by Σ share².
func (l law) kappa() float64 { return l.faith * l.faith }

func (l law) draw(rng *rand.Rand, raters int) [][]string {
	pick := func() string {
		u := rng.Float64()
		for i, s := range l.share {
			if u -= s; u < 0 {
				return string(rune('a' + i))
			}
		}
		return "a"
	}
	out := make([][]string, raters)
	for range l.units {
		truth := pick()
		for r := range out {
			label := truth
			if rng.Float64() >= l.faith {
				label = pick()
			}
			if rng.Float64() < l.missing {
				label = ""
			}
			out[r] = append(out[r], label)
		}
	}
	return out
}

// Intervals hold the truth about as often as they say. Where κ is not defined,
// nothing is claimed, and the draw counts as covered.
func TestCoverage(t *testing.T) {
	even, skew, rare := []float64{0.5, 0.5}, []float64{0.8, 0.2}, []float64{0.95, 0.05}
	four := []float64{0.4, 0.3, 0.2, 0.1}
	for _, l := range []law{
		{"even", even, 0.7, 0, 50}, {"even, faithful", even, 0.97, 0, 50}, {"even, chance", even, 0, 0, 50},
		{"skew", skew, 0.7, 0.1, 60}, {"skew, faithful", skew, 0.95, 0.1, 60}, {"skew, large", skew, 0.8, 0, 400},
		{"rare", rare, 0.8, 0, 100}, {"rare, large", rare, 0.8, 0, 400},
		{"four labels", four, 0.8, 0.2, 40}, {"four labels, few units", four, 0.9, 0, 20},
	} {
		const draws = 1500
		rng := rand.New(rand.NewPCG(5, uint64(len(l.name))))
		two, five := 0, 0
		for range draws {
			x := l.draw(rng, 5)
			k, err := Kappa(x[0], x[1], Options{})
			if err != nil {
				t.Fatal(err)
			}
			a, err := Alpha(x, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if k.Value == nil || *k.Low <= l.kappa() && l.kappa() <= *k.High {
				two++
			}
			if a.Value == nil || *a.Low <= l.kappa() && l.kappa() <= *a.High {
				five++
			}
		}
		t.Logf("%-24s κ %.3f  α %.3f", l.name, float64(two)/draws, float64(five)/draws)
		if floor := 0.925 * draws; float64(two) < floor || float64(five) < floor {
			t.Errorf("%s: κ is covered in %d, α in %d of %d draws at 95%%", l.name, two, five, draws)
		}
	}
}
