package dependence

import (
	"context"

	"github.com/allwrong/allwrong/outcome"
)

// ExplainOptions of Explain. A zero field means its default.
type ExplainOptions struct {
	Options
	Slices []string // keys of labels by which a router could choose; all of them for nil
}

// Explanation is all that can be said of how the errors of a pool go together.
// A part that the data do not allow is null, with a warning that says why.
type Explanation struct {
	*Result
	Bounds  Bounds        `json:"bounds"`
	Atom    *AtomResult   `json:"atom"`
	Sources *SourceResult `json:"sources"`
	Luck    *LuckResult   `json:"luck"`
	Router  *RouterResult `json:"router"`
}

// Bounds is the interval of every β that the pairs allow.
type Bounds struct {
	Lower float64       `json:"lower"` // given the mean wrong rate and the mean pairwise co-failure
	Upper float64       `json:"upper"`
	Table TableInterval `json:"table"` // given the rate of every model and of every pair
}

// Explain does everything that this package can do with a matrix and its
// detail, which may be nil.
func Explain(ctx context.Context, m *outcome.Matrix, d *outcome.Detail, o ExplainOptions) (*Explanation, error) {
	var err error
	if o.Options, err = o.Options.complete(); err != nil {
		return nil, err
	}
	x := &Explanation{}
	if x.Result, err = Predict(ctx, m, d, o.Options); err != nil {
		return nil, err
	}
	x.bounds(m)
	tell := func(part string) func(done, total int) {
		return func(done, total int) { o.Progress(part, done, total) }
	}
	tell64 := func(part string) func(done, total int64) {
		return func(done, total int64) { o.Progress(part, int(done), int(total)) }
	}
	if x.Atom, err = Atom(ctx, m.Restrict(m.Complete()), AtomOptions{Seed: o.Seed, Progress: tell("common mode")}); err != nil {
		return nil, err
	}
	if x.Sources, err = Sources(m, d, SourceOptions{}); err != nil {
		return nil, err
	}
	keys := o.Slices
	if keys == nil {
		keys = m.SliceKeys()
	}
	if x.Luck, err = Luck(ctx, m, LuckOptions{Seed: o.Seed, Slices: keys, Progress: tell64("fixed margins")}); err != nil {
		return nil, err
	}
	if x.Router, err = RouterCeiling(ctx, m, RouterOptions{Seed: o.Seed, Progress: tell64("router ceiling")}); err != nil {
		return nil, err
	}
	return x, nil
}

// bounds asks what β could be with the pairs as they are.
func (x *Explanation) bounds(m *outcome.Matrix) {
	e := m.Errors(m.Complete())
	c := &counts{models: e.Models(), n: float64(x.Queries), joint: e.Pairs(nil, nil)}
	joint := make([]float64, len(c.joint))
	for i, n := range c.joint {
		joint[i] = float64(n) / c.n
	}
	rates := c.rates()
	b := &x.Bounds
	b.Lower, b.Upper = momentEnds(rates, joint)
	b.Table = TableBounds(rates, joint)
}
