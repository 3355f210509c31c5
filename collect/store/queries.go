package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/outcome"
)

// queries registers the queries of the run. Numbers are kept, so that a query
// that comes back has its cells again.
func (b *beginning) queries(first bool) error {
	r := registrar{tx: b.tx, unfit: b.unfit}
	if err := b.exec("UPDATE query SET active = 0"); err != nil {
		return err
	}
	return b.run.EachQuery(b.ctx, func(q *runfile.Query) error {
		if err := r.fits(q); err != nil {
			return err
		}
		if first {
			return r.add(q)
		}
		return r.update(q)
	})
}

// registrar writes queries.
type registrar struct {
	*tx
	unfit func(text string) string // why the database does not take a text
	last  int64                    // the highest number that is taken; 0: not known
}

// fits refuses a query with a text that the database does not take.
func (r *registrar) fits(q *runfile.Query) error {
	for _, text := range []string{q.ID, q.System, q.Prompt, q.Reference} {
		if why := r.unfit(text); why != "" {
			return fmt.Errorf("%s: query %s: %s", q.Place, outcome.Quote(q.ID), why)
		}
	}
	return nil
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
	if r.last == 0 {
		if err := r.row("SELECT coalesce(max(id), 0) FROM query", nil, &r.last); err != nil {
			return err
		}
	}
	r.last++
	query, question := columns(q)
	return r.all(
		statement{"INSERT INTO query VALUES (?, ?, 1, ?, ?, ?, ?, ?)", append([]any{r.last, q.ID}, query...)},
		statement{"INSERT INTO question VALUES (?, ?, ?, ?, ?, ?)", append([]any{r.last}, question...)},
	)
}

func (r *registrar) update(q *runfile.Query) error {
	var id int64
	var digest, grading []byte
	err := r.row("SELECT id, digest, grading FROM query WHERE name = ?", []any{q.ID}, &id, &digest, &grading)
	if errors.Is(err, sql.ErrNoRows) {
		return r.add(q)
	}
	if err != nil {
		return err
	}
	query, question := columns(q)
	switch {
	case !bytes.Equal(digest, query[0].([]byte)):
		err = r.exec("DELETE FROM cell WHERE query = ?", id)
	case !bytes.Equal(grading, query[1].([]byte)):
		err = r.exec("UPDATE cell SET verdict = 0 WHERE query = ?", id)
	}
	if err != nil {
		return err
	}
	return r.all(
		statement{"UPDATE query SET active = 1, digest = ?, grading = ?, messages = ?, bytes = ?, kind = ? WHERE id = ?", append(query, id)},
		statement{"UPDATE question SET system = ?, prompt = ?, reference = ?, options = ?, slices = ? WHERE id = ?", append(question, id)},
	)
}

// Enlist registers a query that is in no file, or finds it by its id, and gives
// its number. It is for those who learn only as they go what is to be asked.
func (s *Store) Enlist(ctx context.Context, q *runfile.Query) (number int, err error) {
	var id int
	err = s.change(ctx, func(t *tx) error {
		r := registrar{tx: t, unfit: s.db.unstorable}
		if err := r.fits(q); err != nil {
			return err
		}
		if err := r.update(q); err != nil {
			return err
		}
		return t.row("SELECT id FROM query WHERE name = ?", []any{q.ID}, &id)
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
	return s.rows(ctx, "SELECT id - 1, name, kind FROM query WHERE active = 1 ORDER BY id", nil, func(scan scan) error {
		var q QueryInfo
		if err := scan(&q.Number, &q.ID, &q.Kind); err != nil {
			return err
		}
		return visit(q)
	})
}

// Query gives a query with its texts, by number.
func (s *Store) Query(ctx context.Context, number int) (*runfile.Query, error) {
	q := &runfile.Query{}
	var options, slices string
	err := s.row(ctx, `SELECT name, kind, system, prompt, reference, options, slices
		FROM query JOIN question ON question.id = query.id WHERE query.id = ?`, []any{number + 1},
		&q.ID, &q.Kind, &q.System, &q.Prompt, &q.Reference, &options, &slices)
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
