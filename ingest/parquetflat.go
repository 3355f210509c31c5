package ingest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/parquetscan"
	"github.com/allwrong/allwrong/outcome"
)

// A table of outcomes that a warehouse keeps as Parquet has plain columns only.
// They go into records as they are, which costs a tenth of the way through JSON.

// flatField is how a plain column goes into a field of a record.
type flatField struct {
	kinds []parquetscan.Kind // that it may be of
	put   func(r *outcome.Record, c *parquetscan.Column, row int) error
	clear func(r *outcome.Record)
}

func flatText(at func(*outcome.Record) *string) flatField {
	return flatField{[]parquetscan.Kind{parquetscan.Text},
		func(r *outcome.Record, c *parquetscan.Column, row int) error { *at(r) = c.Texts[row]; return nil },
		func(r *outcome.Record) { *at(r) = "" }}
}

// flatName takes whole numbers too: databases number their queries.
func flatName(at func(*outcome.Record) *string) flatField {
	f := flatText(at)
	f.kinds = append(f.kinds, parquetscan.Whole)
	f.put = func(r *outcome.Record, c *parquetscan.Column, row int) error { *at(r) = labelOf(c, row); return nil }
	return f
}

func flatWhole(most int64, put func(r *outcome.Record, n int64), clear func(r *outcome.Record)) flatField {
	return flatField{[]parquetscan.Kind{parquetscan.Whole}, func(r *outcome.Record, c *parquetscan.Column, row int) error {
		n := c.Wholes[row]
		if n < 0 || n > most {
			return fmt.Errorf("%d: want a whole number from 0 to %d", n, most)
		}
		put(r, n)
		return nil
	}, clear}
}

func flatCount(at func(*outcome.Record) **int64) flatField {
	return flatWhole(math.MaxInt64, func(r *outcome.Record, n int64) { *at(r) = &n }, func(r *outcome.Record) { *at(r) = nil })
}

func flatNumber(at func(*outcome.Record) **float64) flatField {
	return flatField{[]parquetscan.Kind{parquetscan.Number, parquetscan.Whole}, func(r *outcome.Record, c *parquetscan.Column, row int) error {
		var x float64
		if c.Kind == parquetscan.Whole {
			x = float64(c.Wholes[row])
		} else {
			x = c.Numbers[row]
		}
		if x < 0 {
			return fmt.Errorf("%v: want a number from 0", x)
		}
		x += 0 // −0 becomes 0
		*at(r) = &x
		return nil
	}, func(r *outcome.Record) { *at(r) = nil }}
}

var flatFields = map[string]flatField{
	"query":             flatName(func(r *outcome.Record) *string { return &r.Query }),
	"model":             flatName(func(r *outcome.Record) *string { return &r.Model }),
	"verdict":           {[]parquetscan.Kind{parquetscan.Text, parquetscan.Whole, parquetscan.Truth}, putVerdict, func(r *outcome.Record) { r.Verdict = outcome.Absent }},
	"reason":            {[]parquetscan.Kind{parquetscan.Text}, putReason, func(*outcome.Record) {}},
	"attempt":           flatWhole(math.MaxInt32, func(r *outcome.Record, n int64) { r.Attempt = int(n) }, func(r *outcome.Record) { r.Attempt = 0 }),
	"options":           flatWhole(math.MaxInt32, func(r *outcome.Record, n int64) { r.Options = int(n) }, func(r *outcome.Record) { r.Options = 0 }),
	"score":             flatNumber(func(r *outcome.Record) **float64 { return &r.Score }),
	"cost_usd":          flatNumber(func(r *outcome.Record) **float64 { return &r.CostUSD }),
	"seconds":           flatNumber(func(r *outcome.Record) **float64 { return &r.Seconds }),
	"input_tokens":      flatCount(func(r *outcome.Record) **int64 { return &r.InputTokens }),
	"output_tokens":     flatCount(func(r *outcome.Record) **int64 { return &r.OutputTokens }),
	"max_output_tokens": flatCount(func(r *outcome.Record) **int64 { return &r.MaxOutputTokens }),
	"answer":            flatText(func(r *outcome.Record) *string { return &r.Answer }),
	"response":          flatText(func(r *outcome.Record) *string { return &r.Response }),
	"prompt":            flatText(func(r *outcome.Record) *string { return &r.Prompt }),
	"reference":         flatText(func(r *outcome.Record) *string { return &r.Reference }),
	"kind":              flatText(func(r *outcome.Record) *string { return &r.Kind }),
	"finish":            flatText(func(r *outcome.Record) *string { return &r.Finish }),
	"family":            flatText(func(r *outcome.Record) *string { return &r.Family }),
	"source":            flatText(func(r *outcome.Record) *string { return &r.Source }),
	"grader":            flatText(func(r *outcome.Record) *string { return &r.Grader }),
}

func labelOf(c *parquetscan.Column, row int) string {
	if c.Kind == parquetscan.Text {
		return c.Texts[row]
	}
	return strconv.FormatInt(c.Wholes[row], 10)
}

