//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func sh(script string) *Job { return &Job{Args: []string{"/bin/sh", "-c", script}} }

func mustRun(t testing.TB, j *Job) *Result {
	t.Helper()
	r, err := Run(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunGivesWhatTheProgramDid(t *testing.T) {
	needs(t)
	j := sh("cat; cat /dev/stdin; echo out > /dev/stdout; echo oops >&2; ./tool; exit 7")
	j.Stdin = []byte("hello\n")
	j.Files = map[string][]byte{"tool": []byte("#!/bin/sh\necho tool ran; echo made > made\n")}
	j.Collect = "made"
	r := mustRun(t, j)
	if got, want := string(r.Stdout), "hello\nhello\nout\ntool ran\n"; got != want {
		t.Errorf("stdout %q, want %q", got, want)
	}
	if r.End != Exited || r.ExitCode != 7 || string(r.Stderr) != "oops\n" || string(r.Collected) != "made\n" {
		t.Errorf("got %+v", r)
	}
	if strings.Join(r.InForce, " ") == "" || r.CPU <= 0 || r.Wall < r.CPU/4 {
		t.Errorf("not measured: %+v", r)
	}
}

func TestProgramHasNoPrivileges(t *testing.T) {
	needs(t)
	r := mustRun(t, sh("grep -E 'Cap|NoNew|Seccomp:' /proc/self/status; pwd; uname -n; ls /proc"))
	want := []string{"CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "/tmp\n", "sandbox\n"}
	for _, w := range want {
		if !strings.Contains(string(r.Stdout), w) {
			t.Errorf("%q is not in:\n%s", w, r.Stdout)
		}
	}
	if strings.Contains(string(r.Stdout), "\n1\n") || strings.Contains(string(r.Stdout), "meminfo") {
		t.Errorf("/proc shows more than the program's own processes:\n%s", r.Stdout)
	}
}

func TestEnds(t *testing.T) {
	needs(t)
	for _, c := range []struct {
		script string
		limits Limits
		want   End
	}{
		{"exit 3", Limits{}, Exited},
		{"kill -SEGV $$", Limits{}, Signaled},
		{"kill -XCPU $$", Limits{}, Signaled},
		{"while :; do :; done", Limits{CPU: 200 * time.Millisecond}, CPULimit},
		{"sleep 30", Limits{Idle: 200 * time.Millisecond}, IdleLimit},
		{"sleep 30 & exit 0", Limits{}, Exited},
		{"yes", Limits{Output: 10000}, OutputLimit},
		{"sleep 30", Limits{Wall: 200 * time.Millisecond}, WallLimit},
	} {
		j := sh(c.script)
		j.Limits = c.limits
		start := time.Now()
		if r := mustRun(t, j); r.End != c.want {
			t.Errorf("%q ended by %s, want %s: %+v", c.script, r.End, c.want, r)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%q took %v", c.script, d)
		}
	}
}

// Exactly at the limit is within it.
func TestOutputAtItsLimit(t *testing.T) {
	needs(t)
	for n, want := range map[int]End{9999: Exited, 10000: Exited, 10001: OutputLimit} {
		j := sh(fmt.Sprintf("head -c %d /dev/zero", n))
		j.Limits.Output = 10000
		if r := mustRun(t, j); r.End != want || len(r.Stdout) != min(n, 10000) {
			t.Errorf("%d bytes: %s with %d kept, want %s", n, r.End, len(r.Stdout), want)
		}
	}
}

// A collected link would hand out what it points to.
func TestCollectFollowsNoLink(t *testing.T) {
	needs(t)
	for _, script := range []string{"ln -s /usr/bin/env made", "mkfifo made", "mkdir made", ":"} {
		j := sh(script)
		j.Collect = "made"
		if r := mustRun(t, j); r.Collected != nil {
			t.Errorf("%q: collected %d bytes", script, len(r.Collected))
		}
	}
}

// Each step of the set-up that does not succeed ends the run before the program.
func TestFailsClosed(t *testing.T) {
	needs(t)
	for name, j := range map[string]*Job{
		"no program":          {},
		"a relative path":     {Args: []string{"sh"}},
		"not there":           {Args: []string{"/usr/bin/no-such-program"}},
		"a path that escapes": {Args: []string{"/bin/true"}, ReadOnly: []string{"/usr/../etc"}},
		"the root":            {Args: []string{"/bin/true"}, ReadOnly: []string{"/"}},
		"a file's name":       {Args: []string{"/bin/true"}, Files: map[string][]byte{"../x": nil}},
	} {
		if r, err := Run(t.Context(), j); err == nil {
			t.Errorf("%s: ran, with %+v", name, r)
		}
	}
}

func TestCancel(t *testing.T) {
	needs(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Run(ctx, sh("sleep 60")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestManyAtOnce(t *testing.T) {
	needs(t)
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			j := sh("cat; id -u > id; cat id")
			j.Stdin = bytes.Repeat(fmt.Appendf(nil, "%d\n", i), 1000)
			r, err := Run(t.Context(), j)
			if err != nil {
				t.Error(err)
			} else if want := string(j.Stdin) + "0\n"; string(r.Stdout) != want {
				t.Errorf("run %d mixed up its output", i)
			}
		})
	}
	all.Wait()
}

// Each of root's sandboxes has a user of its own: limits on processes are
// counted for a user.
func TestIdentities(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root has users to give")
	}
	seen := map[int]bool{}
	for slot := range cap(slots) {
		uid, gid, root, err := identity(slot)
		if err != nil || !root || uid == 0 || gid == 0 || seen[uid] {
			t.Errorf("slot %d: uid %d, gid %d, root %v, %v", slot, uid, gid, root, err)
		}
		seen[uid] = true
	}
}

func BenchmarkTrue(b *testing.B) {
	needs(b)
	for b.Loop() {
		if _, err := Run(b.Context(), &Job{Args: []string{"/bin/true"}}); err != nil {
			b.Fatal(err)
		}
	}
}
