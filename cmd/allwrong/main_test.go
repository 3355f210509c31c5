package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/allwrong/allwrong/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	testscript.Main(m, map[string]func(){"allwrong": main})
}

// TestScripts runs the program as its users do: testdata/script holds a script
// per command and per kind of refusal.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"gzip":    packer(packGzip),
			"zstd":    packer(packZstd),
			"zip":     packer(packZip),
			"cut":     cut,
			"bytes":   writeBytes,
			"zeros":   zeros,
			"replace": replace,
			"procs":   procs,
			"narrow":  narrow,

			"freeport": freePort,
			"ask":      askEndpoint,

			"stream":  appendStream,
			"receive": receiveHooks,
			"scrape":  scrape,
			"move":    move,
		},
	})
}

// exits runs a program and asserts its exit status, since the status is the
// answer: exits 3 allwrong certify …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// packer makes a command that packs a file: gzip FROM TO.
func packer(pack func(name string, from []byte) ([]byte, error)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) != 2 {
			ts.Fatalf("usage: FROM TO")
		}
		packed, err := pack(args[0], []byte(ts.ReadFile(args[0])))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), packed, 0o644))
	}
}

func packGzip(_ string, from []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(from)
	err = errors.Join(err, w.Close()) // what is packed is whole only then
	return b.Bytes(), err
}

func packZstd(_ string, from []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(from, nil), nil
}

func packZip(name string, from []byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	entry, err := w.Create(name)
	if err != nil {
		return nil, err
	}
	_, err = entry.Write(from)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// cut leaves the first so many bytes of a file: cut FILE BYTES; a negative
// number is counted from the end.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := ts.ReadFile(args[0])
	if n < 0 {
		n += len(data)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(data[:n]), 0o644))
}

// writeBytes writes a file that a script cannot hold, in Go's notation: bytes
// FILE "a,b\n\xff".
func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// zeros writes a gzip file that unpacks to a small table and so many MiB of
// blank lines: zeros FILE MIB.
func zeros(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	ts.Check(err)
	_, err = w.Write([]byte("query,a,b\nq1,1,0\n"))
	ts.Check(err)
	block := bytes.Repeat([]byte{'\n'}, 1<<20)
	for range n {
		_, err = w.Write(block)
		ts.Check(err)
	}
	ts.Check(errors.Join(w.Close(), f.Close()))
}

// replace changes the first occurrence of a text in a file: replace FILE OLD NEW.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

// narrow asserts that the last output fits 80 columns.
func narrow(ts *testscript.TestScript, _ bool, _ []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			ts.Fatalf("%d columns wide: %s", n, line)
		}
	}
}

// procs runs a command with 1 and 2 processors, twice each, and asserts that
// the output is the same to the byte: procs allwrong certify …
func procs(ts *testscript.TestScript, _ bool, args []string) {
	defer ts.Setenv("GOMAXPROCS", ts.Getenv("GOMAXPROCS"))
	var first [2]string
	for i, n := range []string{"1", "2", "1", "2"} {
		ts.Setenv("GOMAXPROCS", n)
		ts.Check(ts.Exec(args[0], args[1:]...))
		got := [2]string{ts.ReadFile("stdout"), ts.ReadFile("stderr")}
		if i == 0 {
			first = got
		} else if got != first {
			ts.Fatalf("run %d, with %s processors, differs from the first", i+1, n)
		}
	}
}

// runHere runs the program inside the test.
func runHere(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), code
}

// A writer that fails, a full disk or a closed pipe, is an error like any other.
func TestWriteError(t *testing.T) {
	var errs bytes.Buffer
	args := []string{"certify", "--all-wrong", "1", "--queries", "100", "--best", "90"}
	code := run(context.Background(), args, strings.NewReader(""), failing{}, &errs)
	if code != exitFailed || !strings.Contains(errs.String(), io.ErrClosedPipe.Error()) {
		t.Errorf("exit status %d, stderr %q; want %d and the reason", code, errs.String(), exitFailed)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A stopped program says so and fails.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var errs bytes.Buffer
	code := run(ctx, []string{"certify", "-"}, strings.NewReader("a,b\n1,0\n"), io.Discard, &errs)
	if code != exitFailed || errs.String() != "allwrong: stopped\n" {
		t.Errorf("exit status %d, stderr %q; want %d, stopped", code, errs.String(), exitFailed)
	}
}

// Every command has help, an example where it takes arguments, and is listed.
func TestHelp(t *testing.T) {
	for _, cmd := range newRoot().Commands() {
		if cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		out, errs, code := runHere(t, "", cmd.Name(), "--help")
		if code != exitDone || errs != "" || !strings.Contains(out, "Usage:\n  allwrong "+cmd.Name()) {
			t.Errorf("%s --help: exit status %d, stderr %q, stdout:\n%s", cmd.Name(), code, errs, out)
		}
	}
}
