package pace

import "time"

// Counts are the calls that came back, by what came of them.
type Counts struct {
	Void, Good, Throttled, Failed int64
}

func (c *Counts) add(o Outcome) {
	switch o {
	case Good:
		c.Good++
	case Throttled:
		c.Throttled++
	case Failed:
		c.Failed++
	default:
		c.Void++
	}
}

// State is a gate at one moment, to be shown.
type State struct {
	InFlight int
	Waiting  int
	Window   int           // calls in flight that it allows now
	PerSec   float64       // requests a second that it allows now; 0: any number
	Pause    time.Duration // that is left of a pause the server asked for
	Breaker  string        // Closed, Open, HalfOpen or Down
	Probe    time.Duration // until the next probe, when open
	Counts   Counts
}

// State gives the gate's state.
func (g *Gate) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	s := State{InFlight: g.inFlight, Waiting: g.queue.Len(), Window: g.flow.limit(), PerSec: g.requests.rate,
		Pause: max(0, g.pause.Sub(now)), Breaker: g.breaker.state(now), Counts: g.counts}
	if s.Breaker == Open {
		s.Probe = g.breaker.until.Sub(now)
	}
	return s
}
