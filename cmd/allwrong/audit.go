package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const auditHelp = `Audit lists the queries that somebody has to read before a certificate is worth
signing: those that defeat every model, near misses, the best model's unusable
answers, and a random control. Each comes with what speaks for a defect (a wrong
reference, a grader that cannot read an answer, outputs that were cut off), first
what would change the certificate most. A finding never changes a verdict.

What you decide goes into a ledger, a file of lines that are only ever added and
that name each other by digest; every command applies it with --ledger FILE. The
audit commands use ledger.jsonl in this folder unless you name another.

Read the inputs from files: they are read twice.`

// defaultLedger is the ledger of the audit commands when none is named.
const defaultLedger = "ledger.jsonl"

func newAudit() *cobra.Command {
	var r reading
	var o audit.Options
	var top int
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "audit PATH…",
		Short:   "Is this all-wrong query real? What to read, and what was decided",
		Long:    auditHelp,
		Example: "  allwrong audit results/\n  allwrong audit show q46 results/\n  allwrong audit mark q46 --class reference-error --why 'the sum is −3'\n  allwrong certify results/ --ledger ledger.jsonl",
		RunE: func(cmd *cobra.Command, paths []string) error {
			doc, err := runAudit(cmd, &r, paths, o, nil)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			return report.Audit(cmd.OutOrStdout(), doc.view(), top)
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	triageFlags(cmd, &o)
	cmd.Flags().IntVar(&top, "top", 20, "print the first `NUMBER` of the queue; 0 prints all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(newAuditShow(), newAuditMark(), newAuditUndo(), newAuditMerge(), newAuditRegrade(), newAuditReport(), newAuditPack(), newAuditRate(), newAuditTake())
	return cmd
}

func triageFlags(cmd *cobra.Command, o *audit.Options) {
	f := cmd.Flags()
	f.Float64Var(&o.Level, "level", 0.05, "`CHANCE` of a finding by accident, for each query and kind of finding")
	f.IntVar(&o.Control, "control", 20, "`NUMBER` of queries in the random control; negative for none")
	f.Uint64Var(&o.Seed, "seed", 1, "`NUMBER` from which the control is drawn")
}

// auditDocument is the JSON of audit.
type auditDocument struct {
	Schema string `json:"schema"`
	*audit.Report
	Audited  int64             `json:"audited"` // all-wrong queries about which somebody decided
	Range    *audit.Range      `json:"range"`
	Inputs   []ingest.Input    `json:"inputs"`
	Options  auditOptions      `json:"options"`
	Warnings []certify.Warning `json:"warnings"`

	evidence *audit.Evidence
}

type auditOptions struct {
	reading
	Level   float64 `json:"level"`
	Control int     `json:"control"`
	Seed    uint64  `json:"seed"`
}

func (d *auditDocument) view() report.Audited {
	return report.Audited{Report: d.Report, Range: d.Range, Ledger: d.Options.Ledger, Formats: formats(d.Inputs), Warnings: brief(d.Warnings, d.Inputs)}
}

// runAudit reads, gathers what there is to see of each query, and compares the
// data as graded with the data after the ledger. Also sees every record, if given.
func runAudit(cmd *cobra.Command, r *reading, paths []string, o audit.Options, also func(*outcome.Record)) (*auditDocument, error) {
	r.answers = true
	r.findLedger()
	if err := errors.Join(r.usable(paths), r.openLedger()); err != nil {
		return nil, err
	}
	opt, done := r.options(cmd)
	result, err := ingest.Read(cmd.Context(), paths, opt)
	done()
	if err != nil {
		return nil, err
	}
	if err := r.matched(modelNames(result.Set)); err != nil {
		return nil, err
	}
	o.Grader = lookingAt
	mo := outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing"}
	graded := result.Set.Matrix(mo)
	e, err := audit.Gather(graded, result.Set.Detail(mo), o)
	if err != nil {
		return nil, err
	}
	e.Conflicts(result.Set.ReferenceConflicts())
	err = result.Records(cmd.Context(), outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, func(rec *outcome.Record) error {
		e.Note(rec)
		if also != nil {
			also(rec)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	doc := &auditDocument{Schema: "allwrong/audit/1", Report: e.Triage(), Inputs: result.Inputs,
		Options: auditOptions{*r, o.Level, o.Control, o.Seed}, evidence: e}
	if err := r.apply(result.Set); err != nil {
		return nil, err
	}
	doc.Options.reading = *r
	if doc.Range, err = audit.AuditedRange(graded, result.Set.Matrix(mo), r.ledger.state, doc.Control, 0); err != nil {
		return nil, err
	}
	doc.Audited = doc.Range.Read
	for i := range doc.Queue {
		if m := r.ledger.state.Mark(doc.Queue[i].Query); m != nil {
			doc.Queue[i].Audited = m.Class
		}
	}
	doc.Warnings = r.warnings(result)
	return doc, nil
}

// findLedger takes the ledger of this folder when none is named and one is there.
func (r *reading) findLedger() {
	if r.Ledger != "" {
		return
	}
	if _, err := os.Stat(defaultLedger); !errors.Is(err, fs.ErrNotExist) {
		r.Ledger = defaultLedger
	}
}
