package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/study"
)

// records of a pool; dress puts something on every text that data may hold.
func records(models, queries int, dress string) []outcome.Record {
	rng := rand.New(rand.NewPCG(11, 5))
	called := dress // names are held to more than texts
	if outcome.CheckName("model", "m"+dress) != nil {
		called = ""
	}
	var out []outcome.Record
	for q := range queries {
		hard := rng.NormFloat64()
		for m := range models {
			r := outcome.Record{Query: fmt.Sprintf("q%03d%s", q, called), Model: fmt.Sprintf("m%d%s", m, called), Verdict: outcome.Wrong, Kind: "exact",
				Answer: fmt.Sprint(rng.IntN(3), dress), Reference: "yes" + dress, Prompt: fmt.Sprint("Is it ", q, "?", dress),
				Slices: map[string]string{"subject": fmt.Sprint("s", q%3, called)}}
			if hard+rng.NormFloat64() < 0.3+float64(m)/float64(models) {
				r.Verdict, r.Answer = outcome.Right, "yes"
			}
			out = append(out, r)
		}
	}
	return out
}

func reportOf(t *testing.T, list []outcome.Record) Report {
	t.Helper()
	return reportWith(t, list, study.Options{Certify: certify.Options{Overhead: 0.02}, Replicates: 30, Seed: 1})
}

