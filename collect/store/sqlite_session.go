package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// fileSession is the connection that writes to a SQLite file. Nothing is put
// off: there is no way to the database that would take time.
type fileSession struct {
	conn  *sql.Conn
	known map[string]*sql.Stmt // prepared, by their text
}

func (s *fileSession) prepared(ctx context.Context, statement string) (*sql.Stmt, error) {
	if p := s.known[statement]; p != nil {
		return p, nil
	}
	p, err := s.conn.PrepareContext(ctx, statement)
	if err == nil {
		s.known[statement] = p
	}
	return p, err
}

func (s *fileSession) begin(ctx context.Context) (p purse, now int64, err error) {
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return p, 0, err
	}
	err = s.row(ctx, readPurse, nil, p.columns())
	return p, time.Now().UnixMilli(), err
}

func (s *fileSession) exec(ctx context.Context, statement string, args []any) error {
	p, err := s.prepared(ctx, statement)
	if err == nil {
		_, err = p.ExecContext(ctx, args...)
	}
	return err
}

func (s *fileSession) later(ctx context.Context, statement string, args, dest []any) error {
	return s.row(ctx, statement, args, dest)
}

func (s *fileSession) row(ctx context.Context, statement string, args, dest []any) error {
	p, err := s.prepared(ctx, statement)
	if err != nil {
		return err
	}
	return p.QueryRowContext(ctx, args...).Scan(dest...)
}

func (s *fileSession) rows(ctx context.Context, statement string, args []any, each func(scan) error) error {
	p, err := s.prepared(ctx, statement)
	if err != nil {
		return err
	}
	rows, err := p.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *fileSession) flush(context.Context) error { return nil }

func (s *fileSession) commit(ctx context.Context) error {
	_, err := s.conn.ExecContext(ctx, "COMMIT")
	return err
}

func (s *fileSession) rollback(ctx context.Context) (usable bool) {
	_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
	return true
}

func (s *fileSession) close() error {
	var errs []error
	for _, p := range s.known {
		errs = append(errs, p.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}
