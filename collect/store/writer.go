package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/allwrong/allwrong/collect/money"
)

// batchSize is how many operations share a transaction at most.
const batchSize = 512

// ErrClosed is returned by a store that was closed, or opened to be read only.
var ErrClosed = errors.New("store: closed, or opened to be read only")

// op is one change, done inside a transaction that it may share.
type op struct {
	do   func(t *tx) error // may be done again after a transaction that failed
	done chan error
}

// tx is a transaction of the writer with the money as it is within it.
type tx struct {
	ctx   context.Context
	conn  *sql.Conn
	st    *statements
	now   int64 // milliseconds
	self  string
	purse purse
	was   purse
	spent map[int]ModelTotals // additions by model.id
}

type purse struct {
	cap, settled, lost, reserved, provider, overrun money.Nano
	next                                            int64
}

// change does f inside a transaction and returns when it is committed. A change
// that has begun is not given up when its context ends: money may hang on it.
func (s *Store) change(ctx context.Context, f func(t *tx) error) error {
	if s.ops == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{do: f, done: make(chan error, 1)}
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
	more:
		for len(batch) < batchSize {
			select {
			case o := <-s.ops:
				batch = append(batch, o)
			default:
				break more
			}
		}
		s.each(batch)
	}
}

// each does a batch in one transaction, or, when something is wrong with one of
// its operations, each in its own, so that no other suffers.
func (s *Store) each(batch []*op) {
	err := s.commit(batch)
	if err == nil || len(batch) == 1 {
		for _, o := range batch {
			o.done <- err
		}
		return
	}
	for _, o := range batch {
		o.done <- s.commit([]*op{o})
	}
}

// commit does a batch in one transaction. After an error nothing of it is done.
func (s *Store) commit(batch []*op) (err error) {
	ctx := context.Background()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
		}
	}()
	t := &tx{ctx: ctx, conn: s.conn, st: s.st, now: time.Now().UnixMilli(), self: s.alive.id, spent: map[int]ModelTotals{}}
	if err := t.open(); err != nil {
		return err
	}
	for _, o := range batch {
		if err := o.do(t); err != nil {
			return err
		}
	}
	if err := t.shut(); err != nil {
		return err
	}
	late := time.Duration(t.now-s.beaten.Load())*time.Millisecond > s.lease/8
	if late {
		if _, err := s.st.beat.ExecContext(ctx, s.alive.id, s.alive.pid, t.now); err != nil {
			return err
		}
	}
	if _, err = s.conn.ExecContext(ctx, "COMMIT"); err == nil && late {
		s.beaten.Store(t.now)
	}
	return err
}

func (t *tx) open() error {
	p := &t.purse
	err := t.st.purse.QueryRowContext(t.ctx).Scan(&p.cap, &p.settled, &p.lost, &p.reserved, &p.provider, &p.overrun, &p.next)
	t.was = t.purse
	return err
}

// shut writes the money back.
func (t *tx) shut() error {
	if p := &t.purse; *p != t.was {
		if _, err := t.st.setPurse.ExecContext(t.ctx, p.cap, p.settled, p.lost, p.reserved, p.provider, p.overrun, p.next); err != nil {
			return err
		}
	}
	for id, m := range t.spent {
		if _, err := t.st.addSpent.ExecContext(t.ctx, id, m.Calls, m.Answers, m.Input, m.Output, m.Cost); err != nil {
			return err
		}
	}
	return nil
}
