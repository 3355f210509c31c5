package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/report"
)

const certifyHelp = `Certify reads graded results and bounds what any policy that returns one member's
answer (a router, a vote, a cascade) can gain over the single best model.

On each query either some model is right or none is. A policy is right at most
when some model is: at most 1−β of the time, β being the share of queries that
defeat every model. The gain is that ceiling less the best model's accuracy. The
answer holds at the stated confidence for queries drawn like these, under any
dependence between the models:

  no         the upper limit lies below your overhead: nothing can pay
  room       the lower limit lies above it: a perfect chooser would pay
  undecided  neither; how many more graded queries would decide it

Name the model that you run with --incumbent, before looking at the results: the
limit is then about that model, and tighter, since nothing was picked.

The method is chosen before looking, too; the least of several limits is not one.
  screened   the default: models that are clearly worse cost nothing
  direct     as screened, every model sharing the error alike
  incumbent  for the model named with --incumbent
  paper      the published bound, to compare
  split      picks the best model on a part and certifies it on the rest
  anytime    holds at every number of queries at once: look and stop when you like
  scores     for graded scores in [0, 1], clusters and --attempts all`

const certifyExamples = `  allwrong certify results/ --overhead 0.02
  allwrong certify grades.csv --incumbent gpt-5 --overhead-usd 0.004 --value-usd 0.20
  allwrong certify results/ --slice subject --json
  allwrong certify results/ --overhead 0.02 --gate room && deploy-router
  allwrong certify --all-wrong 0 --queries 330 --best 326 --pool 67 --overhead 0.05`

// certifyFlags are the flags of certify as they were typed.
type certifyFlags struct {
	options     certifyOptions
	counts      certify.Tally
	overheadUSD float64
	valueUSD    float64
	weights     string
	out         string
	gate        string
	json        bool
	markdown    bool
}

