package collect

import (
	"time"

	"github.com/allwrong/allwrong/collect/store"
)

// Missing counts cells without a verdict, by reason.
type Missing struct {
	Reason string `json:"reason"`
	Cells  int64  `json:"cells"`
	First  string `json:"first"` // the first of them, in full
}

// Down is an endpoint that was given up.
type Down struct {
	Endpoint string `json:"endpoint"`
	Why      string `json:"why"`
}

// Result is how a run went.
type Result struct {
	How      store.Schedule `json:"how"`
	Progress                // at its end
	Cells    int64          `json:"cells"`  // of the full matrix
	Before   int64          `json:"before"` // verdicts on record when it was started
	Made     int64          `json:"made"`   // calls, by this process
	Reasons  []Missing      `json:"missing_because"`
	Down     []Down         `json:"down"`
	Stopped  bool           `json:"stopped"`   // it was asked to
	Complete bool           `json:"complete"`  // nothing more is needed
	OverCap  int64          `json:"over_cap"`  // cells that were not asked for want of money
	FullCost *float64       `json:"full_cost"` // dollars that the full matrix would cost, by what calls cost so far; nil when nothing was asked
}

func (e *engine) result() (*Result, error) {
	e.look(time.Minute)
	r := &Result{How: e.How, Progress: e.progress(true), Cells: e.cells, Before: sum(e.before), Made: e.calls,
		Stopped: e.stopped, Reasons: []Missing{}, Down: []Down{}}
	for _, m := range e.reasons {
		r.Reasons = append(r.Reasons, *m)
		if m.Reason == overCap {
			r.OverCap = m.Cells
		}
	}
	sortMissing(r.Reasons)
	for i := range e.run.Endpoints {
		if x := e.endpoints[e.run.Endpoints[i].Name]; x.down != "" {
			r.Down = append(r.Down, Down{x.Name, x.down})
		}
	}
	r.Complete = !e.stopped && r.OverCap == 0 && len(r.Down) == 0
	r.FullCost = e.fullCost()
	return r, e.hard.Err()
}

// fullCost reckons what all cells cost: for each model what its calls cost so
// far, a cell; for one that was never asked, by the tokens of the others.
func (e *engine) fullCost() *float64 {
	var calls, input, output int64
	for _, u := range e.used {
		calls, input, output = calls+u.Answers, input+u.Input, output+u.Output
	}
	if calls == 0 {
		return nil
	}
	per := float64(e.cells) / float64(len(e.models))
	total := 0.0
	for i, u := range e.used {
		if u.Answers > 0 {
			total += per * u.Cost.Dollars() / float64(u.Answers)
			continue
		}
		p := e.models[i].Price
		total += per * (float64(input)*p.Input.Dollars() + float64(output)*p.Output.Dollars()) / 1e6 / float64(calls)
	}
	return &total
}
