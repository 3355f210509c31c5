package ingest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// Statement says what was read of a database. It holds no secret.
type Statement struct {
	Engine  string            `json:"engine"`
	Query   string            `json:"query,omitempty"`
	Table   string            `json:"table,omitempty"`
	Columns map[string]string `json:"columns,omitempty"` // where a field's column has another name
	Where   string            `json:"where,omitempty"`
	Since   string            `json:"since,omitempty"`
	Before  string            `json:"before,omitempty"`
	Sample  int64             `json:"sample,omitempty"` // so many queries, drawn by their ids
}

// StatementOf describes what is read of an open database.
func StatementOf(w *warehouse.Warehouse) *Statement {
	s := w.Source()
	return &Statement{Engine: w.Engine(), Query: s.Query, Table: s.Table, Columns: s.Columns, Where: s.Where, Since: s.Since, Before: s.Before, Sample: s.Sample}
}

// FormatSQL is the format of an input that is a database.
const FormatSQL = "sql"

// database reads the rows of a database one by one, for what cannot be counted
// by the engine. The SHA-256 of such an input is over its records, without the
// long fields, as they came: in order of query, model and attempt.
func (r *reader) database(src source) error {
	in := Input{Path: warehouse.Shown(src.path), Format: FormatSQL}
	if p := r.opt.Prefer; p == outcome.PreferNewest || p == outcome.PreferFirst {
		return r.refuse(in, errors.New("the rows of a database have no order, so none is the newest or the first: say --prefer right-if-any, or choose one row per cell in a query"))
	}
	s := r.opt.Warehouse
	s.URL, s.Want, s.Slices = src.path, r.opt.Want, slices.Concat(s.Slices, r.opt.Labels)
	w, err := warehouse.Open(r.ctx, s)
	if err != nil {
		return r.refuse(in, err)
	}
	defer w.Close()
	in.Statement = StatementOf(w)
	to := r.sink(&in, src.path)
	to.joinedBy(joinedByID)
	var bad faults
	sum, line, text := sha256.New(), int64(0), []byte(nil)
	err = w.Records(r.ctx, func(rec *outcome.Record) error {
		line++
		short := *rec
		short.Answer, short.Response, short.Prompt = "", "", ""
		text = append(short.AppendJSON(text[:0]), '\n')
		sum.Write(text)
		if err := to.record(rec, line); err != nil {
			bad.add(err)
		}
		return nil
	})
	if err != nil {
		bad.add(err)
	} else if line == 0 {
		bad.add(errors.New("no rows: look at the table, and at what chooses its rows"))
	}
	if err := to.end(bad.err()); err != nil {
		return r.refuse(in, err)
	}
	in.SHA256, in.Status = fmt.Sprintf("%x", sum.Sum(nil)), StatusRead
	in.Bytes = w.Received()
	r.inputs = append(r.inputs, in)
	return nil
}
