package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// database is where the tables of a run lie: a SQLite file, or a schema in
// PostgreSQL. All in which the two differ is behind it. Statements are written
// once, with a question mark for each argument.
type database interface {
	write(ctx context.Context) (session, error)                  // connects the one that writes, and makes the tables if there are none
	readable(ctx context.Context) error                          // refuses what is no run of ours, or newer than this program
	pool() *sql.DB                                               // of connections that read
	sql(statement string) string                                 // as this kind of database takes it
	snapshot() *sql.TxOptions                                    // of a transaction that sees one moment
	gone(q asker, lease time.Duration) (ids []string, err error) // the processes that are dead
	self() (id string, pid int)
	passing(err error) bool        // whether the same may go well in a while
	explain(err error) error       // says which run it is about, and what to do
	failed(err error) error        // is explain for what the database says, and leaves the rest
	unstorable(text string) string // why a text is not taken; empty: it is
	still() error                  // whether what was read stood still, where it had to
	close() error
}

// scan reads the columns of a row.
type scan func(dest ...any) error

// asker is who may be asked for rows: a transaction, or a pool of connections.
type asker interface {
	rows(statement string, args []any, each func(scan) error) error
}

// session is a connection that writes, one transaction after another. Nobody
// else writes to the run between begin and commit.
type session interface {
	// begin waits for all other writers, and gives the money and the time in
	// milliseconds since 1970, by a clock that all writers share.
	begin(ctx context.Context) (purse, int64, error)
	// exec and later may put off what they do until the next row, rows or flush;
	// so may their errors be. Later scans one row.
	exec(ctx context.Context, statement string, args []any) error
	later(ctx context.Context, statement string, args, dest []any) error
	row(ctx context.Context, statement string, args, dest []any) error
	rows(ctx context.Context, statement string, args []any, each func(scan) error) error
	flush(ctx context.Context) error
	// commit ends the transaction; errUnknown: nobody can say whether it did.
	commit(ctx context.Context) error
	rollback(ctx context.Context) (usable bool)
	close() error
}

// errUnknown is the end of a transaction whose answer never came.
var errUnknown = errors.New("the connection broke while a transaction was being committed")

// row reads one row by a connection that only reads. While the run is being
// collected it waits for a database that is away for a while.
func (s *Store) row(ctx context.Context, statement string, args []any, dest ...any) error {
	return s.patiently(ctx, func() error {
		return s.db.pool().QueryRowContext(ctx, s.db.sql(statement), args...).Scan(dest...)
	})
}

// ErrBroke is returned when the connection broke in the midst of what was read:
// read it again.
var ErrBroke = errors.New("the connection broke while the run was read")

// rows is row for all that there are.
func (s *Store) rows(ctx context.Context, statement string, args []any, each func(scan) error) error {
	var rows *sql.Rows
	more := false
	err := s.patiently(ctx, func() (err error) {
		if rows, err = s.db.pool().QueryContext(ctx, s.db.sql(statement), args...); err != nil {
			return err
		}
		if more = rows.Next(); !more { // a broken connection is noticed now
			rows.Close()
			return rows.Err()
		}
		return nil
	})
	if err != nil || !more {
		return err
	}
	defer rows.Close()
	for ; more; more = rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	if err = rows.Err(); err != nil && s.db.passing(err) {
		return fmt.Errorf("%w: %w", ErrBroke, s.db.explain(err))
	}
	return s.db.explain(err)
}

// Again does f, and once more when the connection broke in its midst, a few times.
func Again(f func() error) error {
	for try := 1; ; try++ {
		if err := f(); try == 5 || !errors.Is(err, ErrBroke) {
			return err
		}
	}
}

// reading is the store as one who asks outside of transactions.
type reading struct {
	s   *Store
	ctx context.Context
}

func (r reading) rows(statement string, args []any, each func(scan) error) error {
	return r.s.rows(r.ctx, statement, args, each)
}

// patiently does f, and again while what keeps it from succeeding may pass, for
// no longer than the lease.
func (s *Store) patiently(ctx context.Context, f func() error) error {
	for start, try := time.Now(), 0; ; try++ {
		err := f()
		if err == nil || errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if s.ops == nil || ctx.Err() != nil || !s.db.passing(err) || time.Since(start) > s.lease {
			return s.db.explain(err)
		}
		select {
		case <-ctx.Done():
			return s.db.explain(err)
		case <-s.quit:
			return s.db.explain(err)
		case <-time.After(backoff(try)):
		}
	}
}

// backoff is how long to wait before a database is tried again.
func backoff(try int) time.Duration {
	return min(20*time.Millisecond<<min(try, 10), 250*time.Millisecond)
}
