package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/export"
	"github.com/allwrong/allwrong/grade/kinds"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/internal/sandbox"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/regrade"
	"github.com/allwrong/allwrong/report"
)

const gradeHelp = `Grade grades recorded answers anew: any outcomes that carry a response or an answer,
and a reference, with a verdict or without. It prints what changed against the
recorded verdicts and which rule decided, and writes the outcomes with their new
verdicts if an output is named.

Kinds of question: math, number, choice, exact, code. --kind grades every record
as one kind; without it each record says its own. Programs run in a sandbox
without network and with limits; where there is none, they are not run.

Kind judge needs models to judge: the models of a run file, as allwrong collect init
writes one (it needs no queries), each asked by itself; the majority of the votes
decides, and no model judges its own answers. What they said is kept beside the
file and never asked again, and the file's spending cap holds.

A verdict that cannot be told is written as a cell that was not run, reason
"unscored": it is missing, and neither right nor wrong.`

func newGrade() *cobra.Command {
	var r reading
	var g grading
	var check bool
	cmd := &cobra.Command{
		Use:     "grade RESPONSES…",
		Short:   "Are these answers right?",
		Long:    gradeHelp,
		Example: "  allwrong grade responses.jsonl --kind math -o outcomes.jsonl\n  allwrong grade logs/ --kind choice --against recorded\n  allwrong grade responses.jsonl --query aime-7 --explain",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if check {
				return checkSandbox(cmd, g.json)
			}
			return g.run(cmd, &r, paths)
		},
	}
	r.readFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&g.kind, "kind", "", "grade every record as `KIND`: "+kinds.Names)
	f.StringVar(&g.judges, "judges", "", "for kind judge: ask the models of `RUN.toml`")
	f.StringVarP(&g.out, "output", "o", "", "write the outcomes to `OUT`: "+export.Kinds+"; - for standard output")
	f.StringVar(&g.against, "against", "recorded", "compare with `VERDICTS`: recorded, or a grader such as number/1")
	f.StringVar(&g.query, "query", "", "grade the query with this `ID` only")
	f.BoolVar(&g.explain, "explain", false, "print every step of every record")
	f.BoolVar(&g.json, "json", false, "print JSON")
	f.BoolVar(&check, "sandbox-check", false, "attack the sandbox, and say what held")
	return cmd
}

// grading is what the flags of grade ask for.
type grading struct {
	kind, out, against, query, judges string
	explain, json                     bool
}

// gradeDocument is the JSON of grade.
type gradeDocument struct {
	Schema string `json:"schema"`
	Output string `json:"output,omitempty"`
	Judges *said  `json:"judges,omitempty"`
	regrade.Result
	Inputs   []ingest.Input    `json:"inputs"`
	Options  gradeOptions      `json:"options"`
	Warnings []certify.Warning `json:"warnings"`
}

type gradeOptions struct {
	reading
	Kind    string `json:"kind"`
	Against string `json:"against"`
	Query   string `json:"query,omitempty"`
	Judges  string `json:"judges,omitempty"`
}

// options checks the flags.
func (g *grading) options(r *reading) (o regrade.Options, err error) {
	o = regrade.Options{Kind: g.kind, Grader: kinds.For, Score: r.ScoreThreshold}
	if g.kind != "" && g.kind != "judge" {
		if _, known := kinds.For(g.kind); !known {
			return o, usagef("--kind: %q is none of %s, judge", g.kind, kinds.Names)
		}
	}
	if g.kind == "judge" && g.judges == "" {
		return o, usagef("--kind judge: judges are models: name the run file that says how they are asked, --judges RUN.toml")
	}
	if g.against != "recorded" {
		other, known := kinds.Named(g.against)
		if !known {
			return o, usagef("--against: %q is neither recorded nor the version of a grader, such as math/1", g.against)
		}
		o.Against = other
	}
	if g.explain && g.json {
		return o, usagef("--explain prints text, --json prints JSON: choose one")
	}
	if g.out == "-" && (g.explain || g.json) {
		return o, usagef("-o - takes standard output: leave out --explain and --json, or write to a file")
	}
	return o, nil
}

// sink is where graded records go.
type sink interface {
	Write(r *outcome.Record) error
	Close() error
	Abort()
}

// lines writes outcomes to a stream.
type lines struct {
	w   io.Writer
	buf []byte
}

func (l *lines) Write(r *outcome.Record) error {
	l.buf = append(r.AppendJSON(l.buf[:0]), '\n')
	_, err := l.w.Write(l.buf)
	return err
}
func (l *lines) Close() error { return nil }
func (l *lines) Abort()       {}

func (g *grading) sink(cmd *cobra.Command) (sink, error) {
	switch g.out {
	case "":
		return nil, nil
	case "-":
		return &lines{w: cmd.OutOrStdout()}, nil
	}
	return export.Create(g.out)
}

