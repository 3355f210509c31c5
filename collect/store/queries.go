package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/allwrong/allwrong/collect/runfile"
)

// queries registers the queries of the run. Numbers are kept, so that a query
// that comes back has its cells again.
func (b *beginning) queries(first bool) error {
	r := registrar{beginning: b}
	if err := r.prepare(); err != nil {
		return err
	}
	defer r.close()
	if err := b.exec("UPDATE query SET active = 0"); err != nil {
		return err
	}
	return b.run.EachQuery(b.ctx, func(q *runfile.Query) error {
		if first {
			return r.add(q)
		}
		return r.update(q)
	})
}

// registrar writes queries.
type registrar struct {
	*beginning
	insert, text, find, set, setText, stale, ungrade *sql.Stmt
	all                                              []*sql.Stmt
}

func (r *registrar) prepare() error {
	for _, x := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&r.insert, "INSERT INTO query (name, active, digest, grading, messages, bytes, kind) VALUES (?, 1, ?, ?, ?, ?, ?)"},
		{&r.text, "INSERT INTO question VALUES (?, ?, ?, ?, ?, ?)"},
		{&r.find, "SELECT id, digest, grading FROM query WHERE name = ?"},
		{&r.set, "UPDATE query SET active = 1, digest = ?, grading = ?, messages = ?, bytes = ?, kind = ? WHERE id = ?"},
		{&r.setText, "UPDATE question SET system = ?, prompt = ?, reference = ?, options = ?, slices = ? WHERE id = ?"},
		{&r.stale, "DELETE FROM cell WHERE query = ?"},
		{&r.ungrade, "UPDATE cell SET verdict = 0 WHERE query = ?"},
	} {
		stmt, err := r.conn.PrepareContext(r.ctx, x.sql)
		if err != nil {
			r.close()
			return err
		}
		*x.to = stmt
		r.all = append(r.all, stmt)
	}
	return nil
}

func (r *registrar) close() {
	for _, stmt := range r.all {
		stmt.Close()
	}
}

// columns are those of query but for its name, and those of question.
func columns(q *runfile.Query) (query, question []any) {
	digest, grading := messagesDigest(q), gradingDigest(q)
	messages := 1
	if q.System != "" {
		messages = 2
	}
	query = []any{digest[:], grading[:], messages, len(q.System) + len(q.Prompt), q.Kind}
	return query, []any{q.System, q.Prompt, q.Reference, list(q.Options), list(q.Slices)}
}

// list is JSON, and nothing for nothing.
func list(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("store: " + err.Error()) // strings
	}
	if s := string(raw); s != "null" && s != "[]" && s != "{}" {
		return s
	}
	return ""
}

func (r *registrar) add(q *runfile.Query) error {
	query, question := columns(q)
	done, err := r.insert.ExecContext(r.ctx, append([]any{q.ID}, query...)...)
	if err != nil {
		return err
	}
	id, err := done.LastInsertId()
	if err != nil {
		return err
	}
	_, err = r.text.ExecContext(r.ctx, append([]any{id}, question...)...)
	return err
}

func (r *registrar) update(q *runfile.Query) error {
	var id int64
	var digest, grading []byte
	err := r.find.QueryRowContext(r.ctx, q.ID).Scan(&id, &digest, &grading)
	if errors.Is(err, sql.ErrNoRows) {
		return r.add(q)
	}
	if err != nil {
		return err
	}
	query, question := columns(q)
	switch {
	case !bytes.Equal(digest, query[0].([]byte)):
		_, err = r.stale.ExecContext(r.ctx, id)
	case !bytes.Equal(grading, query[1].([]byte)):
		_, err = r.ungrade.ExecContext(r.ctx, id)
	}
	if err != nil {
		return err
	}
	if _, err := r.set.ExecContext(r.ctx, append(query, id)...); err != nil {
		return err
	}
	_, err = r.setText.ExecContext(r.ctx, append(question, id)...)
	return err
}

// QueryInfo is what is known of a query without its texts.
type QueryInfo struct {
	Number int
	ID     string
	Kind   string
}

// Queries gives the queries of the run in the order of their numbers. Numbers of
// queries that are no longer in the file are missing.
func (s *Store) Queries(ctx context.Context, visit func(QueryInfo) error) error {
	rows, err := s.read.QueryContext(ctx, "SELECT id - 1, name, kind FROM query WHERE active = 1 ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var q QueryInfo
		if err := rows.Scan(&q.Number, &q.ID, &q.Kind); err != nil {
			return err
		}
		if err := visit(q); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Query gives a query with its texts, by number.
func (s *Store) Query(ctx context.Context, number int) (*runfile.Query, error) {
	q := &runfile.Query{}
	var options, slices string
	err := s.read.QueryRowContext(ctx, `SELECT name, kind, system, prompt, reference, options, slices
		FROM query JOIN question ON question.id = query.id WHERE query.id = ?`, number+1).
		Scan(&q.ID, &q.Kind, &q.System, &q.Prompt, &q.Reference, &options, &slices)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("store: no query %d", number)
	}
	if err != nil {
		return nil, err
	}
	return q, unlist(options, &q.Options, slices, &q.Slices)
}

// unlist reads what list wrote.
func unlist(options string, to *[]string, slices string, labels *map[string]string) error {
	if options != "" {
		if err := json.Unmarshal([]byte(options), to); err != nil {
			return err
		}
	}
	if slices != "" {
		return json.Unmarshal([]byte(slices), labels)
	}
	return nil
}
