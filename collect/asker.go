package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
)

// Asker puts single prompts to the models of a run file, for those who learn
// only as they go what there is to ask: judges, and blind raters. It does so as a
// run does: what was answered once is never asked again, money is reserved before
// each call, and limits and retries are those of the file.
type Asker struct {
	engine *engine
	models map[string]int
	leave  context.CancelFunc
}

// ErrOverCap is returned for a prompt that there is no money for.
var ErrOverCap = errors.New("over the spending cap")

// NewAsker opens models for prompts. Ctx ends all of its calls; keys are read by
// getenv, nil for os.Getenv.
func NewAsker(ctx context.Context, run *runfile.Run, s *store.Store, getenv func(string) string) (*Asker, error) {
	if getenv == nil {
		getenv = os.Getenv
	}
	ctx, leave := context.WithCancel(ctx)
	a := &Asker{models: map[string]int{}, leave: leave, engine: &engine{run: run, store: s, tries: 3, endpoints: map[string]*endpoint{},
		grading: make(chan struct{}, runtime.GOMAXPROCS(0)), wire: make(chan struct{}, run.Concurrency)}}
	for i := range run.Endpoints {
		x, err := newEndpoint(run, &run.Endpoints[i], getenv)
		if err != nil {
			a.Close()
			return nil, err
		}
		x.ctx, x.leave = context.WithCancelCause(ctx)
		a.engine.endpoints[x.Name] = x
	}
	for i := range run.Models {
		m := &run.Models[i]
		x, err := newModel(run, m, a.engine.endpoints[m.Endpoint])
		if err != nil {
			a.Close()
			return nil, err
		}
		a.engine.models = append(a.engine.models, x)
		a.models[m.ID] = i
	}
	if err := s.Begin(ctx, run, store.Schedule{For: store.ForMatrix}); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// Close ends the calls under way.
func (a *Asker) Close() {
	a.leave()
	a.engine.close()
}

// Ask gives a model's answer to a prompt, from the store if it is there. The
// error says why there is none; ErrOverCap is among the reasons.
func (a *Asker) Ask(ctx context.Context, model, prompt string) (string, error) {
	number, known := a.models[model]
	if !known {
		return "", fmt.Errorf("no model of %s has the id %q", a.engine.run.Path, model)
	}
	sum := sha256.Sum256([]byte(prompt))
	q := &runfile.Query{ID: "prompt/" + hex.EncodeToString(sum[:]), Prompt: prompt, Kind: "prompt"}
	at, err := a.engine.store.Enlist(ctx, q)
	if err != nil {
		return "", err
	}
	e := *a.engine
	e.hard, e.soft = ctx, ctx
	j := &job{engine: &e, m: e.models[number], q: q, place: store.Place{Query: at, Model: number}}
	for _, budget := range j.m.ladder {
		j.place.Budget = budget
		s, err := j.waiting()
		if err != nil {
			return "", err
		}
		if s.Status == store.Valid {
			return e.store.Text(ctx, s.Call)
		}
	}
	return "", fmt.Errorf("cut off at its budget of %d tokens", j.place.Budget)
}

// waiting is rung for one who waits where others ask or money is reserved.
func (j *job) waiting() (store.State, error) {
	for {
		j.ended = ended{}
		s, ok := j.rung()
		switch {
		case ok:
			return s, nil
		case j.fate == parked:
			if !j.sleep(50 * time.Millisecond) {
				return s, j.hard.Err()
			}
			continue
		case j.fate == dear:
			return s, fmt.Errorf("%w: a call may cost %s, and cap_usd is %s", ErrOverCap, j.worst, j.run.CapUSD)
		case j.fate == fatal:
			return s, j.err
		case j.hard.Err() != nil:
			return s, j.hard.Err()
		}
		return s, errors.New(j.why)
	}
}
