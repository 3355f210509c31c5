package math

// chain solves a < x ≤ b link by link.
func chain(n *node) (region, bool) {
	out := region{spans: []span{allReals}}
	for i, rel := range n.rels {
		r, ok := solve(n.args[i], rel, n.args[i+1])
		if !ok || out.variable != "" && r.variable != out.variable {
			return region{}, false
		}
		out.variable = r.variable
		if len(n.rels) == 1 {
			return r, true
		}
		if out.spans, ok = intersect(out.spans, r.spans); !ok {
			return region{}, false
		}
	}
	return out, true
}

var flipped = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}

// solve is the solution of one inequality in one variable: x against a constant,
// a linear one, or one with |linear|.
func solve(l *node, rel string, r *node) (region, bool) {
	if rel == "in" {
		s, ok := regionOf(r)
		if l.op != opVar || s.variable != "" || !ok {
			return region{}, false
		}
		s.variable = l.name
		return s, true
	}
	if flipped[rel] == "" {
		return region{}, false
	}
	if !l.scalar() || !r.scalar() {
		return solveList(l, rel, r)
	}
	if l.constant() && !r.constant() {
		l, r, rel = r, l, flipped[rel]
	}
	names := newNode(opAdd, l, r).variables()
	if len(names) != 1 {
		return region{}, false
	}
	out := region{variable: names[0]}
	if l.op == opVar && r.constant() {
		out.spans = ray(rel, r)
		return out, true
	}
	if l.op == opFunc && l.name == "abs" && r.constant() {
		return solveAbs(l.args[0], rel, r)
	}
	at, negative, ok := linearRoot(newNode(opAdd, l, newNode(opNeg, r)), names[0])
	if !ok {
		return region{}, false
	}
	if negative {
		rel = flipped[rel]
	}
	out.spans = ray(rel, at)
	return out, true
}

// solveList reads x ≠ 1, 2 and x ≠ ±1 as several conditions.
func solveList(l *node, rel string, r *node) (region, bool) {
	if rel != "!=" || l.op != opVar || !collection(r) {
		return region{}, false
	}
	out := region{variable: l.name, spans: []span{allReals}}
	for _, a := range r.args {
		if !a.scalar() {
			return region{}, false
		}
		var ok bool
		if out.spans, ok = intersect(out.spans, ray("!=", a)); !ok {
			return region{}, false
		}
	}
	return out, true
}

func solveAbs(u *node, rel string, c *node) (region, bool) {
	minus := newNode(opNeg, c)
	switch rel {
	case "<", "<=":
		return chain(&node{op: opRel, args: []*node{minus, u, c}, rels: []string{rel, rel}})
	case ">", ">=":
		x, ok1 := solve(u, rel, c)
		y, ok2 := solve(u, flipped[rel], minus)
		x.spans = append(x.spans, y.spans...)
		return x, ok1 && ok2
	}
	return region{}, false
}

// ray is the solution of x rel c.
func ray(rel string, c *node) []span {
	lo, hi := bound{minusInf, false}, bound{plusInf, false}
	switch rel {
	case "<":
		return []span{{lo, bound{c, false}}}
	case "<=":
		return []span{{lo, bound{c, true}}}
	case ">":
		return []span{{bound{c, false}, hi}}
	case ">=":
		return []span{{bound{c, true}, hi}}
	case "=":
		return []span{{bound{c, true}, bound{c, true}}}
	}
	return []span{{lo, bound{c, false}}, {bound{c, false}, hi}}
}

// linearRoot is where an expression a·x + b is zero, and whether a is negative.
func linearRoot(n *node, name string) (at *node, negative, ok bool) {
	a := newAlgebra()
	f, err := a.canon(n)
	if err != nil || f.d != nil {
		return nil, false, false
	}
	id, seen := a.ids["v"+name]
	if !seen {
		return nil, false, false
	}
	for _, t := range f.n {
		for _, x := range t.mono {
			k := a.atoms[x.atom].kind
			if x.atom == id && (x.n != 1 || x.d != 1) || k == aOther || k == aBase {
				return nil, false, false
			}
		}
	}
	put := func(v int64) *node {
		return n.replace(func(m *node) *node {
			if m.op == opVar && m.name == name {
				return integer(v)
			}
			return nil
		})
	}
	f0, f1 := put(0), put(1)
	slope := newNode(opAdd, f1, newNode(opNeg, f0))
	sign, known := order(slope, integer(0))
	if !known || sign == 0 {
		return nil, false, false
	}
	return newNode(opDiv, newNode(opNeg, f0), slope), sign < 0, true
}