func newCertify() *cobra.Command {
	var f certifyFlags
	cmd := &cobra.Command{
		Use:     "certify PATH…",
		Short:   "Bound what any router, vote or cascade can gain over the best model",
		Long:    certifyHelp,
		Example: certifyExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	s := cmd.Flags()
	s.SortFlags = false
	f.measureFlags(cmd)
	f.options.Reading.flags(cmd)
	f.options.Reading.databaseFlags(cmd)
	s.BoolVar(&f.options.Reading.database.explain, "explain-sql", false, "print the statements for a database, and run none")
	s.StringVar(&f.options.Slice, "slice", "", "certify each value of this label (`KEY`), all together")
	s.StringVar(&f.weights, "weights", "", "production mix: `FILE` (CSV or JSON) of weights of the values of --slice, or of query ids")
	s.Uint64Var(&f.options.Seed, "seed", 1, "`NUMBER` for what is drawn: split, weights, the order of bets")
	s.Int64Var(&f.counts.AllWrong, "all-wrong", 0, "without files: `NUMBER` of queries that defeat every model")
	s.Int64Var(&f.counts.Queries, "queries", 0, "without files: `NUMBER` of graded queries")
	s.Int64Var(&f.counts.Best, "best", 0, "without files: `NUMBER` of right answers of the best model")
	s.IntVar(&f.counts.Pool, "pool", 0, "without files: `NUMBER` of models; 0 when the best was named before looking")
	s.StringVar(&f.gate, "gate", "", "exit 0 if the verdict is this `ANSWER`, 3 if not: no, room or decided")
	s.StringVarP(&f.out, "out", "o", "", "write the certificate as JSON to `FILE`, for allwrong verify")
	s.BoolVar(&f.json, "json", false, "print JSON")
	s.BoolVar(&f.markdown, "markdown", false, "print Markdown")
	return cmd
}

// measureFlags are what is to be certified, and how: those that report has, too.
func (f *certifyFlags) measureFlags(cmd *cobra.Command) {
	s := cmd.Flags()
	s.StringVar(&f.options.Incumbent, "incumbent", "", "the `MODEL` in use, named before looking at these results")
	s.Float64Var(&f.options.Overhead, "overhead", 0, "what orchestration costs, in accuracy as a `FRACTION`: 0.02 is two points")
	s.Float64Var(&f.overheadUSD, "overhead-usd", 0, "what orchestration costs per query, in `DOLLARS`; with --value-usd")
	s.Float64Var(&f.valueUSD, "value-usd", 0, "what a right answer is worth, in `DOLLARS`")
	s.Float64Var(&f.options.Confidence, "confidence", 0.95, "of each one-sided statement, as a `FRACTION`")
	s.StringVar((*string)(&f.options.Method), "method", "", "`NAME` of the upper limit: screened, direct, incumbent, paper, split, anytime, scores")
	s.StringVar((*string)(&f.options.Missing), "missing", "complete", "`RULE` for queries that some model lacks: complete or bounds")
	s.StringVar((*string)(&f.options.Attempts), "attempts", "first", "`RULE` for several attempts per cell: first or all")
	s.StringVar(&f.options.Cluster, "cluster", "", "label (`KEY`) that names the independent unit: a document, a conversation")
	s.Int64Var(&f.options.Population, "population", 0, "the `NUMBER` of queries of the finite benchmark these are drawn from")
}

func (f *certifyFlags) run(cmd *cobra.Command, paths []string) error {
	if err := f.check(cmd, paths); err != nil {
		return err
	}
	if f.options.Reading.database.explain {
		return f.options.explainSQL(cmd, paths)
	}
	doc, err := issue(cmd, paths, f.options)
	if err != nil {
		return err
	}
	if f.out != "" {
		var b bytes.Buffer
		if err := writeJSON(&b, doc); err != nil {
			return err
		}
		if err := os.WriteFile(f.out, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return f.print(cmd, doc)
}

// check settles what the flags say together.
func (f *certifyFlags) check(cmd *cobra.Command, paths []string) error {
	given := cmd.Flags().Changed
	switch {
	case f.json && f.markdown:
		return usagef("--json and --markdown: choose one")
	case given("overhead-usd") != given("value-usd"):
		return usagef("--overhead-usd and --value-usd go together: cost per query, and value of a right answer")
	case given("overhead-usd") && given("overhead"):
		return usagef("--overhead and --overhead-usd: choose one")
	case given("overhead-usd") && !(f.valueUSD > 0 && f.overheadUSD >= 0):
		return usagef("--overhead-usd %v, --value-usd %v: want a cost from 0 upwards and a value above 0", f.overheadUSD, f.valueUSD)
	case f.gate != "" && f.gate != "no" && f.gate != "room" && f.gate != "decided":
		return usagef("--gate: %q is none of no, room, decided", f.gate)
	case !(f.options.Confidence > 0 && f.options.Confidence < 1):
		return usagef("--confidence: %v is outside (0, 1); 0.95 is usual", f.options.Confidence)
	}
	if given("overhead-usd") {
		f.options.Overhead = f.overheadUSD / f.valueUSD
	}
	if given("queries") || given("all-wrong") || given("best") || given("pool") {
		if len(paths) > 0 {
			return usagef("counts (--queries, --all-wrong, --best, --pool) and files: choose one")
		}
		if !given("queries") || !given("all-wrong") || !given("best") {
			return usagef("counts need all of --all-wrong, --queries and --best")
		}
		f.options.Counts = &f.counts
	}
	if f.weights == "" {
		return nil
	}
	var err error
	f.options.Weights, err = readWeights(f.weights)
	return err
}

// issue computes the document for a set of options: what certify prints and
// what verify computes again.
func issue(cmd *cobra.Command, paths []string, o certifyOptions) (certifyDocument, error) {
	doc := certifyDocument{Schema: schemaCertify, Options: o, Paths: paths, Inputs: []ingest.Input{}}
	var err error
	if o.Counts != nil {
		doc.Paths = []string{}
		doc.Certificate, err = certify.CertifyTally(*o.Counts, o.measure())
	} else if c, failed := doc.Options.count(cmd, paths); failed != nil || c != nil {
		err = failed
		if c != nil {
			defer c.close()
			err = doc.fromCounts(cmd, c)
		}
	} else {
		err = doc.fromRecords(cmd, paths)
	}
	if err != nil {
		return doc, err
	}
	doc.Options.Method = doc.Gain.Method
	doc.Digests, err = doc.seal()
	return doc, err
}

// count lets a database count, where the options ask for nothing that needs
// single queries; nil where they do.
func (o *certifyOptions) count(cmd *cobra.Command, paths []string) (*counted, error) {
	byQuery := len(o.Weights) > 0 && o.Slice == ""
	byScore := o.Method == certify.Scores && o.Attempts != certify.AttemptsAll
	if o.Cluster != "" || byScore || byQuery {
		return nil, nil
	}
	return o.Reading.count(cmd, paths, true, o.labels())
}

// labels are the labels that the options name.
func (o *certifyOptions) labels() []string {
	if o.Slice == "" {
		return nil
	}
	return []string{o.Slice}
}

// fromCounts certifies what a database counted.
func (d *certifyDocument) fromCounts(cmd *cobra.Command, c *counted) (err error) {
	d.Inputs = []ingest.Input{c.input()}
	if d.Certificate, err = certify.Certify(d.Options.measure(), c.Attempts...); err != nil {
		return err
	}
	d.Warnings = append(d.Warnings, c.warnings(&d.Options.Reading)...)
	c.listFragile(d.Fragile)
	return nil
}

// fromRecords certifies what was read record by record.
func (d *certifyDocument) fromRecords(cmd *cobra.Command, paths []string) error {
	r := &d.Options.Reading
	r.lazy, r.slices = true, d.Options.labels()
	if d.Options.Cluster != "" {
		r.slices = append(r.slices, d.Options.Cluster)
	}
	result, err := r.load(cmd, paths)
	if err != nil {
		return err
	}
	d.Inputs = result.Inputs
	lazy, err := d.Options.ofLazy(result)
	if err != nil {
		return err
	}
	asked := d.Options.measure()
	asked.Audited = r.ledger.audited()
	if d.Certificate, err = certify.Certify(asked, r.matrices(result.Set)...); err != nil {
		return err
	}
	d.Warnings = append(append(d.Warnings, lazy...), r.warnings(result)...)
	return nil
}

// shown is the certificate as text shows it.
func (d *certifyDocument) shown() certify.Certificate {
	c := d.Certificate
	c.Warnings = brief(c.Warnings, d.Inputs)
	return c
}

func (f *certifyFlags) print(cmd *cobra.Command, doc certifyDocument) error {
	w, origin := cmd.OutOrStdout(), report.Origin{Formats: formats(doc.Inputs)}
	var err error
	switch {
	case f.json:
		err = writeJSON(w, doc)
	case f.markdown:
		err = report.CertificateMarkdown(w, doc.shown(), origin)
	case f.gate == "":
		err = report.Certificate(w, doc.shown(), origin)
	}
	if err != nil || f.gate == "" {
		return err
	}
	if f.json || f.markdown {
		w = cmd.ErrOrStderr()
	}
	holds := f.gate == string(doc.Verdict) || f.gate == "decided" && doc.Verdict != certify.Undecided
	word := "holds"
	if !holds {
		word = "does not hold"
	}
	if _, err := fmt.Fprintf(w, "%s: gate %s %s\n", report.Summary(doc.Certificate), f.gate, word); err != nil {
		return err
	}
	if !holds {
		return errNo
	}
	return nil
}
