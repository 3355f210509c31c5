package compare

import (
	"encoding/binary"
	"hash/fnv"
	"math/bits"
)

// plane holds one bit for each paired query.
type plane []uint64

func newPlane(n int) plane { return make(plane, (n+63)/64) }

func (p plane) set(x int) { p[x>>6] |= 1 << (x & 63) }

func (p plane) has(x int) bool { return p[x>>6]>>(x&63)&1 != 0 }

func (p plane) count() int {
	n := 0
	for _, w := range p {
		n += bits.OnesCount64(w)
	}
	return n
}

// but is the number of queries that are in p and not in q.
func (p plane) but(q plane) int {
	n := 0
	for w := range p {
		n += bits.OnesCount64(p[w] &^ q[w])
	}
	return n
}

// without are the queries that are in p and not in q.
func (p plane) without(q plane) plane {
	out := make(plane, len(p))
	for w := range p {
		out[w] = p[w] &^ q[w]
	}
	return out
}

// draw gives a number in [0, 1) that hangs on the seed and the query's name alone.
func draw(seed uint64, id string) float64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write([]byte("compare\x00" + id))
	z := h.Sum64()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}
