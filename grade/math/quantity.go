package math

import (
	"math/big"
	"strings"
)

// quantity is a number with what stands behind it.
type quantity struct {
	value   *node
	percent bool
	unit    string // name of an opUnit node, "" for none
	measure measure
}

// quantityOf takes the percent sign and the unit off an expression.
func quantityOf(n *node) quantity {
	q := quantity{value: n}
	if sum, unit := mixedUnits(n); sum != nil {
		return quantity{value: sum, unit: unit, measure: measureOf(unit)}
	}
	for {
		inner, op, name := peel(q.value)
		if inner == nil {
			return q
		}
		q.value = inner
		if op == opPercent {
			q.percent = true
		} else if q.unit == "" {
			q.unit = name
			q.measure = measureOf(name)
		}
	}
}

// mixedUnits reads 5 hours 30 minutes as 5.5 hours.
func mixedUnits(n *node) (*node, string) {
	if n.op != opAdd || n.args[0].op != opUnit {
		return nil, ""
	}
	first := measureOf(n.args[0].name)
	sum := newNode(opAdd)
	for _, a := range n.args {
		if a.op != opUnit || a.args[0].has(opUnit) {
			return nil, ""
		}
		m := measureOf(a.name)
		if m.dim != first.dim || m.label != first.label {
			return nil, ""
		}
		sum.args = append(sum.args, newNode(opMul, number(new(big.Rat).Quo(m.factor, first.factor)), a.args[0]))
	}
	return sum, n.args[0].name
}

// peel takes one percent sign or unit off: from the whole, from behind a sign,
// or from the last factor of a product.
func peel(n *node) (*node, op, string) {
	switch n.op {
	case opPercent, opUnit:
		return n.args[0], n.op, n.name
	case opNeg:
		if inner, op, name := peel(n.args[0]); inner != nil {
			return newNode(opNeg, inner), op, name
		}
	case opMul, opDiv:
		last := len(n.args) - 1
		if n.op == opDiv { // the unit of a numerator
			last = 0
		}
		if inner, op, name := peel(n.args[last]); inner != nil {
			c := *n
			c.args = append([]*node(nil), n.args...)
			c.args[last] = inner
			return &c, op, name
		}
	}
	return nil, 0, ""
}

// quantities compares numbers with their units: one that only one side has is
// dropped, known units of one dimension are converted.
func quantities(ref, ans *node) Comparison {
	r, a := quantityOf(ref), quantityOf(ans)
	if r.percent || a.percent {
		return percents(r, a)
	}
	if r.unit == "" && a.unit == "" {
		return numbers(r.value, a.value)
	}
	if a.unit == "" && r.unit != "" || r.unit == "" || r.measure.none() || a.measure.none() {
		c := numbers(r.value, a.value)
		if c.Verdict != Same && (r.unit == "degree" && angular(a.value) || a.unit == "degree" && angular(r.value)) {
			return radians(r, a)
		}
		return c.because("unit-dropped")
	}
	return unitPair(r, a)
}

// unitPair compares quantities that both have a unit.
func unitPair(r, a quantity) Comparison {
	zero := dimension{}
	switch {
	case r.unit == a.unit:
		return numbers(r.value, a.value)
	case r.measure.dim == zero && a.measure.dim == zero:
		if !labelsAgree(r.measure.label, a.measure.label) {
			return different("labels-differ")
		}
		return numbers(r.value, a.value)
	case r.unit == "rad" || a.unit == "rad":
		return radians(r, a)
	case isDegree(r.unit) && isDegree(a.unit) && (r.unit == "degree" || a.unit == "degree"):
		return numbers(r.value, a.value) // 30° against 30 °C
	case r.measure.dim != a.measure.dim:
		return different("units-differ")
	}
	f := new(big.Rat).Quo(a.measure.factor, r.measure.factor)
	if f.Cmp(big1) == 0 {
		return numbers(r.value, a.value)
	}
	return numbers(r.value, newNode(opMul, number(f), a.value)).because("unit-converted")
}

// angular reports whether a bare number is written like an angle in radians.
func angular(n *node) bool {
	return !n.walk(func(m *node) bool {
		return !(m.op == opConst && m.name == "pi" || m.op == opFunc && strings.HasPrefix(m.name, "arc"))
	})
}

func isDegree(unit string) bool { return unit == "degree" || unit == "degC" || unit == "degF" }

func labelsAgree(r, a string) bool {
	if r == "" || a == "" || r == a {
		return true
	}
	return hasWords(r, a) || hasWords(a, r)
}

// radians compares angles, of which one is in degrees or radians.
func radians(r, a quantity) Comparison {
	x, y := r.value, a.value
	if r.unit == "degree" {
		x = named(opUnit, "degree", x)
	}
	if a.unit == "degree" {
		y = named(opUnit, "degree", y)
	}
	return numbers(x, y).because("unit-converted")
}

// percents: 50% is 0.5, and its sign may be left out like a unit.
func percents(r, a quantity) Comparison {
	c := numbers(r.value, a.value)
	if r.percent && a.percent || c.Verdict == Same {
		return c.because("percent")
	}
	x, y := r.value, a.value
	if r.percent {
		x = newNode(opDiv, x, integer(100))
		if v, places, ok := decimal(r.value); ok { // 33.3% shows four places
			x = number(new(big.Rat).Quo(v, big.NewRat(100, 1)))
			x.places = places + 2
		}
	} else {
		y = newNode(opDiv, y, integer(100))
	}
	return numbers(x, y).because("percent")
}

// because names the rule unless a more special one has decided already.
func (c Comparison) because(rule string) Comparison {
	c.Rule = rule
	return c
}
