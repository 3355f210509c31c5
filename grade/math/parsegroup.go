package math

// group reads brackets of every kind.
func (p *parser) group(t *token) (*node, error) {
	if t.kind != tOp {
		return nil, errSyntax
	}
	switch t.text {
	case "{":
		return p.braces()
	case `\{`:
		return p.set(`\}`)
	case "(", "[":
		p.i++
		return p.brackets(t.text[0])
	case "<<", "<":
		p.i++
		n, err := p.items(map[string]string{"<<": ">>", "<": ">"}[t.text])
		if err != nil || n.op != opList {
			return nil, errSyntax
		}
		n.op, n.open, n.close = opTuple, '<', '>'
		return n, nil
	case "|", "||":
		return p.absolute(t.text)
	case "lfloor", "lceil":
		return p.rounded(t.text)
	case "$":
		p.i++
		n, err := p.primary()
		if err != nil {
			return nil, err
		}
		return named(opUnit, "dollar", p.multiplied(n)), nil
	case "...":
		p.i++
		return named(opVar, "..."), nil
	}
	return nil, errSyntax
}

// items reads a list up to the closing bracket.
func (p *parser) items(end string) (*node, error) {
	if p.accept(end) {
		return named(opList, ","), nil
	}
	bars := p.bars
	p.bars = 0
	n, err := p.statements()
	p.bars = bars
	if err != nil {
		return nil, err
	}
	if !p.accept(end) {
		return nil, errSyntax
	}
	return n, nil
}

// braces reads a TeX group, or a set when it holds a list and is no argument.
func (p *parser) braces() (*node, error) {
	p.i++
	bars := p.bars
	p.bars = 0
	n, err := p.statements()
	if err != nil {
		return nil, err
	}
	p.bars = bars
	if p.is("|", "mid", ":") {
		return p.such(n, "}")
	}
	if !p.accept("}") {
		return nil, errSyntax
	}
	if n.op == opList {
		n.op = opSet
	}
	return grouped(n), nil
}

// grouped marks a sum or product so that what follows does not flow into it.
func grouped(n *node) *node {
	if n.op == opAdd || n.op == opMul {
		c := *n
		c.open, c.close = 'g', 'g'
		return &c
	}
	return n
}

func (p *parser) set(end string) (*node, error) {
	p.i++
	if p.accept(end) {
		return newNode(opSet), nil
	}
	bars := p.bars
	p.bars = 1 // a bar is "such that"
	n, err := p.statements()
	p.bars = bars
	if err != nil {
		return nil, err
	}
	if p.is("|", "mid", ":") {
		return p.such(n, end)
	}
	if !p.accept(end) {
		return nil, errSyntax
	}
	if n.op == opList {
		n.op = opSet
		return n, nil
	}
	return newNode(opSet, n), nil
}

// such reads the condition of { x | x > 3 }.
func (p *parser) such(n *node, end string) (*node, error) {
	p.i++
	bars := p.bars
	p.bars = 0
	cond, err := p.statements()
	p.bars = bars
	if err != nil {
		return nil, err
	}
	if !p.accept(end) {
		return nil, errSyntax
	}
	return newNode(opSuch, n, cond), nil
}

// brackets reads (a), (a, b), [a, b) and their kind.
func (p *parser) brackets(open byte) (*node, error) {
	bars := p.bars
	p.bars = 0
	defer func() { p.bars = bars }()
	if p.is(")", "]") {
		return nil, errSyntax
	}
	n, err := p.statements()
	if err != nil {
		return nil, err
	}
	if !p.is(")", "]") {
		return nil, errSyntax
	}
	end := p.peek().text[0]
	p.i++
	if n.op == opList && n.name != "or" {
		n.op, n.open, n.close = opTuple, open, end
		return n, nil
	}
	if open == '(' != (end == ')') {
		return nil, errSyntax
	}
	return grouped(n), nil
}

func (p *parser) absolute(bar string) (*node, error) {
	p.i++
	p.bars++
	n, err := p.sum()
	p.bars--
	if err != nil {
		return nil, err
	}
	if !p.accept(bar) && !p.accept("mid") {
		return nil, errSyntax
	}
	return named(opFunc, "abs", n), nil
}

func (p *parser) rounded(open string) (*node, error) {
	p.i++
	n, err := p.sum()
	if err != nil {
		return nil, err
	}
	name := "floor"
	if open == "lceil" {
		name = "ceil"
	}
	if !p.accept("r" + open[1:]) {
		return nil, errSyntax
	}
	return named(opFunc, name, n), nil
}

// function reads the argument of sin, log and the others: a group, or the
// factors behind it up to the next function.
func (p *parser) function(name string) (*node, error) {
	var exponent, base *node
	var err error
	for p.is("^", "_") {
		up := p.is("^")
		p.i++
		m, e := p.exponent()
		if e != nil {
			return nil, e
		}
		if up {
			exponent = m
		} else {
			base = m
		}
	}
	args, err := p.functionArgs()
	if err != nil {
		return nil, err
	}
	if name == "fact" && len(args) == 1 {
		return newNode(opFact, args[0]), nil
	}
	if base != nil {
		if name != "log" || len(args) != 1 {
			return nil, errSyntax
		}
		args = append(args, base)
	}
	n := named(opFunc, name, args...)
	if exponent == nil {
		return n, nil
	}
	if exponent.op == opNeg && isInteger(exponent.args[0]) && exponent.args[0].num.Cmp(big1) == 0 {
		if inverse, ok := inverses[name]; ok {
			n.name = inverse
			return n, nil
		}
	}
	return newNode(opPow, n, exponent), nil
}

var inverses = map[string]string{"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc"}

func (p *parser) functionArgs() ([]*node, error) {
	if p.is("(", "{", "[") {
		n, err := p.group(p.peek())
		if err != nil {
			return nil, err
		}
		if n.op == opTuple || n.op == opSet {
			return n.args, nil
		}
		if n, err = p.behind(n); err != nil {
			return nil, err
		}
		return []*node{n}, nil
	}
	if p.accept("-") {
		args, err := p.functionArgs()
		if err != nil || len(args) != 1 {
			return nil, errSyntax
		}
		return []*node{newNode(opNeg, args[0])}, nil
	}
	n, err := p.power()
	if err != nil {
		return nil, err
	}
	for p.startsFactor() && !p.is("(", "[", "{", "|") && (p.peek().kind != tWord || plainWords[p.peek().text] == "pi" || plainWords[p.peek().text] == "sqrt") {
		m, err := p.power()
		if err != nil {
			return nil, err
		}
		n = join(n, m, 0)
	}
	if p.is("/") && (p.at(1).kind == tNum) && n.has(opConst) { // sin pi/6
		p.i++
		m, err := p.power()
		if err != nil {
			return nil, err
		}
		n = newNode(opDiv, n, m)
	}
	return []*node{n}, nil
}
