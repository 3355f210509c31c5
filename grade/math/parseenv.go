package math

import (
	"math/big"
	"strings"
)

var big1 = big.NewRat(1, 1)

var matrixBrackets = map[string]byte{"pmatrix": '(', "bmatrix": '[', "Bmatrix": '[', "matrix": '(', "array": '(', "smallmatrix": '(', "vmatrix": '|', "Vmatrix": '|',
	"psmallmatrix": '(', "bsmallmatrix": '['}

// environment reads \begin{name} up to its \end: a matrix, cases, or lines.
func (p *parser) environment(name string) (*node, error) {
	rows, err := p.rows(name)
	if err != nil {
		return nil, err
	}
	if name == "vmatrix" {
		if d := determinant(rows); d != nil {
			return d, nil
		}
	}
	if b, ok := matrixBrackets[name]; ok {
		m := newNode(opMatrix, rows...)
		m.open = b
		return m, nil
	}
	if name == "cases" {
		return newNode(opCases, rows...), nil
	}
	var items []*node
	for _, r := range rows {
		items = append(items, r.args...)
	}
	if len(items) == 1 {
		return items[0], nil
	}
	return named(opList, ",", items...), nil
}

func (p *parser) rows(name string) ([]*node, error) {
	var rows []*node
	row := newNode(opTuple)
	for {
		switch {
		case p.cmd("end:" + name):
			p.i++
			if len(row.args) > 0 {
				rows = append(rows, row)
			}
			if len(rows) == 0 {
				return nil, errSyntax
			}
			return rows, nil
		case p.is(`\\`):
			p.i++
			if len(row.args) > 0 {
				rows = append(rows, row)
			}
			row = newNode(opTuple)
			continue
		case p.is("&", ",", ";"), p.word("if", "for", "when", "otherwise"):
			p.i++
			continue
		case p.peek().kind == tEnd:
			return nil, errSyntax
		}
		n, err := p.relation()
		if err != nil {
			return nil, err
		}
		row.args = append(row.args, n)
	}
}

// determinant expands a square array of at most 4 rows by its first row.
func determinant(rows []*node) *node {
	n := len(rows)
	if n > 4 {
		return nil
	}
	for _, r := range rows {
		if len(r.args) != n {
			return nil
		}
	}
	if n == 1 {
		return rows[0].args[0]
	}
	sum := newNode(opAdd)
	for j, a := range rows[0].args {
		var minor []*node
		for _, r := range rows[1:] {
			minor = append(minor, newNode(opTuple, append(append([]*node(nil), r.args[:j]...), r.args[j+1:]...)...))
		}
		t := newNode(opMul, a, determinant(minor))
		if j%2 == 1 {
			t = newNode(opNeg, t)
		}
		sum.args = append(sum.args, t)
	}
	return sum
}

// maxSeries bounds how many terms of a sum are written out.
const maxSeries = 200

// series writes out \sum_{k=1}^{10} and \prod between integers.
func (p *parser) series(name string) (*node, error) {
	if !p.accept("_") || !p.is("{") {
		return nil, errSyntax
	}
	from, err := p.primary()
	if err != nil || from.op != opRel || len(from.args) != 2 || from.args[0].op != opVar && !(from.args[0].op == opConst && from.args[0].name == "i") || !p.accept("^") {
		return nil, errSyntax
	}
	to, err := p.primary()
	if err != nil {
		return nil, err
	}
	body, err := p.term()
	if err != nil {
		return nil, err
	}
	lo, ok1 := rationalAt(from.args[1], nil)
	hi, ok2 := rationalAt(to, nil)
	if !ok1 || !ok2 || !lo.IsInt() || !hi.IsInt() || !lo.Num().IsInt64() || !hi.Num().IsInt64() || hi.Cmp(lo) < 0 || hi.Num().Int64()-lo.Num().Int64() > maxSeries {
		return nil, errSyntax
	}
	out := newNode(map[string]op{"sum": opAdd, "prod": opMul}[name])
	out.open = 'g'
	for k := lo.Num().Int64(); k <= hi.Num().Int64(); k++ {
		out.args = append(out.args, body.replace(func(m *node) *node {
			if m.op == from.args[0].op && m.name == from.args[0].name {
				return integer(k)
			}
			return nil
		}))
	}
	if p.nodes += body.size() * len(out.args); p.nodes > maxNodes {
		return nil, errDepth
	}
	return out, nil
}

// numberWord reads "twelve", "twenty-five" and "three hundred".
func (p *parser) numberWord() (*node, error) {
	v, ok := numberWords[strings.ToLower(p.peek().text)]
	if !ok || p.peek().kind != tWord {
		return nil, errSyntax
	}
	p.i++
	if v >= 20 && v%10 == 0 {
		save := p.i
		p.accept("-")
		if w, ok := numberWords[strings.ToLower(p.peek().text)]; ok && p.peek().kind == tWord && w > 0 && w < 10 {
			p.i++
			v += w
		} else {
			p.i = save
		}
	}
	return p.multiplied(integer(v)), nil
}

// multiplied reads "million" and the like behind a number.
func (p *parser) multiplied(n *node) *node {
	if p.peek().kind == tWord {
		if m := multipliers[strings.ToLower(p.peek().text)]; m != 0 {
			p.i++
			return newNode(opMul, n, integer(m))
		}
	}
	return n
}
