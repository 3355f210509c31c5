package code

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

// built is a program that is ready to run.
type built struct {
	l     *language
	args  []string
	files map[string][]byte
}

// build compiles a program, if its language asks for that.
func build(ctx context.Context, l *language, program string) (*built, outcome) {
	args, err := command(l.run)
	if err != nil {
		return nil, outcome{rule: "language-missing", text: err.Error()}
	}
	b := &built{l: l, args: args, files: map[string][]byte{l.source: []byte(program)}}
	if l.compile == nil {
		return b, outcome{}
	}
	compiler, err := command(l.compile)
	if err != nil {
		return nil, outcome{rule: "language-missing", text: err.Error()}
	}
	r, err := sandbox.Run(ctx, &sandbox.Job{Args: compiler, Files: b.files, Collect: l.binary, Limits: sandbox.Limits{
		CPU: 60 * time.Second, Memory: 2 << 30, Address: 4 << 30, Disk: 256 << 20, Output: 1 << 20, Processes: 64,
	}})
	if err != nil {
		return nil, notRun(ctx, err)
	}
	switch {
	case r.End == sandbox.WallLimit:
		return nil, outcome{rule: "machine-busy", text: describeEnd(r)}
	case r.End != sandbox.Exited || r.ExitCode != 0 || r.Collected == nil:
		return nil, outcome{grade.Wrong, "compile-error", describeEnd(r)}
	}
	b.files = map[string][]byte{l.binary: r.Collected}
	return b, outcome{}
}

// limits are those of a test.
func (b *built) limits(t *Tests, expected int) sandbox.Limits {
	l := sandbox.Limits{CPU: t.cpu(), Memory: t.memory(), Address: -1, Stack: b.l.stack, Processes: b.l.processes,
		Output: int64(16<<20 + 2*expected)}
	if b.l.address >= 0 {
		l.Address = l.Memory + b.l.address
	}
	return l
}

// test runs one test.
func (b *built) test(ctx context.Context, t *Tests, i int, check *checker) outcome {
	c := t.Tests[i]
	r, err := sandbox.Run(ctx, &sandbox.Job{Args: b.args, Files: b.files, Stdin: []byte(c.Input), Limits: b.limits(t, len(c.Output))})
	if err != nil {
		return notRun(ctx, err)
	}
	if o := ended(r); o.rule != "" {
		return o
	}
	if check != nil {
		return check.judge(ctx, &c, r.Stdout)
	}
	switch as, where := compare(string(r.Stdout), c.Output, t.FloatTolerance); as {
	case different:
		return outcome{grade.Wrong, "wrong-answer", where}
	case nearly:
		return outcome{grade.CannotTell, "close-without-tolerance", where + "; state float_tolerance"}
	}
	return outcome{verdict: grade.Right}
}

// ended gives the verdict of a run that did not end well; no rule for one that did.
func ended(r *sandbox.Result) outcome {
	text := describeEnd(r)
	switch r.End {
	case sandbox.WallLimit:
		return outcome{rule: "machine-busy", text: text}
	case sandbox.CPULimit, sandbox.IdleLimit, sandbox.MemoryLimit, sandbox.OutputLimit:
		return outcome{grade.Wrong, string(r.End), text}
	case sandbox.Exited:
		if r.ExitCode == 0 {
			return outcome{}
		}
	}
	errors := string(r.Stderr)
	switch {
	case outOfMemory(errors):
		return outcome{grade.Wrong, "memory-limit", text}
	case noPython(errors):
		return outcome{grade.Wrong, "compile-error", text}
	}
	return outcome{grade.Wrong, "runtime-error", text}
}

// outOfMemory tells by a program's last words that it was refused memory: the
// kernel refuses it to the program, which then fails as it likes.
func outOfMemory(stderr string) bool {
	last := lastLine(stderr)
	return last == "MemoryError" || strings.Contains(last, "std::bad_alloc") || strings.Contains(stderr, "terminate called after throwing an instance of 'std::bad_alloc'")
}

// noPython tells that Python could not read the program itself.
func noPython(stderr string) bool {
	last := lastLine(stderr)
	for _, name := range []string{"SyntaxError:", "IndentationError:", "TabError:"} {
		if strings.HasPrefix(last, name) && !strings.Contains(stderr, "Traceback (most recent call last)") {
			return true
		}
	}
	return false
}

func lastLine(s string) string {
	s = strings.TrimRight(s, " \r\n")
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// notRun is what is said of a program that the sandbox did not run, or whose end
// is not known.
func notRun(ctx context.Context, err error) outcome {
	switch {
	case ctx.Err() != nil:
		return outcome{rule: "stopped", text: ctx.Err().Error()}
	case errors.Is(err, sandbox.ErrUnavailable):
		return outcome{rule: "sandbox-unavailable", text: err.Error()}
	}
	return outcome{rule: "sandbox-failed", text: err.Error()}
}

// describeEnd says how a run ended and which limits confined it.
func describeEnd(r *sandbox.Result) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s", r.End)
	switch {
	case r.End == sandbox.Signaled:
		fmt.Fprintf(&s, " %s", r.Signal)
	case r.End == sandbox.Exited:
		fmt.Fprintf(&s, " %d", r.ExitCode)
	}
	fmt.Fprintf(&s, ", %.2f s of processor time, %d MiB", r.CPU.Seconds(), r.MaxRSS>>20)
	if last := lastLine(string(r.Stderr)); last != "" {
		fmt.Fprintf(&s, ": %s", last[:min(len(last), 200)])
	}
	fmt.Fprintf(&s, " [%s]", strings.Join(r.InForce, " "))
	return s.String()
}

func describe(t *Tests, l *language) string {
	n, what := len(t.Tests), "tests"
	if len(t.Asserts) > 0 {
		n, what = len(t.Asserts), "asserts"
	}
	s := fmt.Sprintf("%d %s, %s, %v, %d MiB", n, what, l.name, t.cpu(), t.memory()>>20)
	if t.FloatTolerance > 0 {
		s += fmt.Sprintf(", numbers within %g", t.FloatTolerance)
	}
	if t.Checker != nil {
		s += ", checker"
	}
	return s
}
