package collect

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/collect/chat"
	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/pace"
	"github.com/allwrong/allwrong/collect/store"
)

// nearBudget is how close to its token budget, in tokens, an answer counts as
// cut off: servers stop a little early and do not all say so.
const nearBudget = 8

// understood says what an answer is worth, in the words of the store.
func understood(a *chat.Answer, budget int64) store.Answer {
	out := store.Answer{Text: a.Text, Reasoning: a.Reasoning, Finish: cmp.Or(a.FinishServed, string(a.Finish)),
		Served: a.Model, RequestID: cmp.Or(a.RequestID, a.ID), Latency: a.Latency}
	if a.CostUSD != nil {
		if cost, err := money.Dollars(*a.CostUSD); err == nil {
			out.ProviderCost = &cost
		}
	}
	why := a.Usage.Why
	if a.Usage.Known {
		u := money.Usage{Input: a.Usage.Input, CachedInput: a.Usage.Cached, Output: a.Usage.Output, Reasoning: a.Usage.Reasoning}
		if err := u.Check(); err == nil {
			out.Usage = &u
		} else {
			why = err.Error()
		}
	}
	declined := a.Refusal != "" || a.Finish == chat.FinishFiltered
	if out.Text == "" {
		out.Text = a.Refusal
	}
	silent := strings.TrimSpace(out.Text) == "" && !declined
	switch {
	case out.Usage == nil && silent:
		out.Status, out.Why = store.Empty, "neither text nor usage"
	case out.Usage == nil:
		out.Status, out.Why = store.NoUsage, cmp.Or(why, "the endpoint did not say what was used")
	case a.Finish == chat.FinishLength || out.Usage.Output >= budget-nearBudget:
		out.Status = store.CutOff
		out.Why = fmt.Sprintf("%d output tokens of %d", out.Usage.Output, budget)
	case silent && a.ToolCalls > 0:
		out.Status, out.Why = store.Empty, "a tool was called instead of answering"
	case silent:
		out.Status, out.Why = store.Empty, "no text"
	default:
		out.Status = store.Valid
	}
	if declined && out.Finish == "" {
		out.Finish = "refusal"
	}
	return out
}

// course is what follows from a call.
type course uint8

const (
	settled course = iota // there is an answer
	repeat                // the endpoint refused for certain: the same call may be made again
	retry                 // the call is over, and may be made anew
	giveUp                // asking for this cell is in vain
	leave                 // asking this endpoint is in vain
	halted                // the run is being stopped
)

// refused says what became of a call without an answer: what is stored of it,
// what its gate is told, and what follows. A status of 400 or more is not billed
// by any provider; of a call that broke off nobody knows.
func refused(e *chat.Error) (store.Answer, pace.Report, course) {
	a := store.Answer{Status: store.Failed, Why: e.Error(), RequestID: e.RequestID, Latency: e.Latency,
		Text: string(e.Raw), Unbilled: e.Status >= 400 || e.NotSent}
	r := pace.Report{Outcome: pace.Failed, RetryAfter: e.RetryAfter}
	switch e.Kind {
	case chat.RateLimited:
		r.Outcome = pace.Throttled
		return a, r, repeat
	case chat.Overloaded:
		r.Outcome = pace.Throttled
		return a, r, repeat
	case chat.Server:
		return a, r, retry
	case chat.Timeout:
		a.Status, a.Unbilled = store.Lost, false
		return a, r, retry
	case chat.Connection:
		if !e.NotSent {
			a.Status = store.Corrupt
		}
		return a, r, retry
	case chat.Shape, chat.TooLarge:
		a.Status = store.Corrupt
		return a, r, retry
	case chat.Auth:
		r.Outcome = pace.Good
		return a, r, leave
	case chat.Cancelled:
		a.Status, a.Unbilled = store.Lost, false
		return a, pace.Report{}, halted
	}
	r.Outcome = pace.Good
	return a, r, giveUp
}
