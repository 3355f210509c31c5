package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/judge"
)

// asking is a run file whose models are asked single prompts: judges and raters.
// What they said is kept in a folder beside it, and is never asked again.
type asking struct {
	folder string
	run    *runfile.Run
	store  *store.Store
	ask    *collect.Asker
	first  store.Totals // before this command

	mu     sync.Mutex
	failed int
	why    string // of the first failure
}

// openAsking opens the models of a run file; as ends the name of the folder.
func openAsking(cmd *cobra.Command, path, as string) (*asking, error) {
	run, err := runfile.LoadModels(path)
	if err != nil {
		return nil, err
	}
	run.Queries = runfile.Queries{} // it is not these that are asked
	a := &asking{folder: strings.TrimSuffix(path, filepath.Ext(path)) + as, run: run}
	if a.store, err = store.Open(cmd.Context(), a.folder, store.Options{Database: run.Store, Run: run.Name + as}); err != nil {
		return nil, err
	}
	if a.ask, err = collect.NewAsker(cmd.Context(), run, a.store, nil); err == nil {
		a.first, err = a.store.Totals(cmd.Context())
	}
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *asking) close() error {
	if a.ask != nil {
		a.ask.Close()
	}
	return a.store.Close()
}

// reply asks a model, and counts what gave no reply.
func (a *asking) reply(ctx context.Context, model, prompt string) (string, error) {
	text, err := a.ask.Ask(ctx, model, prompt)
	if err != nil && ctx.Err() == nil {
		a.fail(fmt.Sprintf("%s: %v", model, err))
	}
	return text, err
}

func (a *asking) fail(why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed++; a.failed == 1 {
		a.why = why
	}
}

// judge is the panel of the run file's models as the grader of a candidate.
func (a *asking) judge(model, family string) grade.Grader {
	p := &judge.Panel{Ask: a.reply}
	for _, m := range a.run.Models {
		p.Judges = append(p.Judges, judge.Judge{Model: m.ID, Family: m.Family})
	}
	return p.For(judge.Judge{Model: model, Family: family})
}

// said is what the asking cost, and what failed.
type said struct {
	Folder string  `json:"folder"` // where the replies are kept
	Models int     `json:"models"`
	Spent  float64 `json:"spent_usd"` // by this command; what was kept costs nothing
	Total  float64 `json:"total_usd"` // by all that used the folder
	Cap    float64 `json:"cap_usd"`
	Failed int     `json:"failed"` // prompts without a reply
	why    string
}

func (a *asking) said(ctx context.Context) (*said, error) {
	t, err := a.store.Totals(ctx)
	if err != nil {
		return nil, err
	}
	return &said{a.folder, len(a.run.Models), (t.Settled - a.first.Settled).Dollars(), t.Settled.Dollars(), t.Cap.Dollars(), a.failed, a.why}, nil
}

// line says it in words.
func (s *said) line() string {
	return fmt.Sprintf("%s: %s asked, $%.2f now, $%.2f of $%.2f in all", s.Folder, number(s.Models, "model", "models"), s.Spent, s.Total, s.Cap)
}

// warnings are about what was not said.
func (s *said) warnings(what string) []certify.Warning {
	if s.Failed == 0 {
		return nil
	}
	return []certify.Warning{{Code: "no-reply", Message: fmt.Sprintf("%s no reply, and %s; first: %s. Asked again, only these are paid for.",
		number(s.Failed, "prompt got", "prompts got"), what, s.why)}}
}
