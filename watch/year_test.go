package watch

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// world is a law of verdicts: who is right on query q of the stream, and in which
// slice it is. It never depends on anything but its own generator.
type world struct {
	name string
	o    Options
	gain float64 // of the incumbent
	best float64 // gain of the pool: the least G_i
	beta float64
	draw func(r *rand.Rand, q int, right []bool) (slice string)
}

// pool draws verdicts with given β: all wrong, or else independent ones that are
// not all wrong, so that the incumbent, model 0, is wrong with chance miss of
// these and some other one is right.
func drawn(r *rand.Rand, beta, miss float64, right []bool) {
	allWrong := r.Float64() < beta
	for i := range right {
		right[i] = !allWrong && r.Float64() < 0.8
	}
	if allWrong {
		return
	}
	right[0] = r.Float64() >= miss
	if !right[0] {
		right[1+r.IntN(len(right)-1)] = true
	}
}

var five = []string{"a", "b", "c", "d", "e"}

func worlds() []world {
	const beta, miss = 0.02, 0.05
	gain := (1 - beta) * miss
	// One factor: with chance .3 the query is hard and models fail together.
	// The rates of the law are known in closed form.
	hard, ph, pe := 0.3, 0.55, 0.08
	factorBeta := hard*math.Pow(ph, 5) + (1-hard)*math.Pow(pe, 5)
	factorGain := hard*ph*(1-math.Pow(ph, 4)) + (1-hard)*pe*(1-math.Pow(pe, 4))
	return []world{
		{"stated levels", Options{Models: five, Incumbent: "a", Overhead: gain, Beta: Level{High: beta}, Gain: Level{High: gain}}, gain, gain, beta,
			func(r *rand.Rand, _ int, right []bool) string { drawn(r, beta, miss, right); return "" }},
		{"learnt levels", Options{Models: five, Incumbent: "a", Overhead: gain, Both: true}, gain, gain, beta,
			func(r *rand.Rand, _ int, right []bool) string { drawn(r, beta, miss, right); return "" }},
		{"models that fail together, stated", Options{Models: five, Incumbent: "a", Overhead: factorGain, Beta: Level{High: factorBeta}, Gain: Level{High: factorGain}}, factorGain, factorGain, factorBeta,
			func(r *rand.Rand, _ int, right []bool) string {
				p := pe
				if r.Float64() < hard {
					p = ph
				}
				for i := range right {
					right[i] = r.Float64() >= p
				}
				return ""
			}},
		{"difficulty drifts, β does not", Options{Models: five, Incumbent: "a", Beta: Level{High: beta}, Gain: Level{High: 0.3}}, math.NaN(), math.NaN(), beta,
			func(r *rand.Rand, q int, right []bool) string {
				drawn(r, beta, 0.15*(1+math.Sin(float64(q)/40_000)), right)
				return ""
			}},
		{"six slices, learnt", Options{Models: five, Incumbent: "a", Overhead: gain, Slice: "topic", Beta: Level{High: beta}}, gain, gain, beta,
			func(r *rand.Rand, _ int, right []bool) string {
				s := min(r.IntN(12), 5) // half of the queries are in the last
				drawn(r, []float64{0.005, 0.01, 0.015, 0.02, 0.03, 0.0228571428571428571}[s], miss, right)
				return string(rune('A' + s))
			}},
	}
}

func seedOf(name string, replicate int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, name)
	return rand.New(rand.NewPCG(h.Sum64(), uint64(replicate)))
}

// each runs replicates on all processors; what one gives hangs on its number alone.
func each[T any](replicates int, run func(i int) T) []T {
	out := make([]T, replicates)
	var wait sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := w; i < replicates; i += runtime.GOMAXPROCS(0) {
				out[i] = run(i)
			}
		})
	}
	wait.Wait()
	return out
}

// seen is what happened in one year.
type seen struct {
	shifts, levels, verdicts int
	low, high                bool // a limit on the gain was wrong at some look
	lowBeta, highBeta        bool // or one on β
}

func (w world) year(queries, i int) seen {
	var out seen
	r := seedOf(w.name, i)
	s, err := New(w.o)
	if err != nil {
		panic(err)
	}
	right := make([]bool, len(w.o.Models))
	gain := w.best
	if w.o.Incumbent != "" {
		gain = w.gain
	}
	looked := int64(0)
	for q := range queries {
		slice := w.draw(r, q, right)
		for _, e := range s.Count(slice, right) {
			switch {
			case e.Kind == Change:
				out.shifts++
				s.rest(e)
			case e.Kind == Crossed:
				out.levels++
			case e.Kind == Verdict:
				out.verdicts++
			}
		}
		if s.All.Looked != looked {
			looked = s.All.Looked
			out.low, out.high = out.low || s.All.Lower > gain, out.high || s.All.Upper < gain
			if looked%1000 == 0 || looked < 1000 {
				low, high := s.All.BetaLimits(s.Options)
				out.lowBeta, out.highBeta = out.lowBeta || low > w.beta, out.highBeta || high < w.beta
			}
		}
	}
	return out
}

