package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/allwrong/allwrong/watch"
	"github.com/allwrong/allwrong/watch/feed"
	"github.com/allwrong/allwrong/watch/tell"
)

// appendStream appends outcomes of three models to a file, as a stream: stream FILE
// FROM TO EVERY. On every EVERY-th query all are wrong; on every tenth of the others
// ada is wrong and bob right.
func appendStream(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: stream FILE FROM TO EVERY")
	}
	var n [3]int
	for i, a := range args[1:] {
		var err error
		n[i], err = strconv.Atoi(a)
		ts.Check(err)
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	ts.Check(err)
	defer f.Close()
	for q := n[0]; q < n[1]; q++ {
		for _, m := range []string{"ada", "bob", "cyd"} {
			verdict := "right"
			if q%n[2] == 0 || m == "ada" && q%10 == 1 {
				verdict = "wrong"
			}
			_, err := fmt.Fprintf(f, `{"query":"q%d","model":%q,"verdict":%q,"slices":{"topic":%q}}`+"\n", q, m, verdict, []string{"billing", "delivery"}[q%2])
			ts.Check(err)
		}
	}
}

// receiveHooks starts a server that keeps what is posted to it: receive NAME FILE
// puts its URL into a variable. The first request gets 503, and
// every one for /refuse 404.
func receiveHooks(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: receive NAME FILE")
	}
	path := ts.MkAbs(args[1])
	var mu sync.Mutex
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/refuse" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if asked++; asked == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
		if err == nil {
			fmt.Fprintf(f, "%s %s", r.Header.Get("Authorization"), body)
			err = f.Close()
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}

// scrape asks a port of this machine for metrics until they hold all that is
// wanted: scrape PORT WANT….
func scrape(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: scrape PORT WANT…")
	}
	var text []byte
	for range 400 {
		r, err := http.Get("http://127.0.0.1:" + args[0] + "/metrics")
		if err == nil {
			text, err = io.ReadAll(r.Body)
			r.Body.Close()
		}
		if all := err == nil; all {
			for _, want := range args[1:] {
				all = all && strings.Contains(string(text), want+"\n")
			}
			if all {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s\ndoes not hold all of %q", text, args[1:])
}

// move moves a file, over another if need be: move FROM TO.
func move(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: move FROM TO")
	}
	ts.Check(os.Rename(ts.MkAbs(args[0]), filepath.Clean(ts.MkAbs(args[1]))))
}

// What a state file could not take must not be shown either: whoever scrapes and
// then restarts a watch would see queries go away.
func TestWatchShowsWhatIsKept(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "live.jsonl")
	if err := os.WriteFile(source, []byte(`{"query":"q1","model":"ada","verdict":"right"}`+"\n"+`{"query":"q1","model":"bob","verdict":"wrong"}`+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for state, shown := range map[string]bool{filepath.Join(dir, "state.json"): true, filepath.Join(dir, "gone", "state.json"): false} {
		cmd := newWatch()
		cmd.SetContext(t.Context())
		w := &watching{state: state, o: watch.Options{Confidence: 0.95, Baseline: 5000, RunLength: 1e6, Alpha: 0.05, ScoreThreshold: 1}}
		f, err := w.open(t.Context(), source, feed.Place{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		file := &stateFile{Schema: schemaWatchState, Source: source}
		if file.State, err = w.begin(cmd, f, source); err != nil {
			t.Fatal(err)
		}
		l, err := tell.Listen("0")
		if err != nil {
			t.Fatal(err)
		}
		w.out.board = tell.Serve(l)
		defer w.out.board.Close()
		err = (&watcher{watching: w, cmd: cmd, feed: f, file: file, s: file.State, source: source}).pass(t.Context())
		if kept := err == nil; kept != shown || !kept && !errors.Is(err, errState) {
			t.Errorf("%s: %v", state, err)
		}
		r, err := http.Get("http://" + l.Addr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(text), `allwrong_watch_queries_total{scope="all",slice=""} 1`); got != shown {
			t.Errorf("%s: shown %v, want %v:\n%s", state, got, shown, text)
		}
	}
}
