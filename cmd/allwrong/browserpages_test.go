//go:build browser

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/outcome"
)

const sample = "../../examples/common-shock.csv"

// printed runs a command and gives what it prints, on one line.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := runHere(t, "", args...)
	if code != exitDone {
		t.Fatalf("%v: %d %s", args, code, errs)
	}
	return strings.Join(strings.Fields(out), " ")
}

// reported writes report.html and gives its address.
func reported(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	printed(t, append([]string{"report", "-o", file}, args...)...)
	return "file://" + file
}

// The report is opened from disk, with the network off: no error, and the answer
// is that of certify.
func TestBrowserReport(t *testing.T) {
	ctx := browser(t)
	quiet(t, ctx)
	address := reported(t, sample, "--replicates", "50", "--overhead", "0.02")
	if err := chromedp.Do(ctx, chromedp.Func(func(c context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(c, target, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: true})
		return err
	})); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(address), chromedp.Sleep(200*time.Millisecond))
	title := js[string](t, ctx, "document.querySelector('h1').innerText")
	if want := printed(t, "certify", sample, "--overhead", "0.02"); !strings.Contains(want, strings.Join(strings.Fields(title), " ")) {
		t.Errorf("the page says %q; certify says %q", title, want)
	}
	if n := js[int](t, ctx, "performance.getEntriesByType('resource').length"); n != 0 {
		t.Errorf("the page asked for %d files", n)
	}
}

// The numbers follow a choice of models, and are the command line's.
func TestBrowserChoice(t *testing.T) {
	ctx := browser(t)
	quiet(t, ctx, "401")
	link := served(t, sample, "--overhead", "0.02", "--ledger", filepath.Join(t.TempDir(), "l.jsonl"))
	enter(t, ctx, link)
	if address := js[string](t, ctx, "location.href"); strings.Contains(address, "#") {
		t.Errorf("the token stays in the address: %s", address)
	}
	says := func() string {
		return strings.Join(strings.Fields(js[string](t, ctx, "[...document.querySelectorAll('#main .lead h1, #main .lead .within')].map(x => x.innerText).join(' ')")), " ")
	}
	same := func(args ...string) {
		t.Helper()
		want := printed(t, append([]string{"certify", sample}, args...)...)
		if got := says(); got == "" || !strings.Contains(want, got) {
			t.Errorf("%v: the page says %q; certify says %q", args, got, want)
		}
	}
	same("--overhead", "0.02")
	for _, name := range []string{"model-12", "model-10"} {
		do(t, ctx, chromedp.Click(chromedp.CSS(`input[name=model][value="`+name+`"]`)))
		until(t, ctx, "location.search.includes('"+name+"') && document.querySelectorAll('[aria-busy]').length === 0")
	}
	same("--overhead", "0.02", "--exclude", "model-12", "--exclude", "model-10")
	js[bool](t, ctx, `(() => { const r = document.querySelector('#overhead'); r.value = 0.2; r.dispatchEvent(new Event('input', { bubbles: true })); return true })()`)
	until(t, ctx, "location.search.includes('overhead=0.2') && document.querySelector('.lead .verdict').innerText.includes('20.0 points')")
	same("--overhead", "0.2", "--exclude", "model-12", "--exclude", "model-10")

	// The state is in the address: another tab shows the same, and the first stays.
	other := tab(t, ctx)
	do(t, other, chromedp.Navigate(js[string](t, ctx, "location.href")))
	until(t, other, "document.querySelector('#said').innerText === '10 of 12'")
	do(t, other, chromedp.Click(chromedp.CSS("[data-all=yes]")))
	until(t, other, "document.querySelector('#said').innerText === '12 of 12'")
	same("--overhead", "0.2", "--exclude", "model-12", "--exclude", "model-10")
	do(t, ctx, chromedp.NavigateBack())
	until(t, ctx, "!location.search.includes('overhead=0.2') && document.querySelector('#overhead').value === '0.02'")
	until(t, ctx, "document.querySelector('#main').innerText.includes('What correlation misses') && !document.querySelector('[data-part]')")
}

