package certify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Missing says what was left out for want of verdicts, and what could be true
// of it. Nothing is imputed.
type Missing struct {
	Rule            MissingRule `json:"rule"`
	Cells           int64       `json:"cells"`             // (query, model) pairs without a verdict
	Queries         int64       `json:"queries"`           // queries that lack at least one verdict
	PartialAllWrong int64       `json:"partial_all_wrong"` // of those, queries on which every verdict there is is wrong
	Unobserved      int64       `json:"unobserved"`        // of those, queries without any verdict

	Anyhow   *Anyhow    `json:"anyhow"`    // limits whatever the missing cells are; nil when none is missing
	ByModel  []Sparse   `json:"by_model"`  // models that miss verdicts, the costliest first
	TradeOff []PoolSize `json:"trade_off"` // models against queries: the pool after dropping the sparsest, one by one
}

// Anyhow holds over every way to fill the missing cells, on all queries.
type Anyhow struct {
	Queries  int64      `json:"queries"`
	AllWrong [2]int64   `json:"all_wrong"` // fewest and most
	Gain     [2]float64 `json:"gain"`      // least and greatest value of the point estimate
	Lower    float64    `json:"lower"`     // one-sided limits on the gain, at the certificate's confidence
	Upper    float64    `json:"upper"`
}

// Sparse is a model with missing verdicts.
type Sparse struct {
	Model   string `json:"model"`
	Missing int64  `json:"missing"` // queries without a verdict of it
	Alone   int64  `json:"alone"`   // queries that are incomplete because of it alone
}

// PoolSize is one row of the table of models against queries.
type PoolSize struct {
	Models   int    `json:"models"`
	Queries  int64  `json:"queries"` // complete for these models
	AllWrong int64  `json:"all_wrong"`
	Dropped  string `json:"dropped"` // the model left out to get here; empty in the first row
}

// completion is one pass over the planes that keeps, for each count, its least
// and greatest value over all ways to fill the missing cells. The limits per
// count are sharp; the least over models of the greatest values is valid and
// not always reached by one completion (BASELINES-2, 5).
type completion struct {
	rescued, right []span
	allWrong       span
	kinds          Kinds
}

func complete(m *outcome.Matrix, over int) completion {
	models := len(m.Models())
	c := completion{rescued: make([]span, models), right: make([]span, models)}
	words := outcome.NewMask(m.Columns())
	for w := range words {
		full := m.All(w)
		var any, bad, one, two uint64 // some model right, some wrong; at least one, two right or missing
		everyone := full              // every model right
		seen := full
		for i := range models {
			r, o := m.Word(i, w)
			u := r | full&^o
			any, bad, two, one = any|r, bad|o&^r, two|one&u, one|u
			everyone, seen = everyone&r, seen&o
		}
		c.allWrong.least += m.Weigh(w, seen&^any)
		c.allWrong.most += m.Weigh(w, full&^any)
		for i := range models {
			r, o := m.Word(i, w)
			wrong, missing := o&^r, full&^o
			c.right[i].least += m.Weigh(w, r)
			c.right[i].most += m.Weigh(w, r|missing)
			c.rescued[i].least += m.Weigh(w, wrong&any)
			c.rescued[i].most += m.Weigh(w, wrong&one|missing&two)
		}
		r, o := m.Word(over, w)
		c.kinds.AllRight += m.Weigh(w, everyone)
		c.kinds.BestRight += m.Weigh(w, r&bad)
		c.kinds.Resolvable += m.Weigh(w, o&^r&any)
	}
	c.kinds.AllWrong = c.allWrong.least
	return c
}

// anyCompletion bases a certificate on all queries, whatever the missing cells are.
func anyCompletion(m *outcome.Matrix, o Options, incumbent int) (base, error) {
	n := m.Size(nil)
	law, err := drawn(n, o.Population)
	if err != nil {
		return base{}, err
	}
	best := mostRight(m)
	over := best
	ev := evidence{law: law, incumbent: incumbent}.asked(o)
	if ev.alone {
		over = incumbent
	}
	c := complete(m, over)
	ev.rescued, ev.right, ev.allWrong = c.rescued, c.right, c.allWrong
	c.kinds.Unknown = n - c.kinds.AllRight - c.kinds.BestRight - c.kinds.Resolvable - c.kinds.AllWrong
	b := base{queries: n, allWrong: c.allWrong.least, kinds: c.kinds, best: best, over: over, measure: ev}
	if n > 0 { // what the missing cells leave no choice about is known
		b.betaPoint, b.accuracy, b.gain = c.allWrong.rate(n), ev.mostRight().rate(n), ev.least().rate(n)
	}
	return b, nil
}

// rate is the share of n queries; nil when the count is not one number.
func (s span) rate(n int64) *float64 {
	if s.least != s.most {
		return nil
	}
	return ptr(float64(s.least) / float64(n))
}

// mostRight is the model with the most right verdicts over all queries.
func mostRight(m *outcome.Matrix) int {
	best, most := 0, int64(-1)
	for i := range m.Models() {
		if right := m.Size(m.RightPlane(i)); right > most {
			best, most = i, right
		}
	}
	return best
}

