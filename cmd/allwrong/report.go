package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/page"
	"github.com/allwrong/allwrong/study"
)

const reportHelp = `Report asks every measure about the same results and writes one page: the answer in
a sentence and a picture, then what correlation misses, where a gain would come
from, each slice, which models are worth keeping, what to audit, and the queries
one by one. The page is one file that can be mailed: it needs no network, is read
without scripts, and prints.

Its numbers are those of certify, explain, pool and audit with the same options, to
the last digit. With --policies those of policy are among them, which takes longer;
with --ledger the decisions of an audit are applied.

  --markdown  a short form for a pull request, on standard output
  --json      all numbers, on standard output`

// reportFlags are the flags of report as they were typed.
type reportFlags struct {
	certifyFlags
	slices     []string
	size       int
	replicates int
	control    int
	policies   bool
}

func newReport() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:     "report PATH…",
		Short:   "One page with everything: the answer, the figures, the queries",
		Long:    reportHelp,
		Example: "  allwrong report results/ --overhead 0.02\n  allwrong report results/ -o review.html --ledger ledger.jsonl\n  allwrong report results/ --markdown >> \"$GITHUB_STEP_SUMMARY\"",
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	s := cmd.Flags()
	s.SortFlags = false
	s.StringVarP(&f.out, "out", "o", "", "write to `FILE` (default report.html; with --json or --markdown standard output)")
	f.measureFlags(cmd)
	f.options.Reading.flags(cmd)
	f.options.Reading.databaseFlags(cmd)
	s.StringArrayVar(&f.slices, "slice", nil, "certify each value of the label `KEY` (may be repeated; default: each label with a few values)")
	s.IntVarP(&f.size, "size", "k", 0, "members of the pool that is looked for, `NUMBER` of them (default 3)")
	s.IntVar(&f.replicates, "replicates", 2000, "resampled query sets, `NUMBER` of them, for the intervals of explain")
	s.IntVar(&f.control, "control", 20, "`NUMBER` of queries in the random control of the audit; negative for none")
	s.BoolVar(&f.policies, "policies", false, "score votes, cascades and routers, too, and what each dollar buys; routers that read texts take minutes")
	s.Uint64Var(&f.options.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	s.BoolVar(&f.json, "json", false, "print JSON")
	s.BoolVar(&f.markdown, "markdown", false, "print Markdown")
	return cmd
}

func (f *reportFlags) run(cmd *cobra.Command, paths []string) error {
	if err := f.check(cmd, paths); err != nil {
		return err
	}
	if f.replicates < 1 {
		return usagef("--replicates: %d: want at least 1", f.replicates)
	}
	s, result, err := f.options.Reading.study(cmd, paths, f.study())
	if err != nil {
		return err
	}
	meter := newMeter(cmd.ErrOrStderr())
	defer meter.clear()
	r, err := s.All(cmd.Context(), meter.part)
	if err != nil {
		return err
	}
	meter.clear()
	return f.write(cmd, f.document(cmd, paths, result, r))
}

func (f *reportFlags) study() study.Options {
	o := study.Options{Certify: f.options.measure(), NoAnswerMissing: f.options.Reading.NoAnswer == "missing", Slices: f.slices,
		Replicates: f.replicates, Policies: f.policies, ValueUSD: f.valueUSD, Seed: f.options.Seed}
	o.Pool.K, o.Audit.Control, o.Audit.Grader = f.size, f.control, lookingAt
	return o
}

// study reads paths into a study. The ledger is applied by the study, which needs
// the data as they were graded, too.
func (r *reading) study(cmd *cobra.Command, paths []string, o study.Options) (*study.Study, *ingest.Result, error) {
	r.answers, r.costs = true, true
	if err := r.usable(paths); err != nil {
		return nil, nil, err
	}
	if err := r.openLedger(); err != nil {
		return nil, nil, err
	}
	opt, done := r.options(cmd)
	result, err := ingest.Read(cmd.Context(), paths, opt)
	done()
	if err != nil {
		return nil, nil, err
	}
	if err := r.matched(modelNames(result.Set)); err != nil {
		return nil, nil, err
	}
	if err := r.whole(result); err != nil {
		return nil, nil, err
	}
	source := study.Source{Set: result.Set, Ledger: r.ledger.state, Records: result.Records, Notes: r.notes(result)}
	return study.New(source, r.keep, o), result, nil
}

