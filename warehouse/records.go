package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Records hands every row to visit as a record, by query, model and attempt:
// for what needs answers, scores, later attempts or single queries. Of the long
// fields only those that Source.Want names are read. What r points to is the
// reader's: visit keeps copies. An error of visit ends the reading, and is
// returned as it is.
func (w *Warehouse) Records(ctx context.Context, visit func(r *outcome.Record) error) error {
	b := &builder{w: w}
	r := w.reader()
	return w.rows(ctx, "reading its rows", r.statement(b), b.args, func(rows *sql.Rows) error {
		for n := int64(1); rows.Next(); n++ {
			if err := rows.Scan(r.dest...); err != nil {
				return err
			}
			if err := r.settle(); err != nil {
				return &readError{fmt.Errorf("%s: row %d: %w", w.Name(), n, err)}
			}
			if err := visit(&r.record); err != nil {
				return &readError{err}
			}
		}
		return nil
	})
}

// reader turns rows into records: for each column that is selected, where its
// value goes, and what is made of it.
type reader struct {
	w      *Warehouse
	list   []func(b *builder) string
	dest   []any
	set    []func() error
	record outcome.Record
}

func (w *Warehouse) reader() *reader {
	r := &reader{w: w}
	rec := &r.record
	r.text("query", &rec.Query)
	r.text("model", &rec.Model)
	r.whole("attempt", func(n *int64) { rec.Attempt = orZero(n) })
	r.verdict()
	r.number("score", &rec.Score)
	r.reason()
	want := w.source.Want
	for _, long := range []struct {
		field string
		want  outcome.Fields
		to    *string
	}{{"answer", outcome.WantAnswer, &rec.Answer}, {"response", outcome.WantResponse, &rec.Response}, {"prompt", outcome.WantPrompt, &rec.Prompt}} {
		if want&long.want != 0 {
			r.text(long.field, long.to)
		}
	}
	r.text("reference", &rec.Reference)
	r.text("kind", &rec.Kind)
	r.whole("options", func(n *int64) { rec.Options = orZero(n) })
	r.text("finish", &rec.Finish)
	r.whole("input_tokens", func(n *int64) { rec.InputTokens = n })
	r.whole("output_tokens", func(n *int64) { rec.OutputTokens = n })
	r.whole("max_output_tokens", func(n *int64) { rec.MaxOutputTokens = n })
	r.number("cost_usd", &rec.CostUSD)
	r.number("seconds", &rec.Seconds)
	r.text("family", &rec.Family)
	r.text("grader", &rec.Grader)
	for _, key := range w.layout.labels {
		r.label(key)
	}
	return r
}

func orZero(n *int64) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

// statement lists the columns, in the order of the destinations.
func (r *reader) statement(b *builder) string {
	var list []string
	for _, column := range r.list {
		list = append(list, column(b))
	}
	by := []string{"1", "2"}
	if r.w.layout.has("attempt") {
		by = append(by, "3")
	}
	return "SELECT " + strings.Join(list, ",\n  ") + "\n" + b.source() + "\nORDER BY " + strings.Join(by, ", ")
}

// settle fills the record from the row that was scanned.
func (r *reader) settle() error {
	r.record.Verdict, r.record.Reason = outcome.Absent, outcome.NoReason
	for _, set := range r.set {
		if err := set(); err != nil {
			return err
		}
	}
	if r.record.Verdict == outcome.Absent && r.record.Score == nil {
		r.record.Verdict = outcome.NotRun
	}
	return nil
}

func (r *reader) add(column func(b *builder) string, dest any, set func() error) {
	r.list, r.dest, r.set = append(r.list, column), append(r.dest, dest), append(r.set, set)
}

func (r *reader) text(field string, to *string) {
	if !r.w.layout.has(field) {
		return
	}
	var s sql.NullString
	r.add(func(b *builder) string { return b.text(field) }, &s, func() error {
		*to = s.String
		return nil
	})
}

func (r *reader) label(key string) {
	c := r.w.layout.label[key]
	var s sql.NullString
	r.add(func(b *builder) string { return r.w.dialect.asText(r.w.dialect.ident(c.name), c.kind) }, &s, func() error {
		if r.record.Slices == nil {
			r.record.Slices = map[string]string{}
		}
		if delete(r.record.Slices, key); s.String != "" {
			r.record.Slices[key] = s.String
		}
		return nil
	})
}

func (r *reader) whole(field string, to func(*int64)) {
	if !r.w.layout.has(field) {
		return
	}
	var n sql.NullInt64
	r.add(func(b *builder) string { return b.whole(field) }, &n, func() error {
		if n.Valid && n.Int64 < 0 {
			return fmt.Errorf("%s: want a whole number from 0", field)
		}
		if to(nil); n.Valid {
			to(&n.Int64)
		}
		return nil
	})
}

func (r *reader) number(field string, to **float64) {
	if !r.w.layout.has(field) {
		return
	}
	var x sql.NullFloat64
	r.add(func(b *builder) string { return b.number(field) }, &x, func() error {
		if *to = nil; x.Valid {
			*to = &x.Float64
		}
		if x.Valid && !(x.Float64 >= 0) {
			return fmt.Errorf("%s: want a number from 0", field)
		}
		return nil
	})
}

// verdict reads the words of a verdict, or a boolean.
func (r *reader) verdict() {
	rec := &r.record
	var s sql.NullString
	var yes sql.NullBool
	switch c, ok := r.w.layout.fields["verdict"]; {
	case !ok:
		return
	case c.kind == boolean:
		r.add(func(b *builder) string { return b.col("verdict") }, &yes, func() error {
			if yes.Valid && yes.Bool {
				rec.Verdict = outcome.Right
			} else if yes.Valid {
				rec.Verdict = outcome.Wrong
			}
			return nil
		})
	default:
		r.add(func(b *builder) string { return b.text("verdict") }, &s, func() error {
			c, err := readWord(s.String) // NULL is as good as nothing
			if err != nil {
				return fmt.Errorf("verdict: %w", err)
			}
			rec.Verdict, rec.Reason = c.Verdict(), c.Reason()
			return nil
		})
	}
}

func (r *reader) reason() {
	if !r.w.layout.has("reason") {
		return
	}
	var s sql.NullString
	r.add(func(b *builder) string { return b.text("reason") }, &s, func() error {
		if s.String == "" {
			return nil
		}
		reason, err := outcome.ParseReason(s.String)
		if err != nil {
			return fmt.Errorf("reason: %w", err)
		}
		r.record.Reason = reason
		return nil
	})
}
