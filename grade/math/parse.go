package math

// parser reads tokens by recursive descent. From loose to tight: statements in
// a list, relations, unions, sums, products, powers, signs behind, primaries.
type parser struct {
	toks  []token
	i     int
	depth int
	bars  int // open |...|
	nodes int
}

// parse reads s. It fails with errSyntax on what is no mathematics, and with
// errWork or errDepth at a limit.
func parse(s string, noGroup bool) (n *node, ambiguous bool, err error) {
	if len(s) > maxAnswer {
		return nil, false, errWork
	}
	toks, ambiguous, err := lex(s, noGroup)
	if err != nil {
		return nil, false, err
	}
	p := &parser{toks: toks}
	n, err = p.statements()
	if err != nil {
		return nil, ambiguous, err
	}
	if p.peek().kind != tEnd {
		return nil, ambiguous, errSyntax
	}
	return n, ambiguous, nil
}

func (p *parser) peek() *token { return &p.toks[p.i] }

func (p *parser) at(k int) *token {
	if p.i+k < len(p.toks) {
		return &p.toks[p.i+k]
	}
	return &p.toks[len(p.toks)-1]
}

// is reports whether the next token is one of the operators.
func (p *parser) is(ops ...string) bool {
	t := p.peek()
	if t.kind != tOp {
		return false
	}
	for _, o := range ops {
		if t.text == o {
			return true
		}
	}
	return false
}

func (p *parser) accept(o string) bool {
	if p.is(o) {
		p.i++
		return true
	}
	return false
}

func (p *parser) cmd(name string) bool { return p.peek().kind == tCmd && p.peek().text == name }

func (p *parser) word(names ...string) bool {
	t := p.peek()
	if t.kind != tWord {
		return false
	}
	for _, n := range names {
		if t.text == n {
			return true
		}
	}
	return false
}

