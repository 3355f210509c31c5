package prob

import "math/rand/v2"

// Keyed gives a number in [0, 1) to a list of names, the same for the same seed and names and as good as drawn. What
// is drawn in this way hangs on what a thing is called and never on its place, nor on who computes it.
func Keyed(seed uint64, names ...string) float64 { return float64(hash(seed, names)>>11) / (1 << 53) }

// Stream gives a source of random numbers to a list of names: the same numbers for the same seed and names.
func Stream(seed uint64, names ...string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hash(seed, names)))
}

// hash is FNV-1a (Fowler, Noll, Vo) over the names, a zero byte between them, finished by the mixer of SplitMix64
// (Steele, Lea, Flood 2014).
func hash(seed uint64, names []string) uint64 {
	h := uint64(14695981039346656037)
	for k, name := range names {
		if k > 0 {
			h *= 1099511628211 // the zero byte
		}
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * 1099511628211
		}
	}
	h += seed * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
