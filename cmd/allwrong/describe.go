package main

import (
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const describeHelp = `Describe reads files as certify does and shows what was read: formats, models with
their accuracies and missing cells, labels, duplicates, and what was left out and
why. Look here before you trust a certificate.`

func newDescribe() *cobra.Command {
	var r reading
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "describe PATH…",
		Short:   "What do these files hold?",
		Long:    describeHelp,
		Example: "  allwrong describe results/\n  allwrong describe a.csv b.jsonl.zst --json",
		RunE: func(cmd *cobra.Command, paths []string) error {
			r.lazy = true
			result, err := r.load(cmd, paths)
			if err != nil {
				return err
			}
			doc := describe(&r, result)
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			return report.Description(cmd.OutOrStdout(), doc.view())
		},
	}
	r.flags(cmd)
	r.databaseFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// description is the JSON of describe.
type description struct {
	Schema     string                 `json:"schema"`
	Models     []report.Model         `json:"models"`
	Queries    int                    `json:"queries"`  // queries on file
	Complete   int64                  `json:"complete"` // of those, answered by every model taken
	Slices     []outcome.SliceSummary `json:"slices"`
	Duplicates int64                  `json:"duplicates"` // records merged into an equal one
	Settled    int64                  `json:"settled"`    // disagreements settled by --prefer
	Inputs     []ingest.Input         `json:"inputs"`
	Options    reading                `json:"options"`
	Warnings   []certify.Warning      `json:"warnings"`
}

func describe(r *reading, result *ingest.Result) description {
	d := description{Schema: "allwrong/describe/1", Queries: result.Set.Queries(), Inputs: result.Inputs,
		Options: *r, Slices: result.Set.Slices(), Warnings: r.warnings(result), Models: []report.Model{}}
	d.Duplicates, d.Settled = result.Set.Duplicates()
	m := r.matrices(result.Set)[0]
	d.Complete = m.Size(m.Complete())
	for _, s := range result.Set.Summary() {
		if !r.keep(s.Model) {
			continue
		}
		graded := s.Right + s.Wrong
		if r.NoAnswer == "wrong" {
			graded += s.NoAnswer
		}
		d.Models = append(d.Models, report.Model{ModelSummary: s, Lost: graded - d.Complete})
	}
	return d
}

func (d description) view() report.Files {
	v := report.Files{Models: d.Models, Queries: int64(d.Queries), Complete: d.Complete, Slices: d.Slices, Warnings: brief(d.Warnings, d.Inputs)}
	names := shownNames(d.Inputs)
	for _, in := range d.Inputs {
		f := report.File{Path: names[in.Path], Format: in.Format, Rows: in.Rows, Status: in.Status, Why: in.Why, JoinedBy: in.JoinedBy}
		for _, c := range in.Choices {
			f.GradedBy = append(f.GradedBy, c.What+" "+outcome.Quote(c.Taken))
		}
		for _, l := range in.LeftOut {
			f.LeftOut = append(f.LeftOut, report.LeftOut(l))
		}
		v.Files = append(v.Files, f)
	}
	return v
}