// putVerdict takes the words that tables of verdicts hold, and booleans and bits
// as databases keep them.
func putVerdict(r *outcome.Record, c *parquetscan.Column, row int) error {
	switch {
	case c.Kind == parquetscan.Text:
		cell, ok := tableVerdict(c.Texts[row])
		if !ok {
			_, err := outcome.ParseVerdict(c.Texts[row])
			return err
		}
		if r.Verdict = cell.Verdict(); cell.Reason() != outcome.NoReason {
			r.Reason = cell.Reason()
		}
	case c.Wholes[row] == 1:
		r.Verdict = outcome.Right
	case c.Wholes[row] == 0:
		r.Verdict = outcome.Wrong
	default:
		return fmt.Errorf("%d: want 1 for right or 0 for wrong", c.Wholes[row])
	}
	return nil
}

func tableVerdict(word string) (outcome.Cell, bool) {
	switch word {
	case "right", "1":
		return outcome.Cell(outcome.Right), true
	case "wrong", "0":
		return outcome.Cell(outcome.Wrong), true
	case "":
		return 0, true
	}
	switch {
	case strings.EqualFold(word, "right") || strings.EqualFold(word, "true"):
		return outcome.Cell(outcome.Right), true
	case strings.EqualFold(word, "wrong") || strings.EqualFold(word, "false"):
		return outcome.Cell(outcome.Wrong), true
	}
	return longVerdict(word)
}

func putReason(r *outcome.Record, c *parquetscan.Column, row int) (err error) {
	r.Reason, err = outcome.ParseReason(c.Texts[row])
	return err
}

// flatReading is the reading of one file of plain columns.
type flatReading struct {
	names   []string // of the columns that are read
	fields  []*flatField
	labels  []string // by column: the key of the label that it is; empty: a field
	folders []partition
	blocks  bool // stretches of rows may be blocks

	rec   outcome.Record
	query string   // of the row before
	said  []string // by column: the label of the row before
}

// flatReadingOf gives nil when a column of these has to go through JSON.
func flatReadingOf(f *file, columns []string, folders []partition) *flatReading {
	if f.opt.Want&outcome.WantExtra != 0 {
		return nil
	}
	x := &flatReading{folders: folders}
	for _, name := range columns {
		kind, label := f.parquet.Kind(name), ""
		field, known := flatFields[name]
		switch {
		case name != "query" && f.parquet.Empty(name):
			continue
		case known && slices.Contains(field.kinds, kind):
		case known || name == "slices" || name == "schema" || name == "extra":
			return nil
		default:
			if label = labelOfColumn(name, f.opt); label == "" {
				continue
			}
			if kind == parquetscan.NotFlat || kind == parquetscan.Number {
				return nil
			}
		}
		x.names, x.fields, x.labels = append(x.names, name), append(x.fields, &field), append(x.labels, label)
	}
	x.said = make([]string, len(x.names))
	return x
}

// read puts all rows into the sink.
func (x *flatReading) read(f *file, to *sink) error {
	var bad faults
	x.blocks = to.taker == nil && x.blocky(f)
	err := parquetscan.Tables(f.ctx, f.parquet, x.names, x.stretch, func(s stretch) error {
		if s.block != nil {
			taken, err := s.block.put(to, x.folders, s.table.First)
			if taken || err != nil {
				return err
			}
		}
		x.each(f, to, &s.table, &bad)
		return nil
	})
	if err != nil {
		bad.add(err)
	}
	return bad.err()
}

// each puts rows into the sink one by one.
func (x *flatReading) each(f *file, to *sink, t *parquetscan.Table, bad *faults) {
	for row := range t.Rows {
		err := x.row(t, row)
		if err == nil && x.rec.Verdict == outcome.Absent && x.rec.Score == nil {
			err = ungraded(f, to, &x.rec)
		}
		line := t.First + int64(row)
		if err == nil {
			err = to.record(&x.rec, line)
		} else {
			err = to.errorAt(line, err)
		}
		if err != nil {
			bad.add(err)
		}
	}
}

// row makes a record of one row. Labels are given once for rows of one query
// that follow each other and agree.
func (x *flatReading) row(t *parquetscan.Table, row int) error {
	same, r := true, &x.rec
	r.Reason = outcome.NoReason
	for i := range t.Columns {
		c := &t.Columns[i]
		if key := x.labels[i]; key != "" {
			value := ""
			if !c.Null[row] {
				value = labelOf(c, row)
			}
			same = same && x.said[i] == value
			x.said[i] = value
			continue
		}
		if c.Null[row] {
			x.fields[i].clear(r)
		} else if err := x.fields[i].put(r, c, row); err != nil {
			return fmt.Errorf("%s: %w", x.names[i], err)
		}
	}
	if err := takeFolders(r, x.folders); err != nil {
		return err
	}
	switch {
	case r.Query == "":
		return errors.New("query: missing or empty")
	case r.Model == "":
		return errors.New("model: missing or empty")
	}
	if same && r.Query == x.query {
		r.Slices = nil
		return nil
	}
	x.query, r.Slices = r.Query, map[string]string{}
	for i, key := range x.labels {
		if key != "" && x.said[i] != "" {
			r.Slices[key] = x.said[i]
		}
	}
	labelFolders(r, x.folders)
	return nil
}
