package report

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/agreement"
)

// kappa is what is shown of an agreement.
type kappa struct{ value, low, high *float64 }

func kappas(m map[string]agreement.Statistic) map[string]kappa {
	out := map[string]kappa{}
	for pair, s := range m {
		out[pair] = kappa{s.Value, s.Low, s.High}
	}
	return out
}

func sortedPairs[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// accident writes the chance of something by accident: "= 0.009", "= 3e-07".
func accident(p float64) string {
	if p < 1e-4 {
		return "= " + strconv.FormatFloat(p, 'g', 2, 64)
	}
	return "= " + strconv.FormatFloat(p, 'f', max(3, 1-int(math.Floor(math.Log10(p)))), 64)
}
