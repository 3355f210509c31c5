package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// database is what is to be read of a database, when a path is the URL of one.
type database struct {
	source  warehouse.Source
	columns []string // FIELD=NAME
	explain bool     // print the statements and run none
	offered bool     // the command has flags for it
}

// databaseFlags are those of the commands that read databases, too.
func (r *reading) databaseFlags(cmd *cobra.Command) {
	d, f := &r.database, cmd.Flags()
	d.offered = true
	f.StringArrayVar(&r.Labels, "label", nil, "from a database, or Parquet: the column `NAME` is a label of queries (may be repeated)")
	f.StringVar(&d.source.Query, "query", "", "from a database: the rows of this `SQL`, one per outcome")
	f.StringVar(&d.source.Table, "table", "", "from a database: the rows of the table `NAME`")
	f.StringArrayVar(&d.columns, "column", nil, "from a database: `FIELD=NAME` of a column that is not called as its field (may be repeated)")
	f.StringVar(&d.source.Where, "where", "", "from a table: only rows for which this `SQL` holds")
	f.StringVar(&d.source.Since, "since", "", "from a database: only rows whose time is not before `MOMENT`, a date or RFC 3339")
	f.StringVar(&d.source.Before, "before", "", "from a database: only rows whose time is before `MOMENT`")
	f.Int64Var(&d.source.Sample, "sample", 0, "from a database: only the rows of this `NUMBER` of queries, drawn at random; 0: of all")
	f.DurationVar(&d.source.Timeout, "timeout", 0, "from a database: give a statement up after this `TIME`; 0: never")
}

// isDatabase reports whether a path is the URL of a database. That of a run which
// machines share is read as the run's folder is.
func isDatabase(path string) bool { return warehouse.Is(path) && !store.IsAddress(path) }

// check settles what the flags and the paths say together.
func (d *database) check(paths []string) error {
	databases := slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !isDatabase(p) })
	asked := d.source.Query != "" || d.source.Table != "" || len(d.columns) > 0 || d.source.Where != "" || d.source.Since != "" || d.source.Before != "" || d.source.Sample != 0 || d.explain
	switch {
	case len(databases) == 0 && asked:
		return usagef("--query, --table and what goes with them are for a database: name its URL, which begins with %s", strings.Join(warehouse.Schemes(), ", "))
	case len(databases) == 0:
		return nil
	case !d.offered:
		return usagef("%s is a database, which this command does not read: allwrong convert it to a file first", databases[0])
	case d.source.Query == "" && d.source.Table == "":
		return usagef("%s is a database: say what to read of it by --table NAME or --query SQL", warehouse.Shown(databases[0]))
	case d.source.Query != "" && d.source.Table != "":
		return usagef("--query and --table: choose one")
	case d.source.Sample < 0:
		return usagef("--sample %d: want a number of queries from 1, or 0 for all", d.source.Sample)
	case d.source.Query != "" && d.source.Where != "":
		return usagef("--where goes with --table; a query has its own")
	}
	d.source.Columns = map[string]string{}
	for _, c := range d.columns {
		field, name, ok := strings.Cut(c, "=")
		if !ok || field == "" || name == "" {
			return usagef("--column: %q is not FIELD=NAME, such as verdict=is_correct", c)
		}
		d.source.Columns[field] = name
	}
	return nil
}

// again asks for what a certificate's inputs say was read of a database.
func (d *database) again(inputs []ingest.Input) {
	for _, in := range inputs {
		s := in.Statement
		if s == nil {
			continue
		}
		d.offered = true
		d.source = warehouse.Source{Query: s.Query, Table: s.Table, Where: s.Where, Since: s.Since, Before: s.Before, Sample: s.Sample}
		for field, name := range s.Columns {
			d.columns = append(d.columns, field+"="+name)
		}
	}
}

// counted is what a database counted, in place of a set of results.
type counted struct {
	warehouse *warehouse.Warehouse
	*warehouse.Patterns
}

// count lets a database do the counting: only patterns come back, under the
// labels named; of all attempts where all is asked for, else of the first. It
// gives nil where that does not answer the question: of files, with a ledger,
// where patterns are nearly as many as queries, and, where all is asked for, of
// graded scores. Then the rows themselves are to be read. The caller closes what
// it gets.
func (r *reading) count(cmd *cobra.Command, paths []string, all bool, labels []string) (*counted, error) {
	if len(paths) != 1 || !isDatabase(paths[0]) || r.Ledger != "" {
		return nil, nil
	}
	if err := r.usable(paths); err != nil {
		return nil, err
	}
	w, err := r.open(cmd.Context(), paths[0], labels)
	if err != nil {
		return nil, err
	}
	c := &counted{warehouse: w}
	if c.Patterns, err = r.patterns(cmd.Context(), c, all, labels); err == nil && c.Patterns != nil {
		return c, nil
	}
	w.Close()
	if errors.Is(err, warehouse.ErrManyPatterns) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%v; reading row by row instead\n", err)
		return nil, nil
	}
	return nil, err
}

