package collect

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/allwrong/allwrong/collect/pace"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
)

// ModelProgress is how far one model is. Counts are of cells; tokens and money
// are all that the run's folder has on record, whichever process asked.
type ModelProgress struct {
	Model    string  `json:"model"`
	Done     int64   `json:"done"`      // with a verdict, those of earlier starts among them
	Needed   int64   `json:"needed"`    // in all; 0 where that depends on the answers
	InFlight int     `json:"in_flight"` // cells under way
	Missing  int64   `json:"missing"`   // asked in vain, or not for want of money
	Calls    int64   `json:"calls"`
	Input    int64   `json:"input_tokens"`
	Output   int64   `json:"output_tokens"`
	CostUSD  float64 `json:"cost_usd"`
	Note     string  `json:"note,omitempty"` // what holds it up
}

// Progress is how far a run is.
type Progress struct {
	Models    []ModelProgress `json:"models"`
	Incumbent string          `json:"incumbent,omitempty"`
	Lazy      bool            `json:"lazy"`
	Tally     schedule.Tally  `json:"tally"` // of the queries that were taken up; empty for the full matrix
	Queries   int64           `json:"queries"`
	Money     store.Totals    `json:"money"`
	Climbed   int64           `json:"asked_again_for_room"`
	Repeated  int64           `json:"asked_again_when_broken"`
	InFlight  int             `json:"in_flight"`
	Missing   int64           `json:"missing"`
	Elapsed   time.Duration   `json:"elapsed_ns"`
	Left      time.Duration   `json:"left_ns"`           // about; 0 when nobody knows
	Away      time.Duration   `json:"away_ns,omitempty"` // for how long the run's database has been
	Stopping  bool            `json:"stopping"`
	End       bool            `json:"end"` // the last of them
}

// counts are what the engine counts as it goes.
type counts struct {
	start    time.Time
	cells    int64
	done     []int64 // by model
	before   []int64 // of done: on record when the run was started
	lost     []int64 // missing, by model
	reasons  map[string]*Missing
	calls    int64
	climbed  int64
	repeated int64
	stopped  bool
	first    int64 // settled when the first cells were given out
	totals   store.Totals
	used     []store.ModelTotals
}

func newCounts(models int, s *schedule.Schedule) counts {
	return counts{start: time.Now(), cells: s.Cells(), done: make([]int64, models), before: make([]int64, models), lost: make([]int64, models), reasons: map[string]*Missing{}}
}

func (k *counts) recalled(model int) {
	k.done[model]++
	k.before[model]++
}

func (k *counts) add(r ended) {
	k.calls += r.calls
	k.climbed += r.climbed
	k.repeated += r.repeated
}

const overCap = "over the spending cap"

// missing notes why a cell has no verdict.
func (k *counts) missing(r ended) {
	k.lost[r.cell.Model]++
	why := r.why
	if why == "" {
		why = "the grader could not tell"
	}
	// Messages of servers differ in every call; the reason is what comes before.
	name, _, _ := strings.Cut(why, ": ")
	m := k.reasons[name]
	if m == nil {
		m = &Missing{Reason: name, First: why}
		k.reasons[name] = m
	}
	m.Cells++
}

func sum(xs []int64) (n int64) {
	for _, x := range xs {
		n += x
	}
	return n
}

// settledSoFar counts what the run is made of: queries when it is lazy, else cells.
func (e *engine) settledSoFar() (settled, all int64) {
	if e.How.For != store.ForMatrix {
		t := e.schedule.Tally()
		return t.Queries - t.Open, int64(len(e.numbers))
	}
	return sum(e.done) + sum(e.lost), e.cells
}

// left reckons how long the rest takes at the speed so far; 0 when nobody knows.
func (e *engine) left(elapsed time.Duration) time.Duration {
	settled, all := e.settledSoFar()
	gained := settled - e.first
	if e.Decided != nil || gained < 10 || elapsed < 2*time.Second || all <= settled {
		return 0
	}
	return time.Duration(float64(elapsed) * float64(all-settled) / float64(gained)).Round(time.Second)
}

// look reads the money, and waits no longer than that for it. A failure leaves the
// last look standing: it is shown only, and what matters is checked in the store.
func (e *engine) look(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.hard), limit)
	defer cancel()
	if t, err := e.store.Totals(ctx); err == nil {
		e.totals = t
	}
	if m, err := e.store.ModelTotals(ctx); err == nil {
		e.used = m
	}
}

func (e *engine) show(end bool) {
	if e.Watch == nil && !end {
		return
	}
	limit := time.Second
	if end {
		limit = time.Minute
	}
	e.look(limit)
	if e.Watch != nil {
		e.Watch(e.progress(end))
	}
}

func (e *engine) progress(end bool) Progress {
	p := Progress{Incumbent: e.How.Incumbent, Lazy: e.How.For != store.ForMatrix, Tally: e.schedule.Tally(), Queries: int64(len(e.numbers)),
		Money: e.totals, Climbed: e.climbed, Repeated: e.repeated, InFlight: e.flight, Missing: sum(e.lost),
		Elapsed: time.Since(e.start), Away: e.store.Away(), Stopping: e.halting, End: end}
	if !end {
		p.Left = e.left(p.Elapsed)
	}
	for i, m := range e.models {
		x := ModelProgress{Model: m.ID, Done: e.done[i], InFlight: m.jobs, Missing: e.lost[i], Note: m.note(), Needed: e.needed(i)}
		if i < len(e.used) {
			u := e.used[i]
			x.Calls, x.Input, x.Output, x.CostUSD = u.Calls, u.Input, u.Output, u.Cost.Dollars()
		}
		p.Models = append(p.Models, x)
	}
	return p
}

// needed is how many cells of a model are needed, where that is known beforehand.
func (e *engine) needed(i int) int64 {
	switch {
	case e.How.For == store.ForMatrix:
		return e.cells / int64(len(e.models))
	case e.How.For == store.ForCertificate && e.models[i].ID == e.How.Incumbent && e.Decided == nil:
		return int64(len(e.numbers))
	}
	return 0
}

// note says what holds a model up.
func (m *model) note() string {
	if m.endpoint.down != "" {
		return "given up: " + m.endpoint.down
	}
	if m.jobs == 0 {
		return ""
	}
	for _, g := range []*pace.Gate{m.gate, m.endpoint.gate} {
		if g == nil {
			continue
		}
		switch s := g.State(); {
		case s.Breaker == pace.Open || s.Breaker == pace.HalfOpen:
			return "the endpoint does not answer; next try in " + max(s.Probe, time.Second).Round(time.Second).String()
		case s.Pause > time.Second:
			return "the endpoint asks to wait " + s.Pause.Round(time.Second).String()
		}
	}
	return ""
}

func sortMissing(list []Missing) {
	slices.SortFunc(list, func(a, b Missing) int {
		if a.Cells != b.Cells {
			return int(b.Cells - a.Cells)
		}
		return strings.Compare(a.Reason, b.Reason)
	})
}
