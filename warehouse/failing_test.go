package warehouse

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// password stands in the environment of every test of this file; no message
// may hold it.
const password = "hunter2-Xyzzy"

// fails opens a source that must not open, and looks for words in the error.
func fails(t *testing.T, s Source, words ...string) {
	t.Helper()
	t.Setenv("PGPASSWORD", password)
	if s.Table == "" && s.Query == "" {
		s.Table = "grades"
	}
	start := time.Now()
	w, err := Open(t.Context(), s)
	if err == nil {
		w.Close()
		t.Fatal("it opened")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("the error took %v", took)
	}
	plain(t, err, words...)
}

// plain checks that an error says what it should, in one printable line and
// without a secret.
func plain(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, said := range []string{err.Error(), fmt.Sprintf("%+v", err)} {
		if strings.Contains(said, password) || strings.Contains(said, "hunter2") {
			t.Errorf("the error tells the password: %s", said)
		}
	}
	for _, r := range err.Error() {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			t.Errorf("the error holds a control character: %q", err)
			break
		}
	}
	if n := len(err.Error()); n > 2000 {
		t.Errorf("the error is %d bytes long", n)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q: want %q in it", err, w)
		}
	}
	t.Logf("%.300s", err.Error())
}

func TestNoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	fails(t, Source{URL: "postgres://somebody@" + address + "/grades"}, "no server answers at "+address, "look at the URL")
	fails(t, Source{URL: "postgres://nosuch.invalid/grades"}, "nosuch.invalid")
}

// TestSecretsInURLs: a password in a URL is refused in any spelling, and the
// refusal does not repeat it.
func TestSecretsInURLs(t *testing.T) {
	for _, url := range []string{
		"postgres://me:hunter2@host/grades",
		"postgres://me:hunter2@/grades",
		"postgres://me:hun%74er2hunter2@host/grades",
		"postgres://me:hunter2#x@host/grades",
		"postgres://me:hunter2/x@host/grades",
		"postgres://me:hunter2?x@host/grades",
		"postgres://me:1hunter2@2@host/grades",
		"postgres://me:5432?hunter2@host/grades",
		"postgres://me:5432/hunter2@host/grades",
		"postgres://me:hun=ter2?hunter2=x@host/grades",
		"postgres://me:x?hunter2=x@host/grades?user=a@b",
		"postgres://me:x@hunter2=@host/grades",
		"postgres://host/grades?password=hunter2",
		"postgres://host/grades?PassWord=hunter2",
		"postgres://host/grades?%70assword=hunter2",
		"postgres://host/grades?user=me&sslpassword=hunter2",
		"postgres://host/grades?a=%zz&password=hunter2",
		"postgres://host/grades?sslmode=disable;password=hunter2",
	} {
		t.Run(url, func(t *testing.T) { fails(t, Source{URL: url}, "password") })
	}
}

// TestNoSecret: what looks a little like a password and is none.
func TestNoSecret(t *testing.T) {
	for _, url := range []string{
		"postgres://host:5432/grades?user=me@azure&sslmode=require", "postgres://me@host:5432/grades", "postgres://me%40azure@[::1]:5432/grades",
		"postgres://h1:5432,h2:5433/grades", "postgres://me@/grades?host=/tmp/a:b&port=5432", "trino://me@host:8080/hive/grades", "sqlite:/tmp/a:b@c.db?password=x",
		"postgres://host/grades?passfile=/home/me/.pgpass", "postgres:///grades",
	} {
		if err := noSecret(url); err != nil || withoutSecret(url) != url {
			t.Errorf("%s: %v; shown as %s", url, err, withoutSecret(url))
		}
	}
}

