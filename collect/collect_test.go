package collect_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

func prompt(i int) string { return fmt.Sprintf("How much is %d + %d?", i, i*i) }

// right asserts that what is on record is what the server's law says.
func right(t *testing.T, got map[[2]string]outcome.Verdict, queries int, all bool) {
	t.Helper()
	for i := range queries {
		for _, m := range models {
			v, known := got[[2]string{fmt.Sprint("q", i), m}]
			if !known && !all {
				continue
			}
			want := outcome.Wrong
			if knows(m, prompt(i)) {
				want = outcome.Right
			}
			if v != want {
				t.Errorf("query %d, %s: %q, want %s", i, m, v, want)
			}
		}
	}
}

// TestMatrix: every cell once, those cut off at their budget once more, and on a
// second start none at all.
func TestMatrix(t *testing.T) {
	t.Parallel()
	const n = 60
	srv := newServer(t)
	x := newRun(t, srv.URL, n, "")
	var last collect.Progress
	r := x.collect(t, collect.Options{Watch: func(p collect.Progress) { last = p }, Every: 5 * time.Millisecond})
	right(t, x.verdicts(t), n, true)
	climbed := 0
	for i := range n {
		for _, m := range models {
			if long(m, prompt(i)) {
				climbed++
			}
		}
	}
	if r.Climbed != int64(climbed) || r.Made != int64(n*len(models)+climbed) || srv.total != int(r.Made) {
		t.Errorf("%d calls, %d for room, the server saw %d; want %d cells and %d for room", r.Made, r.Climbed, srv.total, n*len(models), climbed)
	}
	if !r.Complete || r.Missing != 0 || !last.End || last.Models[0].Done != n || last.Models[0].Needed != n || last.Money.Settled == 0 || last.Money.Reserved != 0 {
		t.Errorf("result %+v, last %+v", r, last)
	}
	again := x.collect(t, collect.Options{})
	if again.Made != 0 || again.Before != int64(n*len(models)) || srv.total != int(r.Made) {
		t.Errorf("a second start made %d calls and found %d on record", again.Made, again.Before)
	}
}

// TestCertificate: a lazy run asks the incumbent everywhere and nobody on what it
// knows; its tally is that of the law.
func TestCertificate(t *testing.T) {
	t.Parallel()
	const n = 80
	srv := newServer(t)
	x := newRun(t, srv.URL, n, "")
	r := x.collect(t, collect.Options{How: store.Schedule{For: store.ForCertificate, Incumbent: "m80"}})
	var want schedule.Tally
	want.Queries = n
	for i := range n {
		some := false
		for _, m := range models {
			some = some || knows(m, prompt(i))
		}
		switch {
		case knows("m80", prompt(i)):
			want.Right++
		case some:
			want.Rescued++
		default:
			want.AllWrong++
		}
	}
	if r.Tally != want {
		t.Errorf("%+v, want %+v", r.Tally, want)
	}
	got := x.verdicts(t)
	right(t, got, n, false)
	for i := range n {
		for _, m := range models[:3] {
			if _, asked := got[[2]string{fmt.Sprint("q", i), m}]; asked && knows("m80", prompt(i)) {
				t.Errorf("query %d: the incumbent knows it, and %s was asked", i, m)
			}
		}
	}
	if r.FullCost == nil || *r.FullCost <= r.Money.Settled.Dollars() {
		t.Errorf("the full matrix is said to cost %v, spent %v", r.FullCost, r.Money.Settled)
	}
	// What a matrix needs then is only the rest.
	before := srv.total
	m := x.collect(t, collect.Options{})
	if m.Before != int64(len(got)) || srv.total-before < n*len(models)-len(got) {
		t.Errorf("%d on record of %d; %d more calls", m.Before, len(got), srv.total-before)
	}
	right(t, x.verdicts(t), n, true)
}

