package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/schedule"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/report"
)

const collectHelp = `Collect asks the models of a run file, grades what they answer, and keeps all of it
in the run's folder, which every other command reads. Start one with:

  allwrong collect init run.toml

It may be stopped at any moment and started again, and several processes may work
at one run, on several machines if the run file names a PostgreSQL database: nothing that was answered is asked twice, and the spending cap is
never passed. An answer that is cut off at its token budget is asked again with the
next one, in all questions alike; what stays broken is missing, never wrong.

--for says what is needed. Less is asked, and paid, for less:
  matrix       the default: every model on every query
  certificate  what the certificate of the model in use needs: --incumbent
               everywhere, others only where it is wrong, until one is right
  ceiling      which queries defeat every model

With --until decided, queries are taken in random order, and collecting stops as
soon as the certificate decides against --overhead. It holds at every moment, so
stopping costs nothing; queries that are not settled count as rescued.

Ctrl-C finishes the calls in flight and stores them; a second one does not wait.
Without --for and the like, a run goes on as it was started.`

const collectExamples = `  allwrong collect init
  allwrong collect run.toml --dry-run
  allwrong collect run.toml --for certificate --incumbent claude-opus-4.8
  allwrong collect run.toml --for certificate --incumbent claude-opus-4.8 --until decided --overhead 0.02
  allwrong certify run/ --incumbent claude-opus-4.8`

// collecting is what the flags of collect ask for.
type collecting struct {
	For        string  `json:"for"`
	Incumbent  string  `json:"incumbent,omitempty"`
	Until      string  `json:"until,omitempty"`
	Overhead   float64 `json:"overhead"`
	Confidence float64 `json:"confidence"`
	Folder     string  `json:"folder"`
	dryRun     bool
	json       bool
}

func newCollect() *cobra.Command {
	var c collecting
	cmd := &cobra.Command{
		Use:     "collect RUN.toml",
		Short:   "Ask the models, and only as much as is needed",
		Long:    collectHelp,
		Example: collectExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&c.For, "for", "", "what is needed: `PURPOSE` matrix, certificate or ceiling")
	f.StringVar(&c.Incumbent, "incumbent", "", "the `MODEL` in use, named before looking at any answer")
	f.StringVar(&c.Until, "until", "", "stop `WHEN`: decided")
	f.Float64Var(&c.Overhead, "overhead", 0, "what orchestration costs, in accuracy as a `FRACTION`: 0.02 is two points")
	f.Float64Var(&c.Confidence, "confidence", 0.95, "of each one-sided statement, as a `FRACTION`")
	f.StringVar(&c.Folder, "folder", "", "keep the run in `FOLDER` (default: named like the run file, beside it)")
	f.BoolVar(&c.dryRun, "dry-run", false, "say what it would take, and send nothing")
	f.BoolVar(&c.json, "json", false, "print JSON at the end")
	cmd.AddCommand(newCollectInit())
	return cmd
}

func newCollectInit() *cobra.Command {
	return &cobra.Command{
		Use:     "init [FILE]",
		Short:   "Write a run file to fill in",
		Long:    "Init writes a commented run file, run.toml unless another name is given. It does not\nreplace a file that is there.",
		Example: "  allwrong collect init pilot.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("want one file")
			}
			path := "run.toml"
			if len(args) == 1 {
				path = args[0]
			}
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already; name another file", path)
			}
			if err != nil {
				return err
			}
			_, err = f.WriteString(runfile.Example())
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: fill in endpoints, models and queries, then: allwrong collect %s --dry-run\n", path, path)
			return err
		},
	}
}

func (c *collecting) run(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("want one run file; allwrong collect init writes one")
	}
	run, err := runfile.Load(args[0])
	if err != nil {
		return err
	}
	if c.Folder == "" {
		if c.Folder = strings.TrimSuffix(args[0], filepath.Ext(args[0])); c.Folder == args[0] {
			c.Folder += ".run"
		}
	}
	used, err := c.goOn(cmd, run)
	if err != nil {
		return err
	}
	if err := c.check(run); err != nil {
		return err
	}
	if c.dryRun {
		return c.reckon(cmd, run, used)
	}
	return c.collect(cmd, run, args[0])
}

// goOn takes from a run that is there how it was collected, unless the flags say
// otherwise, and what has been used.
func (c *collecting) goOn(cmd *cobra.Command, run *runfile.Run) ([]store.ModelTotals, error) {
	path := filepath.Join(c.Folder, store.FileName)
	if run.Store != "" {
		path = store.Address(run.Store, run.Name)
	} else if _, err := os.Stat(path); err != nil {
		return nil, nil
	}
	s, err := store.OpenFile(cmd.Context(), path)
	if run.Store != "" && errors.Is(err, store.ErrNoStore) {
		return nil, nil // not begun
	}
	if err != nil {
		return nil, err
	}
	defer s.Close()
	was, err := s.Collected(cmd.Context())
	if err != nil {
		return nil, err
	}
	given := cmd.Flags().Changed
	if !given("for") && !given("incumbent") && !given("until") {
		c.For, c.Incumbent, c.Until = string(was.Schedule.For), was.Schedule.Incumbent, was.Schedule.Until
		if !given("overhead") {
			c.Overhead = was.Schedule.Overhead
		}
	}
	return usedBy(cmd.Context(), s, run)
}

