package store

import (
	"context"
	"database/sql"
)

// statements are prepared once, for the connection that writes.
type statements struct {
	all []*sql.Stmt

	purse, setPurse, addSpent, beat *sql.Stmt

	settledBy, held, reserve, release, reserved *sql.Stmt
	addAnswer, addText, addRequest              *sql.Stmt
	settleCell, evidenceCell, cell, gradeCell   *sql.Stmt
	addVerdict, answerOf, setAnswer, setText    *sql.Stmt
	untry                                       *sql.Stmt
}

func prepare(ctx context.Context, conn *sql.Conn) (*statements, error) {
	s := &statements{}
	for _, x := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.purse, "SELECT cap, settled, lost, reserved, provider, overrun, next_call FROM purse"},
		{&s.setPurse, "UPDATE purse SET cap = ?, settled = ?, lost = ?, reserved = ?, provider = ?, overrun = ?, next_call = ?"},
		{&s.addSpent, `INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model) DO UPDATE SET calls = spent.calls + excluded.calls,
			answers = spent.answers + excluded.answers, input = spent.input + excluded.input, output = spent.output + excluded.output, cost = spent.cost + excluded.cost`},
		{&s.beat, "INSERT INTO process VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat"},

		{&s.settledBy, "SELECT call FROM request WHERE key = ?"},
		{&s.held, "SELECT count(*) FROM reservation WHERE key = ?"},
		{&s.reserve, "INSERT INTO reservation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"},
		{&s.reserved, "SELECT amount FROM reservation WHERE call = ?"},
		{&s.release, "DELETE FROM reservation WHERE call = ?"},

		{&s.addAnswer, "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		{&s.setAnswer, `UPDATE answer SET status = ?, why = ?, finish = ?, served = ?, request_id = ?, input = ?, cached = ?, output = ?, reasoning = ?,
			latency = ?, cost = ?, provider = ? WHERE id = ?`},
		{&s.answerOf, "SELECT status, reserved, cost, price FROM answer WHERE id = ?"},
		{&s.addText, "INSERT INTO text VALUES (?, ?, ?)"},
		{&s.setText, "INSERT INTO text VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text, reasoning = excluded.reasoning"},
		{&s.addRequest, "INSERT INTO request VALUES (?, ?) ON CONFLICT DO NOTHING"},

		{&s.settleCell, `INSERT INTO cell VALUES (?, ?, ?, ?, ?, 0, 0, ?) ON CONFLICT (query, model, attempt, budget)
			DO UPDATE SET status = excluded.status, verdict = CASE WHEN cell.call = excluded.call THEN cell.verdict ELSE 0 END, call = excluded.call`},
		{&s.evidenceCell, `INSERT INTO cell VALUES (?, ?, ?, ?, ?, 0, 1, 0) ON CONFLICT (query, model, attempt, budget)
			DO UPDATE SET tries = cell.tries + 1, status = CASE WHEN cell.call > 0 THEN cell.status ELSE excluded.status END`},
		{&s.untry, "UPDATE cell SET tries = max(tries - 1, 0) WHERE query = ? AND model = ? AND attempt = ? AND budget = ?"},
		{&s.cell, "SELECT status, verdict, tries, call FROM cell WHERE query = ? AND model = ? AND attempt = ? AND budget = ?"},
		{&s.gradeCell, "UPDATE cell SET verdict = ? WHERE query = ? AND model = ? AND attempt = ? AND budget = ?"},
		{&s.addVerdict, `INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call, query) DO UPDATE SET grader = excluded.grader,
			extracted = excluded.extracted, verdict = excluded.verdict, reason = excluded.reason, rule = excluded.rule`},
	} {
		stmt, err := conn.PrepareContext(ctx, x.sql)
		if err != nil {
			s.close()
			return nil, err
		}
		*x.to = stmt
		s.all = append(s.all, stmt)
	}
	return s, nil
}

func (s *statements) close() {
	for _, stmt := range s.all {
		stmt.Close()
	}
}
