package math

import "sort"

// A region is a set of real numbers: intervals, their unions, solutions of
// inequalities in one variable.
type region struct {
	spans    []span
	variable string // of an inequality, "" for a plain set
}

type span struct{ lo, hi bound }

type bound struct {
	at     *node // a constant, or ±∞
	closed bool
}

var (
	plusInf  = named(opConst, "inf")
	minusInf = newNode(opNeg, plusInf)
	allReals = span{bound{minusInf, false}, bound{plusInf, false}}
)

// regional reports whether n can only be read as a set of numbers.
func regional(n *node) bool {
	switch n.op {
	case opTuple:
		return len(n.args) == 2 && (n.open == '[' || n.close == ']') || len(n.args) == 2 && n.open == '(' && (infinity(n.args[0]) < 0 || infinity(n.args[1]) > 0)
	case opUnion, opMeet, opMinus, opSuch:
		return true
	case opVar:
		return n.name == "#R"
	case opRel:
		for _, r := range n.rels {
			if r != "=" && r != "~" {
				return true
			}
		}
	case opList:
		for _, a := range n.args {
			if a.op != opRel || !regional(a) {
				return false
			}
		}
		return len(n.args) > 0
	}
	return false
}

// regions compares two sets of real numbers; CannotTell when one is none.
func regions(ref, ans *node) Comparison {
	r, ok1 := regionOf(ref)
	a, ok2 := regionOf(ans)
	if !ok1 || !ok2 {
		return cannotTell("no-region")
	}
	if r.variable != "" && a.variable != "" && r.variable != a.variable {
		return different("variables-differ")
	}
	x, ok1 := normalise(r.spans)
	y, ok2 := normalise(a.spans)
	if !ok1 || !ok2 {
		return cannotTell("no-region")
	}
	if len(x) != len(y) {
		return different("region")
	}
	out := same("region")
	for i := range x {
		for _, p := range [][2]bound{{x[i].lo, y[i].lo}, {x[i].hi, y[i].hi}} {
			if p[0].closed != p[1].closed && infinity(p[0].at) == 0 {
				return different("ends-differ")
			}
			if out = both(out, quantities(p[0].at, p[1].at), "region"); out.Verdict != Same {
				return out
			}
		}
	}
	return out
}

func regionOf(n *node) (region, bool) {
	switch n.op {
	case opTuple:
		if len(n.args) != 2 || n.open == '<' || !n.args[0].scalar() || !n.args[1].scalar() {
			return region{}, false
		}
		return region{spans: []span{{bound{n.args[0], n.open == '['}, bound{n.args[1], n.close == ']'}}}}, true
	case opVar:
		return region{spans: []span{allReals}}, n.name == "#R"
	case opSet:
		var r region
		for _, a := range n.args {
			if !a.scalar() {
				return r, false
			}
			r.spans = append(r.spans, span{bound{a, true}, bound{a, true}})
		}
		return r, true
	case opUnion, opMeet, opMinus:
		return combined(n)
	case opRel:
		return chain(n)
	case opList:
		return listed(n)
	case opSuch:
		return suchThat(n)
	}
	return region{}, false
}

func combined(n *node) (region, bool) {
	x, ok1 := regionOf(n.args[0])
	y, ok2 := regionOf(n.args[1])
	if !ok1 || !ok2 {
		return region{}, false
	}
	switch n.op {
	case opUnion:
		return region{spans: append(append([]span(nil), x.spans...), y.spans...)}, true
	case opMinus:
		c, ok := complement(y.spans)
		if !ok {
			return region{}, false
		}
		y.spans = c
	}
	s, ok := intersect(x.spans, y.spans)
	return region{spans: s}, ok
}

// listed joins conditions: "or" unites, "and" and commas intersect, unless
// nothing would be left, when a list of cases was meant.
func listed(n *node) (region, bool) {
	var out region
	for i, a := range n.args {
		r, ok := regionOf(a)
		if !ok || i > 0 && r.variable != out.variable {
			return region{}, false
		}
		if i == 0 {
			out = r
			continue
		}
		if n.name != "or" {
			s, ok := intersect(out.spans, r.spans)
			if !ok {
				return region{}, false
			}
			if len(s) > 0 {
				out.spans = s
				continue
			}
		}
		out.spans = append(append([]span(nil), out.spans...), r.spans...)
	}
	return out, true
}

func suchThat(n *node) (region, bool) {
	r, ok := regionOf(n.args[1])
	if !ok || r.variable == "" {
		return region{}, false
	}
	r.variable = ""
	if head := n.args[0]; head.op == opRel && len(head.rels) == 1 && head.rels[0] == "in" && head.args[1].op == opVar && head.args[1].name != "#R" {
		return region{}, false // among the integers
	}
	return r, true
}

// normalise sorts spans, joins those that touch and drops empty ones.
func normalise(spans []span) ([]span, bool) {
	if len(spans) == 1 && !(spans[0].lo.at.constant() && spans[0].hi.at.constant()) {
		return spans, true
	}
	if len(spans) > 64 {
		return nil, false
	}
	known := true
	cmp := func(a, b *node) int {
		s, ok := order(a, b)
		known = known && ok
		return s
	}
	var kept []span
	for _, s := range spans {
		if c := cmp(s.lo.at, s.hi.at); c < 0 || c == 0 && s.lo.closed && s.hi.closed {
			kept = append(kept, s)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool {
		c := cmp(kept[i].lo.at, kept[j].lo.at)
		return c < 0 || c == 0 && kept[i].lo.closed && !kept[j].lo.closed
	})
	var out []span
	for _, s := range kept {
		if len(out) == 0 {
			out = append(out, s)
			continue
		}
		last := &out[len(out)-1]
		c := cmp(s.lo.at, last.hi.at)
		if c > 0 || c == 0 && !s.lo.closed && !last.hi.closed {
			out = append(out, s)
			continue
		}
		if c := cmp(s.hi.at, last.hi.at); c > 0 || c == 0 && s.hi.closed {
			last.hi = s.hi
		}
	}
	return out, known
}

func complement(spans []span) ([]span, bool) {
	spans, ok := normalise(spans)
	if !ok {
		return nil, false
	}
	var out []span
	lo := bound{minusInf, false}
	for _, s := range spans {
		out = append(out, span{lo, bound{s.lo.at, !s.lo.closed}})
		lo = bound{s.hi.at, !s.hi.closed}
	}
	return append(out, span{lo, bound{plusInf, false}}), true
}

func intersect(x, y []span) ([]span, bool) {
	var out []span
	if len(x)*len(y) > 400 {
		return nil, false
	}
	for _, a := range x {
		for _, b := range y {
			s := a
			c, ok1 := order(b.lo.at, a.lo.at)
			d, ok2 := order(b.hi.at, a.hi.at)
			if !ok1 || !ok2 {
				return nil, false
			}
			if c > 0 || c == 0 && !b.lo.closed {
				s.lo = b.lo
			}
			if d < 0 || d == 0 && !b.hi.closed {
				s.hi = b.hi
			}
			out = append(out, s)
		}
	}
	return normalise(out)
}
