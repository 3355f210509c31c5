package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// batchSize is how many operations share a transaction at most.
const batchSize = 512

// ErrClosed is returned by a store that was closed, or opened to be read only.
var ErrClosed = errors.New("store: closed, or opened to be read only")

// op is one change, done inside a transaction that it may share. All of it may
// be done again after a transaction that failed.
type op struct {
	// look puts off what is to be read first, so that all of a batch is read in one
	// go. What another operation of the batch has touched since is read again.
	look func(t *tx) error
	do   func(t *tx) error
	wide bool // it may touch anything; otherwise it says what, by tx.touch
	done chan error
}

// change does f inside a transaction and returns when it is committed. A change
// that has begun is not given up when its context ends: money may hang on it.
func (s *Store) change(ctx context.Context, f func(t *tx) error) error {
	return s.submit(ctx, &op{do: f, wide: true})
}

func (s *Store) submit(ctx context.Context, o *op) error {
	if s.ops == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o.done = make(chan error, 1)
	select {
	case s.ops <- o:
	case <-s.quit:
		return ErrClosed
	}
	select {
	case err := <-o.done:
		return err
	case <-s.quit:
	}
	s.writing.Wait() // the writer empties the queue before it ends
	select {
	case err := <-o.done:
		return err
	default:
		return ErrClosed
	}
}

// writer does the changes of all goroutines, as many in one transaction as are
// waiting.
func (s *Store) writer() {
	batch := make([]*op, 0, batchSize)
	for {
		select {
		case o := <-s.ops:
			batch = append(batch[:0], o)
		case <-s.quit:
			select {
			case o := <-s.ops:
				batch = append(batch[:0], o)
			default:
				return
			}
		}
		s.each(&batch)
	}
}

// more adds to a batch what is waiting.
func (s *Store) more(batch *[]*op) {
	for len(*batch) < batchSize {
		select {
		case o := <-s.ops:
			*batch = append(*batch, o)
		default:
			return
		}
	}
}

// each does a batch, and what comes while it waits for its turn, in one
// transaction, or, when something is wrong with one of its operations, each in its
// own, so that no other suffers.
func (s *Store) each(batch *[]*op) {
	err := s.commit(batch)
	for i, o := range *batch {
		if err != nil && len(*batch) > 1 && !s.db.passing(err) {
			one := (*batch)[i : i+1 : i+1]
			o.done <- s.commit(&one)
		} else {
			o.done <- err
		}
	}
}

// commit does a batch in one transaction, and again while what keeps it from
// that may pass: a database is restarted, or the way to it is cut, for no longer
// than the lease. After an error nothing of it is done, unless it says that
// nobody knows.
func (s *Store) commit(batch *[]*op) error {
	var doubt int64
	for try := 0; ; try++ {
		err := s.attempt(batch, &doubt)
		if err == nil {
			s.good = time.Now()
			s.away.Store(0)
			return nil
		}
		if !s.db.passing(err) {
			return s.db.failed(err)
		}
		if away := time.Since(s.good); away > s.lease {
			return fmt.Errorf("no transaction for %s: %w", away.Round(time.Second), s.db.explain(err))
		}
		s.away.CompareAndSwap(0, s.good.UnixMilli())
		time.Sleep(backoff(try))
	}
}

// Away is for how long the database has been away; 0: it is there.
func (s *Store) Away() time.Duration {
	if since := s.away.Load(); since != 0 {
		return time.Since(time.UnixMilli(since))
	}
	return 0
}

// attempt does a batch once. Doubt is the mark of an attempt before whose end
// nobody told us, and becomes that of this one if it ends so; then it is looked up
// whether that one was committed. No other transaction is under way while we
// look: that one was over before we got the money.
func (s *Store) attempt(batch *[]*op, doubt *int64) (err error) {
	ctx := context.Background()
	if s.session == nil {
		if s.session, err = s.db.write(ctx); err != nil {
			s.session = nil
			return err
		}
	}
	defer func() {
		if err != nil && !s.session.rollback(ctx) {
			s.session.close()
			s.session = nil
		}
	}()
	id, pid := s.db.self()
	t := &tx{ctx: ctx, session: s.session, self: id, spent: map[int]ModelTotals{}, touched: map[Key]bool{}}
	if t.purse, t.now, err = s.session.begin(ctx); err != nil {
		return err
	}
	t.was = t.purse
	if *doubt != 0 {
		done, err := t.done(*doubt)
		if err != nil {
			return err
		}
		if done {
			return s.session.commit(ctx) // of nothing
		}
		*doubt = 0
	}
	if cap(*batch) > 1 { // not one of a batch that failed
		s.more(batch)
	}
	if err := t.each(*batch); err != nil {
		return err
	}
	s.mark = max(t.now, s.mark+1)
	if err := t.shut(pid, s.mark); err != nil {
		return err
	}
	err = s.session.commit(ctx)
	switch {
	case err == nil:
		s.beaten.Store(time.Now().UnixMilli())
	case errors.Is(err, errUnknown):
		*doubt = s.mark
	}
	return err
}

// done reports whether the transaction with this mark was the last one of this process.
func (t *tx) done(mark int64) (bool, error) {
	var last int64
	err := t.row(readBeat, []any{t.self}, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return last == mark, err
}
