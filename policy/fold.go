package policy

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// divide deals places into at most k folds of about the same number of units.
// Which fold a unit falls into hangs on the seed, the purpose and the units' ids.
// Each fold is in order.
func (b *bench) divide(places []int, k int, purpose string, more ...byte) [][]int {
	type drawn struct {
		unit int
		at   float64
	}
	var list []drawn
	fold := map[int]int{}
	for _, q := range places {
		u := b.unit[q]
		if _, ok := fold[u]; !ok {
			fold[u] = 0
			list = append(list, drawn{u, draw(b.Seed, purpose, b.units[u], more...)})
		}
	}
	slices.SortFunc(list, func(x, y drawn) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(b.units[x.unit], b.units[y.unit]))
	})
	k = min(k, len(list))
	for at, x := range list {
		fold[x.unit] = at % k
	}
	out := make([][]int, k)
	for _, q := range places {
		f := fold[b.unit[q]]
		out[f] = append(out[f], q)
	}
	return out
}

// without gives the places of all folds but one, in order.
func without(folds [][]int, one int) []int {
	var out []int
	for f, places := range folds {
		if f != one {
			out = append(out, places...)
		}
	}
	slices.Sort(out)
	return out
}

// draw gives a unit a number in [0, 1) that hangs on the seed, the purpose and
// the unit's id, and not on its place.
func draw(seed uint64, purpose, id string, more ...byte) float64 {
	h := fnv.New128a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write(append([]byte("policy "+purpose), more...))
	h.Write([]byte{0})
	h.Write([]byte(id))
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:]))).Float64()
}

// part is a division: what policies learn from, and what they are scored on.
type part struct {
	*bench
	train, test []int
	key         []byte // names the division

	accuracy []float64 // [model] on train
	spent    []float64 // [model] mean cost on train; nil when no cost is known
	single   int       // the best model on train; the cheaper among equals, then the first
	order    []int     // models, the best first
	among    []int     // models that routers choose among, single first

	inner  []*part // divisions of train, for what has to be tuned
	fitted *tfidf  // texts as learnt on train
}

// mostAmong bounds the models that a router chooses among: beyond, it is mostly
// the luck of many estimates that is chosen.
const mostAmong = 16

func (b *bench) newPart(train, test []int, key ...byte) *part {
	p := &part{bench: b, train: train, test: test, key: key}
	n := float64(len(train))
	for i, row := range b.right {
		a, c := 0.0, 0.0
		for _, q := range train {
			a += row[q]
			c += b.price(i, q)
		}
		p.accuracy = append(p.accuracy, a/n)
		if b.cost != nil {
			p.spent = append(p.spent, c/n)
		}
		p.order = append(p.order, i)
	}
	slices.SortStableFunc(p.order, func(i, j int) int {
		if c := cmp.Compare(p.accuracy[j], p.accuracy[i]); c != 0 || p.spent == nil {
			return c
		}
		return cheaper(p.spent[i], p.spent[j])
	})
	p.single = p.order[0]
	p.among = p.cover()
	return p
}

// cheaper compares costs; one that is not known is not cheap.
func cheaper(x, y float64) int {
	switch {
	case x != x && y != y:
		return 0
	case x != x:
		return 1
	case y != y:
		return -1
	}
	return cmp.Compare(x, y)
}

// cover picks the models that together are right on most of what is learnt
// from, one at a time, the single best first; then the best of the others.
func (p *part) cover() []int {
	out := []int{p.single}
	open := slices.DeleteFunc(slices.Clone(p.train), func(q int) bool { return p.right[p.single][q] > 0 })
	for len(out) < min(mostAmong, len(p.models)) {
		best, most := -1, -1
		for _, i := range p.order {
			if slices.Contains(out, i) {
				continue
			}
			n := 0
			for _, q := range open {
				n += int(p.right[i][q])
			}
			if n > most {
				best, most = i, n
			}
		}
		out = append(out, best)
		open = slices.DeleteFunc(open, func(q int) bool { return p.right[best][q] > 0 })
	}
	return out
}

// tuning bounds: below, each of three folds of what is learnt from is held out in
// turn; above, one of four is, once.
const tuneAll = 4000

// within gives the divisions of train on which to tune; none when it is one unit.
func (p *part) within() []*part {
	if p.inner != nil {
		return p.inner
	}
	k, rounds := 3, 3
	if len(p.train) > tuneAll {
		k, rounds = 4, 1
	}
	folds := p.divide(p.train, k, "tune", p.key...)
	if len(folds) < 2 {
		return nil
	}
	for f := range min(rounds, len(folds)) {
		p.inner = append(p.inner, p.newPart(without(folds, f), folds[f], append(slices.Clone(p.key), byte(f))...))
	}
	return p.inner
}