func (g *grading) run(cmd *cobra.Command, r *reading, paths []string) error {
	if err := r.usable(paths); err != nil {
		return err
	}
	o, err := g.options(r)
	if err != nil {
		return err
	}
	to, err := g.sink(cmd)
	if err != nil {
		return err
	}
	if to != nil {
		defer to.Abort()
	}
	var panel *asking
	if g.judges != "" {
		if panel, err = openAsking(cmd, g.judges, ".judges"); err != nil {
			return err
		}
		defer panel.close()
		o.Judge, o.Parallel = panel.judge, panel.run.Concurrency
	}
	doc, err := g.all(cmd, r, paths, o, to)
	if err != nil {
		return err
	}
	if panel != nil {
		if doc.Judges, err = panel.said(cmd.Context()); err != nil {
			return err
		}
		doc.Warnings = append(doc.Warnings, doc.Judges.warnings("the vote is missing")...)
		if !g.json {
			fmt.Fprintln(cmd.ErrOrStderr(), doc.Judges.line())
		}
	}
	switch {
	case g.json:
		return writeJSON(cmd.OutOrStdout(), doc)
	case g.out == "-":
		return report.Grading(cmd.ErrOrStderr(), doc.Result, "", doc.Warnings)
	}
	return report.Grading(cmd.OutOrStdout(), doc.Result, g.out, doc.Warnings)
}

// all grades every record and counts what changed.
func (g *grading) all(cmd *cobra.Command, r *reading, paths []string, o regrade.Options, to sink) (*gradeDocument, error) {
	against := ""
	if o.Against != nil {
		against = o.Against.Name()
	}
	tally := regrade.NewTally(against)
	run := regrade.New(cmd.Context(), o, func(x *regrade.Item) error {
		tally.Add(x)
		if g.explain {
			if err := report.Grade(cmd.OutOrStdout(), &x.Record, x.Grade, string(x.Status)); err != nil {
				return err
			}
		}
		if to == nil {
			return nil
		}
		return to.Write(&x.Record)
	})
	how, done := r.options(cmd)
	how.Want = outcome.WantAll
	result, err := ingest.Stream(cmd.Context(), paths, how, func(rec *outcome.Record) error {
		if g.query != "" && rec.Query != g.query {
			return nil
		}
		return run.Put(rec)
	})
	if err == nil {
		err = run.Flush()
	}
	done()
	if err != nil {
		return nil, err
	}
	if err := r.matched(modelNames(result.Set)); err != nil {
		return nil, err
	}
	if g.out != "" && g.out != "-" {
		if err := notAmong(g.out, result.Inputs); err != nil {
			return nil, err
		}
	}
	doc := &gradeDocument{Schema: "allwrong/grade/1", Output: g.out, Result: tally.Result(), Inputs: result.Inputs,
		Options: gradeOptions{*r, g.kind, g.against, g.query, g.judges}}
	if doc.Warnings, err = g.judge(doc.Result, r.readWarnings(result)); err != nil {
		return nil, err
	}
	if to != nil {
		return doc, to.Close()
	}
	return doc, nil
}

// judge refuses a run in which nothing was graded, and says what was left out.
func (g *grading) judge(r regrade.Result, warnings []certify.Warning) ([]certify.Warning, error) {
	if r.Records == 0 {
		if g.query != "" {
			return nil, fmt.Errorf("no record of query %s", outcome.Quote(g.query))
		}
		return nil, errors.New("no record to grade")
	}
	for _, s := range r.Skipped {
		text := fmt.Sprintf("%d records were not graded: %s; first: %s", s.Records, skipped[s.Why], s.First)
		if r.Graded == 0 && s.Why != regrade.NotRun {
			return nil, errors.New(text)
		}
		warnings = append(warnings, certify.Warning{Code: "not-graded-" + string(s.Why), Message: text})
	}
	return slices.Clip(warnings), nil
}

var skipped = map[regrade.Status]string{
	regrade.NotRun:      "they were not run",
	regrade.NoReference: "they have no reference to compare with",
	regrade.NoKind:      "they do not say of which kind they are; pass --kind",
	regrade.NoGrader:    "no grader knows their kind, or it needs models to judge; pass --kind, or --judges RUN.toml",
}

// checkSandbox attacks the sandbox. The status is 3 when an attack got through.
func checkSandbox(cmd *cobra.Command, asJSON bool) error {
	result, err := sandbox.SelfTest(cmd.Context())
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(cmd.OutOrStdout(), struct {
			Schema string `json:"schema"`
			*sandbox.SelfTestResult
		}{"allwrong/sandbox-check/1", result})
	} else {
		err = report.Sandbox(cmd.OutOrStdout(), view(result))
	}
	if err == nil && !result.Held {
		return errNo
	}
	return err
}

func view(r *sandbox.SelfTestResult) report.SandboxCheck {
	v := report.SandboxCheck{Held: r.Held, InForce: r.InForce}
	for _, a := range r.Attacks {
		v.Attacks = append(v.Attacks, report.SandboxAttack{Name: a.Name, What: a.What, Held: a.Held, Detail: a.Detail})
	}
	return v
}
