package pool

import (
	"cmp"
	"slices"
)

// search proves a pool best by branch and bound: it tries members in the order
// in which the dual of the whole favours them, and leaves every branch whose
// bound says that nothing in it beats the best pool known.
type search struct {
	*goal
	best    choice
	work    int64 // words that may still be looked at
	stopped bool  // for want of work
}

// node is a branch: some members chosen, and candidates for the rest with what
// they would cover beyond those.
type node struct {
	c    *cover
	ids  []int // [candidate] number of the model
	at   choice
	left int // members that may still join
}

// rootSteps and nodeSteps limit the steps of the bound. A branch starts from
// the multipliers of the branch above, so that few are needed.
const (
	rootSteps = 400
	nodeSteps = 12
)

// need is how many queries must be covered to beat the best pool from here on.
func (s *search) need(at *choice) int64 {
	n := s.value(s.best.covered, s.best.strongest)
	if s.Objective == Gain {
		n += at.strongest
	}
	if s.Objective == Cost && at.price < s.best.price-priceTie(s.best.price) {
		return n
	}
	return n + 1
}

// explore looks through a branch, and gives a bound on what any pool in it
// covers, from the top of it.
func (s *search) explore(n node, steps int) (bound int64) {
	if s.better(&n.at, &s.best) {
		s.best = n.at
	}
	if n.left = min(n.left, len(n.ids)); n.left == 0 {
		return n.at.covered
	}
	if s.work -= int64(len(n.ids)) * n.c.scans(); s.work < 0 {
		s.stopped = true
		return n.at.covered + n.c.total
	}
	if n.left <= 2 {
		s.few(n)
		return s.best.covered
	}
	d := n.c.improve(n.left, float64(s.need(&n.at)-n.at.covered), steps, &s.work)
	bound = n.at.covered + int64(d.bound)
	s.branch(n, d)
	return bound
}

// branch tries each candidate in turn as the first of those that join.
func (s *search) branch(n node, d dual) {
	order := s.able(n, d)
	for first := range order {
		target := float64(s.need(&n.at) - n.at.covered)
		reach := d.free + n.c.slack()
		for _, i := range order[first:min(first+n.left, len(order))] {
			reach += d.scores[i]
		}
		if reach < target {
			return // and so are all that follow, with smaller scores
		}
		if s.work < 0 {
			s.stopped = true
			return
		}
		i := order[first]
		s.explore(s.child(n, i, order[first+1:]), nodeSteps)
	}
}

// able leaves out candidates that cannot be part of anything better: too dear,
// or so that the bound with them is below what is needed.
func (s *search) able(n node, d dual) []int {
	target := float64(s.need(&n.at) - n.at.covered)
	last := d.scores[d.order[n.left-1]]
	var out []int
	for _, i := range d.order {
		if n.at.price+s.price(n.ids[i]) <= s.cap && (d.scores[i] >= last || d.bound-last+d.scores[i] >= target) {
			out = append(out, i)
		}
	}
	return out
}

// child is the branch in which candidate i joins and only those of rest may follow.
func (s *search) child(n node, i int, rest []int) node {
	open := make([]uint64, len(n.c.sets[i]))
	for w, x := range n.c.sets[i] {
		open[w] = ^x
	}
	if extra := n.c.columns & 63; extra != 0 {
		open[len(open)-1] &= 1<<extra - 1
	}
	more := n.c.weigh(n.c.sets[i])
	sets, ids := make([][]uint64, len(rest)), make([]int, len(rest))
	for j, r := range rest {
		sets[j], ids[j] = n.c.sets[r], n.ids[r]
	}
	c := n.c.keep(open, sets)
	s.work -= int64(len(rest)) * int64(c.columns) / 16
	return node{c: c, ids: ids, at: s.with(n.at, n.ids[i], more), left: n.left - 1}
}

// few tries all candidates, alone and in pairs.
func (s *search) few(n node) {
	type candidate struct {
		i    int
		more int64
	}
	var list []candidate
	for i, set := range n.c.sets {
		if n.at.price+s.price(n.ids[i]) <= s.cap {
			list = append(list, candidate{i, n.c.weigh(set)})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.more, a.more) })
	for x, a := range list {
		one := s.with(n.at, n.ids[a.i], a.more)
		if s.better(&one, &s.best) {
			s.best = one
		}
		if n.left == 1 {
			continue
		}
		for _, b := range list[x+1:] {
			if s.hopeless(n.at.covered+min(a.more+b.more, n.c.total), one.strongest, one.price, &s.best) {
				break
			}
			if one.price+s.price(n.ids[b.i]) > s.cap {
				continue
			}
			s.work -= n.c.scans()
			if two := s.with(one, n.ids[b.i], n.c.beyond(n.c.sets[a.i], n.c.sets[b.i])); s.better(&two, &s.best) {
				s.best = two
			}
		}
	}
}

// prove looks for the best pool of at most k models that holds those required,
// starting from one that is known. It gives the best that it found, the most
// queries that any such pool covers, and whether nothing beats what it found.
func (g *goal) prove(c *cover, known choice, required, from []int, k int, work int64) (best choice, most int64, proved bool) {
	s := &search{goal: g, best: known, work: work}
	at := g.evaluate(c, slices.Clone(required))
	covered := c.union(required)
	open := make([]uint64, len(covered))
	for w := range open {
		open[w] = ^covered[w]
	}
	if extra := c.columns & 63; extra != 0 {
		open[len(open)-1] &= 1<<extra - 1
	}
	root := node{at: at, left: k - len(required)}
	var sets [][]uint64
	for _, i := range from {
		if !slices.Contains(required, i) {
			sets, root.ids = append(sets, c.sets[i]), append(root.ids, i)
		}
	}
	root.c = c.keep(open, sets)
	most, proved = s.explore(root, rootSteps), !s.stopped
	switch {
	case g.Objective == Gain && root.left <= 2:
		most = c.total // tried one by one for their gain: others may cover more
	case g.Objective != Gain && proved:
		most = s.best.covered
	}
	slices.Sort(s.best.models)
	return s.best, min(max(most, s.best.covered), c.total), proved
}
