package store

import (
	"context"
	"database/sql"
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
	seen := make([]sight, len(places))
	err := s.submit(ctx, &op{
		look: func(t *tx) error {
			for i := range out {
				seen[i] = sight{}
				if err := t.session.later(t.ctx, readPlace, seen[i].of(&out[i], ids[i]), seen[i].columns()); err != nil {
					return err
				}
			}
			return nil
		},
		do: func(t *tx) error {
			for i := range out {
				if err := t.claim(&out[i], ids[i], seen[i]); err != nil {
					return err
				}
			}
			return nil
		},
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

// sight is what is known of a request and of its place.
type sight struct {
	answered sql.NullInt64 // the call that did
	held     int           // calls under way
	State
}

// of are the arguments of readPlace, and columns are where it goes.
func (s *sight) of(c *Claim, model int) []any {
	return []any{c.Key[:], c.Key[:], c.Query + 1, model, c.Attempt, c.Budget}
}

func (s *sight) columns() []any {
	return []any{&s.answered, &s.held, &s.Status, &s.Cell, &s.Tries, &s.Call}
}

// claim decides about one wish.
func (t *tx) claim(c *Claim, model int, seen sight) error {
	if !t.fresh(c.Key) {
		if err := t.row(readPlace, seen.of(c, model), seen.columns()...); err != nil {
			return err
		}
	}
	c.Decision, c.Call, c.State = 0, 0, seen.State
	c.State.Place = c.Place
	p := &t.purse
	switch {
	case seen.answered.Valid:
		c.Decision = Answered
		return t.share(c, model, seen.answered.Int64)
	case seen.held > 0:
		c.Decision = Held
		return nil
	case p.settled+c.Worst > p.cap:
		c.Decision = OverCap
		return nil
	case p.settled+p.reserved+c.Worst > p.cap:
		c.Decision = Wait
		return nil
	}
	t.touch(c.Key)
	c.Decision, c.Call = Granted, p.next
	p.next++
	p.reserved += c.Worst
	return t.exec(reserve, c.Call, c.Key[:], c.Query+1, model, c.Attempt, c.Budget, t.self, c.Worst, t.now)
}

// share notes for a place that its request has an answer, maybe one that came
// for another query with the same text.
func (t *tx) share(c *Claim, model int, call int64) error {
	if c.State.Call == call {
		return nil
	}
	t.touch(c.Key)
	var status string
	var reserved, cost money.Nano
	if err := t.row(readAnswer, []any{call, c.Key[:]}, &status, &reserved, &cost); err != nil {
		return err
	}
	if err := t.exec(settleCell, c.Query+1, model, c.Attempt, c.Budget, parseStatus(status), call); err != nil {
		return err
	}
	return t.later(&c.State, model)
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
	var h hold
	return s.submit(context.WithoutCancel(ctx), &op{look: h.look(&c), do: func(t *tx) error {
		err := t.take(&c, &h)
		if err == nil && h.amount.Valid {
			t.purse.reserved -= money.Nano(h.amount.Int64)
		}
		return err
	}})
}

// hold is the reservation of a claim, if this process still has it, and the call
// that has answered its request.
type hold struct{ amount, answered sql.NullInt64 }

func (h *hold) look(c *Claim) func(t *tx) error {
	return func(t *tx) error {
		*h = hold{}
		return t.session.later(t.ctx, readCall, []any{c.Call, t.self, c.Key[:]}, []any{&h.amount, &h.answered})
	}
}

// take ends a reservation.
func (t *tx) take(c *Claim, h *hold) error {
	if !t.fresh(c.Key) {
		if err := t.row(readCall, []any{c.Call, t.self, c.Key[:]}, &h.amount, &h.answered); err != nil {
			return err
		}
	}
	t.touch(c.Key)
	if !h.amount.Valid {
		return nil
	}
	return t.exec(release, c.Call)
}
