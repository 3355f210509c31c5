package audit

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// graded makes a set of queries whose verdicts a function gives.
func graded(t *testing.T, queries, models int, right func(q, m int) bool) *outcome.Set {
	t.Helper()
	s := outcome.NewSet()
	for q := range queries {
		for m := range models {
			v := outcome.Wrong
			if right(q, m) {
				v = outcome.Right
			}
			if err := s.Add(&outcome.Record{Query: fmt.Sprintf("q%03d", q), Model: fmt.Sprint("m", m), Verdict: v}, func() string { return "" }); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// β can go up as well as down: ten queries, two all wrong, one of which has a
// wrong reference; one of the others was right by a lenient grader alone.
func TestAuditedBetaGoesUpAndDown(t *testing.T) {
	right := func(q, m int) bool { return q > 2 || q == 2 && m == 1 }
	run := func(entries ...Entry) *Range {
		set := graded(t, 10, 2, right)
		before := set.Matrix(outcome.MatrixOptions{})
		s := appendTo(t, filepath.Join(t.TempDir(), "l.jsonl"), entries...).State()
		s.Apply(set)
		r, err := AuditedRange(before, set.Matrix(outcome.MatrixOptions{}), s, []string{"q002", "q005"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	down := run(mark("q000", ReferenceError))
	if g, a := down.Graded, down.Audited; g.Beta != 0.2 || a.AllWrong != 1 || a.Queries != 9 || down.Open != 1 || down.Read != 1 || down.BetaOpen != [2]float64{0, 1.0 / 9} || down.Control != nil {
		t.Errorf("down: %+v", down)
	}
	up := run(mark("q000", Genuine), mark("q001", Genuine), mark("q002", GraderError, Change{Model: "m1", Old: "right", New: "wrong"}))
	if up.Audited.Beta != 0.3 || up.Open != 0 || up.Audited.Gain != 0 {
		t.Errorf("up: %+v", up)
	}
	all := run(mark("q000", Genuine), mark("q001", Genuine), mark("q002", GraderError, Change{Model: "m1", Old: "right", New: "wrong"}), mark("q005", Genuine))
	c := all.Control
	if c == nil || c.Drawn != 2 || c.Others != 8 || c.FoundAllWrong != 1 || c.FoundChanged != 1 || c.FoundExcluded != 0 || c.Beta[0] != 0.3 || c.Beta[1] <= 0.3 || c.BetaLimits[0] >= 0.3 || c.BetaLimits[1] < c.Beta[1] {
		t.Errorf("with the control: %+v", c)
	}
}

// What a complete audit would find lies within the range that the control gives,
// at the stated confidence or more often.
func TestControlCovers(t *testing.T) {
	const sets, queries, models = 400, 150, 3
	rng := rand.New(rand.NewPCG(11, 13))
	for _, world := range []struct{ lenient, excluded float64 }{{0.04, 0.02}, {0.15, 0.1}, {0.01, 0}} {
		miss := 0
		for range sets {
			skill := make([][models]bool, queries)
			for q := range skill {
				hard := rng.Float64()
				for m := range models {
					skill[q][m] = rng.Float64() > hard*0.7
				}
			}
			set := graded(t, queries, models, func(q, m int) bool { return skill[q][m] })
			before := set.Matrix(outcome.MatrixOptions{})
			truth, part := &Ledger{}, &Ledger{}
			e := Evidence{m: before, complete: before.Complete(), models: before.Models(), o: Options{Control: 25, Seed: rng.Uint64()}}
			control := e.control()
			var drawn []string
			for q := range queries {
				line := Line{Entry: mark(before.ID(q), Genuine)}
				some := false
				for m := range models {
					some = some || skill[q][m]
				}
				switch u := rng.Float64(); {
				case u < world.lenient && some:
					line.Class = GraderError
					for m := range models {
						line.Cells = append(line.Cells, Change{Model: fmt.Sprint("m", m), New: "wrong"})
					}
				case u < world.lenient+world.excluded:
					line.Class = Ambiguous
				}
				truth.Lines = append(truth.Lines, line)
				if control[q] {
					drawn = append(drawn, before.ID(q))
				}
				if control[q] || !some { // what is read: the control, and every all-wrong query
					part.Lines = append(part.Lines, line)
				}
			}
			whole := graded(t, queries, models, func(q, m int) bool { return skill[q][m] })
			truth.State().Apply(whole)
			want := count(whole.Matrix(outcome.MatrixOptions{}))
			s := part.State()
			s.Apply(set)
			r, err := AuditedRange(before, set.Matrix(outcome.MatrixOptions{}), s, drawn, 0.9)
			if err != nil || r.Control == nil {
				t.Fatal(err, r)
			}
			if c := r.Control; want.Beta < c.Beta[0] || want.Beta > c.Beta[1] || want.Gain < c.Gain[0] || want.Gain > c.Gain[1] {
				miss++
			}
		}
		t.Logf("%+v: missed %d of %d at error 0.05", world, miss, sets)
		if prob.BinomialTail(int64(miss), sets, 0.05) < 0.001 {
			t.Errorf("%+v: the range misses %d of %d", world, miss, sets)
		}
	}
}

func TestSpreadChance(t *testing.T) {
	// Two families that err: by definition of the law they agree with chance 1/(1+α), or with K options (α/K+1)/(α+1).
	for _, alpha := range []float64{0.3, 2, 50} {
		s := &spread{alpha: alpha}
		if got, want := s.chance(2, 2, 0), 1/(1+alpha); !near(got, want) {
			t.Errorf("open, α %v: %v, want %v", alpha, got, want)
		}
		for _, k := range []int{1, 3, 9} {
			if got, want := s.chance(2, 2, k), (alpha/float64(k)+1)/(alpha+1); !near(got, want) {
				t.Errorf("%d options, α %v: %v, want %v", k, alpha, got, want)
			}
		}
	}
	// Three of three over open answers: 1·2 ÷ ((1+α)(2+α)).
	if got, want := (&spread{alpha: 2}).chance(3, 3, 0), 2.0/12; !near(got, want) {
		t.Errorf("three of three: %v, want %v", got, want)
	}
	// Simulated: at least 5 of 7 over 9 options.
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 40_000
	hits := 0
	for range n {
		law, votes := dirichlet(rng, 9, 3), [9]int{}
		most := 0
		for range 7 {
			k := pickFrom(rng, law)
			votes[k]++
			most = max(most, votes[k])
		}
		if most >= 5 {
			hits++
		}
	}
	p := (&spread{alpha: 3}).chance(5, 7, 9)
	if se := sqrt(p * (1 - p) / n); float64(hits)/n < p-4*se || float64(hits)/n > p+4*se {
		t.Errorf("5 of 7: %v, simulated %v", p, float64(hits)/n)
	}
	// The fit finds the α that patterns were drawn with.
	var seen []parts
	for range 4000 {
		law, votes := dirichlet(rng, 9, 3), map[int]int{}
		for range 2 + rng.IntN(6) {
			votes[pickFrom(rng, law)]++
		}
		x := parts{options: 9}
		for _, c := range votes {
			x.counts = append(x.counts, c)
		}
		byCount(x.counts)
		seen = append(seen, x)
	}
	if s := fitSpread(seen); s.alpha < 2.6 || s.alpha > 3.4 {
		t.Errorf("fitted α %v, drawn with 3", s.alpha)
	}
	if fitSpread(seen[:4]) != nil {
		t.Error("a law was fitted to four queries")
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func TestAtLeast(t *testing.T) {
	// Against the sum over all outcomes.
	chances := []float64{0.1, 0.5, 0.9, 0.02, 0.3}
	for k := 1; k <= 5; k++ {
		want := 0.0
		for set := range 1 << 5 {
			p, n := 1.0, 0
			for i, c := range chances {
				if set>>i&1 == 1 {
					p *= c
					n++
				} else {
					p *= 1 - c
				}
			}
			if n >= k {
				want += p
			}
		}
		if got := atLeast(k, chances); !near(got, want) {
			t.Errorf("at least %d: %v, want %v", k, got, want)
		}
	}
}
