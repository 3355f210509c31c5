package policy

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// everyPlace is a bench and the part that learns from all of it and is scored on
// all of it, so that what is learnt can be told in one breath.
func everyPlace(t testing.TB, d Data, o Options) (*bench, *part) {
	t.Helper()
	b, err := newBench(context.Background(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return b, b.newPart(b.everything(), b.everything())
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b)) }

// The witness of a vote: try every way to order the voters, let the first of the
// answers with most votes win, take the mean.
func TestPluralityIsTheMeanOverAllOrders(t *testing.T) {
	w := rich(40, 4, 1, 11)
	b, p := everyPlace(t, w.data(t, nil), Options{})
	acts := make([]act, len(p.test))
	b.plurality("", 4, nil).act(p, acts)
	ties := 0
	for at, q := range p.test {
		sum, n := 0.0, 0.0
		permutations(4, func(order []int) {
			votes := map[uint32]int{}
			var seen []uint32
			firstRight := map[uint32]float64{}
			for _, i := range order {
				a := b.answers[0][i][q]
				if a == 0 {
					continue
				}
				if votes[a]++; votes[a] == 1 {
					seen = append(seen, a)
					firstRight[a] = b.right[i][q]
				}
			}
			n++
			best := -1
			for _, a := range seen {
				if best < 0 || votes[a] > votes[seen[best]] {
					best = slices.Index(seen, a)
				}
			}
			if best >= 0 {
				sum += firstRight[seen[best]]
			}
		})
		if acts[at].tied {
			ties++
		}
		if !near(acts[at].value, sum/n) {
			t.Errorf("query %s: %v, over all orders %v", b.ids[q], acts[at].value, sum/n)
		}
	}
	if ties == 0 || ties == len(acts) {
		t.Errorf("%d of %d votes tie: the test says little", ties, len(acts))
	}
}

func permutations(n int, visit func([]int)) {
	order := make([]int, 0, n)
	var next func()
	next = func() {
		if len(order) == n {
			visit(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				next()
				order = order[:len(order)-1]
			}
		}
	}
	next()
}

// The witness of the bounds: all ways in which wrong answers can be alike.
func TestMajorityIsBetweenAllWaysToAgree(t *testing.T) {
	for right := range 5 {
		for wrong := range 5 {
			low, high := math.Inf(1), math.Inf(-1)
			partitions(wrong, func(sizes []int) {
				top, ties, won := right, 0.0, 0.0
				for _, s := range sizes {
					top = max(top, s)
				}
				for _, s := range sizes {
					if s == top {
						ties++
					}
				}
				if right == top && right > 0 {
					ties, won = ties+1, 1
				}
				v := 0.0
				if ties > 0 {
					v = won / ties
				}
				low, high = min(low, v), max(high, v)
			})
			least, _ := leastOf(float64(right), float64(wrong))
			most, _ := mostOf(float64(right), float64(wrong))
			if !near(least, low) || !near(most, high) {
				t.Errorf("%d right, %d wrong: %v to %v, want %v to %v", right, wrong, least, most, low, high)
			}
		}
	}
}

// partitions gives every way to write n as a sum.
func partitions(n int, visit func([]int)) {
	var sizes []int
	var next func(left, most int)
	next = func(left, most int) {
		if left == 0 {
			visit(sizes)
			return
		}
		for s := min(left, most); s > 0; s-- {
			sizes = append(sizes, s)
			next(left-s, s)
			sizes = sizes[:len(sizes)-1]
		}
	}
	next(n, n)
}

// Weights are ln(p/(1−p)) and a constant for all.
func TestWeightsAreLogOdds(t *testing.T) {
	w := rich(60, 5, 1, 12)
	_, p := everyPlace(t, w.data(t, nil), Options{})
	weights := p.logOdds()
	for i := range weights {
		odds := func(i int) float64 { return (p.accuracy[i]*60 + 0.5) / (60.5 - p.accuracy[i]*60) }
		if got, want := weights[i]-weights[0], math.Log(odds(i)/odds(0)); !near(got, want) {
			t.Errorf("model %d: %v more than model 0, want %v", i, got, want)
		}
	}
	// Independent voters between two answers: the weighted vote is the likelier answer.
	two := tally{}
	two.cast(1, math.Log(0.9/0.1), 1)
	two.cast(2, math.Log(0.7/0.3), 0)
	two.cast(2, math.Log(0.7/0.3), 0)
	if v, tied := two.value(); v != 1 || tied { // 0.9·0.3·0.3 > 0.1·0.7·0.7
		t.Errorf("%v %v", v, tied)
	}
}

