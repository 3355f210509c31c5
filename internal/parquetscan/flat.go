package parquetscan

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// Kind is what the values of a flat column are.
type Kind uint8

// The kinds. A column of any other type, or one that repeats, is not flat.
const (
	NotFlat Kind = iota
	Text         // strings; days are written as 2026-01-31
	Whole        // signed integers
	Number       // floating point; what is not a number counts as null
	Truth        // booleans, as the whole numbers 0 and 1
)

// Kind says what a column at the top of the schema holds.
func (f *File) Kind(column string) Kind {
	c := f.f.Root().Column(column)
	if c == nil || !c.Leaf() || c.Repeated() {
		return NotFlat
	}
	t := c.Type()
	if lt := t.LogicalType(); lt != nil {
		switch lt := lt.Value.(type) {
		case *format.DateType:
			return Text
		case *format.StringType, *format.EnumType:
		case *format.IntType:
			if !lt.IsSigned {
				return NotFlat
			}
		default:
			return NotFlat
		}
	}
	switch t.Kind() {
	case parquet.ByteArray:
		return Text
	case parquet.Int32, parquet.Int64:
		return Whole
	case parquet.Float, parquet.Double:
		return Number
	case parquet.Boolean:
		return Truth
	}
	return NotFlat
}

// Empty reports whether every row group states that a column has no value.
func (f *File) Empty(column string) bool {
	c := f.f.Root().Column(column)
	for i := range f.f.RowGroups() {
		if c != nil && !f.allNull(i, c) {
			return false
		}
	}
	return true
}

// Table is a stretch of rows by columns, in the order in which they were asked for.
type Table struct {
	First   int64 // number of the first row, from 1
	Rows    int
	Columns []Column
}

// Column holds the values of one column, of its kind; Null tells which rows lack one.
type Column struct {
	Kind    Kind
	Texts   []string
	Wholes  []int64
	Numbers []float64
	Null    []bool
}

const tableRows = 8 << 10

// Tables gives flat columns as they are, without the way through JSON, which
// costs ten times as much, and what was made of them on all processors; in the
// file's order. Bytes that are not UTF-8 become U+FFFD, as they do in Batches.
func Tables[T any](ctx context.Context, f *File, columns []string, make func(Table) T, give func(T) error) error {
	return inOrder(ctx, f, columns, func(ctx context.Context, group int, first int64, send func(T) error) error {
		return f.flat(ctx, group, columns, first, func(t Table) error { return send(make(t)) })
	}, give)
}

// flat reads one row group.
func (f *File) flat(ctx context.Context, group int, columns []string, first int64, give func(Table) error) (err error) {
	defer guard(&err)
	g := f.f.RowGroups()[group]
	readers := make([]*flatReader, len(columns))
	for i, name := range columns {
		c := f.f.Root().Column(name)
		l := &leaf{pages: g.ColumnChunks()[c.Index()].Pages(), single: true}
		defer l.close()
		readers[i] = &flatReader{leaf: l, kind: f.Kind(name), day: isDay(c.Type()), float: c.Type().Kind() == parquet.Float, longest: f.limits.Row, known: map[string]string{}}
		if readers[i].kind == Text && !readers[i].day {
			l.own = readers[i].byDictionary
		}
	}
	for row := int64(0); row < g.NumRows(); row += tableRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		t := Table{First: first + row, Rows: int(min(tableRows, g.NumRows()-row)), Columns: make([]Column, len(columns))}
		for i, r := range readers {
			if err := r.read(&t.Columns[i], t.Rows); err != nil {
				return fmt.Errorf("rows from %d: column %q: %w", t.First, columns[i], err)
			}
		}
		if err := give(t); err != nil {
			return err
		}
	}
	return nil
}

func isDay(t parquet.Type) bool {
	if lt := t.LogicalType(); lt != nil {
		_, day := lt.Value.(*format.DateType)
		return day
	}
	return false
}

// flatReader reads the values of one column of a row group. Texts that repeat
// are made once.
type flatReader struct {
	*leaf
	kind    Kind
	day     bool
	float   bool // of 32 bits
	longest int  // bytes of a text
	last    string
	known   map[string]string

	// What is not yet taken of a page that tells its texts by their numbers in a
	// dictionary, whose texts are made when they are first used.
	numbers    []int32
	levels     []byte // by row: 0 where there is no value; empty when each row has one
	left       int    // rows
	dictionary parquet.Dictionary
	texts      []string
	made       []bool
}

