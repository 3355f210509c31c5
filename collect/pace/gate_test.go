package pace

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sent is one request that went out.
type sent struct {
	at     time.Time
	tokens int64
}

// record collects what went out.
type record struct {
	mu   sync.Mutex
	list []sent
}

func (r *record) add(tokens int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, sent{time.Now(), tokens})
}

// most gives the most requests and tokens of any window, the end of which does
// not count.
func (r *record) most(window time.Duration) (requests int, tokens int64) {
	from, sum := 0, int64(0)
	for to, s := range r.list {
		sum += s.tokens
		for s.at.Sub(r.list[from].at) >= window {
			sum -= r.list[from].tokens
			from++
		}
		requests, tokens = max(requests, to-from+1), max(tokens, sum)
	}
	return requests, tokens
}

// run sends n calls through g from as many goroutines as there are workers.
func run(t *testing.T, g *Gate, workers, n int, call func(i int) (tokens int64, r Report)) *record {
	t.Helper()
	var rec record
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				tokens := int64(100)
				p, err := g.Enter(t.Context(), tokens)
				if err != nil {
					t.Errorf("call %d: %v", i, err)
					continue
				}
				rec.add(tokens)
				_, report := call(i)
				p.Done(report)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return &rec
}

func good(latency time.Duration) func(int) (int64, Report) {
	return func(int) (int64, Report) { time.Sleep(latency); return 0, Report{Outcome: Good} }
}

func TestNeverAboveTheRequestRate(t *testing.T) {
	for _, perMinute := range []float64{1, 7, 60, 1000, 30_000} {
		synctest.Test(t, func(t *testing.T) {
			n := int(min(3*perMinute+2, 20_000))
			start := time.Now()
			rec := run(t, New(Options{RequestsPerMinute: perMinute}), 64, n, good(20*time.Millisecond))
			if got, _ := rec.most(time.Minute); float64(got) > perMinute {
				t.Errorf("%v a minute: %d in one", perMinute, got)
			}
			// All that is allowed is used: at 1 a minute, n calls take n - 1 minutes.
			if want := time.Duration(float64(n-1) / perMinute * float64(time.Minute)); time.Since(start) > want+want/100+time.Second {
				t.Errorf("%v a minute: %d calls took %v, want %v", perMinute, n, time.Since(start), want)
			}
		})
	}
}

func TestNeverAboveTheTokenRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{TokensPerMinute: 60_000})
		start := time.Now()
		rec := run(t, g, 32, 3000, good(time.Second)) // 100 tokens each
		if _, got := rec.most(time.Minute); got > 60_000 {
			t.Errorf("%d tokens in one minute, want at most 60000", got)
		}
		// A tenth may leave at once; the rest fills the bucket at nine tenths of the rate.
		if took := time.Since(start); took > 6*time.Minute {
			t.Errorf("300000 tokens took %v", took)
		}
	})
}

func TestTokensAreSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{TokensPerMinute: 6000})
		start := time.Now()
		for range 100 { // 600 are asked for, 60 are used: 6000 in all, of which 600 are there
			p, err := g.Enter(t.Context(), 600)
			if err != nil {
				t.Fatal(err)
			}
			p.Done(Report{Outcome: Good, Tokens: 60})
		}
		if took, want := time.Since(start), 60*time.Second; took < want-time.Second || took > want+7*time.Second {
			t.Errorf("took %v, want about %v: what was not used goes back", took, want)
		}
		p, _ := g.Enter(t.Context(), 10)
		p.Done(Report{Outcome: Good, Tokens: 1200}) // more than it said
		start = time.Now()
		p, _ = g.Enter(t.Context(), 1)
		p.Done(Report{})
		if took := time.Since(start); took < 6*time.Second {
			t.Errorf("after a call that took more than it said the next waited %v", took)
		}
	})
}

func TestARequestLargerThanTheBucketGoesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{TokensPerMinute: 1000})
		p, err := g.Enter(t.Context(), 5000)
		if err != nil {
			t.Fatal(err)
		}
		p.Done(Report{Outcome: Good})
		start := time.Now()
		p, _ = g.Enter(t.Context(), 1)
		p.Done(Report{})
		if took := time.Since(start); took < 5*time.Minute {
			t.Errorf("5000 tokens at 1000 a minute: the next went after %v", took)
		}
	})
}

