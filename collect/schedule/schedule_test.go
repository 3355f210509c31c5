package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// random draws a matrix in which models share the difficulty of queries, some
// cells fail, and ids come in no order.
func random(t *testing.T, r *rand.Rand, missing float64) *outcome.Matrix {
	t.Helper()
	models, columns := 2+r.IntN(7), 1+r.IntN(150)
	names, right, seen := make([]string, models), make([][]uint64, models), make([][]uint64, models)
	hard := make([]float64, columns)
	for q := range hard {
		hard[q] = r.Float64() * r.Float64() * 1.3
	}
	for i := range models {
		names[i], right[i], seen[i] = fmt.Sprint("m", i), outcome.NewMask(columns), outcome.NewMask(columns)
		skill := r.Float64() * 1.2
		for q := range columns {
			if r.Float64() < missing {
				continue
			}
			outcome.Mask(seen[i]).Set(q)
			if r.Float64() < skill-hard[q] {
				outcome.Mask(right[i]).Set(q)
			}
		}
	}
	m, err := outcome.NewMatrix(names, columns, right, seen, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// parallel runs a schedule with many calls in flight that come back in any order,
// and checks on the way what must hold of every schedule.
func parallel(t *testing.T, r *rand.Rand, m *outcome.Matrix, o schedule.Options, before []schedule.Cell) collected {
	t.Helper()
	s, rec := newSchedule(t, m, o, ""), newRecord(m)
	given := map[schedule.Cell]bool{}
	for _, c := range before {
		given[c] = true
		s.Tell(c, rec.ask(c))
	}
	var flight []schedule.Cell
	for {
		for range 1 + r.IntN(4) {
			if c, ok := next(s, r.Perm(len(m.Models()))); ok {
				if given[c] {
					t.Fatalf("%+v was given out twice", c)
				}
				given[c] = true
				flight = append(flight, c)
			}
		}
		if len(flight) == 0 {
			return collected{rec.matrix(t), s.Tally(), s.Asked()}
		}
		for range min(1+r.IntN(3), len(flight)) {
			i := r.IntN(len(flight))
			c := flight[i]
			flight = slices.Delete(flight, i, i+1)
			s.Tell(c, rec.ask(c))
		}
		checkTally(t, s.Tally(), m, rec.matrix(t), o)
	}
}

// checkTally holds a tally in mid-run against what is on record and the truth.
func checkTally(t *testing.T, got schedule.Tally, full, seen *outcome.Matrix, o schedule.Options) {
	t.Helper()
	if o.For == schedule.Matrix {
		return
	}
	if got.Right+got.Rescued+got.AllWrong+got.Open != got.Queries || got.Queries > int64(full.Columns()) {
		t.Fatalf("%+v does not add up to %d", got, full.Columns())
	}
	var certain int64 // rescued for certain, by what was seen
	for q := range seen.Columns() {
		if o.For == schedule.Certificate && seen.Observed(o.Incumbent, q) && !seen.Right(o.Incumbent, q) && someRight(seen, q) {
			certain++
		}
	}
	if got.Rescued > certain { // fewer: some were on record before, and are not taken up yet
		t.Fatalf("%d rescued, %d are on record", got.Rescued, certain)
	}
}

func someRight(m *outcome.Matrix, q int) bool {
	for i := range m.Models() {
		if m.Right(i, q) {
			return true
		}
	}
	return false
}

// TestAnyMatrix: whatever the matrix, the order in which answers come in, what
// failed and what was on record before, a lazy run certifies what the full matrix does.
func TestAnyMatrix(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := random(t, r, []float64{0, 0, 0.05, 0.4}[seed%4])
		models := len(m.Models())
		incumbent := r.IntN(models)
		o := schedule.Options{For: schedule.Certificate, Incumbent: incumbent, Seed: seed}
		if seed%3 == 0 {
			for range models {
				o.Prices = append(o.Prices, r.Float64())
			}
		}
		var before []schedule.Cell
		if seed%5 == 0 {
			for range r.IntN(60) {
				before = append(before, schedule.Cell{Query: r.IntN(m.Columns()), Model: r.IntN(models)})
			}
		}
		got := parallel(t, r, m, o, before)
		same(t, got.matrix, m, incumbent)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestNothingInVain: no query is asked about after it is settled, and none is
// asked of the incumbent only.
func TestNothingInVain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 8))
		m := random(t, r, 0)
		models := len(m.Models())
		got := parallel(t, r, m, schedule.Options{For: schedule.Certificate, Incumbent: 0, Seed: seed}, nil)
		want := int64(m.Columns())
		for q := range m.Columns() {
			hits, calls := 0, int64(0)
			for i := 1; i < models; i++ {
				if got.matrix.Observed(i, q) {
					calls++
					if got.matrix.Right(i, q) {
						hits++
					}
				}
			}
			switch {
			case m.Right(0, q) && calls > 0:
				t.Errorf("seed %d, query %d: the incumbent is right, and %d others were asked", seed, q, calls)
			case hits > 1:
				t.Errorf("seed %d, query %d: %d right answers, one settles it", seed, q, hits)
			}
			want += calls
		}
		if total(got.asked) != want {
			t.Errorf("seed %d: %d calls, %d are on record", seed, total(got.asked), want)
		}
	}
}

