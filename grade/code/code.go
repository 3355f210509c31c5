// Package code grades programs: it runs them against tests, in a sandbox.
//
// The reference of a query is a JSON object, see [Tests]: inputs with the outputs
// that are expected, or asserts about functions. The program is the response's last
// fenced block in the language, see extract. It is compiled where the language
// asks for that, and run once for each test, until one fails; each run has a sandbox of its own
// (package internal/sandbox). Nothing is judged by words in the source: a program
// that opens a socket or a file of the machine finds neither, and that is all.
//
// Outputs are compared token by token; numbers within a tolerance if the
// reference states one; or by a checker, a program that is itself run in the
// sandbox, and must accept the expected outputs before it judges others.
//
// Time is processor time, memory is what the processes hold: a verdict does not
// depend on how busy the machine is. A program is never wrong because of the
// machine: no sandbox, no compiler, a checker that fails or a machine that gives a program no
// time within ten times its limit and a minute more are all "cannot tell".
//
// What it cannot see: expected outputs never enter the sandbox, but asserts run in
// the program's own process, where a program that sets out to deceive them can. A
// statement that admits several outputs is flagged, and without a checker its
// wrong verdicts are to be doubted.
package code

import (
	"context"
	"errors"
	"strconv"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

// Name is the grader's name and version.
const Name = "code/1"

const dir = sandbox.Dir

type grader struct{ checkers checkerCache }

// New gives the grader. The program's main function must call sandbox.Main.
func New() grade.Grader { return new(grader) }

func (*grader) Name() string { return Name }

// outcome is a verdict and the rule that decided it.
type outcome struct {
	verdict grade.Verdict
	rule    string
	text    string
}

// Grade runs the program in the response against the tests in the reference.
func (r *grader) Grade(ctx context.Context, q *grade.Query, response string) grade.Grade {
	g := grade.Grade{Grader: Name}
	end := func(o outcome) grade.Grade {
		g.Verdict, g.Rule = o.verdict, o.rule
		return g
	}
	if len(response) > grade.MaxResponse {
		return end(outcome{rule: "too-long"})
	}
	tests, err := ParseTests(q.Reference)
	if err != nil {
		g.Add("reference", "reference-unreadable", err.Error())
		return end(outcome{rule: "reference-unreadable"})
	}
	l, err := find(tests.Language)
	if err == nil && len(tests.Asserts) > 0 && l.name != "python" {
		err = errors.New("asserts are of Python only")
	}
	if err != nil {
		g.Add("reference", "language-unknown", err.Error())
		return end(outcome{rule: "language-unknown"})
	}
	g.Add("reference", "tests", describe(tests, l))
	program, rule := extract(response, l, q.Extracted)
	g.Add("extract", rule, program)
	if program == "" {
		return end(outcome{verdict: grade.NoAnswer, rule: "no-program"})
	}
	g.Answer = program
	o := r.judge(ctx, &g, tests, l, program)
	if rule == "whole-response" && o.rule == "compile-error" {
		o.verdict, o.rule = grade.NoAnswer, "response-is-no-program"
	}
	if words := several(q.Prompt); words != "" && tests.Checker == nil {
		g.Add("compare", "statement-admits-several", words)
		if o.rule == "wrong-answer" {
			o.rule = "wrong-answer-of-several"
		}
	}
	return end(o)
}

// judge compiles the program and runs its tests.
func (r *grader) judge(ctx context.Context, g *grade.Grade, t *Tests, l *language, program string) outcome {
	var check *checker
	if t.Checker != nil {
		var o outcome
		if check, o = r.checkers.get(ctx, t); check == nil {
			g.Add("reference", o.rule, o.text)
			return o
		}
	}
	b, o := build(ctx, l, program)
	if b == nil {
		g.Add("normalise", o.rule, o.text)
		return o
	}
	if len(t.Asserts) > 0 {
		o = b.assert(ctx, t)
		g.Add("compare", o.rule, o.text)
		return o
	}
	for i := range t.Tests {
		if o := b.test(ctx, t, i, check); o.verdict != grade.Right {
			g.Add("compare", o.rule, "test "+strconv.Itoa(i+1)+" of "+strconv.Itoa(len(t.Tests))+": "+o.text)
			return o
		}
	}
	g.Add("compare", "all-tests-pass", strconv.Itoa(len(t.Tests))+" tests")
	return outcome{verdict: grade.Right, rule: "all-tests-pass"}
}
