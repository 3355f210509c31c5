package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/allwrong/allwrong/collect/money"
)

// FileName is the database within a run's folder.
const FileName = "collect.db"

// Options say how a store is opened. The zero value means the documented defaults.
type Options struct {
	// Lease is how long a process may be silent before its open calls are charged
	// and may be made by others; 0 means two minutes. On Unix the death of a
	// process is seen at once, whatever the lease.
	Lease time.Duration
}

// Store is an open store. Open and OpenFile are the ways in.
type Store struct {
	dir   string
	lease time.Duration
	read  *sql.DB
	still bool // opened to be read while nobody wrote

	// For writing; nil in a store that was opened to be read.
	write   *sql.DB
	conn    *sql.Conn
	st      *statements
	ops     chan *op
	quit    chan struct{}
	stopped sync.WaitGroup // of the keeper
	writing sync.WaitGroup // of the writer: who waits for it may itself be waited for
	close   sync.Once
	alive   *alive
	beaten  atomic.Int64 // when the process was last noted as alive, in milliseconds since 1970

	mu      sync.RWMutex
	queries []registered    // by number
	models  []askable       // by place in the run file
	places  map[int]int     // model.id → place
	margins map[int]float64 // model.id → the most that a call cost, over its bound; none below 1
}

// registered is what is kept in memory of a query.
type registered struct {
	digest   [32]byte // of the messages
	bytes    int      // of their text
	messages int
	active   bool
}

// askable is a model of the run.
type askable struct {
	id     int
	prefix []byte // of the canonical JSON of its requests
	price  int
	money.Price
}

// Open opens the store of a run's folder for collecting, and makes both if need
// be. Any number of processes of one machine may have it open.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Lease == 0 {
		o.Lease = 2 * time.Minute
	}
	if o.Lease < time.Second {
		return nil, fmt.Errorf("store: a lease of %s is too short; want a second or more", o.Lease)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, FileName)
	s := &Store{dir: dir, lease: o.Lease, ops: make(chan *op, 4*batchSize), quit: make(chan struct{})}
	err := s.openWriter(ctx, path)
	if err == nil {
		s.read, err = connect(path, "ro", "")
	}
	if err == nil {
		s.alive, err = live(dir)
	}
	if err != nil {
		s.shut()
		return nil, fmt.Errorf("%s: %w", path, foreign(err))
	}
	s.writing.Go(s.writer)
	s.stopped.Go(s.keeper)
	if err := s.reap(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// OpenFile opens the database of a store to be read only. It may be read while
// others write to it.
func OpenFile(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	extra, still := "", !written(path)
	if still {
		// Without its log nobody is writing, and a folder that cannot be written to
		// has no room for one.
		extra = "&immutable=1"
	}
	read, err := connect(path, "ro", extra)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Store{dir: filepath.Dir(path), read: read, still: still}
	if err := check(ctx, read); err != nil {
		read.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
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

// openWriter opens the connection that writes. SQLite does not wait, whatever it
// is told, when another process recovers the log or gives it up at that moment.
func (s *Store) openWriter(ctx context.Context, path string) error {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := s.tryWriter(ctx, path)
		if err == nil || code(err) != sqliteBusy || time.Since(start) > time.Minute {
			return err
		}
		s.shutWriter()
	}
}

func (s *Store) tryWriter(ctx context.Context, path string) (err error) {
	if s.write, err = connect(path, "rwc", "&_pragma=cache_size(-65536)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=journal_size_limit(67108864)"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	// Whose file it is stands in the file itself from now on, and not in its log.
	if _, err := s.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return err
	}
	s.st, err = prepare(ctx, s.conn)
	return err
}

// Close ends what is under way in the store, and closes it. Calls that were not
// settled are charged when the store is opened next.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		if s.quit != nil {
			close(s.quit)
			s.stopped.Wait()
			s.writing.Wait()
			_, _ = s.conn.ExecContext(context.Background(), "DELETE FROM process WHERE id = ? AND NOT EXISTS (SELECT 1 FROM reservation WHERE process = ?)", s.alive.id, s.alive.id)
		}
		err = s.shut()
	})
	return err
}

func (s *Store) shut() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close()) // first: the last writer then takes the log away
	}
	errs = append(errs, s.shutWriter())
	if s.alive != nil {
		s.alive.end()
	}
	return errors.Join(errs...)
}

func (s *Store) shutWriter() error {
	var errs []error
	if s.st != nil {
		s.st.close()
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	s.st, s.conn, s.write = nil, nil, nil
	return errors.Join(errs...)
}
