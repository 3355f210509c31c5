package collect

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// engine is one run. The goroutine that called Run owns the schedule and the
// counts; jobs report to it.
type engine struct {
	Options
	run   *runfile.Run
	store *store.Store
	tries int

	hard, soft context.Context // ends calls in flight; ends waiting
	models     []*model
	endpoints  map[string]*endpoint
	graders    map[string]grade.Grader
	grading    chan struct{} // as many as may grade at once
	wire       chan struct{} // as many as may be asked at once, over all endpoints
	questions  *questions

	schedule *schedule.Schedule
	numbers  []int32 // of the store, by the schedule's number of a query
	results  chan ended
	flight   int
	turn     int // the model whose turn it is
	parked   parking
	halting  bool
	counts
}

// Run collects what is needed, and says how that went. It may be stopped by
// Options.Stop, which finishes what is in flight, or by ctx, which does not;
// either way all that was answered is on record, and the same run goes on from
// there. The error is the context's or the store's, or says what is wrong with
// the request; models that cannot be asked are no error but part of the result.
func Run(ctx context.Context, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	e, err := newEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	defer e.close()
	soft, cancel := context.WithCancel(ctx)
	defer cancel()
	e.hard, e.soft = ctx, soft
	for _, x := range e.endpoints {
		x.ctx, x.leave = context.WithCancelCause(soft)
		defer x.leave(nil)
	}
	if err := e.loop(cancel); err != nil {
		return nil, err
	}
	return e.result()
}

func newEngine(ctx context.Context, o Options) (*engine, error) {
	e := &engine{Options: o, run: o.Run, store: o.Store, tries: o.Tries, endpoints: map[string]*endpoint{},
		grading: make(chan struct{}, runtime.GOMAXPROCS(0)), wire: make(chan struct{}, o.Run.Concurrency),
		questions: newQuestions(o.Store)}
	for i := range o.Run.Endpoints {
		x, err := newEndpoint(o.Run, &o.Run.Endpoints[i], o.Getenv)
		if err != nil {
			return nil, err
		}
		e.endpoints[x.Name] = x
	}
	for i := range o.Run.Models {
		m := &o.Run.Models[i]
		x, err := newModel(o.Run, m, e.endpoints[m.Endpoint])
		if err != nil {
			return nil, err
		}
		e.models = append(e.models, x)
	}
	if err := o.Store.Begin(ctx, o.Run, o.How); err != nil {
		return nil, err
	}
	return e, store.Again(func() error { return e.prepare(ctx) })
}

func (e *engine) close() {
	for _, x := range e.endpoints {
		x.client.Close()
	}
}

// prepare reads what there is to ask, and what is on record.
func (e *engine) prepare(ctx context.Context) error {
	e.numbers = nil
	queries, kinds, err := e.register(ctx)
	if err != nil {
		return err
	}
	if e.graders, err = graders(e.run, kinds); err != nil {
		return err
	}
	for kind := range kinds {
		if e.graders[kind] == nil && e.How.For != store.ForMatrix {
			return fmt.Errorf("for %s: answers of kind %q need models to judge them, and a lazy run needs verdicts as it goes; use --for matrix, then allwrong grade", e.How.For, kind)
		}
	}
	o := schedule.Options{For: schedule.Purpose(e.How.For), Incumbent: e.incumbent(), Attempts: e.run.Attempts, Seed: e.run.Seed, Decided: e.Decided, Ahead: e.run.Concurrency}
	for _, m := range e.models {
		o.Prices = append(o.Prices, guessedPrice(m))
	}
	if e.schedule, err = schedule.New(queries, len(e.models), o); err != nil {
		return err
	}
	e.counts = newCounts(len(e.models), e.schedule)
	e.results = make(chan ended, 64)
	return e.recall(ctx)
}

// guessedPrice compares models before they are asked: the price of a prompt and
// an answer of usual lengths. It decides the order of asking only.
func guessedPrice(m *model) float64 {
	const prompt, answer = 1, 1 // tokens in and out, in proportion
	return max(prompt*m.Price.Input.Dollars()+answer*m.Price.Output.Dollars(), 1e-9)
}

// register numbers the queries from 0.
func (e *engine) register(ctx context.Context) (queries []schedule.Query, kinds map[string]bool, err error) {
	kinds = map[string]bool{}
	err = e.store.Queries(ctx, func(q store.QueryInfo) error {
		e.numbers = append(e.numbers, int32(q.Number))
		queries = append(queries, schedule.Query{ID: q.ID})
		kinds[q.Kind] = true
		return nil
	})
	if err != nil || e.How.For == store.ForMatrix || len(e.run.Queries.Slices) == 0 {
		return queries, kinds, err
	}
	slice := make(map[string]string, len(queries))
	err = e.run.EachQuery(ctx, func(q *runfile.Query) error {
		slice[q.ID] = q.Slices[e.run.Queries.Slices[0]]
		return nil
	})
	for i := range queries {
		queries[i].Slice = slice[queries[i].ID]
	}
	return queries, kinds, err
}

