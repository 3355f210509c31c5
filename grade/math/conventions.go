package math

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Ways of writing that mean something else than their letters say.

// second is what stands between "and" and the unit of the second number.
const second = `\s*\}?\s*[\d.]+\s*(?:\\text\s*\{|\\mbox\s*\{)?\s*`

// parts are the denominators in words, by their first three letters.
var parts = map[string]int64{"hal": 2, "thi": 3, "qua": 4, "fou": 4, "fif": 5, "six": 6, "sev": 7, "eig": 8, "nin": 9, "ten": 10}

var (
	functionOfOne   = regexp.MustCompile(`^([xyzuvrs])\s*\(([a-z]|\\theta)\)\s*=`)
	derivative      = regexp.MustCompile(`\bd([a-z])\s*/\s*d([a-z])\b`)
	residueRing     = regexp.MustCompile(`\\mathbb\{Z\}\s*/\s*(\d+)\s*\\mathbb\{Z\}`)
	fractionInWords = regexp.MustCompile(`(?i)^(?:\\text\s*\{)?\s*(?:(a|an|one|two|three|four|five|six|seven|eight|nine)[ -])?(half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?)\s*\}?\s*\.?$`)
	// mixedAnd is "7 hours and 30 minutes": one quantity, where two of one unit are two.
	mixedAnd      = regexp.MustCompile(`\b(?:(hours?|hrs?)\s+and(` + second + `min)|(minutes?|mins?)\s+and(` + second + `sec)|(feet|foot|ft)\s+and(` + second + `in)|(pounds?|lbs?)\s+and(` + second + `o(?:unce|z))|(days?)\s+and(` + second + `h(?:our|r)))`)
	degreeMinutes = regexp.MustCompile(`^(\d{1,4})\s*(?:\^\s*\{?\s*\\circ\s*\}?|°|\\degree)\s*(\d{1,2})\s*(?:'|′|\^\s*\{?\s*\\prime\s*\}?)$`)
)

// rewritten reads y(x) = ... as y = ..., 30° 30' as degrees, and undoes other ways
// of writing that would be read letter by letter.
func rewritten(s string) string {
	if m := functionOfOne.FindStringSubmatch(s); m != nil && m[1] != m[2] {
		return m[1] + "=" + s[len(m[0]):]
	}
	if m := degreeMinutes.FindStringSubmatch(s); m != nil {
		return fmt.Sprintf(`(%s+\frac{%s}{60})^\circ`, m[1], m[2])
	}
	s = strings.Replace(s, `\triangle `, "", 1)
	if m := fractionInWords.FindStringSubmatch(s); m != nil {
		n := int64(1)
		if v, ok := numberWords[strings.ToLower(m[1])]; ok {
			n = v
		}
		return fmt.Sprintf(`\frac{%d}{%d}`, n, parts[strings.ToLower(m[2])[:3]])
	}
	s = mixedAnd.ReplaceAllString(s, "$1$3$5$7$9$2$4$6$8$10")
	s = derivative.ReplaceAllString(s, `\frac{d$1}{d$2}`)
	s = residueRing.ReplaceAllString(s, `\mathbb{Z}_{$1}`)
	return diagonalMatrix(s)
}

// products reads g(a + b) as a product where the other side has g for a number.
func products(n, other *node) *node {
	if !n.has(opFunc) {
		return n
	}
	call := func(m *node) bool {
		return m.op == opFunc && len(m.args) == 1 && isUnknownFunc(m.name) && has(other, named(opVar, m.name))
	}
	return n.replace(func(m *node) *node {
		switch {
		case call(m):
			return newNode(opMul, named(opVar, m.name), m.args[0])
		case m.op == opPow && call(m.args[0]): // g(a + b)² is g·(a + b)²
			return newNode(opMul, named(opVar, m.args[0].name), newNode(opPow, m.args[0].args[0], m.args[1]))
		}
		return nil
	})
}

// beforeRemark returns the number that an answer begins with when words follow it
// behind a comma: "3, at x = 1".
func beforeRemark(s string) *node {
	first, rest, ok := strings.Cut(s, ",")
	if !ok || !strings.Contains(rest, `\text`) && !strings.Contains(rest, " at ") && !strings.Contains(rest, " when ") {
		return nil
	}
	if n, _, err := parse(first, false); err == nil && n.constant() && n.scalar() {
		return n
	}
	return nil
}

