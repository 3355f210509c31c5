package chat

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func noenv(string) string { return "" }

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// dial makes a client of a server that answers by f.
func dial(t *testing.T, e Endpoint, getenv func(string) string, f http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	e.BaseURL, e.Name = s.URL+"/v1", "test"
	c, err := New(e, getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

var ask = &Request{Model: "m", Messages: []Message{{"user", "1+1?"}}, MaxTokens: 10}

// failure asks and wants an error of a kind.
func failure(t *testing.T, c *Client, ctx context.Context, kind Kind) *Error {
	t.Helper()
	a, err := c.Ask(ctx, ask)
	var e *Error
	if !errors.As(err, &e) || a != nil {
		t.Fatalf("got %+v, %v; want an *Error", a, err)
	}
	if e.Kind != kind {
		t.Fatalf("kind %s, want %s: %v", e.Kind, kind, e)
	}
	return e
}

const fine = `{"id":"c1","model":"m-1","choices":[{"message":{"content":"2"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}`

func TestRequestOnTheWire(t *testing.T) {
	zero, seed := 0.0, int64(7)
	r := &Request{Model: "o/m", System: "Be brief.", Messages: []Message{{"user", "\"1\"\n+ü?"}}, MaxTokens: 100, Temperature: &zero, Seed: &seed, Stop: []string{"\n\n", "END"},
		Extra: map[string]json.RawMessage{"reasoning": json.RawMessage(`{"effort": "low"}`), "logit_bias": json.RawMessage(`null`)}}
	tests := map[Protocol]struct{ path, key, body string }{
		OpenAI: {"/v1/chat/completions", "Authorization: Bearer sk-0123456789",
			`{"model":"o/m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"\"1\"\n+ü?"}],"max_tokens":100,"temperature":0,"seed":7,"stop":["\n\n","END"],"stream":false,"logit_bias":null,"reasoning":{"effort": "low"}}`},
		Anthropic: {"/v1/messages", "X-Api-Key: sk-0123456789",
			`{"model":"o/m","max_tokens":100,"system":"Be brief.","messages":[{"role":"user","content":"\"1\"\n+ü?"}],"temperature":0,"stop_sequences":["\n\n","END"],"stream":false,"logit_bias":null,"reasoning":{"effort": "low"}}`},
	}
	for protocol, want := range tests {
		c := dial(t, Endpoint{Protocol: protocol, KeyEnv: "KEY", Headers: map[string]string{"X-Title": "test run"}, HeadersEnv: map[string]string{"x-team": "TEAM"}},
			env("KEY", " sk-0123456789\n", "TEAM", "team-secret"), func(w http.ResponseWriter, q *http.Request) {
				b, _ := io.ReadAll(q.Body)
				if string(b) != want.body || q.URL.Path != want.path {
					t.Errorf("%s: to %s\n%s\nwant to %s\n%s", protocol, q.URL.Path, b, want.path, want.body)
				}
				name, key, _ := strings.Cut(want.key, ": ")
				for n, v := range map[string]string{name: key, "Content-Type": "application/json", "X-Title": "test run", "X-Team": "team-secret", "User-Agent": "allwrong"} {
					if q.Header.Get(n) != v {
						t.Errorf("%s: header %s is %q, want %q", protocol, n, q.Header.Get(n), v)
					}
				}
				if v := q.Header.Get("Anthropic-Version"); (v != "") != (protocol == Anthropic) {
					t.Errorf("%s: version %q", protocol, v)
				}
			})
		if b, err := c.Body(r); string(b) != want.body || err != nil {
			t.Errorf("%s: body %s, %v", protocol, b, err)
		}
		if _, err := c.Ask(t.Context(), r); err == nil {
			t.Errorf("%s: an empty body is an answer", protocol)
		}
	}
}

func TestNameOfTheBudget(t *testing.T) {
	r := *ask
	r.MaxTokensName = "max_completion_tokens"
	if b, err := encodeOpenAI(&r); err != nil || !strings.Contains(string(b), `"max_completion_tokens":10`) || strings.Contains(string(b), `"max_tokens"`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestTransport(t *testing.T) {
	t.Run("gzip", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, fine)
			z.Close()
		})
		if a, err := c.Ask(t.Context(), ask); err != nil || a.Text != "2" || string(a.Raw) != fine {
			t.Errorf("%+v, %v", a, err)
		}
	})
	t.Run("chunks", func(t *testing.T) {
		c := dial(t, Endpoint{KeepRaw: 10}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("X-Request-Id", "r-1")
			for _, b := range "\n \n" + fine { // white space keeps the line alive
				fmt.Fprintf(w, "%c", b)
				w.(http.Flusher).Flush()
			}
		})
		if a, err := c.Ask(t.Context(), ask); err != nil || a.Text != "2" || a.RequestID != "r-1" || len(a.Raw) != 10 || a.Latency <= 0 {
			t.Errorf("%+v, %v", a, err)
		}
	})
	t.Run("half a body", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(fine)))
			io.WriteString(w, fine[:50])
		})
		if e := failure(t, c, t.Context(), Connection); e.Error() != "test: connection (200): the answer broke off after 50 bytes: the server closed the connection" || string(e.Raw) != fine[:50] || e.NotSent {
			t.Errorf("%v, raw %q", e, e.Raw)
		}
	})
	t.Run("half a body of chunks", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			io.WriteString(w, fine[:50])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		failure(t, c, t.Context(), Connection)
	})
	t.Run("reset", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		})
		if e := failure(t, c, t.Context(), Connection); e.NotSent || e.Status != 0 || !strings.HasPrefix(e.Message, "read: ") || strings.Contains(e.Message, "127.0.0.1") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("hung", func(t *testing.T) {
		c := dial(t, Endpoint{Timeout: 50 * time.Millisecond}, noenv, func(w http.ResponseWriter, q *http.Request) {
			io.ReadAll(q.Body) // or the server does not see that the caller left
			<-q.Context().Done()
		})
		if e := failure(t, c, t.Context(), Timeout); !strings.Contains(e.Message, "50ms") || e.Latency < 50*time.Millisecond {
			t.Errorf("%+v", e)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		if e := failure(t, c, ctx, Cancelled); !errors.Is(e, context.Canceled) {
			t.Errorf("%v does not say that it was cancelled", e)
		}
	})
	t.Run("hung in the body", func(t *testing.T) {
		c := dial(t, Endpoint{Timeout: 50 * time.Millisecond}, noenv, func(w http.ResponseWriter, q *http.Request) {
			io.ReadAll(q.Body)
			io.WriteString(w, fine[:50])
			w.(http.Flusher).Flush()
			<-q.Context().Done()
		})
		failure(t, c, t.Context(), Timeout)
	})
	t.Run("huge", func(t *testing.T) {
		c := dial(t, Endpoint{MaxBody: 1 << 16}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 1 << 12 {
				z.Write(make([]byte, 1<<12)) // 16 MB, packed to 16 kB
			}
			z.Close()
		})
		if e := failure(t, c, t.Context(), TooLarge); len(e.Raw) > 1<<16+1 {
			t.Errorf("%d bytes are kept", len(e.Raw))
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		c, err := New(Endpoint{BaseURL: "http://" + l.Addr().String() + "/secret-path", KeyEnv: "K"}, env("K", "sk-0123456789"))
		if err != nil {
			t.Fatal(err)
		}
		e := failure(t, c, t.Context(), Connection)
		if !e.NotSent || strings.Contains(e.Error(), "secret-path") || !strings.HasPrefix(e.Message, "dial: ") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("an event stream", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
			io.WriteString(w, "data: {}\n\n")
		})
		failure(t, c, t.Context(), Shape)
	})
	t.Run("an encoding nobody asked for", func(t *testing.T) {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, fine)
		})
		failure(t, c, t.Context(), Shape)
	})
}

