package web

import (
	"net/http"
	"strings"
	"testing"
)

// Who has no token, comes from elsewhere or by another name sees nothing and
// changes nothing.
func TestRefused(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	port := a.base[strings.LastIndexByte(a.base, ':')+1:]
	cookie := a.server.cookie() + "=" + a.server.token
	for name, x := range map[string]struct {
		method, path, host string
		head               []string
		want               int
	}{
		"no token":                     {"GET", "/", "", nil, 401},
		"no token, desk":               {"GET", "/desk", "", nil, 401},
		"no token, JSON":               {"GET", "/api/desk", "", nil, 401},
		"no token, a change":           {"POST", "/desk/mark", "", nil, 401},
		"another token":                {"GET", "/", "", []string{"Cookie", a.server.cookie() + "=" + strings.Repeat("A", len(a.server.token))}, 401},
		"a token of another port":      {"GET", "/", "", []string{"Cookie", "allwrong_1=" + a.server.token}, 401},
		"a name that points here":      {"GET", "/", "evil.example:" + port, []string{"Cookie", cookie}, 421},
		"another port":                 {"GET", "/", "127.0.0.1:1", []string{"Cookie", cookie}, 421},
		"no port":                      {"GET", "/", "127.0.0.1", []string{"Cookie", cookie}, 421},
		"style by another name":        {"GET", "/static/app.css", "evil.example:" + port, nil, 421},
		"another origin":               {"GET", "/api/desk", "", []string{"Cookie", cookie, "Origin", "http://evil.example"}, 403},
		"another port's origin":        {"POST", "/desk/mark", "", []string{"Cookie", cookie, "Origin", "http://127.0.0.1:1"}, 403},
		"an origin that is not told":   {"POST", "/desk/mark", "", []string{"Cookie", cookie, "Origin", "null"}, 403},
		"another site's form":          {"POST", "/desk/mark", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		"another port's form":          {"POST", "/desk/undo", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, 403},
		"another site's files":         {"POST", "/files", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		"another method":               {"PUT", "/desk/mark", "", []string{"Cookie", cookie}, 405},
		"a change by GET":              {"GET", "/desk/mark?q=q00&class=genuine", "", []string{"Cookie", cookie}, 404},
		"a path that leads out":        {"GET", "/static/../../go.mod", "", []string{"Cookie", cookie}, 307},
		"where that leads":             {"GET", "/go.mod", "", []string{"Cookie", cookie}, 404},
		"a page that there is not":     {"GET", "/nothing", "", []string{"Cookie", cookie}, 404},
		"style needs no token":         {"GET", "/static/app.css", "", nil, 200},
		"localhost is our name":        {"GET", "/desk", "localhost:" + port, []string{"Cookie", cookie}, 200},
		"our own origin":               {"GET", "/api/desk", "", []string{"Cookie", cookie, "Origin", a.base}, 200},
		"a program that is no browser": {"GET", "/api/ledger", "", []string{"Cookie", cookie}, 200},
	} {
		body := ""
		if x.method == "POST" {
			body = "q=q00&class=genuine&line=1"
		}
		r, err := http.NewRequest(x.method, a.base+x.path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if x.host != "" {
			r.Host = x.host
		}
		for i := 0; i+1 < len(x.head); i += 2 {
			r.Header.Set(x.head[i], x.head[i+1])
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		code, text := a.answer(response, err)
		if code != x.want {
			t.Errorf("%s: %d, want %d: %.300s", name, code, x.want, text)
		}
		if code >= 400 {
			lacks(t, text, "q00", "model-a", a.server.token)
		}
		for head, want := range map[string]string{"Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
			if got := response.Header.Get(head); got != want {
				t.Errorf("%s: %s is %q", name, head, got)
			}
		}
	}
	if n := len(a.lines()); n != 0 {
		t.Errorf("%d lines were added to the ledger", n)
	}
}

// The cookie is out of reach of scripts and of other sites.
func TestCookie(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	r, _ := http.NewRequest("POST", a.base+"/enter", strings.NewReader("token="+a.server.token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultTransport.RoundTrip(r)
	if code, _ := a.answer(response, err); code != http.StatusSeeOther {
		t.Fatalf("%d", code)
	}
	c := response.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %+v", c)
	}
	if code, body := a.post("/enter", "token", "guess"); code != 401 || strings.Contains(body, a.server.token) {
		t.Errorf("a wrong token: %d", code)
	}
	if a.server.token == newToken() || len(newToken()) < 32 {
		t.Error("tokens repeat, or are short")
	}
}

// Forms and headers are bounded.
func TestBounded(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	if code, _ := a.post("/desk/mark", "q", "q00", "class", "genuine", "why", strings.Repeat("x", maxForm)); code < 400 {
		t.Errorf("a form of %d bytes: %d", maxForm, code)
	}
	if code, body := a.post("/desk/mark", "q", "q00", "class", "genuine", "why", strings.Repeat("x", 20<<10)); code < 400 || !strings.Contains(body, "Nothing was added") {
		t.Errorf("a reason of 20 KiB: %d", code)
	}
	if n := len(a.lines()); n != 0 {
		t.Errorf("%d lines were added to the ledger", n)
	}
}
