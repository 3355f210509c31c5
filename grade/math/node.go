package math

import "math/big"

// op says what a node is.
type op uint8

const (
	opNum     op = iota // num; places is the number of decimals shown
	opConst             // name: pi, e, i, inf
	opVar               // name: a letter, or a letter with its subscript
	opNeg               // -a
	opAdd               // a + b + ...
	opMul               // a · b · ...
	opDiv               // a / b
	opPow               // a ^ b
	opRoot              // the b-th root of a
	opFunc              // name(args...)
	opFact              // a!
	opMixed             // whole part, fraction
	opPercent           // a %
	opUnit              // a in the unit name; a may be nil for a unit alone
	opPM                // ± a (name "+-" or "-+")
	opBased             // name: digits; args[0] the base
	opMod               // a mod b
	opRatio             // a : b : ...
	opList              // items without brackets; name is what stands between: "," "and" "or"
	opTuple             // items between open and close: ( [ <
	opSet               // { items }
	opUnion             // a ∪ b
	opMeet              // a ∩ b
	opMinus             // a \ b
	opMatrix            // rows of args are opTuple nodes; open is the bracket: ( [ | or 0
	opCases             // rows are opTuple nodes
	opRel               // args[0] rels[0] args[1] rels[1] args[2] ...
	opSuch              // { a | b }
	opText              // name: words, normalised
)

// node is a mathematical expression as it was read.
type node struct {
	op          op
	open, close byte // brackets of opTuple and opMatrix
	plain       bool // opUnit: one bare letter after a space, which may be a unit or a variable; opNum: an integer with group separators
	places      int
	name        string
	num         *big.Rat
	args        []*node
	rels        []string // = != < <= > >= in ~
}

// noPlaces is the places of what is not written as a decimal.
const noPlaces = -1 << 20

func newNode(o op, args ...*node) *node { return &node{op: o, args: args, places: noPlaces} }

func named(o op, name string, args ...*node) *node {
	return &node{op: o, name: name, args: args, places: noPlaces}
}

func number(r *big.Rat) *node { return &node{op: opNum, num: r, places: noPlaces} }

func integer(i int64) *node { return number(big.NewRat(i, 1)) }

func isInteger(n *node) bool { return n.op == opNum && n.num.IsInt() && n.places == noPlaces }

// walk calls f on n and all below it until f says false.
func (n *node) walk(f func(*node) bool) bool {
	if n == nil {
		return true
	}
	if !f(n) {
		return false
	}
	for _, a := range n.args {
		if !a.walk(f) {
			return false
		}
	}
	return true
}

// has reports whether a node of one of the kinds stands in n.
func (n *node) has(ops ...op) bool {
	return !n.walk(func(m *node) bool {
		for _, o := range ops {
			if m.op == o {
				return false
			}
		}
		return true
	})
}

// variables returns the names of the variables of n in order of appearance.
func (n *node) variables() []string {
	var names []string
	n.walk(func(m *node) bool {
		if m.op == opVar || m.op == opFunc && isUnknownFunc(m.name) {
			for _, s := range names {
				if s == m.name {
					return true
				}
			}
			names = append(names, m.name)
		}
		return true
	})
	return names
}

func (n *node) constant() bool {
	return n.walk(func(m *node) bool {
		return m.op != opVar && !(m.op == opFunc && isUnknownFunc(m.name))
	})
}

// scalarOps are the nodes that stand for one number or expression.
var scalarOps = [...]bool{opNum: true, opConst: true, opVar: true, opNeg: true, opAdd: true, opMul: true, opDiv: true, opPow: true, opRoot: true,
	opFunc: true, opFact: true, opMixed: true, opPercent: true, opUnit: true, opText: false}

// scalar reports whether n is one number or expression all the way down.
func (n *node) scalar() bool {
	return n.walk(func(m *node) bool { return int(m.op) < len(scalarOps) && scalarOps[m.op] })
}

// replace returns n with each node for which f returns one replaced by it.
// n itself is not changed.
func (n *node) replace(f func(*node) *node) *node {
	if r := f(n); r != nil {
		return r
	}
	var args []*node
	for i, a := range n.args {
		b := a.replace(f)
		if b != a && args == nil {
			args = append(make([]*node, 0, len(n.args)), n.args[:i]...)
		}
		if args != nil {
			args = append(args, b)
		}
	}
	if args == nil {
		return n
	}
	c := *n
	c.args = args
	return &c
}