// The area between a cascade and random mixing: added up along the curve, one
// query at a time, mean over all orders of equals; and the AUC by counting pairs.
func TestCascadeIdentity(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 40 {
		n := 2 + rng.IntN(30)
		levels := 1 + rng.IntN(6)
		w := &world{}
		sure := map[string]float64{}
		for q := range n {
			id := fmt.Sprintf("q%02d", q)
			w.add(id, "a", 0, rng.IntN(3) > 0, nil)
			w.add(id, "b", 0, rng.IntN(4) > 0, nil)
			sure[id] = float64(rng.IntN(levels))
		}
		d := w.data(t, nil)
		d.Confidence = func(query, model string) (float64, bool) { return sure[query], model == "a" }
		b, err := newBench(context.Background(), d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		stages := b.takeStages()
		c := b.curve("", stages, 0, 1)
		if !near(c.Area+1, 1+c.ByWeak-c.ByStrong) {
			t.Errorf("trial %d: area %v, by AUCs %v − %v", trial, c.Area, c.ByWeak, c.ByStrong)
		}
		if want := areaByHand(stages[0].confidence, b.right[0], b.right[1]); !near(c.Area+1, 1+want) {
			t.Errorf("trial %d: area %v, along the curve %v", trial, c.Area, want)
		}
		want, pairs := 0.0, 0.0
		for i := range n {
			for j := range n {
				if b.right[0][i] == 1 && b.right[0][j] == 0 {
					pairs++
					switch x, y := stages[0].confidence[i], stages[0].confidence[j]; {
					case x > y:
						want++
					case x == y:
						want += 0.5
					}
				}
			}
		}
		switch {
		case pairs == 0 && c.AUC != nil:
			t.Errorf("trial %d: AUC %v of nothing", trial, *c.AUC)
		case pairs > 0 && !near(*c.AUC, want/pairs):
			t.Errorf("trial %d: AUC %v, by pairs %v", trial, *c.AUC, want/pairs)
		}
	}
}

// areaByHand integrates accuracy less that of mixing over the share handed on;
// equals go in equal parts.
func areaByHand(confidence, keep, after []float64) float64 {
	n := float64(len(keep))
	at := func(share float64) float64 { // accuracy when this share is handed on
		left, sum := share*n, 0.0
		levels := slices.Compact(slices.Sorted(slices.Values(confidence)))
		for _, c := range levels {
			size := 0.0
			for _, x := range confidence {
				if x == c {
					size++
				}
			}
			part := min(1, left/size)
			left -= part * size
			for q, x := range confidence {
				if x == c {
					sum += (1-part)*keep[q] + part*after[q]
				}
			}
		}
		return sum / n
	}
	area := 0.0
	for k := range len(keep) { // the curve is straight between multiples of 1/n
		from, to := float64(k)/n, float64(k+1)/n
		mixed := func(s float64) float64 { return (1-s)*at(0) + s*at(1) }
		area += (at(from) - mixed(from) + at(to) - mixed(to)) / 2 / n
	}
	return area
}

// The best threshold, by trying each one.
func TestThresholdsByTrial(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for trial := range 200 {
		n := 1 + rng.IntN(12)
		confidence, keep, after := make([]float64, n), make([]float64, n), make([]float64, n)
		for q := range n {
			confidence[q], keep[q], after[q] = float64(rng.IntN(4)), float64(rng.IntN(2)), float64(rng.IntN(2))
		}
		best, kept := -1.0, -1
		for _, t := range []float64{math.Inf(-1), 0, 1, 2, 3, math.Inf(1)} {
			sum, k := 0.0, 0
			for q := range n {
				if confidence[q] >= t {
					sum += keep[q]
					k++
				} else {
					sum += after[q]
				}
			}
			if sum > best || sum == best && k > kept {
				best, kept = sum, k
			}
		}
		if _, sum, k := threshold(confidence, keep, after); sum != best || k != kept {
			t.Errorf("trial %d: %v right and %d kept, want %v and %d", trial, sum, k, best, kept)
		}
	}
}

// Isotonic regression, by its definition: the largest over all starts of the least
// over all ends of the mean (min-max formula).
func TestRisingIsIsotonic(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for trial := range 50 {
		n := 2 + rng.IntN(14)
		s := &stage{}
		b := &bench{}
		p := &part{bench: b}
		for q := range n {
			s.confidence, s.value = append(s.confidence, float64(rng.IntN(8))), append(s.value, float64(rng.IntN(2)))
			p.train = append(p.train, q)
		}
		f := p.rising(s)
		levels := slices.Compact(slices.Sorted(slices.Values(s.confidence)))
		mean := func(from, to float64) float64 {
			sum, n := 0.0, 0.0
			for q, c := range s.confidence {
				if c >= from && c <= to {
					sum, n = sum+s.value[q], n+1
				}
			}
			return sum / n
		}
		for _, at := range levels {
			want := math.Inf(-1)
			for _, from := range levels {
				least := math.Inf(1)
				for _, to := range levels {
					if to >= at && to >= from {
						least = min(least, mean(from, to))
					}
				}
				if from <= at {
					want = max(want, least)
				}
			}
			if got := f.at(at); !near(got, want) {
				t.Errorf("trial %d: at %v %v, want %v", trial, at, got, want)
			}
		}
	}
}

// Agreement of attempts, with an empty one in the denominator.
func TestAgreementCountsEmptyAttempts(t *testing.T) {
	w := &world{}
	say := func(query string, a int, answer string, right bool) {
		w.add(query, "a", a, right, func(r *outcome.Record) {
			if r.Answer = answer; answer == "" {
				r.Verdict, r.Reason = outcome.NoAnswer, outcome.Truncated
			}
			usd := 0.25
			r.CostUSD = &usd
		})
	}
	for a, x := range []string{"1", "", "", "", ""} {
		say("q1", a, x, x == "1")
	}
	for a, x := range []string{"2", "1", "1", "2", "3"} {
		say("q2", a, x, x == "1")
	}
	for a := range 5 {
		say("q3", a, "", false)
	}
	for _, q := range []string{"q1", "q2", "q3"} {
		w.add(q, "b", 0, true, nil)
	}
	b, _ := everyPlace(t, w.data(t, nil), Options{})
	s := b.agreement(0)
	if got, want := fmt.Sprint(s.confidence, s.value, s.tied, s.cost), "[0.2 0.4 0] [1 0.5 0] [false true false] [1.25 1.25 1.25]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if b.agreement(1) != nil {
		t.Error("one attempt agrees with itself")
	}
}

