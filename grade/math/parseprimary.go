package math

import "math/big"

// primary reads a number, a name, a function with its argument, or a group.
func (p *parser) primary() (*node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.peek()
	switch t.kind {
	case tNum:
		p.i++
		n := number(t.num)
		n.places = t.places
		n.plain = t.group
		if u := p.peek(); u.kind == tLetter && !u.space && len(u.text) == 1 && u.text[0] <= 'F' && u.text[0] >= 'A' {
			if m, ok := p.hexadecimal(t); ok {
				return m, nil
			}
		}
		return n, nil
	case tLetter:
		p.i++
		return p.letter(t.text)
	case tWord:
		return p.wordPrimary(t)
	case tCmd:
		return p.command(t.text)
	case tOp:
		return p.group(t)
	}
	return nil, errSyntax
}

// hexadecimal reads 4A7_{16}: digits and capital letters with a base of two digits.
func (p *parser) hexadecimal(t *token) (*node, bool) {
	digits, j := t.text, p.i
	for {
		u := &p.toks[j]
		if u.kind == tLetter && len(u.text) == 1 && u.text[0] >= 'A' && u.text[0] <= 'F' && !u.space || u.kind == tNum && !u.space && u.num.IsInt() {
			digits += u.text
			j++
			continue
		}
		break
	}
	if p.toks[j].text != "_" {
		return nil, false
	}
	k := j + 1
	if p.toks[k].text == "{" {
		k++
	}
	if b := &p.toks[k]; b.kind != tNum || !b.num.IsInt() || b.num.Cmp(big.NewRat(11, 1)) < 0 {
		return nil, false
	}
	p.i = j + 1
	b, err := p.primary()
	return named(opBased, digits, b), err == nil
}

// letter reads a constant, or a variable with its subscript. f(x) with one of
// the letters of functions is an application.
func (p *parser) letter(name string) (*node, error) {
	switch name {
	case "pi", "e", "i", "inf":
		if !p.is("_") {
			return named(opConst, name), nil
		}
	case "emptyset":
		return newNode(opSet), nil
	case "angle", "triangle":
		for p.peek().kind == tLetter {
			name += p.peek().text
			p.i++
		}
		return named(opVar, name), nil
	}
	if p.accept("_") {
		sub, err := p.subscript()
		if err != nil {
			return nil, err
		}
		name += "_" + sub
	}
	for p.accept("'") {
		name += "'"
	}
	if isFuncLetter(name) && p.is("(") && !p.peek().space {
		arg, err := p.group(p.peek())
		if err != nil {
			return nil, err
		}
		if arg.op == opTuple {
			return named(opFunc, name, arg.args...), nil
		}
		return named(opFunc, name, arg), nil
	}
	if name == "C" && p.is("(") && p.at(2).text == "," {
		arg, err := p.group(p.peek())
		if err != nil || len(arg.args) != 2 {
			return nil, errSyntax
		}
		return named(opFunc, "binom", arg.args...), nil
	}
	if isFuncLetter(name) && p.is("^") && p.at(1).text == "{" && p.at(2).text == "-" && p.at(3).text == "1" && p.at(4).text == "}" {
		p.i += 5
		return p.letter(name + "^-1")
	}
	return named(opVar, name), nil
}

func isFuncLetter(name string) bool {
	switch name[0] {
	case 'f', 'g', 'h', 'F', 'G', 'P', 'Q', 'T':
		return len(name) == 1 || name[1] == '\'' || name[1] == '_' || name[1] == '^'
	}
	return false
}

func isUnknownFunc(name string) bool { return isFuncLetter(name) && functions[name] == "" }

// subscript reads an index as text: x_1, a_{n+1}.
func (p *parser) subscript() (string, error) {
	if !p.accept("{") {
		t := p.peek()
		if t.kind == tEnd {
			return "", errSyntax
		}
		p.i++
		return t.text, nil
	}
	sub := ""
	for depth := 1; ; p.i++ {
		t := p.peek()
		switch {
		case t.kind == tEnd:
			return "", errSyntax
		case t.kind == tOp && t.text == "{":
			depth++
		case t.kind == tOp && t.text == "}":
			if depth--; depth == 0 {
				p.i++
				return sub, nil
			}
		}
		sub += t.text
	}
}

func (p *parser) wordPrimary(t *token) (*node, error) {
	if f := functions[t.text]; f != "" {
		p.i++
		return p.function(f)
	}
	if t.prose && len(t.text) == 1 {
		p.i++
		return p.letter(t.text)
	}
	switch plainWords[t.text] {
	case "sqrt", "root":
		p.i++
		return p.root(2)
	case "cbrt":
		p.i++
		return p.root(3)
	case "pi", "inf":
		p.i++
		return named(opConst, plainWords[t.text]), nil
	case "emptyset":
		p.i++
		return newNode(opSet), nil
	case "binom":
		p.i++
		n, err := p.group(p.peek())
		if err != nil || n.op != opTuple || len(n.args) != 2 {
			return nil, errSyntax
		}
		return named(opFunc, "binom", n.args...), nil
	}
	if c := currencies[t.text]; c != "" && p.at(1).kind == tNum {
		p.i++
		n, err := p.primary()
		if err != nil {
			return nil, err
		}
		return named(opUnit, c, p.multiplied(n)), nil
	}
	return p.numberWord()
}

// currencies may stand in front of a number.
var currencies = map[string]string{"USD": "dollar", "dollars": "dollar", "euros": "~euro", "EUR": "~euro", "gbp": "~gbp", "GBP": "~gbp", "Rs": "~rupee", "cents": "cent"}

// root reads the radicand, with the index in brackets if there is one.
func (p *parser) root(k int64) (*node, error) {
	index := integer(k)
	if p.is("[") {
		p.i++
		n, err := p.sum()
		if err != nil || !p.accept("]") {
			return nil, errSyntax
		}
		index = n
	}
	a, err := p.primary()
	if err != nil {
		return nil, err
	}
	return newNode(opRoot, a, index), nil
}

// command reads a command with arguments.
func (p *parser) command(name string) (*node, error) {
	p.i++
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac", "sfrac", "nicefrac", "binom", "dbinom", "tbinom":
		a, err := p.arg()
		if err != nil {
			return nil, err
		}
		b, err := p.arg()
		if err != nil {
			return nil, err
		}
		if name[len(name)-1] == 'm' {
			return named(opFunc, "binom", a, b), nil
		}
		n := newNode(opDiv, a, b)
		n.open = 'f'
		return n, nil
	case "sum", "prod":
		return p.series(name)
	case "surd":
		return p.root(2)
	case "cbrt":
		return p.root(3)
	case "sqrt":
		if p.is("[") {
			return p.root(2)
		}
		a, err := p.arg()
		if err != nil {
			return nil, err
		}
		return newNode(opRoot, a, integer(2)), nil
	}
	if len(name) > 6 && name[:6] == "begin:" {
		return p.environment(name[6:])
	}
	return nil, errSyntax
}

// arg reads the argument of a command as TeX does: a group, or one token, and
// of a number one digit.
func (p *parser) arg() (*node, error) {
	t := p.peek()
	if t.kind == tNum && len(t.text) > 1 && t.places == noPlaces && t.num.IsInt() && !t.group {
		first, _ := parseDigits(t.text[:1])
		rest, _ := parseDigits(t.text[1:])
		n := number(first)
		t.text, t.num, t.space = t.text[1:], rest, false
		return n, nil
	}
	if p.accept("-") {
		n, err := p.arg()
		if err != nil {
			return nil, err
		}
		return newNode(opNeg, n), nil
	}
	return p.primary()
}
