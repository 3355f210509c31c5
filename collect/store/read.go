package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/allwrong/allwrong/outcome"
)

// States gives what is on record for the places of the run, those that were
// never asked left out, in order of query, model, attempt and budget. It is one
// walk over compact rows.
func (s *Store) States(ctx context.Context, visit func(State) error) error {
	return s.rows(ctx, "SELECT query, model, attempt, budget, status + verdict * 16 + CAST(tries AS BIGINT) * 65536, call FROM cell ORDER BY query, model, attempt, budget", nil, func(scan scan) error {
		var x State
		var model int
		var packed int64
		if err := scan(&x.Query, &model, &x.Attempt, &x.Budget, &packed, &x.Call); err != nil {
			return err
		}
		x.Query--
		var ok bool
		if x.Model, ok = s.part(x.Query, model); !ok {
			return nil
		}
		x.unpack(packed)
		return visit(x)
	})
}

// part gives the place of a model, if it and the query are still part of the run.
func (s *Store) part(query, model int) (place int, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	place, ok = s.places[model]
	return place, ok && query >= 0 && query < len(s.queries) && s.queries[query].active
}

// unpack takes apart what States reads as one number: every column costs.
func (x *State) unpack(packed int64) {
	x.Status = Status(packed & 15)
	x.Cell = outcome.Cell(packed >> 4 & 0xfff)
	x.Tries = int(packed >> 16)
}

// Text gives the text of an answer, by the number of its call.
func (s *Store) Text(ctx context.Context, call int64) (string, error) {
	var text string
	err := s.row(ctx, "SELECT text FROM text WHERE id = ?", []any{call}, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: no text of call %d", call)
	}
	return text, err
}

// Totals gives the money of the run as all processes have spent it.
func (s *Store) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	err := s.row(ctx, "SELECT cap, settled, lost, reserved, provider, overrun FROM purse", nil,
		&t.Cap, &t.Settled, &t.Lost, &t.Reserved, &t.Provider, &t.Overrun)
	return t, err
}

// ModelTotals gives what each model of the run has used, by place.
func (s *Store) ModelTotals(ctx context.Context) ([]ModelTotals, error) {
	s.mu.RLock()
	out := make([]ModelTotals, len(s.models))
	places := s.places
	s.mu.RUnlock()
	for i := range out {
		out[i].Model = i
	}
	err := s.rows(ctx, "SELECT model, calls, answers, input, output, cost FROM spent", nil, func(scan scan) error {
		var m ModelTotals
		if err := scan(&m.Model, &m.Calls, &m.Answers, &m.Input, &m.Output, &m.Cost); err != nil {
			return err
		}
		if place, ok := places[m.Model]; ok {
			m.Model = place
			out[place] = m
		}
		return nil
	})
	return out, err
}

// Check recounts the money from its parts, and that answers are where they are
// said to be. The error says what does not add up: then the store is damaged, or this
// package is wrong.
func (s *Store) Check(ctx context.Context) error {
	tx, err := s.db.pool().BeginTx(ctx, s.db.snapshot())
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, c := range []struct{ what, sql string }{
		{"settled money", "SELECT (SELECT settled FROM purse) - (SELECT coalesce(sum(cost), 0) FROM answer)"},
		{"reserved money", "SELECT (SELECT reserved FROM purse) - (SELECT coalesce(sum(amount), 0) FROM reservation)"},
		{"lost money", "SELECT (SELECT lost FROM purse) - (SELECT coalesce(sum(cost), 0) FROM answer WHERE input IS NULL)"},
		{"overrun", "SELECT (SELECT overrun FROM purse) - (SELECT coalesce(sum(cost - reserved), 0) FROM answer WHERE cost > reserved)"},
		{"money by model", "SELECT (SELECT settled FROM purse) - (SELECT coalesce(sum(cost), 0) FROM spent)"},
		{"calls by model", "SELECT (SELECT count(*) FROM answer) - (SELECT coalesce(sum(calls), 0) FROM spent)"},
		{"cap", "SELECT coalesce(sum(settled + reserved - cap - overrun), 0) FROM purse WHERE settled + reserved > cap + overrun"},
		{"requests without their answer", "SELECT count(*) FROM request LEFT JOIN answer ON answer.id = request.call WHERE answer.id IS NULL OR answer.status NOT IN ('valid', 'cut-off') OR answer.key <> request.key"},
		{"cells without their answer", "SELECT count(*) FROM cell LEFT JOIN answer ON answer.id = cell.call WHERE cell.call > 0 AND answer.id IS NULL"},
	} {
		var off int64
		if err := tx.QueryRowContext(ctx, c.sql).Scan(&off); err != nil {
			return err
		}
		if off != 0 {
			return fmt.Errorf("store: %s: off by %d", c.what, off)
		}
	}
	return nil
}
