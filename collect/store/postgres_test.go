package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/internal/pgtest"
)

// sharedPlace is a place in a database of a server.
func sharedPlace(t *testing.T, url string) place {
	t.Helper()
	return place{t.TempDir(), url, "r"}
}

// administrator is the address of a place's database for its superuser.
func administrator(t *testing.T, at place) string {
	t.Helper()
	name := at.url[strings.LastIndex(at.url, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	return pgtest.Shared(t).Superuser(name)
}

// openRefused opens a place and wants an error that says all of this.
func openRefused(t *testing.T, at place, o Options, say ...string) {
	t.Helper()
	s, err := Open(t.Context(), at.dir, at.with(o))
	if err == nil {
		s.Close()
		t.Errorf("it opens; want an error that says %q", say)
		return
	}
	for _, text := range say {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v; want it to say %q", err, text)
		}
	}
}

// TestForeignSchema: tables of others, newer tables, none, and folders of other runs.
func TestForeignSchema(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	pgtest.Exec(t, at.url, `CREATE SCHEMA allwrong_r; CREATE TABLE allwrong_r.purse (gold int)`)
	openRefused(t, at, Options{}, "tables of something else", `run "r"`)
	pgtest.Exec(t, at.url, `COMMENT ON TABLE allwrong_r.purse IS 'allwrong collect, tables of version 9'`)
	openRefused(t, at, Options{}, "update allwrong")
	if _, err := OpenFile(t.Context(), Address(at.url, at.run)); err == nil || !strings.Contains(err.Error(), "update allwrong") {
		t.Errorf("to be read: %v", err)
	}
	if _, err := OpenFile(t.Context(), Address(at.url, "nobody's")); !errors.Is(err, ErrNoStore) || !strings.Contains(err.Error(), "there are r") {
		t.Errorf("a run that is not there: %v", err)
	}
	other := at.other(t)
	begun(t, opened(t, other, Options{}), runOf(t, other.dir, 1, 1, nil))
	pgtest.Exec(t, other.url, `ALTER TABLE "allwrong_TestForeignSchema".cell RENAME COLUMN tries TO times`)
	r := toRead(t, other)
	defer r.Close()
	if err := r.States(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("a column of another name: %v", err)
	}
	pgtest.Exec(t, other.url, `ALTER TABLE "allwrong_TestForeignSchema".cell RENAME COLUMN times TO tries`)

	if err := os.WriteFile(filepath.Join(at.dir, FileName), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	openRefused(t, at, Options{}, "a run of its own", "--folder")
	other.url = ""
	openRefused(t, other, Options{}, "the run file has no store")
}

// TestRights: what a role may do is enough, or the error says what is missing.
func TestRights(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	pgtest.Exec(t, administrator(t, at), "ALTER DATABASE "+at.url[strings.LastIndex(at.url, "/")+1:strings.Index(at.url, "?")]+" OWNER TO postgres")
	openRefused(t, at, Options{}, "permission denied", "docs/collect.md")
	pgtest.Exec(t, administrator(t, at), "CREATE SCHEMA allwrong_r AUTHORIZATION "+pgtest.Role)
	s := opened(t, at, Options{Lease: 2 * time.Second})
	run := runOf(t, at.dir, 2, 1, nil)
	begun(t, s, run)
	answerAll(t, s, 1, 1)
	pgtest.Exec(t, at.url, "REVOKE INSERT ON allwrong_r.reservation FROM "+pgtest.Role)
	if _, err := s.Claim(t.Context(), Place{Query: 1, Budget: 100}); err == nil || !strings.Contains(err.Error(), `run "r": ERROR: permission denied for table reservation`) {
		t.Errorf("without the right to reserve: %v", err)
	}
	pgtest.Exec(t, at.url, "GRANT INSERT ON allwrong_r.reservation TO "+pgtest.Role)
	claimOne(t, s, Place{Query: 1, Budget: 100}, Granted)

	nobody := place{t.TempDir(), strings.Replace(at.url, pgtest.Role+"@", "nobody@", 1), "r"}
	openRefused(t, nobody, Options{}, "PGPASSWORD")
	nowhere := place{t.TempDir(), "postgres://127.0.0.1:1/x?sslmode=disable", "r"}
	openRefused(t, nowhere, Options{}, "is the server there")
	openRefused(t, place{t.TempDir(), "postgres://me:secret@127.0.0.1/x", "r"}, Options{}, "password")
}

// TestManyBegin: many processes that begin one run at once make its tables once.
func TestManyBegin(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	run := runOf(t, at.dir, 50, 2, nil)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(t.Context(), at.dir, at.with(Options{}))
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Begin(t.Context(), run, Schedule{For: ForMatrix}); err != nil {
				t.Error(err)
			}
			if n := len(s.queries); n != 50 {
				t.Errorf("%d queries", n)
			}
		})
	}
	wg.Wait()
}

