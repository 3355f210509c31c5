// Package kinds answers one question: which grader grades this kind of question?
//
// Judges are not here: they need models to ask, and the caller knows which.
package kinds

import (
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/choice"
	"github.com/allwrong/allwrong/grade/code"
	"github.com/allwrong/allwrong/grade/exact"
	"github.com/allwrong/allwrong/grade/math"
	"github.com/allwrong/allwrong/grade/number"
)

// graders are the graders by kind, in their newest version.
var graders = map[string]grade.Grader{
	"choice": choice.New(),
	"code":   code.New(),
	"exact":  exact.New(),
	"math":   math.New(),
	"number": number.New(),
}

// Names lists the kinds.
const Names = "math, number, choice, exact, code"

// For gives the grader of a kind.
func For(kind string) (g grade.Grader, known bool) {
	g, known = graders[kind]
	return g, known
}

// Named gives a grader by its name and version, such as "math/1".
func Named(version string) (g grade.Grader, known bool) {
	kind, _, _ := strings.Cut(version, "/")
	if g, known = graders[kind]; !known || g.Name() != version {
		return nil, false
	}
	return g, true
}
