package certify

import (
	"maps"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Repeats tells two ceilings apart where models were asked more than once. A
// vote or a cascade sees the answers: it is bounded by 1−β over fresh draws. A
// router chooses before the answers exist: it is bounded by E max_i p_i(q),
// p_i(q) the chance of model i at query q, which is at most 1−β. One lucky draw
// of a weak model counts towards the first and not towards the second
// (BASELINES-2, 6).
type Repeats struct {
	Attempts int   `json:"attempts"`     // most attempts of any cell
	Queries  int64 `json:"queries"`      // queries that every model answered at least once
	Beta     Rate  `json:"beta"`         // every model wrong on a fresh draw of each: mean of Π (share wrong)
	Vote     Rate  `json:"vote_ceiling"` // 1 − beta

	RouterQueries int64    `json:"router_queries"`       // queries with at least two attempts of every model
	Router        *float64 `json:"router_value"`         // accuracy of choosing on some attempts, scored on another; nil without two attempts
	RouterLower   *float64 `json:"router_ceiling_lower"` // lower limit of the router's ceiling, one-sided
	Gap           *float64 `json:"gap"`                  // vote ceiling less router_value, on the router's queries
}

// wrongShares are, for each column of a list, the shares of wrong attempts of
// each model.
func wrongShares(attempts []*outcome.Matrix, columns []int) [][]float64 {
	models := len(attempts[0].Models())
	shares := make([][]float64, models)
	for i := range shares {
		shares[i] = make([]float64, len(columns))
		for at, c := range columns {
			seen := seenAttempts(attempts, i, c)
			shares[i][at] = float64(seen-rightAttempts(attempts, i, c)) / float64(seen)
		}
	}
	return shares
}

// mostUnits bounds the queries whose attempts are compared one by one, since
// betting limits hang on their order: of more, so many are drawn.
var mostUnits = int64(1 << 21)

// answered lists the queries on which every model has at least this many
// attempts, each by a column that shows its verdicts, in random order; all says
// how many there are. Queries with the same verdicts are exchangeable, so order
// and sample are drawn by what they show and need no ids.
func answered(attempts []*outcome.Matrix, seed uint64, least int) (columns []int, all int64) {
	m := attempts[0]
	shows, weight := map[string]int{}, map[string]int64{}
	for c := range m.Columns() {
		if m.Weight(c) > 0 && triedBy(attempts, c) >= least {
			key := verdicts(attempts, c)
			shows[key], weight[key] = c, weight[key]+m.Weight(c)
			all += m.Weight(c)
		}
	}
	var patterns []outcome.Pattern
	for _, key := range slices.Sorted(maps.Keys(weight)) {
		patterns = append(patterns, outcome.Pattern{Key: key, Weight: weight[key]})
	}
	order := prob.Stream(seed, "order\x00"+outcome.DigestPatterns(patterns))
	if all > mostUnits {
		patterns = takeOut(patterns, mostUnits, seed, "attempts")
	}
	for _, p := range patterns {
		columns = append(columns, slices.Repeat([]int{shows[p.Key]}, int(p.Weight))...)
	}
	order.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	return columns, all
}

// verdicts spells what a column shows: for each attempt and model, whether it
// was seen and whether it was right.
func verdicts(attempts []*outcome.Matrix, column int) string {
	models := len(attempts[0].Models())
	key := make([]byte, (2*models*len(attempts)+7)/8)
	set := func(at int) { key[at>>3] |= 1 << (at & 7) }
	for t, m := range attempts {
		for i := range models {
			if m.Observed(i, column) {
				set(2 * (t*models + i))
			}
			if m.Right(i, column) {
				set(2*(t*models+i) + 1)
			}
		}
	}
	return string(key)
}

// triedBy is the least number of attempts that any model has on a column.
func triedBy(attempts []*outcome.Matrix, column int) int {
	least := len(attempts)
	for i := range attempts[0].Models() {
		least = min(least, seenAttempts(attempts, i, column))
	}
	return least
}

func seenAttempts(attempts []*outcome.Matrix, model, column int) int {
	n := 0
	for _, m := range attempts {
		if m.Observed(model, column) {
			n++
		}
	}
	return n
}

// freshDraws bases a certificate on all attempts. With the attempts of a query
// independent, P(i wrong, another right) on fresh draws has the unbiased
// estimate w_i·(1 − Π_{j≠i} w_j), w the shares wrong: a value in [0, 1] per query.
func freshDraws(attempts []*outcome.Matrix, o Options, incumbent int) (base, error) {
	columns, all := answered(attempts, o.Seed, 1)
	if all == 0 {
		return base{}, noComplete(attempts[0])
	}
	shares := wrongShares(attempts, columns)
	e := means{incumbent: incumbent, alone: incumbent >= 0, lost: make([]float64, len(columns))}
	for range shares {
		e.short = append(e.short, make([]float64, len(columns)))
	}
	for at := range columns {
		e.lost[at] = productBut(shares, at, -1)
		for i := range shares {
			e.short[i][at] = shares[i][at] * (1 - productBut(shares, at, i))
		}
	}
	mask := outcome.NewMask(attempts[0].Columns())
	for c := range attempts[0].Columns() {
		if triedBy(attempts, c) > 0 {
			mask.Set(c)
		}
	}
	b := e.base(attempts[0].Count(mask))
	b.queries = all
	k := b.kinds // of the first attempts, where every model has one
	b.kinds.Unknown = b.queries - k.AllRight - k.BestRight - k.Resolvable - k.AllWrong
	return b, nil
}

func productBut(shares [][]float64, at, but int) float64 {
	p := 1.0
	for i := range shares {
		if i != but {
			p *= shares[i][at]
		}
	}
	return p
}

// lookAtRepeats states both ceilings; nil when nothing was asked twice.
func lookAtRepeats(attempts []*outcome.Matrix, o Options) *Repeats {
	if len(attempts) < 2 {
		return nil
	}
	columns, all := answered(attempts, o.Seed, 1)
	if all == 0 {
		return nil
	}
	shares := wrongShares(attempts, columns)
	lost := make([]float64, len(columns))
	for at := range lost {
		lost[at] = productBut(shares, at, -1)
	}
	r := &Repeats{Attempts: len(attempts), Queries: all}
	r.Beta.Point = ptr(mean(lost))
	r.Beta.Lower, r.Beta.Upper = prob.BettingInterval(lost, o.delta())
	r.Vote = Rate{Point: ptr(1 - mean(lost)), Lower: 1 - r.Beta.Upper, Upper: 1 - r.Beta.Lower}
	r.route(attempts, o)
	return r
}

// route values the rule "the model that was right most often on the other
// attempts of this query", ties going to the model that was right more often on
// the queries before it in the keyed order, by leaving out one attempt at a
// time. Given the queries before it the rule is fixed, and choice and score use
// different attempts, so no query's value exceeds the router's ceiling in
// expectation: bets against that ceiling are fair. Ties settled by the queries
// after it, too, would bind all values to whichever model was luckiest.
func (r *Repeats) route(attempts []*outcome.Matrix, o Options) {
	columns, all := answered(attempts, o.Seed, 2)
	if all == 0 {
		return
	}
	total := make([]int, len(attempts[0].Models()))
	value := make([]float64, len(columns))
	for at, c := range columns {
		value[at] = leaveOneOut(attempts, total, c)
		for i := range total {
			total[i] += rightAttempts(attempts, i, c)
		}
	}
	shares := wrongShares(attempts, columns)
	vote := 0.0
	for at := range columns {
		vote += 1 - productBut(shares, at, -1)
	}
	r.RouterQueries = all
	r.Router = ptr(mean(value))
	r.RouterLower = ptr(prob.BettingLower(value, o.delta()))
	r.Gap = ptr(vote/float64(len(columns)) - *r.Router)
}

func rightAttempts(attempts []*outcome.Matrix, model, column int) int {
	n := 0
	for _, m := range attempts {
		if m.Right(model, column) {
			n++
		}
	}
	return n
}

// leaveOneOut averages, over the attempts, whether the model chosen on the
// others is right on the one left out. A model that lacks that attempt is
// scored by its share over the attempts that it has beside those it was chosen on.
func leaveOneOut(attempts []*outcome.Matrix, total []int, column int) float64 {
	sum, counted := 0.0, 0
	for t := range attempts {
		best, bestShare, bestTotal := -1, 0.0, 0
		for i := range total {
			if !attempts[t].Observed(i, column) {
				continue
			}
			right, seen := 0, 0
			for u, m := range attempts {
				if u != t && m.Observed(i, column) {
					seen++
					if m.Right(i, column) {
						right++
					}
				}
			}
			share := float64(right) / float64(max(seen, 1))
			if best < 0 || share > bestShare || share == bestShare && total[i] > bestTotal {
				best, bestShare, bestTotal = i, share, total[i]
			}
		}
		if best >= 0 {
			counted++
			if attempts[t].Right(best, column) {
				sum++
			}
		}
	}
	return sum / float64(max(counted, 1))
}