// TestPauseIsKeptAndNothingRushes has a server that refuses everything for a
// while and asks for 30 seconds.
func TestPauseIsKeptAndNothingRushes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Concurrency: 500})
		before, _ := run(t, g, 500, 2000, good(100*time.Millisecond)).most(time.Second) // the window is wide open
		start := time.Now()
		var mu sync.Mutex
		var ends time.Time
		rec := run(t, g, 500, 2000, func(i int) (int64, Report) {
			time.Sleep(100 * time.Millisecond)
			if time.Since(start) < time.Second {
				mu.Lock()
				ends = time.Now().Add(30 * time.Second)
				mu.Unlock()
				return 0, Report{Outcome: Throttled, RetryAfter: 30 * time.Second}
			}
			return 0, Report{Outcome: Good}
		})
		during, first, slow := 0, 0, 0.7*float64(before+500)
		for _, s := range rec.list {
			if s.at.After(start.Add(200*time.Millisecond)) && s.at.Before(ends) {
				during++
			}
			if !s.at.Before(ends) && s.at.Before(ends.Add(10*time.Millisecond)) {
				first++
			}
		}
		if during != 0 {
			t.Errorf("%d requests went out during the pause", during)
		}
		// Seven tenths of the rate before, the refused ones among them, and what the slack of timers allows.
		if most := 2 + slow*0.015; float64(first) > most {
			t.Errorf("%d of 500 waiters went out within 10 ms of the pause's end, after %d in a second before; want at most %.0f", first, before, most)
		}
	})
}

func TestLongPauseIsNotHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{MaxRetryAfter: time.Minute})
		p, _ := g.Enter(t.Context(), 1)
		p.Done(Report{Outcome: Throttled, RetryAfter: 24 * time.Hour})
		start := time.Now()
		p, _ = g.Enter(t.Context(), 1)
		p.Done(Report{Outcome: Good})
		if took := time.Since(start); took < time.Minute || took > 2*time.Minute {
			t.Errorf("a server that asks for a day got %v, want a minute", took)
		}
	})
}

// TestFindsTheRateOfAServer has one that allows 50 requests in any second and
// does not say so.
func TestFindsTheRateOfAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Concurrency: 256, Name: "hidden"})
		var mu sync.Mutex
		var second time.Time
		taken, refused, served := 0, 0, 0
		start := time.Now()
		run(t, g, 256, 20_000, func(int) (int64, Report) {
			mu.Lock()
			if time.Since(second) >= time.Second {
				second, taken = time.Now(), 0
			}
			taken++
			ok := taken <= 50
			if ok {
				served++
			} else {
				refused++
			}
			mu.Unlock()
			time.Sleep(200 * time.Millisecond)
			if !ok {
				return 0, Report{Outcome: Throttled}
			}
			return 0, Report{Outcome: Good}
		})
		rate := float64(served) / time.Since(start).Seconds()
		t.Logf("%.1f a second of 50; %d refused of %d", rate, refused, served+refused)
		if rate < 35 {
			t.Errorf("%.1f a second were served, of 50 that the server allows", rate)
		}
		if share := float64(refused) / float64(served+refused); share > 0.03 {
			t.Errorf("%.1f %% of the requests were refused", 100*share)
		}
	})
}

func TestWindowFollowsRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Concurrency: 64})
		run(t, g, 64, 1000, good(time.Millisecond))
		if got := g.State().Window; got != 64 {
			t.Fatalf("after 1000 successes the window is %d, want 64", got)
		}
		var passes []*Pass
		for range 8 {
			p, _ := g.Enter(t.Context(), 0)
			passes = append(passes, p)
		}
		for i, p := range passes {
			p.Done(Report{Outcome: Throttled})
			want := 64
			if i >= tooMany-1 { // and after it the rest of one round
				want = 32
			}
			if got := g.State().Window; got != want {
				t.Errorf("after %d refusals the window is %d, want %d", i+1, got, want)
			}
		}
		run(t, g, 64, 66, good(time.Millisecond))
		if got := g.State().Window; got != 33 && got != 34 {
			t.Errorf("after two rounds of successes the window is %d, want 33 or 34", got)
		}
	})
}

// TestStrayRefusalsCostLittle has a server that refuses one call in twenty
// whatever the pace, as those do that many share.
func TestStrayRefusalsCostLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Concurrency: 64})
		start := time.Now()
		run(t, g, 64, 20_000, func(i int) (int64, Report) {
			time.Sleep(100 * time.Millisecond)
			if rand.New(rand.NewPCG(uint64(i), 1)).IntN(20) == 0 {
				return 0, Report{Outcome: Throttled}
			}
			return 0, Report{Outcome: Good}
		})
		// 64 at a time, 100 ms each: 640 a second at best.
		if rate := 20_000 / time.Since(start).Seconds(); rate < 200 {
			t.Errorf("%.0f a second", rate)
		} else {
			t.Logf("%.0f a second of 640", rate)
		}
	})
}

