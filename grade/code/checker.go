package code

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

// checker is a special checker that has accepted every expected output.
type checker struct{ built *built }

// judge asks whether an output is right.
func (c *checker) judge(ctx context.Context, t *Test, output []byte) outcome {
	files := map[string][]byte{"input.txt": []byte(t.Input), "output.txt": output, "answer.txt": []byte(t.Output)}
	for name, data := range c.built.files {
		files[name] = data
	}
	args := append(c.built.args[:len(c.built.args):len(c.built.args)], "input.txt", "output.txt", "answer.txt")
	r, err := sandbox.Run(ctx, &sandbox.Job{Args: args, Files: files, Limits: sandbox.Limits{
		CPU: 30 * time.Second, Memory: 1 << 30, Address: c.address(), Stack: c.built.l.stack, Output: 1 << 20, Processes: c.built.l.processes,
	}})
	if err != nil {
		return notRun(ctx, err)
	}
	// Python ends with 1 after an exception too.
	fell := strings.Contains(string(r.Stderr), "Traceback (most recent call last)") || noPython(string(r.Stderr))
	switch {
	case r.End == sandbox.Exited && r.ExitCode == 0:
		return outcome{verdict: grade.Right}
	case r.End == sandbox.Exited && (r.ExitCode == 1 || r.ExitCode == 2) && !fell:
		return outcome{grade.Wrong, "wrong-answer", "the checker says no: " + describeEnd(r)}
	}
	return outcome{rule: "checker-failed", text: describeEnd(r)}
}

func (c *checker) address() int64 {
	if c.built.l.address < 0 {
		return -1
	}
	return 1<<30 + c.built.l.address
}

// checkerCache keeps checkers that are compiled and have accepted the expected
// outputs of their tests: every response to a query meets the same.
type checkerCache struct {
	mu    sync.Mutex
	ready map[[sha256.Size]byte]*checker
}

// maxCheckers bounds the cache; a compiled checker is some megabytes.
const maxCheckers = 256

// get gives the checker of the tests, or the reason why there is none.
func (c *checkerCache) get(ctx context.Context, t *Tests) (*checker, outcome) {
	b, err := json.Marshal(struct {
		Checker *Checker
		Tests   []Test
	}{t.Checker, t.Tests})
	if err != nil {
		return nil, outcome{rule: "reference-unreadable", text: err.Error()}
	}
	key := sha256.Sum256(b)
	c.mu.Lock()
	known := c.ready[key]
	c.mu.Unlock()
	if known != nil {
		return known, outcome{}
	}
	made, o := newChecker(ctx, t)
	if made == nil {
		return nil, o
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ready == nil || len(c.ready) >= maxCheckers {
		c.ready = map[[sha256.Size]byte]*checker{}
	}
	c.ready[key] = made
	return made, outcome{}
}

func newChecker(ctx context.Context, t *Tests) (*checker, outcome) {
	l, err := find(t.Checker.Language)
	if err != nil {
		return nil, outcome{rule: "checker-failed", text: err.Error()}
	}
	b, o := build(ctx, l, t.Checker.Source)
	if b == nil {
		if o.rule == "compile-error" {
			o.rule = "checker-failed"
		}
		return nil, outcome{rule: o.rule, text: "the checker: " + o.text}
	}
	c := &checker{b}
	for i := range t.Tests {
		switch o := c.judge(ctx, &t.Tests[i], []byte(t.Tests[i].Output)); o.verdict {
		case grade.Right:
		case grade.Wrong:
			return nil, outcome{rule: "checker-rejects-reference", text: fmt.Sprintf("test %d: %s", i+1, o.text)}
		default:
			return nil, outcome{rule: o.rule, text: fmt.Sprintf("the checker, on the expected output of test %d: %s", i+1, o.text)}
		}
	}
	return c, outcome{}
}
