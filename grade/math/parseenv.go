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
