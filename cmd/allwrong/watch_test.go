package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
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
