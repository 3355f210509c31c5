package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// sharedSession is the connection that writes to PostgreSQL. What needs no answer
// at once is put off and sent with what does: while one process writes, the
// others wait, and every way to the server and back is time.
type sharedSession struct {
	d    *shared
	conn *pgx.Conn
	off  []putOff
	seen bool // others see by a lock that this process is connected
}

// putOff is a statement that is not sent yet.
type putOff struct {
	sql  string
	args []any
	dest []any // of its one row; nil: none is wanted
}

// mostOff is how many statements are put off at most.
const mostOff = 500

const (
	lockPurse = readPurse + " FOR UPDATE"
	takeLock  = "SELECT pg_try_advisory_lock(hashtextextended(?, 0))"
	clock     = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
)

// begin takes the row of the purse, which whoever writes holds. In READ COMMITTED
// each statement after that sees all that was committed before. The lock of this
// process lasts as long as the connection; the one before, if it has not ended
// yet, may still have it.
func (s *sharedSession) begin(ctx context.Context) (p purse, now int64, err error) {
	s.off = append(s.off[:0], putOff{sql: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"}, putOff{sql: lockPurse, dest: p.columns()})
	if !s.seen {
		s.off = append(s.off, putOff{takeLock, []any{s.d.lock(s.d.id)}, []any{&s.seen}})
	}
	err = s.row(ctx, clock, nil, []any{&now})
	return p, now, err
}

func (s *sharedSession) exec(ctx context.Context, statement string, args []any) error {
	return s.put(ctx, putOff{sql: statement, args: args})
}

func (s *sharedSession) later(ctx context.Context, statement string, args, dest []any) error {
	return s.put(ctx, putOff{statement, args, dest})
}

func (s *sharedSession) put(ctx context.Context, x putOff) error {
	if s.off = append(s.off, x); len(s.off) < mostOff {
		return nil
	}
	return s.flush(ctx)
}

func (s *sharedSession) row(ctx context.Context, statement string, args, dest []any) error {
	s.off = append(s.off, putOff{statement, args, dest})
	return s.flush(ctx)
}

// flush sends what was put off, in one go.
func (s *sharedSession) flush(ctx context.Context) error {
	if len(s.off) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, x := range s.off {
		args, err := values(x.args)
		if err != nil {
			return err
		}
		batch.Queue(s.d.sql(x.sql), args...)
	}
	results := s.conn.SendBatch(ctx, batch)
	var err error
	for _, x := range s.off {
		if x.dest == nil {
			_, err = results.Exec()
		} else {
			err = results.QueryRow().Scan(x.dest...)
		}
		if err != nil {
			break
		}
	}
	clear(s.off)
	s.off = s.off[:0]
	if e := results.Close(); err == nil {
		err = e
	}
	return err
}

// values are arguments as every driver takes them.
func values(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (s *sharedSession) rows(ctx context.Context, statement string, args []any, each func(scan) error) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	args, err := values(args)
	if err != nil {
		return err
	}
	rows, err := s.conn.Query(ctx, s.d.sql(statement), args...)
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

// commit is alone on its way: all else has been answered, so that only this
// answer can be missing.
func (s *sharedSession) commit(ctx context.Context) error {
	tag, err := s.conn.Exec(ctx, "COMMIT")
	var said *pgconn.PgError
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil:
		return errors.New("the server rolled a transaction back and did not say why")
	case errors.As(err, &said) && said.SeverityUnlocalized == "ERROR":
		return err // it was not committed
	}
	return errors.Join(errUnknown, err)
}

func (s *sharedSession) rollback(ctx context.Context) (usable bool) {
	s.off = s.off[:0]
	if s.conn.IsClosed() {
		return false
	}
	_, err := s.conn.Exec(ctx, "ROLLBACK")
	return err == nil
}

func (s *sharedSession) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.conn.Close(ctx)
}