// maxKnown bounds how many texts of a column are kept: one with more does not repeat.
const maxKnown = 4 << 10

func (r *flatReader) read(to *Column, rows int) error {
	to.Kind, to.Null = r.kind, make([]bool, rows)
	switch r.kind {
	case Text:
		to.Texts = make([]string, rows)
	case Number:
		to.Numbers = make([]float64, rows)
	default:
		to.Wholes = make([]int64, rows)
	}
	for row := 0; row < rows; {
		n, err := r.some(to, row, rows)
		if err != nil {
			return err
		}
		row += n
	}
	return nil
}

// some reads values from row on, and tells how many.
func (r *flatReader) some(to *Column, row, rows int) (int, error) {
	for len(r.have) == 0 && r.left == 0 {
		if err := r.fill(); err != nil {
			return 0, fmt.Errorf("damaged: it ends before the others: %w", err)
		}
	}
	if n := min(r.left, rows-row); n > 0 {
		return n, r.byNumber(to.Texts[row:row+n], to.Null[row:row+n])
	}
	n := min(len(r.have), rows-row)
	for i := range n {
		if err := r.put(to, row+i, &r.have[i]); err != nil {
			return 0, err
		}
	}
	r.have = r.have[n:]
	return n, nil
}

// maxWords bounds a dictionary whose texts are looked up: those of larger ones
// hardly repeat.
const maxWords = 1 << 16

// byDictionary takes a page of texts over if it tells them by number.
func (r *flatReader) byDictionary(page parquet.Page) bool {
	d := page.Dictionary()
	if d == nil || d.Len() > maxWords {
		return false
	}
	data := page.Data()
	if data.Kind() != encoding.Int32 {
		return false
	}
	if d != r.dictionary {
		r.dictionary, r.texts, r.made = d, make([]string, d.Len()), make([]bool, d.Len())
	}
	r.numbers, r.levels, r.left = data.Int32(), page.DefinitionLevels(), int(page.NumValues())
	return true
}

// byNumber takes as many rows as there are texts to be filled.
func (r *flatReader) byNumber(to []string, null []bool) error {
	for row := range to {
		if len(r.levels) > 0 && r.levels[row] == 0 {
			null[row] = true
			continue
		}
		n := r.numbers[0]
		if r.numbers = r.numbers[1:]; !r.made[n] {
			v := r.dictionary.Index(n)
			s, err := r.text(&v)
			if err != nil {
				return err
			}
			r.texts[n], r.made[n] = s, true
		}
		to[row] = r.texts[n]
	}
	if len(r.levels) > 0 {
		r.levels = r.levels[len(to):]
	}
	r.left -= len(to)
	return nil
}

func (r *flatReader) put(to *Column, row int, v *parquet.Value) error {
	if v.IsNull() {
		to.Null[row] = true
		return nil
	}
	switch r.kind {
	case Text:
		s, err := r.text(v)
		to.Texts[row] = s
		return err
	case Number:
		x := v.Double()
		if r.float {
			x = widen(v.Float())
		}
		to.Numbers[row], to.Null[row] = x, math.IsNaN(x) || math.IsInf(x, 0)
	case Truth:
		if v.Boolean() {
			to.Wholes[row] = 1
		}
	default:
		if v.Kind() == parquet.Int32 {
			to.Wholes[row] = int64(v.Int32())
		} else {
			to.Wholes[row] = v.Int64()
		}
	}
	return nil
}

// widen gives the number that is written as a float of 32 bits is, 0.1 for the
// nearest to 0.1, and not that float's exact value.
func widen(x float32) float64 {
	wide, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	return wide
}

func (r *flatReader) text(v *parquet.Value) (string, error) {
	if r.day {
		return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly), nil
	}
	b := v.ByteArray()
	if string(b) == r.last {
		return r.last, nil
	}
	if s, ok := r.known[string(b)]; ok {
		r.last = s
		return s, nil
	}
	if len(b) > r.longest {
		return "", fmt.Errorf("longer than %d bytes, the limit for one record", r.longest)
	}
	s := string(b)
	if !utf8.ValidString(s) {
		s = strings.Map(func(c rune) rune { return c }, s) // each bad byte becomes U+FFFD
	} else if len(r.known) < maxKnown && len(s) < 256 {
		r.known[s] = s
	}
	r.last = s
	return s, nil
}
