package store

import (
	"context"

	"github.com/allwrong/allwrong/collect/money"
)

// tx is a transaction of the writer with the money as it is within it.
type tx struct {
	ctx     context.Context
	session session
	now     int64 // milliseconds
	self    string
	purse   purse
	was     purse
	spent   map[int]ModelTotals // additions by model.id
	touched map[Key]bool        // requests of which something was changed
	stale   bool                // anything may have been changed
}

type purse struct {
	cap, settled, lost, reserved, provider, overrun money.Nano
	next                                            int64
}

// columns are where readPurse goes.
func (p *purse) columns() []any {
	return []any{&p.cap, &p.settled, &p.lost, &p.reserved, &p.provider, &p.overrun, &p.next}
}

// each does the operations of a batch, in their order.
func (t *tx) each(batch []*op) error {
	for _, o := range batch {
		if o.look != nil {
			if err := o.look(t); err != nil {
				return err
			}
		}
	}
	if err := t.session.flush(t.ctx); err != nil {
		return err
	}
	for _, o := range batch {
		if err := o.do(t); err != nil {
			return err
		}
		t.stale = t.stale || o.wide
	}
	return nil
}

// touch says that something is changed of a request.
func (t *tx) touch(k Key) { t.touched[k] = true }

// fresh reports whether what was read of a request at first is still so.
func (t *tx) fresh(k Key) bool { return !t.stale && !t.touched[k] }

// exec does a statement now or by the end of the transaction, in its order.
func (t *tx) exec(statement string, args ...any) error {
	return t.session.exec(t.ctx, statement, args)
}

// all does several statements.
func (t *tx) all(list ...statement) error {
	for _, x := range list {
		if err := t.exec(x.sql, x.args...); err != nil {
			return err
		}
	}
	return nil
}

// row reads one row.
func (t *tx) row(statement string, args []any, dest ...any) error {
	return t.session.row(t.ctx, statement, args, dest)
}

// rows reads all that there are.
func (t *tx) rows(statement string, args []any, each func(scan) error) error {
	return t.session.rows(t.ctx, statement, args, each)
}

// later reads what is on record for a place once all before it is done; it is
// there when the transaction is committed.
func (t *tx) later(s *State, model int) error {
	return t.session.later(t.ctx, readCell, []any{s.Query + 1, model, s.Attempt, s.Budget}, []any{&s.Status, &s.Cell, &s.Tries, &s.Call})
}

// shut writes the money back, and that this process lives.
func (t *tx) shut(pid int, mark int64) error {
	if p := &t.purse; *p != t.was {
		if err := t.exec(setPurse, p.cap, p.settled, p.lost, p.reserved, p.provider, p.overrun, p.next); err != nil {
			return err
		}
	}
	for id, m := range t.spent {
		if err := t.exec(addSpent, id, m.Calls, m.Answers, m.Input, m.Output, m.Cost); err != nil {
			return err
		}
	}
	if err := t.exec(setBeat, t.self, pid, mark); err != nil {
		return err
	}
	return t.session.flush(t.ctx)
}