// usedBy is what each model of the run has used, in the order of the run file.
// The folder may be that of an earlier form of the file.
func usedBy(ctx context.Context, s *store.Store, run *runfile.Run) ([]store.ModelTotals, error) {
	totals, err := s.ModelTotals(ctx)
	if err != nil || len(totals) != len(run.Models) {
		return nil, err
	}
	return totals, nil
}

func (c *collecting) check(run *runfile.Run) error {
	if c.For == "" {
		if c.For = string(store.ForMatrix); c.Incumbent != "" {
			c.For = string(store.ForCertificate)
		}
	}
	_, known := run.Model(c.Incumbent)
	switch {
	case !slices.Contains(schedule.Purposes, schedule.Purpose(c.For)):
		return usagef("--for: %q is none of matrix, certificate, ceiling", c.For)
	case c.For == "certificate" && c.Incumbent == "":
		return usagef("--for certificate: name the model in use with --incumbent, before looking at any answer")
	case c.For != "certificate" && c.Incumbent != "":
		return usagef("--incumbent goes with --for certificate")
	case c.Incumbent != "" && !known:
		return usagef("--incumbent: no model of the run has the id %q; there are %s", c.Incumbent, some(ids(run), 12))
	case c.Until != "" && c.Until != "decided":
		return usagef("--until: %q; want decided", c.Until)
	case c.Until != "" && c.For != "certificate":
		return usagef("--until decided goes with --for certificate: there is nothing else to decide")
	case c.Until != "" && !(c.Overhead > 0 && c.Overhead < 1):
		return usagef("--until decided: against which --overhead? 0.02 is two points")
	case !(c.Confidence > 0 && c.Confidence < 1):
		return usagef("--confidence: %v is outside (0, 1); 0.95 is usual", c.Confidence)
	}
	return nil
}

func ids(run *runfile.Run) (out []string) {
	for _, m := range run.Models {
		out = append(out, m.ID)
	}
	return out
}

func (c *collecting) how() store.Schedule {
	h := store.Schedule{For: store.Purpose(c.For), Incumbent: c.Incumbent, Until: c.Until}
	if c.Until != "" {
		h.Overhead = c.Overhead
	}
	return h
}

// look judges a tally by the any-time limits; nil where there is no incumbent.
func (c *collecting) look(t schedule.Tally) *certify.Watched {
	if c.For != string(store.ForCertificate) {
		return nil
	}
	w, err := certify.Watch{Queries: t.Queries, Least: t.Rescued, Most: t.Rescued + t.Open}.Look(c.Overhead, c.Confidence)
	if err != nil {
		return nil // counts of a tally are counts
	}
	return &w
}

// collectDocument is the JSON of collect.
type collectDocument struct {
	Schema string `json:"schema"`
	*collect.Result
	Certificate *certify.Certificate `json:"certificate"` // of the incumbent, or of the full matrix; null where nothing can be certified
	Inputs      []ingest.Input       `json:"inputs"`
	Options     collecting           `json:"options"`
	Warnings    []certify.Warning    `json:"warnings"`
}

func (c *collecting) collect(cmd *cobra.Command, run *runfile.Run, path string) error {
	s, err := store.Open(cmd.Context(), c.Folder, store.Options{Database: run.Store, Run: run.Name})
	if err != nil {
		return err
	}
	defer s.Close()
	ctx, stop, end := interrupted(cmd)
	defer end()
	screen := newScreen(cmd.ErrOrStderr(), c)
	o := collect.Options{Run: run, Store: s, How: c.how(), Stop: stop, Watch: screen.show}
	if c.Until != "" {
		o.Decided = func(t schedule.Tally) bool { w := c.look(t); return w != nil && w.Verdict != certify.Undecided }
	}
	result, err := collect.Run(ctx, o)
	screen.end()
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	cmd.SetContext(ctx) // the command's own has ended, if it was asked to stop
	doc := &collectDocument{Schema: "allwrong/collect/1", Result: result, Inputs: []ingest.Input{}, Options: *c, Warnings: []certify.Warning{}}
	c.certify(cmd, doc)
	if c.json {
		err = writeJSON(cmd.OutOrStdout(), doc)
	} else {
		err = report.Collect(cmd.OutOrStdout(), c.shown(doc, path))
	}
	return errors.Join(err, c.incomplete(result, path))
}

