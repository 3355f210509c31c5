package schedule

import (
	"cmp"
	"slices"
)

// inOrder sorts queries by a key of seed and id, never by place: the same
// queries in another order, or in another file, are taken up in the same one.
func inOrder(queries []Query, seed uint64) []int32 {
	keys := make([]uint64, len(queries))
	order := make([]int32, len(queries))
	for q, x := range queries {
		keys[q], order[q] = key(seed, x.ID), int32(q)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(queries[a].ID, queries[b].ID))
	})
	return order
}

// key is FNV-1a (Fowler, Noll, Vo) finished by the mixer of SplitMix64 (Steele,
// Lea, Flood 2014).
func key(seed uint64, id string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	h += seed * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// queue is a list of queries, taken from its front or near it.
type queue struct {
	list []int32
	head int
}

func (w *queue) push(q int32)   { w.list = append(w.list, q) }
func (w *queue) len() int       { return len(w.list) - w.head }
func (w *queue) at(i int) int32 { return w.list[w.head+i] }

// remove takes out the i-th, those before it moving up.
func (w *queue) remove(i int) {
	copy(w.list[w.head+1:w.head+i+1], w.list[w.head:w.head+i])
	w.head++
	if w.head > 1024 && w.head > len(w.list)/2 {
		w.list = append(w.list[:0], w.list[w.head:]...)
		w.head = 0
	}
}
