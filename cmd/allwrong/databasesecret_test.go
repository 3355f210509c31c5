package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// secret is a password in the environment, or in a URL where it should not be:
// nothing that is printed or written may hold it.
const secret = "hunter2-Xyzzy"

// readers are the commands that read outcomes, with what else they need.
var readers = [][]string{{"certify"}, {"describe"}, {"explain"}, {"pool"}, {"policy"}, {"compare", "PATH"}, {"convert", "-o", "out.jsonl"}, {"report", "-o", "out.html"}, {"watch", "--once"}}

// secretive runs a command and looks for the secret in what it says and leaves.
func secretive(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	stdout, stderr, code = runHere(t, "", args...)
	if strings.Contains(stdout+stderr, "hunter2") {
		t.Errorf("allwrong %s tells the password:\n%s%s", strings.Join(args, " "), stdout, stderr)
	}
	list, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if b, err := os.ReadFile(f.Name()); err == nil && strings.Contains(string(b), "hunter2") {
			t.Errorf("allwrong %s leaves the password in %s", strings.Join(args, " "), f.Name())
		}
	}
	return stdout, stderr, code
}

func withPath(args []string, url string) []string {
	out := []string{args[0], url}
	for _, a := range args[1:] {
		if a == "PATH" {
			a = url
		}
		out = append(out, a)
	}
	return out
}

func TestSecretsStaySecret(t *testing.T) {
	server := pgtest.Shared(t)
	url := server.New(t)
	t.Chdir(t.TempDir())
	t.Setenv("PGPASSWORD", secret)
	pgtest.Exec(t, url, `create table outcomes (query text, model text, verdict text, time timestamptz);
		insert into outcomes select 'q' || n, m, case when (n * 7 + length(m)) % 3 > 0 then 'right' else 'wrong' end, '2026-01-01' from generate_series(1, 200) n, unnest(array['a', 'bb', 'ccc']) m`)
	locked := strings.Replace(url, pgtest.Role+"@", "locked@", 1)
	closed := "postgres://me@127.0.0.1:1/grades"
	for _, command := range readers {
		for _, c := range []struct {
			name, url string
			code      int
			words     string
		}{
			{"in the URL", strings.Replace(url, pgtest.Role+"@", pgtest.Role+":"+secret+"@", 1), 1, "password"},
			{"as a parameter", url + "&password=" + secret, 1, "password"},
			{"wrong", locked, 1, "PGPASSWORD"},
			{"no server", closed, 1, "no server answers"},
			{"no such table", url, 1, "nosuch"},
		} {
			t.Run(command[0]+" "+c.name, func(t *testing.T) {
				table := "outcomes"
				if c.words == "nosuch" {
					table = "nosuch"
				}
				stdout, stderr, code := secretive(t, append(withPath(command, c.url), "--table", table)...)
				if code != c.code || !strings.Contains(stderr, c.words) {
					t.Errorf("exit status %d, want %d; %q, want %q in it", code, c.code, stderr, c.words)
				}
				if stdout != "" {
					t.Errorf("printed: %s", stdout)
				}
			})
		}
		t.Run(command[0], func(t *testing.T) {
			_, stderr, code := secretive(t, append(withPath(command, url), "--table", "outcomes")...)
			if code != 0 && code != 3 {
				t.Errorf("exit status %d: %s", code, stderr)
			}
		})
	}
	open := strings.Replace(url, pgtest.Role+"@", pgtest.Role+":"+secret+"@", 1)
	for _, args := range [][]string{
		{"certify", open}, {"certify", open, open, "--table", "outcomes"}, {"certify", open, "nosuch.jsonl", "--table", "outcomes"}, {"describe", open, url, "--table", "outcomes"},
		{"certify", open, "--query", "select 1", "--table", "outcomes"}, {"certify", open, "--table", "outcomes", "--explain-sql"}, {"certify", open + "&run=x"}, {"describe", open + "&run=x"},
		{"certify", strings.Replace(open, "postgres://", "mysql://", 1), "--table", "outcomes"}, {"certify", strings.Replace(open, "postgres://", "trino://", 1), "--table", "outcomes"},
		{"certify", url, "--table", "outcomes", "--ledger", open}, {"watch", open}, {"convert", url, "--table", "outcomes", "-o", open}, {"audit", open}, {"certify", "--nosuch", open}, {"verify", open}, {"plot", open}, {"grade", open},
	} {
		if _, stderr, code := secretive(t, args...); code == 0 {
			t.Errorf("allwrong %s: exit status 0: %s", strings.Join(args, " "), stderr)
		}
	}
	for _, more := range []string{"--json", "--explain-sql"} {
		if _, stderr, code := secretive(t, "certify", url, "--table", "outcomes", more); code != 0 {
			t.Errorf("certify %s: exit status %d: %s", more, code, stderr)
		}
	}
	if list, _ := filepath.Glob("*"); len(list) == 0 {
		t.Error("nothing was written")
	}
}
