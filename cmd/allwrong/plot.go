package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
	"github.com/allwrong/allwrong/study"
)

const plotHelp = `Plot draws one result as a figure, SVG or PNG by the name of the file. An SVG follows
the reader's setting of light or dark; --dark makes it dark for all. A PNG has 300
dots an inch.

  parts        how the queries divide, and the gain with its limits
  slices       β, ceiling and gain of each slice
  matrix       the outcomes of all models on all queries
  pool-size    how often all models are wrong, by their number
  correlation  whose errors go together
  frontier     accuracy against cost, where the files state costs
  policies     what votes, cascades and routers gain
  rescues      who is right where another is wrong
  audit        β and the gain as graded and as audited
  compare      what changed between two sets of results: plot compare A B

The numbers are those of certify, explain, pool, policy, audit and compare with the
same options. --table prints them, for those who cannot see the figure.`

// plotFlags are the flags of plot as they were typed.
type plotFlags struct {
	certifyFlags
	replicates  int
	dark, table bool
}

func newPlot() *cobra.Command {
	var f plotFlags
	cmd := &cobra.Command{
		Use:       "plot KIND PATH…",
		Short:     "One result as a figure: SVG, PNG or a table",
		Long:      plotHelp,
		Example:   "  allwrong plot parts results/ --overhead 0.02 -o gain.svg\n  allwrong plot matrix results/ -o map.png --dark\n  allwrong plot slices results/ --slice subject --table",
		ValidArgs: plotKinds,
		RunE:      func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	s := cmd.Flags()
	s.SortFlags = false
	s.StringVarP(&f.out, "out", "o", "", "draw into `FILE`, .svg or .png")
	s.BoolVar(&f.dark, "dark", false, "light marks on a dark ground")
	s.BoolVar(&f.table, "table", false, "print the figure's numbers")
	s.BoolVar(&f.json, "json", false, "print the figure's numbers as JSON")
	f.measureFlags(cmd)
	f.options.Reading.flags(cmd)
	s.StringVar(&f.options.Slice, "slice", "", "for slices: the label (`KEY`) that divides the queries (default: the first with a few values)")
	s.IntVar(&f.replicates, "replicates", 2000, "for pool-size: resampled query sets, `NUMBER` of them")
	s.Uint64Var(&f.options.Seed, "seed", 1, "what is random comes from this `NUMBER`")
	return cmd
}

// plotting is a figure in the making.
type plotting struct {
	cmd    *cobra.Command
	flags  *plotFlags
	paths  []string
	study  *study.Study   // nil for two sets
	result *ingest.Result // likewise
	inputs []ingest.Input
	notes  []certify.Warning // of the reading and of the measure that is drawn
}

func (f *plotFlags) run(cmd *cobra.Command, args []string) error {
	kinds := strings.Join(plotKinds, ", ")
	if len(args) == 0 {
		return usagef("no kind of figure: name one of %s", kinds)
	}
	kind, ok := plots[args[0]]
	if !ok {
		return usagef("%q is no kind of figure: want one of %s", args[0], kinds)
	}
	if err := f.checkPlot(cmd, args[1:]); err != nil {
		return err
	}
	x := &plotting{cmd: cmd, flags: f, paths: args[1:]}
	if args[0] != "compare" { // which reads two sets
		if err := x.read(args[0]); err != nil {
			return err
		}
	}
	drawn, err := kind.draw(x)
	if err != nil {
		return err
	}
	if drawn == nil {
		return fmt.Errorf("nothing to draw for %s: %s", args[0], kind.none)
	}
	return x.write(drawn)
}

// read reads the paths into a study.
func (x *plotting) read(kind string) error {
	f := x.flags
	f.options.Reading.costs = kind == "frontier" || kind == "policies"
	o := study.Options{Certify: f.options.measure(), NoAnswerMissing: f.options.Reading.NoAnswer == "missing", Replicates: f.replicates, Seed: f.options.Seed}
	o.Audit.Grader = lookingAt
	if f.options.Slice != "" {
		o.Slices, o.Certify.Slice = []string{f.options.Slice}, ""
	}
	s, result, err := f.options.Reading.study(x.cmd, x.paths, o)
	if err != nil {
		return err
	}
	x.study, x.result, x.inputs = s, result, result.Inputs
	x.notes = f.options.Reading.readWarnings(result)
	return nil
}

func (f *plotFlags) checkPlot(cmd *cobra.Command, paths []string) error {
	switch ext := strings.ToLower(filepath.Ext(f.out)); {
	case f.out == "" && !f.table && !f.json:
		return usagef("no file to draw into: name it with -o FILE.svg or -o FILE.png, or pass --table")
	case f.out != "" && ext != ".svg" && ext != ".png":
		return usagef("-o %s: want a name that ends in .svg or .png", f.out)
	case f.table && f.json:
		return usagef("--table and --json: choose one")
	case f.replicates < 1:
		return usagef("--replicates: %d: want at least 1", f.replicates)
	}
	return f.check(cmd, paths)
}

// plotDocument is the JSON of plot.
type plotDocument struct {
	Schema      string            `json:"schema"`
	Kind        string            `json:"kind"`
	Title       string            `json:"title"`
	Note        string            `json:"note"`
	Description string            `json:"description"`
	Table       figure.Table      `json:"table"`
	Inputs      []ingest.Input    `json:"inputs"`
	Options     certifyOptions    `json:"options"`
	Warnings    []certify.Warning `json:"warnings"`
}

// write draws into the file and says what is to be seen, or prints the numbers.
func (x *plotting) write(drawn *figure.Figure) error {
	f, out := x.flags, x.cmd.OutOrStdout()
	size := 0
	if f.out != "" {
		var b bytes.Buffer
		if err := encode(&b, drawn, f.out, f.dark); err != nil {
			return err
		}
		if err := os.WriteFile(f.out, b.Bytes(), 0o644); err != nil {
			return err
		}
		size = b.Len()
	}
	switch {
	case f.json:
		return writeJSON(out, plotDocument{"allwrong/plot/1", drawn.Kind, drawn.Title, drawn.Note, drawn.Description, drawn.Table, x.inputs, f.options, x.notes})
	case f.table:
		return report.Table(out, drawn.Title, drawn.Note, drawn.Table.Head, drawn.Table.Rows)
	}
	title := strings.ReplaceAll(drawn.Title, "\u00a0", " ") // spaces that do not break are for pages
	_, err := fmt.Fprintf(out, "%s.\nWrote %s, %d KB.\n", title, f.out, (size+999)/1000)
	return err
}

func encode(b *bytes.Buffer, drawn *figure.Figure, name string, dark bool) error {
	theme := figure.Auto
	if dark {
		theme = figure.Dark
	}
	if strings.EqualFold(filepath.Ext(name), ".png") {
		return drawn.PNG(b, theme)
	}
	_, err := b.Write(drawn.SVG(theme))
	return err
}
