package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/outcome"
)

// Settled is what became of a settlement.
type Settled struct {
	State               // of the place, now
	Cost     money.Nano // charged for the call
	Overrun  money.Nano // charged beyond what was reserved: the endpoint kept to no budget
	Replaced bool       // another call had settled the request before: this one is evidence
}

// Settle stores what a granted claim's call gave, charges it and, with a
// verdict, grades it. It is done even if ctx has ended: the call was made.
//
// An answer with a usage costs what its price says. One without is charged
// nothing if it is certainly unbilled, and all that was reserved otherwise.
func (s *Store) Settle(ctx context.Context, c Claim, a Answer, v *Verdict) (Settled, error) {
	m, key, err := s.address(c.Place)
	if err == nil {
		err = fits(&c, &a, key)
	}
	if err == nil && v != nil && !a.Status.Final() {
		err = fmt.Errorf("store: a verdict on a call that is %s", a.Status)
	}
	if err != nil {
		return Settled{}, err
	}
	var out Settled
	var h hold
	err = s.submit(context.WithoutCancel(ctx), &op{look: h.look(&c), do: func(t *tx) error {
		out = Settled{State: State{Place: c.Place}}
		return t.settle(&out, &c, &h, &a, v, m)
	}})
	if out.Overrun > 0 {
		s.surprised(m.id, out.Cost, s.bound(m, c.Place))
	}
	return out, err
}

// fits refuses a settlement that does not belong to its claim.
func fits(c *Claim, a *Answer, key Key) error {
	switch {
	case c.Decision != Granted || c.Call < 1 || c.Key != key:
		return errors.New("store: only a granted claim is settled")
	case a.Status == NoStatus || int(a.Status) >= len(statusNames):
		return fmt.Errorf("store: status %d of an answer", a.Status)
	case a.Usage == nil:
		if a.Status.Final() {
			return fmt.Errorf("store: an answer that is %s without a usage", a.Status)
		}
		return nil
	}
	return a.Usage.Check()
}

func (t *tx) settle(out *Settled, c *Claim, h *hold, a *Answer, v *Verdict, m *askable) error {
	if err := t.take(c, h); err != nil {
		return err
	}
	out.Replaced = h.answered.Valid && a.Status.Final()
	if !h.amount.Valid {
		return t.settleLate(out, c, a, v, m)
	}
	amount := money.Nano(h.amount.Int64)
	out.Cost = charge(a, m.Price, amount)
	t.purse.reserved -= amount
	t.pay(out, amount, a)
	if a.Usage == nil && !a.Unbilled {
		t.purse.lost += out.Cost
	}
	row := append(append([]any{c.Call, c.Key[:], m.id}, a.row()...), m.price, amount, out.Cost, a.provider(), t.now)
	if err := t.exec(addAnswer, row...); err != nil {
		return err
	}
	if a.Text != "" || a.Reasoning != "" {
		if err := t.exec(setText, c.Call, clean(a.Text), clean(a.Reasoning)); err != nil {
			return err
		}
	}
	t.count(m.id, a, out.Cost, 1)
	return t.record(out, c, a, v, m)
}

// settleLate takes what a call gave whose reservation others have charged
// already, because this process was silent for longer than the lease.
func (t *tx) settleLate(out *Settled, c *Claim, a *Answer, v *Verdict, m *askable) error {
	var status string
	var amount, cost money.Nano
	err := t.row(readAnswer, []any{c.Call, c.Key[:]}, &status, &amount, &cost)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("store: call %d is not on record: the database was set back to an earlier state, and what it says of money is too low", c.Call)
	case err != nil:
		return err
	case status != Lost.String():
		return fmt.Errorf("store: call %d is settled already", c.Call)
	}
	t.purse.settled -= cost
	t.purse.lost -= cost
	out.Cost = charge(a, m.Price, amount)
	t.pay(out, amount, a)
	if a.Usage == nil && !a.Unbilled {
		t.purse.lost += out.Cost
	}
	err = t.all(
		statement{setAnswer, append(a.row(), out.Cost, a.provider(), c.Call)},
		statement{setText, []any{c.Call, clean(a.Text), clean(a.Reasoning)}},
		statement{untryCell, []any{c.Query + 1, m.id, c.Attempt, c.Budget}},
	)
	if err != nil {
		return err
	}
	t.count(m.id, a, out.Cost-cost, 0)
	return t.record(out, c, a, v, m)
}

