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
	query = []any{digest[:], grading[:], messages(q), len(q.System) + len(q.Prompt), q.Kind}
	return query, []any{q.System, q.Prompt, q.Reference, list(q.Options), list(q.Slices)}
}

// messages counts those of a query's request.
func messages(q *runfile.Query) int {
	if q.System != "" {
		return 2
	}
	return 1
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

// Enlist registers a query that is in no file, or finds it by its id, and gives
// its number. It is for those who learn only as they go what is to be asked.
func (s *Store) Enlist(ctx context.Context, q *runfile.Query) (number int, err error) {
	var id int
	err = s.change(ctx, func(t *tx) error {
		r := registrar{beginning: &beginning{tx: t, ctx: t.ctx}}
		if err := r.prepare(); err != nil {
			return err
		}
		defer r.close()
		if err := r.update(q); err != nil {
			return err
		}
		return t.conn.QueryRowContext(t.ctx, "SELECT id FROM query WHERE name = ?", q.ID).Scan(&id)
	})
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queries) < id {
		s.queries = append(s.queries, registered{}) // others enlist too
	}
	s.queries[id-1] = registered{digest: messagesDigest(q), bytes: len(q.System) + len(q.Prompt), messages: messages(q), active: true}
	return id - 1, nil
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
