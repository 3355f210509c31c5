package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// runOf writes a run file with so many queries and models and reads it.
func runOf(t testing.TB, dir string, queries, models int, edit func(string) string) *runfile.Run {
	t.Helper()
	var b strings.Builder
	b.WriteString("cap_usd = 10\nattempts = 2\nbudgets = [100, 1000]\n[[endpoint]]\nname = \"e\"\nbase_url = \"http://localhost:1/v1\"\nprotocol = \"openai\"\n")
	for m := range models {
		fmt.Fprintf(&b, "[[model]]\nid = \"m%d\"\nendpoint = \"e\"\nfamily = \"f%d\"\nprice = { input = 1.5, output = 6 }\npriced_on = 2026-11-01\n", m, m%2)
	}
	b.WriteString("[queries]\npath = \"q.jsonl\"\nkind = \"number\"\nslices = [\"half\"]\n[graders]\nnumber = \"number/1\"\n")
	text := b.String()
	if edit != nil {
		text = edit(text)
	}
	b.Reset()
	for q := range queries {
		fmt.Fprintf(&b, "{\"id\":\"q%d\",\"prompt\":\"What is %d + 1?\",\"reference\":\"%d\",\"half\":\"h%d\"}\n", q, q, q+1, q%2)
	}
	if err := os.WriteFile(filepath.Join(dir, "q.jsonl"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Parse([]byte(text), filepath.Join(dir, "run.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// place is where the run of a test lies: in a folder, or in a database that the
// folder names.
type place struct {
	dir, url, run string
}

// onEach does a test on each kind of database.
func onEach(t *testing.T, f func(t *testing.T, at place)) {
	t.Run("sqlite", func(t *testing.T) { f(t, place{dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { f(t, place{t.TempDir(), pgtest.New(t), "a run of \"many\" ?"}) })
}

// other is a place for another run, in the same database if there is one.
func (at place) other(t testing.TB) place {
	t.Helper()
	other := place{dir: t.TempDir(), url: at.url}
	if at.url != "" {
		other.run = t.Name()
	}
	return other
}

// with are the options by which the run of a place is opened.
func (at place) with(o Options) Options {
	o.Database, o.Run = at.url, at.run
	return o
}

// path is the file by which the run of a place is read.
func (at place) path() string {
	if at.url != "" {
		return filepath.Join(at.dir, PointerName)
	}
	return filepath.Join(at.dir, FileName)
}

// opened opens the store of a place, and checks it when the test ends.
func opened(t testing.TB, at place, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), at.dir, at.with(o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		checked(t, at)
	})
	return s
}

// toRead opens the run of a place to be read.
func toRead(t testing.TB, at place) *Store {
	t.Helper()
	r, err := OpenFile(context.Background(), at.path())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checked recounts a store.
func checked(t testing.TB, at place) {
	t.Helper()
	r := toRead(t, at)
	defer r.Close()
	if err := r.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

func begun(t testing.TB, s *Store, run *runfile.Run) {
	t.Helper()
	if err := s.Begin(context.Background(), run, Schedule{For: ForMatrix}); err != nil {
		t.Fatal(err)
	}
}

// valid is an answer that used so many tokens.
func valid(text string, in, out int64) Answer {
	return Answer{Status: Valid, Text: text, Finish: "stop", Served: "m-2026", RequestID: "r1", Usage: &money.Usage{Input: in, Output: out}, Latency: 1500 * time.Millisecond}
}

func claimOne(t testing.TB, s *Store, p Place, want Decision) Claim {
	t.Helper()
	c, err := s.Claim(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if c[0].Decision != want {
		t.Fatalf("%+v: decision %d, want %d", p, c[0].Decision, want)
	}
	return c[0]
}

func TestAskOnce(t *testing.T) { onEach(t, testAskOnce) }

func testAskOnce(t *testing.T, at place) {
	dir := at.dir
	s := opened(t, at, Options{})
	run := runOf(t, dir, 3, 2, nil)
	begun(t, s, run)
	p := Place{Query: 1, Model: 1, Budget: 100}
	c := claimOne(t, s, p, Granted)
	claimOne(t, s, p, Held)
	got, err := s.Settle(t.Context(), c, valid("It is 3.", 20, 10), &Verdict{Grader: "number/1", Extracted: "3", Verdict: outcome.Wrong, Rule: "differs"})
	if err != nil {
		t.Fatal(err)
	}
	// By hand: 20·1.5 + 10·6 = 90 dollars a million, 90,000 nano-dollars.
	if got.Cost != 90_000 || got.Status != Valid || got.Cell.Verdict() != outcome.Wrong || got.Tries != 0 || got.Call != c.Call {
		t.Errorf("settled: %+v", got)
	}
	again := claimOne(t, s, p, Answered)
	if again.State.Cell.Verdict() != outcome.Wrong || again.State.Call != c.Call {
		t.Errorf("answered: %+v", again)
	}
	if _, err := s.Settle(t.Context(), c, valid("x", 1, 1), nil); err == nil {
		t.Error("a call was settled twice")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = opened(t, at, Options{})
	begun(t, s, run)
	claimOne(t, s, p, Answered)
	if text, err := s.Text(t.Context(), c.Call); err != nil || text != "It is 3." {
		t.Errorf("text %q, %v", text, err)
	}
	n := 0
	if err := s.States(t.Context(), func(x State) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d states, %v", n, err)
	}
}
