package outcome

import (
	"fmt"
	"maps"
	"slices"
)

// labels are the values of one slice key, by query.
type labels struct {
	values []string
	index  map[string]uint32
	of     []uint32 // query → number of its value + 1; 0 unlabelled
	differ []bool   // query → a later record said another value
}

// MaxSliceKeys and MaxSliceValues bound what labels may cost.
const (
	MaxSliceKeys   = 256
	MaxSliceValues = 1 << 20
)

// Label gives a query a label; an empty value is none. The first label of a key
// stays; one that comes later and differs is remembered for LabelConflicts.
func (s *Set) Label(query int, key, value string) error {
	l := s.labels[key]
	if l != nil && query < len(l.of) && l.of[query] > 0 && l.values[l.of[query]-1] == value || value == "" {
		return nil // said before, or nothing said
	}
	if l == nil {
		if err := CheckName("slice", key); err != nil {
			return err
		}
		if len(s.labels) == MaxSliceKeys {
			return fmt.Errorf("slices: more than %d keys", MaxSliceKeys)
		}
		l = &labels{index: map[string]uint32{}}
		s.labels[key] = l
	}
	v, ok := l.index[value]
	if !ok {
		if err := CheckName("slice "+Quote(key), value); err != nil {
			return err
		}
		if len(l.values) == MaxSliceValues {
			return fmt.Errorf("slices: more than %d values of %s", MaxSliceValues, Quote(key))
		}
		l.values = append(l.values, value)
		v = uint32(len(l.values))
		l.index[value] = v
	}
	if l.of = grow(l.of, query); l.of[query] == 0 {
		l.of[query] = v
	} else if l.of[query] != v {
		l.differ = grow(l.differ, query)
		l.differ[query] = true
	}
	return nil
}

// LabelConflict is a key under which records of one query gave several labels.
type LabelConflict struct {
	Key     string
	Queries int    // with several
	First   string // id of the first of them to be read
}

// LabelConflicts lists, by key, where the first label that a query came with
// stands for others that came later.
func (s *Set) LabelConflicts() []LabelConflict {
	var out []LabelConflict
	for _, key := range slices.Sorted(maps.Keys(s.labels)) {
		c := LabelConflict{Key: key}
		for q, differs := range s.labels[key].differ {
			if !differs {
				continue
			}
			if c.Queries++; c.Queries == 1 {
				c.First = s.queries.name(q)
			}
		}
		if c.Queries > 0 {
			out = append(out, c)
		}
	}
	return out
}