func TestCeilingAndMatrix(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 9))
		m := random(t, r, []float64{0, 0.1}[seed%2])
		full := parallel(t, r, m, schedule.Options{Seed: seed}, nil)
		if total(full.asked) != int64(m.Columns()*len(m.Models())) {
			t.Errorf("seed %d: %d of %d × %d cells", seed, total(full.asked), m.Columns(), len(m.Models()))
		}
		got := parallel(t, r, m, schedule.Options{For: schedule.Ceiling, Seed: seed}, nil)
		a, b := certificate(t, got.matrix, 0), certificate(t, m, 0)
		if a.AllWrong != b.AllWrong || a.Beta.Upper != b.Beta.Upper || a.Beta.Lower != b.Beta.Lower {
			t.Errorf("seed %d: β %+v, want %+v", seed, a.Beta, b.Beta)
		}
		if got.tally.AllWrong != b.AllWrong || total(got.asked) > total(full.asked) {
			t.Errorf("seed %d: %+v for %d all wrong", seed, got.tally, b.AllWrong)
		}
	}
}

// TestOrderIsOfNames: which queries are taken up first hangs on their ids and the
// seed, not on their places.
func TestOrderIsOfNames(t *testing.T) {
	t.Parallel()
	first := func(queries []schedule.Query, seed uint64) (ids []string) {
		s, err := schedule.New(queries, 2, schedule.Options{For: schedule.Certificate, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for range queries {
			c, ok := s.Next(0)
			if !ok {
				t.Fatal("there are more queries")
			}
			ids = append(ids, queries[c.Query].ID)
			s.Tell(c, outcome.Right)
		}
		return ids
	}
	var queries []schedule.Query
	for i := range 100 {
		queries = append(queries, schedule.Query{ID: fmt.Sprint("q", i)})
	}
	a := first(queries, 3)
	slices.Reverse(queries)
	if b := first(queries, 3); !slices.Equal(a, b) {
		t.Errorf("the order changes with the places: %v and %v", a[:5], b[:5])
	}
	if b := first(queries, 4); slices.Equal(a, b) {
		t.Error("the order is the same for another seed")
	}
}

// TestCheapestFirst: once chances are learnt, the model with the least price for
// a chance is asked, even where another is right more often.
func TestCheapestFirst(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	columns := 400
	right := [][]uint64{outcome.NewMask(columns), outcome.NewMask(columns), outcome.NewMask(columns)}
	for q := range columns { // the incumbent is wrong everywhere, the others are right on 60 % and 90 %
		for i, p := range []float64{0, 0.6, 0.9} {
			if r.Float64() < p {
				outcome.Mask(right[i]).Set(q)
			}
		}
	}
	m, err := outcome.NewMatrix([]string{"incumbent", "cheap", "dear"}, columns, right, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	even := collect(t, m, schedule.Options{For: schedule.Certificate, Seed: 1}, "").asked
	if even[2] < 380 || even[1] > 80 {
		t.Errorf("at equal prices %v calls; want the better one first", even)
	}
	priced := collect(t, m, schedule.Options{For: schedule.Certificate, Seed: 1, Prices: []float64{1, 1, 5}}, "").asked
	if priced[1] < 380 || priced[2] > 190 {
		t.Errorf("at five times the price %v calls; want the cheap one first", priced)
	}
}

// until decides against an overhead by the any-time limits of both sides.
func until(overhead float64) func(schedule.Tally) bool {
	return func(t schedule.Tally) bool {
		return t.Queries > 0 && (prob.MixtureUpper(t.Rescued+t.Open, t.Queries, 0.05) < overhead || prob.MixtureLower(t.Rescued, t.Queries, 0.05) > overhead)
	}
}

// TestUntilDecided: a run stops early only with a verdict, which what is on
// record bears out, with unsettled queries counted as rescued; and it is as lazy
// as it can be.
func TestUntilDecided(t *testing.T) {
	t.Parallel()
	stopped := 0
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 10))
		m := random(t, r, []float64{0, 0.03}[seed%2])
		overhead := []float64{0.01, 0.05, 0.2, 0.5}[seed/2%4]
		o := schedule.Options{For: schedule.Certificate, Seed: seed, Decided: until(overhead), Ahead: int(seed % 3 * 4)}
		got := parallel(t, r, m, o, nil)
		if o.Decided(got.tally) {
			if got.tally.Queries < int64(m.Columns()) {
				stopped++
			}
			continue
		}
		all := parallel(t, r, m, schedule.Options{For: schedule.Certificate, Seed: seed}, nil)
		if got.tally.Queries != int64(m.Columns()) || o.Decided(all.tally) {
			t.Errorf("seed %d: stopped undecided at %+v; everything gives %+v", seed, got.tally, all.tally)
		}
	}
	if stopped < 30 {
		t.Errorf("%d of 120 runs stopped early; want more", stopped)
	}
}

