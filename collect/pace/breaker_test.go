package pace

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fail sends n calls that fail, one after the other.
func fail(t *testing.T, g *Gate, n int) {
	t.Helper()
	for range n {
		p, err := g.Enter(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		p.Done(Report{Outcome: Failed})
	}
}

func TestBreakerLetsOneProbeThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Failures: 5, Cooling: 10 * time.Second})
		fail(t, g, 4)
		if got := g.State().Breaker; got != Closed {
			t.Fatalf("after 4 failures the breaker is %s", got)
		}
		fail(t, g, 1)
		if s := g.State(); s.Breaker != Open || s.Probe < 5*time.Second || s.Probe > 10*time.Second {
			t.Fatalf("after 5 failures the breaker is %s, next probe in %v", s.Breaker, s.Probe)
		}
		passes := make(chan *Pass, 100)
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				p, err := g.Enter(t.Context(), 0)
				if err != nil {
					t.Error(err)
				}
				passes <- p
			})
		}
		time.Sleep(4 * time.Second)
		if synctest.Wait(); len(passes) != 0 {
			t.Fatalf("%d went through an open breaker", len(passes))
		}
		time.Sleep(time.Hour)
		if synctest.Wait(); len(passes) != 1 {
			t.Fatalf("%d went through a half-open breaker, want one", len(passes))
		}
		if got := g.State().Breaker; got != HalfOpen {
			t.Errorf("with a probe out the breaker is %s", got)
		}
		(<-passes).Done(Report{Outcome: Void}) // the caller gave up: the next one is the probe
		if synctest.Wait(); len(passes) != 1 {
			t.Fatalf("%d went through after a probe that was given up, want one", len(passes))
		}
		(<-passes).Done(Report{Outcome: Good})
		if got := g.State().Breaker; got != Closed {
			t.Errorf("after a good probe the breaker is %s", got)
		}
		for range 98 {
			(<-passes).Done(Report{Outcome: Good})
		}
		wg.Wait()
	})
}

// TestLateFailuresSayNothing has many calls in flight when the breaker opens.
func TestLateFailuresSayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Failures: 3, Cooling: time.Second})
		var late []*Pass
		for range 10 {
			p, _ := g.Enter(t.Context(), 0)
			late = append(late, p)
		}
		for _, p := range late[:3] {
			p.Done(Report{Outcome: Failed})
		}
		probe, _ := g.Enter(t.Context(), 0) // although seven hang
		probe.Done(Report{Outcome: Good})
		for _, p := range late[3:] {
			p.Done(Report{Outcome: Failed})
		}
		if got := g.State().Breaker; got != Closed {
			t.Errorf("failures of calls from before the probe made it %s", got)
		}
	})
}

func TestProbesCoolLongerAndThenItIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Name: "far", Failures: 1, Cooling: 4 * time.Second, Probes: 4, MaxRetryAfter: 20 * time.Second})
		fail(t, g, 1)
		var waits []time.Duration
		var down *DownError
		for down == nil {
			start := time.Now()
			p, err := g.Enter(t.Context(), 0)
			if errors.As(err, &down) {
				break
			}
			waits = append(waits, time.Since(start))
			if len(waits) == 4 { // who waits when it goes down is told as well
				go func() {
					if _, err := g.Enter(t.Context(), 0); !errors.As(err, &down) {
						t.Errorf("a waiter got %v", err)
					}
				}()
				synctest.Wait()
			}
			p.Done(Report{Outcome: Failed})
			synctest.Wait()
		}
		if len(waits) != 4 || down.Probes != 4 {
			t.Fatalf("down after %d probes, says %d; want 4", len(waits), down.Probes)
		}
		for i, most := range []time.Duration{4, 8, 16, 20} {
			if w := waits[i]; w < most*time.Second/2 || w > most*time.Second {
				t.Errorf("probe %d went after %v, want %d to %d s", i+1, w, most/2, most)
			}
		}
		if got, want := down.Error(), "far is down: 4 probes in a row failed"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := g.State().Breaker; got != Down {
			t.Errorf("the breaker is %s", got)
		}
	})
}

func TestBackoff(t *testing.T) {
	const most = time.Minute
	for attempt := 1; attempt < 100; attempt++ {
		a := Backoff(7, "q/m", attempt, time.Second, most)
		if b := Backoff(7, "q/m", attempt, time.Second, most); a != b {
			t.Fatalf("attempt %d: %v, and then %v", attempt, a, b)
		}
		if a < 0 || a > most {
			t.Errorf("attempt %d: %v is outside [0, %v]", attempt, a, most)
		}
	}
	// Full jitter: uniform on [0, 4 s] at the third attempt, so the mean of 10,000
	// draws is 2 s within 4 · (4 s/√12)/√10000 = 46 ms.
	var sum time.Duration
	for i := range 10_000 {
		d := Backoff(uint64(i), "x", 3, time.Second, most)
		if d > 4*time.Second {
			t.Fatalf("%v is more than 4 s", d)
		}
		sum += d
	}
	if mean := sum / 10_000; mean < 1954*time.Millisecond || mean > 2046*time.Millisecond {
		t.Errorf("mean %v, want 2 s", mean)
	}
	if Backoff(1, "a", 5, time.Second, most) == Backoff(1, "b", 5, time.Second, most) {
		t.Error("two names draw the same")
	}
	if got := Backoff(1, "a", 1<<40, time.Hour, time.Minute); got < 0 || got > time.Minute {
		t.Errorf("a late attempt waits %v", got)
	}
}
