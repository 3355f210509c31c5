package code

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Tests is what the reference of a query holds: what the program is run against.
type Tests struct {
	Language       string   `json:"language"`        // a name or a tag of the table of languages; "" means python
	TimeLimit      float64  `json:"time_limit"`      // processor time of each test, seconds; 0 means 10
	MemoryLimit    float64  `json:"memory_limit"`    // MiB; 0 means 1024
	FloatTolerance float64  `json:"float_tolerance"` // absolute, and relative to the expected number; 0 means that tokens must be the same
	Tests          []Test   `json:"tests"`           // programs that read and write
	Asserts        []string `json:"asserts"`         // statements that must hold, of a program that defines functions; Python only
	Setup          string   `json:"setup"`           // statements that run before the program; with asserts only
	Checker        *Checker `json:"checker"`         // a program that judges an output; nil compares it with the expected one
}

// Test is one input with the output that is expected of it.
type Test struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

// Checker is a program that is run as
//
//	checker input.txt output.txt answer.txt
//
// and ends with 0 if output.txt, what a program wrote for input.txt, is right, and with
// 1 or 2 if it is not; answer.txt is the expected output. Whatever else it does
// says nothing of the program.
type Checker struct {
	Language string `json:"language"`
	Source   string `json:"source"`
}

// Limits of a reference.
const (
	maxReference = 256 << 20
	maxTests     = 10_000
	maxTime      = 600.0     // seconds
	maxMemory    = 64 * 1024 // MiB
)

// ParseTests reads the tests of a reference: an object as in Tests, or a list of
// asserts alone.
func ParseTests(reference string) (*Tests, error) {
	if len(reference) > maxReference {
		return nil, fmt.Errorf("%d bytes of tests; the limit is %d", len(reference), maxReference)
	}
	t := new(Tests)
	var into any = t
	if trimmed := bytes.TrimSpace([]byte(reference[:min(len(reference), 64)])); len(trimmed) > 0 && trimmed[0] == '[' {
		into = &t.Asserts
	}
	d := json.NewDecoder(bytes.NewReader([]byte(reference)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return nil, fmt.Errorf(`%w: want {"tests": [{"input": …, "output": …}], …} or a list of asserts`, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return t, t.check()
}

func (t *Tests) check() error {
	switch {
	case len(t.Tests) == 0 && len(t.Asserts) == 0:
		return errors.New("no tests: nothing would be shown by passing them")
	case len(t.Tests) > 0 && len(t.Asserts) > 0:
		return errors.New("both tests and asserts: want one of the two")
	case len(t.Tests) > maxTests || len(t.Asserts) > maxTests:
		return fmt.Errorf("more than %d tests", maxTests)
	case !(t.TimeLimit >= 0 && t.TimeLimit <= maxTime):
		return fmt.Errorf("time_limit %g: want seconds, at most %g", t.TimeLimit, maxTime)
	case !(t.MemoryLimit >= 0 && t.MemoryLimit <= maxMemory):
		return fmt.Errorf("memory_limit %g: want MiB, at most %d", t.MemoryLimit, maxMemory)
	case !(t.FloatTolerance >= 0 && t.FloatTolerance < 1):
		return fmt.Errorf("float_tolerance %g: want a number from 0 to below 1", t.FloatTolerance)
	case t.Checker != nil && len(t.Asserts) > 0:
		return errors.New("a checker judges outputs, and asserts have none")
	case t.Setup != "" && len(t.Asserts) == 0:
		return errors.New("setup goes with asserts")
	case t.Checker != nil && t.Checker.Source == "":
		return errors.New("the checker has no source")
	}
	return nil
}

func (t *Tests) cpu() time.Duration {
	if t.TimeLimit == 0 {
		return 10 * time.Second
	}
	return time.Duration(t.TimeLimit * float64(time.Second))
}

func (t *Tests) memory() int64 {
	if t.MemoryLimit == 0 {
		return 1 << 30
	}
	return int64(t.MemoryLimit * (1 << 20))
}
