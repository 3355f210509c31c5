package certify

import (
	"maps"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Guessing says what luck does to multiple-choice queries. Where no model knows
// the answer, m models that guess independently among o options are all wrong
// with chance (1−1/o)^m only: with many models such a query is almost surely
// rescued, and β is small by force of numbers. Models that share a wrong idea
// guess alike, so the chance is the least there is, and the estimates from it
// the most.
type Guessing struct {
	Queries  int64    `json:"queries"` // complete queries whose number of options is known
	AllWrong int64    `json:"all_wrong"`
	Stays    float64  `json:"stays"`     // mean chance that a query that no model knows stays all wrong
	Unknown  *float64 `json:"unknown"`   // queries that no model knows: each all-wrong one stands for 1/chance; nil when none is all wrong
	Rescued  *float64 `json:"rescued"`   // of those, expected to be rescued by a guess: Unknown − AllWrong
	AtChance int64    `json:"at_chance"` // queries on which at least one model is right, and no more than guessing alone would give
}

// lookAtGuessing is nil where no query says how many options it has.
func lookAtGuessing(m *outcome.Matrix, mask outcome.Mask) *Guessing {
	g := &Guessing{}
	models := float64(len(m.Models()))
	queries, allWrong := map[int]int64{}, map[int]int64{} // by number of options
	for c := range m.Columns() {
		options := m.Options(c)
		if options < 2 || !mask.Has(c) {
			continue
		}
		right := 0
		for i := range m.Models() {
			if m.Right(i, c) {
				right++
			}
		}
		queries[options] += m.Weight(c)
		switch {
		case right == 0:
			allWrong[options] += m.Weight(c)
		case float64(right) <= models/float64(options):
			g.AtChance += m.Weight(c)
		}
	}
	stays, unknown := 0.0, 0.0
	for _, options := range slices.Sorted(maps.Keys(queries)) {
		chance := math.Pow(1-1/float64(options), models)
		g.Queries += queries[options]
		g.AllWrong += allWrong[options]
		stays += chance * float64(queries[options])
		if allWrong[options] > 0 {
			unknown += float64(allWrong[options]) / chance
		}
	}
	if g.Queries == 0 {
		return nil
	}
	g.Stays = stays / float64(g.Queries)
	if g.AllWrong > 0 && !math.IsInf(unknown, 0) {
		g.Unknown = ptr(math.Min(unknown, float64(g.Queries)))
		g.Rescued = ptr(*g.Unknown - float64(g.AllWrong))
	}
	return g
}
