package collect

import (
	"context"
	"errors"
	"time"

	"github.com/allwrong/allwrong/collect/chat"
	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/pace"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

// fate is how a cell came out of a job.
type fate uint8

const (
	graded  fate = iota // it has a verdict, missing ones among them
	broken              // no answer came of it: missing
	parked              // others are asking, or money is reserved: later
	dear                // it would pass the cap: missing
	stopped             // the run is being stopped
	fatal               // the store failed
)

// ended is what a job reports.
type ended struct {
	cell     schedule.Cell
	fate     fate
	verdict  outcome.Verdict
	why      string     // of what is missing
	worst    money.Nano // of what is too dear
	poor     bool       // parked for want of money that is reserved
	gone     bool       // the endpoint is to be given up
	calls    int64
	climbed  int64  // answers at their budget that were asked again
	repeated int64  // broken answers that were asked again
	finish   string // of the answer that settled it; empty when that was on record
	err      error  // fatal
}

// job is a cell under way.
type job struct {
	*engine
	m     *model
	q     *runfile.Query
	place store.Place
	ended
}

// ask asks a cell up the ladder of budgets until an answer ends within one.
func (e *engine) ask(c schedule.Cell) ended {
	j := &job{engine: e, m: e.models[c.Model], ended: ended{cell: c}}
	j.place = store.Place{Query: int(e.numbers[c.Query]), Model: c.Model, Attempt: c.Attempt}
	q, err := e.questions.get(e.hard, j.place.Query)
	if err != nil {
		return j.fail(err)
	}
	j.q = q
	for i, budget := range j.m.ladder {
		j.place.Budget = budget
		state, ok := j.rung()
		if !ok {
			return j.ended
		}
		if top := i == len(j.m.ladder)-1; state.Status == store.CutOff && !top {
			j.climbed++
			continue
		}
		return j.verdictOf(state)
	}
	return j.ended
}

func (j *job) fail(err error) ended {
	j.fate, j.err = fatal, err
	return j.ended
}

// rung settles the cell at one budget, by the answer on record or by calls. It
// reports false when there is none; the job then says why.
func (j *job) rung() (store.State, bool) {
	for try := 1; ; try++ {
		if j.soft.Err() != nil {
			j.fate = stopped
			return store.State{}, false
		}
		claims, err := j.store.Claim(j.hard, j.place)
		if err != nil {
			j.fail(err)
			return store.State{}, false
		}
		c := claims[0]
		switch c.Decision {
		case store.Answered:
			return c.State, true
		case store.Held, store.Wait:
			j.fate, j.poor = parked, c.Decision == store.Wait
			return c.State, false
		case store.OverCap:
			j.fate, j.worst, j.why = dear, c.Worst, "over the spending cap"
			return c.State, false
		}
		state, next := j.call(c)
		switch {
		case next == settled:
			return state, true
		case j.fate == fatal || next == halted:
			return state, false
		case next == giveUp || next == leave || try >= j.tries:
			j.fate, j.gone = broken, next == leave
			return state, false
		}
		j.repeated++
		if !j.sleep(pace.Backoff(j.run.Seed, j.q.ID+"/"+j.m.ID, try, time.Second, time.Minute)) {
			j.fate = stopped
			return state, false
		}
	}
}

// refusals is how often a call that an endpoint refuses for certain, asking for
// fewer, is made again before the cell counts as failed.
const refusals = 40

// call makes one call under a claim, and settles it.
func (j *job) call(c store.Claim) (store.State, course) {
	for n := 1; ; n++ {
		pass, err := j.m.enter(money.InputBound(2, len(j.q.System)+len(j.q.Prompt)) + j.place.Budget)
		if err != nil {
			return j.withdraw(c, err)
		}
		j.wire <- struct{}{}
		a, err := j.m.endpoint.client.Ask(j.hard, j.m.request(j.q, j.place.Budget, j.place.Attempt))
		<-j.wire
		if err == nil {
			j.m.endpoint.absent(true)
			answer := understood(a, j.place.Budget)
			pass.done(report(&answer))
			j.calls++
			return j.settle(c, answer)
		}
		var e *chat.Error
		if !errors.As(err, &e) {
			e = &chat.Error{Kind: chat.Refused, Message: err.Error()}
		}
		answer, r, next := refused(e)
		if j.m.endpoint.absent(!e.NotSent) {
			next = leave
		}
		pass.done(r)
		if next == repeat && n < refusals {
			continue
		}
		j.calls++
		j.why = answer.Why
		if _, err := j.store.Settle(j.hard, c, answer, nil); err != nil {
			j.fail(err)
		}
		if next == halted {
			j.fate = stopped
		}
		if next == repeat {
			next = giveUp
		}
		return store.State{}, next
	}
}

// report is what the gates are told of an answer: a broken one is a failure of
// the server, since it is one when nothing else comes.
func report(a *store.Answer) pace.Report {
	r := pace.Report{Outcome: pace.Good}
	if a.Usage != nil {
		r.Tokens = a.Usage.Input + a.Usage.Output
	}
	return r
}

// withdraw gives a claim back whose call was never made.
func (j *job) withdraw(c store.Claim, cause error) (store.State, course) {
	if err := j.store.Release(j.hard, c); err != nil {
		j.fail(err)
	}
	if isGone(cause) {
		j.why = cause.Error()
		return store.State{}, leave
	}
	if j.fate != fatal {
		j.fate = stopped
	}
	return store.State{}, halted
}

// settle stores an answer, with its verdict where that is quick.
func (j *job) settle(c store.Claim, a store.Answer) (store.State, course) {
	var v *store.Verdict
	if a.Status.Final() && !slow(j.q.Kind) && !(a.Status == store.CutOff && j.climbs()) {
		v = j.judge(j.hard, j.q, a.Status, a.Finish, a.Text)
	}
	s, err := j.store.Settle(j.hard, c, a, v)
	if err != nil {
		j.fail(err)
		return s.State, halted
	}
	if !a.Status.Final() {
		j.why = a.Status.String() + ": " + a.Why
		return s.State, retry
	}
	j.finish = a.Finish
	return s.State, settled
}

// climbs reports that there is a larger budget.
func (j *job) climbs() bool { return j.place.Budget < j.m.ladder[len(j.m.ladder)-1] }

// verdictOf gives the verdict on record, and grades where there is none.
func (j *job) verdictOf(s store.State) ended {
	j.fate, j.verdict = graded, s.Cell.Verdict()
	if j.verdict != outcome.Absent {
		return j.ended
	}
	text, err := j.store.Text(j.hard, s.Call)
	if err != nil {
		return j.fail(err)
	}
	v := j.judge(j.hard, j.q, s.Status, j.finish, text)
	if v == nil {
		j.verdict, j.why = outcome.NotRun, "no grader works without models for kind "+j.q.Kind
		return j.ended
	}
	if err := j.hard.Err(); err != nil { // a grader that was stopped says nothing of the answer
		j.fate = stopped
		return j.ended
	}
	if err := j.store.Grade(context.WithoutCancel(j.hard), j.place, *v); err != nil {
		return j.fail(err)
	}
	j.verdict = v.Verdict
	return j.ended
}

// sleep waits, unless the run is being stopped.
func (j *job) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-j.soft.Done():
		return false
	}
}
