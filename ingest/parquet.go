package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/internal/parquetscan"
	"github.com/allwrong/allwrong/outcome"
)

// outcomesParquet reads the project's own file as Parquet: the columns are the
// fields of the JSON lines, slices are a map, and fields that this version does
// not know are an object in the column extra.
var outcomesParquet = &format{
	name: "outcomes as Parquet",
	knows: func(columns []string) bool {
		return hasColumns(columns, "query", "model") && (hasColumns(columns, "verdict") || hasColumns(columns, "score") || hasColumns(columns, "response"))
	},
	read: readOutcomesParquet,
}

func hasColumns(have []string, want ...string) bool {
	for _, w := range want {
		found := false
		for _, h := range have {
			found = found || h == w
		}
		if !found {
			return false
		}
	}
	return true
}

// longColumns are those that are read only when they are asked for.
var longColumns = map[string]outcome.Fields{
	"answer": outcome.WantAnswer, "response": outcome.WantResponse, "prompt": outcome.WantPrompt, "extra": outcome.WantExtra,
}

func readOutcomesParquet(f *file, to *sink) error {
	var columns []string
	for _, c := range f.parquet.Columns() {
		if long := longColumns[c]; long == 0 || f.opt.Want&long != 0 {
			columns = append(columns, c)
		}
	}
	to.joinedBy(joinedByID)
	folders, _ := foldersOf(f.path, f.parquet.Columns())
	if plain := flatReadingOf(f, columns, folders); plain != nil {
		return plain.read(f, to)
	}
	f.parquet.Sparse()
	f.parquet.Begin(folderMembers(folders))
	want := f.opt.Want
	var labels []string
	for _, c := range columns {
		if _, known := flatFields[c]; !known && labelOfColumn(c, f.opt) != "" {
			labels = append(labels, c)
			want |= outcome.WantExtra
		}
	}
	var bad faults
	var out records
	err := f.parquet.Batches(f.ctx, columns, func(b parquetscan.Batch) error {
		parseLines(b.Lines, f.opt.Limits.Line, want, &out)
		for i := range out.recs {
			r, row := &out.recs[i], b.First+int64(i)
			err := out.errs[i]
			if err == outcome.ErrNoVerdict {
				err = ungraded(f, to, r)
			}
			if err == nil {
				err = labelColumns(r, labels, f.opt)
			}
			if err == nil {
				err = unpackExtra(r)
			}
			labelFolders(r, folders)
			if err == nil {
				err = to.record(r, row)
			} else {
				err = to.errorAt(row, err)
			}
			if err != nil {
				bad.add(err)
			}
		}
		return nil
	})
	if err != nil {
		bad.add(err)
	}
	return bad.err()
}

// ungraded says what becomes of a row without verdict and score. Where a file
// has no column of responses there is nothing that could be graded: as in a
// database, such a cell was not run.
func ungraded(f *file, to *sink, r *outcome.Record) error {
	switch {
	case !hasColumns(f.parquet.Columns(), "response"):
		r.Verdict = outcome.NotRun
		return nil
	case to.takesUngraded():
		return nil
	}
	return outcome.ErrNoVerdict
}

// labelOfColumn gives the key of the label that a column is, by its name or
// because it was asked for; empty when it is none.
func labelOfColumn(name string, o *Options) string {
	if key, ok := strings.CutPrefix(name, slicePrefix); ok {
		return key
	}
	if slices.Contains(o.Labels, name) {
		return name
	}
	return ""
}

// labelColumns takes the columns that are labels out of what is not known.
func labelColumns(r *outcome.Record, columns []string, o *Options) error {
	for _, c := range columns {
		raw, ok := r.Extra[c]
		if !ok || isNull(raw) {
			continue
		}
		value, err := idField(c, raw)
		if err != nil {
			return err
		}
		if r.Slices == nil {
			r.Slices = map[string]string{}
		}
		if delete(r.Extra, c); value != "" {
			r.Slices[labelOfColumn(c, o)] = value
		}
	}
	if o.Want&outcome.WantExtra == 0 {
		clear(r.Extra)
	}
	return nil
}

// unpackExtra puts the fields of the column extra back where they came from. A
// column of another name that is null says nothing of this row.
func unpackExtra(r *outcome.Record) error {
	maps.DeleteFunc(r.Extra, func(_ string, raw json.RawMessage) bool { return isNull(raw) })
	raw, ok := r.Extra["extra"]
	if !ok {
		return nil
	}
	delete(r.Extra, "extra")
	text, err := textField("extra", raw)
	if err != nil {
		return err
	}
	err = jsonscan.Object([]byte(text), jsonscan.MaxDepth, func(key, value []byte) error {
		r.Extra[string(key)] = bytes.Clone(value)
		return nil
	})
	if err != nil {
		return fmt.Errorf("extra: %w", err)
	}
	return nil
}

// parquetRows gives each row of a Parquet file as a JSON object of these of its
// columns at the top, all of them for nil, with the number of the row, from 1.
// Only they are read. Raw is valid during the call only.
func (f *file) parquetRows(columns []string, row func(raw []byte, n int64) error) error {
	if columns == nil {
		columns = f.parquet.Columns()
	}
	return f.parquet.Each(f.ctx, columns, row)
}

// parquet reads a file whose schema stands at its end.
func (r *reader) parquet(src source, f *os.File) error {
	in := Input{Path: src.path, Bytes: src.size}
	ctx, cancel := context.WithCancel(r.ctx)
	sum := make(chan string, 1)
	go func() { defer close(sum); sum <- r.sumFile(ctx, f, src.size) }()
	defer func() { cancel(); <-sum }() // f is closed next
	l := r.opt.Limits
	p, err := parquetscan.Open(f, src.size, parquetscan.Limits{Page: l.Document, Row: l.Line, Expanded: l.Expanded, Ratio: l.Ratio, Grace: ratioGrace})
	if err != nil {
		return r.refuse(in, err)
	}
	at := location{path: src.path, name: src.name(), named: src.named}
	_, columns := foldersOf(src.path, p.Columns())
	fm := formatOf(columns)
	if fm == nil {
		return r.skip(in, at, fmt.Sprintf("no format knows a Parquet file with these columns: %s", someColumns(columns)))
	}
	in.Format = fm.name
	to := r.sink(&in, src.path)
	err = fm.read(&file{Reader: strings.NewReader(""), path: src.path, name: src.name(), dir: filepath.Dir(src.path), opt: r.opt, ctx: ctx, parquet: p}, to)
	if none, ok := err.(*noOutcomes); ok {
		return r.skip(in, at, none.why)
	}
	if err = to.end(err); err == nil {
		err = r.checkStated(to)
	}
	if err != nil {
		return r.refuse(in, err)
	}
	in.SHA256 = <-sum
	if in.SHA256 == "" {
		return r.refuse(in, errors.New("could not be read to its end"))
	}
	in.Status = StatusRead
	r.inputs = append(r.inputs, in)
	return nil
}

func formatOf(columns []string) *format {
	for _, fm := range formats {
		if fm.knows != nil && fm.knows(columns) {
			return fm
		}
	}
	return nil
}

func someColumns(columns []string) string {
	const most = 12
	if len(columns) > most {
		return fmt.Sprintf("%s and %d more", quoteAll(columns[:most]), len(columns)-most)
	}
	return quoteAll(columns)
}
