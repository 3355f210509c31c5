package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/outcome"
)

// Outcomes gives a record for each cell that was asked, with the long fields
// that want names, in order of query, model and attempt, and the number of the
// call that it comes of (0: none). A query that was never taken up has none; a
// model that was never asked has one, of a cell that was not run, so that the
// pool is known.
//
// What is right, wrong or no answer is what the grader said of the answer at the
// highest budget that has a verdict. All else was not run: there is an answer and
// no verdict (reason unscored), or no answer that counts (reason error). The
// extra field call_status then says what came of the last call: it is cut-off
// where a larger budget was to be asked and was not.
//
// Cost, tokens and time are those of the call that answered: what it takes to ask
// the model once, not what it took to collect it, which Totals holds. What r
// points to is the store's; visit keeps copies.
func (s *Store) Outcomes(ctx context.Context, want outcome.Fields, visit func(r *outcome.Record, call int64) error) error {
	w := walk{s: s, ctx: ctx, want: want, visit: visit}
	defer w.close()
	if err := s.rows(ctx, w.sql(), nil, w.row); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.neverAsked(); err != nil {
		return err
	}
	return s.db.still()
}

// walk goes over the cells, rung by rung, and keeps the best of each.
type walk struct {
	s     *Store
	ctx   context.Context
	want  outcome.Fields
	visit func(*outcome.Record, int64) error

	best  rung
	have  bool
	query question
	texts *sql.Rows       // of the queries, in order
	first *outcome.Record // of the first query
}

// rung is a cell at one budget.
type rung struct {
	query, model                 int64
	attempt                      int
	budget                       int64
	status                       Status
	cell                         outcome.Cell
	call                         int64
	name, family                 string
	finish, served               sql.NullString
	input, output, cost, latency sql.NullInt64
	grader, extracted, text      sql.NullString
}

// question is what the records of a query share.
type question struct {
	id   int64
	text outcome.Record
}

func (w *walk) close() {
	if w.texts != nil {
		w.texts.Close()
	}
}

func (w *walk) sql() string {
	text, join := "NULL", ""
	if w.want&outcome.WantResponse != 0 {
		text, join = "text.text", " LEFT JOIN text ON text.id = cell.call"
	}
	return `SELECT cell.query, cell.model, cell.attempt, cell.budget, cell.status, cell.verdict, cell.call, model.name, model.family,
		answer.finish, answer.served, answer.input, answer.output, answer.cost, answer.latency, verdict.grader, verdict.extracted, ` + text + `
		FROM cell JOIN model ON model.id = cell.model AND model.place >= 0
		JOIN query ON query.id = cell.query AND query.active = 1
		LEFT JOIN answer ON answer.id = cell.call
		LEFT JOIN verdict ON verdict.call = cell.call AND verdict.query = cell.query` + join + `
		ORDER BY cell.query, cell.model, cell.attempt, cell.budget`
}

func (w *walk) row(scan scan) error {
	var x rung
	err := scan(&x.query, &x.model, &x.attempt, &x.budget, &x.status, &x.cell, &x.call, &x.name, &x.family,
		&x.finish, &x.served, &x.input, &x.output, &x.cost, &x.latency, &x.grader, &x.extracted, &x.text)
	if err != nil {
		return err
	}
	if w.have && (w.best.query != x.query || w.best.model != x.model || w.best.attempt != x.attempt) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	// Budgets rise: a later rung is better unless it says nothing and one before did.
	if !w.have || x.cell != 0 || w.best.cell == 0 {
		w.best, w.have = x, true
	}
	return nil
}

// flush gives the cell that the walk has left.
func (w *walk) flush() error {
	if !w.have {
		return nil
	}
	w.have = false
	x := &w.best
	if err := w.read(x.query); err != nil {
		return err
	}
	r := w.query.text
	r.Model, r.Family, r.Attempt = x.name, x.family, x.attempt
	r.Verdict, r.Reason = x.verdict()
	r.Grader, r.Finish = x.grader.String, x.finish.String
	if w.want&outcome.WantAnswer != 0 {
		r.Answer = x.extracted.String
	}
	r.Response = x.text.String
	r.MaxOutputTokens = &x.budget
	if x.call > 0 && x.input.Valid {
		cost, seconds := money.Nano(x.cost.Int64).Dollars(), float64(x.latency.Int64)/1000
		r.InputTokens, r.OutputTokens, r.CostUSD, r.Seconds = &x.input.Int64, &x.output.Int64, &cost, &seconds
	}
	if w.want&outcome.WantExtra != 0 {
		var err error
		if r.Extra, err = x.extra(); err != nil {
			return err
		}
	}
	return w.visit(&r, x.call)
}

// verdict is what the cell counts as.
func (x *rung) verdict() (outcome.Verdict, outcome.Reason) {
	if x.cell != 0 {
		return x.cell.Verdict(), x.cell.Reason()
	}
	if x.status == Valid {
		return outcome.NotRun, outcome.Unscored
	}
	return outcome.NotRun, outcome.Failed
}

// extra is what outcomes have no field for.
func (x *rung) extra() (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	var err error
	add := func(name, value string) {
		if value != "" && err == nil {
			out[name], err = json.Marshal(value)
		}
	}
	add("served_model", x.served.String)
	if x.cell == 0 {
		add("call_status", x.status.String())
	}
	return out, err
}

// read moves on to a query, and reads what its records share.
func (w *walk) read(id int64) error {
	for w.query.id != id {
		if err := w.next(); err != nil {
			return err
		}
	}
	return nil
}

// next reads the next query of which something was asked. It goes along with the
// walk, in a query of its own: asking for one at a time takes a way to the
// database and back for each.
func (w *walk) next() (err error) {
	if w.texts == nil {
		prompt := "''"
		if w.want&outcome.WantPrompt != 0 {
			prompt = "prompt"
		}
		w.texts, err = w.s.db.pool().QueryContext(w.ctx, "SELECT query.id, name, kind, "+prompt+`, reference, options, slices FROM query JOIN question ON question.id = query.id
			WHERE active = 1 AND EXISTS (SELECT 1 FROM cell WHERE cell.query = query.id) ORDER BY query.id`)
		if err != nil {
			return w.s.db.explain(err)
		}
	}
	if !w.texts.Next() {
		if err := w.texts.Err(); err != nil {
			return w.s.db.explain(err)
		}
		return errors.New("store: a cell without its query")
	}
	w.query = question{}
	r := &w.query.text
	var options, slices string
	if err := w.texts.Scan(&w.query.id, &r.Query, &r.Kind, &r.Prompt, &r.Reference, &options, &slices); err != nil {
		return err
	}
	var list []string
	if err := unlist(options, &list, slices, &r.Slices); err != nil {
		return err
	}
	r.Options = len(list)
	if w.first == nil {
		first := *r
		w.first = &first
	}
	return nil
}

// neverAsked names the models of which no cell was asked.
func (w *walk) neverAsked() error {
	if w.first == nil {
		return nil
	}
	return w.s.rows(w.ctx, "SELECT name, family FROM model WHERE place >= 0 AND id NOT IN (SELECT DISTINCT model FROM cell) ORDER BY place", nil, func(scan scan) error {
		r := *w.first
		r.Verdict = outcome.NotRun
		if err := scan(&r.Model, &r.Family); err != nil {
			return err
		}
		return w.visit(&r, 0)
	})
}