// incomplete says what keeps a run from its end.
func (c *collecting) incomplete(r *collect.Result, path string) error {
	switch {
	case len(r.Down) > 0:
		return fmt.Errorf("endpoint %s was given up: %s; go on with: allwrong collect %s", r.Down[0].Endpoint, r.Down[0].Why, path)
	case r.OverCap > 0:
		return fmt.Errorf("%s not asked: the cap of $%.2f is reached; raise cap_usd, and go on with: allwrong collect %s",
			report.Plural(r.OverCap, "cell was", "cells were"), r.Money.Cap.Dollars(), path)
	case r.Stopped:
		return fmt.Errorf("stopped; go on with: allwrong collect %s", path)
	}
	return nil
}

// certify adds what the run's folder certifies.
func (c *collecting) certify(cmd *cobra.Command, doc *collectDocument) {
	answered := int64(0)
	for _, m := range doc.Models {
		answered += m.Done
	}
	if c.For == string(store.ForCeiling) || answered == 0 {
		return
	}
	o := certifyOptions{Confidence: c.Confidence, Overhead: c.Overhead, Incumbent: c.Incumbent, Missing: certify.Complete, Attempts: certify.AttemptsFirst, Seed: 1,
		Reading: reading{NoAnswer: "wrong", Prefer: "none", ScoreThreshold: 1}}
	if c.Incumbent != "" { // whatever came of the other cells, and whether or not all were asked
		o.Missing, o.Method = certify.Bounds, certify.Incumbent
		if c.Until != "" || doc.Tally.Queries < doc.Queries { // the number of queries was not fixed before
			o.Method = certify.Anytime
		}
	}
	got, err := issue(cmd, []string{c.Folder}, o)
	if err != nil {
		doc.Warnings = append(doc.Warnings, certify.Warning{Code: "no-certificate", Message: "Nothing is certified yet: " + err.Error() + "."})
		return
	}
	doc.Certificate, doc.Inputs = &got.Certificate, got.Inputs
}

func (c *collecting) shown(doc *collectDocument, path string) report.Collection {
	r := doc.Result
	out := report.Collection{Collecting: c.progress(r.Progress), Made: r.Made, Before: r.Before, Cells: r.Cells, Folder: c.Folder, Warnings: doc.Warnings}
	for _, m := range r.Models {
		out.Answered += m.Done
	}
	if r.FullCost != nil {
		out.FullUSD = *r.FullCost
	}
	for _, m := range r.Reasons {
		out.Missed = append(out.Missed, report.Unanswered{Reason: m.Reason, First: m.First, Cells: m.Cells})
	}
	if doc.Certificate != nil {
		out.Certificate, out.SoFar = doc.Certificate, nil
		out.Next = "Next: allwrong certify " + c.Folder
	}
	return out
}

// progress is what is shown of how far a run is.
func (c *collecting) progress(p collect.Progress) report.Collecting {
	out := report.Collecting{Spent: p.Money.Settled.Dollars(), Cap: p.Money.Cap.Dollars(), Lost: p.Money.Lost.Dollars(), Missing: p.Missing,
		Climbed: p.Climbed, Repeated: p.Repeated, Left: p.Left, Away: p.Away, Lazy: p.Lazy, Queries: p.Tally.Queries, All: p.Queries, Open: p.Tally.Open}
	if c.Overhead > 0 && p.Tally.Queries > 0 {
		out.SoFar = c.look(p.Tally)
	}
	for _, m := range p.Models {
		x := report.Collected{Model: m.Model, Done: m.Done, Needed: m.Needed, Missing: m.Missing, InFlight: m.InFlight,
			Tokens: m.Input + m.Output, USD: m.CostUSD, Note: m.Note}
		switch {
		case x.Note != "" || x.Missing > 0 || c.Incumbent == "":
		case m.Model == c.Incumbent:
			x.Note = "the incumbent"
		case m.Done > 0:
			x.Note = "where it is wrong"
		}
		out.Models = append(out.Models, x)
	}
	return out
}

// reckon says what the run would take.
func (c *collecting) reckon(cmd *cobra.Command, run *runfile.Run, used []store.ModelTotals) error {
	e, err := collect.Reckon(cmd.Context(), run, c.how(), used)
	if err != nil {
		return err
	}
	if c.json {
		return writeJSON(cmd.OutOrStdout(), struct {
			Schema string `json:"schema"`
			*collect.Estimate
			Inputs   []ingest.Input    `json:"inputs"`
			Options  collecting        `json:"options"`
			Warnings []certify.Warning `json:"warnings"`
		}{"allwrong/collect-estimate/1", e, []ingest.Input{}, *c, []certify.Warning{}})
	}
	r := report.Reckoning{Queries: e.Queries, Expected: e.Expected, Most: e.Most, Worst: e.Worst, Cap: e.Cap, Lazy: c.For != string(store.ForMatrix)}
	for _, m := range e.Models {
		r.Models = append(r.Models, report.Reckoned{Model: m.Model, Calls: m.Calls, Tokens: m.Input + m.Output, Expected: m.Expected, Worst: m.Worst, Certain: m.Certain, Known: m.Known > 0})
	}
	return report.Reckon(cmd.OutOrStdout(), r)
}
