package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/warehouse"
	"github.com/allwrong/allwrong/watch"
	"github.com/allwrong/allwrong/watch/feed"
)

const watchHelp = `Watch reads outcomes as they come: a file of JSON lines that others append to, the
folder of a run of collect, or a database. A query counts once every model of the
pool has a verdict on it.

It keeps the certificate, with limits that hold whenever one looks, and alarms when
  shift    a rate has moved past its level: at most one false alarm in
           --run-length queries, over all slices together
  level    a rate lies past its level on average: a chance of at most --alpha
           that such an alarm is ever false
  verdict  another verdict is certified than before
The rates are β, the share of queries that defeat every model, and with --incumbent
the gain, the share on which it is wrong and another model right. A level is stated
by --beta and --gain, or learnt from the first queries, as it always is for slices.

An alarm stands until the watch is begun --anew: then levels are learnt again, and
counts begin at zero. With --once the exit status is 3 while one stands. Without it
watch goes on until Ctrl-C. --state keeps all of it in a file: a later watch goes on
from there, with the same options, and counts nothing twice.`

const watchExamples = `  allwrong watch outcomes.jsonl --incumbent ada --overhead 0.02 --state watch.json --once
  allwrong watch outcomes.jsonl --beta 0.02 --slice topic --metrics 9464
  allwrong watch postgres://db.example/llm --table outcomes --beta 0.02 --since 2026-11-01
  allwrong watch run/ --incumbent ada --webhook https://alerts.example/allwrong`

// watching is what the flags of watch ask for.
type watching struct {
	o          watch.Options
	models     []string
	beta, gain string
	verdict    string
	noAnswer   string

	state    string
	anew     bool
	once     bool
	interval time.Duration
	json     bool
	out      outlets
	sql      watchedDatabase
}