// TestFaults: whatever a server does now and then, every cell ends with the
// verdict that it would have had, and every call that may have been billed is paid for.
func TestFaults(t *testing.T) {
	t.Parallel()
	const n = 40
	srv := newServer(t)
	srv.fault = func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
		if nth > 1 || chance("fault", model, prompt) > 0.4 {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		whole := string(body(model, prompt, budget))
		which := 2 + int(chance("which", model, prompt)*7)
		if chance("throttled", model, prompt) < 0.04 {
			which = []int{0, 1, 9}[int(chance("which", model, prompt)*3)]
		}
		switch which {
		case 0:
			w.Header().Set("Retry-After", "0.05")
			http.Error(w, `{"error":{"message":"slow down"}}`, http.StatusTooManyRequests)
		case 1:
			http.Error(w, `{"error":{"message":"slow down"}}`, http.StatusTooManyRequests)
		case 2:
			http.Error(w, "oops", http.StatusInternalServerError)
		case 3:
			hijack(w) // reset
		case 4:
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			fmt.Fprint(w, whole[:len(whole)/2])
		case 5:
			fmt.Fprint(w, whole[:len(whole)-3])
		case 6:
			fmt.Fprint(w, strings.Replace(whole, "That makes", "", 1)[:0]+`{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1}}`)
		case 7:
			fmt.Fprint(w, strings.Replace(whole, `"usage"`, `"other"`, 1))
		case 8:
			fmt.Fprint(w, strings.Replace(whole, `"prompt_tokens":12`, `"prompt_tokens":-5`, 1))
		default:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
		return true
	}
	x := newRun(t, srv.URL, n, "concurrency = 8")
	r := x.collect(t, collect.Options{})
	right(t, x.verdicts(t), n, true)
	if r.Repeated == 0 || r.Missing != 0 || r.Money.Lost == 0 {
		t.Errorf("%+v: want broken answers asked again, none missing, and calls charged of which nobody knows", r)
	}
}

func hijack(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// TestBroken: what stays broken is missing with its reason, and is asked again by
// the next start.
func TestBroken(t *testing.T) {
	t.Parallel()
	const n = 10
	srv := newServer(t)
	healed := false
	srv.fault = func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
		if healed || model != "m45" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":0}}`)
		return true
	}
	x := newRun(t, srv.URL, n, "")
	r := x.collect(t, collect.Options{Tries: 2})
	if r.Missing != n || len(r.Reasons) != 1 || r.Reasons[0].Reason != "empty" || r.Reasons[0].Cells != n || r.Models[2].Missing != n {
		t.Errorf("missing %d because %+v; want %d empty ones", r.Missing, r.Reasons, n)
	}
	if got := x.verdicts(t); len(got) != 3*n {
		t.Errorf("%d verdicts, want none of the broken model", len(got))
	}
	healed = true
	if r := x.collect(t, collect.Options{}); r.Missing != 0 || r.Made < n {
		t.Errorf("after it was healed %+v", r)
	}
	right(t, x.verdicts(t), n, true)
}

// TestCap: the cap holds at any concurrency, what was not asked for want of
// money is counted, and a higher cap goes on from there.
func TestCap(t *testing.T) {
	t.Parallel()
	const n = 50
	srv := newServer(t)
	x := newRun(t, srv.URL, n, "cap_usd = 0.02\nconcurrency = 16")
	r := x.collect(t, collect.Options{})
	if r.OverCap == 0 || r.Complete || r.Money.Settled > r.Money.Cap || r.Money.Settled == 0 {
		t.Errorf("settled %v of %v, %d cells over it", r.Money.Settled, r.Money.Cap, r.OverCap)
	}
	x.run.CapUSD *= 1000
	if r := x.collect(t, collect.Options{}); r.OverCap != 0 || !r.Complete {
		t.Errorf("with a higher cap %+v", r)
	}
	right(t, x.verdicts(t), n, true)
}

// TestStop: what is in flight is finished and stored, and nothing else is asked.
func TestStop(t *testing.T) {
	t.Parallel()
	const n = 100
	srv := newServer(t)
	srv.delay = 5 * time.Millisecond
	x := newRun(t, srv.URL, n, "concurrency = 4")
	stop := make(chan struct{})
	closed := false
	r := x.collect(t, collect.Options{Stop: stop, Every: time.Millisecond, Watch: func(p collect.Progress) {
		if p.Models[0].Done > 5 && !closed {
			close(stop)
			closed = true
		}
	}})
	if !r.Stopped || r.Complete || r.Made >= n*int64(len(models)) || r.Money.Reserved != 0 || r.Money.Lost != 0 {
		t.Errorf("%+v; want a run that stopped, with nothing reserved or lost", r)
	}
	before := srv.total
	if int64(before) != r.Made {
		t.Errorf("%d calls were made, the server saw %d", r.Made, before)
	}
	x.collect(t, collect.Options{})
	right(t, x.verdicts(t), n, true)
	for key, times := range srv.served {
		if times > 1 {
			t.Errorf("%s was answered %d times", key, times)
		}
	}
}

// TestCancelled: an abrupt end loses nothing either; calls that may have been
// billed are charged.
func TestCancelled(t *testing.T) {
	t.Parallel()
	const n = 60
	srv := newServer(t)
	srv.delay = 3 * time.Millisecond
	x := newRun(t, srv.URL, n, "concurrency = 8")
	s := x.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := collect.Run(ctx, collect.Options{Run: x.run, Store: s, Every: time.Millisecond, Watch: func(p collect.Progress) {
		if p.Models[1].Done > 10 {
			cancel()
		}
	}})
	if err == nil {
		t.Error("no error after it was cancelled")
	}
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	s.Close()
	x.collect(t, collect.Options{})
	right(t, x.verdicts(t), n, true)
}

// TestDown: an endpoint whose key is refused is given up at once, and the result
// says why.
func TestDown(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.fault = func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
		http.Error(w, `{"error":{"message":"no such key"}}`, http.StatusUnauthorized)
		return true
	}
	x := newRun(t, srv.URL, 50, "")
	r := x.collect(t, collect.Options{})
	if len(r.Down) != 1 || !strings.Contains(r.Down[0].Why, "no such key") || r.Complete || srv.total > 200 || r.Money.Settled != 0 {
		t.Errorf("%+v after %d calls", r.Down, srv.total)
	}
}

