package outcome

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Pattern is a set of models that are right together, and the number of queries
// that show it: on them these models are right, and all others are wrong.
type Pattern struct {
	Key    string // bits by model, model 0 the lowest bit of the first byte; names the pattern within its matrix
	Weight int64
}

// Right reports whether a model is right on the queries of the pattern.
func (p Pattern) Right(model int) bool { return p.Key[model>>3]>>(model&7)&1 != 0 }

// Patterns lists the patterns of the complete queries of a mask (nil: of all),
// in order of their keys. They are the same however the queries are ordered, and
// however their weights are spread over columns: what is drawn from them is
// the same for a file and for a database that counted.
func (m *Matrix) Patterns(k Mask) []Pattern {
	weight := map[string]int64{}
	complete := m.Complete()
	key := make([]byte, (len(m.models)+7)/8)
	for w, chosen := range complete {
		if k != nil {
			chosen &= k[w]
		}
		for ; chosen != 0; chosen &= chosen - 1 {
			at := bits.TrailingZeros64(chosen)
			clear(key)
			for i, r := range m.right {
				key[i>>3] |= byte(r[w]>>at&1) << (i & 7)
			}
			weight[string(key)] += m.Weight(w<<6 + at)
		}
	}
	out := make([]Pattern, 0, len(weight))
	for key, n := range weight {
		if n > 0 {
			out = append(out, Pattern{key, n})
		}
	}
	slices.SortFunc(out, func(a, b Pattern) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// CountPatterns gives the counts of patterns over this many models.
func CountPatterns(models int, patterns []Pattern) Counts {
	c := Counts{Right: make([]int64, models)}
	for _, p := range patterns {
		c.Queries += p.Weight
		some, every := false, true
		for i := range models {
			if p.Right(i) {
				some = true
				c.Right[i] += p.Weight
			} else {
				every = false
			}
		}
		if !some {
			c.AllWrong += p.Weight
		}
		if every {
			c.AllRight += p.Weight
		}
	}
	return c
}

// DigestPatterns names a list of patterns with their weights. Draws from
// patterns are keyed by it, too: a uniform that hung on the seed and the pattern
// alone would be the same for all data sets, and what is drawn then a fixed
// function of the counts, no sample of the queries. Keyed by the counts it is as
// good as fresh for every data set.
func DigestPatterns(patterns []Pattern) string {
	h := sha256.New()
	var b []byte
	for _, p := range patterns {
		b = binary.LittleEndian.AppendUint64(append(b[:0], p.Key...), uint64(p.Weight))
		h.Write(b)
	}
	return string(h.Sum(nil))
}
