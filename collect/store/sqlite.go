package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// application marks a file as one of ours.
const application = 0x616c7772 // "alwr"

// isFile reports whether a file is a store, by its first 100 bytes.
func isFile(head []byte) bool {
	const magic, id = "SQLite format 3\x00", 68
	return len(head) >= 100 && string(head[:len(magic)]) == magic && binary.BigEndian.Uint32(head[id:]) == application
}

// file is a run in a SQLite file of its folder.
type file struct {
	path     string
	read     *sql.DB
	writer   *sql.DB // nil: to be read only
	alive    *alive
	unlogged bool // opened to be read while nobody wrote
}

func newFile(path string, _ time.Duration) (*file, error) {
	read, err := connect(path, "ro", "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &file{path: path, read: read}, nil
}

// fileToRead opens a file that is there.
func fileToRead(path string) (*file, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	f := &file{path: path, unlogged: !written(path)}
	extra := ""
	if f.unlogged {
		// Without its log nobody is writing, and a folder that cannot be written to
		// has no room for one.
		extra = "&immutable=1"
	}
	var err error
	if f.read, err = connect(path, "ro", extra); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// written reports whether a database has a log with something in it: then it is
// being written to, or whoever wrote to it was killed.
func written(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// connect gives a pool of connections to a database.
func connect(path, mode, extra string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}
	return sql.Open("sqlite", u.String()+"?mode="+mode+extra+"&_pragma=busy_timeout(60000)&_pragma=cache_size(-8192)&_pragma=trusted_schema(0)")
}

// write opens the connection that writes. SQLite does not wait, whatever it is
// told, when another process recovers the log or gives it up at that moment.
func (f *file) write(ctx context.Context) (session, error) {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		s, err := f.tryWrite(ctx)
		if err == nil && f.alive == nil {
			if f.alive, err = live(filepath.Dir(f.path)); err != nil {
				s.close()
			}
		}
		if err == nil {
			return s, nil
		}
		if f.writer != nil {
			f.writer.Close()
		}
		if code(err) != sqliteBusy || time.Since(start) > time.Minute {
			return nil, err
		}
	}
}

func (f *file) tryWrite(ctx context.Context) (*fileSession, error) {
	var err error
	if f.writer, err = connect(f.path, "rwc", "&_pragma=cache_size(-65536)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=journal_size_limit(67108864)"); err != nil {
		return nil, err
	}
	f.writer.SetMaxOpenConns(1)
	conn, err := f.writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if err = f.migrate(ctx, conn); err == nil {
		// Whose file it is stands in the file itself from now on, and not in its log.
		_, err = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &fileSession{conn: conn, known: map[string]*sql.Stmt{}}, nil
}

// migrate makes the tables in an empty file, and refuses a file of others.
func (f *file) migrate(ctx context.Context, conn *sql.Conn) (err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), end); err == nil {
			err = e
		}
	}()
	var tables int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return f.check(ctx, conn)
	}
	_, err = conn.ExecContext(ctx, schema+fmt.Sprintf("\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;\n%s;", application, version, emptyPurse))
	return err
}

func (f *file) check(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	var id, have int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if id != application {
		return ErrNoStore
	}
	return newer(have)
}

func (f *file) readable(ctx context.Context) error { return f.check(ctx, f.read) }

func (f *file) failed(err error) error      { return err }
func (f *file) pool() *sql.DB               { return f.read }
func (f *file) sql(statement string) string { return statement }
func (f *file) snapshot() *sql.TxOptions    { return &sql.TxOptions{ReadOnly: true} }
func (f *file) passing(error) bool          { return false } // SQLite waits by itself
func (f *file) unstorable(string) string    { return "" }
func (f *file) self() (string, int)         { return f.alive.id, f.alive.pid }

// gone lists the processes that have ended, or are silent.
func (f *file) gone(q asker, lease time.Duration) (out []string, err error) {
	err = q.rows("SELECT id, beat FROM process WHERE id <> ? AND pid <> 0", []any{f.alive.id}, func(scan scan) error {
		var id string
		var beat int64
		if err := scan(&id, &beat); err != nil {
			return err
		}
		if dead(filepath.Dir(f.path), id) || time.Since(time.UnixMilli(beat)) > lease {
			out = append(out, id)
		}
		return nil
	})
	return out, err
}

func (f *file) still() error {
	if f.unlogged && written(f.path) {
		return errors.New("a run began to write to it while it was read: read it again")
	}
	return nil
}

func (f *file) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case code(err) == sqliteNotDB: // SQLite's words for a file that is no database
		err = ErrNoStore
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

func (f *file) close() error {
	errs := []error{f.read.Close()} // first: the last writer then takes the log away
	if f.writer != nil {
		errs = append(errs, f.writer.Close())
	}
	if f.alive != nil {
		f.alive.end()
	}
	return errors.Join(errs...)
}

// Codes of SQLite: https://sqlite.org/rescode.html.
const (
	sqliteBusy  = 5
	sqliteNotDB = 26
)

// code is SQLite's code of an error, without what extends it; 0: none.
func code(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code() & 0xff
	}
	return 0
}
