package store

import (
	"context"
	"time"

	"github.com/allwrong/allwrong/collect/money"
)

// keeper says now and then that this process lives, and looks for dead ones.
func (s *Store) keeper() {
	tick := time.NewTicker(min(s.lease/64, 2*time.Second))
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

// reap charges the open calls of dead processes. Whether they are dead is asked
// once more when nobody else writes: one that was cut off may have come back.
func (s *Store) reap(ctx context.Context) error {
	if s.beaten.Load() != 0 { // the first time, this process is put on the list whatever there is
		list, err := s.db.gone(reading{s, ctx}, s.lease)
		if err != nil {
			return err
		}
		if len(list) == 0 && time.Since(time.UnixMilli(s.beaten.Load())) < s.lease/32 {
			return nil
		}
	}
	return s.change(ctx, func(t *tx) error {
		list, err := s.db.gone(t, s.lease)
		if err != nil {
			return err
		}
		for _, id := range list {
			if err := t.bury(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// open is a reservation with its place.
type open struct {
	Place
	call   int64
	key    []byte
	amount money.Nano
	price  int
}

// buried is how long, in milliseconds, a process stays on the list after its
// death: one that was only cut off learns there what became of its last transaction.
const buried = 24 * 60 * 60 * 1000

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
	if err := t.exec("UPDATE process SET pid = 0 WHERE id = ?", id); err != nil {
		return err
	}
	return t.exec("DELETE FROM process WHERE pid = 0 AND beat < ?", t.now-buried)
}

// opens lists the reservations of a process; queries and models by their ids.
func (t *tx) opens(id string) (out []open, err error) {
	err = t.rows(`SELECT call, key, query, model, attempt, budget, amount, price FROM reservation
		JOIN model ON model.id = reservation.model WHERE process = ? ORDER BY call`, []any{id}, func(scan scan) error {
		var o open
		err := scan(&o.call, &o.key, &o.Query, &o.Model, &o.Attempt, &o.Budget, &o.amount, &o.price)
		out = append(out, o)
		return err
	})
	return out, err
}

func (t *tx) lose(o *open) error {
	a := Answer{Status: Lost, Why: "the process that called ended before the answer was stored"}
	row := append([]any{o.call, o.key, o.Model}, a.row()...)
	t.purse.reserved -= o.amount
	t.purse.settled += o.amount
	t.purse.lost += o.amount
	t.count(o.Model, &a, o.amount, 1)
	return t.all(
		statement{release, []any{o.call}},
		statement{addAnswer, append(row, o.price, o.amount, o.amount, nil, t.now)},
		statement{evidenceCell, []any{o.Query, o.Model, o.Attempt, o.Budget, Lost}},
	)
}
