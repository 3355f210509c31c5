package math

import "strings"

// term reads a product: signs, factors with and without a sign between them.
func (p *parser) term() (*node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if p.peek().kind == tOp {
		switch o := p.peek().text; o {
		case "-", "+", "+-", "-+":
			p.i++
			n, err := p.term()
			if err != nil || o == "+" {
				return n, err
			}
			if o == "-" {
				return newNode(opNeg, n), nil
			}
			return named(opPM, o, n), nil
		}
	}
	n, err := p.power()
	if err != nil {
		return nil, err
	}
	for {
		m, o, err := p.nextFactor(n)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return n, nil
		}
		n = join(n, m, o)
	}
}

// nextFactor reads one more factor behind n, with the sign in front of it.
func (p *parser) nextFactor(n *node) (*node, byte, error) {
	switch {
	case p.is("*"), p.word("times"):
		p.i++
		m, err := p.signed()
		return m, '*', err
	case p.is("/"):
		p.i++
		m, err := p.signed()
		return m, '/', err
	case p.word("choose"):
		return nil, 0, nil
	}
	if !p.startsFactor() {
		return nil, 0, nil
	}
	if t := p.peek(); t.kind == tWord {
		if m := multipliers[strings.ToLower(t.text)]; m != 0 {
			p.i++
			return integer(m), '*', nil
		}
	}
	if t := p.peek(); t.kind == tNum && n.op == opUnit {
		return p.morePrecise(n)
	}
	if u, err := p.unit(n); u != nil || err != nil {
		return u, 'u', err
	}
	if p.peek().kind == tWord && !p.startsFunction() {
		return nil, 0, nil
	}
	if p.peek().kind == tNum && (n.op == opNum || n.op == opMixed) && !p.mixedAhead(n) {
		return nil, 0, errSyntax // two numbers side by side
	}
	m, err := p.power()
	if err == nil && m.op == opTuple {
		err = errSyntax
	}
	return m, 0, err
}

// morePrecise reads "30 minutes" behind "5 hours".
func (p *parser) morePrecise(n *node) (*node, byte, error) {
	m, err := p.power()
	if err != nil {
		return nil, 0, err
	}
	u, err := p.unit(m)
	if err != nil || u == nil {
		return nil, 0, errSyntax
	}
	u.args = []*node{m}
	return u, '+', nil
}

func (p *parser) signed() (*node, error) {
	if p.accept("-") {
		n, err := p.power()
		if err != nil {
			return nil, err
		}
		return newNode(opNeg, n), nil
	}
	p.accept("+")
	return p.power()
}

// join puts a factor behind n. An integer in front of a proper fraction is a
// mixed number.
func join(n, m *node, o byte) *node {
	switch {
	case o == 'u':
		m.args = []*node{n}
		return m
	case o == '/':
		if n.op == opMul && n.open == 'm' { // 3 1/2, read so far as "3 1"
			return newNode(opMixed, n.args[0], newNode(opDiv, n.args[1], m))
		}
		return newNode(opDiv, n, m)
	case o == 0 && n.op == opNum && m.op == opNum:
		mul := newNode(opMul, n, m)
		mul.open = 'm'
		return mul
	case o == '+':
		return newNode(opAdd, n, m)
	case o == 0 && isInteger(n) && m.op == opDiv && properFraction(m):
		return newNode(opMixed, n, m)
	case o == 0 && isInteger(n) && (m.op == opPercent || m.op == opUnit) && m.args[0].op == opDiv && properFraction(m.args[0]):
		return named(m.op, m.name, newNode(opMixed, n, m.args[0]))
	case n.op == opMul && n.open == 0 && n.close == 0:
		n.args = append(n.args, m)
		return n
	}
	return newNode(opMul, n, m)
}

func properFraction(n *node) bool {
	return n.open == 'f' && isInteger(n.args[0]) && isInteger(n.args[1]) && n.args[0].num.Sign() > 0 && n.args[0].num.Cmp(n.args[1].num) < 0
}

// mixedAhead reports whether "n a/b" stands here in plain text.
func (p *parser) mixedAhead(n *node) bool {
	a, slash, b := p.peek(), p.at(1), p.at(2)
	return isInteger(n) && a.space && slash.text == "/" && b.kind == tNum && a.num.IsInt() && b.num.IsInt() && a.num.Cmp(b.num) < 0
}