// TestStrongIncumbent: where the incumbent is wrong less often than the overhead,
// others are asked only where one answer more decides.
func TestStrongIncumbent(t *testing.T) {
	t.Parallel()
	columns := 3000
	right := [][]uint64{outcome.NewMask(columns), outcome.NewMask(columns)}
	for q := range columns {
		if q%100 != 0 {
			outcome.Mask(right[0]).Set(q)
		}
	}
	m, err := outcome.NewMatrix([]string{"incumbent", "other"}, columns, right, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, m, schedule.Options{For: schedule.Certificate, Seed: 1, Decided: until(0.05)}, "")
	if got.asked[1] > 2 || got.asked[0] > 150 {
		t.Errorf("%v calls decide 5 points at 1 %% wrong; want hardly any of the other, and few", got.asked)
	}
}

// TestDropped: a model that is given up stays missing, and what hangs on it open.
func TestDropped(t *testing.T) {
	t.Parallel()
	m := random(t, rand.New(rand.NewPCG(3, 11)), 0)
	s, rec := newSchedule(t, m, schedule.Options{For: schedule.Certificate}, ""), newRecord(m)
	last := len(m.Models()) - 1
	s.Drop(last)
	for {
		c, ok := next(s, numbers(len(m.Models())))
		if !ok {
			break
		}
		if c.Model == last {
			t.Fatal("a model that was given up is asked")
		}
		s.Tell(c, rec.ask(c))
	}
	if got := s.Tally(); got.AllWrong != 0 || got.Queries != int64(m.Columns()) {
		t.Errorf("%+v; want no query to be all wrong without the last model", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	q := []schedule.Query{{ID: "a"}}
	for name, x := range map[string]struct {
		models int
		o      schedule.Options
	}{
		"no model":             {0, schedule.Options{}},
		"one model":            {1, schedule.Options{For: schedule.Certificate}},
		"no such purpose":      {2, schedule.Options{For: "fun"}},
		"no such incumbent":    {2, schedule.Options{For: schedule.Certificate, Incumbent: 2}},
		"nothing to decide":    {2, schedule.Options{For: schedule.Ceiling, Decided: until(0)}},
		"prices of others":     {2, schedule.Options{Prices: []float64{1}}},
		"more than can be had": {1 << 20, schedule.Options{Attempts: 9999}},
	} {
		if _, err := schedule.New(q, x.models, x.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkMillion(b *testing.B) {
	queries := make([]schedule.Query, 100_000)
	for i := range queries {
		queries[i] = schedule.Query{ID: fmt.Sprint(i), Slice: fmt.Sprint(i % 20)}
	}
	for _, o := range []schedule.Options{{}, {For: schedule.Certificate}} {
		b.Run(string(o.For), func(b *testing.B) {
			for b.Loop() {
				s, err := schedule.New(queries, 10, o)
				if err != nil {
					b.Fatal(err)
				}
				for cells := 0; ; cells++ {
					c, ok := next(s, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 0})
					if !ok {
						b.ReportMetric(float64(cells), "cells")
						break
					}
					v := outcome.Wrong
					if (c.Query*7+c.Model*13)%11 < 4 {
						v = outcome.Right
					}
					s.Tell(c, v)
				}
			}
		})
	}
}
