package code

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

// asserter runs a program and then the asserts in its names. It reads a secret
// first, and writes it with the number of each assert that held, so that a program that
// ends early, or prints a lot, is not taken for one that passes.
const asserter = `import json, os, sys
secret, setup, asserts = json.loads(sys.stdin.readline())
def say(word, write=os.write):
    sys.stdout.flush()
    write(1, ("\n" + secret + " " + word + "\n").encode())
names = {"__name__": "program"}
exec(compile(setup, "setup", "exec"), names)
with open("main.py", encoding="utf-8", errors="surrogateescape") as f:
    source = f.read()
try:
    program = compile(source, "main.py", "exec")
except (SyntaxError, ValueError) as e:
    say("unreadable")
    sys.exit(f"{type(e).__name__}: {e}")
exec(program, names)
for i, text in enumerate(asserts, 1):
    try:
        test = compile(text, f"assert {i}", "exec")
    except (SyntaxError, ValueError) as e:
        say("bad-assert")
        sys.exit(f"{type(e).__name__}: {e}")
    try:
        exec(test, names)
    except AssertionError as e:
        say("failed")
        sys.exit(f"AssertionError: {e}")
    say(str(i))
`

// assert runs all asserts in one process.
func (b *built) assert(ctx context.Context, t *Tests) outcome {
	secret := rand.Text() // decides no verdict; it only cannot be known beforehand
	line, err := json.Marshal([]any{secret, t.Setup, t.Asserts})
	if err != nil {
		return outcome{rule: "reference-unreadable", text: err.Error()}
	}
	files := map[string][]byte{"assert.py": []byte(asserter)}
	for name, data := range b.files {
		files[name] = data
	}
	args := append(b.args[:len(b.args)-1:len(b.args)-1], "assert.py")
	r, err := sandbox.Run(ctx, &sandbox.Job{Args: args, Files: files, Stdin: append(line, '\n'), Limits: b.limits(t, 0)})
	if err != nil {
		return notRun(ctx, err)
	}
	words := said(string(r.Stdout), secret)
	held := len(words)
	last := ""
	if held > 0 {
		last = words[held-1]
	}
	which := fmt.Sprintf("assert %d of %d: %s", held, len(t.Asserts), describeEnd(r))
	switch o := ended(r); {
	case last == "bad-assert":
		return outcome{rule: "reference-unreadable", text: which}
	case last == "unreadable":
		return outcome{grade.Wrong, "compile-error", describeEnd(r)}
	case last == "failed":
		return outcome{grade.Wrong, "wrong-answer", which}
	case o.rule != "":
		return o
	case last != strconv.Itoa(len(t.Asserts)):
		return outcome{grade.Wrong, "ended-early", fmt.Sprintf("%d of %d asserts ran: %s", held, len(t.Asserts), describeEnd(r))}
	}
	return outcome{grade.Right, "all-tests-pass", fmt.Sprintf("%d asserts", len(t.Asserts))}
}

// said gives what the asserter wrote behind its secret.
func said(stdout, secret string) []string {
	var words []string
	for line := range strings.Lines(stdout) {
		if word, ok := strings.CutPrefix(strings.TrimSpace(line), secret+" "); ok {
			words = append(words, word)
		}
	}
	return words
}
