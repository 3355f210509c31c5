package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Class is what somebody decided about a query.
type Class string

// The classes. The first two leave the query in the data as it is; every other
// one names a defect, and the query leaves the data until its cells have been
// corrected on the record.
const (
	Genuine        Class = "genuine"         // the question and its reference are sound: the verdicts stand
	Unresolved     Class = "unresolved"      // raters disagree: it counts as genuine
	Ambiguous      Class = "ambiguous"       // the question has no single defensible answer
	ReferenceError Class = "reference-error" // the reference is wrong
	GraderError    Class = "grader-error"    // right answers were graded wrong, or wrong ones right
	MultiAnswer    Class = "multi-answer"    // several answers are right and the grader knows one
	Truncation     Class = "truncation"      // answers were cut off at their budget
	NoAnswer       Class = "no-answer"       // nothing that could be graded came back
	Corrupt        Class = "corrupt"         // calls failed, or a run is broken
)

// Classes lists all classes.
var Classes = []Class{Genuine, Unresolved, Ambiguous, ReferenceError, GraderError, MultiAnswer, Truncation, NoAnswer, Corrupt}

// Defect reports whether the class says that the verdicts cannot be used as they are.
func (c Class) Defect() bool { return c != Genuine && c != Unresolved }

// ParseClass reads a class by its name.
func ParseClass(s string) (Class, error) {
	if c := Class(s); slices.Contains(Classes, c) {
		return c, nil
	}
	names := make([]string, len(Classes))
	for i, c := range Classes {
		names[i] = string(c)
	}
	return "", fmt.Errorf("%s is not a class (want one of %s)", outcome.Quote(s), strings.Join(names, ", "))
}