// enter counts depth and nodes; each call has its leave.
func (p *parser) enter() error {
	p.depth++
	p.nodes++
	if p.depth > maxDepth || p.nodes > maxNodes {
		return errDepth
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// statements reads the whole: items between commas, "and", "or" and line ends.
// Words such as "or" bind looser than commas, and an arrow leaves what is
// behind it.
func (p *parser) statements() (*node, error) {
	var items []*node
	kind := ""
	for {
		n, err := p.relation()
		if err != nil {
			return nil, err
		}
		items = append(items, n)
		if len(items) > maxItems {
			return nil, errWork
		}
		sep, ok := p.listSeparator()
		if !ok {
			break
		}
		if sep == "->" {
			items, kind = nil, ""
			continue
		}
		if kind == "" || sep != "," {
			kind = sep
		}
		if p.listEnds() {
			break
		}
	}
	if len(items) == 1 {
		return items[0], nil
	}
	return named(opList, kind, items...), nil
}

// listSeparator reads what may stand between items: "," ";" "and" ", and" "or".
func (p *parser) listSeparator() (string, bool) {
	start, sep := p.i, ""
	for {
		switch {
		case p.is(",", ";", `\\`, "&"):
			if sep == "" {
				sep = ","
			}
		case p.is("->"):
			sep = "->"
		case p.word("and", "And"), p.is("and"):
			sep = "and"
		case p.word("or", "Or", "OR"), p.is("or"):
			sep = "or"
		default:
			if p.peek().kind == tEnd && p.i > start && sep == "->" {
				return "", false
			}
			return sep, p.i > start
		}
		p.i++
	}
}

func (p *parser) listEnds() bool {
	t := p.peek()
	return t.kind == tEnd || t.kind == tOp && (t.text == "}" || t.text == ")" || t.text == "]" || t.text == `\}`)
}

var relations = map[string]string{"=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "in": "in", "~": "~"}

func (p *parser) relationSign() (string, bool) {
	t := p.peek()
	switch {
	case t.kind == tOp && relations[t.text] != "":
		p.i++
		return relations[t.text], true
	case t.kind == tWord && t.text == "in" && !t.prose:
		p.i++
		return "in", true
	case t.kind == tWord && (t.text == "is" || t.text == "equals"):
		p.i++
		return "=", true
	case p.cmd("not"):
		if n := p.at(1); n.kind == tOp && n.text == "=" {
			p.i += 2
			return "!=", true
		}
	}
	return "", false
}

// relation reads a chain such as 0 < x \le 5 or x = y = 3.
func (p *parser) relation() (*node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	var head *node
	if p.is("=", "~") { // "= 5"
		p.i++
	}
	n, err := p.union()
	if err != nil {
		return nil, err
	}
	for {
		sign, ok := p.relationSign()
		if !ok {
			break
		}
		m, err := p.union()
		if err != nil {
			return nil, err
		}
		if head == nil {
			head = newNode(opRel, n)
		}
		head.args = append(head.args, m)
		head.rels = append(head.rels, sign)
	}
	if head != nil {
		n = head
	}
	return p.modulo(n)
}

// modulo reads \pmod{7} behind a statement, and the condition of a residue.
func (p *parser) modulo(n *node) (*node, error) {
	paren := p.is("(") && p.at(1).text == "mod"
	if paren {
		p.i++
	}
	if !p.cmd("pmod") && !p.cmd("bmod") && !p.cmd("mod") && !p.word("mod") {
		return n, nil
	}
	p.i++
	m, err := p.term()
	if err != nil {
		return nil, err
	}
	if paren && !p.accept(")") {
		return nil, errSyntax
	}
	if n.op == opRel {
		c := *n
		c.args = append([]*node(nil), n.args...)
		last := len(c.args) - 1
		c.args[last] = newNode(opMod, c.args[last], m)
		return &c, nil
	}
	return newNode(opMod, n, m), nil
}

// union reads sets joined by ∪, ∩ and \.
func (p *parser) union() (*node, error) {
	n, err := p.ratio()
	for err == nil {
		var o op
		switch {
		case p.is("cup"), p.word("union", "Union", "cup"):
			o = opUnion
		case p.peek().kind == tLetter && p.peek().text == "U" && brackets(n) && p.at(1).kind == tOp:
			o = opUnion
		case p.is("cap"), p.word("intersect"):
			o = opMeet
		case p.is("setminus"):
			o = opMinus
		case p.is("-") && n.op == opVar && n.name[0] == '#':
			o = opMinus
		default:
			return n, nil
		}
		p.i++
		var m *node
		if m, err = p.ratio(); err == nil {
			n = newNode(o, n, m)
		}
	}
	return nil, err
}

func brackets(n *node) bool {
	return n.op == opTuple || n.op == opSet || n.op == opUnion
}

// ratio reads 3:4 and 1:2:3.
func (p *parser) ratio() (*node, error) {
	n, err := p.sum()
	if err == nil && (p.cmd("over") || p.cmd("choose") || p.word("choose")) {
		n, err = p.over(n)
	}
	if err != nil || !p.is(":") {
		return n, err
	}
	items := []*node{n}
	for p.is(":") {
		save := p.i
		p.i++
		m, err := p.sum()
		if err != nil || !m.scalar() {
			p.i = save
			break
		}
		items = append(items, m)
	}
	if len(items) == 1 {
		return n, nil
	}
	return newNode(opRatio, items...), nil
}

// over reads TeX's a \over b and n \choose k.
func (p *parser) over(n *node) (*node, error) {
	name := p.peek().text
	p.i++
	m, err := p.sum()
	if err != nil {
		return nil, err
	}
	if name == "choose" {
		return named(opFunc, "binom", n, m), nil
	}
	q := newNode(opDiv, n, m)
	q.open = 'f'
	return q, nil
}

func (p *parser) sum() (*node, error) {
	n, err := p.term()
	if err != nil {
		return nil, err
	}
	for {
		o := p.peek().text
		if p.word("plus", "minus") {
			o = map[string]string{"plus": "+", "minus": "-"}[o]
		} else if !p.is("+", "-", "+-", "-+") {
			return n, nil
		}
		p.i++
		m, err := p.term()
		if err != nil {
			return nil, err
		}
		switch o {
		case "-":
			m = newNode(opNeg, m)
		case "+-", "-+":
			m = named(opPM, o, m)
		}
		if n.op == opAdd && n.open == 0 {
			n.args = append(n.args, m)
		} else {
			n = newNode(opAdd, n, m)
		}
	}
}
