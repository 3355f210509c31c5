package store

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// cutter stands between a process and the server, and cuts connections where a
// transaction is committed.
type cutter struct {
	listener net.Listener
	server   string
	cut      func() int // what becomes of the next commit
	cuts     [3]atomic.Int64
}

// What becomes of a commit.
const (
	pass      = iota
	cutBefore // it never reaches the server
	cutAfter  // its answer never reaches the process
)

func newCutter(t *testing.T, address string, cut func() int) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &cutter{listener: l, server: u.Host, cut: cut}
	go x.serve()
	t.Cleanup(func() { l.Close() })
	u.Host = l.Addr().String()
	return x, u.String()
}

func (x *cutter) serve() {
	for {
		c, err := x.listener.Accept()
		if err != nil {
			return
		}
		go x.between(c)
	}
}

func (x *cutter) between(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", x.server)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool // what the server says is not passed on
	var wg sync.WaitGroup
	wg.Go(func() {
		defer client.Close()
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			break
		}
		what := pass
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) {
			what = x.cut()
			x.cuts[what].Add(1)
		}
		if what == cutBefore {
			break
		}
		deaf.Store(what == cutAfter)
		if _, err := server.Write(buffer[:n]); err != nil {
			break
		}
		if what == cutAfter {
			wg.Wait() // the answer came, and nobody heard it
			break
		}
	}
	server.Close()
	wg.Wait()
}

// TestUnknownCommit: connections break while transactions are committed, before
// the server learns of it and after. Each claim is granted once and each answer
// settled once, and the money adds up.
func TestUnknownCommit(t *testing.T) {
	const queries = 60
	direct := sharedPlace(t, pgtest.New(t))
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(8, 8))
	calm := true
	x, address := newCutter(t, direct.url, func() int {
		mu.Lock()
		defer mu.Unlock()
		if calm {
			return pass
		}
		return []int{pass, pass, cutBefore, cutAfter}[r.IntN(4)]
	})
	s, err := Open(t.Context(), t.TempDir(), Options{Database: address, Run: direct.run, Lease: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := runOf(t, direct.dir, queries, 1, nil)
	begun(t, s, run)
	mu.Lock()
	calm = false
	mu.Unlock()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for q := g; q < queries; q += 4 {
				c, err := s.Claim(t.Context(), Place{Query: q, Budget: 100})
				if err != nil || c[0].Decision != Granted {
					t.Errorf("query %d: %+v, %v", q, c, err)
					return
				}
				got, err := s.Settle(t.Context(), c[0], valid("1", 20, 10), nil)
				if err != nil || got.Call != c[0].Call || got.Status != Valid || got.Replaced {
					t.Errorf("query %d: %+v, %v", q, got, err)
				}
			}
		})
	}
	wg.Wait()
	mu.Lock()
	calm = true
	mu.Unlock()
	m, err := s.Totals(t.Context())
	if err != nil || m.Settled != queries*90_000 || m.Reserved != 0 || m.Lost != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	used, err := s.ModelTotals(t.Context())
	if err != nil || used[0].Calls != queries || used[0].Answers != queries {
		t.Errorf("%+v, %v", used, err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	before, after := x.cuts[cutBefore].Load(), x.cuts[cutAfter].Load()
	if before < 3 || after < 3 {
		t.Errorf("%d commits were cut off before the server learnt of them, and %d after", before, after)
	}
	t.Logf("%d commits cut off before the server learnt of them, %d after, %d not", before, after, x.cuts[pass].Load())
}

// TestNeverPassword: no error of a database says a password, wherever it stands.
func TestNeverPassword(t *testing.T) {
	t.Setenv("PGPASSWORD", "hunter2hunter2")
	for _, address := range []string{"postgres://me:hunter2hunter2@127.0.0.1:1/x", "postgres://127.0.0.1:1/x?password=hunter2hunter2", "postgres://me@127.0.0.1:1/x?sslmode=disable"} {
		_, err := Open(t.Context(), t.TempDir(), Options{Database: address, Run: "r"})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}