// rest lets a detector begin again after a false alarm, as a user does who finds
// that nothing has changed: the expected number of alarms is what is promised.
func (s *State) rest(e Event) {
	g := s.All
	if e.Slice != nil {
		g = s.parts[*e.Slice]
	}
	gauge := g.Beta
	if e.Rate == Gain {
		gauge = g.Gain
	}
	d := gauge.Rising
	if e.Direction == Falling {
		d = gauge.Falling
	}
	d.R, d.Changed = [len(shifts)]float64{}, 0
}

// years asserts what is promised, with three standard errors of room for chance.
func years(t *testing.T, queries, replicates int) {
	const runLength = 100_000 // so that a year holds a few
	for _, w := range worlds() {
		w.o.RunLength = runLength
		got := each(replicates, func(i int) seen { return w.year(queries, i) })
		n := float64(replicates)
		var shifts, squares, levels, verdicts, low, high, lowBeta, highBeta float64
		count := func(to *float64, b bool) {
			if b {
				*to++
			}
		}
		for _, s := range got {
			shifts, squares = shifts+float64(s.shifts), squares+float64(s.shifts*s.shifts)
			count(&levels, s.levels > 0)
			count(&verdicts, s.verdicts > 0)
			count(&low, s.low)
			count(&high, s.high)
			count(&lowBeta, s.lowBeta)
			count(&highBeta, s.highBeta)
		}
		mean := shifts / n
		allowed := float64(queries) / runLength
		spread := math.Sqrt(max(squares/n-mean*mean, 0)/n) * 3
		t.Logf("%-36s false shift alarms a year %.3f (at most %.1f) · ever: level %.2f %%, gain above %.2f %%, below %.2f %%, β above %.2f %%, below %.2f %%, a verdict %.2f %%",
			w.name, mean, allowed, 100*levels/n, 100*high/n, 100*low/n, 100*highBeta/n, 100*lowBeta/n, 100*verdicts/n)
		if mean-spread > allowed {
			t.Errorf("%s: %.2f false shift alarms in %d queries; at most %.2f are promised", w.name, mean, queries, allowed)
		}
		within := func(what string, k, alpha float64) {
			if k/n > alpha+3*math.Sqrt(alpha*(1-alpha)/n) {
				t.Errorf("%s: %s in %.1f %% of the years; at most %.1f %% are promised", w.name, what, 100*k/n, 100*alpha)
			}
		}
		within("a false level alarm or a wrong level", levels, 0.05)
		if !math.IsNaN(w.gain) {
			within("an upper limit on the gain below it", high, 0.05)
			within("a lower limit on the gain above it", low, 0.05)
		}
		within("an upper limit on β below it", highBeta, 0.025)
		within("a lower limit on β above it", lowBeta, 0.025)
	}
}

// shift is how β moves, and what is known of it before.
type shift struct {
	from, to float64
	learnt   int64 // queries of the baseline; 0: the level is stated
}

var shiftsShown = []shift{
	{0.02, 0.03, 0}, {0.02, 0.04, 0}, {0.02, 0.08, 0},
	{0.02, 0.03, 50_000}, {0.02, 0.04, 50_000}, {0.02, 0.08, 50_000},
	{0.02, 0.04, 5_000}, {0.02, 0.08, 5_000},
}

// delays measures queries from a shift to its alarm, after 10,000 queries without one.
func delays(t *testing.T, shiftsShown []shift, replicates, most int) {
	for _, x := range shiftsShown {
		got := each(replicates, func(i int) int {
			o := Options{Models: five[:2], Beta: Level{High: x.from}}
			if x.learnt > 0 {
				o.Beta, o.Baseline = Level{}, x.learnt
			}
			s, err := New(o)
			if err != nil {
				panic(err)
			}
			r := seedOf(fmt.Sprint("delay ", x), i)
			right := make([]bool, 2)
			if g := s.All.Beta; x.learnt > 0 { // of a baseline only the count matters
				for g.N < x.learnt-1 {
					if g.N++; r.Float64() < x.from {
						g.K++
					}
				}
			}
			for range 10_001 {
				drawn(r, x.from, 0.05, right)
				for _, e := range s.Count("", right) {
					if e.Kind == Change { // a false one is another table's
						s.rest(e)
					}
				}
			}
			for q := 1; q <= most; q++ {
				drawn(r, x.to, 0.05, right)
				for _, e := range s.Count("", right) {
					if e.Kind == Change {
						return q
					}
				}
			}
			return most
		})
		slices.Sort(got)
		sum, missed := 0.0, 0
		for _, q := range got {
			sum += float64(q)
			if q == most {
				missed++
			}
		}
		level := "stated"
		if x.learnt > 0 {
			level = fmt.Sprintf("learnt from %d", x.learnt)
		}
		t.Logf("β %.3f → %.3f, level %-18s: mean %6.0f queries, half within %6d, 95 %% within %6d; %d of %d not seen within %d",
			x.from, x.to, level, sum/float64(len(got)), got[len(got)/2], got[len(got)*95/100], missed, len(got), most)
		if x.to >= 2*x.from && missed > 0 {
			t.Errorf("%+v: %d of %d shifts were not seen within %d queries", x, missed, len(got), most)
		}
	}
}

// TestYear is a short year: 20,000 queries.
func TestYear(t *testing.T) { years(t, 20_000, 8) }

// TestDelays is the short form of the table in docs/watch.md.
func TestDelays(t *testing.T) { delays(t, shiftsShown[1:3], 10, 20_000) }