// TestNobodyThere: an address without a server is no reason to wait, and costs
// nothing.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	x := newRun(t, "http://127.0.0.1:1", 50, "")
	start := time.Now()
	r := x.collect(t, collect.Options{})
	if len(r.Down) != 1 || r.Money.Settled != 0 || time.Since(start) > 10*time.Second {
		t.Errorf("%+v, spent %v, after %v", r.Down, r.Money.Settled, time.Since(start))
	}
}

// TestTwoRuns: two runs on one folder share the work; nothing is answered twice.
func TestTwoRuns(t *testing.T) {
	t.Parallel()
	const n = 60
	srv := newServer(t)
	srv.delay = 2 * time.Millisecond
	x := newRun(t, srv.URL, n, "concurrency = 4")
	done := make(chan error, 2)
	for range 2 {
		s := x.open(t)
		go func() {
			_, err := collect.Run(t.Context(), collect.Options{Run: x.run, Store: s})
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	right(t, x.verdicts(t), n, true)
	for key, times := range srv.served {
		if times > 1 {
			t.Errorf("%s was answered %d times", key, times)
		}
	}
}

// TestUntilDecided: the run stops when the judge is content, and not before.
func TestUntilDecided(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	x := newRun(t, srv.URL, 200, "concurrency = 4")
	look := func(t schedule.Tally) certify.Watched {
		w, err := certify.Watch{Queries: t.Queries, Least: t.Rescued, Most: t.Rescued + t.Open}.Look(0.08, 0)
		if err != nil {
			panic(err)
		}
		return w
	}
	decided := func(t schedule.Tally) bool { return look(t).Verdict != certify.Undecided }
	r := x.collect(t, collect.Options{How: store.Schedule{For: store.ForCertificate, Incumbent: "m80", Until: "decided", Overhead: 0.08}, Decided: decided})
	if !decided(r.Tally) || r.Tally.Queries >= 200 || !r.Complete {
		t.Errorf("stopped at %+v, %+v", r.Tally, look(r.Tally))
	}
}

func TestRefusedOptions(t *testing.T) {
	t.Parallel()
	x := newRun(t, "http://127.0.0.1:1", 3, "")
	s := x.open(t)
	for name, how := range map[string]store.Schedule{
		"no incumbent":        {For: store.ForCertificate},
		"unknown incumbent":   {For: store.ForCertificate, Incumbent: "nobody"},
		"until without judge": {For: store.ForCertificate, Incumbent: "m80", Until: "decided"},
		"unknown purpose":     {For: "fun"},
	} {
		if _, err := collect.Run(t.Context(), collect.Options{Run: x.run, Store: s, How: how}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
