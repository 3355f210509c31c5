package pgtest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestEachTestHasItsDatabase(t *testing.T) {
	a, b := New(t), New(t)
	if a == b {
		t.Fatalf("two databases at %s", a)
	}
	for _, url := range []string{a, b} {
		Exec(t, url, "create table grades (query text); insert into grades values ('q')")
	}
}

// TestRole: over loopback nobody is superuser, and another role needs a password.
func TestRole(t *testing.T) {
	s := Shared(t)
	url := s.New(t)
	if got := ask(t, url, "select usesuper::text from pg_user where usename = current_user"); got != "false" {
		t.Errorf("the tests' role is superuser: %s", got)
	}
	other := strings.Replace(url, Role+"@", "postgres@", 1)
	_, err := pgx.Connect(t.Context(), other)
	if err == nil {
		t.Error("the superuser came in over loopback without a password")
	}
}

func TestOptions(t *testing.T) {
	url := New(t, "template template0", "encoding 'LATIN1'", "locale 'C'")
	if got := ask(t, url, "show server_encoding"); got != "LATIN1" {
		t.Errorf("encoding %s, want LATIN1", got)
	}
	url = New(t, "template template0 locale_provider icu icu_locale 'de-DE' locale 'C'")
	if got := ask(t, url, "select ('a' < 'B')::text"); got != "true" {
		t.Error("a German collation puts B before a")
	}
	if got := ask(t, New(t), "select ('a' < 'B')::text"); got != "false" {
		t.Error("the default collation is not that of bytes")
	}
}

func TestTerminate(t *testing.T) {
	url := New(t)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if n := Terminate(t, url); n != 1 {
		t.Errorf("ended %d connections, want 1", n)
	}
	if _, err := c.Exec(t.Context(), "select 1"); err == nil {
		t.Error("the connection lives on")
	}
}

// TestRestart: what was committed is there again, on the same port.
func TestRestart(t *testing.T) {
	s := Own(t)
	url := s.New(t)
	Exec(t, url, "create table grades (query text); insert into grades values ('q')")
	for _, m := range []Mode{Fast, Smart, Immediate} {
		s.Restart(t, m)
		if got := ask(t, url, "select query from grades"); got != "q" {
			t.Errorf("after a stop of mode %d: %q", m, got)
		}
	}
	s.Stop(t, Fast)
	if _, err := pgx.Connect(t.Context(), url); err == nil {
		t.Error("a stopped server answers")
	}
	s.Start(t)
}

func TestPause(t *testing.T) {
	s := Own(t)
	url := s.New(t)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	s.Pause(t)
	done := make(chan error, 1)
	go func() { done <- c.Ping(context.Background()) }()
	select {
	case <-done:
		t.Fatal("a paused server answers")
	case <-time.After(200 * time.Millisecond):
	}
	s.Resume(t)
	if err := <-done; err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

// TestGuard kills a test binary that has a cluster, even a paused one: server
// and folder are gone soon after.
func TestGuard(t *testing.T) {
	if os.Getenv("PGTEST_VICTIM") != "" {
		s := Own(t)
		if os.Getenv("PGTEST_VICTIM") == "paused" {
			s.Pause(t)
		}
		fmt.Printf("\nfolder %s %d\n", s.folder, s.process.Process.Pid)
		select {}
	}
	binaries(t)
	for _, state := range []string{"running", "paused"} {
		t.Run(state, func(t *testing.T) { killVictim(t, state) })
	}
}

func killVictim(t *testing.T, state string) {
	victim := exec.Command(os.Args[0], "-test.run", "^TestGuard$")
	victim.Env = append(os.Environ(), "PGTEST_VICTIM="+state)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var folder string
	var pid int
	for lines := bufio.NewScanner(out); folder == "" && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "folder %s %d", &folder, &pid)
	}
	victim.Process.Kill()
	victim.Wait()
	if folder == "" {
		t.Fatal("the victim had no cluster")
	}
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", folder)
		}
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)); err == nil && !zombie(pid) {
		t.Errorf("the server, process %d, lives on", pid)
	}
}

// zombie tells a process that ended and that nobody has waited for.
func zombie(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(b), ") Z ")
}

func ask(t *testing.T, url, query string) string {
	t.Helper()
	var s string
	with(t, url, func(ctx context.Context, c *pgx.Conn) error { return c.QueryRow(ctx, query).Scan(&s) })
	return s
}
