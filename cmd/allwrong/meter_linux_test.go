package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: what is written to the one end can be read
// from the other.
func terminal(t *testing.T) (far, near *os.File) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { far.Close() })
	n, err := unix.IoctlGetInt(int(far.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(far.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		near, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { near.Close() })
	return far, near
}

// shownOn gives what has been written to a terminal so far.
func shownOn(far, near *os.File) string {
	fmt.Fprint(near, "\x00")
	var all []byte
	b := make([]byte, 4096)
	for !strings.HasSuffix(string(all), "\x00") {
		n, err := far.Read(b)
		if all = append(all, b[:n]...); err != nil {
			break
		}
	}
	return strings.TrimSuffix(string(all), "\x00")
}

// On a terminal, and after a second, there is a line that says how far it has
// come; it is taken away in the end. Elsewhere there is none.
func TestMeterOnATerminal(t *testing.T) {
	far, near := terminal(t)
	m := newMeter(near)
	m.show(1e6, 10e6)
	if got := shownOn(far, near); got != "" {
		t.Errorf("in the first second %q", got)
	}
	m.start = m.start.Add(-2 * time.Second)
	m.show(4e6, 10e6)
	m.show(5e6, 10e6) // too soon after the other
	if got := shownOn(far, near); got != "\r\x1b[Kreading 4 of 10 MB, 2 MB/s, 3 s left" {
		t.Errorf("then %q", got)
	}
	m.clear()
	if got := shownOn(far, near); got != "\r\x1b[K" {
		t.Errorf("in the end %q", got)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if newMeter(w).w != nil {
		t.Error("a pipe is taken for a terminal")
	}
}

// Ctrl-C ends a run at once: the line of the meter is taken away, and
// the last word says so.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a pipe for a second")
	}
	far, near := terminal(t)
	dir := t.TempDir()
	pipe := dir + "/records.jsonl"
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: self, Args: []string{"allwrong", "certify", pipe}, Stderr: near} // the name makes it the program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	feed, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until it is read
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	end := time.Now().Add(1500 * time.Millisecond)
	for n := 0; time.Now().Before(end); n++ { // it never ends by itself
		fmt.Fprintf(feed, `{"query":"q%d","model":"m","verdict":"right","response":%q}`+"\n", n, strings.Repeat("x", 60_000))
	}
	start := time.Now()
	cmd.Process.Signal(os.Interrupt)
	err = cmd.Wait()
	if took := time.Since(start); took > 5*time.Second || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v after %v", err, took)
	}
	said := shownOn(far, near)
	if !strings.Contains(said, "reading ") || strings.LastIndex(said, "\r\x1b[K") < strings.LastIndex(said, "reading ") || !strings.Contains(said, "allwrong: stopped") {
		t.Errorf("it said %q", said[max(0, len(said)-300):])
	}
}
