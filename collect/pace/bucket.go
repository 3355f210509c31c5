package pace

import (
	"math"
	"time"
)

// bucket is a leaky bucket: what it holds is what may go out now.
type bucket struct {
	size, stated float64 // what it holds at most; per second as stated, 0: no limit
	rate         float64 // per second, now
	held         float64 // at the time at; below 0: a debt
	at           time.Time
}

// slack is how late a timer may be without costing throughput.
const slack = 5 * time.Millisecond

// perMinute makes a bucket for requests. In any 60 seconds, the end of which
// does not count, at most n leave it: size and a minute's filling make n + 1, and
// fewer than that are whole requests.
func perMinute(n float64) bucket {
	if n <= 0 {
		return bucket{size: 1}
	}
	size := 1 + n*slack.Minutes()
	b := bucket{size: size, stated: (n + 1 - size) / 60}
	b.rate, b.held = b.stated, size
	return b
}

// tokensPerMinute makes a bucket for tokens: in any 60 seconds at most n leave
// it, unless a single request takes more than the tenth that it holds.
func tokensPerMinute(n float64) bucket {
	if n <= 0 {
		return bucket{}
	}
	b := bucket{size: n / 10, stated: n * 0.9 / 60}
	b.rate, b.held = b.stated, b.size
	return b
}

// setRate changes the rate to one that was learnt, if that is less than stated;
// 0 means that nothing was.
func (b *bucket) setRate(now time.Time, learnt float64) {
	b.fill(now)
	switch {
	case learnt <= 0, b.stated > 0 && learnt > b.stated:
		learnt = b.stated
	case b.rate == 0: // the first limit that there is
		b.held = 0
	}
	if b.rate = learnt; b.stated == 0 {
		b.size = 1 + learnt*slack.Seconds()
	}
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at).Seconds(); b.rate > 0 && !b.at.IsZero() && passed > 0 {
		b.held = min(b.size, b.held+passed*b.rate)
	}
	b.at = now
}

// wait is how long until n may leave. More than the bucket holds leaves when it
// is full, and leaves a debt.
func (b *bucket) wait(now time.Time, n float64) time.Duration {
	if b.rate <= 0 {
		return 0
	}
	b.fill(now)
	lack := min(n, b.size) - b.held
	if lack <= 1e-9*b.size { // what rounding leaves is no lack
		return 0
	}
	return time.Duration(math.Ceil(lack / b.rate * float64(time.Second)))
}

func (b *bucket) take(now time.Time, n float64) {
	if b.rate > 0 {
		b.fill(now)
		b.held -= n
	}
}

// give puts back what was taken and not used; a negative n takes more.
func (b *bucket) give(now time.Time, n float64) {
	if b.rate > 0 {
		b.fill(now)
		b.held = min(b.size, b.held+n)
	}
}