// startsFactor reports whether the next token can stand behind a factor
// without a sign.
func (p *parser) startsFactor() bool {
	t := p.peek()
	switch t.kind {
	case tNum, tLetter:
		return !(t.kind == tLetter && t.text == "U" && p.at(1).kind == tOp && (p.at(1).text == "(" || p.at(1).text == "[") && t.space)
	case tWord:
		return true
	case tCmd:
		switch t.text {
		case "frac", "dfrac", "tfrac", "cfrac", "sqrt", "surd", "cbrt", "binom", "dbinom", "tbinom", "sum", "prod", "begin:pmatrix", "begin:bmatrix", "begin:vmatrix", "sfrac", "nicefrac":
			return true
		}
		return false
	}
	switch t.text {
	case "(", "{", "[", "lfloor", "lceil", "<<", "$":
		return t.text != "(" || p.at(1).text != "mod"
	case "|":
		return p.bars == 0
	}
	return false
}

func (p *parser) startsFunction() bool {
	t := p.peek()
	if t.kind != tWord {
		return false
	}
	if t.prose && len(t.text) == 1 {
		return true
	}
	if t.prose && t.text == "in" {
		return false
	}
	if functions[t.text] != "" {
		return true
	}
	switch plainWords[t.text] {
	case "sqrt", "cbrt", "root", "pi", "inf", "binom":
		return true
	}
	return false
}

// power reads a factor with its exponent and the signs behind it.
func (p *parser) power() (*node, error) {
	n, err := p.primary()
	if err != nil {
		return nil, err
	}
	return p.behind(n)
}

func (p *parser) behind(n *node) (*node, error) {
	for {
		switch {
		case p.is("^"):
			m, err := p.raise(n)
			if err != nil {
				return nil, err
			}
			n = m
		case p.is("!") && p.at(1).kind == tOp && p.at(1).text == "!":
			return nil, errUnknown // a double factorial
		case p.is("!"):
			p.i++
			n = newNode(opFact, n)
		case p.is("%"), p.word("percent"):
			p.i++
			n = newNode(opPercent, n)
		case p.is("deg") && !p.at(1).space && p.at(1).kind == tLetter && (p.at(1).text == "C" || p.at(1).text == "F"):
			n = named(opUnit, "deg"+p.at(1).text, n)
			p.i += 2
		case p.is("deg"):
			p.i++
			n = named(opUnit, "degree", n)
		case p.is("'") && (n.op == opVar):
			p.i++
			n = named(opVar, n.name+"'")
		case p.is("_") && n.op == opNum:
			return p.based(n)
		default:
			return n, nil
		}
	}
}

// raise reads ^ and its exponent. ^\circ is a degree.
func (p *parser) raise(n *node) (*node, error) {
	p.i++
	braced := p.is("{")
	if braced && p.at(1).text == "deg" && p.at(2).text == "}" {
		p.i += 3
		return p.degree(n), nil
	}
	if p.is("deg") {
		p.i++
		return p.degree(n), nil
	}
	if p.is("'") {
		p.i++
		return named(opVar, n.name+"'"), nil
	}
	e, err := p.exponent()
	if err != nil {
		return nil, err
	}
	if n.op == opUnit && len(n.args) == 1 && n.args[0] == nil {
		return n, errSyntax
	}
	return newNode(opPow, n, e), nil
}

func (p *parser) degree(n *node) *node {
	if t := p.peek(); (t.kind == tLetter || t.kind == tWord) && (t.text == "C" || t.text == "F") {
		p.i++
		return named(opUnit, "deg"+t.text, n)
	}
	return named(opUnit, "degree", n)
}

// exponent reads what stands behind ^: a group, or a signed factor, with a
// tower to the right.
func (p *parser) exponent() (*node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if p.accept("-") {
		e, err := p.exponent()
		if err != nil {
			return nil, err
		}
		return newNode(opNeg, e), nil
	}
	p.accept("+")
	n, err := p.primary()
	if err != nil {
		return nil, err
	}
	if p.is("^") {
		p.i++
		m, err := p.exponent()
		if err != nil {
			return nil, err
		}
		n = newNode(opPow, n, m)
	} else if p.is("!") {
		p.i++
		n = newNode(opFact, n)
	}
	return n, nil
}

// based reads the base of 101_2.
func (p *parser) based(n *node) (*node, error) {
	digits := p.toks[p.i-1].text
	p.i++
	b, err := p.primary()
	if err != nil {
		return nil, err
	}
	return named(opBased, digits, b), nil
}