// examOf writes records in which every kind of hostile text stands somewhere.
func examOf(t *testing.T, hostile bool) string {
	t.Helper()
	const attack = `<script>document.title='taken'</script><img src=x onerror="document.title='taken'"> שלום ` + "\u202egnp.exe\u202c \x1b[31m \x07"
	var b []byte
	for q := range 40 {
		for m := range 3 {
			r := outcome.Record{Query: fmt.Sprintf("q%02d", q), Model: "model-" + string(rune('a'+m)), Verdict: outcome.Right, Kind: "number",
				Prompt: fmt.Sprintf("How much is %d and %d?", q, q), Reference: fmt.Sprint(2 * q), Answer: fmt.Sprint(2 * q), Response: fmt.Sprintf("It is %d.", 2*q)}
			if q < 14 || (q+m)%7 == 0 {
				r.Verdict, r.Answer, r.Response = outcome.Wrong, fmt.Sprint(2*q+m), "No."
			}
			if hostile && q < 14 {
				r.Prompt, r.Reference, r.Answer, r.Response = attack, attack, attack+fmt.Sprint(m), attack+strings.Repeat("wide ", 200_000)
				r.Model = "<i>" + r.Model
			} else if hostile {
				r.Model = "<i>" + r.Model
			}
			b = append(r.AppendJSON(b), '\n')
		}
	}
	file := filepath.Join(t.TempDir(), "exam.jsonl")
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// Ten queries are audited by keyboard alone, and found in the ledger.
func TestBrowserKeyboard(t *testing.T) {
	ctx := browser(t)
	quiet(t, ctx, "401")
	ledger := filepath.Join(t.TempDir(), "ledger.jsonl")
	link := served(t, examOf(t, false), "--ledger", ledger, "--who", "ada")
	enter(t, ctx, link)
	// From the report to the desk by keys: over the skip link, the brand, and one link.
	press := func(keys string) { t.Helper(); typed(t, ctx, keys) }
	press("\t\t\t\t\r")
	until(t, ctx, "location.pathname === '/desk' && document.querySelector('#question') !== null")
	var want []string
	here := func() string { return js[string](t, ctx, "document.querySelector('#question').dataset.query") }
	lines := func() int { return js[int](t, ctx, "fetch('/api/ledger').then(r => r.json()).then(l => l.lines)") }
	for i, key := range []string{"g", "u", "a", "r", "e", "m", "t", "n", "c", "g"} {
		query := here()
		if i == 3 {
			press("w")
			press("the sum is off\r")
			press("f")
			press("77\r")
		}
		press(key)
		until(t, ctx, fmt.Sprintf("document.querySelector('#question').dataset.query !== %q", query))
		class := map[string]audit.Class{"g": audit.Genuine, "u": audit.Unresolved, "a": audit.Ambiguous, "r": audit.ReferenceError, "e": audit.GraderError, "m": audit.MultiAnswer, "t": audit.Truncation, "n": audit.NoAnswer, "c": audit.Corrupt}[key]
		want = append(want, query+" "+string(class))
		if n := lines(); n != i+1 {
			t.Fatalf("after %q the ledger has %d lines", key, n)
		}
	}
	query := here()
	press("z")
	until(t, ctx, fmt.Sprintf("document.querySelector('#question').dataset.query !== %q", query))
	press("1")
	if v := js[string](t, ctx, "document.querySelector('select[data-value=\"1\"]').value"); v != "right" {
		t.Errorf("1 made the value %q", v)
	}
	press("o")
	if n := js[int](t, ctx, "document.querySelectorAll('details.response:not([open])').length"); n != 0 {
		t.Errorf("o left %d responses closed", n)
	}
	press("j")
	until(t, ctx, fmt.Sprintf("document.querySelector('#question').dataset.query !== %q", strings.Fields(want[9])[0]))
	press("b")
	until(t, ctx, "location.search.includes('blind=1') && document.querySelector('#answer') !== null")
	press("w4\r")
	until(t, ctx, "location.search.includes('answer=4') && document.querySelector('.solved') !== null")
	press("?")
	until(t, ctx, "document.querySelector('#keys').open")

	l, err := audit.Read(ledger)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range l.Lines[:10] {
		if line.Who != "ada" || line.Digest == "" || line.Why == "" {
			t.Errorf("line %+v", line.Entry)
		}
		got = append(got, line.Query+" "+string(line.Class))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the ledger says\n%q\nwant\n%q", got, want)
	}
	if len(l.Lines) != 11 || l.Lines[10].Undoes != l.Lines[9].ID || l.Lines[3].Why != "the sum is off" || l.Lines[3].Reference != "77" {
		t.Errorf("%d lines; line 4 says %q, %q", len(l.Lines), l.Lines[3].Why, l.Lines[3].Reference)
	}
}

// Another program's line shows in a tab that is open, and what was being typed stays.
func TestBrowserFollows(t *testing.T) {
	ctx := browser(t)
	ledger := filepath.Join(t.TempDir(), "ledger.jsonl")
	file := examOf(t, false)
	link := served(t, file, "--ledger", ledger)
	enter(t, ctx, link)
	do(t, ctx, chromedp.Navigate(at(link, "/desk?q=q01")), chromedp.SendKeys(chromedp.CSS("#why"), "half a rea"))
	printed(t, "audit", "mark", "q01", "--class", "ambiguous", "--why", "two answers", "--who", "bob", "--ledger", ledger)
	until(t, ctx, "document.querySelector('#queue li.here .tag').innerText === 'ambiguous'")
	if v := js[string](t, ctx, "document.querySelector('#why').value"); v != "half a rea" {
		t.Errorf("what was typed became %q", v)
	}
	do(t, ctx, chromedp.Focus(chromedp.CSS("#why")))
	typed(t, ctx, "son\rg")
	until(t, ctx, "document.querySelector('#notice .bad')?.innerText.includes('bob marked')")
	if l, err := audit.Read(ledger); err != nil || len(l.Lines) != 1 {
		t.Errorf("%v, %d lines", err, len(l.Lines))
	}
}

// What is hostile is text.
func TestBrowserHostile(t *testing.T) {
	ctx := browser(t)
	quiet(t, ctx, "401")
	file := examOf(t, true)
	link := served(t, file, "--ledger", filepath.Join(t.TempDir(), "l.jsonl"))
	enter(t, ctx, link)
	for _, address := range []string{at(link, "/desk?q=q03"), at(link, "/"), reported(t, file, "--replicates", "20")} {
		do(t, ctx, chromedp.Navigate(address), chromedp.Sleep(300*time.Millisecond))
		if n := js[int](t, ctx, "document.querySelectorAll('main img, main script, main i').length"); n != 0 {
			t.Errorf("%s: %d elements were made by texts", address, n)
		}
		if title := js[string](t, ctx, "document.title"); strings.Contains(title, "taken") {
			t.Errorf("%s: a script of a text ran", address)
		}
		if js[bool](t, ctx, `/[\u202a-\u202e\u2066-\u2069\u0007\u001b]/.test(document.documentElement.outerHTML)`) {
			t.Errorf("%s: marks that turn the direction of writing are on the page", address)
		}
		if w := js[int](t, ctx, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); w > 0 {
			t.Errorf("%s: %d pixels too wide", address, w)
		}
	}
	do(t, ctx, chromedp.Navigate(at(link, "/desk?q=q03")))
	text := js[string](t, ctx, "document.querySelector('.prompt').innerText")
	for _, want := range []string{"<script>document.title", "<img src=x", "שלום", "⟨U+202E⟩gnp.exe"} {
		if !strings.Contains(text, want) {
			t.Errorf("the question does not show %q: %q", want, text)
		}
	}
	if n := js[int](t, ctx, "document.body.innerHTML.length"); n > 200_000 {
		t.Errorf("with three answers of 1 MB the page has %d characters", n)
	}
}

// Another site can neither read nor change anything, by its own name or by one
// that it lets point here.
func TestBrowserOtherSites(t *testing.T) {
	ctx := browser(t)
	ledger := filepath.Join(t.TempDir(), "l.jsonl")
	link := served(t, examOf(t, false), "--ledger", ledger)
	enter(t, ctx, link)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<title>evil</title><form method=post action=%q><input name=q value=q01><input name=class value=genuine></form>`, at(link, "/desk/mark"))
	}))
	defer evil.Close()
	for _, host := range []string{evil.URL, strings.Replace(evil.URL, "127.0.0.1", "evil.example", 1)} {
		do(t, ctx, chromedp.Navigate(host))
		read := js[string](t, ctx, fmt.Sprintf("fetch(%q, { credentials: 'include' }).then(r => r.text()).catch(e => 'refused')", at(link, "/api/desk")))
		if read != "refused" {
			t.Errorf("%s read %.200s", host, read)
		}
		js[string](t, ctx, fmt.Sprintf("fetch(%q, { method: 'POST', mode: 'no-cors', credentials: 'include', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'q=q01&class=genuine' }).then(r => r.type).catch(e => 'refused')", at(link, "/desk/mark")))
		js[bool](t, ctx, "(document.forms[0].submit(), true)")
		until(t, ctx, "document.title.startsWith('Forbidden') || document.title.startsWith('Enter') || document.title.startsWith('Unauthorized')")
	}
	rebound := strings.Replace(at(link, "/desk"), "127.0.0.1", "evil.example", 1)
	do(t, ctx, chromedp.Navigate(rebound))
	if text := js[string](t, ctx, "document.body.innerText"); !strings.Contains(text, "This address is not ours") || strings.Contains(text, "q01") {
		t.Errorf("%s shows %.300s", rebound, text)
	}
	if _, err := os.Stat(ledger); !os.IsNotExist(err) {
		t.Errorf("another site added to the ledger: %v", err)
	}
}

// Files that are chosen are read here and shown.
func TestBrowserFiles(t *testing.T) {
	ctx := browser(t)
	quiet(t, ctx, "401", "422")
	link := served(t, sample, "--ledger", filepath.Join(t.TempDir(), "l.jsonl"))
	enter(t, ctx, link)
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{examOf(t, false)}))
	until(t, ctx, "location.search === '?data=2' && document.readyState === 'complete' && document.querySelector('#headline').innerText.includes('40 queries')")
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("query,a,b\nq1,what,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{bad}))
	until(t, ctx, "document.querySelector('#notice .bad') !== null")
	if text := js[string](t, ctx, "document.querySelector('#notice').innerText"); !strings.Contains(text, "bad.csv") {
		t.Errorf("the page says %q", text)
	}
}

// pagesOf are the pages of the app, and the report.
func pagesOf(t *testing.T, link string, file string) []string {
	return []string{at(link, "/"), at(link, "/desk?q=q03"), at(link, "/desk?q=q03&blind=1"), at(link, "/counts"), at(link, "/nothing"), reported(t, file, "--replicates", "20")}
}

// Every page fits a screen 360 pixels wide.
func TestBrowserNarrow(t *testing.T) {
	ctx := browser(t)
	for _, hostile := range []bool{false, true} {
		file := examOf(t, hostile)
		link := served(t, file, "--ledger", filepath.Join(t.TempDir(), "l.jsonl"))
		do(t, ctx, chromedp.EmulateViewport(360, 740))
		enter(t, ctx, link)
		for _, address := range pagesOf(t, link, file) {
			do(t, ctx, chromedp.Navigate(address), chromedp.Sleep(300*time.Millisecond))
			js[bool](t, ctx, "(document.querySelectorAll('main details, details.fold').forEach(d => d.open = true), true)")
			if w := js[int](t, ctx, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); w > 0 {
				t.Errorf("%s: %d pixels too wide: %s", address, w, js[string](t, ctx, "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.scroll, pre, .list')).slice(0, 5).map(e => e.tagName + '.' + e.className).join(' ')"))
			}
		}
	}
}

// axe-core finds nothing serious, in light and dark, on a wide screen and a
// narrow one. AXE names its script.
func TestBrowserAccessible(t *testing.T) {
	script := os.Getenv("AXE")
	if script == "" {
		t.Skip("AXE names no copy of axe.min.js; scripts/browser.sh installs one")
	}
	axe, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	file := examOf(t, false)
	ledger := filepath.Join(t.TempDir(), "l.jsonl")
	printed(t, "audit", "mark", "q03", "--class", "grader-error", "--why", "12 is 12", "--who", "bob", "--ledger", ledger)
	link := served(t, file, "--ledger", ledger)
	enter(t, ctx, link)
	for _, address := range pagesOf(t, link, file) {
		for _, colours := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 360} {
				scheme(t, ctx, colours)
				do(t, ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address), chromedp.Sleep(200*time.Millisecond))
				if !strings.HasPrefix(address, "file:") {
					until(t, ctx, "document.readyState === 'complete'")
				}
				js[bool](t, ctx, string(axe)+";true")
				found := js[json.RawMessage](t, ctx, "axe.run().then(r => r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)]))")
				if !bytes.Equal(found, []byte("[]")) {
					t.Errorf("%s, %s, %d wide: %s", address, colours, width, found)
				}
			}
		}
	}
}

// The page of 67 models on 12,000 queries is there within a second, and follows a
// choice within a tenth of one.
func TestBrowserFast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "big.csv")
	printed(t, "simulate", "--law", "common-shock", "--models", "67", "--queries", "12000", "--accuracy", "0.5,0.9", "--rho", "0.5", "--shock", "0.03", "--topics", "12", "--seed", "5", "-o", file)
	ctx := browser(t)
	link := served(t, file, "--overhead", "0.02", "--ledger", filepath.Join(t.TempDir(), "l.jsonl"))
	enter(t, ctx, link)
	var paints, changes []float64
	for range 5 {
		do(t, ctx, chromedp.Navigate(at(link, "/")))
		until(t, ctx, "performance.getEntriesByName('first-contentful-paint').length === 1")
		paints = append(paints, js[float64](t, ctx, "performance.getEntriesByName('first-contentful-paint')[0].startTime"))
	}
	for i := range 15 {
		name := fmt.Sprintf("model-%02d", 3*i+1)
		changes = append(changes, js[float64](t, ctx, `new Promise(done => {
			const box = document.querySelector('input[name=model][value="`+name+`"]'), from = performance.now()
			document.addEventListener('swapped', () => requestAnimationFrame(() => done(performance.now() - from)), { once: true })
			box.click()
		})`))
	}
	slices.Sort(paints)
	slices.Sort(changes)
	// A time is told and not judged: it is the machine's as much as ours.
	t.Logf("first paint %.0f ms (%.0f to %.0f), a change of pool %.0f ms (%.0f to %.0f): medians, least and most",
		paints[2], paints[0], paints[4], changes[7], changes[0], changes[14])
}

// TestPictures takes the pictures of docs/serve.md into the folder PICTURES.
func TestPictures(t *testing.T) {
	into := os.Getenv("PICTURES")
	if into == "" {
		t.Skip("PICTURES names no folder")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, p := range []struct {
		name, file, path, colours string
		width, height             int64
	}{
		{"report-light", sample, "/", "light", 1280, 900},
		{"report-narrow-dark", sample, "/?without=model-12", "dark", 360, 760},
		{"desk-light", "../../examples/responses.jsonl", "/desk", "light", 1280, 900},
		{"desk-dark", "../../examples/responses.jsonl", "/desk?q=pythagoras", "dark", 1280, 900},
		{"desk-narrow-light", "../../examples/responses.jsonl", "/desk?q=pythagoras&blind=1", "light", 360, 760},
		{"counts-dark", sample, "/counts", "dark", 1280, 900},
	} {
		t.Chdir(t.TempDir()) // the ledger's name is on the page
		link := served(t, filepath.Join(here, p.file), "--overhead", "0.02")
		scheme(t, ctx, p.colours)
		do(t, ctx, chromedp.EmulateViewport(p.width, p.height))
		enter(t, ctx, link)
		do(t, ctx, chromedp.Navigate(at(link, p.path)), chromedp.Sleep(900*time.Millisecond))
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(into, "serve-"+p.name+".png"), picture, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
