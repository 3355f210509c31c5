package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/study"
)

// The page of a choice says what the measures say of it.
func TestLiveIsTheMeasures(t *testing.T) {
	d := dataOf(t, exam())
	a := start(t, d, Options{})
	for address, x := range map[string]struct {
		choice    study.Choice
		overhead  float64
		incumbent string
	}{
		"":                                 {},
		"without=model-b":                  {choice: study.Choice{Models: []string{"model-a", "model-c", "model-d"}}},
		"model=model-c&model=model-a":      {choice: study.Choice{Models: []string{"model-a", "model-c"}}},
		"s.subject=sums&overhead=0.3":      {choice: study.Choice{Slices: map[string][]string{"subject": {"sums"}}}, overhead: 0.3},
		"incumbent=model-b&overhead=0.001": {incumbent: "model-b", overhead: 0.001},
		"s.subject=law+%26+%3Corder%3E":    {choice: study.Choice{Slices: map[string][]string{"subject": {"law & <order>"}}}},
	} {
		s, err := d.Study.With(x.choice)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Against(x.overhead, x.incumbent).Certificate()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Live struct{ Certificate json.RawMessage }
		}
		a.json("/api/study?"+address, &got)
		raw, _ := json.Marshal(want)
		if string(got.Live.Certificate) != string(raw) {
			t.Errorf("%s: the certificate is\n%s\nwant\n%s", address, got.Live.Certificate, raw)
		}
		_, body := a.get("/?" + address)
		for _, sentence := range said(want) {
			holds(t, body, strings.ReplaceAll(strings.ReplaceAll(sentence, "&", "&amp;"), "<", "&lt;"))
		}
	}
}

// What takes longer comes as a part of its own.
func TestParts(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	_, body := a.get("/?without=model-a")
	holds(t, body, `data-part="/part?part=explain&amp;without=model-a"`)
	for part, want := range map[string]string{"explain": "What correlation misses", "pools": "worth keeping"} {
		code, body := a.get("/part?part=" + part)
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.500s", part, code, body)
		}
		lacks(t, body, "Model by model")
	}
	if code, _ := a.get("/part?part=nothing"); code != 422 {
		t.Errorf("a part that there is not: %d", code)
	}
}

// An address that makes no sense gives a sentence, and never a number.
func TestBadAddress(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	for address, want := range map[string]string{
		"/?model=model-a": "at least two models", "/?without=nobody": "no model is named", "/?s.nothing=1": "no query has a label", "/?overhead=NaN": "want an accuracy",
		"/?overhead=2": "want an accuracy", "/?s.subject=nothing": "quer", "/?incumbent=nobody": "nobody",
		"/counts?queries=-3": "quer", "/counts?queries=1e3": "no whole number", "/counts?best=9999": "best", "/counts?confidence=1": "confidence", "/counts?overhead=x": "no number",
	} {
		code, body := a.get(address)
		if code != 200 {
			t.Errorf("%s: %d", address, code)
		}
		holds(t, body, `class="notice bad"`, want)
		lacks(t, body, ">NaN", "NaN %", "Inf")
	}
	for _, address := range []string{"/?data=9", "/desk?data=x", "/desk?q=nosuch", "/text?q=nosuch", "/text?q=q00&model=nobody", "/api/question?q=nosuch"} {
		if code, _ := a.get(address); code != http.StatusNotFound {
			t.Errorf("%s: %d", address, code)
		}
	}
}

