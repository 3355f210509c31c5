package math

import "strings"

// noUnit are words that join or relate, and never name what was counted.
var noUnit = map[string]bool{"and": true, "or": true, "And": true, "Or": true, "mod": true, "is": true, "are": true, "union": true, "times": true, "plus": true, "minus": true, "percent": true,
	"if": true, "for": true, "when": true, "where": true, "with": true, "intersect": true, "choose": true, "otherwise": true, "equals": true, "U": true}

// fillers are words that say nothing about the unit.
var fillers = map[string]bool{"of": true, "the": true, "a": true, "an": true, "in": true, "total": true, "about": true, "each": true, "all": true, "away": true, "long": true, "old": true, "tall": true, "wide": true,
	"exactly": true, "approximately": true, "different": true, "more": true, "possible": true, "distinct": true, "way": true, "unit": true}

// letterUnits may stand bare behind a number and a space.
var letterUnits = map[string]bool{"m": true, "s": true, "g": true, "h": true, "L": true, "J": true, "N": true, "W": true, "V": true, "K": true}

// unit reads the unit or the words behind the number n, or returns nil.
func (p *parser) unit(n *node) (*node, error) {
	t := p.peek()
	switch {
	case t.kind == tLetter:
		if !(t.space && letterUnits[t.text] && numeric(n) && p.unitEnds(1)) {
			return nil, nil
		}
		p.i++
		name := t.text + p.unitPower(1)
		for p.is("/") && isUnit(p.at(1).text) {
			base, _ := unitName(p.at(1).text)
			p.i += 2
			name += " " + base + p.unitPower(-1)
		}
		u := named(opUnit, name)
		u.plain = true
		return u, nil
	case t.kind != tWord || noUnit[t.text] || !n.scalar():
		return nil, nil
	case multipliers[strings.ToLower(t.text)] != 0:
		return nil, nil
	case t.prose && len(t.text) == 1:
		if _, ok := unitName(t.text); !ok || !numeric(n) {
			return nil, nil
		}
	case t.text == "in":
		if !t.prose && !p.unitEnds(1) {
			return nil, nil
		}
	case p.startsFunction() && t.text != "min":
		return nil, nil
	}
	if n.op == opUnit {
		p.skipWords()
		return nil, nil
	}
	return p.unitWords(), nil
}

func numeric(n *node) bool { return n.constant() && n.op != opUnit }

// unitEnds reports whether what stands k tokens on can follow a unit.
func (p *parser) unitEnds(k int) bool {
	t := p.at(k)
	switch t.kind {
	case tEnd:
		return true
	case tOp:
		switch t.text {
		case "^":
			return true
		case "/":
			return isUnit(p.at(k+1).text) && p.at(k+1).kind != tNum
		case ",", ")", "}", "]", ";", "=":
			return true
		}
	case tWord:
		return t.prose
	}
	return false
}

// unitWords reads a run of units and words.
func (p *parser) unitWords() *node {
	var names []string
	sign, power := 1, 0
	for {
		t := p.peek()
		switch {
		case t.kind == tOp && (t.text == "/" || t.text == "*") && (p.at(1).kind == tWord || p.at(1).kind == tLetter):
			if !isUnit(p.at(1).text) {
				return unitNode(names)
			}
			sign = map[string]int{"/": -1, "*": 1}[t.text]
			p.i++
			continue
		case t.kind == tLetter && sign < 0 && isUnit(t.text):
		case t.kind != tWord || noUnit[t.text] && t.text != "U":
			return unitNode(names)
		}
		p.i++
		low := strings.ToLower(t.text)
		switch low {
		case "per":
			sign = -1
			continue
		case "square", "sq", "squared":
			power = 2
			if low == "squared" && len(names) > 0 {
				names[len(names)-1] += "^2"
				power = 0
			}
			p.acceptDot()
			continue
		case "cubic", "cu", "cubed":
			power = 3
			p.acceptDot()
			continue
		}
		if u, ok := unitName(t.text); ok && (low != "in" || len(names) == 0) {
			if power == 0 {
				power = 1
			}
			names = append(names, u+p.unitPower(sign*power))
		} else if !fillers[low] {
			names = append(names, "~"+singular(low))
		}
		p.acceptDot()
		sign, power = 1, 0
	}
}

func (p *parser) acceptDot() {
	if p.is(".") {
		p.i++
	}
}

func unitNode(names []string) *node {
	n := named(opUnit, strings.Join(names, " "))
	return n
}

func singular(w string) string {
	switch {
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "s") && len(w) > 3 && !strings.HasSuffix(w, "ss"):
		return w[:len(w)-1]
	}
	return w
}

// unitPower reads ^2 behind a unit and returns the whole power as text.
func (p *parser) unitPower(power int) string {
	if p.is("^") {
		k, braces := 1, p.at(1).text == "{"
		if braces {
			k++
		}
		negative := p.at(k).text == "-"
		if negative {
			k++
		}
		if e := p.at(k); e.kind == tNum && len(e.text) == 1 {
			v := int(e.text[0] - '0')
			if negative {
				v = -v
			}
			power *= v
			p.i += k + 1
			if braces && p.is("}") {
				p.i++
			}
		}
	}
	switch {
	case power == 1:
		return ""
	case power < 0:
		return "^-" + string(rune('0'+min(-power, 9)))
	}
	return "^" + string(rune('0'+min(power, 9)))
}

func (p *parser) skipWords() {
	for p.peek().kind == tWord && !noUnit[p.peek().text] {
		p.i++
	}
}
