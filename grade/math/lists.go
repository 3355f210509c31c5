package math

import "strings"

// collection reports whether n holds several items.
func collection(n *node) bool { return n.op == opList || n.op == opTuple || n.op == opSet }

// collections compares lists, sets and tuples. The reference tells which: a tuple
// is ordered; a bare list and a set are not. An answer that is a bare list can
// stand for either; a set is no tuple, and square brackets are no round ones when
// they may be an interval's ends.
func collections(ref, ans *node) Comparison {
	if !collection(ref) || !collection(ans) {
		if ref.op == opTuple && !collection(ans) {
			if parts, ok := inUnitVectors(ans, len(ref.args)); ok {
				return ordered(ref.args, parts, "unit-vectors")
			}
		}
		if ans.op == opTuple && !collection(ref) {
			if parts, ok := inUnitVectors(ref, len(ans.args)); ok {
				return ordered(parts, ans.args, "unit-vectors")
			}
		}
		if (ref.op == opSet || ref.op == opList) && len(ref.args) > 1 || (ans.op == opSet || ans.op == opList) && len(ans.args) > 1 || ref.op == opTuple || ans.op == opTuple {
			return different("count-differs")
		}
		return different("unlike-kinds")
	}
	r, a := assigned(ref), assigned(ans)
	if c, ok := withDots(r, a); ok {
		return c
	}
	switch {
	case ref.op == opSet && ans.op != opTuple && !nested(r) && nested(a):
		return different("unlike-kinds")
	case ref.op == opList && ans.op != opTuple && family(ref) && !family(ans):
		return unordered(values(ref), a, "unordered")
	case ref.op == opList && differentNames(ref) && ans.op == opList && !anyNamed(ans):
		return ordered(r, a, "in-order-of-names")
	case ref.op == opTuple && ans.op == opTuple:
		if !bracketsAgree(ref, ans) {
			return different("brackets-differ")
		}
		return ordered(r, a, "ordered")
	case ref.op == opTuple && ans.op == opSet, ref.op == opSet && ans.op == opTuple:
		return different("unlike-kinds")
	case ref.op == opTuple || ans.op == opTuple:
		return ordered(r, a, "ordered")
	case ref.op == opSet && ans.op == opSet:
		return unordered(distinct(r), distinct(a), "set")
	}
	return unordered(r, a, "unordered")
}

// bracketsAgree: (a, b) is not [a, b]; three items and more are a vector in any
// brackets, and so are pairs in ⟨⟩.
func bracketsAgree(r, a *node) bool {
	if len(r.args) != 2 || r.open == '<' || a.open == '<' {
		return true
	}
	return r.open == a.open && r.close == a.close
}

// assigned takes "x = " off the items of a list when the same name or no name
// stands before each.
func assigned(n *node) []*node {
	name := ""
	for i, m := range n.args {
		if m.op != opRel || len(m.args) != 2 || m.rels[0] != "=" || !isName(m.args[0]) {
			return n.args
		}
		s := m.args[0].String()
		if i > 0 && s != name {
			return n.args
		}
		name = s
	}
	out := make([]*node, len(n.args))
	for i, m := range n.args {
		out[i] = m.args[1]
	}
	return out
}

// nested reports whether an item is a set.
func nested(items []*node) bool {
	for _, n := range items {
		if n.op == opSet {
			return true
		}
	}
	return false
}

// differentNames reports whether each item gives a value to a name of its own.
func differentNames(n *node) bool {
	seen := map[string]bool{}
	for _, m := range n.args {
		if !gives(m) || seen[m.args[0].String()] {
			return false
		}
		seen[m.args[0].String()] = true
	}
	return true
}

// family reports whether the items are x_1 = ..., x_2 = ...: values of one unknown.
func family(n *node) bool {
	base := ""
	for i, m := range n.args {
		if !gives(m) || m.args[0].op != opVar {
			return false
		}
		letter, _, indexed := strings.Cut(m.args[0].name, "_")
		if !indexed || i > 0 && letter != base {
			return false
		}
		base = letter
	}
	return len(n.args) > 1
}

