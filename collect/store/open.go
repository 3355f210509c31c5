package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/allwrong/allwrong/collect/money"
)

// FileName is the database within a run's folder.
const FileName = "collect.db"

// Options say how a store is opened. The zero value means the documented defaults.
type Options struct {
	// Lease is how long a process may be silent before its open calls are charged
	// and may be made by others; 0 means two minutes. On one machine the death of
	// a process is seen at once (not on Windows); in a database that machines
	// share, within an eighth of the lease. It is also how long a process waits
	// for a database that is away.
	Lease time.Duration

	// Database is the address of a PostgreSQL database that machines share,
	// without a password; the run's folder then only says where the run lies.
	// Empty: the run lies in its folder.
	Database string
	Run      string // the run's name there; with Database
}

// Store is an open store. Open and OpenFile are the ways in.
type Store struct {
	db    database
	lease time.Duration

	// For writing; nil in a store that was opened to be read.
	session session // nil: the connection is lost
	ops     chan *op
	quit    chan struct{}
	stopped sync.WaitGroup // of the keeper
	writing sync.WaitGroup // of the writer: who waits for it may itself be waited for
	closing sync.Once
	mark    int64        // of this process's last transaction
	good    time.Time    // of the last one that went well
	away    atomic.Int64 // since when transactions fail for what may pass, in milliseconds since 1970; 0: they do not
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
// be. Any number of processes may have it open: of one machine, or, with
// Options.Database, of many.
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
	db, err := databaseOf(dir, o)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, lease: o.Lease, ops: make(chan *op, 4*batchSize), quit: make(chan struct{}), good: time.Now()}
	if err = s.connect(ctx); err != nil {
		db.close()
		return nil, db.explain(err)
	}
	s.writing.Go(s.writer)
	s.stopped.Go(s.keeper)
	if err := s.reap(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if o.Database != "" {
		err = point(dir, o)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// connect makes the first connection that writes. A server that is being started
// is waited for; one that is not there is not.
func (s *Store) connect(ctx context.Context) (err error) {
	for try := 0; ; try++ {
		if s.session, err = s.db.write(ctx); err == nil {
			return nil
		}
		s.session = nil
		if !s.db.passing(err) || absent(err) || time.Since(s.good) > s.lease || ctx.Err() != nil {
			return err
		}
		time.Sleep(backoff(try))
	}
}

// databaseOf says where the run of a folder lies.
func databaseOf(dir string, o Options) (database, error) {
	if o.Database == "" {
		if at, err := pointed(filepath.Join(dir, PointerName)); err == nil {
			return nil, fmt.Errorf("%s: says that the run %q lies in %s, and the run file has no store: put it back, or name another folder with --folder", filepath.Join(dir, PointerName), at.Run, at.Database)
		}
		return newFile(filepath.Join(dir, FileName), o.Lease)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); err == nil {
		return nil, fmt.Errorf("%s: the folder holds a run of its own, and the run file says that it lies in %s: name another folder with --folder", filepath.Join(dir, FileName), o.Database)
	}
	return newShared(o.Database, o.Run, o.Lease)
}

// OpenFile opens a run to be read only, while others write to it or not: by the
// file in its folder, or by an address, postgres://host/database?run=NAME.
func OpenFile(ctx context.Context, path string) (*Store, error) {
	db, err := databaseAt(path)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	if err := db.readable(ctx); err != nil {
		db.close()
		return nil, db.explain(err)
	}
	return s, nil
}

func databaseAt(path string) (database, error) {
	if IsAddress(path) {
		at, err := parseAddress(path)
		if err != nil {
			return nil, err
		}
		return sharedToRead(at.Database, at.Run)
	}
	at, err := pointed(path)
	switch {
	case err == nil:
		return sharedToRead(at.Database, at.Run)
	case errors.Is(err, errNoPointer):
		return fileToRead(path)
	}
	return nil, err
}

// newer refuses tables that a later program made.
func newer(have int) error {
	if have > version {
		return fmt.Errorf("its tables have version %d, newer than what is read here, %d: update allwrong", have, version)
	}
	return nil
}

// Close ends what is under way in the store, and closes it. Calls that were not
// settled are charged when the store is opened next.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		if s.quit != nil {
			close(s.quit)
			s.stopped.Wait()
			s.writing.Wait()
			s.leave()
		}
		err = s.db.close()
	})
	return err
}

// leave takes this process off the list of those at work. It does not wait for
// a database that is away: others will find out.
func (s *Store) leave() {
	if s.session == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	id, _ := s.db.self()
	if _, _, err := s.session.begin(ctx); err == nil {
		err = s.session.exec(ctx, forgetSelf, []any{id, id})
		if err == nil {
			err = s.session.flush(ctx)
		}
		if err == nil {
			_ = s.session.commit(ctx)
		}
	}
	s.session.close()
	s.session = nil
}