// settled gives an expression its usual meaning: C_n^k with numbers is the number of
// choices, 25° C a temperature, {x : x > 2} a set by condition.
func settled(n *node) *node {
	if n.op == opMul && len(n.args) == 2 && n.args[0].op == opUnit && n.args[0].name == "degree" && n.args[1].op == opVar && (n.args[1].name == "C" || n.args[1].name == "F") {
		return named(opUnit, "deg"+n.args[1].name, n.args[0].args[0])
	}
	return n.replace(func(m *node) *node {
		switch m.op {
		case opPow:
			if t := transposed(m); t != nil {
				return t
			}
			return choice(m)
		case opSet:
			return atColon(m)
		}
		return nil
	})
}

// constantRenamed writes the constant of integration of an answer, + c, with the
// reference's letter.
func constantRenamed(ref, ans *node) *node {
	term := func(n *node, name string) bool {
		if n.op != opAdd {
			return false
		}
		for _, a := range n.args {
			if a.op == opVar && a.name == name {
				return true
			}
		}
		return false
	}
	for _, pair := range [][2]string{{"C", "c"}, {"c", "C"}} {
		to, from := named(opVar, pair[0]), named(opVar, pair[1])
		if term(ref, to.name) && term(ans, from.name) && !has(ref, from) && !has(ans, to) {
			return ans.replace(func(m *node) *node {
				if m.op == opVar && m.name == from.name {
					return to
				}
				return nil
			})
		}
	}
	return ans
}

// choice reads C_{10}^{3} and A_{10}^{3}. An index below 3 is a constant's.
func choice(m *node) *node {
	base := m.args[0]
	if base.op != opVar || !isInteger(m.args[1]) || !m.args[1].num.Num().IsInt64() || len(base.name) < 3 || base.name[1] != '_' || base.name[0] != 'C' && base.name[0] != 'A' {
		return nil
	}
	n, ok := new(big.Int).SetString(strings.Trim(base.name[2:], "{}"), 10)
	k := m.args[1].num.Num().Int64()
	if !ok || !n.IsInt64() || n.Int64() < 3 || n.Int64() > 1000 || k < 0 || k > n.Int64() {
		return nil
	}
	if base.name[0] == 'C' {
		return number(new(big.Rat).SetInt(new(big.Int).Binomial(n.Int64(), k)))
	}
	return number(new(big.Rat).SetInt(new(big.Int).MulRange(n.Int64()-k+1, n.Int64())))
}

// atColon splits {x : x > 2} at its colon.
func atColon(m *node) *node {
	if len(m.args) != 1 || m.args[0].op != opRel {
		return nil
	}
	rel := m.args[0]
	for i, a := range rel.args {
		if a.op != opRatio || len(a.args) != 2 || i == len(rel.args)-1 {
			continue
		}
		left := a.args[0]
		if i > 0 {
			left = newNode(opRel, append(append([]*node(nil), rel.args[:i]...), left)...)
			left.rels = rel.rels[:i]
		}
		right := newNode(opRel, append([]*node{a.args[1]}, rel.args[i+1:]...)...)
		right.rels = rel.rels[i:]
		return newNode(opSuch, left, right)
	}
	return nil
}

// parameter takes "k ∈ ℤ" off the end of an answer, and returns what is left and the
// name that runs through the integers.
func parameter(n *node) (*node, string) {
	if n.op != opList || len(n.args) < 2 {
		return n, ""
	}
	last := n.args[len(n.args)-1]
	if last.op != opRel || len(last.args) != 2 || last.rels[0] != "in" || last.args[0].op != opVar {
		return n, ""
	}
	switch last.args[1].String() {
	case `\mathbb{Z}`, "Z":
	default:
		return n, ""
	}
	if rest := n.args[:len(n.args)-1]; len(rest) > 1 {
		return named(opList, n.name, rest...), last.args[0].name
	}
	return n.args[0], last.args[0].name
}

// parametric compares answers of which at least one runs through the integers by a
// parameter. Its name does not matter, and one side may leave it undeclared.
func parametric(ref, ans *node) (Comparison, bool) {
	r, p := parameter(ref)
	a, q := parameter(ans)
	if p == "" && q == "" {
		return Comparison{}, false
	}
	if p == "" {
		p = only(r.variables())
	}
	if q == "" {
		q = only(a.variables())
	}
	if p != "" && q != "" && p != q {
		a = a.replace(func(m *node) *node {
			switch {
			case m.op == opVar && m.name == q:
				return named(opVar, p)
			case m.op == opVar && m.name == p:
				return named(opVar, q)
			}
			return nil
		})
	}
	return match(r, a), true
}

func only(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return ""
}
