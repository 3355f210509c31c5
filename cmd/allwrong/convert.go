package main

import (
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/export"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
)

const convertHelp = `Convert reads files as certify does and writes what they hold as one: one record for
each cell, with answers, responses and prompts where the files have them. Reading
the output gives the same verdicts as reading the input.

The end of the output's name says its form:
  .jsonl, .jsonl.zst, .jsonl.gz   outcomes as JSON lines, all that is known
  .parquet                        the same, by columns
  .csv                            a table: verdicts, scores and labels only
  eee/                            a folder of Every Eval Ever

The inputs are read twice, so standard input cannot be one of them. Long texts of formats
that say only at their end what counts pass through a temporary file (TMPDIR).`

func newConvert() *cobra.Command {
	var r reading
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "convert PATH… -o OUT",
		Short:   "Write what these files hold as one file",
		Long:    convertHelp,
		Example: "  allwrong convert logs/ -o outcomes.parquet\n  allwrong convert results/ --models 'gpt-*' -o table.csv",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if out == "" {
				return usagef("no output: say where to write with -o, a name that ends in %s", export.Kinds)
			}
			doc, err := convert(cmd, &r, paths, out)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), doc)
			}
			return report.Conversion(cmd.OutOrStdout(), doc.view())
		},
	}
	r.readFlags(cmd)
	r.databaseFlags(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "write `OUT`; its end says the form")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// conversion is the JSON of convert.
type conversion struct {
	Schema   string            `json:"schema"`
	Output   string            `json:"output"`
	Bytes    int64             `json:"bytes"` // of the output
	Records  int64             `json:"records"`
	Models   int               `json:"models"`
	Queries  int               `json:"queries"`
	Inputs   []ingest.Input    `json:"inputs"`
	Options  reading           `json:"options"`
	Warnings []certify.Warning `json:"warnings"`
}

func (c conversion) view() report.Converted {
	return report.Converted{Output: c.Output, Bytes: c.Bytes, Records: c.Records, Models: c.Models, Queries: c.Queries, Warnings: brief(c.Warnings, c.Inputs)}
}

func convert(cmd *cobra.Command, r *reading, paths []string, out string) (doc conversion, err error) {
	if err := r.usable(paths); err != nil {
		return doc, err
	}
	if err := r.openLedger(); err != nil {
		return doc, err
	}
	w, err := export.Create(out)
	if err != nil {
		return doc, err
	}
	// Some formats hold every row until the end of their file: with half as much
	// garbage beside them, 3 GB of promptfoo stay below 512 MB.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	defer w.Abort()
	doc = conversion{Schema: "allwrong/convert/1", Output: out, Options: *r}
	models, queries, seed := map[string]bool{}, map[uint64]struct{}{}, maphash.MakeSeed() // ids by their hash: there may be millions
	o, done := r.options(cmd)
	o.Want = outcome.WantAll
	result, err := ingest.Records(cmd.Context(), paths, o, func(rec *outcome.Record) error {
		if !r.ledger.record(rec, r.ScoreThreshold) {
			return nil
		}
		doc.Records++
		models[rec.Model], queries[maphash.String(seed, rec.Query)] = true, struct{}{}
		return w.Write(rec)
	})
	done()
	if err == nil {
		err = r.matched(modelNames(result.Set))
	}
	if err == nil {
		err = notAmong(out, result.Inputs)
	}
	if err != nil {
		return doc, err
	}
	if doc.Records == 0 {
		return doc, errors.New("no record to write")
	}
	if err := w.Close(); err != nil {
		return doc, err
	}
	doc.Models, doc.Queries, doc.Inputs, doc.Warnings = len(models), len(queries), result.Inputs, r.readWarnings(result)
	doc.Bytes, err = sizeOf(out)
	return doc, err
}

// notAmong refuses to write over a file that was read.
func notAmong(out string, inputs []ingest.Input) error {
	at, err := os.Stat(out)
	if err != nil {
		return nil
	}
	for _, in := range inputs {
		if info, err := os.Stat(in.Path); err == nil && os.SameFile(at, info) {
			return fmt.Errorf("%s: it is one of the inputs; write to another name", out)
		}
	}
	return nil
}

// sizeOf counts the bytes of a file, or of all files below a folder.
func sizeOf(path string) (n int64, err error) {
	err = filepath.Walk(path, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return err
	})
	return n, err
}
