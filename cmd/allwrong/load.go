package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

// reading is how files are read and which models are taken. Its JSON is part of
// a certificate's options.
type reading struct {
	Models         []string `json:"models"`
	Exclude        []string `json:"exclude"`
	NoAnswer       string   `json:"no_answer"`
	Prefer         string   `json:"prefer"`
	ScoreThreshold float64  `json:"score_threshold"`
	AllowMismatch  bool     `json:"allow_mismatch"`
	Transpose      bool     `json:"transpose"`
	Metrics        []string `json:"metrics,omitempty"`
	Filters        []string `json:"filters,omitempty"`
	Ledger         string   `json:"ledger,omitempty"`
	LedgerDigest   string   `json:"ledger_digest,omitempty"` // of the ledger as it was applied; given: as it was then

	Labels []string `json:"labels,omitempty"` // columns that are labels, of Parquet and of databases

	database database // what is read of a database
	slices   []string // labels that the command asks for itself

	answers bool   // the command looks at answers
	lazy    bool   // the command can do with cells that were never asked
	costs   bool   // the command looks at what single answers cost
	ledger  ledger // that is applied
}

// flags are those of the commands that count.
func (r *reading) flags(cmd *cobra.Command) {
	r.readFlags(cmd)
	cmd.Flags().StringVar(&r.NoAnswer, "no-answer", "wrong", "what a refused, cut-off or unreadable answer is: `wrong or missing`")
}

// readFlags are those of every command that reads.
func (r *reading) readFlags(cmd *cobra.Command) {
	r.NoAnswer = "wrong"
	f := cmd.Flags()
	f.StringArrayVar(&r.Models, "models", nil, "take models whose name matches `GLOB` only (* and ?; may be repeated)")
	f.StringArrayVar(&r.Exclude, "exclude", nil, "leave out models whose name matches `GLOB` (may be repeated)")
	f.StringVar(&r.Prefer, "prefer", "none", "when two records of a cell disagree, which wins: `newest, first or right-if-any`")
	f.Float64Var(&r.ScoreThreshold, "score-threshold", 1, "the `SCORE` from which a graded score counts as right")
	f.BoolVar(&r.AllowMismatch, "allow-mismatch", false, "read sources whose stated rate contradicts their rows")
	f.StringArrayVar(&r.Metrics, "metric", nil, "where a file has several metrics, scorers or scores, count `NAME` (may be repeated: the first that is there)")
	f.StringArrayVar(&r.Filters, "filter", nil, "where a file has several filters, count `NAME` (may be repeated)")
	f.StringVar(&r.Ledger, "ledger", "", "apply what `FILE` decided, the ledger of allwrong audit")
	f.BoolVar(&r.Transpose, "transpose", false, "wide tables have models in rows")
}

var prefers = map[string]outcome.Prefer{
	"none": outcome.PreferNone, "newest": outcome.PreferNewest,
	"first": outcome.PreferFirst, "right-if-any": outcome.PreferRight,
}

func (r *reading) check() error {
	if _, ok := prefers[r.Prefer]; !ok {
		return usagef("--prefer: %q is none of newest, first, right-if-any", r.Prefer)
	}
	if r.NoAnswer != "wrong" && r.NoAnswer != "missing" {
		return usagef("--no-answer: %q is neither wrong nor missing", r.NoAnswer)
	}
	if !(r.ScoreThreshold > 0 && r.ScoreThreshold <= 1) {
		return usagef("--score-threshold: %v is outside (0, 1]", r.ScoreThreshold)
	}
	return nil
}

// keep reports whether a model is taken.
func (r *reading) keep(model string) bool { return chosen(model, r.Models, r.Exclude) }

// load reads paths and checks that every pattern given means something.
func (r *reading) load(cmd *cobra.Command, paths []string) (*ingest.Result, error) {
	if err := r.usable(paths); err != nil {
		return nil, err
	}
	o, done := r.options(cmd)
	result, err := ingest.Read(cmd.Context(), paths, o)
	done()
	if err != nil {
		return nil, err
	}
	if err := r.matched(modelNames(result.Set)); err != nil {
		return nil, err
	}
	if err := r.whole(result); err != nil {
		return nil, err
	}
	return result, r.apply(result.Set)
}

// usable checks the request before anything is read.
func (r *reading) usable(paths []string) error {
	if len(paths) == 0 {
		return usagef("no files: name result files or folders, or - for standard input")
	}
	if err := r.database.check(paths); err != nil {
		return err
	}
	return r.check()
}

