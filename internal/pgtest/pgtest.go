package pgtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Role is who tests connect as.
const Role = "allwrong"

// patience is how long a server may take to do what it was told.
const patience = time.Minute

// shared is the cluster of the test binary.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// New makes a database on the cluster that the whole test binary shares, and
// returns its URL. Options are those of CREATE DATABASE, for instance
// "template template0 encoding 'LATIN1'".
func New(t testing.TB, options ...string) string {
	t.Helper()
	return Shared(t).New(t, options...)
}

// Shared is the cluster of the test binary. Whoever stops or pauses it disturbs
// the tests beside: see [Own].
func Shared(t testing.TB) *Server {
	t.Helper()
	where := binaries(t)
	shared.once.Do(func() { shared.server, shared.err = newServer(where) })
	if shared.err != nil {
		t.Fatalf("PostgreSQL: %v", shared.err)
	}
	return shared.server
}

// Own starts a cluster for this test alone. Settings are lines of
// postgresql.conf.
func Own(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := newServer(binaries(t), settings...)
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	t.Cleanup(s.remove)
	return s
}

// New makes a database on this server, as the function New does.
func (s *Server) New(t testing.TB, options ...string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.databases.Add(1))
	statement := "create database " + name + " owner " + Role
	for _, o := range options {
		statement += " " + o
	}
	Exec(t, s.Superuser("postgres"), statement)
	return s.URL(name)
}

// URL is the address of a database over loopback, as [Role].
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", Role, s.Port, database)
}

// Superuser is the address of a database over the socket, for what [Role] may
// not do: make roles, read the server's files.
func (s *Server) Superuser(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s&port=%d&sslmode=disable", database, s.folder, s.Port)
}

// Exec runs statements, several of them if parted by semicolons, and fails the
// test when one fails.
func Exec(t testing.TB, url string, statements ...string) {
	t.Helper()
	with(t, url, func(ctx context.Context, c *pgx.Conn) error {
		for _, s := range statements {
			if _, err := c.PgConn().Exec(ctx, s).ReadAll(); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
}

// Terminate ends every other connection to a database, as an administrator
// would with pg_terminate_backend, and returns how many there were.
func Terminate(t testing.TB, url string) int {
	t.Helper()
	var n int
	with(t, url, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`).Scan(&n)
	})
	return n
}

// with runs f on one connection.
func with(t testing.TB, url string, f func(context.Context, *pgx.Conn) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	defer c.Close(ctx)
	if err := f(ctx, c); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
}
