package replay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest sends any body to both protocols: every reply is whole JSON or a
// stream, with a status that fits, and what is answered was recorded.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"What is 1+1?"}]}],"max_tokens":1,"seed":-3,"n":1,"stream":false}`,
		`{"model":"m","system":[{"type":"text","text":"y"}],"messages":[{"role":"user","content":"What is 1+1?"}],"max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}`,
		`{"model":"org/n:free","messages":[{"role":"user","content":"Draw."}],"max_completion_tokens":9223372036854775807}`,
	} {
		f.Add([]byte(s))
	}
	a := recorded(f, records...)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{"/v1/chat/completions", "/v1/messages"} {
			s := New(a, Options{})
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
			got, n := w.Body.Bytes(), s.Served()
			switch stream := w.Header().Get("Content-Type") == "text/event-stream"; {
			case w.Code != 200 && w.Code != 400 && w.Code != 404:
				t.Fatalf("%s: status %d: %s", path, w.Code, got)
			case stream && w.Code != 200, !stream && !json.Valid(got):
				t.Fatalf("%s: status %d: %s", path, w.Code, got)
			case (w.Code == 200) != (n.Answers == 1), n.Answers+n.Unknown+n.NoResponse+n.Malformed != 1:
				t.Fatalf("%s: status %d, counted %+v", path, w.Code, n)
			case stream && !strings.HasSuffix(string(got), "\n\n"):
				t.Fatalf("%s: the last event is not whole: %q", path, got)
			}
		}
	})
}
