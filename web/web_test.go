package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/study"
)

// exam is 60 queries that four models answered: on the first six all are wrong,
// on the next six one is right, on the others all are but now and then one.
func exam() []outcome.Record {
	var out []outcome.Record
	for q := range 60 {
		for m := range 4 {
			r := outcome.Record{Query: fmt.Sprintf("q%02d", q), Model: "model-" + string(rune('a'+m)), Verdict: outcome.Right,
				Prompt: fmt.Sprintf("How much is %d and %d?", q, q), Reference: fmt.Sprint(2 * q), Answer: fmt.Sprint(2 * q),
				Response: fmt.Sprintf("It is %d.", 2*q), Kind: "number", Slices: map[string]string{"subject": []string{"sums", "law & <order>"}[q%2]}}
			if q < 6 || q < 12 && m != q%4 || (q*7+m*5)%11 == 0 {
				r.Verdict, r.Answer, r.Response = outcome.Wrong, fmt.Sprint(2*q+1+m%2), "No."
			}
			if q == 3 && m == 0 {
				r.Answer = "6 apples" // the grader took it for wrong
			}
			out = append(out, r)
		}
	}
	return out
}

// dataOf makes data of records.
func dataOf(t *testing.T, records []outcome.Record) Data {
	t.Helper()
	set := outcome.NewSet()
	set.KeepAnswers = true
	for i := range records {
		if err := set.Add(&records[i], func() string { return fmt.Sprint("record ", i) }); err != nil {
			t.Fatal(err)
		}
	}
	all := func(ctx context.Context, _ outcome.Fields, visit func(r *outcome.Record) error) error {
		for _, r := range records {
			if err := visit(&r); err != nil {
				return err
			}
		}
		return nil
	}
	return Data{Name: "exam", Study: study.New(study.Source{Set: set, Records: all}, nil, study.Options{Seed: 1}), Records: all, Threshold: 1,
		Regrade: func(x *audit.Question, reference string) ([]audit.Change, int, string, bool) {
			return []audit.Change{{Model: "model-a", Old: x.Verdict("model-a", 0), New: "right"}}, 1, "test/1", x.Kind == "number"
		}}
}

// app is a server with somebody who has the token.
type app struct {
	*testing.T
	server *Server
	base   string
	ledger string
	client *http.Client
}

// start serves data until the test ends.
func start(t *testing.T, d Data, o Options) *app {
	t.Helper()
	if o.Ledger == "" {
		o.Ledger = filepath.Join(t.TempDir(), "ledger.jsonl")
	}
	o.Who = "ada"
	s, err := New(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	jar, _ := cookiejar.New(nil)
	a := &app{t, s, "http://" + l.Addr().String(), o.Ledger, &http.Client{Jar: jar}}
	t.Cleanup(func() {
		a.client.CloseIdleConnections()
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Serve did not end")
		}
	})
	link := s.Link(l)
	if !strings.HasPrefix(link, a.base+"/#") {
		t.Fatalf("the link is %s", link)
	}
	if code, _ := a.post("/enter", "token", link[strings.Index(link, "#")+1:]); code != http.StatusOK {
		t.Fatalf("the token gives %d", code)
	}
	return a
}

func (a *app) get(path string) (int, string) {
	a.Helper()
	return a.answer(a.client.Get(a.base + path))
}

func (a *app) post(path string, pairs ...string) (int, string) {
	a.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return a.answer(a.client.PostForm(a.base+path, v))
}

func (a *app) answer(r *http.Response, err error) (int, string) {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		a.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// lines reads the ledger, each line checked against the one before.
func (a *app) lines() []audit.Line {
	a.Helper()
	l, err := audit.Read(a.ledger)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		a.Fatal(err)
	}
	return l.Lines
}

func (a *app) json(path string, into any) {
	a.Helper()
	code, body := a.get(path)
	if code != http.StatusOK {
		a.Fatalf("GET %s: %d %s", path, code, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		a.Fatalf("GET %s: %v", path, err)
	}
}

func holds(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("the page does not hold %q:\n%.3000s", w, body)
		}
	}
}

func lacks(t *testing.T, body string, no ...string) {
	t.Helper()
	for _, w := range no {
		if strings.Contains(body, w) {
			t.Errorf("the page holds %q", w)
		}
	}
}