// charge is what a call costs.
func charge(a *Answer, p money.Price, reserved money.Nano) money.Nano {
	switch {
	case a.Usage != nil:
		return p.Cost(*a.Usage)
	case a.Unbilled:
		return 0
	}
	return reserved
}

// pay books a cost.
func (t *tx) pay(out *Settled, amount money.Nano, a *Answer) {
	p := &t.purse
	out.Overrun = max(out.Cost-amount, 0)
	p.settled += out.Cost
	p.overrun += out.Overrun
	if a.ProviderCost != nil {
		p.provider += *a.ProviderCost
	}
}

func (t *tx) count(model int, a *Answer, cost money.Nano, calls int64) {
	m := t.spent[model]
	m.Calls += calls
	m.Cost += cost
	if a.Status.Final() {
		m.Answers++
	}
	if a.Usage != nil {
		m.Input += a.Usage.Input
		m.Output += a.Usage.Output
	}
	t.spent[model] = m
}

// record notes at its request and its place what a call gave.
func (t *tx) record(out *Settled, c *Claim, a *Answer, v *Verdict, m *askable) error {
	var err error
	if a.Status.Final() && !out.Replaced {
		err = t.all(
			statement{addRequest, []any{c.Key[:], c.Call}},
			statement{settleCell, []any{c.Query + 1, m.id, c.Attempt, c.Budget, a.Status, c.Call}},
		)
		if err == nil && v != nil {
			err = t.grade(c.Place, m.id, c.Call, v)
		}
	} else {
		err = t.exec(evidenceCell, c.Query+1, m.id, c.Attempt, c.Budget, a.Status)
	}
	if err != nil {
		return err
	}
	return t.later(&out.State, m.id)
}

// grade puts a verdict on the answer of a place.
func (t *tx) grade(p Place, model int, call int64, v *Verdict) error {
	return t.all(
		statement{setVerdict, []any{call, p.Query + 1, v.Grader, clean(v.Extracted), v.Verdict.String(), v.Reason.String(), v.Rule}},
		statement{gradeCell, []any{outcome.MakeCell(v.Verdict, v.Reason), p.Query + 1, model, p.Attempt, p.Budget}},
	)
}

// Grade puts a verdict on an answer that is on record, in place of any before.
func (s *Store) Grade(ctx context.Context, p Place, v Verdict) error {
	m, key, err := s.address(p)
	if err != nil {
		return err
	}
	if v.Verdict == outcome.Absent {
		return errors.New("store: a verdict that is none")
	}
	return s.submit(ctx, &op{do: func(t *tx) error {
		t.touch(key)
		var is State
		err := t.row(readCell, []any{p.Query + 1, m.id, p.Attempt, p.Budget}, &is.Status, &is.Cell, &is.Tries, &is.Call)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if is.Call == 0 {
			return fmt.Errorf("store: nothing to grade at query %d, model %d, attempt %d, %d tokens", p.Query, p.Model, p.Attempt, p.Budget)
		}
		return t.grade(p, m.id, is.Call, &v)
	}})
}

// row are the columns of an answer from its status to its latency.
func (a *Answer) row() []any {
	row := []any{a.Status.String(), clean(a.Why), clean(a.Finish), clean(a.Served), clean(a.RequestID), nil, nil, nil, nil, a.Latency.Milliseconds()}
	if u := a.Usage; u != nil {
		row[5], row[6], row[7], row[8] = u.Input, u.CachedInput, u.Output, u.Reasoning
	}
	return row
}

func (a *Answer) provider() any {
	if a.ProviderCost == nil {
		return nil
	}
	return int64(*a.ProviderCost)
}

// clean makes text that every reader of the database takes: an endpoint may
// send what is no UTF-8, and NUL ends a text for some.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}
