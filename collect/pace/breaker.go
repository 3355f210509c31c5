package pace

import "time"

// breaker keeps requests away from a server that only fails.
type breaker struct {
	open    bool      // nothing goes out but a probe, after until
	until   time.Time // when the next probe may go
	waiting bool      // a probe is out
	fails   int       // in a row, while closed
	failed  int       // probes in a row
	down    bool      // too many of them
	epoch   int       // changes whenever it opens or closes
}

// The states of a breaker, as they are shown.
const (
	Closed   = "closed"    // requests go out
	Open     = "open"      // none go out, for a while
	HalfOpen = "half-open" // a probe is out, or about to go
	Down     = "down"      // none go out any more
)

func (b *breaker) state(now time.Time) string {
	switch {
	case b.down:
		return Down
	case !b.open:
		return Closed
	case b.waiting || !now.Before(b.until):
		return HalfOpen
	}
	return Open
}

// wait is how long until the breaker lets someone through.
func (b *breaker) wait(now time.Time) time.Duration {
	switch {
	case !b.open:
		return 0
	case b.waiting:
		return never
	}
	return max(0, b.until.Sub(now))
}

// probing reports whether whoever goes next is a probe. A probe goes out however
// many hung calls are in flight.
func (b *breaker) probing() bool { return b.open }

// sent is told that a request goes out, and says whether it is a probe.
func (b *breaker) sent() bool {
	b.waiting = b.open
	return b.open
}

// learn is told what came of a call. Calls that went out before the breaker
// opened or closed say nothing.
func (b *breaker) learn(g *Gate, now time.Time, p *Pass, came Outcome) {
	if p.epoch != b.epoch {
		return
	}
	if p.probe {
		b.probed(g, now, came)
		return
	}
	switch came {
	case Good, Throttled:
		b.fails = 0
	case Failed:
		if b.fails++; b.fails >= g.o.Failures {
			b.trip(g, now)
		}
	}
}

func (b *breaker) probed(g *Gate, now time.Time, came Outcome) {
	b.waiting = false
	switch came {
	case Good, Throttled: // it answers
		b.open, b.fails, b.failed = false, 0, 0
		b.epoch++
		if came == Good {
			g.flow.shrink()
		}
	case Failed:
		if b.failed++; b.failed >= g.o.Probes {
			b.down = true
			return
		}
		b.trip(g, now)
	}
}

// trip opens the breaker. Half of the cooling is certain, half is jitter.
func (b *breaker) trip(g *Gate, now time.Time) {
	b.open = true
	b.epoch++
	cooling := grown(g.o.Cooling, b.failed, g.o.MaxRetryAfter)
	b.until = now.Add(cooling/2 + jitter(g.o.Seed, g.o.Name+"/breaker", b.epoch, cooling/2))
}
