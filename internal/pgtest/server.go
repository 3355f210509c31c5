package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is one cluster.
type Server struct {
	Port int // on 127.0.0.1; a restart keeps it

	binaries  string
	folder    string // data, socket and log
	account   *account
	process   *exec.Cmd
	ended     chan struct{} // closed when process has ended
	guard     *exec.Cmd
	alive     io.Closer // the guard acts when this closes
	databases atomic.Int64
	stopped   []int // processes that [Server.Pause] stopped
}

// Mode says how a server is stopped.
type Mode int

const (
	Fast      Mode = iota // connections are cut, the data is flushed
	Smart                 // waits until all have left
	Immediate             // as in a crash: the log is replayed at the next start
)

// settings are for speed: nothing here outlives the test. Numbers are small
// because several clusters may run at once.
var settings = []string{
	"fsync = off", "synchronous_commit = off", "full_page_writes = off",
	"wal_level = minimal", "max_wal_senders = 0", "max_connections = 100",
	"shared_buffers = 32MB", "timezone = UTC", "lc_messages = 'C'",
}

// trust lets the superuser in by the socket, and the tests' role by loopback;
// any other role needs its password there.
const trust = `local all all trust
host all ` + Role + ` 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`

// newServer makes a cluster and starts it.
func newServer(binaries string, more ...string) (*Server, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &Server{binaries: binaries, folder: folder, account: who}
	if err := errors.Join(who.own(folder), s.watch()); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	if err := s.create(more); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// create makes the data folder and starts the server.
func (s *Server) create(more []string) error {
	initdb := s.command("initdb", "--pgdata", s.data(), "--no-sync", "--encoding", "UTF8", "--locale", "C",
		"--username", "postgres", "--auth", "trust")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	lines := append(append([]string{}, settings...), "unix_socket_directories = '"+s.folder+"'", "listen_addresses = '127.0.0.1'")
	if err := appendTo(filepath.Join(s.data(), "postgresql.conf"), strings.Join(append(lines, more...), "\n")+"\n"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte(trust), 0o600); err != nil {
		return err
	}
	if err := s.startSomewhere(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, s.Superuser("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, "create role "+Role+" login")
	return err
}

// startSomewhere starts the server on a free port. Between asking for one and
// using it somebody else may have taken it, hence the trials.
func (s *Server) startSomewhere() (err error) {
	for range 5 {
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
		s.Port = l.Addr().(*net.TCPAddr).Port
		l.Close()
		if err = s.start(); err == nil {
			return nil
		}
	}
	return err
}

// start starts the server on its port, and waits until it answers.
func (s *Server) start() error {
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.process = s.command("postgres", "-D", s.data(), "-p", fmt.Sprint(s.Port))
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		p.Wait() // its exit status says no more than its log
		close(ended)
	}(s.process, s.ended)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		select {
		case <-s.ended:
			return fmt.Errorf("the server did not start; its log ends with\n%s", s.log())
		case <-time.After(20 * time.Millisecond):
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		c, err := pgx.Connect(ctx, s.Superuser("postgres"))
		if err == nil {
			c.Close(ctx)
		}
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("the server does not answer; its log ends with\n%s", s.log())
}

// Stop stops the server.
func (s *Server) Stop(t testing.TB, m Mode) {
	t.Helper()
	s.Resume(t)
	if err := s.process.Process.Signal(signals[m]); err != nil {
		t.Fatalf("PostgreSQL: stop: %v", err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("PostgreSQL: did not stop; its log ends with\n%s", s.log())
	}
}

// Start starts a server that was stopped, on the same port.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
}

// Restart stops the server and starts it again.
func (s *Server) Restart(t testing.TB, m Mode) {
	t.Helper()
	s.Stop(t, m)
	s.Start(t)
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// log is the end of what the server wrote.
func (s *Server) log() string {
	b, err := os.ReadFile(filepath.Join(s.folder, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// command is a program of PostgreSQL's, run as the cluster's user. What the
// environment says of other databases is kept from it.
func (s *Server) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.binaries, program), args...)
	c.Dir = s.folder
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "LC_ALL=C")
	s.account.run(c)
	return c
}

func appendTo(path, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(bytes.TrimRight(b, "\n"), "\n"+text...), 0o600)
}
