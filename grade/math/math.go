// Package math answers one question: is this mathematical answer right?
//
// An answer and its reference, in LaTeX, plain text, Unicode or a mixture as
// models write them, are read into expressions: rational numbers, surds, π, e, i,
// functions, variables, tuples, sets, intervals, matrices, equations,
// inequalities, units. Numbers are compared exactly where that is decidable: as
// quotients of polynomials over the rationals in variables, constants and roots of
// primes, and for nested roots by evaluation beyond a separation bound. What is
// left is evaluated in interval arithmetic, at random points when it has variables,
// and a bound on the probability of a false "equal" is stated. Nothing that is read
// is executed, and size, depth and work are bounded; at a bound the answer is
// "cannot tell".
//
// docs/grading.md has the rules as a table.
package math

import (
	"context"
	"regexp"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/grade/extract"
)

// Version is the name of this grader. Its verdicts never change under one name.
const Version = "math/1"

type grader struct{}

// New returns the grader of mathematical answers.
func New() grade.Grader { return grader{} }

func (grader) Name() string { return Version }

// Grade finds the answer in a response and compares it with the reference.
func (grader) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: Version}
	if len(response) > grade.MaxResponse {
		return done(g, grade.CannotTell, "response-too-long")
	}
	answer := extract.Answer{Text: response, Rule: "given"}
	if !q.Extracted {
		found := false
		if answer, found = extract.Final(response); !found {
			step(&g, "extract", answer.Rule, "")
			return done(g, grade.NoAnswer, answer.Rule)
		}
	}
	g.Answer = answer.Text
	step(&g, "extract", answer.Rule, answer.Text)
	ref := read(q.Reference)
	if ref.source == "" {
		return done(g, grade.CannotTell, "no-reference")
	}
	ans := read(answer.Text)
	if ans.source == "" {
		return done(g, grade.NoAnswer, "empty")
	}
	describe(&g, "reference", ref)
	describe(&g, "normalise", ans)
	c := compare(ref, ans)
	if c.Verdict != Same && declined.MatchString(answer.Text) {
		return done(g, grade.NoAnswer, "declined")
	}
	if c.Verdict != Same && answer.Rule == "last-line" && prose(answer.Text) {
		return done(g, grade.NoAnswer, "no-answer-found")
	}
	sentence := ans.node == nil || c.Rule == "unlike-kinds" && len(strings.Fields(answer.Text)) >= 4
	if c.Verdict != Same && sentence && answer.Rule == "last-line" {
		if number, ok := lastNumber(ans.source); ok {
			ans = read(number)
			g.Answer = number
			step(&g, "extract", "last-number", number)
			c = compare(ref, ans)
		}
	}
	if c.Verdict != Same && ans.node == nil && ref.node != nil && (answer.Rule == "last-line" || answer.Rule == "last-math") {
		return done(g, grade.NoAnswer, "no-answer-found")
	}
	step(&g, "compare", c.Rule, c.Verdict.String())
	g.ErrorBound = c.ErrorBound
	return done(g, gradeOf[c.Verdict], c.Rule)
}

var gradeOf = [...]grade.Verdict{CannotTell: grade.CannotTell, Same: grade.Right, Different: grade.Wrong}

func done(g grade.Grade, v grade.Verdict, rule string) grade.Grade {
	g.Verdict, g.Rule = v, rule
	return g
}

func step(g *grade.Grade, name, rule, text string) {
	g.Steps = append(g.Steps, grade.Step{Step: name, Rule: rule, Text: text})
}

// describe tells as what a text was read.
func describe(g *grade.Grade, name string, r *reading) {
	switch {
	case r.err == errWork || r.err == errDepth:
		step(g, name, "limit", r.source)
	case r.node != nil:
		step(g, name, kindNames[r.node.op], r.node.String())
	default:
		step(g, name, "words", plainText(r.source))
	}
}

var kindNames = [...]string{opNum: "number", opConst: "constant", opVar: "variable", opNeg: "expression", opAdd: "expression", opMul: "expression", opDiv: "expression",
	opPow: "expression", opRoot: "expression", opFunc: "expression", opFact: "expression", opMixed: "mixed-number", opPercent: "percentage", opUnit: "quantity", opPM: "signs",
	opBased: "number-in-a-base", opMod: "residue", opRatio: "ratio", opList: "list", opTuple: "tuple", opSet: "set", opUnion: "union", opMeet: "intersection",
	opMinus: "set-difference", opMatrix: "matrix", opCases: "cases", opRel: "relation", opSuch: "set-by-condition", opText: "words"}

// declined says that there is no answer, in a box or not.
var declined = regexp.MustCompile(`(?i)^[\s"'({]*(?:\\text\s*\{\s*)?(?:(?:sorry,?\s+)?(?:i|we)\s+(?:give\s+up|(?:do\s+not|don['’]?t)\s+know|(?:cannot|can\s*not|can['’]?t|could\s+not|couldn['’]?t|am\s+(?:not\s+able|unable)\s+to|are\s+unable\s+to)\s+\w+|have\s+no\s+idea|am\s+not\s+sure)|(?:unknown|unsure|not\s+sure|no\s+idea|no\s+answer|n/a)[\s.})]*$)`)

// prose reports whether a line is a sentence without any number or formula in it.
func prose(s string) bool {
	return !strings.ContainsAny(s, `0123456789\$=^`) && len(strings.Fields(s)) >= 4
}

// lastNumber returns the last number of a line of prose, with its sign. A number
// in a formula is none: the line may have been cut off in the middle of one.
func lastNumber(s string) (string, bool) {
	end := strings.LastIndexAny(s, "0123456789") + 1
	if end == 0 || strings.ContainsAny(s[end:], `=\_^{}+*&<>`) || strings.ContainsAny(s[len(s)-1:], "=+-*/([,:^_") {
		return "", false
	}
	start := end
	for start > 0 && strings.IndexByte("0123456789.,/", s[start-1]) >= 0 {
		start--
	}
	if start > 0 && (strings.IndexByte(`_^{\`, s[start-1]) >= 0 || isLetter(s[start-1])) {
		return "", false
	}
	if start > 0 && (s[start-1] == '-' || s[start-1] == '$') && (start == 1 || s[start-2] == ' ') {
		start--
	}
	if end < len(s) && s[end] == '%' {
		end++
	}
	return strings.TrimLeft(s[start:end], ".,/"), true
}