// TestNotPostgres: other servers, and none that ever says anything.
func TestNotPostgres(t *testing.T) {
	reads := func(c net.Conn) { c.Read(make([]byte, 64)) }
	for name, serve := range map[string]func(net.Conn){
		"hangs up":                 func(net.Conn) {},
		"reads":                    reads,
		"HTTP":                     func(c net.Conn) { reads(c); io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") },
		"SSH":                      func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n"); reads(c) },
		"zeros":                    func(c net.Conn) { c.Write(make([]byte, 1<<16)) },
		"noise":                    func(c net.Conn) { c.Write([]byte("\xff\x00R\x00\x00\x00\x01\xfe\x80ZZZZ\x7f\x7f")); reads(c) },
		"2 GB to come":             func(c net.Conn) { reads(c); c.Write(message('R', 1<<31-1, []byte("more"))) },
		"4 GB to come":             func(c net.Conn) { reads(c); c.Write(message('E', 1<<32-1, []byte("more"))) },
		"length 0":                 func(c net.Conn) { reads(c); c.Write(message('R', 0, nil)); reads(c) },
		"a strange way to sign in": func(c net.Conn) { reads(c); c.Write(message('R', 8, []byte{0, 0, 0, 99})); reads(c) },
		"escapes": func(c net.Conn) {
			reads(c)
			b := pgproto3.NewBackend(c, c)
			b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "28000", Message: "no\x1b[2J\x07\r\n\u202eway" + strings.Repeat("!", 1<<16)})
			b.Flush()
		},
	} {
		words := "does not speak as PostgreSQL does"
		if name == "escapes" {
			words = "does not let us in"
		}
		t.Run(name, func(t *testing.T) { fails(t, Source{URL: fake(t, serve)}, words) })
	}
}

// TestSilentServer: one that takes the connection and says nothing is left
// after the time that the URL allows, or the caller.
func TestSilentServer(t *testing.T) {
	url := fake(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	fails(t, Source{URL: url + "&connect_timeout=1"}, "no answer from 127.0.0.1", "within 1s")
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	w, err := Open(ctx, Source{URL: url, Table: "grades"})
	if err == nil {
		w.Close()
		t.Fatal("it opened")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to give up", took)
	}
}

// TestSilentAfterwards: a server that falls silent once it has been asked is
// left after the time-out of a statement.
func TestSilentAfterwards(t *testing.T) {
	url := impostor(t, func(b *pgproto3.Backend, statement string) error {
		if strings.Contains(statement, "grades") {
			return nil
		}
		return yes(b, "BEGIN")
	})
	fails(t, Source{URL: url, Timeout: 300 * time.Millisecond}, "time-out", "allow more")
}

// TestRefusals: what a server says is repeated in one line, whatever it says.
func TestRefusals(t *testing.T) {
	for _, e := range []pgproto3.ErrorResponse{
		{},
		{Severity: "ERROR", Code: "X", Message: "short"},
		{Severity: "ERROR", Code: "42601", Message: "syntax error\nat\x00 or \x1b]0;title\x07near", Hint: "try\x1b[31m\n\nred."},
		{Severity: "PANIC", Code: "XX000", Message: strings.Repeat("long ", 1<<14)},
		{Severity: "ERROR", Code: "57P01", Message: "terminating connection due to administrator command"},
		{Severity: "ERROR", Code: "4\x1b[0m", Message: "\x9b31m\xff\xfe"},
	} {
		t.Run(e.Code, func(t *testing.T) {
			fails(t, Source{URL: impostor(t, func(b *pgproto3.Backend, statement string) error {
				if strings.Contains(statement, "grades") {
					return no(b, e)
				}
				return yes(b, "BEGIN")
			})})
		})
	}
}

// TestNotLetIn: real servers that refuse.
func TestNotLetIn(t *testing.T) {
	s := pgtest.Shared(t)
	url := s.New(t)
	pgtest.Exec(t, s.Superuser("postgres"), "drop role if exists locked", "create role locked login password 'another'")
	fails(t, Source{URL: strings.Replace(url, pgtest.Role+"@", "locked@", 1)}, "does not let us in", "PGPASSWORD")
	fails(t, Source{URL: strings.Replace(url, pgtest.Role+"@", "nobody@", 1)}, "does not let us in")
	fails(t, Source{URL: s.URL("nosuch")}, "nosuch", "URL")
	fails(t, Source{URL: strings.Replace(url, "sslmode=disable", "sslmode=require", 1)}, "TLS")
	fails(t, Source{URL: strings.Replace(url, "sslmode=disable", "sslmode=verify-full", 1)}, "TLS")
	fails(t, Source{URL: strings.Replace(url, "sslmode=disable", "sslmode=perhaps", 1)}, "URL")
	fails(t, Source{URL: url}, "grades", "does not exist")
	pgtest.Exec(t, s.Superuser(url[strings.LastIndex(url, "/")+1:strings.Index(url, "?")]), "create table grades (query text, model text, verdict text)")
	fails(t, Source{URL: url}, "permission denied", "GRANT SELECT")
}
