package collect_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
)

// child is the variable that makes the test binary a process that collects.
const child = "ALLWRONG_COLLECT_CHILD"

func TestMain(m *testing.M) {
	path := os.Getenv(child)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := collectIn(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func collectIn(path string) error {
	run, err := runfile.Load(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	x := &setup{filepath.Dir(path), run}
	s, err := store.Open(ctx, filepath.Join(x.dir, "run"), x.options())
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = collect.Run(ctx, collect.Options{Run: run, Store: s})
	return err
}

// options are those of processes that are killed: what they leave is taken up soon.
func (x *setup) options() store.Options {
	o := store.Options{Lease: time.Second, Database: x.run.Store, Run: x.run.Name}
	if o.Database != "" {
		o.Lease = 10 * time.Second // of which the death of a process takes an eighth to notice
	}
	return o
}

// write puts the run file into its folder, for processes to read.
func (x *setup) write(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(x.dir, "run.toml")
	if err := os.WriteFile(path, []byte(x.run.Text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), child+"="+path)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// inspect reads a run that nobody is at work on: the money adds up and is within
// the cap, and what was on record before was not asked for again.
func (x *setup) inspect(t *testing.T, srv *server, onRecord map[string]int) {
	t.Helper()
	ctx := context.Background()
	if _, err := os.Stat(filepath.Join(x.dir, "run", store.FileName)); err != nil && x.run.Store == "" {
		return // it was killed before there was anything
	}
	s, err := store.Open(ctx, filepath.Join(x.dir, "run"), x.options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Begin(ctx, x.run, store.Schedule{For: store.ForMatrix}); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	money, err := s.Totals(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if money.Settled+money.Reserved > money.Cap {
		t.Errorf("settled %v and reserved %v are above the cap, %v", money.Settled, money.Reserved, money.Cap)
	}
	ids := map[int]int{}
	err = s.Queries(ctx, func(q store.QueryInfo) error {
		var i int
		fmt.Sscanf(q.ID, "q%d", &i)
		ids[q.Number] = i
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	err = s.States(ctx, func(st store.State) error {
		if !st.Status.Final() {
			return nil
		}
		key := fmt.Sprint(x.run.Models[st.Model].ID, "|", prompt(ids[st.Query]), "|", st.Budget)
		if before, known := onRecord[key]; known && srv.calls[key] != before {
			t.Errorf("%s had an answer on record after %d calls, and was asked %d times", key, before, srv.calls[key])
		}
		onRecord[key] = srv.calls[key]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everything is what a server does wrong, now and then, on the first call of a
// request, or on any.
func everything() func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
	return func(w http.ResponseWriter, model, prompt string, budget, nth int) bool {
		key := fmt.Sprint(prompt, budget, nth)
		if nth > 2 || chance("fault", model, key) > 0.06 {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		whole := string(body(model, prompt, budget))
		if chance("throttled", model, key) < 0.04 {
			w.Header().Set("Retry-After", "0.1")
			http.Error(w, "slow down", http.StatusTooManyRequests)
			return true
		}
		switch int(chance("which", model, key) * 8) {
		case 0:
			http.Error(w, "oops", http.StatusInternalServerError)
		case 1:
			hijack(w)
		case 2:
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			fmt.Fprint(w, whole[:len(whole)/2])
		case 3:
			fmt.Fprint(w, whole[:len(whole)-3])
		case 4:
			fmt.Fprint(w, `{"choices":[{"message":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1}}`)
		case 5:
			fmt.Fprint(w, `{"choices":[{"message":{"content":"Answer: 1"},"finish_reason":"stop"}]}`)
		case 6:
			time.Sleep(300 * time.Millisecond)
			return false
		default:
			time.Sleep(1500 * time.Millisecond) // hung: the client leaves after a second
			return true
		}
		return true
	}
}