// recall tells the schedule what is on record: the cells with a verdict at the
// end of their ladder. The rest of what is there is found when it is asked for.
func (e *engine) recall(ctx context.Context) error {
	index := map[int]int{}
	for i, n := range e.numbers {
		index[int(n)] = i
	}
	return e.store.States(ctx, func(s store.State) error {
		m := e.models[s.Model]
		top := m.ladder[len(m.ladder)-1]
		q, known := index[s.Query]
		switch {
		case !known || s.Attempt >= e.run.Attempts || s.Cell.Verdict() == outcome.Absent || s.Cell.Reason() == outcome.Unscored:
		case s.Status == store.Valid && onLadder(m.ladder, s.Budget), s.Status == store.CutOff && s.Budget == top:
			if s.Attempt == 0 || e.How.For == store.ForMatrix {
				e.schedule.Tell(schedule.Cell{Query: q, Model: s.Model, Attempt: s.Attempt}, s.Cell.Verdict())
				e.recalled(s.Model)
			}
		}
		return nil
	})
}

func onLadder(ladder []int64, budget int64) bool {
	for _, b := range ladder {
		if b == budget {
			return true
		}
	}
	return false
}

var errStore = errors.New("collect: the store failed")

// loop gives out cells and takes in what became of them, until nothing is needed
// or nothing more may be asked.
func (e *engine) loop(cancel func()) error {
	tick := time.NewTicker(e.Every)
	defer tick.Stop()
	var failure error
	stop := e.Stop
	e.fill()
	e.first, _ = e.settledSoFar()
	for {
		if !e.halting {
			e.fill()
		}
		if e.flight == 0 && !e.halting && e.parked.ripenPoor() {
			continue
		}
		if e.flight == 0 && (e.halting || e.parked.empty()) {
			break
		}
		select {
		case r := <-e.results:
			if err := e.take(r); err != nil && failure == nil {
				failure = fmt.Errorf("%w: %w", errStore, err)
				e.halting = true
				cancel()
			}
		case <-tick.C:
			e.parked.ripen(time.Now())
			e.show(false)
		case <-stop:
			stop, e.halting, e.stopped = nil, true, true
			cancel()
			e.show(false)
		case <-e.hard.Done():
			e.halting = true
			cancel()
			for ; e.flight > 0; e.flight-- {
				<-e.results
			}
		}
	}
	e.show(true)
	if err := e.hard.Err(); err != nil {
		return err
	}
	return failure
}

// fill starts jobs while there are slots and cells, the models taking turns.
func (e *engine) fill() {
	idle := 0
	for idle < len(e.models) {
		i := e.turn % len(e.models)
		e.turn++
		m := e.models[i]
		if m.jobs >= m.most || m.endpoint.jobs >= m.endpoint.most || m.endpoint.down != "" {
			idle++
			continue
		}
		c, ok := e.parked.next(i)
		if !ok {
			c, ok = e.schedule.Next(i)
		}
		if !ok {
			idle++
			continue
		}
		idle = 0
		if e.refuse(c, m) {
			continue
		}
		m.jobs++
		m.endpoint.jobs++
		e.flight++
		go func() { e.results <- e.ask(c) }()
	}
}

// refuse settles a cell that is known to be too dear without asking the store.
func (e *engine) refuse(c schedule.Cell, m *model) bool {
	if m.tooDear == 0 {
		return false
	}
	worst, err := e.store.Worst(store.Place{Query: int(e.numbers[c.Query]), Model: c.Model, Attempt: c.Attempt, Budget: m.ladder[0]})
	if err != nil || worst < m.tooDear {
		return false
	}
	e.missing(ended{cell: c, fate: dear, why: overCap})
	e.schedule.Tell(c, outcome.NotRun)
	return true
}

// take notes what became of a cell.
func (e *engine) take(r ended) error {
	m := e.models[r.cell.Model]
	m.jobs--
	m.endpoint.jobs--
	e.flight--
	e.add(r)
	switch r.fate {
	case graded:
		if r.verdict == outcome.NotRun {
			e.missing(r)
		} else {
			e.done[r.cell.Model]++
		}
		e.schedule.Tell(r.cell, r.verdict)
	case broken:
		if r.gone {
			e.giveUp(m.endpoint, r.why)
		}
		e.missing(r)
		e.schedule.Tell(r.cell, outcome.NotRun)
	case dear:
		if m.tooDear == 0 || r.worst < m.tooDear {
			m.tooDear = r.worst
		}
		e.missing(r)
		e.schedule.Tell(r.cell, outcome.NotRun)
	case parked:
		e.parked.add(r.cell, r.poor, time.Now())
	case stopped:
		e.schedule.Forget(r.cell)
	case fatal:
		e.schedule.Forget(r.cell)
		return r.err
	}
	return nil
}

// giveUp asks an endpoint nothing more.
func (e *engine) giveUp(x *endpoint, why string) {
	if x.down != "" {
		return
	}
	x.down = why
	x.leave(&goneError{why})
	for i, m := range e.models {
		if m.endpoint == x {
			e.schedule.Drop(i)
			for _, c := range e.parked.drop(i) {
				e.missing(ended{cell: c, why: why})
				e.schedule.Tell(c, outcome.NotRun)
			}
		}
	}
}
