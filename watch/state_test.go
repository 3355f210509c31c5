package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

func started(t *testing.T, o Options) *State {
	t.Helper()
	if o.Models == nil {
		o.Models = []string{"b", "a", "c", "a"}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encoded(t *testing.T, s *State) []byte {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func restored(t *testing.T, raw []byte) *State {
	t.Helper()
	s := &State{}
	if err := json.Unmarshal(raw, s); err != nil {
		t.Fatal(err)
	}
	if err := s.Restored(); err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t *testing.T, s *State, query, model string, v outcome.Verdict) []Event {
	t.Helper()
	events, err := s.Add(&outcome.Record{Query: query, Model: model, Verdict: v, Slices: map[string]string{"topic": query[:1]}})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// A stream that is stopped and gone on with, anywhere, ends in the same state as
// one that is not, to the byte: verdicts out of order, repeats and revisions included.
func TestGoesOn(t *testing.T) {
	for _, slice := range []string{"", "topic"} {
		o := Options{Slice: slice, Incumbent: "b", Overhead: 0.05, Baseline: 50, Both: true, RunLength: 500, Remember: 40, Open: 9}
		whole, parts := started(t, o), started(t, o)
		r := rand.New(rand.NewPCG(7, 7))
		events := 0
		for i := range 3000 {
			q := fmt.Sprintf("%c%d", 'x'+rune(i/8%3), i/24+r.IntN(2))
			rec := outcome.Record{Query: q, Model: string("abcd"[r.IntN(4)]), Verdict: outcome.NotRun + outcome.Verdict(r.IntN(4)), Slices: map[string]string{"topic": q[:1]}}
			a, err := whole.Add(&rec)
			if err != nil {
				t.Fatal(err)
			}
			if r.IntN(20) == 0 {
				parts = restored(t, encoded(t, parts))
			}
			b, err := parts.Add(&rec)
			if err != nil || fmt.Sprint(len(a)) != fmt.Sprint(len(b)) {
				t.Fatalf("record %d: %d events, and %d where the watch was stopped: %v", i, len(a), len(b), err)
			}
			events += len(a)
		}
		if got, want := encoded(t, parts), encoded(t, whole); !bytes.Equal(got, want) {
			t.Errorf("slice %q: stopped and gone on\n%s\nnever stopped\n%s", slice, got, want)
		}
		if whole.Counted < 100 || events == 0 || whole.Pending.GivenUp == 0 {
			t.Errorf("slice %q: %d queries, %d events, %d given up: the test shows little", slice, whole.Counted, events, whole.Pending.GivenUp)
		}
		if n, m := len(whole.Pending.open), len(whole.Pending.Done); n > 9 || m > 40 || len(whole.Pending.done) != m {
			t.Errorf("%d open and %d remembered; want 9 and 40 at most", n, m)
		}
	}
}

// What a query counts as, and what it does not.
func TestPending(t *testing.T) {
	s := started(t, Options{Open: 2})
	add(t, s, "q1", "a", outcome.Right)
	add(t, s, "q1", "a", outcome.Right)  // a repeat
	add(t, s, "q1", "b", outcome.Right)  // revised below
	add(t, s, "q1", "b", outcome.Wrong)  //
	add(t, s, "q1", "z", outcome.Wrong)  // not of the pool
	add(t, s, "q1", "c", outcome.NotRun) // leaves it open
	if s.Counted != 0 {
		t.Fatalf("counted before it is complete")
	}
	add(t, s, "q1", "c", outcome.NoAnswer) // wrong
	if s.Counted != 1 || fmt.Sprint(s.All.Right) != "[1 0 0]" {
		t.Errorf("%d counted, right %v", s.Counted, s.All.Right)
	}
	add(t, s, "q1", "c", outcome.Wrong) // a repeat
	add(t, s, "q1", "c", outcome.Right) // contradicts what was counted
	if s.Counted != 1 || fmt.Sprint(s.All.Right) != "[1 0 0]" {
		t.Errorf("counted twice: %d, right %v", s.Counted, s.All.Right)
	}
	add(t, s, "q2", "a", outcome.Wrong)
	add(t, s, "q3", "a", outcome.Wrong)
	add(t, s, "q4", "a", outcome.Wrong) // q2 makes way
	add(t, s, "q2", "b", outcome.Wrong) // late
	if _, err := s.Add(&outcome.Record{Query: "q3", Model: "a", Attempt: 1, Verdict: outcome.Right}); err != nil {
		t.Error(err)
	}
	p := s.Pending
	if got, want := fmt.Sprint(p.Repeats, p.Revised, p.Corrected, p.GivenUp, p.Late, p.Strangers, p.Strange, p.Attempts), "2 1 1 1 1 1 [z] 1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var codes []string
	for _, w := range s.Summary().Warnings {
		codes = append(codes, w.Code)
	}
	if got := strings.Join(codes, " "); got != "given-up corrected late strangers" {
		t.Errorf("warnings %s", got)
	}
	for _, bad := range []outcome.Record{{Model: "a", Verdict: outcome.Right}, {Query: "q", Model: "a"}, {Query: "q", Model: "a", Attempt: -1, Verdict: outcome.Right}} {
		if _, err := s.Add(&bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	missing := started(t, Options{NoAnswerMissing: true})
	for _, m := range []string{"a", "b", "c"} {
		add(t, missing, "q", m, outcome.NoAnswer)
	}
	if missing.Counted != 0 {
		t.Error("no answer counted although it is to be missing")
	}
}

// What all detectors together may spend, for any number of slices.
func TestBudgets(t *testing.T) {
	for _, o := range []Options{{}, {Incumbent: "a"}, {Slice: "topic"}, {Slice: "topic", Incumbent: "a", Both: true}, {Slice: "topic", Beta: Level{0.01, 0.02}}} {
		s := started(t, o)
		for i := range MaxSlices + 5 {
			s.Count(fmt.Sprint("slice ", i), []bool{true, false, true})
		}
		o = s.Options
		perQuery, ever := 0.0, 0.0
		for i, p := range append([]*Scope{s.All}, s.Parts...) {
			b := p.budget(&o)
			if i < 2 { // the whole stream, and the one slice that a query belongs to
				perQuery += b.perQuery * o.detectors()
			}
			ever += (b.chance + b.learning) * o.detectors()
		}
		want := 1.0
		if perQuery > want/o.RunLength*(1+1e-12) || ever > o.Alpha*(1+1e-12) || ever < o.Alpha*0.99 {
			t.Errorf("%+v: %v false alarms a query of %v, %v for ever of %v", o, perQuery, 1/o.RunLength, ever, o.Alpha)
		}
		if o.Slice != "" && (len(s.Parts) != MaxSlices || s.Unparted != 5) {
			t.Errorf("%d slices and %d queries beyond", len(s.Parts), s.Unparted)
		}
	}
}

// The certificate of a stream is that of package certify for the same queries.
func TestCertificate(t *testing.T) {
	for _, incumbent := range []string{"", "b"} {
		s := started(t, Options{Incumbent: incumbent, Overhead: 0.1})
		r := rand.New(rand.NewPCG(3, 9))
		const n = 700
		right := [][]uint64{outcome.NewMask(n), outcome.NewMask(n), outcome.NewMask(n)}
		seen := [][]uint64{outcome.NewMask(n), outcome.NewMask(n), outcome.NewMask(n)}
		for q := range n {
			var is [3]bool
			hard := r.Float64() < 0.1
			for i := range is {
				is[i] = !hard && r.Float64() < 0.7
				outcome.Mask(seen[i]).Set(q)
				if is[i] {
					outcome.Mask(right[i]).Set(q)
				}
			}
			s.Count("", is[:])
		}
		m, err := outcome.NewMatrix([]string{"a", "b", "c"}, n, right, seen, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := certify.Certify(certify.Options{Method: certify.Anytime, Incumbent: incumbent, Overhead: 0.1}, m)
		if err != nil {
			t.Fatal(err)
		}
		got := s.Summary().Scopes[0]
		if math.Abs(got.Gain.Upper-c.Gain.Upper) > 1e-12 || math.Abs(got.Gain.Lower-c.Gain.Lower) > 1e-12 || got.Verdict != c.Verdict {
			t.Errorf("incumbent %q: %+v %s, the certificate says %+v %s", incumbent, got.Gain, got.Verdict, c.Gain, c.Verdict)
		}
	}
}

// feedOf counts queries of which every part-th is all wrong, and else the incumbent b is
// wrong on every other-th.
func feedOf(s *State, n, all, incumbent int) (out []Event) {
	for q := 1; q <= n; q++ {
		right := []bool{true, true, true}
		if q%all == 0 {
			right = []bool{false, false, false}
		} else if q%incumbent == 0 {
			right[1] = false
		}
		out = append(out, s.Count("", right)...)
	}
	return out
}

func kinds(events []Event) string {
	var out []string
	for _, e := range events {
		word := string(e.Kind) + " " + string(e.Rate) + " " + string(e.Direction) + string(e.Verdict)
		if e.Alarm {
			word += "!"
		}
		out = append(out, word)
	}
	return strings.Join(out, ", ")
}

// Levels are learnt, hold, and are passed on both sides; verdicts change; a new
// epoch begins with nothing but what stands.
func TestEvents(t *testing.T) {
	s := started(t, Options{Incumbent: "b", Overhead: 0.05, Baseline: 1000, Both: true, RunLength: 1e5})
	if got := kinds(feedOf(s, 5000, 50, 1e6)); got != "verdict  no, learnt beta rising, learnt gain rising" {
		t.Errorf("while nothing changes: %s", got)
	}
	if got := kinds(feedOf(s, 3000, 10, 1e6)); got != "change beta rising!, level beta rising!" {
		t.Errorf("when β rises to a tenth: %s", got)
	}
	if got := kinds(feedOf(s, 10000, 1e6, 5)); !strings.Contains(got, "change gain rising!") || !strings.Contains(got, "verdict  room!") || !strings.Contains(got, "change beta falling!") {
		t.Errorf("when β falls to nothing and the gain rises to a fifth: %s", got)
	}
	standing, counted := len(s.Alarms), s.Counted
	s = restored(t, encoded(t, s))
	if len(s.Alarms) != standing || standing < 5 {
		t.Errorf("%d alarms stand after a restart, %d before", len(s.Alarms), standing)
	}
	s.Anew()
	sum := s.Summary()
	if len(sum.Alarms) != 0 || sum.Epoch != 1 || sum.Queries != 0 || s.Earlier != counted || sum.Scopes[0].Verdict != certify.Room {
		t.Errorf("anew: %+v", sum)
	}
	if got := kinds(feedOf(s, 5000, 1e6, 5)); got != "learnt beta rising, learnt gain rising" {
		t.Errorf("anew, at the new rates: %s", got)
	}
}

// A level that is stated is one from the first query on, and a verdict in force is
// not news.
func TestStated(t *testing.T) {
	s := started(t, Options{Beta: Level{High: 0.02}, Overhead: 0.3, Verdict: certify.No})
	if got := kinds(feedOf(s, 300, 4, 1e6)); got != "level beta rising!, change beta rising!" {
		t.Errorf("%s", got)
	}
	e := s.Alarms[0]
	if e.At > 60 || *e.Level != 0.02 || e.Hits > e.Since || e.Evidence < 1 {
		t.Errorf("%+v", e)
	}
}

func TestRefusals(t *testing.T) {
	pool := []string{"a", "b"}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Models: pool[:1]}, "two or more"},
		{Options{Models: []string{"a", "a"}}, "two or more"},
		{Options{Models: pool, Incumbent: "c"}, `no model of the pool is named "c"`},
		{Options{Models: pool, Overhead: 2}, "overhead"},
		{Options{Models: pool, Overhead: math.NaN()}, "overhead"},
		{Options{Models: pool, Confidence: 1}, "confidence"},
		{Options{Models: pool, Alpha: -0.1}, "alpha"},
		{Options{Models: pool, RunLength: math.Inf(1)}, "run length"},
		{Options{Models: pool, RunLength: 0.5}, "run length"},
		{Options{Models: pool, Baseline: -1}, "baseline"},
		{Options{Models: pool, ScoreThreshold: 2}, "score threshold"},
		{Options{Models: pool, Gain: Level{High: 0.1}}, "name the model in use"},
		{Options{Models: pool, Beta: Level{High: 1}}, "between 0 and 1"},
		{Options{Models: pool, Beta: Level{Low: 0.5}}, "between 0 and 1"},
		{Options{Models: pool, Beta: Level{Low: 0.5, High: 0.2}}, "between 0 and 1"},
		{Options{Models: pool, Verdict: "yes"}, "none of no, room"},
	} {
		if _, err := New(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.o, err, c.want)
		}
	}
}

// A state that was changed by hand, or cut off, is refused and never panics.
func TestDamagedState(t *testing.T) {
	s := started(t, Options{Slice: "topic", Incumbent: "a", Baseline: 2})
	for i := range 10 {
		s.Count(fmt.Sprint(i%2), []bool{i%3 == 0, true, false})
	}
	add(t, s, "q1", "a", outcome.Right)
	whole := string(encoded(t, s))
	for _, c := range [][2]string{
		{`"models":["a","b","c"]`, `"models":["a","b"]`}, {`"incumbent":"a"`, `"incumbent":""`}, {`"queries":10`, `"queries":1`},
		{`"cells":"r.."`, `"cells":"r."`}, {`"cells":"r.."`, `"cells":"rxx"`}, {`"all":{`, `"al":{`}, {`"baseline_hits":`, `"baseline_hits":9`},
		{`"alpha":0.05`, `"alpha":5`}, {`"slice":"0"`, `"slice":null`}, {`"level":`, `"level":-`},
	} {
		text := strings.Replace(whole, c[0], c[1], 1)
		if text == whole {
			t.Fatalf("%s is not in the state", c[0])
		}
		got := &State{}
		if err := json.Unmarshal([]byte(text), got); err == nil && got.Restored() == nil {
			t.Errorf("%s for %s was taken", c[1], c[0])
		}
	}
}

func FuzzRestored(f *testing.F) {
	s, err := New(Options{Models: []string{"a", "b"}, Slice: "topic", Baseline: 1})
	if err != nil {
		f.Fatal(err)
	}
	s.Count("x", []bool{true, false})
	raw, _ := json.Marshal(s)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := &State{}
		if json.Unmarshal(raw, s) != nil || s.Restored() != nil {
			return
		}
		right := make([]bool, len(s.Options.Models))
		for range 3 {
			s.Count("x", right)
			if _, err := s.Add(&outcome.Record{Query: "q", Model: "a", Verdict: outcome.Right}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := json.Marshal(s.Summary()); err != nil {
			t.Errorf("a summary that is no JSON: %v", err)
		}
	})
}
