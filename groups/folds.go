package groups

import (
	"encoding/binary"
	"hash/fnv"
)

// Best members are picked on four fifths of the queries and scored on the fifth,
// over several divisions into fifths.
const (
	parts   = 5
	repeats = 10
)

// folds counts right answers by fifth.
type folds struct {
	right [][repeats][parts]int64 // [place in models]
	all   []int64                 // [place in models]
}

// fold counts; which fifth a query falls into hangs on its id.
func (s *study) fold() {
	if !s.matrix.Single() || len(s.columns) < parts {
		s.warn("patterns", "Queries come as patterns, or are fewer than %d: best members are not picked on other queries.", parts)
		return
	}
	f := folds{make([][repeats][parts]int64, len(s.models)), make([]int64, len(s.models))}
	for _, c := range s.columns {
		for r := range repeats {
			part := int(draw(s.Seed, "fold", s.matrix.ID(c), byte(r)) * parts)
			for a, i := range s.models {
				if s.matrix.Right(i, c) {
					f.right[a][r][part]++
				}
			}
		}
	}
	for a := range s.models {
		f.all[a] = int64(s.right[a])
	}
	s.folds = f
}

// best is the number of queries on which a group's best member is right when it is
// picked on other queries; among equals it is drawn, and worth their mean.
func (f *folds) best(group []int32) float64 {
	if f.right == nil {
		return 0
	}
	sum := 0.0
	for r := range repeats {
		for part := range parts {
			most, right, tied := int64(-1), int64(0), 0
			for _, a := range group {
				here := f.right[a][r][part]
				switch elsewhere := f.all[a] - here; {
				case elsewhere > most:
					most, right, tied = elsewhere, here, 1
				case elsewhere == most:
					right, tied = right+here, tied+1
				}
			}
			sum += float64(right) / float64(tied)
		}
	}
	return sum / repeats
}

// draw gives a number in [0, 1) that hangs on seed, purpose and name alone.
func draw(seed uint64, purpose, name string, more ...byte) float64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write([]byte(purpose + "\x00" + name + "\x00"))
	h.Write(more)
	z := h.Sum64()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}
