package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/allwrong/allwrong/collect/chat"
	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/pace"
	"github.com/allwrong/allwrong/collect/runfile"
)

// endpoint is a server with the gate before it.
type endpoint struct {
	*runfile.Endpoint
	client *chat.Client
	gate   *pace.Gate
	jobs   int    // cells under way
	most   int    // cells that may be
	down   string // why it was given up; empty: it was not
	ctx    context.Context
	leave  context.CancelCauseFunc // ends ctx: nobody waits for it any more

	answered atomic.Int64 // calls that reached it
	refused  atomic.Int64 // calls that did not, while none had
}

// nobody is how many calls have to find no server at an address, none having
// found one, until the address counts as wrong. Servers that go away are waited
// for, by the gate.
const nobody = 5

// absent notes whether a call found a server, and reports that there is none.
func (x *endpoint) absent(found bool) bool {
	if found {
		x.answered.Add(1)
		return false
	}
	return x.answered.Load() == 0 && x.refused.Add(1) >= nobody
}

// model is a model with the way to ask it.
type model struct {
	*runfile.Model
	endpoint *endpoint
	gate     *pace.Gate // of its own; nil without limits of its own
	ladder   []int64
	seed     *int64                     // of attempt 0
	extra    map[string]json.RawMessage // parameters but for the seed
	jobs     int
	most     int
	tooDear  money.Nano // calls of this price or more are over the cap; 0: none is
}

// ahead is how many cells are under way for each call that may be in flight:
// while one is asked, another is reserved or stored.
const ahead = 2

func gateOf(name string, seed uint64, l runfile.Limits, most int) *pace.Gate {
	if l.Concurrency > 0 {
		most = min(most, l.Concurrency)
	}
	return pace.New(pace.Options{Name: name, Seed: seed, Concurrency: most,
		RequestsPerMinute: float64(l.RequestsPerMinute), TokensPerMinute: float64(l.TokensPerMinute)})
}

func newEndpoint(run *runfile.Run, e *runfile.Endpoint, getenv func(string) string) (*endpoint, error) {
	most := run.Concurrency
	if e.Limits.Concurrency > 0 {
		most = min(most, e.Limits.Concurrency)
	}
	plain, named := map[string]string{}, map[string]string{}
	for name, value := range e.Headers {
		if variable, isNamed := strings.CutPrefix(value, "$"); isNamed {
			named[name] = variable
		} else {
			plain[name] = value
		}
	}
	client, err := chat.New(chat.Endpoint{Name: e.Name, BaseURL: e.BaseURL, Protocol: chat.Protocol(e.Protocol), KeyEnv: e.KeyEnv,
		Headers: plain, HeadersEnv: named, Timeout: run.Timeout, KeepRaw: keepRaw, Connections: most}, getenv)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", run.Path, err)
	}
	return &endpoint{Endpoint: e, client: client, gate: gateOf(e.Name, run.Seed, e.Limits, most), most: ahead * most}, nil
}

// keepRaw bounds what is kept of a body that is no answer, in bytes.
const keepRaw = 4 << 10

func newModel(run *runfile.Run, m *runfile.Model, e *endpoint) (*model, error) {
	out := &model{Model: m, endpoint: e, ladder: run.Ladder(m), extra: map[string]json.RawMessage{}, most: e.most}
	if l := m.Limits; l.Concurrency > 0 || l.RequestsPerMinute > 0 || l.TokensPerMinute > 0 {
		out.gate = gateOf(e.Name+"/"+m.ID, run.Seed, l, run.Concurrency)
		if l.Concurrency > 0 {
			out.most = min(out.most, ahead*l.Concurrency)
		}
	}
	for name, value := range m.Parameters {
		if name != "seed" {
			out.extra[name] = value
			continue
		}
		seed, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: model %s: seed: %s is no whole number", run.Path, m.ID, value)
		}
		out.seed = &seed
	}
	return out, nil
}

// request is what is sent for a query.
func (m *model) request(q *runfile.Query, budget int64, attempt int) *chat.Request {
	r := &chat.Request{Model: m.Name, System: q.System, Messages: []chat.Message{{Role: "user", Content: q.Prompt}},
		MaxTokens: int(budget), MaxTokensName: m.BudgetName, Extra: m.extra}
	if m.seed != nil {
		seed := *m.seed + int64(attempt)
		r.Seed = &seed
	}
	return r
}

// passes are the leaves that a call needs, the model's and the endpoint's.
type passes []*pace.Pass

// enter waits until a call may go out that takes so many tokens at most.
func (m *model) enter(tokens int64) (passes, error) {
	ctx := m.endpoint.ctx
	var out passes
	for _, g := range []*pace.Gate{m.gate, m.endpoint.gate} {
		if g == nil {
			continue
		}
		p, err := g.Enter(ctx, tokens)
		if err != nil {
			out.done(pace.Report{})
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (p passes) done(r pace.Report) {
	for _, x := range p {
		x.Done(r)
	}
}

// goneError is why an endpoint was given up.
type goneError struct{ why string }

func (e *goneError) Error() string { return e.why }

// isGone reports that an endpoint was given up, by the run or by its gate.
func isGone(err error) bool {
	var gone *goneError
	var down *pace.DownError
	return errors.As(err, &gone) || errors.As(err, &down)
}
