package watch

import "github.com/allwrong/allwrong/certify"

// Kind says what happened.
type Kind string

// The kinds of events.
const (
	Change  Kind = "change"  // a rate has shifted past its level: an alarm
	Crossed Kind = "level"   // a rate lies past its level on average: an alarm
	Verdict Kind = "verdict" // another verdict is certified: an alarm, unless it is the first
	Learnt  Kind = "learnt"  // a level is known from now on: no alarm
)

// Rate names a watched rate.
type Rate string

// The rates.
const (
	Beta Rate = "beta" // every model is wrong
	Gain Rate = "gain" // the incumbent is wrong and another model right
)

// Direction is the side of the level that is watched.
type Direction string

// The directions.
const (
	Rising  Direction = "rising"
	Falling Direction = "falling"
)

// Event is something that happened as a query was counted.
type Event struct {
	Kind      Kind      `json:"kind"`
	Alarm     bool      `json:"alarm"`
	Slice     *string   `json:"slice"` // null: the whole stream
	Rate      Rate      `json:"rate,omitempty"`
	Direction Direction `json:"direction,omitempty"`
	At        int64     `json:"at"`    // number of the query in the stream
	Since     int64     `json:"since"` // queries that it rests on
	Hits      int64     `json:"hits"`  // of them, on which the event of the rate came to pass
	Level     *float64  `json:"level,omitempty"`
	Evidence  float64   `json:"evidence,omitempty"` // 1 is what raises the alarm

	Verdict certify.Verdict `json:"verdict,omitempty"`
	Was     certify.Verdict `json:"was,omitempty"`
	Lower   float64         `json:"lower,omitempty"` // limits on the gain, of a verdict
	Upper   float64         `json:"upper,omitempty"`
}

// event describes what a detector says. Hits of a fall are told as those of the rate.
func (s *Scope) event(kind Kind, rate Rate, side Direction, d *Detector, at int64) Event {
	e := Event{Kind: kind, Alarm: kind != Learnt, Slice: s.Slice, Rate: rate, Direction: side, At: at}
	if d == nil {
		return e
	}
	level := d.Level
	e.Since, e.Hits = d.N, d.K
	if side == Falling {
		level, e.Hits = 1-level, d.N-d.K
	}
	e.Level = &level
	return e
}