// options are those of the reader, with a display of its progress; done takes
// the display away.
func (r *reading) options(cmd *cobra.Command) (o ingest.Options, done func()) {
	meter := newMeter(cmd.ErrOrStderr())
	return ingest.Options{
		Prefer: prefers[r.Prefer], ScoreThreshold: r.ScoreThreshold, AllowMismatch: r.AllowMismatch,
		Keep: r.keep, Transpose: r.Transpose, Labels: slices.Concat(r.Labels, r.slices), Metrics: r.Metrics, Filters: r.Filters, KeepAnswers: r.answers, KeepCosts: r.costs,
		Warehouse: r.database.source,
		Stdin:     cmd.InOrStdin(), Progress: meter.show,
	}, meter.clear
}

// matched checks that every pattern names a model.
func (r *reading) matched(names []string) error {
	for flag, patterns := range map[string][]string{"--models": r.Models, "--exclude": r.Exclude} {
		if p, bad := unmatched(patterns, names); bad {
			return usagef("%s: no model matches %s; the %d read are %s", flag, outcome.Quote(p), len(names), some(names, 12))
		}
	}
	return nil
}

// matrices builds one matrix per attempt of the models taken.
func (r *reading) matrices(set *outcome.Set) []*outcome.Matrix {
	attempts := 1
	for _, m := range set.Summary() {
		if r.keep(m.Model) {
			attempts = max(attempts, m.Attempts)
		}
	}
	out := make([]*outcome.Matrix, attempts)
	for a := range out {
		out[a] = set.Matrix(outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing", Attempt: a})
	}
	return out
}

// warnings are what reading has to say, and what it decided by default.
func (r *reading) warnings(result *ingest.Result) []certify.Warning {
	return append(r.readWarnings(result), r.noAnswers(noAnswers(result.Set, r.keep))...)
}

// noAnswers counts the cells of some models that hold none.
func noAnswers(set *outcome.Set, keep func(string) bool) int64 {
	n := int64(0)
	for _, m := range set.Summary() {
		if keep(m.Model) {
			n += m.NoAnswer
		}
	}
	return n
}

// noAnswers says what was made of answers that were none.
func (r *reading) noAnswers(n int64) []certify.Warning {
	if n == 0 || r.NoAnswer != "wrong" {
		return nil
	}
	return []certify.Warning{{Code: "no-answer", Message: fmt.Sprintf(
		"%s no answer (refused, cut off, nothing to parse), which counts as wrong; --no-answer missing leaves such cells out.", report.Plural(n, "cell holds", "cells hold"))}}
}

// readWarnings are what reading alone has to say.
func (r *reading) readWarnings(result *ingest.Result) []certify.Warning {
	out := []certify.Warning{}
	for _, w := range result.Warnings {
		out = append(out, certify.Warning(w))
	}
	merged, settled := int64(0), int64(0)
	for _, m := range result.Set.Summary() {
		if r.keep(m.Model) {
			merged, settled = merged+m.Merged, settled+m.Settled
		}
	}
	out = append(out, r.repeats(merged, settled)...)
	return append(out, r.ledger.warnings(r.Ledger)...)
}

// repeats says what became of records that repeat one, or contradict it.
func (r *reading) repeats(merged, settled int64) []certify.Warning {
	var says []string
	if merged > 0 {
		says = append(says, report.Plural(merged, "record repeats", "records repeat")+" one read before; merged.")
	}
	if settled > 0 {
		says = append(says, report.Plural(settled, "record disagrees", "records disagree")+" with one read before; settled by --prefer "+r.Prefer+".")
	}
	if says == nil {
		return nil
	}
	return []certify.Warning{{Code: "duplicates", Message: strings.Join(says, " ")}}
}

func modelNames(set *outcome.Set) []string {
	var names []string
	for _, m := range set.Summary() {
		names = append(names, m.Model)
	}
	return names
}

func some(names []string, most int) string {
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// formats lists the formats and the engines that were read, each once, in order.
func formats(inputs []ingest.Input) []string {
	var out []string
	seen := map[string]bool{}
	for _, in := range inputs {
		name := in.Format
		if in.Statement != nil {
			name = in.Statement.Engine
		}
		if name != "" && in.Status == ingest.StatusRead && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}
