package math

import (
	"strconv"
	"strings"
)

// String prints n so that it reads back as an equal expression.
func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	if n == nil {
		return
	}
	switch n.op {
	case opNum:
		n.writeNumber(b)
	case opConst, opVar:
		writeName(b, n.name)
	case opText:
		b.WriteString(`\text{` + n.name + "}")
	case opNeg:
		n.wrap(b, "(-", ")")
	case opAdd, opMixed:
		n.join(b, "(", "+", ")")
	case opMul:
		n.join(b, "(", `\cdot `, ")")
	case opDiv:
		b.WriteString(`\frac{`)
		n.args[0].write(b)
		b.WriteString("}{")
		n.args[1].write(b)
		b.WriteString("}")
	case opPow:
		b.WriteString("{(")
		n.args[0].write(b)
		b.WriteString(")}^{")
		n.args[1].write(b)
		b.WriteString("}")
	case opRoot:
		b.WriteString(`\sqrt[`)
		n.args[1].write(b)
		b.WriteString("]{")
		n.args[0].write(b)
		b.WriteString("}")
	case opFact:
		n.wrap(b, "(", ")!")
	case opPercent:
		n.wrap(b, "(", `)\%`)
	case opPM:
		n.wrap(b, map[string]string{"+-": `(\pm `, "-+": `(\mp `}[n.name], ")")
	case opUnit:
		if n.args[0].op == opPow && n.name == "degree" { // no second exponent
			n.wrap(b, "(", ")")
		} else {
			n.args[0].write(b)
		}
		writeUnit(b, n.name)
	case opFunc:
		n.writeFunc(b)
	default:
		n.writeGroup(b)
	}
}

func (n *node) wrap(b *strings.Builder, open, end string) {
	b.WriteString(open)
	n.args[0].write(b)
	b.WriteString(end)
}

func (n *node) join(b *strings.Builder, open, sep, end string) {
	b.WriteString(open)
	for i, a := range n.args {
		if i > 0 {
			b.WriteString(sep)
		}
		a.write(b)
	}
	b.WriteString(end)
}

func (n *node) writeNumber(b *strings.Builder) {
	switch {
	case n.places > 0 && n.places < maxDigits && n.num.Sign() >= 0:
		b.WriteString(n.num.FloatString(n.places))
	case n.num.IsInt() && n.num.Sign() >= 0:
		b.WriteString(n.num.Num().String())
	case n.num.IsInt():
		b.WriteString("(" + n.num.Num().String() + ")")
	default:
		b.WriteString(`\frac{` + n.num.Num().String() + "}{" + n.num.Denom().String() + "}")
	}
}

func writeName(b *strings.Builder, name string) {
	base, sub, _ := strings.Cut(name, "_")
	switch {
	case base == "inf":
		b.WriteString(`\infty `)
	case greek[base]:
		b.WriteString(`\` + base + " ")
	case base[0] == '#':
		b.WriteString(`\mathbb{` + base[1:] + "}")
	case strings.HasPrefix(base, "angle"), strings.HasPrefix(base, "triangle"):
		i := strings.IndexByte(base, 'e') + 1
		if base[0] == 't' {
			i = len("triangle")
		}
		b.WriteString(`\` + base[:i] + " " + base[i:])
	default:
		b.WriteString(base)
	}
	if sub != "" {
		b.WriteString("_{" + sub + "}")
	}
}

// fullNames are the names of units that could be read as variables.
var fullNames = map[string]string{"degC": "Celsius", "degF": "Fahrenheit", "m": "meter", "s": "second", "h": "hour", "g": "gram", "L": "liter",
	"N": "newton", "J": "joule", "W": "watt", "C": "coulomb", "V": "volt", "K": "kelvin", "A": "ampere"}

func writeUnit(b *strings.Builder, name string) {
	if name == "degree" {
		b.WriteString(`^\circ`)
		return
	}
	b.WriteString(`\text{ `)
	for i, f := range strings.Fields(name) {
		base, power, _ := strings.Cut(strings.TrimPrefix(f, "~"), "^")
		if strings.HasPrefix(power, "-") {
			b.WriteString("/")
			power = power[1:]
		} else if i > 0 {
			b.WriteString(" ")
		}
		if full := fullNames[base]; full != "" {
			base = full
		}
		b.WriteString(base)
		if power != "" && power != "1" {
			b.WriteString("^" + power)
		}
	}
	b.WriteString("}")
}

func (n *node) writeFunc(b *strings.Builder) {
	switch n.name {
	case "log":
		if len(n.args) == 2 {
			b.WriteString(`\log_{`)
			n.args[1].write(b)
			b.WriteString("}(")
			n.args[0].write(b)
			b.WriteString(")")
			return
		}
	case "binom":
		b.WriteString(`\binom{`)
		n.args[0].write(b)
		b.WriteString("}{")
		n.args[1].write(b)
		b.WriteString("}")
		return
	case "re", "im":
		n.join(b, `\`+strings.ToUpper(n.name[:1])+n.name[1:]+"(", ",", ")")
		return
	}
	if isUnknownFunc(n.name) {
		n.join(b, n.name+"(", ",", ")")
		return
	}
	n.join(b, `\operatorname{`+n.name+"}(", ",", ")")
}

var groupForms = map[op][3]string{
	opList: {"", ", ", ""}, opSet: {`\{`, ", ", `\}`}, opUnion: {"", `\cup `, ""}, opMeet: {"", `\cap `, ""}, opMinus: {"", `\setminus `, ""},
	opRatio: {"", ":", ""}, opMod: {"", ` \bmod `, ""}, opSuch: {`\{`, `\mid `, `\}`},
}

func (n *node) writeGroup(b *strings.Builder) {
	switch n.op {
	case opTuple:
		open, end := string(rune(n.open)), string(rune(n.close))
		if n.open == '<' {
			open, end = `\langle `, `\rangle `
		}
		n.join(b, open, ", ", end)
	case opMatrix, opCases:
		name := map[byte]string{'(': "pmatrix", '[': "bmatrix", '|': "vmatrix"}[n.open]
		if n.op == opCases {
			name = "cases"
		}
		b.WriteString(`\begin{` + name + "}")
		for i, r := range n.args {
			if i > 0 {
				b.WriteString(`\\`)
			}
			r.join(b, "", "&", "")
		}
		b.WriteString(`\end{` + name + "}")
	case opRel:
		for i, a := range n.args {
			if i > 0 {
				b.WriteString(" " + printedRelations[n.rels[i-1]] + " ")
			}
			a.write(b)
		}
	case opBased:
		b.WriteString(n.name + "_{")
		n.args[0].write(b)
		b.WriteString("}")
	default:
		f, ok := groupForms[n.op]
		if !ok {
			b.WriteString("?" + strconv.Itoa(int(n.op)))
			return
		}
		if n.op == opList && n.name != "," {
			f[1] = `\text{ ` + n.name + " }"
		}
		n.join(b, f[0], f[1], f[2])
	}
}

var printedRelations = map[string]string{"=": "=", "<": "<", ">": ">", "<=": `\le`, ">=": `\ge`, "!=": `\ne`, "in": `\in`, "~": `\approx`}
