package sandbox

import (
	"strings"
	"testing"
)

func sh(script string) *Job { return &Job{Args: []string{"/bin/sh", "-c", script}} }

func TestRun(t *testing.T) {
	if err := Available(t.Context()); err != nil {
		t.Fatal(err)
	}
	needs(t)
	j := sh("id -u; pwd; ls -la / /proc /dev | head -60; cat; echo oops >&2; cat /dev/stdin; echo x > /dev/stdout; env; cat /proc/self/status | grep -i 'cap\\|seccomp\\|nonew'; hostname; exit 7")
	j.Stdin = []byte("hello\n")
	r, err := Run(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v\n%s\n%s", r, r.Stdout, r.Stderr)
	if r.ExitCode != 7 || !strings.Contains(string(r.Stdout), "hello") {
		t.Errorf("got %+v", r)
	}
}
