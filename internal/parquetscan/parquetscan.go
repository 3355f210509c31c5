// Package parquetscan answers one question: what do the rows of this Parquet
// file say? It gives each row as a JSON object of the columns asked for, so that
// whoever reads the JSON of a tool reads its Parquet too, or plain columns as they
// are, and it holds a hostile file to limits before anything of it is unpacked.
package parquetscan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// Limits hold a file to what it may cost.
type Limits struct {
	Page     int   // bytes that one page may unpack to
	Row      int   // bytes of one row as JSON
	Expanded int64 // bytes that the pages of all columns that are read may unpack to
	Ratio    int64 // unpacked bytes per packed byte of the file, once Grace has been unpacked
	Grace    int64 // bytes
}

const (
	maxFooter  = 64 << 20
	maxColumns = 10_000
	maxDepth   = 64
	maxValues  = 1 << 24 // of one page: writers stay below a hundredth of it
)

// File is a Parquet file whose schema has been read.
type File struct {
	r      io.ReaderAt
	size   int64
	f      *parquet.File
	limits Limits
	sparse bool
	begin  []byte // members with which each row begins
}

// Magic begins and ends each file.
const Magic = "PAR1"

// Open reads the schema. The error says what is wrong with the file.
func Open(r io.ReaderAt, size int64, limits Limits) (_ *File, err error) {
	defer guard(&err)
	var end [8]byte
	if size < 12 {
		return nil, errors.New("truncated: too short for a Parquet file")
	}
	if _, err := r.ReadAt(end[:], size-8); err != nil {
		return nil, err
	}
	footer := int64(end[0]) | int64(end[1])<<8 | int64(end[2])<<16 | int64(end[3])<<24
	switch {
	case string(end[4:]) == "PARE":
		return nil, errors.New("an encrypted Parquet file: decrypt it first")
	case string(end[4:]) != Magic:
		return nil, errors.New("truncated or damaged: the Parquet file has no schema at its end")
	case footer > size-12 || footer > maxFooter:
		return nil, fmt.Errorf("damaged: its schema is said to take %d bytes of %d", footer, size)
	}
	f, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("damaged Parquet file: %w", err)
	}
	if n := len(f.Schema().Columns()); n > maxColumns {
		return nil, fmt.Errorf("%d columns; at most %d are read", n, maxColumns)
	}
	return &File{r: r, size: size, f: f, limits: limits}, nil
}

// guard turns a panic over a damaged file into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged Parquet file: %v", p)
	}
}

// Columns lists the columns at the top of the schema, in the file's order.
func (f *File) Columns() []string {
	var out []string
	for _, c := range f.f.Root().Columns() {
		out = append(out, c.Name())
	}
	return out
}

// Sparse leaves members out that are null, where a row that lacks one and a row
// that has null there say the same. Columns that a row group states to be null
// throughout are then not read at all.
func (f *File) Sparse() { f.sparse = true }

// Begin lets each row begin with these members, each with a comma behind it:
// what the place of a file says of all its rows.
func (f *File) Begin(members []byte) { f.begin = members }

// allNull reports whether a row group states that a column has no value.
func (f *File) allNull(group int, c *parquet.Column) bool {
	if c.Leaf() {
		chunk := f.f.Metadata().RowGroups[group].Columns[c.Index()].MetaData
		return chunk.NumValues > 0 && chunk.Statistics.NullCount == chunk.NumValues
	}
	for _, child := range c.Columns() {
		if !f.allNull(group, child) {
			return false
		}
	}
	return true
}

// Rows counts the rows, as the file states it.
func (f *File) Rows() int64 { return f.f.NumRows() }

// Batch is a stretch of rows as JSON objects, one a line.
type Batch struct {
	First int64 // number of the first row, from 1
	Lines []byte
}

const batchSize = 256 << 10

// Batches renders the rows with these of the columns at the top, on all
// processors, and gives them to f in the file's order; f may keep none of it.
// What JSON has not got, a NaN say, is null, and so is what a row lacks. Bytes
// that are not UTF-8 become U+FFFD.
func (f *File) Batches(ctx context.Context, columns []string, give func(b Batch) error) error {
	return inOrder(ctx, f, columns, func(ctx context.Context, group int, first int64, send func(Batch) error) error {
		return f.group(ctx, group, columns, first, send)
	}, give)
}

// inOrder works on the row groups on all processors, each once its pages have
// been checked, and gives what is made of them in the file's order.
func inOrder[T any](ctx context.Context, f *File, columns []string, work func(ctx context.Context, group int, first int64, send func(T) error) error, give func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	groups := f.f.RowGroups()
	type part struct {
		made T
		err  error
	}
	parts := make([]chan part, len(groups))
	for i := range parts {
		parts[i] = make(chan part, 4)
	}
	running := make(chan struct{}, runtime.GOMAXPROCS(0))
	checked := make(chan int64, 1) // what may still be unpacked: one group is checked at a time
	checked <- f.limits.Expanded
	go func() {
		at := int64(1)
		for i, g := range groups {
			select {
			case running <- struct{}{}:
			case <-ctx.Done():
				return
			}
			go func(at int64) {
				defer func() { <-running; close(parts[i]) }()
				send := func(p part) error {
					select {
					case parts[i] <- p:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				left := <-checked
				left, err := f.check(ctx, i, columns, left)
				checked <- left
				if err == nil {
					err = work(ctx, i, at, func(made T) error { return send(part{made: made}) })
				}
				if err != nil {
					send(part{err: err})
				}
			}(at)
			at += g.NumRows()
		}
	}()
	for i := range parts {
		for {
			select {
			case p, more := <-parts[i]:
				if more && p.err == nil {
					p.err = give(p.made)
				}
				if p.err != nil {
					return p.err
				}
				if more {
					continue
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			break
		}
	}
	return ctx.Err()
}

// Each gives the rows one by one; row is numbered from 1. Raw is valid during
// the call only.
func (f *File) Each(ctx context.Context, columns []string, row func(raw []byte, n int64) error) error {
	return f.Batches(ctx, columns, func(b Batch) error {
		for line := range bytes.Lines(b.Lines) {
			if err := row(line[:len(line)-1], b.First); err != nil {
				return err
			}
			b.First++
		}
		return nil
	})
}

// group renders one row group.
func (f *File) group(ctx context.Context, number int, columns []string, first int64, give func(Batch) error) (err error) {
	defer guard(&err)
	g := f.f.RowGroups()[number]
	t := &table{}
	defer t.close()
	t.sparse, t.begin = f.sparse, f.begin
	for _, c := range f.f.Root().Columns() {
		if slices.Contains(columns, c.Name()) && !(f.sparse && len(t.columns) > 0 && f.allNull(number, c)) {
			t.add(c, g)
		}
	}
	if len(t.columns) == 0 {
		return nil
	}
	b := Batch{First: first}
	for row := range g.NumRows() {
		before := len(b.Lines)
		if b.Lines, err = t.row(b.Lines); err != nil {
			return fmt.Errorf("row %d: %w", first+row, err)
		}
		if len(b.Lines)-before > f.limits.Row {
			return fmt.Errorf("row %d: longer than %d bytes, the limit for one record", first+row, f.limits.Row)
		}
		b.Lines = append(b.Lines, '\n')
		if len(b.Lines) >= batchSize || row == g.NumRows()-1 {
			if err := give(b); err != nil {
				return err
			}
			b = Batch{First: first + row + 1, Lines: make([]byte, 0, len(b.Lines)+len(b.Lines)/8)}
		}
	}
	return nil
}