// Counts answer without files, with the same numbers as certify and plan.
func TestCounts(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	want, err := certify.CertifyTally(certify.Tally{AllWrong: 3, Queries: 500, Best: 450, Pool: 10}, certify.Options{Overhead: 0.05, Confidence: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	const address = "all-wrong=3&queries=500&best=450&pool=10&overhead=0.05&confidence=0.9&gain=0.01"
	_, body := a.get("/counts?" + address)
	size, within, verdict := report.Certified(want)
	holds(t, body, size, within, verdict)
	plan, err := certify.MakePlan(certify.PlanOptions{Overhead: 0.05, Gain: 0.01, Pool: 10, Confidence: 0.9, Power: 0.8}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range plan.Rows {
		holds(t, body, "<td>"+report.Count(*row.Queries)+"</td>")
	}
	var got struct{ Certificate json.RawMessage }
	a.json("/api/counts?"+address, &got)
	if raw, _ := json.Marshal(want); string(raw) != string(got.Certificate) {
		t.Errorf("%s, want %s", got.Certificate, raw)
	}
}

// send posts files as a page does.
func (a *app) send(files ...[2]string) (int, string, string) {
	a.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range files {
		w, err := m.CreateFormFile("file", f[0])
		if err != nil {
			a.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			a.Fatal(err)
		}
	}
	m.Close()
	r, err := a.client.Post(a.base+"/files", m.FormDataContentType(), &b)
	code, body := a.answer(r, err)
	return code, body, r.Request.URL.RequestURI()
}

// Files that are dropped are read here, become data of their own, and leave
// nothing behind.
func TestFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var folders []string
	a := start(t, dataOf(t, exam()), Options{Load: func(_ context.Context, folder, name string) (Data, error) {
		folders = append(folders, folder)
		list, err := os.ReadDir(folder)
		if err != nil {
			return Data{}, err
		}
		for _, f := range list {
			if raw, _ := os.ReadFile(filepath.Join(folder, f.Name())); string(raw) == "bad" {
				return Data{}, errors.New(filepath.Join(folder, f.Name()) + ": line 1: not a table")
			}
		}
		d := dataOf(t, exam())
		d.Name = name
		return d, nil
	}})
	code, body, at := a.send([2]string{"../../etc/out.csv", "x"}, [2]string{`C:\more.csv`, "y"})
	if code != 200 || at != "/?data=2" {
		t.Fatalf("%d at %s: %.300s", code, at, body)
	}
	holds(t, body, "out.csv and 1 more", `href="/"`)
	if code, _ = a.get("/desk?data=2&q=q01"); code != 200 {
		t.Errorf("the desk of dropped data: %d", code)
	}
	for name, files := range map[string][][2]string{"broken": {{"b.csv", "bad"}}, "none": nil, "twice": {{"a.csv", "1"}, {"x/a.csv", "2"}}} {
		code, body, _ := a.send(files...)
		if code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, code)
		}
		lacks(t, body, os.TempDir())
		if name == "broken" {
			holds(t, body, "b.csv: line 1: not a table")
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", folder, err)
		}
	}
	for range maxSets {
		code, _, _ = a.send([2]string{"a.csv", "x"})
	}
	if code != http.StatusTooManyRequests {
		t.Errorf("more sets than the server holds: %d", code)
	}
}

// Names that a browser sends cannot lead elsewhere.
func TestFileName(t *testing.T) {
	for sent, want := range map[string]string{"a.csv": "a.csv", "../../x": "x", `..\..\x.csv`: "x.csv", "": "file", "..": "file", ".hidden": "hidden", "a/": "file", "a<b>:c": "a_b__c", "\u202egpj.x": "⟨U+202E⟩gpj.x"} {
		if got := fileName(sent); got != want {
			t.Errorf("%q: %q, want %q", sent, got, want)
		}
	}
}

// The token does not come back in any page.
func TestTokenStaysSecret(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	for _, path := range []string{"/", "/desk", "/counts", "/api/desk", "/api/ledger", "/static/app.js", "/enter"} {
		_, body := a.get(path)
		lacks(t, body, a.server.token, url.QueryEscape(a.server.token))
	}
}

// Dropped data are compared with those of the command, as allwrong compare does.
func TestCompared(t *testing.T) {
	later := exam()
	for i := range later {
		if later[i].Query == "q02" {
			later[i].Verdict = outcome.Right
		}
	}
	d := dataOf(t, exam())
	var after Data
	a := start(t, d, Options{Load: func(_ context.Context, _, name string) (Data, error) {
		after = dataOf(t, later)
		after.Name = name
		return after, nil
	}})
	_, body, _ := a.send([2]string{"later.csv", "x"})
	holds(t, body, `href="/compare?data=2&amp;with=1"`)
	want, err := compare.Sets(d.Study.Matrix(), after.Study.Matrix(), compare.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want.LeftCount != 1 {
		t.Fatalf("%d queries left the all-wrong set", want.LeftCount)
	}
	code, body := a.get("/compare?with=2")
	if code != 200 {
		t.Fatalf("%d %.300s", code, body)
	}
	for _, sentence := range report.Changes(want) {
		holds(t, body, strings.ReplaceAll(template.HTMLEscapeString(sentence), "+", "&#43;"))
	}
	holds(t, body, "Left the all-wrong set", "q02", "later.csv")
	_, body = a.get("/compare?data=2&with=1")
	holds(t, body, "Entered the all-wrong set")
	if code, _ := a.get("/compare?with=7"); code != 404 {
		t.Errorf("data that there are not: %d", code)
	}
}
