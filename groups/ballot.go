package groups

// ballot counts votes; each worker has its own.
type ballot struct {
	s       *study
	mask    []uint64
	atLeast []uint64
	weight  []float64
	keys    []uint32
}

func newBallot(s *study) *ballot {
	b := &ballot{s: s, mask: s.matrix.Complete(), atLeast: make([]uint64, s.K/2+2), keys: make([]uint32, s.K)}
	for _, c := range s.columns {
		b.weight = append(b.weight, float64(s.matrix.Weight(c)))
	}
	return b
}

// majority is the number of queries on which most members are right, and half of
// those on which half are. Bit planes of "at least t right" are built up member by
// member.
func (b *ballot) majority(group []int32) float64 {
	m, k := b.s.matrix, len(group)
	most := k/2 + 1
	right, half := int64(0), int64(0)
	for w, mask := range b.mask {
		clear(b.atLeast)
		b.atLeast[0] = mask
		for _, a := range group {
			plane := m.RightPlane(b.s.models[a])[w]
			for t := most; t > 0; t-- {
				b.atLeast[t] |= b.atLeast[t-1] & plane
			}
		}
		right += m.Weigh(w, b.atLeast[most])
		if k%2 == 0 {
			half += m.Weigh(w, b.atLeast[k/2]&^b.atLeast[most])
		}
	}
	return float64(right) + float64(half)/2
}

// plurality is the number of queries on which the answer that most members gave
// is right; where several are given equally often, one of them is drawn.
func (b *ballot) plurality(group []int32) float64 {
	sum := 0.0
	for at := range b.s.columns {
		for x, a := range group {
			b.keys[x] = b.s.keys[a][at]
		}
		sum += b.weight[at] * plurality(b.keys)
	}
	return sum
}

// plurality is the chance that the most frequent answer is the right one, which
// has the number 1. No answer, 0, is no vote.
func plurality(keys []uint32) float64 {
	right, most, tied := 0, 0, 0
	for _, key := range keys {
		if key == 1 {
			right++
		}
	}
	for x, key := range keys {
		if key < 2 {
			continue
		}
		first, count := true, 0
		for y, other := range keys {
			if other == key {
				count++
				first = first && y >= x
			}
		}
		switch {
		case !first:
		case count > most:
			most, tied = count, 1
		case count == most:
			tied++
		}
	}
	switch {
	case right == 0 || right < most:
		return 0
	case right == most:
		return 1 / float64(tied+1)
	}
	return 1
}
