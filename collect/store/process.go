package store

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/allwrong/allwrong/collect/money"
)

// locks is the folder, within the run's, of one lock file for each process.
const locks = "locks"

// alive is the sign of life of this process: a lock that the system takes back
// when the process ends, however it ends.
type alive struct {
	id   string
	pid  int
	path string
	file *os.File
}

// live takes the lock. It is held before the process is known to others, so that
// a free lock is a dead process.
func live(dir string) (*alive, error) {
	dir = filepath.Join(dir, locks)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	a := &alive{id: rand.Text(), pid: os.Getpid()}
	a.path = filepath.Join(dir, a.id)
	f, err := os.OpenFile(a.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	a.file = f
	if err := lock(f); err != nil {
		a.end()
		return nil, err
	}
	return a, nil
}

func (a *alive) end() {
	os.Remove(a.path)
	a.file.Close()
}

// dead reports whether the process with this lock has ended. It is certain, or false.
func dead(dir, id string) bool {
	path := filepath.Join(dir, locks, filepath.Base(id))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return os.IsNotExist(err) // a process takes its file away when it ends
	}
	defer f.Close()
	if !free(f) {
		return false
	}
	os.Remove(path)
	return true
}

// keeper says now and then that this process lives, and looks for dead ones.
func (s *Store) keeper() {
	tick := time.NewTicker(min(s.lease/4, 2*time.Second))
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			// An error is met again by whoever writes next.
			_ = s.reap(context.Background())
		}
	}
}

// reap charges the open calls of dead processes.
func (s *Store) reap(ctx context.Context) error {
	gone, err := s.dead(ctx)
	if err != nil {
		return err
	}
	if len(gone) == 0 && time.Since(time.UnixMilli(s.beaten.Load())) < s.lease/4 {
		return nil
	}
	return s.change(ctx, func(t *tx) error {
		for _, id := range gone {
			if err := t.bury(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// dead lists the processes that are known and have ended, or are silent.
func (s *Store) dead(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT id, beat FROM process WHERE id <> ?", s.alive.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		var beat int64
		if err := rows.Scan(&id, &beat); err != nil {
			return nil, err
		}
		if dead(s.dir, id) || time.Since(time.UnixMilli(beat)) > s.lease {
			out = append(out, id)
		}
	}
	return out, rows.Err()
}

// open is a reservation with its place.
type open struct {
	Place
	call   int64
	key    []byte
	amount money.Nano
}

// bury charges all open calls of a process at their worst.
func (t *tx) bury(id string) error {
	list, err := t.opens(id)
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := t.lose(&o); err != nil {
			return err
		}
	}
	_, err = t.conn.ExecContext(t.ctx, "DELETE FROM process WHERE id = ?", id)
	return err
}

// opens lists the reservations of a process; queries and models by their ids.
func (t *tx) opens(id string) ([]open, error) {
	rows, err := t.conn.QueryContext(t.ctx, "SELECT call, key, query, model, attempt, budget, amount FROM reservation WHERE process = ?", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []open
	for rows.Next() {
		var o open
		if err := rows.Scan(&o.call, &o.key, &o.Query, &o.Model, &o.Attempt, &o.Budget, &o.amount); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

func (t *tx) lose(o *open) error {
	if _, err := t.st.release.ExecContext(t.ctx, o.call); err != nil {
		return err
	}
	a := Answer{Status: Lost, Why: "the process that called ended before the answer was stored"}
	var price int
	if err := t.conn.QueryRowContext(t.ctx, "SELECT price FROM model WHERE id = ?", o.Model).Scan(&price); err != nil {
		return err
	}
	row := append([]any{o.call, o.key, o.Model}, a.row()...)
	if _, err := t.st.addAnswer.ExecContext(t.ctx, append(row, price, o.amount, o.amount, nil, t.now)...); err != nil {
		return err
	}
	t.purse.reserved -= o.amount
	t.purse.settled += o.amount
	t.purse.lost += o.amount
	t.count(o.Model, &a, o.amount, 1)
	_, err := t.st.evidenceCell.ExecContext(t.ctx, o.Query, o.Model, o.Attempt, o.Budget, Lost)
	return err
}