func values(n *node) []*node {
	out := make([]*node, len(n.args))
	for i, m := range n.args {
		out[i] = m.args[1]
	}
	return out
}

// anyNamed reports whether an item gives a value to a name.
func anyNamed(n *node) bool {
	for _, m := range n.args {
		if gives(m) {
			return true
		}
	}
	return false
}

// gives reports whether n is "name = value".
func gives(n *node) bool {
	return n.op == opRel && len(n.args) == 2 && n.rels[0] == "=" && isName(n.args[0])
}

func ordered(r, a []*node, rule string) Comparison {
	if len(r) != len(a) {
		return different("count-differs")
	}
	out := same(rule)
	for i := range r {
		c := match(r[i], valueBehindName(r[i], a[i]))
		if c.Verdict == Different {
			return different(rule)
		}
		out = both(out, c, rule)
	}
	return out
}

// valueBehindName reads the item "x = 3" of an answer as 3 when the reference's
// item has no name.
func valueBehindName(ref, ans *node) *node {
	if ref.op != opRel && ans.op == opRel && len(ans.args) == 2 && ans.rels[0] == "=" && isName(ans.args[0]) {
		return ans.args[1]
	}
	return ans
}

// both joins two verdicts that must both be "same".
func both(x, y Comparison, rule string) Comparison {
	if x.Verdict == Different || y.Verdict == Different {
		return different(rule)
	}
	if x.Verdict == CannotTell || y.Verdict == CannotTell {
		return cannotTell(rule)
	}
	return Comparison{Verdict: Same, Rule: rule, Exact: x.Exact && y.Exact, ErrorBound: min(1, x.ErrorBound+y.ErrorBound)}
}

// unordered matches each item of r with one of a of its own. Equality is
// transitive but for decimals, so that taking the first that fits may miss a
// matching only among rounded values.
func unordered(r, a []*node, rule string) Comparison {
	if len(r) != len(a) {
		return different("count-differs")
	}
	if len(r)*len(a) > 2500 {
		return cannotTell("limit")
	}
	used := make([]bool, len(a))
	out := same(rule)
	for i, x := range r {
		found, unknown := false, false
		for k := range a {
			j := (i + k) % len(a)
			if used[j] {
				continue
			}
			c := match(x, valueBehindName(x, a[j]))
			if c.Verdict == Same {
				used[j], found = true, true
				out = both(out, c, rule)
				break
			}
			unknown = unknown || c.Verdict == CannotTell
		}
		if !found && unknown {
			return cannotTell(rule)
		}
		if !found {
			return different(rule)
		}
	}
	return out
}

// matrices compares element by element; a single row or column is a vector.
func matrices(ref, ans *node) Comparison {
	r, a := cells(ref), cells(ans)
	if r == nil || a == nil || r[0] == nil || a[0] == nil {
		return different("unlike-kinds")
	}
	vector := (len(r) == 1 || len(r[0]) == 1) && (len(a) == 1 || len(a[0]) == 1)
	if ref.op == opMatrix && ans.op == opMatrix && (len(r) != len(a) || len(r[0]) != len(a[0])) {
		return different("shape-differs")
	}
	if !vector && (len(r) != len(a) || len(r[0]) != len(a[0])) {
		return different("shape-differs")
	}
	var x, y []*node
	for _, row := range r {
		x = append(x, row...)
	}
	for _, row := range a {
		y = append(y, row...)
	}
	return ordered(x, y, "matrix")
}

// cells returns the rows of a matrix, or a tuple as one row, or a tuple of
// tuples as rows.
func cells(n *node) [][]*node {
	switch n.op {
	case opFunc:
		if n.name == "binom" { // a column, to some
			return [][]*node{n.args[:1], n.args[1:]}
		}
	case opTuple:
		rows := true
		for _, a := range n.args {
			rows = rows && a.op == opTuple
		}
		if !rows {
			return [][]*node{n.args}
		}
		fallthrough
	case opMatrix:
		if n.open == '|' || len(n.args) == 0 {
			return nil
		}
		var out [][]*node
		for _, r := range n.args {
			out = append(out, r.args)
		}
		return out
	}
	return nil
}