// lookAtMissing reports beside every certificate what the missing cells could change.
func lookAtMissing(m *outcome.Matrix, o Options, mask outcome.Mask, counts outcome.Counts, incumbent int) Missing {
	all := m.Size(nil)
	miss := Missing{Rule: o.Missing, Queries: all - counts.Queries, ByModel: []Sparse{}, TradeOff: []PoolSize{}}
	if miss.Queries == 0 {
		return miss
	}
	for i := range m.Models() {
		miss.Cells += lacks(m, i)
	}
	for w := range mask {
		full := m.All(w)
		var any, some uint64
		for i := range m.Models() {
			r, o := m.Word(i, w)
			any, some = any|r, some|o
		}
		miss.Unobserved += m.Weigh(w, full&^some)
		miss.PartialAllWrong += m.Weigh(w, some&^any&^mask[w])
	}
	miss.ByModel, miss.TradeOff = sparse(m), thin(m, counts)
	if o.Cluster == "" && o.Method != Scores {
		miss.Anyhow = anyhow(m, o, incumbent)
	}
	return miss
}

func anyhow(m *outcome.Matrix, o Options, incumbent int) *Anyhow {
	if o.Method == Split {
		o.Method = Screened // the part to pick from would itself depend on the missing cells
	}
	b, err := anyCompletion(m, o, incumbent)
	if err != nil {
		return nil
	}
	ev := b.measure.(evidence)
	n := float64(ev.law.size())
	u, _ := ev.gainUpper(o.Method, o.delta())
	return &Anyhow{Queries: b.queries, AllWrong: [2]int64{ev.allWrong.least, ev.allWrong.most},
		Gain:  [2]float64{float64(ev.least().least) / n, float64(ev.least().most) / n},
		Lower: ev.gainLower(o.delta()), Upper: clip(u)}
}

// maxTradeOff bounds the rows of the table of models against queries.
const maxTradeOff = 100

// sparse lists the models that lack verdicts, the costliest first.
func sparse(m *outcome.Matrix) []Sparse {
	everyone := make([]int, len(m.Models()))
	for i := range everyone {
		everyone[i] = i
	}
	alone := lackingAlone(m, everyone)
	out := []Sparse{}
	for i, name := range m.Models() {
		if missing := lacks(m, i); missing > 0 {
			out = append(out, Sparse{name, missing, alone[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Sparse) int {
		return cmp.Or(cmp.Compare(b.Alone, a.Alone), cmp.Compare(b.Missing, a.Missing))
	})
	return out
}

// thin drops, one by one, the model that most queries lack alone (the one with
// the fewest verdicts among equals), and shows what each step buys.
func thin(m *outcome.Matrix, counts outcome.Counts) []PoolSize {
	left := make([]int, len(m.Models()))
	for i := range left {
		left[i] = i
	}
	rows := []PoolSize{{Models: len(left), Queries: counts.Queries, AllWrong: counts.AllWrong}}
	for len(left) > 2 && rows[len(rows)-1].Queries < m.Size(nil) && len(rows) < maxTradeOff {
		alone := lackingAlone(m, left)
		worst := 0
		for at := range left {
			if cmp.Or(cmp.Compare(alone[at], alone[worst]),
				cmp.Compare(lacks(m, left[at]), lacks(m, left[worst]))) > 0 {
				worst = at
			}
		}
		dropped := m.Models()[left[worst]]
		left = slices.Delete(left, worst, worst+1)
		c := m.Select(left).Count(nil)
		rows = append(rows, PoolSize{len(left), c.Queries, c.AllWrong, dropped})
	}
	return rows
}

// lacks counts the queries without a verdict of a model.
func lacks(m *outcome.Matrix, model int) int64 {
	seen := m.ObservedPlane(model)
	if seen == nil {
		return 0
	}
	return m.Size(nil) - m.Size(seen)
}

// lackingAlone counts, for each of these models, the queries that only it lacks.
func lackingAlone(m *outcome.Matrix, models []int) []int64 {
	alone := make([]int64, len(models))
	for w := range outcome.NewMask(m.Columns()) {
		full := m.All(w)
		var one, two uint64
		for _, i := range models {
			_, o := m.Word(i, w)
			two, one = two|one&(full&^o), one|full&^o
		}
		if one&^two == 0 {
			continue
		}
		for at, i := range models {
			_, o := m.Word(i, w)
			alone[at] += m.Weigh(w, one&^two&^o)
		}
	}
	return alone
}

// noComplete explains a pool without a single query that every model answered.
func noComplete(m *outcome.Matrix) error {
	all := m.Size(nil)
	if all == 0 {
		return fmt.Errorf("no query was read")
	}
	sparsest, missing := 0, int64(-1)
	for i := range m.Models() {
		if k := lacks(m, i); k > missing {
			sparsest, missing = i, k
		}
	}
	return fmt.Errorf("no query was answered by all %d models; %s lacks most, %d of %d. "+
		"Leave sparse models out with --exclude, or use --missing bounds",
		len(m.Models()), outcome.Quote(m.Models()[sparsest]), missing, all)
}
