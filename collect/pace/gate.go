package pace

import (
	"cmp"
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

// Options say what a gate allows. Zero fields mean the default.
type Options struct {
	Name string // of the endpoint or model: in errors, and in the draws of jitter
	Seed uint64 // of jitter

	Concurrency       int     // calls in flight at most; 256
	RequestsPerMinute float64 // 0: no limit but what is learnt
	TokensPerMinute   float64 // 0: no limit

	MaxRetryAfter time.Duration // the longest pause that a server gets; 2 minutes
	Failures      int           // failures in a row that open the breaker; 10
	Cooling       time.Duration // before the first probe, doubled by each that fails, up to MaxRetryAfter; 5 seconds
	Probes        int           // failed probes in a row after which the gate is down; 8
}

func (o Options) complete() Options {
	o.Concurrency = cmp.Or(max(o.Concurrency, 0), 256)
	o.MaxRetryAfter = cmp.Or(max(o.MaxRetryAfter, 0), 2*time.Minute)
	o.Failures = cmp.Or(max(o.Failures, 0), 10)
	o.Cooling = cmp.Or(max(o.Cooling, 0), 5*time.Second)
	o.Probes = cmp.Or(max(o.Probes, 0), 8)
	return o
}

// Outcome is what came of a call, as far as it matters for the next.
type Outcome int

// The outcomes.
const (
	Void      Outcome = iota // nothing was sent, or nothing was learnt: the caller gave up
	Good                     // the server did its work; a request that it refuses for its content is one
	Throttled                // the server asks for fewer requests
	Failed                   // no connection, no answer in time, an error of the server, an answer that is none
)

// Report is how a call went.
type Report struct {
	Outcome    Outcome
	RetryAfter time.Duration // that the server asked for; 0: it did not
	Tokens     int64         // that were used; 0: what Enter was told stands
}

// DownError says that a gate has given up its server.
type DownError struct {
	Name   string
	Probes int // that failed in a row
}

func (e *DownError) Error() string {
	return fmt.Sprintf("%s is down: %d probes in a row failed", e.Name, e.Probes)
}

// Gate lets requests through. Any number of goroutines may use it.
type Gate struct {
	o Options

	mu       sync.Mutex
	queue    list.List // of *waiter, in the order of their coming
	inFlight int
	timer    *time.Timer // calls pump; nil: not yet needed
	requests bucket
	tokens   bucket
	flow     flow
	breaker  breaker
	pause    time.Time // before it nothing goes out
	counts   Counts
}

// waiter is a call that has not been let through.
type waiter struct {
	tokens int64
	ready  chan struct{} // closed once pass or err is set
	pass   *Pass
	err    error
}

// Pass is the leave to send one request. It has to be handed back by Done.
type Pass struct {
	gate   *Gate
	tokens int64
	era    int  // of the flow, when it was given
	probe  bool // of the breaker
	epoch  int  // of the breaker, when it was given
	done   bool
}

// New makes a gate.
func New(o Options) *Gate {
	o = o.complete()
	g := &Gate{o: o, requests: perMinute(o.RequestsPerMinute), tokens: tokensPerMinute(o.TokensPerMinute)}
	g.flow = newFlow(o.Concurrency)
	return g
}

// Enter waits until a request that will take this many tokens may go out. The
// error is the context's, as soon as it ends, or a *DownError.
func (g *Gate) Enter(ctx context.Context, tokens int64) (*Pass, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{tokens: max(tokens, 0), ready: make(chan struct{})}
	g.mu.Lock()
	at := g.queue.PushBack(w)
	g.pump()
	g.mu.Unlock()
	select {
	case <-w.ready:
		return w.pass, w.err
	case <-ctx.Done():
	}
	g.mu.Lock()
	select {
	case <-w.ready: // both at once
	default:
		g.queue.Remove(at)
		g.pump() // a smaller request may stand behind it
	}
	g.mu.Unlock()
	if w.pass != nil {
		w.pass.Done(Report{})
	}
	return nil, ctx.Err()
}

// Done hands the pass back. A second call does nothing.
func (p *Pass) Done(r Report) {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.done {
		return
	}
	p.done = true
	g.inFlight--
	now := time.Now()
	if r.Tokens > 0 {
		g.tokens.give(now, float64(p.tokens-r.Tokens))
	}
	g.counts.add(r.Outcome)
	g.learn(now, p, r)
	g.breaker.learn(g, now, p, r.Outcome)
	g.pump()
}

// learn adapts to what the server said.
func (g *Gate) learn(now time.Time, p *Pass, r Report) {
	switch r.Outcome {
	case Good:
		g.flow.grow(p.era)
		g.requests.setRate(now, g.flow.rate)
	case Throttled:
		wait := min(r.RetryAfter, g.o.MaxRetryAfter)
		if g.flow.refuse(now, p.era) {
			g.requests.setRate(now, g.flow.rate)
			if wait <= 0 {
				wait = g.jittered("pause", g.flow.cuts, time.Second)
			}
		}
		if until := now.Add(wait); wait > 0 && until.After(g.pause) {
			g.pause = until
		}
	}
}

func (g *Gate) jittered(what string, attempt int, base time.Duration) time.Duration {
	return Backoff(g.o.Seed, g.o.Name+"/"+what, attempt, base, g.o.MaxRetryAfter)
}

// pump lets through whoever may go, and sets the timer for the next. It is
// called with the lock held, after whatever changes the state.
func (g *Gate) pump() {
	for {
		front := g.queue.Front()
		if front == nil {
			return
		}
		w := front.Value.(*waiter)
		now := time.Now()
		if g.breaker.down {
			w.err = &DownError{g.o.Name, g.breaker.failed}
		} else if wait := g.wait(now, w); wait == never {
			return // until a pass comes back
		} else if wait > 0 {
			g.wake(wait)
			return
		} else {
			w.pass = g.grant(now, w)
		}
		g.queue.Remove(front)
		close(w.ready)
	}
}

// never is a wait that no clock ends.
const never = time.Duration(-1)

// wait is how long the first waiter has to wait, if nothing else happens.
func (g *Gate) wait(now time.Time, w *waiter) time.Duration {
	cooling := g.breaker.wait(now)
	if cooling == never || !g.breaker.probing() && g.inFlight >= g.flow.limit() {
		return never
	}
	return max(cooling, g.pause.Sub(now), g.requests.wait(now, 1), g.tokens.wait(now, float64(w.tokens)), 0)
}

func (g *Gate) grant(now time.Time, w *waiter) *Pass {
	g.requests.take(now, 1)
	g.tokens.take(now, float64(w.tokens))
	g.inFlight++
	g.flow.seen.sent(now)
	return &Pass{gate: g, tokens: w.tokens, era: g.flow.era, epoch: g.breaker.epoch, probe: g.breaker.sent()}
}

// wake sets the one timer.
func (g *Gate) wake(after time.Duration) {
	if g.timer == nil {
		g.timer = time.AfterFunc(after, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.pump()
		})
		return
	}
	g.timer.Reset(after)
}