func reportWith(t *testing.T, list []outcome.Record, o study.Options) Report {
	t.Helper()
	set := outcome.NewSet()
	set.KeepAnswers, set.KeepCosts = true, true
	for i := range list {
		if err := set.Add(&list[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	source := study.Source{Set: set, Records: func(_ context.Context, _ outcome.Fields, visit func(*outcome.Record) error) error {
		for _, r := range list {
			if err := visit(&r); err != nil {
				return err
			}
		}
		return nil
	}}
	r, err := study.New(source, nil, o).All(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return Report{Results: r, Formats: []string{"outcomes"}, Version: "test", Commands: []string{"allwrong report grades.jsonl"},
		Inputs: []Input{{Path: "grades.jsonl", Format: "outcomes", Rows: int64(len(list)), SHA256: strings.Repeat("ab", 32)}}}
}

func html(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFirstScreenIsTheAnswer(t *testing.T) {
	r := reportOf(t, records(5, 120, ""))
	page := html(t, r)
	size, within, verdict := report.Certified(r.Certificate)
	at := -1
	for _, want := range []string{"<h1 id=\"answer\">" + size, within, "<svg", verdict, "What to know before you use this", "What correlation misses",
		"Where the gain would come from", "Slice by slice", "Model by model", "Which models are worth keeping", "Is an all-wrong query real?",
		"Query by query", "How it is computed", "G = min", strings.Repeat("ab", 32), "allwrong report grades.jsonl"} {
		next := strings.Index(page[at+1:], want)
		if next < 0 {
			t.Errorf("%q is not on the page, or not after what comes before it", want)
			continue
		}
		at += 1 + next
	}
	for _, q := range r.Queries {
		if q.Kind == study.AllWrong && !strings.Contains(page, ">"+q.Query+"<") {
			t.Errorf("the all-wrong query %s is not listed", q.Query)
		}
	}
}

func TestPoliciesAndMoney(t *testing.T) {
	list := records(4, 60, "")
	for i := range list {
		cost := 0.001 * float64(1+i%4)
		list[i].CostUSD = &cost
	}
	page := html(t, reportWith(t, list, study.Options{Replicates: 10, Policies: true}))
	for _, want := range []string{"What real policies gain", "plurality of", "What each dollar buys", "Money: m"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The page allows its own style and script, by digest, and nothing else; it names no
// other place.
func TestNothingFromElsewhere(t *testing.T) {
	page := html(t, reportOf(t, records(4, 60, "")))
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src &#39;none&#39;") && !strings.HasPrefix(policy[1], "default-src 'none'") {
		t.Fatalf("the policy is %q", policy)
	}
	for _, tag := range []string{"style", "script"} {
		text := between(page, "<"+tag+">", "</"+tag+">")
		sum := sha256.Sum256([]byte(text))
		want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
		if got := strings.ReplaceAll(policy[1], "&#43;", "+"); !strings.Contains(got, want) {
			t.Errorf("the policy %s does not allow the page's own %s, %s", got, tag, want)
		}
	}
	for _, bad := range []string{"http://", "https://", "//cdn", "url(", "@import", " style=", "<link", "<img", "<iframe", " onclick"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// Whatever the data say is shown as text.
func TestHostileText(t *testing.T) {
	attacks := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><script>alert(1)</script>`, `{{.Version}}`, `' onmouseover='alert(1)`,
		`</details></section><h1>no</h1>`, "\u202eevil\u2066x\u2069", "zero\u200bwidth", "&lt;b&gt;", "javascript:alert(1)"}
	for _, attack := range attacks {
		list := records(4, 60, attack)
		for i := range list { // texts may hold what names may not
			list[i].Answer += "\x1b[31m\x00\x07\u0085"
			list[i].Prompt += "\r\x7f\ufeff\u2028"
		}
		r := reportOf(t, list)
		page := html(t, r)
		for tag, want := range map[string]int{"<script": 1, "<style": 1, "<h1": 1, "<img": 0, "<b>": 0, "onerror=alert(1)>": 0, `href="javascript`: 0} {
			if got := strings.Count(page, tag); got != want {
				t.Errorf("%q: %d times %s, want %d", attack, got, tag, want)
			}
		}
		if i := strings.IndexFunc(page, hidden); i >= 0 {
			t.Errorf("%q: the page holds %q", attack, page[i:i+8])
		}
		if !strings.Contains(page, "␛[31m") {
			t.Errorf("%q: control characters are not shown", attack)
		}
		var b bytes.Buffer
		if err := Markdown(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "<img", "<h1", "\u202e"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%q: Markdown holds %s", attack, bad)
			}
		}
	}
}

// Long texts are cut, and the page says so.
func TestLongTexts(t *testing.T) {
	list := records(6, 900, "")
	for i := range list {
		list[i].Answer += strings.Repeat("x", 20_000)
		list[i].Prompt = strings.Repeat("long ", 5000)
	}
	list[0].Answer = strings.Repeat("y", 1<<20)
	page := html(t, reportOf(t, list))
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if !strings.Contains(page, "not listed: here are the first all-wrong queries") || !strings.Contains(page, "long …") {
		t.Error("the page does not say what it leaves out")
	}
}

func TestSameBytes(t *testing.T) {
	list := records(5, 150, "")
	first := html(t, reportOf(t, list))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, n := range []int{1, 8} {
		runtime.GOMAXPROCS(n)
		if html(t, reportOf(t, list)) != first {
			t.Errorf("another page on %d processors", n)
		}
	}
}

// The page is well formed: elements nest, ids are of one element each, links lead
// somewhere, headings do not skip a level, tables have captions and scopes.
func TestStructure(t *testing.T) {
	page := html(t, reportOf(t, records(5, 120, "")))
	body := page[strings.Index(page, "<body>") : strings.Index(page, "</body>")+len("</body>")]
	body = strings.Replace(body, between(body, "<script>", "</script>"), "", 1)
	d := xml.NewDecoder(strings.NewReader(body))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.AutoClose = []string{"input"}
	ids, links, level := map[string]int{}, []string{}, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if n := e.Name.Local; len(n) == 2 && n[0] == 'h' && n[1] >= '1' && n[1] <= '6' {
			if now := int(n[1] - '0'); now > level+1 {
				t.Errorf("a heading %s comes after level %d", n, level)
			} else {
				level = now
			}
		}
		for _, a := range e.Attr {
			switch {
			case a.Name.Local == "id":
				ids[a.Value]++
			case a.Name.Local == "href" || a.Name.Local == "aria-labelledby":
				links = append(links, strings.TrimPrefix(a.Value, "#"))
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d elements have the id %s", n, id)
		}
	}
	for _, id := range links {
		if ids[id] == 0 {
			t.Errorf("nothing has the id %s", id)
		}
	}
	if a, b := strings.Count(page, "<table"), strings.Count(page, "<caption>"); a != b || a < 5 {
		t.Errorf("%d tables, %d captions", a, b)
	}
	if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(page, `<th scope="`, ""), "<thead", ""), "<th") {
		t.Error("a heading of a table without a scope")
	}
}

// What the project itself puts on a page is not touched by visible, which would
// break the digests.
func TestOwnTextIsPlain(t *testing.T) {
	err := fs.WalkDir(assets, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := assets.ReadFile(path)
		if visible(string(b)) != string(b) {
			t.Errorf("%s holds characters that cannot be seen", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := Style() + Script(); visible(s) != s {
		t.Error("style or script are changed")
	}
}

func TestMarkdown(t *testing.T) {
	r := reportOf(t, records(5, 120, ""))
	var b bytes.Buffer
	if err := Markdown(&b, r); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"## Verdict: ", "points over m", "|---|", "1. ", "<details><summary>What correlation misses</summary>", "The same numbers again: ` allwrong report grades.jsonl `"} {
		if !strings.Contains(got, want) {
			t.Errorf("Markdown lacks %q:\n%.1500s", want, got)
		}
	}
	if len(got) > 30_000 || strings.Count(got, "<details>") != strings.Count(got, "</details>") {
		t.Errorf("%d bytes, %d details", len(got), strings.Count(got, "<details>"))
	}
}

// A report of the least data, and one whose parts are missing, are pages, too.
func TestSmallest(t *testing.T) {
	page := html(t, reportOf(t, records(2, 1, "")))
	if !strings.Contains(page, "<h1") || strings.Contains(strings.Replace(page, Script(), "", 1), "NaN") {
		t.Error("a page of one query")
	}
	r := reportOf(t, records(3, 30, ""))
	r.Explanation, r.Pools, r.Audit, r.Correlations = nil, nil, nil, nil
	r.Results.Warnings = []certify.Warning{{Code: "no-audit", Message: "there was nothing to audit"}}
	page = html(t, r)
	if !strings.Contains(page, "there was nothing to audit") || slices.ContainsFunc(Sections(r), func(s Section) bool { return s.ID == "audit" }) {
		t.Error("a page without an audit")
	}
}

// The page of a comparison holds its answer, and hostile names as text.
func TestComparison(t *testing.T) {
	matrix := func(shift int) *outcome.Matrix {
		set := outcome.NewSet()
		for i, r := range records(4, 80, "<script>alert(1)</script>") {
			if i%(9+shift) == 0 {
				r.Verdict = outcome.Right
			}
			if err := set.Add(&r, nil); err != nil {
				t.Fatal(err)
			}
		}
		return set.Matrix(outcome.MatrixOptions{})
	}
	r, err := compare.Sets(matrix(0), matrix(4), compare.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Compared(&b, Comparison{Result: r, Inputs: []Input{{Path: "a: before.jsonl"}}, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(b.String(), "&#43;", "+")
	for _, want := range []string{report.Changes(r)[0], "Which models moved", "Left the all-wrong set", "a: before.jsonl", "<svg"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 || strings.Contains(page, "NaN<") {
		t.Errorf("%d scripts", n)
	}
}