// A cascade of three against the best of all pairs of thresholds.
func TestThresholdsOfThreeStages(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	off := 0
	for range 60 {
		w := &world{}
		sure := map[string]float64{}
		for q := range 12 {
			id := fmt.Sprintf("q%02d", q)
			for _, m := range []string{"a", "b", "c"} {
				w.add(id, m, 0, rng.IntN(2) > 0, nil)
				sure[id+m] = float64(rng.IntN(4))
			}
		}
		d := w.data(t, nil)
		d.Confidence = func(query, model string) (float64, bool) { return sure[query+model], true }
		b, p := everyPlace(t, d, Options{})
		stages := b.takeStages()
		total := func(c chain) float64 {
			sum := 0.0
			for q := range b.ids {
				sum += b.answer(stages, c, c.stop(stages, q), q).value
			}
			return sum
		}
		best := 0.0
		for _, s := range []float64{0, 1, 2, 3, 4} {
			for _, u := range []float64{0, 1, 2, 3, 4} {
				best = max(best, total(chain{[]int{0, 1, 2}, []float64{s, u}}))
			}
		}
		got := total(p.thresholds(stages, []int{0, 1, 2}))
		if got > best {
			t.Fatalf("%v right, more than any thresholds give (%v)", got, best)
		}
		if got < best {
			off++
		}
	}
	if off > 12 { // one threshold at a time may stop short of the best pair
		t.Errorf("%d of 60 are not the best", off)
	}
}

func TestOwn(t *testing.T) {
	w := rich(60, 3, 1, 13)
	d := w.data(t, nil)
	usd := 0.5
	d.Own = []Choices{
		{"always", func(string) (Choice, bool) { return Choice{Model: "m00"}, true }},
		{"answers", func(string) (Choice, bool) { return Choice{Answer: "42", CostUSD: &usd}, true }},
		{"nonsense", func(string) (Choice, bool) { return Choice{Answer: "?"}, true }},
		{"silent", func(string) (Choice, bool) { return Choice{}, false }},
		{"foreign", func(string) (Choice, bool) { return Choice{Model: "x"}, true }},
	}
	r := measure(t, d, Options{Repeats: 1})
	m := d.Attempts[0]
	right, covered := 0.0, 0.0
	for c := range m.Columns() {
		some := false
		if m.Right(0, c) {
			right++
		}
		for i := range m.Models() {
			some = some || m.Right(i, c)
		}
		if some {
			covered++ // all right answers of this world are 42
		}
	}
	if p := find(t, r, "always"); !near(p.Accuracy, right/60) || !near(p.Control.Accuracy, right/60) || !near(p.Control.Over.Point+1, 1) {
		t.Errorf("%+v, want %v right, as at random", p, right/60)
	}
	if p := find(t, r, "answers"); !near(p.Accuracy, covered/60) || p.CostUSD == nil || *p.CostUSD != 0.5 {
		t.Errorf("%+v, want %v right for 0.5", p, covered/60)
	}
	if p := find(t, r, "nonsense"); p.Accuracy != 0 || p.CostUSD != nil {
		t.Errorf("%+v", p)
	}
	for _, name := range []string{"silent", "foreign"} {
		if p := find(t, r, name); p.Gain.Point != 0 || p.Accuracy != r.SingleBest.HeldOut {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for _, code := range []string{"own-silent", "own-foreign", "own-unknown"} {
		if !strings.Contains(codes(r), code) {
			t.Errorf("no warning %s among %s", code, codes(r))
		}
	}
}
