//go:build coverage

package collect_test

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// TestCoverageRecordedAnswers is TestRecordedAnswers over all that is worth asking.
func TestCoverageRecordedAnswers(t *testing.T) {
	thorough = true
	defer func() { thorough = false }()
	TestRecordedAnswers(t)
}

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
	s, err := store.Open(ctx, filepath.Join(filepath.Dir(path), "run"), store.Options{Lease: time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = collect.Run(ctx, collect.Options{Run: run, Store: s})
	return err
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

// TestCoverageKills kills a run a hundred times, at random moments, alone and
// with two processes at once: in the end every verdict is what it would have
// been, no answer on record was asked for again, and the money adds up at every death.
func TestCoverageKills(t *testing.T) {
	for processes := 1; processes <= 2; processes++ {
		t.Run(fmt.Sprint(processes, " at once"), func(t *testing.T) {
			const n, kills = 3000, 100
			r := rand.New(rand.NewPCG(uint64(processes), 5))
			srv := newServer(t)
			srv.delay = 8 * time.Millisecond
			srv.fault = everything()
			x := newRun(t, srv.URL, n, "concurrency = 6\ntimeout_seconds = 1\ncap_usd = 60.0")
			path := filepath.Join(x.dir, "run.toml")
			if err := os.WriteFile(path, []byte(x.run.Text), 0o666); err != nil {
				t.Fatal(err)
			}
			onRecord := map[string]int{} // requests with an answer on record → calls that the server had seen by then
			alive := 0                   // kills that met a run at work
			for range kills {
				var children []*exec.Cmd
				for range processes {
					children = append(children, start(t, path))
				}
				time.Sleep(time.Duration(60+r.IntN(500)) * time.Millisecond)
				for _, c := range children {
					c.Process.Kill()
					if c.Wait() != nil {
						alive++
					}
				}
				time.Sleep(10 * time.Millisecond) // what was on the wire arrives
				x.inspect(t, srv, onRecord)
			}
			last := start(t, path)
			if err := last.Wait(); err != nil {
				t.Fatal(err)
			}
			x.inspect(t, srv, onRecord)
			got := x.verdicts(t)
			right(t, got, n, true)
			if len(got) != n*len(models) {
				t.Errorf("%d verdicts of %d", len(got), n*len(models))
			}
			if alive < kills*processes*8/10 {
				t.Errorf("%d of %d kills met a run at work", alive, kills*processes)
			}
			t.Logf("%d calls for %d requests on record, %d kills at work", srv.total, len(onRecord), alive)
		})
	}
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
	path := filepath.Join(x.dir, "run", store.FileName)
	if _, err := os.Stat(path); err != nil {
		return // it was killed before there was anything
	}
	s, err := store.Open(ctx, filepath.Dir(path), store.Options{Lease: time.Second})
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
