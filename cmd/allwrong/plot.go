package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/policy"
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

The numbers are those of certify, explain, pool, policy and audit with the same
options. --table prints them, for those who cannot see the figure.`

// plot draws one kind of figure. The figure is nil when there is nothing to draw;
// the text says why, and what to do.
type plot struct {
	draw func(x *plotting) (*figure.Figure, error)
	none string
}

var plots = map[string]plot{
	"parts":       {drawParts, "no query was answered by every model"},
	"slices":      {drawSlices, "no label divides these queries; --slice KEY names one"},
	"matrix":      {drawMatrix, "there is no verdict"},
	"pool-size":   {drawPoolSize, "it takes two models and a query that every model answered"},
	"correlation": {drawCorrelation, "no two models are each both right and wrong on the queries that all answered"},
	"frontier":    {drawFrontier, "the files state no costs"},
	"policies":    {drawPolicies, "no policy could be scored on these queries"},
	"rescues":     {drawRescues, "the table is left out for so many models: choose some with --models"},
	"audit":       {drawAudit, "no query was answered by every model"},
}

// plotKinds are the names of plots in the order of the help.
var plotKinds = []string{"parts", "slices", "matrix", "pool-size", "correlation", "frontier", "policies", "rescues", "audit"}

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
	study  *study.Study
	result *ingest.Result
	notes  []certify.Warning // of the measure that is drawn
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
	f.options.Reading.costs = args[0] == "frontier" || args[0] == "policies"
	o := study.Options{Certify: f.options.measure(), NoAnswerMissing: f.options.Reading.NoAnswer == "missing", Replicates: f.replicates, Seed: f.options.Seed}
	o.Audit.Grader = lookingAt
	if f.options.Slice != "" {
		o.Slices, o.Certify.Slice = []string{f.options.Slice}, ""
	}
	s, result, err := f.options.Reading.study(cmd, args[1:], o)
	if err != nil {
		return err
	}
	x := &plotting{cmd: cmd, flags: f, study: s, result: result}
	drawn, err := kind.draw(x)
	if err != nil {
		return err
	}
	if drawn == nil {
		return fmt.Errorf("nothing to draw for %s: %s", args[0], kind.none)
	}
	return x.write(drawn)
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

func drawParts(x *plotting) (*figure.Figure, error) {
	c, err := x.study.Certificate()
	x.notes = c.Warnings
	return figure.FourParts(c), err
}

func drawSlices(x *plotting) (*figure.Figure, error) {
	live, err := x.study.Live()
	if err != nil || len(live.Cuts) == 0 {
		return nil, err
	}
	return figure.Slices(live.Cuts[0].Slices), nil
}

func drawMatrix(x *plotting) (*figure.Figure, error) { return figure.Matrix(x.study.Matrix()), nil }

func drawPoolSize(x *plotting) (*figure.Figure, error) {
	meter := newMeter(x.cmd.ErrOrStderr())
	defer meter.clear()
	e, err := x.study.Explain(x.cmd.Context(), meter.part)
	if err != nil {
		return nil, err
	}
	for _, w := range e.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.PoolSize(e.PoolSize, e), nil
}

func drawCorrelation(x *plotting) (*figure.Figure, error) {
	return figure.Correlation(dependence.Correlate(x.study.Matrix(), x.study.Detail().Families)), nil
}

func drawFrontier(x *plotting) (*figure.Figure, error) {
	r, err := budget.Measure(x.study.Matrix(), x.study.Detail().Costs, budget.Options{Prices: x.study.Prices(), Incumbent: x.flags.options.Incumbent, Seed: x.flags.options.Seed})
	var none *budget.NoCosts
	if errors.As(err, &none) {
		return nil, fmt.Errorf("nothing to draw for frontier: no costs are known of %d of %d models, first %s: choose models that state them with --models", len(none.Models), none.Of, none.Models[0])
	}
	if err != nil {
		return nil, err
	}
	for _, w := range r.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.Frontier(r), nil
}

// drawPolicies compares on the set with the ledger applied, as policy does.
func drawPolicies(x *plotting) (*figure.Figure, error) {
	r := &x.flags.options.Reading
	if err := r.apply(x.result.Set); err != nil {
		return nil, err
	}
	o := policy.Options{Seed: x.flags.options.Seed, Cluster: x.flags.options.Cluster}
	if x.flags.options.Slice != "" {
		o.Slices = []string{x.flags.options.Slice}
	}
	doc, err := comparePolicies(x.cmd, r, x.result, o, &policyFiles{})
	if err != nil {
		return nil, err
	}
	for _, w := range doc.Warnings {
		x.notes = append(x.notes, certify.Warning(w))
	}
	return figure.Policies(doc.Result), nil
}

func drawRescues(x *plotting) (*figure.Figure, error) {
	p, err := x.study.Pools(x.cmd.Context(), nil)
	if err != nil {
		return nil, err
	}
	return figure.Rescues(p.Result), nil
}

func drawAudit(x *plotting) (*figure.Figure, error) {
	a, err := x.study.Audit(x.cmd.Context(), nil)
	if err != nil {
		return nil, err
	}
	return figure.Audited(a.Range), nil
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
		warnings := append(f.options.Reading.readWarnings(x.result), x.notes...)
		return writeJSON(out, plotDocument{"allwrong/plot/1", drawn.Kind, drawn.Title, drawn.Note, drawn.Description, drawn.Table, x.result.Inputs, f.options, warnings})
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
