package audit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Counts are what β and the gain of a pool rest on.
type Counts struct {
	Queries  int64   `json:"queries"` // complete ones
	AllWrong int64   `json:"all_wrong"`
	Rescued  int64   `json:"rescued"` // least over the models: it wrong, another right
	Best     string  `json:"best"`
	Beta     float64 `json:"beta"`
	Gain     float64 `json:"gain"`
}

// Range is β and the gain as graded, as audited, and how far what nobody has
// read could still move them.
type Range struct {
	Graded  Counts `json:"graded"`
	Audited Counts `json:"audited"`

	Read     int64 `json:"read"`     // all-wrong queries about which somebody decided
	Open     int64 `json:"open"`     // all-wrong queries that nobody has read
	Excluded int64 `json:"excluded"` // complete queries that left the data

	// If the other queries are as graded: each open query may be genuine, or right for any model.
	BetaOpen [2]float64 `json:"beta_open"`
	GainOpen [2]float64 `json:"gain_open"`

	// What the random control says of the queries that are not all wrong; nil until all of it was read.
	Control *ControlLimits `json:"control"`
	Drawn   int64          `json:"control_drawn"`
	Done    int64          `json:"control_read"`
}

// ControlLimits carry what the control found to all queries on which some model
// was graded right. Limits are one-sided and hold together at confidence
// 1 − Error; the population's hold at 1 − 2·Error together with them.
type ControlLimits struct {
	Error  float64 `json:"error"`
	Others int64   `json:"others"` // queries that the control stands for
	Drawn  int64   `json:"drawn"`

	FoundAllWrong int64 `json:"found_all_wrong"` // of the control: no model really right
	FoundExcluded int64 `json:"found_excluded"`
	FoundChanged  int64 `json:"found_changed"` // any verdict corrected, or excluded
	MostAllWrong  int64 `json:"most_all_wrong"`
	MostExcluded  int64 `json:"most_excluded"`
	MostChanged   int64 `json:"most_changed"`

	Beta       [2]float64 `json:"beta"` // of these queries, after a complete audit
	Gain       [2]float64 `json:"gain"`
	BetaLimits [2]float64 `json:"beta_limits"` // of the population they are drawn from
	GainLimits [2]float64 `json:"gain_limits"`
}

// AuditedRange compares the data as graded with the data after the ledger.
// Both matrices have one column a query and the same models; control names the
// queries of the random draw from those on which some model was graded right.
// Level is the confidence of the population's limits; 0 means 0.95. Half of the
// error is spent on the control, by hypergeometric limits, and half on the queries.
func AuditedRange(graded, audited *outcome.Matrix, s *State, control []string, level float64) (*Range, error) {
	if level == 0 {
		level = 0.95
	}
	if !(level > 0 && level < 1) {
		return nil, fmt.Errorf("level %v is outside (0, 1)", level)
	}
	if !slices.Equal(graded.Models(), audited.Models()) {
		return nil, fmt.Errorf("the data before and after the audit have different models")
	}
	r := &Range{Graded: count(graded), Audited: count(audited), Drawn: int64(len(control))}
	r.Excluded = r.Graded.Queries - r.Audited.Queries
	x := compareAudit(graded, audited)
	for id, before := range x.before {
		if before != allWrongState {
			continue
		}
		if s.Audited(id) {
			r.Read++
		} else {
			r.Open++
		}
	}
	n := r.Audited.Queries
	r.BetaOpen = [2]float64{share(r.Audited.AllWrong-r.Open, n), share(r.Audited.AllWrong, n)}
	r.GainOpen = [2]float64{share(r.Audited.Rescued, n), share(r.Audited.Rescued+r.Open, n)}
	var found, known tally
	for id, before := range x.before {
		if before == someRightState {
			known.add(x, id)
		}
	}
	for _, id := range control {
		if s.Audited(id) {
			r.Done++
		}
		found.add(x, id)
	}
	if r.Drawn > 0 && r.Done == r.Drawn {
		r.Control = r.limits(found, known, 1-level, len(graded.Models()))
	}
	return r, nil
}