func newWatch() *cobra.Command {
	w := &watching{}
	cmd := &cobra.Command{
		Use:     "watch SOURCE",
		Short:   "Follow outcomes as they come, and alarm when something has changed",
		Long:    watchHelp,
		Example: watchExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return w.run(cmd, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&w.models, "models", nil, "the pool: models whose name matches `GLOB` (may be repeated; default: all that are there at first)")
	f.StringVar(&w.o.Incumbent, "incumbent", "", "the `MODEL` in use, named before looking")
	f.StringVar(&w.o.Slice, "slice", "", "watch each value of `LABEL` by itself, too")
	f.Float64Var(&w.o.Overhead, "overhead", 0, "what orchestration costs, in accuracy as a `FRACTION`: 0.02 is two points")
	f.Float64Var(&w.o.Confidence, "confidence", 0.95, "of each one-sided limit, as a `FRACTION`")
	f.StringVar(&w.verdict, "verdict", "", "the `VERDICT` certified before: no or room; another one is an alarm")
	f.StringVar(&w.beta, "beta", "", "the `LEVEL` of β, a fraction, or two: 0.01:0.03 is left on either side")
	f.StringVar(&w.gain, "gain", "", "the `LEVEL` of the incumbent's gain, likewise")
	f.Int64Var(&w.o.Baseline, "baseline", 5000, "`NUMBER` of queries from which a level is learnt where none is stated")
	f.BoolVar(&w.o.Both, "both", false, "alarm when a rate falls, too")
	f.Float64Var(&w.o.RunLength, "run-length", 1e6, "`NUMBER` of queries per false shift alarm, at least")
	f.Float64Var(&w.o.Alpha, "alpha", 0.05, "`CHANCE` that a level alarm is ever false, or a learnt level wrong, at most")
	f.StringVar(&w.noAnswer, "no-answer", "wrong", "what a refused, cut-off or unreadable answer is: `wrong or missing`")
	f.Float64Var(&w.o.ScoreThreshold, "score-threshold", 1, "the `SCORE` from which a graded score counts as right")
	w.sql.flags(cmd)
	f.StringVar(&w.state, "state", "", "keep what is known in `FILE`, and go on from it")
	f.BoolVar(&w.anew, "anew", false, "begin anew: no alarm stands, levels are learnt again")
	f.BoolVar(&w.once, "once", false, "read what is there, and end: exit status 3 while an alarm stands")
	f.DurationVar(&w.interval, "interval", 10*time.Second, "`TIME` between two readings")
	w.out.flags(cmd)
	f.BoolVar(&w.json, "json", false, "print JSON: with --once one object, else a line for each event")
	return cmd
}

// check turns flags into options.
func (w *watching) check(cmd *cobra.Command, args []string) (err error) {
	if len(args) != 1 {
		return usagef("want one source: a file of JSON lines, the folder of a run, or a database")
	}
	if w.o.Beta, err = parseLevel(w.beta); err != nil {
		return usagef("--beta: %w", err)
	}
	if w.o.Gain, err = parseLevel(w.gain); err != nil {
		return usagef("--gain: %w", err)
	}
	w.o.Verdict, w.o.NoAnswerMissing = certify.Verdict(w.verdict), w.noAnswer == "missing"
	switch {
	case w.noAnswer != "wrong" && w.noAnswer != "missing":
		return usagef("--no-answer: %q is neither wrong nor missing", w.noAnswer)
	case w.verdict != "" && w.verdict != "no" && w.verdict != "room":
		return usagef("--verdict: %q is neither no nor room", w.verdict)
	case w.verdict != "" && w.o.Overhead == 0:
		return usagef("--verdict: against which --overhead? 0.02 is two points")
	case w.anew && w.state == "":
		return usagef("--anew goes with --state: without it every watch is new")
	case w.interval < 100*time.Millisecond:
		return usagef("--interval: %v is too short; want 100ms or more", w.interval)
	}
	if err := w.sql.check(cmd, args[0]); err != nil {
		return err
	}
	return w.out.check()
}

// parseLevel reads 0.02, or 0.01:0.03.
func parseLevel(s string) (l watch.Level, err error) {
	if s == "" {
		return l, nil
	}
	low, high, two := strings.Cut(s, ":")
	if !two {
		low, high = "", low
	}
	number := func(s string) float64 {
		x, e := strconv.ParseFloat(s, 64)
		if e != nil || !(x > 0 && x < 1) {
			err = fmt.Errorf("%q is no fraction between 0 and 1; want one, or two such as 0.01:0.03", s)
		}
		return x
	}
	if l.High = number(high); two {
		l.Low = number(low)
	}
	if err == nil && l.Low > l.High {
		err = fmt.Errorf("%v is above %v: the lower level comes first", l.Low, l.High)
	}
	return l, err
}

func (w *watching) run(cmd *cobra.Command, args []string) error {
	if err := w.check(cmd, args); err != nil {
		return err
	}
	file, err := readStateFile(w.state)
	if err != nil {
		return err
	}
	if file != nil && file.Source != w.sql.name(args[0]) {
		return usagef("--state: %s was begun on %s; another source needs another file", w.state, file.Source)
	}
	place := feed.Place{}
	if file != nil {
		place = file.Place
	}
	f, err := w.open(cmd.Context(), args[0], place)
	if err != nil {
		return err
	}
	defer f.Close()
	if file == nil {
		file = &stateFile{Schema: schemaWatchState, Source: w.sql.name(args[0])}
		file.State, err = w.begin(cmd, f, args[0])
	} else {
		err = w.goOn(cmd, file.State)
	}
	if err != nil {
		return err
	}
	watched := &watcher{watching: w, cmd: cmd, feed: f, file: file, s: file.State, source: args[0], events: []watch.Event{}}
	return watched.follow()
}

// open opens the source from a place on.
func (w *watching) open(ctx context.Context, source string, from feed.Place) (feed.Feed, error) {
	if store.IsAddress(source) {
		return w.collected(source, from)
	}
	if warehouse.Is(source) {
		return w.sql.open(ctx, source, w.o.Slice, from)
	}
	info, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || strings.HasSuffix(source, ".db") {
		return w.collected(source, from)
	}
	return feed.OpenFile(source, from)
}

// collected follows a run, all of which is handed on each time.
func (w *watching) collected(source string, from feed.Place) (feed.Feed, error) {
	w.o.Remember = -1
	return feed.OpenRun(source, from)
}

// begin chooses the pool and makes a new state.
func (w *watching) begin(cmd *cobra.Command, f feed.Feed, source string) (*watch.State, error) {
	var err error
	if w.o.Models, err = w.pool(cmd, f, source); err != nil {
		return nil, err
	}
	if w.o.Incumbent != "" && !slices.Contains(w.o.Models, w.o.Incumbent) {
		return nil, usagef("--incumbent: no model of the pool is named %q; there are %s", w.o.Incumbent, some(w.o.Models, 12))
	}
	s, err := watch.New(w.o)
	if err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

// pool is fixed before any verdict is looked at: the models that are named or, where
// none or patterns are, those of which there is something at the beginning.
func (w *watching) pool(cmd *cobra.Command, f feed.Feed, source string) ([]string, error) {
	plain := len(w.models) > 0 && !slices.ContainsFunc(w.models, func(s string) bool { return strings.ContainsAny(s, "*?") })
	if plain {
		if len(w.models) < 2 {
			return nil, usagef("--models: a pool needs two or more")
		}
		return w.models, nil
	}
	for told := false; ; {
		names, err := f.Models(cmd.Context())
		if err != nil {
			return nil, err
		}
		pool := slices.DeleteFunc(names, func(n string) bool { return !chosen(n, w.models, nil) })
		if len(pool) > 1 {
			slices.Sort(pool)
			return pool, nil
		}
		if w.once {
			return nil, fmt.Errorf("%s: outcomes of %s so far; a pool needs two models or more: name it with --models, or wait", source, report.Plural(int64(len(pool)), "model", "models"))
		}
		if !told {
			fmt.Fprintf(cmd.ErrOrStderr(), "Waiting for outcomes of two models or more.\n")
			told = true
		}
		if !wait(cmd.Context(), w.interval) {
			return nil, context.Canceled
		}
	}
}

// goOn checks that what is asked for is what was begun.
func (w *watching) goOn(cmd *cobra.Command, s *watch.State) error {
	was, asked := s.Options, w.o
	given := cmd.Flags().Changed
	for _, x := range []struct {
		flag   string
		differ bool
	}{
		{"incumbent", was.Incumbent != asked.Incumbent}, {"slice", was.Slice != asked.Slice}, {"overhead", was.Overhead != asked.Overhead},
		{"confidence", was.Confidence != asked.Confidence}, {"verdict", was.Verdict != asked.Verdict}, {"beta", was.Beta != asked.Beta},
		{"gain", was.Gain != asked.Gain}, {"baseline", was.Baseline != asked.Baseline}, {"both", was.Both != asked.Both},
		{"run-length", was.RunLength != asked.RunLength}, {"alpha", was.Alpha != asked.Alpha},
		{"no-answer", was.NoAnswerMissing != asked.NoAnswerMissing}, {"score-threshold", was.ScoreThreshold != asked.ScoreThreshold},
	} {
		if given(x.flag) && x.differ {
			return usagef("--%s: the watch of %s was begun with another value, and what it promises hangs on it; another --state begins another watch", x.flag, w.state)
		}
	}
	for _, g := range w.models {
		if !slices.ContainsFunc(was.Models, func(m string) bool { return chosen(m, []string{g}, nil) }) {
			return usagef("--models: no model of the pool that %s was begun with matches %q; it is %s", w.state, g, some(was.Models, 12))
		}
	}
	if w.anew {
		s.Anew()
	}
	return nil
}

// wait waits; false when the command is to end.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
