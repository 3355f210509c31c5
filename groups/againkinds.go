package groups

import (
	"encoding/binary"
	"slices"
)

// join puts columns together on which the same answers agree: nothing here looks
// at more. Kinds come in the order of what they say, which is the same for queries
// in any order, and for patterns that somebody else has counted.
func (a *again) join() {
	var names []string
	weight := map[string]float64{}
	first := map[string]int{}
	for at, c := range a.columns {
		name := a.kind(at)
		if _, ok := first[name]; !ok {
			first[name] = at
			names = append(names, name)
		}
		weight[name] += float64(a.attempts[0].Weight(c))
	}
	slices.Sort(names)
	keys := make([][][]uint32, len(a.keys))
	for i := range keys {
		keys[i] = make([][]uint32, len(a.attempts))
		for s := range keys[i] {
			for _, name := range names {
				keys[i][s] = append(keys[i][s], a.keys[i][s][first[name]])
			}
		}
	}
	for _, name := range names {
		a.weight = append(a.weight, weight[name])
	}
	a.keys = keys
}

// kind says which answers on a column are right, none, or equal to each other.
func (a *again) kind(at int) string {
	number := map[uint32]uint32{0: 0, 1: 1}
	var name []byte
	for _, rows := range a.keys {
		for _, row := range rows {
			n, ok := number[row[at]]
			if !ok {
				n = uint32(len(number))
				number[row[at]] = n
			}
			name = binary.LittleEndian.AppendUint32(name, n)
		}
	}
	return string(name)
}