// limits are what the control allows.
func (r *Range) limits(found, known tally, delta float64, models int) *ControlLimits {
	c := &ControlLimits{Error: delta / 2, Others: r.Graded.Queries - r.Graded.AllWrong, Drawn: r.Drawn,
		FoundAllWrong: found.allWrong, FoundExcluded: found.excluded, FoundChanged: found.changed}
	upper := func(k, known int64) int64 { // a third of the error each; what is known is not in doubt
		return max(known, prob.HypergeometricUpper(k, c.Drawn, c.Others, c.Error/3))
	}
	c.MostAllWrong, c.MostExcluded, c.MostChanged = upper(found.allWrong, known.allWrong), upper(found.excluded, known.excluded), upper(found.changed, known.changed)
	n := r.Audited.Queries
	fewest := max(n-(c.MostExcluded-known.excluded), 1)
	least := max(r.Audited.AllWrong-r.Open, 0)
	most := min(r.Audited.AllWrong+c.MostAllWrong-known.allWrong, fewest)
	changed := c.MostChanged - known.changed
	gainLeast := max(r.Audited.Rescued-changed, 0)
	gainMost := min(r.Audited.Rescued+r.Open+changed, fewest)
	c.Beta = [2]float64{share(least, n), share(most, fewest)}
	c.Gain = [2]float64{share(gainLeast, n), share(gainMost, fewest)}
	if n == 0 {
		return c
	}
	rest := delta - c.Error
	c.BetaLimits = [2]float64{prob.ClopperPearsonLower(least, n, rest/2), prob.ClopperPearsonUpper(most, fewest, rest/2)}
	c.GainLimits = [2]float64{prob.ClopperPearsonLower(gainLeast, n, rest), prob.ClopperPearsonUpper(gainMost, fewest, rest/float64(models))}
	return c
}

func share(k, n int64) float64 {
	if n == 0 {
		return 0
	}
	return float64(max(k, 0)) / float64(n)
}

func count(m *outcome.Matrix) Counts {
	c := m.Count(m.Complete())
	out := Counts{Queries: c.Queries, AllWrong: c.AllWrong, Best: m.Models()[c.Best()], Rescued: c.Rescued(c.Best())}
	out.Beta, out.Gain = share(out.AllWrong, out.Queries), share(out.Rescued, out.Queries)
	return out
}

// The states of a complete query.
const (
	someRightState = iota + 1
	allWrongState
)

// comparison holds both data sets by the ids of complete queries.
type comparison struct {
	before, after map[string]int
	changed       map[string]bool
}

// tally counts what an audit did to queries.
type tally struct{ allWrong, excluded, changed int64 }

func (t *tally) add(x *comparison, id string) {
	switch after := x.after[id]; {
	case after == 0:
		t.excluded++
		t.changed++
	case x.changed[id]:
		t.changed++
		if after == allWrongState {
			t.allWrong++
		}
	}
}

func compareAudit(graded, audited *outcome.Matrix) *comparison {
	x := &comparison{map[string]int{}, map[string]int{}, map[string]bool{}}
	rows := map[string]int{}
	each := func(m *outcome.Matrix, into map[string]int, visit func(id string, q int)) {
		complete := m.Complete()
		for q := range m.Columns() {
			if !complete.Has(q) {
				continue
			}
			state := allWrongState
			for i := range m.Models() {
				if m.Right(i, q) {
					state = someRightState
				}
			}
			into[m.ID(q)] = state
			visit(m.ID(q), q)
		}
	}
	each(graded, x.before, func(id string, q int) { rows[id] = q })
	each(audited, x.after, func(id string, q int) {
		was, ok := rows[id]
		for i := range audited.Models() {
			if ok && audited.Right(i, q) != graded.Right(i, was) {
				x.changed[id] = true
			}
		}
	})
	return x
}
