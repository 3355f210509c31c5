package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Options of Sets. A zero field means its default.
type Options struct {
	Incumbent  string  // the model in use, named before looking; "" takes the best of each set
	Margin     float64 // loss of accuracy that does not matter, as a fraction; 0
	Confidence float64 // of each statement, in (0, 1); 0.95
	Seed       uint64  // the order of bets
}

// Sets compares the first attempts of two sets of results. Nothing is changed.
// The error says what to do when they have too little in common.
func Sets(a, b *outcome.Matrix, o Options) (*Result, error) {
	c := &comparison{Options: o, a: a, b: b}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := c.pair(); err != nil {
		return nil, err
	}
	c.rates()
	c.allWrong()
	c.models()
	c.verdict()
	return &c.result, nil
}

// comparison is one run of Sets.
type comparison struct {
	Options
	a, b   *outcome.Matrix
	common []string // in both
	ids    []string // of the paired queries, in the order of their draws
	n      int
	right  [2][]plane // [side][model]
	some   [2]plane   // some model is right
	result Result
}

func (c *comparison) check() error {
	if c.Confidence == 0 {
		c.Confidence = 0.95
	}
	switch {
	case !(c.Confidence > 0 && c.Confidence < 1):
		return fmt.Errorf("confidence %v is outside (0, 1)", c.Confidence)
	case !(c.Margin >= 0 && c.Margin < 1):
		return fmt.Errorf("margin %v: want a fraction of queries from 0 upwards; 0.01 is one point", c.Margin)
	case !c.a.Single() || !c.b.Single():
		return fmt.Errorf("queries come as patterns without names: two sets are paired query by query; read both from files, or let one statement bring both")
	}
	return nil
}

// pair finds the models and queries that both sets have.
func (c *comparison) pair() error {
	r := &c.result
	r.Confidence, r.Margin, r.Seed, r.Incumbent, r.Warnings = c.Confidence, c.Margin, c.Seed, c.Incumbent, []Warning{}
	var atA, atB []int
	for i, name := range c.a.Models() {
		if j := slices.Index(c.b.Models(), name); j >= 0 {
			c.common, atA, atB = append(c.common, name), append(atA, i), append(atB, j)
		}
	}
	r.OnlyA, r.OnlyB = c.only(c.a, c.b), c.only(c.b, c.a)
	r.Models = len(c.common)
	switch {
	case len(c.common) == 0:
		return fmt.Errorf("the two sets have no model in common: models are paired by name")
	case c.Incumbent != "" && !slices.Contains(c.common, c.Incumbent):
		return fmt.Errorf("incumbent %s is not in both sets", outcome.Quote(c.Incumbent))
	}
	columns := c.columns(atA, atB)
	if c.n = len(columns); c.n == 0 {
		if r.Incomplete > 0 {
			return fmt.Errorf("of %d queries in both sets none was answered by all %d common models: leave out those that answered few", r.Incomplete, len(c.common))
		}
		return fmt.Errorf("the two sets have no query in common: queries are paired by id")
	}
	r.Queries = int64(c.n)
	c.fill(columns, atA, atB)
	c.noteWhatIsLeft()
	return nil
}

func (c *comparison) noteWhatIsLeft() {
	r := &c.result
	if r.Incomplete > 0 {
		c.warn("incomplete", "%d queries of both sets lack a verdict of some common model and are left out.", r.Incomplete)
	}
	if n := len(r.OnlyA.Models) + len(r.OnlyB.Models); n > 0 {
		c.warn("models", "%d models are in one of the sets only and are left out of every number.", n)
	}
	if n := r.OnlyA.QueriesCount + r.OnlyB.QueriesCount; n > 0 {
		c.warn("queries", "%d queries are in one of the sets only and are left out of every number.", n)
	}
}

// only lists what a set has and another lacks.
func (c *comparison) only(a, b *outcome.Matrix) Only {
	o := Only{Models: []string{}, Queries: []string{}}
	for _, name := range a.Models() {
		if !slices.Contains(b.Models(), name) {
			o.Models = append(o.Models, name)
		}
	}
	in := ids(b)
	for q := range a.Columns() {
		if _, ok := in[a.ID(q)]; !ok {
			o.Queries = append(o.Queries, a.ID(q))
		}
	}
	slices.Sort(o.Queries)
	o.QueriesCount = int64(len(o.Queries))
	o.Queries = o.Queries[:min(len(o.Queries), MaxListed)]
	return o
}

func ids(m *outcome.Matrix) map[string]int {
	at := make(map[string]int, m.Columns())
	for q := range m.Columns() {
		at[m.ID(q)] = q
	}
	return at
}

// columns pairs the queries that every common model answered on both sides. Their
// order hangs on their names and the seed alone: limits by bets hang on it.
func (c *comparison) columns(atA, atB []int) [][2]int {
	in := ids(c.b)
	type paired struct {
		key float64
		id  string
		at  [2]int
	}
	var list []paired
	for q := range c.a.Columns() {
		id := c.a.ID(q)
		other, ok := in[id]
		if !ok {
			continue
		}
		complete := true
		for k := range atA {
			complete = complete && c.a.Observed(atA[k], q) && c.b.Observed(atB[k], other)
		}
		if !complete {
			c.result.Incomplete++
			continue
		}
		list = append(list, paired{draw(c.Seed, id), id, [2]int{q, other}})
	}
	slices.SortFunc(list, func(x, y paired) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.id, y.id)) })
	out := make([][2]int, len(list))
	for k, x := range list {
		out[k] = x.at
		c.ids = append(c.ids, x.id)
	}
	return out
}

func (c *comparison) fill(columns [][2]int, atA, atB []int) {
	for side, m := range []*outcome.Matrix{c.a, c.b} {
		at := [][]int{atA, atB}[side]
		c.some[side] = newPlane(c.n)
		for k := range at {
			p := newPlane(c.n)
			for x, q := range columns {
				if m.Right(at[k], q[side]) {
					p.set(x)
					c.some[side].set(x)
				}
			}
			c.right[side] = append(c.right[side], p)
		}
	}
}

func (c *comparison) warn(code, format string, a ...any) {
	c.result.Warnings = append(c.result.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}

func (c *comparison) share(n int) float64 { return float64(n) / float64(c.n) }

// verdict reads the interval of the best.
func (c *comparison) verdict() {
	r := &c.result
	switch low, high := r.Best.Interval[0], r.Best.Interval[1]; {
	case low > 0:
		r.Verdict = Better
	case high < 0:
		r.Verdict = Worse
	case low > -c.Margin:
		r.Verdict = NoWorse
	default:
		r.Verdict = Undecided
	}
}