// TestConnectionsAreReused counts the connections of many calls.
func TestConnectionsAreReused(t *testing.T) {
	opened := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, fine) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened++ // the server calls this from one goroutine, its listener's
		}
	}
	s.Start()
	defer s.Close()
	c, err := New(Endpoint{BaseURL: s.URL}, noenv)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		done := make(chan error)
		for range 32 {
			go func() { _, err := c.Ask(t.Context(), ask); done <- err }()
		}
		for range 32 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
	if opened > 40 {
		t.Errorf("128 calls, 32 at a time, opened %d connections", opened)
	}
}

func TestRefusedRequestsAndEndpoints(t *testing.T) {
	for want, r := range map[string]*Request{
		"the request names no model":                     {Messages: ask.Messages},
		"the request holds no message":                   {Model: "m"},
		"max tokens: -1 is negative":                     {Model: "m", Messages: ask.Messages, MaxTokens: -1},
		"message 1 has no role":                          {Model: "m", Messages: []Message{{"", "x"}}},
		"extra: stream is not to be set here":            {Model: "m", Messages: ask.Messages, Extra: map[string]json.RawMessage{"stream": []byte("true")}},
		"extra: n is not to be set here":                 {Model: "m", Messages: ask.Messages, Extra: map[string]json.RawMessage{"n": []byte("2")}},
		"extra: x: not JSON":                             {Model: "m", Messages: ask.Messages, Extra: map[string]json.RawMessage{"x": []byte(`1,"model":2`)}},
		`neither max_tokens nor max_completion_tokens`:   {Model: "m", Messages: ask.Messages, MaxTokensName: "max"},
		"temperature: NaN is no number that can be sent": {Model: "m", Messages: ask.Messages, Temperature: new(nan())},
	} {
		if _, err := encodeOpenAI(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := encodeAnthropic(&Request{Model: "m", Messages: ask.Messages}); err == nil || !strings.Contains(err.Error(), "needs a limit") {
		t.Errorf("Anthropic's protocol without a limit: %v", err)
	}
	const url = "https://h/v1"
	for want, e := range map[string]Endpoint{
		"want http:// or https://":               {BaseURL: "api.openai.com/v1"},
		"holds a user or a password":             {BaseURL: "https://me:hunter22@h/v1"},
		"holds a query":                          {BaseURL: "https://h/v1?key=hunter22"},
		"not an address":                         {BaseURL: "https://h\x7f/hunter22"},
		"is neither openai nor anthropic":        {BaseURL: url, Protocol: "gemini"},
		"variable UNSET is not set":              {BaseURL: url, KeyEnv: "UNSET"},
		"variable BAD holds a character":         {BaseURL: url, KeyEnv: "BAD"},
		"is no name of a header":                 {BaseURL: url, Headers: map[string]string{"a b": "c"}},
		"Content-Length is not to be set":        {BaseURL: url, Headers: map[string]string{"content-length": "3"}},
		"the value of X-A holds":                 {BaseURL: url, Headers: map[string]string{"X-A": "hunter22\n"}},
		"Authorization is set twice, or by the":  {BaseURL: url, KeyEnv: "KEY", Headers: map[string]string{"authorization": "hunter22"}},
		"headers: X-B: the environment variable": {BaseURL: url, HeadersEnv: map[string]string{"X-B": "UNSET"}},
		"may not be negative":                    {BaseURL: url, Timeout: -1},
	} {
		_, err := New(e, env("KEY", "hunter22", "BAD", "hunter22\nX"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for given, want := range map[string]string{"https://h": "https://h/v1/messages", "https://h/": "https://h/v1/messages", "http://h:1/a/b/": "http://h:1/a/b/messages"} {
		if _, got, err := (Endpoint{BaseURL: given, Protocol: Anthropic}).complete(); got != want || err != nil {
			t.Errorf("%s: requests go to %s, %v; want %s", given, got, err, want)
		}
	}
}

func nan() float64 { var zero float64; return zero / zero }