// TestNUL: a text that PostgreSQL does not take is refused with its place.
func TestNUL(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	s := opened(t, at, Options{})
	run := runOf(t, at.dir, 1, 1, nil)
	if err := os.WriteFile(run.Queries.Path, []byte(`{"id":"q0","prompt":"a\u0000b","reference":"1"}`+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(t.Context(), run, Schedule{For: ForMatrix}); err == nil || !strings.Contains(err.Error(), "q.jsonl") || !strings.Contains(err.Error(), "NUL") {
		t.Errorf("%v", err)
	}
	run.Queries = runfile.Queries{}
	begun(t, s, run)
	if _, err := s.Enlist(t.Context(), &runfile.Query{ID: "x", Prompt: "a\x00"}); err == nil {
		t.Error("it is enlisted")
	}
}

// failNow makes each new answer fail with a code.
const failNow = `CREATE OR REPLACE FUNCTION allwrong_r.fail() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '%s'; END $$;
	CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON allwrong_r.answer FOR EACH ROW EXECUTE FUNCTION allwrong_r.fail()`

const failNoMore = "DROP TRIGGER fail ON allwrong_r.answer"

// TestPassing: what passes is waited for, with its money reserved; what lasts is
// an error that says what to do, and what does not pass is one at once.
func TestPassing(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	s := opened(t, at, Options{Lease: 2 * time.Second})
	begun(t, s, runOf(t, at.dir, 9, 1, nil))
	for q, code := range []string{"40001", "40P01", "53100", "57014", "55P03"} {
		c := claimOne(t, s, Place{Query: q, Budget: 100}, Granted)
		pgtest.Exec(t, at.url, fmt.Sprintf(failNow, code))
		done := make(chan error, 1)
		go func() { _, err := s.Settle(t.Context(), c, valid("1", 20, 10), nil); done <- err }()
		time.Sleep(100 * time.Millisecond)
		select {
		case err := <-done:
			t.Fatalf("%s: it did not wait: %v", code, err)
		default:
		}
		r := toRead(t, at)
		if m, err := r.Totals(t.Context()); err != nil || m.Reserved != c.Worst {
			t.Errorf("%s: %v reserved, %v; want %v", code, m.Reserved, err, c.Worst)
		}
		r.Close()
		pgtest.Exec(t, at.url, failNoMore)
		if err := <-done; err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	c := claimOne(t, s, Place{Query: 7, Budget: 100}, Granted)
	for code, want := range map[string]string{"53100": "make room", "23514": "no luck"} {
		pgtest.Exec(t, at.url, fmt.Sprintf(failNow, code))
		start := time.Now()
		_, err := s.Settle(t.Context(), c, valid("1", 20, 10), nil)
		if took := time.Since(start); err == nil || !strings.Contains(err.Error(), want) || (code == "53100") != (took > time.Second) {
			t.Errorf("%s: %v after %s", code, err, took)
		}
	}
	pgtest.Exec(t, at.url, failNoMore)
	if _, err := s.Settle(t.Context(), c, valid("1", 20, 10), nil); err != nil {
		t.Error(err)
	}
}

// TestStoppedInTheMidst: a process that is stopped in the midst of a transaction
// keeps the others waiting for a quarter of the lease, and does its own again.
func TestStoppedInTheMidst(t *testing.T) {
	at := sharedPlace(t, pgtest.New(t))
	slow, quick := opened(t, at, Options{Lease: 4 * time.Second}), opened(t, at, Options{})
	run := runOf(t, at.dir, 2, 1, nil)
	begun(t, slow, run)
	begun(t, quick, run)
	tries, within := 0, make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- slow.change(t.Context(), func(t *tx) error {
			if tries++; tries == 1 {
				close(within)
				time.Sleep(2 * time.Second)
			}
			return t.exec("UPDATE purse SET provider = provider + 0")
		})
	}()
	<-within
	start := time.Now()
	claimOne(t, quick, Place{Budget: 100}, Granted)
	if took := time.Since(start); took > 1800*time.Millisecond {
		t.Errorf("the others waited for %s", took)
	}
	if err := <-done; err != nil || tries != 2 {
		t.Errorf("%d tries: %v", tries, err)
	}
}

// TestAway: a server that is restarted, in either way, or whose connections are
// ended, is waited for; one that stays away is an error after the lease, and what
// was granted is charged by whoever comes next.
func TestAway(t *testing.T) {
	server := pgtest.Own(t)
	at := sharedPlace(t, server.New(t))
	s := opened(t, at, Options{Lease: 3 * time.Second})
	begun(t, s, runOf(t, at.dir, 9, 1, nil))
	var over sync.WaitGroup
	for q, trouble := range []func(){
		func() { server.Restart(t, pgtest.Fast) },
		func() { server.Restart(t, pgtest.Immediate) },
		func() { pgtest.Terminate(t, at.url) },
		func() {
			server.Pause(t)
			over.Go(func() { time.Sleep(300 * time.Millisecond); server.Resume(t) })
		},
	} {
		c := claimOne(t, s, Place{Query: q, Budget: 100}, Granted)
		trouble()
		if _, err := s.Settle(t.Context(), c, valid("1", 20, 10), nil); err != nil {
			t.Errorf("trouble %d: %v", q, err)
		}
		over.Wait()
		if text, err := s.Text(t.Context(), c.Call); err != nil || text != "1" {
			t.Errorf("trouble %d: %q, %v", q, text, err)
		}
	}
	c := claimOne(t, s, Place{Query: 8, Budget: 100}, Granted)
	server.Stop(t, pgtest.Fast)
	start := time.Now()
	if s.Away() != 0 {
		t.Errorf("away for %s, and was there until now", s.Away())
	}
	_, err := s.Settle(t.Context(), c, valid("1", 20, 10), nil)
	if s.Away() < 3*time.Second {
		t.Errorf("away for %s", s.Away())
	}
	if err == nil || !strings.Contains(err.Error(), "no transaction for") || !strings.Contains(err.Error(), "is the server there") {
		t.Errorf("a server that stays away: %v", err)
	}
	_, again := s.Settle(t.Context(), c, valid("1", 20, 10), nil)
	if took := time.Since(start); again == nil || took > 6*time.Second {
		t.Errorf("%v after %s", again, took)
	}
	s.Close()
	server.Start(t)
	s = opened(t, at, Options{Lease: 3 * time.Second})
	begun(t, s, runOf(t, at.dir, 9, 1, nil))
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if m, err := s.Totals(t.Context()); err == nil && m.Lost == c.Worst && m.Reserved == 0 {
			break
		} else if time.Now().After(limit) {
			t.Fatalf("what was granted is not charged: %+v, %v", m, err)
		}
	}
}
