package store

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/outcome"
)

// answerAll settles every place of attempt 0 at the first budget with a verdict.
func answerAll(t *testing.T, s *Store, queries, models int) {
	t.Helper()
	for q := range queries {
		for m := range models {
			c := claimOne(t, s, Place{Query: q, Model: m, Budget: 100}, Granted)
			if _, err := s.Settle(t.Context(), c, valid("3", 20, 10), &Verdict{Grader: "number/1", Extracted: "3", Verdict: outcome.Right}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// states counts the places on record and those with a verdict.
func states(t *testing.T, s *Store) (n, graded int) {
	t.Helper()
	if err := s.States(t.Context(), func(x State) error {
		n++
		if x.Cell != 0 {
			graded++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n, graded
}

// TestWhatChanges: what a changed run file takes back, and what stays.
func TestWhatChanges(t *testing.T) { onEach(t, whatChanges) }

func whatChanges(t *testing.T, at place) {
	replace := func(old, now string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("no %q", old)
			}
			return strings.Replace(s, old, now, 1)
		}
	}
	for _, c := range []struct {
		name      string
		file      func(string) string // of the run file
		queries   func(string) string
		n, graded int // of 4 queries × 2 models
	}{
		{"nothing", nil, nil, 8, 8},
		{"a comment", func(s string) string { return s + "# hm\n" }, nil, 8, 8},
		{"the price", replace("input = 1.5", "input = 2.5"), nil, 8, 8},
		{"the cap", replace("cap_usd = 10", "cap_usd = 9"), nil, 8, 8},
		{"a family", replace(`family = "f0"`, `family = "g"`), nil, 8, 8},
		{"a larger ladder", replace("[100, 1000]", "[100, 1000, 2000]"), nil, 8, 8},
		{"a grader", replace(`"number/1"`, `"number/2"`), nil, 8, 0},
		{"a prompt", nil, replace("What is 2 + 1?", "2 + 1 = ?"), 6, 6},
		{"a reference", nil, replace(`"reference":"3"`, `"reference":"4"`), 8, 6},
		{"a label", nil, replace(`"half":"h0"`, `"half":"h9"`), 8, 8},
		{"an id", nil, replace(`"id":"q2"`, `"id":"q9"`), 6, 6},
		{"a system message", replace("[queries]\n", "[queries]\nsystem = \"Be brief.\"\n"), nil, 0, 0},
		{"a parameter", replace("priced_on = 2026-11-01\n", "priced_on = 2026-11-01\nparameters = { temperature = 0.5 }\n"), nil, 4, 4},
		{"the name at the endpoint", replace(`id = "m1"`, "id = \"m1\"\nname = \"other\""), nil, 4, 4},
		{"where the endpoint is", replace("localhost:1", "localhost:2"), nil, 8, 8},
		{"another model", replace(`id = "m1"`, `id = "m2"`), nil, 4, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := at.other(t)
			dir := at.dir
			s := opened(t, at, Options{})
			first := runOf(t, dir, 4, 2, nil)
			begun(t, s, first)
			answerAll(t, s, 4, 2)
			run := runOf(t, dir, 4, 2, c.file)
			if c.queries != nil {
				raw, err := os.ReadFile(run.Queries.Path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(run.Queries.Path, []byte(c.queries(string(raw))), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			begun(t, s, run)
			if n, graded := states(t, s); n != c.n || graded != c.graded {
				t.Errorf("%d places and %d verdicts stay, want %d and %d", n, graded, c.n, c.graded)
			}
			// Back as it was, no answer was lost: all are known by their content.
			begun(t, s, runOf(t, dir, 4, 2, nil))
			for q := range 4 {
				for m := range 2 {
					claimOne(t, s, Place{Query: q, Model: m, Budget: 100}, Answered)
				}
			}
		})
	}
}

// TestBeginRefuses: what a run cannot be collected with.
func TestBeginRefuses(t *testing.T) { onEach(t, testBeginRefuses) }

func testBeginRefuses(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 2, 2, nil)
	for _, h := range []Schedule{{}, {For: "all"}, {For: ForCertificate}, {For: ForCertificate, Incumbent: "nobody"}} {
		if err := s.Begin(t.Context(), run, h); err == nil {
			t.Errorf("%+v is taken", h)
		}
	}
	begun(t, s, run)
	answerAll(t, s, 2, 2)
	cheap := runOf(t, dir, 2, 2, func(s string) string { return strings.Replace(s, "cap_usd = 10", "cap_usd = 0.0001", 1) })
	if err := s.Begin(t.Context(), cheap, Schedule{For: ForMatrix}); err == nil || !strings.Contains(err.Error(), "has spent") {
		t.Errorf("a cap below what is spent: %v", err)
	}
	other := opened(t, at, Options{})
	begun(t, other, run)
	changed := runOf(t, dir, 2, 2, func(s string) string { return s + "# changed\n" })
	if err := other.Begin(t.Context(), changed, Schedule{For: ForMatrix}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a file that changed under another process: %v", err)
	}
}

// TestOneText: two queries with one text are asked once, and graded each.
func TestOneText(t *testing.T) { onEach(t, testOneText) }

func testOneText(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 1, 1, nil)
	lines := `{"id":"a","prompt":"What?","reference":"1"}` + "\n" + `{"id":"b","prompt":"What?","reference":"2"}` + "\n"
	if err := os.WriteFile(run.Queries.Path, []byte(lines), 0o666); err != nil {
		t.Fatal(err)
	}
	begun(t, s, run)
	c := claimOne(t, s, Place{Query: 0, Budget: 100}, Granted)
	claimOne(t, s, Place{Query: 1, Budget: 100}, Held)
	if _, err := s.Settle(t.Context(), c, valid("1", 2, 2), &Verdict{Grader: "number/1", Verdict: outcome.Right}); err != nil {
		t.Fatal(err)
	}
	if got := claimOne(t, s, Place{Query: 1, Budget: 100}, Answered); got.State.Status != Valid || got.State.Cell != 0 || got.State.Call != c.Call {
		t.Errorf("%+v", got)
	}
	if err := s.Grade(t.Context(), Place{Query: 1, Budget: 100}, Verdict{Grader: "number/1", Verdict: outcome.Wrong}); err != nil {
		t.Fatal(err)
	}
	for q, want := range []outcome.Verdict{outcome.Right, outcome.Wrong} {
		if x := s.state(t, Place{Query: q, Budget: 100}); x.Cell.Verdict() != want {
			t.Errorf("query %d: %+v", q, x)
		}
	}
	claimOne(t, s, Place{Query: 1, Budget: 100, Attempt: 1}, Granted) // another attempt is another request
}

// state is what is on record for one place.
func (s *Store) state(t *testing.T, p Place) (out State) {
	t.Helper()
	if err := s.States(t.Context(), func(x State) error {
		if x.Place == p {
			out = x
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSilence: a process that was silent for longer than the lease loses its
// claims, its calls are charged, and what it brings later is still taken.
func TestSilence(t *testing.T) { onEach(t, testSilence) }

func testSilence(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{Lease: time.Second})
	run := runOf(t, dir, 2, 1, nil)
	begun(t, s, run)
	silent := opened(t, at, Options{Lease: time.Hour})
	begun(t, silent, run)
	p, p2 := Place{Query: 0, Budget: 100}, Place{Query: 1, Budget: 100}
	late := claimOne(t, silent, p, Granted)
	later := claimOne(t, silent, p2, Granted)
	claimOne(t, s, p, Held)
	id, _ := silent.db.self()
	if err := s.change(t.Context(), func(t *tx) error { return t.exec("UPDATE process SET beat = beat - 10000 WHERE id = ?", id) }); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // who was just connected judges nobody
	if err := s.reap(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, _ := s.Totals(t.Context())
	if before.Lost != late.Worst+later.Worst || before.Settled != before.Lost || before.Reserved != 0 {
		t.Errorf("after the lease: %+v", before)
	}
	now := claimOne(t, s, p, Granted)
	if now.State.Status != Lost || now.State.Tries != 1 {
		t.Errorf("state: %+v", now.State)
	}
	if _, err := s.Settle(t.Context(), now, valid("1", 20, 10), nil); err != nil {
		t.Fatal(err)
	}
	got, err := silent.Settle(t.Context(), late, valid("1, at last", 20, 10), nil)
	if err != nil || !got.Replaced || got.Call != now.Call {
		t.Errorf("late: %+v, %v", got, err)
	}
	got, err = silent.Settle(t.Context(), later, valid("2, at last", 20, 10), nil)
	if err != nil || got.Replaced || got.Status != Valid || got.Tries != 0 {
		t.Errorf("late, and first: %+v, %v", got, err)
	}
	if after, _ := s.Totals(t.Context()); after.Lost != 0 || after.Settled != 3*90_000 || after.Reserved != 0 {
		t.Errorf("in the end: %+v", after)
	}
	if _, err := silent.Settle(t.Context(), late, valid("again", 20, 10), nil); err == nil {
		t.Error("a late call was settled twice")
	}
}

// TestMoney: what each kind of end costs.
func TestMoney(t *testing.T) { onEach(t, testMoney) }

func testMoney(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	rich := func(s string) string { return strings.Replace(s, "cap_usd = 10", "cap_usd = 1000", 1) }
	begun(t, s, runOf(t, dir, 10, 1, rich))
	said := money.Nano(77)
	usage := &money.Usage{Input: 20, Output: 10}
	for q, c := range []struct {
		a    Answer
		cost money.Nano // -1: the worst
		lost bool
	}{
		{Answer{Status: Valid, Text: "x", Usage: usage, ProviderCost: &said}, 90_000, false},
		{Answer{Status: CutOff, Text: "x", Usage: usage}, 90_000, false},
		{Answer{Status: Empty, Usage: usage}, 90_000, false},
		{Answer{Status: NoUsage, Text: "x"}, -1, true},
		{Answer{Status: Corrupt, Why: "no JSON"}, -1, true},
		{Answer{Status: Lost, Why: "timeout"}, -1, true},
		{Answer{Status: Failed, Why: "429", Unbilled: true}, 0, false},
	} {
		before, _ := s.Totals(t.Context())
		p := Place{Query: q, Budget: 100}
		claim := claimOne(t, s, p, Granted)
		got, err := s.Settle(t.Context(), claim, c.a, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, lost := c.cost, money.Nano(0)
		if want < 0 {
			want = claim.Worst
		}
		if c.lost {
			lost = want
		}
		after, _ := s.Totals(t.Context())
		if got.Cost != want || after.Settled-before.Settled != want || after.Lost-before.Lost != lost || after.Reserved != 0 {
			t.Errorf("%s: cost %d, want %d; %+v", c.a.Status, got.Cost, want, after)
		}
		next := Granted
		if c.a.Status.Final() {
			next = Answered
		}
		again := claimOne(t, s, p, next)
		if !c.a.Status.Final() && again.State.Tries != 1 {
			t.Errorf("%s: %d tries", c.a.Status, again.State.Tries)
		}
		if next == Granted {
			if err := s.Release(t.Context(), again); err != nil {
				t.Fatal(err)
			}
		}
	}
	if total, _ := s.Totals(t.Context()); total.Provider != said {
		t.Errorf("the provider says %d, want %d", total.Provider, said)
	}
	// An endpoint that keeps to no budget: what it bills is what was spent.
	c := claimOne(t, s, Place{Query: 9, Budget: 100}, Granted)
	got, err := s.Settle(t.Context(), c, valid("long", 20, 1_000_000), nil)
	if err != nil || got.Overrun != got.Cost-c.Worst || got.Overrun <= 0 {
		t.Errorf("%+v, %v", got, err)
	}
	// It is not trusted again: not here, and not by who opens the store later.
	again := opened(t, at, Options{})
	begun(t, again, runOf(t, dir, 10, 1, rich))
	for _, s := range []*Store{s, again} {
		if now, err := s.Worst(Place{Query: 7, Budget: 100}); err != nil || now < got.Cost {
			t.Errorf("the next call may cost %d, %v; the last one cost %d", now, err, got.Cost)
		}
	}
	for _, bad := range []struct {
		a Answer
		v *Verdict
	}{
		{Answer{Status: Valid, Text: "x"}, nil},
		{Answer{}, nil},
		{Answer{Status: Valid, Usage: &money.Usage{Input: -1, Output: 1}}, nil},
		{Answer{Status: Empty}, &Verdict{Grader: "g", Verdict: outcome.Right}},
	} {
		if _, err := s.Settle(t.Context(), claimOne(t, s, Place{Query: 8, Budget: 100}, Granted), bad.a, bad.v); err == nil {
			t.Errorf("%+v is taken", bad)
		}
		s.unclaim(t, 8)
	}
}

// unclaim gives all claims on a query back.
func (s *Store) unclaim(t *testing.T, query int) {
	t.Helper()
	var call int64
	if err := s.row(t.Context(), "SELECT call FROM reservation WHERE query = ?", []any{query + 1}, &call); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), Claim{Call: call}); err != nil {
		t.Fatal(err)
	}
}

// TestCap: the last cent, and what is said of it.
func TestCap(t *testing.T) { onEach(t, testCap) }

func testCap(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 4, 1, nil)
	begun(t, s, run)
	worst, err := s.Worst(Place{Query: 0, Budget: 100})
	if err != nil {
		t.Fatal(err)
	}
	run.CapUSD = 2 * worst // of four queries with prompts of one length
	begun(t, s, run)
	a := claimOne(t, s, Place{Query: 0, Budget: 100}, Granted)
	b := claimOne(t, s, Place{Query: 1, Budget: 100}, Granted)
	claimOne(t, s, Place{Query: 2, Budget: 100}, Wait)
	claimOne(t, s, Place{Query: 1, Budget: 100}, Held)
	if _, err := s.Settle(t.Context(), a, Answer{Status: Lost}, nil); err != nil {
		t.Fatal(err)
	}
	claimOne(t, s, Place{Query: 2, Budget: 100}, Wait)
	if _, err := s.Settle(t.Context(), b, valid("1", 20, 10), nil); err != nil {
		t.Fatal(err)
	}
	claimOne(t, s, Place{Query: 2, Budget: 100}, OverCap)
	claimOne(t, s, Place{Query: 1, Budget: 100}, Answered)
	if total, _ := s.Totals(t.Context()); total.Settled != worst+90_000 || total.Cap != 2*worst {
		t.Errorf("%+v", total)
	}
}

// TestHostileText: whatever an endpoint sends is stored as text.
func TestHostileText(t *testing.T) { onEach(t, testHostileText) }

func testHostileText(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	begun(t, s, runOf(t, dir, 1, 1, nil))
	a := valid("a\x00b\xff'; DROP TABLE answer; --", 2, 2)
	a.Served, a.Finish, a.RequestID = "\xfe", "\x00", strings.Repeat("x", 1<<16)
	c := claimOne(t, s, Place{Budget: 100}, Granted)
	if _, err := s.Settle(t.Context(), c, a, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Text(t.Context(), c.Call); err != nil || got != "a\ufffdb\ufffd'; DROP TABLE answer; --" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestCollectedIsLazy: when a run counts as lazy.
func TestCollectedIsLazy(t *testing.T) { onEach(t, testCollectedIsLazy) }

func testCollectedIsLazy(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 2, 2, func(s string) string { return strings.Replace(s, "attempts = 2", "attempts = 1", 1) })
	ask := func(q, m int) {
		t.Helper()
		if _, err := s.Settle(t.Context(), claimOne(t, s, Place{Query: q, Model: m, Budget: 100}, Granted), valid("1", 2, 2), nil); err != nil {
			t.Fatal(err)
		}
	}
	want := func(lazy bool, asked int64) {
		t.Helper()
		if c, err := s.Collected(context.Background()); err != nil || c.Lazy != lazy || c.Asked != asked || lazy != (c.Lazily != nil && c.Lazily.Incumbent == "m0") {
			t.Errorf("%+v, %v; want lazy %v, %d asked", c, err, lazy, asked)
		}
	}
	begun(t, s, run)
	ask(0, 0)
	want(false, 1) // a matrix that is not finished is no lazy run
	if err := s.Begin(t.Context(), run, Schedule{For: ForCertificate, Incumbent: "m0"}); err != nil {
		t.Fatal(err)
	}
	ask(1, 0)
	want(true, 2)
	begun(t, s, run)
	ask(0, 1)
	want(true, 3) // what is missing still hangs on the lazy time
	ask(1, 1)
	want(false, 4) // all is there
}

// TestEnlist: queries that come one by one have numbers that last.
func TestEnlist(t *testing.T) { onEach(t, testEnlist) }

func testEnlist(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 1, 1, nil)
	run.Queries = runfile.Queries{}
	begun(t, s, run)
	other := opened(t, at, Options{})
	begun(t, other, run)
	enlist := func(s *Store, id, prompt string, want int) {
		t.Helper()
		if n, err := s.Enlist(t.Context(), &runfile.Query{ID: id, Prompt: prompt}); err != nil || n != want {
			t.Errorf("%s: %d, %v; want %d", id, n, err, want)
		}
	}
	enlist(s, "a", "A?", 0)
	enlist(other, "b", "B?", 1)
	enlist(s, "b", "B?", 1)
	enlist(s, "a", "A?", 0)
	c := claimOne(t, s, Place{Query: 1, Budget: 100}, Granted)
	if _, err := s.Settle(t.Context(), c, valid("yes", 2, 2), nil); err != nil {
		t.Fatal(err)
	}
	claimOne(t, other, Place{Query: 1, Budget: 100}, Answered)
	if _, err := other.Claim(t.Context(), Place{Query: 0, Budget: 100}); err == nil {
		t.Error("a query that was enlisted elsewhere is asked without its text")
	}
	if q, err := other.Query(t.Context(), 0); err != nil || q.Prompt != "A?" {
		t.Errorf("%+v, %v", q, err)
	}
}
