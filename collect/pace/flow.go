package pace

import "time"

// flow is how much the server seems to bear: calls in flight, and requests a
// second. Both grow slowly while it answers, and are cut when it says that it is
// too much. An era is the time between two cuts: refusals of calls that went out
// before a cut say nothing about what came after it.
type flow struct {
	most   int     // calls in flight, as stated
	window float64 // calls in flight, now
	steady bool    // the server has said once that it was too much
	rate   float64 // requests a second; 0: nothing learnt

	era  int
	cuts int // in a row, without a success between
	seen recent
}

const (
	firstWindow = 16
	slowest     = 0.1 // requests a second that a server gets in any case
	windowCut   = 0.5 // what is left of the window
	rateCut     = 0.7 // what is left of the rate
	recovery    = 0.1 // of the rate, that it grows by each second: a stray refusal of the first call is forgotten within the minute
)

func newFlow(most int) flow { return flow{most: most, window: float64(min(most, firstWindow))} }

func (f *flow) limit() int { return int(f.window) }

// grow is told of a success.
func (f *flow) grow(era int) {
	if era != f.era {
		return
	}
	f.cuts = 0
	if f.steady {
		f.window += 1 / f.window // one for each window of successes
	} else {
		f.window++
	}
	f.window = min(f.window, float64(f.most))
	if f.rate > 0 {
		f.rate += recovery // rate successes a second: this part of the rate a second
	}
}

// cut is told of a refusal.
func (f *flow) cut(now time.Time) {
	if seen := f.seen.perSecond(now); f.rate == 0 || seen < f.rate {
		f.rate = seen
	}
	f.rate = max(slowest, f.rate*rateCut)
	f.cuts++
	f.shrink()
}

// shrink begins an era with less in flight.
func (f *flow) shrink() {
	f.window, f.steady = max(1, f.window*windowCut), true
	f.era++
}

// recent counts what went out in this second and in the one before it.
type recent struct {
	second       time.Time // when this one began
	now, earlier int
}

func (r *recent) turn(now time.Time) {
	switch passed := now.Sub(r.second); {
	case passed >= 2*time.Second:
		*r = recent{second: now}
	case passed >= time.Second:
		*r = recent{second: r.second.Add(time.Second), earlier: r.now}
	}
}

func (r *recent) sent(now time.Time) {
	r.turn(now)
	r.now++
}

func (r *recent) perSecond(now time.Time) float64 {
	r.turn(now)
	return float64(max(r.now, r.earlier, 1))
}