func (r *reading) patterns(ctx context.Context, c *counted, all bool, labels []string) (*warehouse.Patterns, error) {
	how := r.counting(labels)
	if all {
		how.Alone = certify.MaxFragile
	}
	return c.warehouse.Count(ctx, how, func(profile *warehouse.Profile) (models []string, attempts int, err error) {
		if err := r.matched(profile.Names()); err != nil || all && profile.Graded > 0 {
			return nil, 0, err
		}
		models = []string{}
		for _, m := range profile.Models {
			if r.keep(m.Model) {
				models = append(models, m.Model)
				attempts = max(attempts, m.Attempts)
			}
		}
		if !all {
			attempts = 0
		}
		return models, attempts, nil
	})
}

func (r *reading) open(ctx context.Context, path string, labels []string) (*warehouse.Warehouse, error) {
	s := r.database.source
	s.URL, s.Slices = path, slices.Concat(r.Labels, labels)
	return warehouse.Open(ctx, s)
}

func (r *reading) counting(labels []string) warehouse.PatternsOptions {
	return warehouse.PatternsOptions{Slices: labels, NoAnswerMissing: r.NoAnswer == "missing", Prefer: prefers[r.Prefer], ScoreThreshold: r.ScoreThreshold}
}

// input is the database as a document lists it.
func (c *counted) input() ingest.Input {
	return ingest.Input{Path: c.warehouse.Name(), Format: ingest.FormatSQL, SHA256: c.Digest, Bytes: c.Bytes, Rows: c.Rows,
		Status: ingest.StatusRead, Statement: ingest.StatementOf(c.warehouse)}
}

// warnings are what counting has to say, in the words of reading.
func (c *counted) warnings(r *reading) []certify.Warning {
	none := int64(0)
	for _, n := range c.NoAnswer {
		none += n
	}
	return append(r.repeats(c.Merged, c.Settled), r.noAnswers(none)...)
}

func (c *counted) close() { c.warehouse.Close() }

// listFragile names the fragile queries of a certificate, which came without names.
func (c *counted) listFragile(f *certify.Fragile) {
	if f == nil || f.Queries != int64(len(c.Alone)) {
		return
	}
	for _, a := range c.Alone {
		f.List = append(f.List, certify.FragileQuery(a))
	}
}

// gathered is the first attempts of what was read or counted, and what is to be said of it.
type gathered struct {
	matrix   *outcome.Matrix
	detail   *outcome.Detail // nil where a database counted
	prices   map[string]float64
	inputs   []ingest.Input
	warnings []certify.Warning
}

// gather reads or counts for what needs first attempts only.
func (r *reading) gather(cmd *cobra.Command, paths []string) (*gathered, error) {
	c, err := r.count(cmd, paths, false, slices.Concat(r.Labels, r.slices))
	if err != nil {
		return nil, err
	}
	if c != nil {
		defer c.close()
		return &gathered{matrix: c.Matrix, prices: map[string]float64{}, inputs: []ingest.Input{c.input()}, warnings: c.warnings(r)}, nil
	}
	result, err := r.load(cmd, paths)
	if err != nil {
		return nil, err
	}
	how := outcome.MatrixOptions{Keep: r.keep, NoAnswerMissing: r.NoAnswer == "missing"}
	return &gathered{result.Set.Matrix(how), result.Set.Detail(how), r.prices(result.Set), result.Inputs, r.warnings(result)}, nil
}

// prices are what one answer of each model cost on average, where that is known.
func (r *reading) prices(set *outcome.Set) map[string]float64 {
	out := map[string]float64{}
	for _, m := range set.Summary() {
		if r.keep(m.Model) && m.Priced > 0 {
			out[m.Model] = *m.CostUSD / float64(m.Priced)
		}
	}
	return out
}

// explainSQL prints the statements that would be run, and runs none of them.
func (o *certifyOptions) explainSQL(cmd *cobra.Command, paths []string) error {
	r, labels := &o.Reading, o.labels()
	if len(paths) != 1 || !isDatabase(paths[0]) {
		return usagef("--explain-sql goes with one database")
	}
	if err := r.usable(paths); err != nil {
		return err
	}
	w, err := r.open(cmd.Context(), paths[0], labels)
	if err != nil {
		return err
	}
	defer w.Close()
	how := r.counting(labels)
	how.Alone = certify.MaxFragile
	statements, err := w.Statements(how)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), s); err != nil {
			return err
		}
	}
	return nil
}
