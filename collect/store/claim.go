package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/allwrong/allwrong/collect/money"
)

// Claim decides about wishes to ask, in their order and within one transaction,
// and reserves the money of those that are granted.
func (s *Store) Claim(ctx context.Context, places ...Place) ([]Claim, error) {
	out := make([]Claim, len(places))
	ids := make([]int, len(places))
	for i, p := range places {
		m, key, err := s.address(p)
		if err != nil {
			return nil, err
		}
		worst, err := s.Worst(p)
		if err != nil {
			return nil, err
		}
		out[i], ids[i] = Claim{Place: p, Key: key, Worst: worst}, m.id
	}
	err := s.change(ctx, func(t *tx) error {
		for i := range out {
			if err := t.claim(&out[i], ids[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Worst is the most that a call at a place can cost: the bound of its request,
// and as many times that as a call of the model has cost before. An endpoint that
// keeps to no budget surprises once.
func (s *Store) Worst(p Place) (money.Nano, error) {
	m, _, err := s.address(p)
	if err != nil {
		return 0, err
	}
	most := s.bound(m, p)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if margin := s.margins[m.id]; margin > 1 {
		most = money.Nano(math.Ceil(min(float64(most)*margin, float64(money.Max))))
	}
	return most, nil
}

// bound is the most that a call costs if its endpoint keeps to the budget.
func (s *Store) bound(m *askable, p Place) money.Nano {
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := &s.queries[p.Query]
	return m.Price.Worst(q.messages, q.bytes, p.Budget)
}

// surprised remembers a call that cost more than its bound.
func (s *Store) surprised(model int, cost, bound money.Nano) {
	if bound <= 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.margins == nil {
		s.margins = map[int]float64{}
	}
	s.margins[model] = max(s.margins[model], float64(cost)/float64(bound))
}

// address gives the model of a place and the content address of its request.
func (s *Store) address(p Place) (*askable, Key, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case p.Model < 0 || p.Model >= len(s.models):
		return nil, Key{}, fmt.Errorf("store: no model %d: the run has %d", p.Model, len(s.models))
	case p.Query < 0 || p.Query >= len(s.queries) || !s.queries[p.Query].active:
		return nil, Key{}, fmt.Errorf("store: no query %d in the run", p.Query)
	case p.Attempt < 0 || p.Budget < 1:
		return nil, Key{}, fmt.Errorf("store: attempt %d at %d tokens", p.Attempt, p.Budget)
	}
	m := &s.models[p.Model]
	return m, requestKey(m.prefix, s.queries[p.Query].digest, p.Budget, p.Attempt), nil
}

// claim decides about one wish.
func (t *tx) claim(c *Claim, model int) error {
	c.Decision, c.Call, c.State = 0, 0, State{Place: c.Place}
	var call int64
	err := t.st.settledBy.QueryRowContext(t.ctx, c.Key[:]).Scan(&call)
	switch {
	case err == nil:
		c.Decision = Answered
		return t.share(c, model, call)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	p := &t.purse
	if p.settled+p.reserved+c.Worst > p.cap {
		return t.short(c)
	}
	r, err := t.st.reserve.ExecContext(t.ctx, p.next, c.Key[:], c.Query+1, model, c.Attempt, c.Budget, t.self, c.Worst, t.now)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		c.Decision = Held
		return err
	}
	c.Decision, c.Call = Granted, p.next
	p.next++
	p.reserved += c.Worst
	return t.state(c, model)
}

// short decides about a wish for which there is no money now.
func (t *tx) short(c *Claim) error {
	var held int
	err := t.st.held.QueryRowContext(t.ctx, c.Key[:]).Scan(&held)
	switch {
	case err != nil:
		return err
	case held > 0:
		c.Decision = Held
	case t.purse.settled+c.Worst > t.purse.cap:
		c.Decision = OverCap
	default:
		c.Decision = Wait
	}
	return nil
}

// share notes for a place that its request has an answer, maybe one that came
// for another query with the same text.
func (t *tx) share(c *Claim, model int, call int64) error {
	var status string
	var reserved, cost, price int64
	if err := t.st.answerOf.QueryRowContext(t.ctx, call).Scan(&status, &reserved, &cost, &price); err != nil {
		return err
	}
	if _, err := t.st.settleCell.ExecContext(t.ctx, c.Query+1, model, c.Attempt, c.Budget, parseStatus(status), call); err != nil {
		return err
	}
	return t.state(c, model)
}

// state reads what is on record for a place.
func (t *tx) state(c *Claim, model int) error {
	s := &c.State
	err := t.st.cell.QueryRowContext(t.ctx, c.Query+1, model, c.Attempt, c.Budget).Scan(&s.Status, &s.Cell, &s.Tries, &s.Call)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

func parseStatus(name string) Status {
	for i, n := range statusNames {
		if n == name {
			return Status(i)
		}
	}
	return NoStatus
}

// Release gives a granted claim back: the call was not made, or the endpoint
// refused it for certain, and nothing is to be kept of it.
func (s *Store) Release(ctx context.Context, c Claim) error {
	return s.change(context.WithoutCancel(ctx), func(t *tx) error {
		amount, open, err := t.take(c.Call)
		if err == nil && open {
			t.purse.reserved -= amount
		}
		return err
	})
}

// take ends a reservation, if it is still there.
func (t *tx) take(call int64) (amount money.Nano, open bool, err error) {
	err = t.st.reserved.QueryRowContext(t.ctx, call).Scan(&amount)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	_, err = t.st.release.ExecContext(t.ctx, call)
	return amount, true, err
}
