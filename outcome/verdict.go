package outcome

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Verdict is what became of one attempt of one model at one query. The zero
// value means that nothing is on record.
type Verdict uint8

// The verdicts, in the order in which they would be preferred.
const (
	Absent   Verdict = iota // no record of this cell
	NotRun                  // never asked, or the request failed: missing
	NoAnswer                // asked, and nothing usable came back: wrong by default
	Wrong
	Right
)

var verdictNames = [...]string{"", "not_run", "no_answer", "wrong", "right"}

// String gives the verdict as it is written in files; Absent is empty.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// ParseVerdict reads a verdict as outcome files write it.
func ParseVerdict(s string) (Verdict, error) {
	for v, name := range verdictNames {
		if v > 0 && s == name {
			return Verdict(v), nil
		}
	}
	return Absent, fmt.Errorf("%s is not a verdict (want right, wrong, no_answer or not_run)", Quote(s))
}

// Reason says why there is no answer, or why there was no run. The zero value
// means that no reason is known.
type Reason uint8

// The reasons of FORMATS: the first four go with NoAnswer, the last two with NotRun.
const (
	NoReason  Reason = iota
	Refused          // the model declined
	Unparsed         // there is text, but no answer was found in it
	Truncated        // the answer was cut off at its budget
	Empty            // nothing came back, although the call succeeded
	Failed           // the call or the sandbox failed
	Unscored         // there is an answer, but nothing graded it
)

var reasonNames = [...]string{"", "refused", "unparsed", "truncated", "empty", "error", "unscored"}

// String gives the reason as it is written in files; NoReason is empty.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// ParseReason reads a reason as outcome files write it.
func ParseReason(s string) (Reason, error) {
	for r, name := range reasonNames {
		if r > 0 && s == name {
			return Reason(r), nil
		}
	}
	return NoReason, fmt.Errorf("%s is not a reason (want refused, unparsed, truncated, empty, error or unscored)", Quote(s))
}

// Cell is a verdict with its reason, in one byte. The zero value is Absent.
type Cell uint8

// MakeCell joins a verdict and a reason.
func MakeCell(v Verdict, r Reason) Cell { return Cell(v) | Cell(r)<<3 }

// Verdict is the cell's verdict.
func (c Cell) Verdict() Verdict { return Verdict(c & 7) }

// Reason is the cell's reason.
func (c Cell) Reason() Reason { return Reason(c >> 3) }

// Quote shows a string of unknown origin inside a message: quoted, control
// characters escaped, and cut to a length that leaves the message readable.
// A backslash stays one, since most that are quoted are LaTeX.
func Quote(s string) string {
	most := 60
	if len(s) > most {
		for !utf8.RuneStart(s[most]) && most > 60-utf8.UTFMax {
			most--
		}
		s = s[:most] + "…"
	}
	return strings.ReplaceAll(strconv.Quote(s), `\\`, `\`)
}
