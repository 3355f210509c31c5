// Package grade answers one question: is this answer right?
//
// A grader is a versioned pipeline, extract → normalise → compare: it finds the
// answer in a response, reads it and the reference into the same form, and
// compares the two. It says which rule decided at each step, holds every input
// to limits of size, depth and work, executes nothing of what it reads, and says
// that it cannot tell rather than guess.
//
// The graders stand in packages of their own, one for each kind of question, and
// package kinds knows which is whose. What a version of a grader
// decides never changes: a rule that changes a verdict makes a new version.
package grade

import (
	"context"
	"fmt"
)

// Verdict is what a grader says of a response.
type Verdict uint8

// The verdicts. A verdict that cannot be told is neither right nor wrong: in
// outcomes it is a cell that was not run, reason "unscored".
const (
	CannotTell Verdict = iota // the rules do not decide, or a limit was reached
	Right
	Wrong
	NoAnswer // nothing in the response reads as an answer
)

var verdictNames = [...]string{"cannot_tell", "right", "wrong", "no_answer"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText gives the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Query is what a grader knows of a question.
type Query struct {
	Prompt    string   // what was asked: judges read it, and graders that look for options or for a statement that admits several answers
	Reference string   // the expected answer
	Options   []string // texts of the options of a multiple-choice query, in the order of their letters
	Extracted bool     // the response is an answer that was extracted already: nothing around it is to be taken away
}

// Grade is a verdict with what led to it.
type Grade struct {
	Verdict Verdict `json:"verdict"`
	Answer  string  `json:"answer"` // as extracted, before it was normalised; empty when there is none
	Grader  string  `json:"grader"` // name and version, such as "math/1"
	Rule    string  `json:"rule"`   // the rule that decided, a short name in kebab case
	Steps   []Step  `json:"steps"`  // in order

	// ErrorBound bounds the probability that answers found equal by evaluation
	// at random points differ; 0 when the comparison was exact.
	ErrorBound float64 `json:"error_bound,omitempty"`
}

// Step is one step of a pipeline: what the rule made of its input.
type Step struct {
	Step string `json:"step"` // extract, reference, normalise, compare
	Rule string `json:"rule"` // the rule that applied
	Text string `json:"text"` // what came of it
}

// Grader grades responses to one kind of question. It is safe for use by several
// goroutines at once, and gives the same grade for the same input at any time.
type Grader interface {
	Name() string // name and version
	Grade(ctx context.Context, q *Query, response string) Grade
}

// MaxResponse bounds, in bytes, the response that a grader looks at. Of a longer
// one it cannot tell.
const MaxResponse = 1 << 20
