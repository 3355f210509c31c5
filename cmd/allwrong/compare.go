package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/page"
	"github.com/allwrong/allwrong/warehouse"
)

const compareHelp = `Compare reads two sets of results on the same queries (before and after, two answer
formats, two months, two graders) and says what changed from A to B: the share of
queries that defeat every model, the best model and the gain over it, each with the
limits of its paired difference; which queries entered and left the all-wrong set;
which models moved, with their number priced in.

Models are paired by name and queries by id. What only one set has is named and
counts for nothing. A and B are files or folders, read as by certify.

A gate makes the exit status the answer:
  no-worse        the best model, or the incumbent, lost less than the margin
  no-model-worse  no model is shown to have lost
  unchanged       nothing is shown to have changed`

func newCompare() *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:     "compare A B",
		Short:   "What changed between two sets of results?",
		Long:    compareHelp,
		Example: "  allwrong compare before/ after/\n  allwrong compare main.jsonl branch.jsonl --incumbent gpt-5 --margin 0.01 --gate no-worse",
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	s := cmd.Flags()
	s.SortFlags = false
	s.StringVar(&f.options.Incumbent, "incumbent", "", "the `MODEL` in use, named before looking at these results")
	s.Float64Var(&f.options.Margin, "margin", 0, "a loss of accuracy that does not matter, as a `FRACTION`: 0.01 is one point")
	s.Float64Var(&f.options.Confidence, "confidence", 0.95, "of each statement, as a `FRACTION`")
	f.reading.flags(cmd)
	f.reading.databaseFlags(cmd)
	s.Uint64Var(&f.options.Seed, "seed", 1, "the order of bets comes from this `NUMBER`")
	s.StringVar(&f.gate, "gate", "", "exit 0 if this `ANSWER` holds, 3 if not: no-worse, no-model-worse or unchanged")
	s.StringVarP(&f.out, "out", "o", "", "write a page to `FILE`, too")
	s.BoolVar(&f.full, "full", false, "print every model and every query")
	s.BoolVar(&f.json, "json", false, "print JSON")
	s.BoolVar(&f.markdown, "markdown", false, "print Markdown")
	return cmd
}

// compareFlags are the flags of compare as they were typed.
type compareFlags struct {
	options              compare.Options
	reading              reading
	gate, out            string
	full, json, markdown bool
}

// gates are the questions that the exit status may answer.
var gates = map[string]func(*compare.Result) bool{
	"no-worse": (*compare.Result).NotWorse, "no-model-worse": (*compare.Result).NoModelWorse, "unchanged": (*compare.Result).Unchanged,
}

// compareDocument is the JSON of compare.
type compareDocument struct {
	Schema string `json:"schema"`
	*compare.Result
	Inputs   []sidedInput      `json:"inputs"`
	Options  compareOptions    `json:"options"`
	Warnings []compare.Warning `json:"warnings"`
}

// sidedInput is a file with the set that it belongs to.
type sidedInput struct {
	Side string `json:"side"` // a or b
	ingest.Input
}

type compareOptions struct {
	reading
	Incumbent  string  `json:"incumbent"`
	Margin     float64 `json:"margin"`
	Confidence float64 `json:"confidence"`
	Seed       uint64  `json:"seed"`
	Gate       string  `json:"gate"`
}

func (f *compareFlags) run(cmd *cobra.Command, paths []string) error {
	switch {
	case len(paths) != 2:
		return usagef("%d paths: name two sets of results, each a file or a folder", len(paths))
	case paths[0] == "-" && paths[1] == "-":
		return usagef("- and -: standard input can be one of the sets only")
	case f.json && f.markdown:
		return usagef("--json and --markdown: choose one")
	case f.gate != "" && gates[f.gate] == nil:
		return usagef("--gate: %q is none of no-worse, no-model-worse, unchanged", f.gate)
	case !(f.options.Confidence > 0 && f.options.Confidence < 1):
		return usagef("--confidence: %v is outside (0, 1); 0.95 is usual", f.options.Confidence)
	case !(f.options.Margin >= 0 && f.options.Margin < 1):
		return usagef("--margin: %v: want a fraction from 0 upwards; 0.01 is one point", f.options.Margin)
	}
	doc, inputs, err := f.compare(cmd, paths)
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := f.page(cmd, paths, doc); err != nil {
			return err
		}
	}
	return f.print(cmd, doc, inputs)
}

// page writes the comparison as a page.
func (f *compareFlags) page(cmd *cobra.Command, paths []string, doc *compareDocument) error {
	c := page.Comparison{Result: doc.Result, Commands: commands(cmd, paths), Version: version()}
	for _, in := range doc.Inputs {
		x := pageInput(in.Path, in.Input)
		x.Path = in.Side + ": " + x.Path
		c.Inputs = append(c.Inputs, x)
	}
	var b bytes.Buffer
	if err := page.Compared(&b, c); err != nil {
		return err
	}
	return os.WriteFile(f.out, b.Bytes(), 0o644)
}

func (f *compareFlags) compare(cmd *cobra.Command, paths []string) (*compareDocument, []ingest.Input, error) {
	doc := &compareDocument{Schema: "allwrong/compare/1", Options: compareOptions{f.reading, f.options.Incumbent, f.options.Margin, f.options.Confidence, f.options.Seed, f.gate}}
	if err := f.reading.usable(paths); err != nil {
		return nil, nil, err
	}
	var sets [2]*outcome.Matrix
	var inputs []ingest.Input
	var warnings []compare.Warning
	for k, path := range paths {
		r := f.reading // each set has its own record of what a ledger decided
		if !warehouse.Is(path) {
			r.database = database{}
		}
		result, err := r.load(cmd, []string{path})
		if err != nil {
			return nil, nil, err
		}
		sets[k] = result.Set.Matrix(outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing"})
		inputs = append(inputs, result.Inputs...)
		for _, in := range result.Inputs {
			doc.Inputs = append(doc.Inputs, sidedInput{[]string{"a", "b"}[k], in})
		}
		for _, w := range r.warnings(result) {
			warnings = append(warnings, compare.Warning(w))
		}
	}
	found, err := compare.Sets(sets[0], sets[1], f.options)
	if err != nil {
		return nil, nil, err
	}
	found.Warnings = append(found.Warnings, warnings...)
	doc.Result, doc.Warnings = found, found.Warnings
	return doc, inputs, nil
}

func (f *compareFlags) print(cmd *cobra.Command, doc *compareDocument, inputs []ingest.Input) error {
	w := cmd.OutOrStdout()
	shown := *doc.Result
	shown.Warnings = brief(shown.Warnings, inputs)
	var err error
	switch {
	case f.json:
		err = writeJSON(w, doc)
	case f.markdown:
		err = report.ComparedMarkdown(w, &shown)
	case f.gate == "":
		err = report.Compared(w, &shown, report.Origin{Formats: formats(inputs)}, f.full)
	}
	if err != nil || f.gate == "" {
		return err
	}
	if f.json || f.markdown {
		w = cmd.ErrOrStderr()
	}
	holds, word := gates[f.gate](doc.Result), "holds"
	if !holds {
		word = "does not hold"
	}
	if _, err := fmt.Fprintf(w, "%s: gate %s %s\n", report.ComparedSummary(doc.Result), f.gate, word); err != nil {
		return err
	}
	if !holds {
		return errNo
	}
	return nil
}