// notes say of a study what warnings says of what was read.
func (r *reading) notes(result *ingest.Result) func(*outcome.Set, audit.Applied, func(string) bool) []certify.Warning {
	return func(set *outcome.Set, applied audit.Applied, keep func(string) bool) []certify.Warning {
		here := *r
		here.ledger.applied = applied
		return append(here.readWarnings(result), here.noAnswers(noAnswers(set, keep))...)
	}
}

// reportDocument is the JSON of report.
type reportDocument struct {
	Schema string `json:"schema"`
	*study.Results
	Inputs   []ingest.Input    `json:"inputs"`
	Options  reportOptions     `json:"options"`
	Commands []string          `json:"commands"` // that compute these numbers again
	Warnings []certify.Warning `json:"warnings"` // of the reading and the certificate, and which parts are missing
}

type reportOptions struct {
	certifyOptions
	Slices     []string `json:"slices"`
	Size       int      `json:"size"`
	Replicates int      `json:"replicates"`
	Control    int      `json:"control"`
	Policies   bool     `json:"policies"`
}

func (f *reportFlags) document(cmd *cobra.Command, paths []string, result *ingest.Result, r *study.Results) reportDocument {
	o := reportOptions{f.options, f.slices, f.size, f.replicates, f.control, f.policies}
	o.Method = r.Certificate.Gain.Method
	return reportDocument{Schema: "allwrong/report/1", Results: r, Inputs: result.Inputs, Options: o, Commands: commands(cmd, paths),
		Warnings: slices.Concat(r.Certificate.Warnings, r.Warnings)}
}

// page is the document as pages show it.
func (d *reportDocument) page() page.Report {
	p := page.Report{Results: d.Results, Formats: formats(d.Inputs), Notes: brief(d.Certificate.Warnings, d.Inputs), Ledger: d.Options.Reading.Ledger,
		Commands: d.Commands, Version: version()}
	names := shownNames(d.Inputs)
	for _, in := range d.Inputs {
		p.Inputs = append(p.Inputs, pageInput(names[in.Path], in))
	}
	return p
}

func pageInput(name string, in ingest.Input) page.Input {
	x := page.Input{Path: name, Format: in.Format, Rows: in.Rows, SHA256: in.SHA256}
	if in.Status != ingest.StatusRead {
		x.Status, x.Why = in.Status, in.Why
	}
	return x
}

func (f *reportFlags) write(cmd *cobra.Command, doc reportDocument) error {
	var b bytes.Buffer
	var err error
	switch {
	case f.json:
		err = writeJSON(&b, doc)
	case f.markdown:
		err = page.Markdown(&b, doc.page())
	default:
		err = page.HTML(&b, doc.page())
		if f.out == "" {
			f.out = "report.html"
		}
	}
	if err != nil {
		return err
	}
	if f.out == "" {
		_, err = io.Copy(cmd.OutOrStdout(), &b)
		return err
	}
	if err := os.WriteFile(f.out, b.Bytes(), 0o644); err != nil {
		return err
	}
	if f.json || f.markdown {
		return nil
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\nWrote %s: open it in a browser, or mail it.\n", report.Summary(doc.Certificate), f.out)
	return err
}

// commands are lines that compute the numbers of a page again.
func commands(cmd *cobra.Command, paths []string) []string {
	var flags []string
	cmd.Flags().Visit(func(x *pflag.Flag) {
		if x.Name == "out" || x.Name == "json" || x.Name == "markdown" {
			return
		}
		if list, ok := x.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				flags = append(flags, "--"+x.Name+"="+quoted(v))
			}
			return
		}
		flags = append(flags, "--"+x.Name+"="+quoted(x.Value.String()))
	})
	line := cmd.CommandPath()
	for _, p := range paths {
		line += " " + quoted(p)
	}
	return []string{strings.Join(append([]string{line}, flags...), " ")}
}

// quoted writes a word as a shell reads it.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./,:=+@%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
