package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

const (
	key    = "sk-test/0123456789abcdef"
	second = "team-fedcba9876543210"
	plain  = "a plain header's value"
)

// printed is everything that a program could print or store of a value.
func printed(values ...any) string {
	var b strings.Builder
	for _, v := range values {
		if reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil() || v == nil {
			continue
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			b.Write(j)
		}
		if err, ok := v.(error); ok {
			for ; err != nil; err = errors.Unwrap(err) {
				fmt.Fprintf(&b, "%v %+v %#v\n", err, err, err)
			}
		}
		switch x := v.(type) {
		case *Error:
			fmt.Fprintf(&b, "%+v %#v %s", *x, *x, x.Raw)
		case *Answer:
			fmt.Fprintf(&b, "%+v %#v %s", *x, *x, x.Raw)
		case *Client:
			fmt.Fprintf(&b, "%+v %#v", *x, *x)
		}
	}
	return b.String()
}

// leaks names the secrets that stand in a text.
func leaks(text string) (found []string) {
	for _, s := range []string{key, second, `sk-test\/0123456789abcdef`, strings.TrimPrefix(key, "sk-"), `\u0073k`, `\u0073\u006b`} {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

// TestSecretsStayInTheHeader has servers that say back all that they heard, in
// every place that a client reads.
func TestSecretsStayInTheHeader(t *testing.T) {
	echo := func(q *http.Request) string {
		return q.Header.Get("Authorization") + q.Header.Get("X-Api-Key") + " " + q.Header.Get("X-Team") + " " + q.Header.Get("X-Plain")
	}
	quoted := func(s string) string { b, _ := json.Marshal(s); return strings.ReplaceAll(string(b), "/", `\/`) }
	servers := map[string]http.HandlerFunc{
		"an answer": func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("X-Request-Id", echo(q))
			fmt.Fprintf(w, `{"id":%[1]s,"model":%[1]s,"choices":[{"message":{"content":%[1]s,"refusal":%[1]s,"reasoning":%[1]s},"finish_reason":%[1]s}],
				"content":[{"type":"text","text":%[1]s},{"type":"thinking","thinking":%[1]s}],"stop_reason":%[1]s,"usage":{"prompt_tokens":%[1]s}}`, quoted(echo(q)))
		},
		"an answer in other letters": func(w http.ResponseWriter, q *http.Request) {
			var b strings.Builder
			for _, c := range echo(q) {
				fmt.Fprintf(&b, `\u%04x`, c)
			}
			fmt.Fprintf(w, `{"choices":[{"message":{"content":"%[1]s"}}],"content":[{"type":"text","text":"%[1]s"}]}`, b.String())
		},
		"an error in other letters": func(w http.ResponseWriter, q *http.Request) {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":"%s"}`, strings.ReplaceAll(strings.ReplaceAll(echo(q), "s", `\u0073`), "-", `\u002d`))
		},
		"an error": func(w http.ResponseWriter, q *http.Request) {
			w.WriteHeader(401)
			fmt.Fprintf(w, `{"error":{"message":%[1]s,"type":%[1]s,"code":%[1]s,"metadata":{"raw":%[1]s}}}`, quoted("Incorrect API key provided: "+echo(q)))
		},
		"an error in 200":  func(w http.ResponseWriter, q *http.Request) { fmt.Fprintf(w, `{"error":%s}`, quoted(echo(q))) },
		"text":             func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, echo(q)) },
		"a page":           func(w http.ResponseWriter, q *http.Request) { fmt.Fprintf(w, "<html><title>%s</title>", echo(q)) },
		"a wrong encoding": func(w http.ResponseWriter, q *http.Request) { w.Header().Set("Content-Encoding", echo(q)) },
		"a long answer":    func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, strings.Repeat(echo(q), 10_000)) },
		"half an answer": func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Length", "100000")
			io.WriteString(w, echo(q))
		},
		"no HTTP": func(w http.ResponseWriter, q *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(conn, echo(q)+"\r\n\r\n")
			conn.Close()
		},
		"a broken header": func(w http.ResponseWriter, q *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: "+echo(q)+"\r\n\r\n")
			conn.Close()
		},
		"a redirect to itself": func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Location", "/v2?"+strings.ReplaceAll(echo(q), " ", "+"))
			w.WriteHeader(307)
		},
	}
	for name, f := range servers {
		for _, protocol := range []Protocol{OpenAI, Anthropic} {
			c := dial(t, Endpoint{Protocol: protocol, KeyEnv: "KEY", Headers: map[string]string{"X-Plain": plain}, HeadersEnv: map[string]string{"X-Team": "TEAM"}, MaxBody: 1 << 17},
				env("KEY", key, "TEAM", second), f)
			a, err := c.Ask(t.Context(), ask)
			if a == nil && err == nil {
				t.Fatal("neither an answer nor an error")
			}
			for _, text := range []string{printed(a), printed(err), printed(c, *c, c.endpoint)} {
				if found := leaks(text); found != nil {
					t.Errorf("%s, %s: %q stand in %.2000s", name, protocol, found, text)
				}
			}
			var e *Error
			if errors.As(err, &e) && strings.Contains(e.Message+e.Code, plain) {
				t.Errorf("%s, %s: the message repeats a header's value: %v", name, protocol, e)
			}
		}
	}
}

// TestRedirectsCarryNothing has a server that sends its callers to another.
func TestRedirectsCarryNothing(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		t.Errorf("the foreign host was asked, with %v", q.Header)
	}))
	defer foreign.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := dial(t, Endpoint{KeyEnv: "KEY"}, env("KEY", key), func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, foreign.URL+"/v1/chat/completions?k=v", status)
		})
		e := failure(t, c, t.Context(), Refused)
		if want := "test: refused (" + fmt.Sprint(status) + "): a redirect, which is not followed: set the base URL to where the server is (" + foreign.URL + ")"; e.Error() != want {
			t.Errorf("got %v, want %s", e, want)
		}
	}
}

// TestShortKeysAreNoSecrets has an answer that holds the word that local servers take for a key.
func TestShortKeysAreNoSecrets(t *testing.T) {
	c := dial(t, Endpoint{KeyEnv: "KEY"}, env("KEY", "none"), func(w http.ResponseWriter, q *http.Request) {
		io.WriteString(w, strings.Replace(fine, `"2"`, `"there is none"`, 1))
	})
	if a, err := c.Ask(t.Context(), ask); err != nil || a.Text != "there is none" {
		t.Errorf("%+v, %v", a, err)
	}
}
