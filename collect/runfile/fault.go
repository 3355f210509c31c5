package runfile

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with a file.
type Fault struct {
	File         string
	Line, Column int    // from 1; 0 when it concerns the whole file or line
	Field        string // path, such as model[2].price.input; counted from 1; empty: none
	Err          error  // what is wrong, and what to do
}

func (f *Fault) Error() string {
	at := f.File
	if f.Line > 0 {
		at += fmt.Sprintf(":%d", f.Line)
	}
	if f.Column > 0 {
		at += fmt.Sprintf(":%d", f.Column)
	}
	if f.Field != "" {
		return fmt.Sprintf("%s: %s: %v", at, f.Field, f.Err)
	}
	return fmt.Sprintf("%s: %v", at, f.Err)
}

// Unwrap gives what is wrong without its place.
func (f *Fault) Unwrap() error { return f.Err }

// Faults is all that is wrong with a file.
type Faults []*Fault

// mostFaults is how many faults are printed.
const mostFaults = 10

func (f Faults) Error() string {
	var lines []string
	for i, x := range f {
		if i == mostFaults {
			lines = append(lines, fmt.Sprintf("and %d more", len(f)-i))
			break
		}
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}
