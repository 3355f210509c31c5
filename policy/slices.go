package policy

import (
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// mostLabels is up to how many values a label may have to be routed by unless it is named.
const mostLabels = 60

// slices are the labels by which to route.
func (b *bench) slices() ([]string, error) {
	m := b.Attempts[0]
	keys := m.SliceKeys()
	for _, key := range b.Slices {
		if !slices.Contains(keys, key) {
			return nil, fmt.Errorf("slice: no query has a label %s", outcome.Quote(key))
		}
	}
	if b.Slices != nil {
		return b.Slices, nil
	}
	var out []string
	for _, key := range keys {
		values := map[string]bool{}
		for _, c := range b.columns {
			values[m.Label(key, c)] = true
		}
		if len(values) >= 2 && len(values) <= mostLabels && key != b.Cluster {
			out = append(out, key)
		}
	}
	return out, nil
}
