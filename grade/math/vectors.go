package math

import (
	"regexp"
	"strings"
)

var diagonal = regexp.MustCompile(`^\\?(?:mathrm|operatorname|text)?\s*\{?\s*diag\s*\}?\s*(?:\\left)?\(([^()]*?)(?:\\right)?\)$`)

// diagonalMatrix writes diag(a, b) out.
func diagonalMatrix(s string) string {
	m := diagonal.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	items := strings.Split(m[1], ",")
	if len(items) > 20 {
		return s
	}
	rows := make([]string, len(items))
	for i := range items {
		row := make([]string, len(items))
		for j := range row {
			row[j] = "0"
		}
		row[i] = items[i]
		rows[i] = strings.Join(row, "&")
	}
	return `\begin{pmatrix}` + strings.Join(rows, `\\`) + `\end{pmatrix}`
}

// transposed reads (1, 2)^T as the vector (1, 2), and turns a matrix.
func transposed(m *node) *node {
	if e := m.args[1]; e.op != opVar || e.name != "T" {
		return nil
	}
	switch b := alone(m.args[0]); b.op {
	case opTuple:
		return b
	case opMatrix:
		out := newNode(opMatrix)
		out.open = b.open
		for _, row := range b.args {
			for j, a := range row.args {
				if j == len(out.args) {
					out.args = append(out.args, newNode(opTuple))
				}
				out.args[j].args = append(out.args[j].args, a)
			}
		}
		return out
	}
	return nil
}

// inUnitVectors reads 2i - 3j + k as the components of a vector in so many dimensions.
func inUnitVectors(n *node, dimensions int) ([]*node, bool) {
	terms := []*node{n}
	if n.op == opAdd {
		terms = n.args
	}
	parts := make([]*node, dimensions)
	for _, t := range terms {
		i, factor, ok := alongAxis(t)
		if !ok || i >= dimensions || parts[i] != nil {
			return nil, false
		}
		parts[i] = factor
	}
	for i, p := range parts {
		if p == nil {
			parts[i] = integer(0)
		}
	}
	return parts, true
}

// alongAxis takes the one unit vector out of a term.
func alongAxis(t *node) (axis int, factor *node, ok bool) {
	switch t.op {
	case opNeg:
		axis, factor, ok = alongAxis(t.args[0])
		if ok {
			factor = newNode(opNeg, factor)
		}
		return axis, factor, ok
	case opMul:
		axis = -1
		var rest []*node
		for _, a := range t.args {
			if i := axisOf(a); i >= 0 && axis < 0 {
				axis = i
			} else {
				rest = append(rest, a)
			}
		}
		if axis < 0 || len(rest) == 0 {
			return 0, nil, false
		}
		return axis, newNode(opMul, append(rest, integer(1))...), true
	}
	axis = axisOf(t)
	return axis, integer(1), axis >= 0
}

func axisOf(n *node) int {
	switch {
	case n.op == opConst && n.name == "i" || n.op == opVar && n.name == "i":
		return 0
	case n.op == opVar && n.name == "j":
		return 1
	case n.op == opVar && n.name == "k":
		return 2
	}
	return -1
}
