package outcome

import "hash/maphash"

// interner numbers distinct strings from 0 in the order in which they come.
// The bytes lie in one arena and the table holds no pointers, so that millions
// of query ids cost little more than their letters and nothing to the garbage
// collector. A map[string]int would take four times the memory.
type interner struct {
	seed  maphash.Seed
	arena [][]byte // chunks; a string never spans two
	where []uint64 // string → chunk<<40 | offset<<16 | length
	table []uint64 // open addressing; hash<<32 | string number + 1, 0 when free
	last  int      // string that was added or found last
}

const chunkSize = 1 << 20

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), table: make([]uint64, 1<<10)}
}

func (t *interner) len() int { return len(t.where) }

// bytes is string i, to be read only.
func (t *interner) bytes(i int) []byte {
	w := t.where[i]
	off, n := w>>16&0xffffff, w&0xffff
	return t.arena[w>>40][off : off+n]
}

func (t *interner) name(i int) string { return string(t.bytes(i)) }

// hash is 32 bits: where a string lies in the table, and what the table remembers
// of it, so that looking by strings that are not meant costs no look at their letters.
func (t *interner) hash(s string) uint32 { return uint32(maphash.String(t.seed, s)) }

func (t *interner) lookup(s string, h uint32) (number int, slot uint32) {
	mask := uint32(len(t.table) - 1)
	for slot = h & mask; ; slot = (slot + 1) & mask {
		e := t.table[slot]
		if e == 0 {
			return -1, slot
		}
		if i := int(uint32(e)) - 1; uint32(e>>32) == h && string(t.bytes(i)) == s {
			return i, slot
		}
	}
}

// find gives the number of s, if it has one.
func (t *interner) find(s string) (number int, ok bool) {
	number, _ = t.lookup(s, t.hash(s))
	return number, number >= 0
}

// add gives the number of s, a new one when it has not been seen. s is at most
// MaxName bytes long.
//
// Files list the same queries in the same order for one model after another, or
// all models of one query together: the string after the last one, and the last
// one itself, are tried before the table.
func (t *interner) add(s string) int {
	for _, i := range [2]int{t.last + 1, t.last} {
		if i < len(t.where) && string(t.bytes(i)) == s {
			t.last = i
			return i
		}
	}
	t.last = t.addHashed(s)
	return t.last
}

func (t *interner) addHashed(s string) int {
	h := t.hash(s)
	i, slot := t.lookup(s, h)
	if i >= 0 {
		return i
	}
	i = len(t.where)
	last := len(t.arena) - 1
	if last < 0 || len(t.arena[last])+len(s) > chunkSize {
		t.arena = append(t.arena, make([]byte, 0, chunkSize))
		last++
	}
	off := len(t.arena[last])
	t.arena[last] = append(t.arena[last], s...)
	t.where = append(t.where, uint64(last)<<40|uint64(off)<<16|uint64(len(s)))
	t.table[slot] = uint64(h)<<32 | uint64(i+1)
	if len(t.where)*4 > len(t.table)*3 {
		t.grow()
	}
	return i
}

func (t *interner) grow() {
	old := t.table
	t.table = make([]uint64, 2*len(old))
	mask := uint32(len(t.table) - 1)
	for _, e := range old {
		if e == 0 {
			continue
		}
		slot := uint32(e>>32) & mask
		for t.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.table[slot] = e
	}
}
