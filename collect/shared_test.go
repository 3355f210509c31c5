package collect_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// TestShared: two and four processes at one run in a database, killed at random
// moments while the server is restarted.
func TestShared(t *testing.T) {
	for _, workers := range []int{2, 4} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			t.Parallel()
			sharedRun(t, trouble{workers: workers, queries: 120, kills: 4, restarts: 2, seed: uint64(workers)})
		})
	}
}

// trouble is what befalls the workers of a run.
type trouble struct {
	workers, queries, kills, restarts int
	faults                            bool // of the endpoint
	seed                              uint64
}

// sharedRun collects a run by several processes in trouble. In the end the
// outcomes are those of one process without any; what was on record was never
// asked for again; every call that the endpoint saw is on the books; and the
// books were within the cap at every moment.
func sharedRun(t *testing.T, w trouble) {
	r := rand.New(rand.NewPCG(w.seed, 3))
	srv, calm := newServer(t), newServer(t)
	srv.delay = 6 * time.Millisecond
	if w.faults {
		srv.fault = everything()
	}
	alone := newRun(t, calm.URL, w.queries, "concurrency = 6")
	alone.collect(t, collect.Options{})

	server := pgtest.Own(t)
	x := newRun(t, srv.URL, w.queries, fmt.Sprintf("name = \"shared by many\"\nstore = %q\nconcurrency = 6\ntimeout_seconds = 1\ncap_usd = 50.0", server.New(t)))
	path := x.write(t)
	running := make([]*exec.Cmd, w.workers)
	for i := range running {
		running[i] = start(t, path)
	}
	stop := make(chan struct{})
	var watch sync.WaitGroup
	looks := 0
	watch.Go(func() { looks = x.watch(t, srv, stop) })
	events := append(slices.Repeat([]string{"kill"}, w.kills), slices.Repeat([]string{"restart"}, w.restarts)...)
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	alive := 0
	for i, event := range events {
		srv.await((i + 1) * w.queries * len(models) / (len(events) + 1))
		time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
		if event == "restart" {
			server.Restart(t, []pgtest.Mode{pgtest.Fast, pgtest.Immediate}[r.IntN(2)])
			continue
		}
		victim := r.IntN(w.workers)
		running[victim].Process.Kill()
		if running[victim].Wait(); running[victim].ProcessState.ExitCode() < 0 { // by the signal
			alive++
		}
		running[victim] = start(t, path)
	}
	for _, c := range running {
		// One that was started while the server was away gave up at once, as it should.
		for err := c.Wait(); err != nil; err = c.Wait() {
			c = start(t, path)
		}
	}
	close(stop)
	watch.Wait()
	x.collect(t, collect.Options{}) // the calls that the last ones killed left
	x.inspect(t, srv, map[string]int{})
	got, want := x.outcomes(t), alone.outcomes(t)
	if len(want) != w.queries*len(models) || !slices.Equal(got, want) {
		t.Errorf("%d outcomes, want the %d of one process alone", len(got), len(want))
	}
	calls := x.calls(t)
	if !w.faults && int64(srv.total) > calls {
		t.Errorf("the endpoint saw %d calls, of which %d are on the books", srv.total, calls)
	}
	t.Logf("%d kills at work of %d, %d restarts; the endpoint saw %d calls for %d answers, %d on the books; looked %d times",
		alive, w.kills, w.restarts, srv.total, len(calm.calls), calls, looks)
}

// await waits until an endpoint has seen so many calls.
func (s *server) await(calls int) {
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		s.mu.Lock()
		seen := s.total
		s.mu.Unlock()
		if seen >= calls {
			return
		}
	}
}

// watch looks at the run while others collect it.
func (x *setup) watch(t *testing.T, srv *server, stop chan struct{}) (looks int) {
	ctx := context.Background()
	onRecord := map[string]int{}
	for {
		select {
		case <-stop:
			return looks
		case <-time.After(20 * time.Millisecond):
		}
		s, err := store.OpenFile(ctx, store.Address(x.run.Store, x.run.Name))
		if err != nil {
			continue // not made yet, or the server is away
		}
		m, err := s.Totals(ctx)
		if err == nil && m.Settled+m.Reserved > m.Cap {
			t.Errorf("settled %v and reserved %v are above the cap, %v", m.Settled, m.Reserved, m.Cap)
		}
		var answered []string
		err = s.Outcomes(ctx, 0, func(r *outcome.Record, call int64) error {
			if call > 0 && r.Verdict != outcome.NotRun {
				var i int
				fmt.Sscanf(r.Query, "q%d", &i)
				answered = append(answered, fmt.Sprint(r.Model, "|", prompt(i), "|", *r.MaxOutputTokens))
			}
			return nil
		})
		s.Close()
		if err != nil {
			continue
		}
		looks++
		srv.mu.Lock()
		for _, key := range answered {
			if before, known := onRecord[key]; known && srv.calls[key] != before {
				t.Errorf("%s had an answer on record after %d calls, and was asked %d times", key, before, srv.calls[key])
			}
			onRecord[key] = srv.calls[key]
		}
		srv.mu.Unlock()
	}
}

// outcomes are the records of a run, but for how long calls took.
func (x *setup) outcomes(t *testing.T) (out []string) {
	t.Helper()
	s := x.open(t)
	defer s.Close()
	err := s.Outcomes(t.Context(), outcome.WantAll, func(r *outcome.Record, _ int64) error {
		cost := -1.0
		if r.CostUSD != nil {
			cost = *r.CostUSD
		}
		out = append(out, fmt.Sprint(r.Query, r.Model, r.Attempt, r.Verdict, r.Reason, r.Answer, r.Response, r.Finish, *r.MaxOutputTokens, cost, r.Slices, r.Grader))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// calls counts those on the books.
func (x *setup) calls(t *testing.T) (n int64) {
	t.Helper()
	s := x.open(t)
	defer s.Close()
	if err := s.Begin(t.Context(), x.run, store.Schedule{For: store.ForMatrix}); err != nil {
		t.Fatal(err)
	}
	used, err := s.ModelTotals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range used {
		n += m.Calls
	}
	return n
}
