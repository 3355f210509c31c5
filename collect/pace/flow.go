package pace

import "time"

// flow is how much the server seems to bear: calls in flight, and requests a
// second. Both grow slowly while it answers, and are cut when more than a tenth
// of what comes back, or several in a row, say that it is too much. Less than that is no matter of
// pace: servers with many users refuse some requests at any rate, and whoever
// slows down at each of them ends at one request a second. An era is the time
// between two cuts: refusals of calls that went out before a cut say nothing
// about what came after it.
type flow struct {
	most   int     // calls in flight, as stated
	window float64 // calls in flight, now
	steady bool    // the server has said once that it was too much
	rate   float64 // requests a second; 0: nothing learnt

	era     int
	refused float64 // the share of this era's calls that were, the last ones weighing most
	row     int     // refusals in a row
	cuts    int     // in a row, without a success between
	seen    recent
}

const (
	firstWindow = 16
	slowest     = 0.1  // requests a second that a server gets in any case
	windowCut   = 0.5  // what is left of the window
	rateCut     = 0.7  // what is left of the rate
	recovery    = 0.05 // of the rate, that it grows by each second
	memory      = 100  // calls over which the share of refusals is taken
	tooMany     = 4    // refusals in a row that are too many, whatever their share
	bearable    = 0.1  // share of refusals that leaves the pace as it is
)

func newFlow(most int) flow { return flow{most: most, window: float64(min(most, firstWindow))} }

func (f *flow) limit() int { return int(f.window) }

// grow is told of a success.
func (f *flow) grow(era int) {
	if era != f.era {
		return
	}
	f.cuts, f.row = 0, 0
	f.refused -= f.refused / memory
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

// refuse is told of a refusal, and reports whether it is one too many. After a
// cut without a success since, any is.
func (f *flow) refuse(now time.Time, era int) bool {
	if era != f.era {
		return false
	}
	f.refused += (1 - f.refused) / memory
	if f.row++; f.refused <= bearable && f.row < tooMany && f.cuts == 0 {
		return false
	}
	f.cut(now)
	return true
}

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
	f.refused, f.row = 0, 0
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