// TestAServerThatRefusesAllIsLeftAlone counts what goes out in ten minutes.
func TestAServerThatRefusesAllIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{Concurrency: 64})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		var mu sync.Mutex
		out := 0
		for range 64 {
			wg.Go(func() {
				for {
					p, err := g.Enter(ctx, 0)
					if err != nil {
						return
					}
					mu.Lock()
					out++
					mu.Unlock()
					time.Sleep(10 * time.Millisecond)
					p.Done(Report{Outcome: Throttled})
				}
			})
		}
		wg.Wait()
		t.Logf("%d requests", out)
		if out > 60 {
			t.Errorf("%d requests went out in ten minutes to a server that refuses all", out)
		}
	})
}

func TestInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{RequestsPerMinute: 60})
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				p, _ := g.Enter(t.Context(), 0)
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				p.Done(Report{Outcome: Good})
			})
			synctest.Wait()
		}
		wg.Wait()
		if !slices.IsSorted(order) || len(order) != 50 {
			t.Errorf("they went in the order %v", order)
		}
	})
}

func TestCancelledReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Options{RequestsPerMinute: 1})
		p, _ := g.Enter(t.Context(), 0)
		p.Done(Report{Outcome: Good})
		ctx, cancel := context.WithCancelCause(t.Context())
		var wg sync.WaitGroup
		start := time.Now()
		for range 100 {
			wg.Go(func() {
				if p, err := g.Enter(ctx, 0); p != nil || !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, %v; want the context's error", p, err)
				}
			})
		}
		time.Sleep(3 * time.Second)
		cancel(nil)
		wg.Wait()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("returned after %v, want 3 s", took)
		}
		if s := g.State(); s.Waiting != 0 || s.InFlight != 0 {
			t.Errorf("%d waiting, %d in flight; want none", s.Waiting, s.InFlight)
		}
		if _, err := g.Enter(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("a context that has ended: %v", err)
		}
		p, err := g.Enter(t.Context(), 0) // and the gate still works
		if err != nil {
			t.Fatal(err)
		}
		p.Done(Report{})
		p.Done(Report{})
		if s := g.State(); s.InFlight != 0 {
			t.Errorf("done twice: %d in flight", s.InFlight)
		}
	})
}

// TestAnythingGoes mixes all outcomes, limits and cancellations, and checks
// what must hold at any moment.
func TestAnythingGoes(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			o := Options{Seed: seed, Concurrency: 1 + r.IntN(40), Probes: 1 << 30}
			if r.IntN(2) == 0 {
				o.RequestsPerMinute = float64(1 + r.IntN(2000))
			}
			if r.IntN(2) == 0 {
				o.TokensPerMinute = float64(10_000 + r.IntN(1_000_000))
			}
			g := New(o)
			var rec record
			var wg sync.WaitGroup
			for i := range 400 {
				draw := rand.New(rand.NewPCG(seed, uint64(i)+2))
				wg.Go(func() {
					time.Sleep(time.Duration(draw.IntN(60_000)) * time.Millisecond)
					ctx, cancel := t.Context(), func() {}
					if draw.IntN(5) == 0 {
						ctx, cancel = context.WithTimeout(ctx, time.Duration(draw.IntN(5000))*time.Millisecond)
					}
					defer cancel()
					tokens := int64(draw.IntN(1000))
					p, err := g.Enter(ctx, tokens)
					if err != nil {
						return
					}
					rec.add(tokens)
					if s := g.State(); s.InFlight > o.Concurrency {
						t.Errorf("seed %d: %d in flight of %d", seed, s.InFlight, o.Concurrency)
					}
					time.Sleep(time.Duration(draw.IntN(3000)) * time.Millisecond)
					p.Done(Report{Outcome: Outcome(draw.IntN(4)), RetryAfter: time.Duration(draw.IntN(3)) * time.Second})
				})
			}
			wg.Wait()
			requests, tokens := rec.most(time.Minute)
			if o.RequestsPerMinute > 0 && float64(requests) > o.RequestsPerMinute {
				t.Errorf("seed %d: %d requests in a minute, of %v", seed, requests, o.RequestsPerMinute)
			}
			if o.TokensPerMinute > 0 && float64(tokens) > o.TokensPerMinute {
				t.Errorf("seed %d: %d tokens in a minute, of %v", seed, tokens, o.TokensPerMinute)
			}
			if s := g.State(); s.InFlight != 0 || s.Waiting != 0 {
				t.Errorf("seed %d: at the end %d in flight, %d waiting", seed, s.InFlight, s.Waiting)
			}
		})
	}
}
