package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePort puts the number of a port that nobody listens on into a variable:
// freeport NAME.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(l.Close())
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}

// askEndpoint asks an endpoint on this machine, which may be about to start, and
// asserts what its answer holds: ask PORT TOKEN MODEL PROMPT WANT.
func askEndpoint(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 5 {
		ts.Fatalf("usage: ask PORT TOKEN MODEL PROMPT WANT")
	}
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":%q}]}`, args[2], args[3])
	for tries := 0; ; tries++ {
		q, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:"+args[0]+"/v1/chat/completions", strings.NewReader(body))
		ts.Check(err)
		q.Header.Set("Authorization", "Bearer "+args[1])
		r, err := http.DefaultClient.Do(q)
		if err != nil && tries < 200 {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		ts.Check(err)
		defer r.Body.Close()
		got, err := io.ReadAll(r.Body)
		ts.Check(err)
		if !strings.Contains(string(got), args[4]) {
			ts.Fatalf("%s does not hold %s", got, args[4])
		}
		return
	}
}
