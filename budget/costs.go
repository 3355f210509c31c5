package budget

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// NoCosts is the error when some model's costs are not known.
type NoCosts struct {
	Models []string // without any
	Of     int
}

func (e *NoCosts) Error() string {
	shown := e.Models
	more := ""
	if len(shown) > 3 {
		more = fmt.Sprintf(" and %d more", len(shown)-3)
		shown = shown[:3]
	}
	return fmt.Sprintf("no costs are known of %d of %d models (%s%s): give prices, or leave them out", len(e.Models), e.Of, strings.Join(shown, ", "), more)
}

// A cost beyond a billion dollars a query is a mistake, and is not known; one
// below a trillionth is nothing. So sums and slopes stay finite.
const (
	mostCost  = 1e9
	leastCost = 1e-12
)

func known(cost float64) bool { return cost >= 0 && cost <= mostCost }

// price settles what each answer costs: as given, as logged, or, where some
// answers of a model state a cost and others do not, the mean of those that do.
func (f *finding) price(costs [][]float64) error {
	var none []string
	f.result.Basis = Logged
	means := make([]float64, len(f.names))
	for i, name := range f.names {
		given, ok := f.Prices[name]
		mean, n, zeros := 0.0, 0, 0
		if costs != nil {
			for _, c := range f.columns {
				if x := costs[i][c]; known(x) {
					mean, n = mean+x, n+1
					if x < leastCost {
						zeros++
					}
				}
			}
		}
		if !ok && zeros > 0 && zeros < n {
			f.warn("zero-costs", "%d answers of %s state a cost of 0, others more: if those costs were not recorded, money looks further than it goes.", zeros, name)
		}
		switch {
		case ok && !known(given):
			return fmt.Errorf("price of %s: %v is no price", outcome.Quote(name), given)
		case ok:
			f.result.Basis, means[i] = Prices, given
		case n == 0:
			none = append(none, name)
		default:
			means[i] = mean / float64(n)
			if n < len(f.columns) {
				f.result.Basis = Prices
				f.warn("prices", "%d of %d answers of %s state no cost: all of them are taken at the mean of the others.", len(f.columns)-n, len(f.columns), name)
			}
		}
	}
	if len(none) > 0 {
		return &NoCosts{none, len(f.names)}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Prices)) {
		if !slices.Contains(f.names, name) {
			f.warn("unknown-price", "There is a price for %s, which is none of the models.", outcome.Quote(name))
		}
	}
	for i := range f.names {
		row := make([]float64, len(f.columns))
		for at, c := range f.columns {
			if row[at] = means[i]; f.result.Basis == Logged {
				row[at] = costs[i][c]
			}
			if row[at] < leastCost {
				row[at] = 0
			}
		}
		f.cost = append(f.cost, row)
	}
	return nil
}
