package web

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/study"
)

var evidence = regexp.MustCompile(`name="evidence" value="([0-9a-f]{64})"`)

// A mark goes into the ledger as audit mark would put it there, and the page goes
// on to the next query; an undo is another line; numbers follow at once.
func TestMark(t *testing.T) {
	d := dataOf(t, exam())
	a := start(t, d, Options{})
	code, body := a.get("/desk")
	first := a.server.sets[0].triage.Queue[0]
	holds(t, body, `data-query="`+first.Query+`"`, "How much is", "Reference", "0</b><span class=\"quiet\">/6 all wrong")
	seen := evidence.FindStringSubmatch(body)
	if code != 200 || seen == nil {
		t.Fatalf("the desk: %d", code)
	}
	code, body = a.post("/desk/mark", "q", first.Query, "class", "reference-error", "why", "it is a sum", "reference", "5", "evidence", seen[1], "seen", "0")
	lines := a.lines()
	if code != 200 || len(lines) != 1 {
		t.Fatalf("mark: %d, %d lines: %.500s", code, len(lines), body)
	}
	x, err := a.server.sets[0].question(first.Query)
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Entry{Who: "ada", Kind: audit.KindMark, Query: first.Query, Class: audit.ReferenceError, Why: "it is a sum", Reference: "5", Digest: x.Evidence}
	got := lines[0].Entry
	got.Time, got.Schema = time.Time{}, ""
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the ledger holds %+v, want %+v", got, want)
	}
	second := a.server.sets[0].triage.Queue[1]
	holds(t, body, `data-query="`+second.Query+`"`, first.Query+": reference-error (line 1)", `name="line" value="1"`)

	code, body = a.post("/desk/undo", "q", second.Query, "line", "1")
	if lines = a.lines(); code != 200 || len(lines) != 2 || lines[1].Undoes != lines[0].ID {
		t.Fatalf("undo: %d, %+v", code, lines)
	}
	holds(t, body, `data-query="`+first.Query+`"`, "taken back")
	if code, body = a.post("/desk/undo", "q", second.Query, "line", "1"); code != 409 {
		t.Errorf("a second undo: %d", code)
	}
	holds(t, body, "taken back already")
}

// What is left empty is filled in: the class's meaning, and what was found.
func TestMarkByOneKey(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	d := a.server.sets[0]
	i := slices.IndexFunc(d.triage.Queue, func(x audit.Item) bool { return x.Class != "" })
	if i < 0 {
		t.Fatal("nothing is found in the exam")
	}
	x := d.triage.Queue[i]
	if code, body := a.post("/desk/mark", "q", x.Query, "class", string(x.Class)); code != 200 {
		t.Fatalf("%d %.300s", code, body)
	}
	if why := a.lines()[0].Why; !strings.Contains(why, "found: "+audit.Printable(x.Evidence)) {
		t.Errorf("the reason is %q", why)
	}
	for _, bad := range [][]string{{"class", "nonsense", "q", "q01"}, {"class", "genuine", "q", "nosuch"}, {"class", "genuine", "q", "q01", "value-0", "maybe"}, {"class", "genuine", "q", "q01", "evidence", strings.Repeat("0", 64)}} {
		if code, _ := a.post("/desk/mark", bad...); code < 400 {
			t.Errorf("%v: %d", bad, code)
		}
	}
	if n := len(a.lines()); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

// A value that is said to be right corrects the cell of every model that gave it.
func TestCorrections(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	x, err := a.server.sets[0].question("q03")
	if err != nil {
		t.Fatal(err)
	}
	if code, body := a.post("/desk/mark", "q", "q03", "class", "multi-answer", "value-0", "right"); code != 200 {
		t.Fatalf("%d %.300s", code, body)
	}
	cells := a.lines()[0].Cells
	if len(cells) != len(x.Values[0].Answers) || len(cells) == 0 {
		t.Fatalf("%d cells, want %d", len(cells), len(x.Values[0].Answers))
	}
	for i, c := range cells {
		if c.Model != x.Values[0].Answers[i].Model || c.Old != "wrong" || c.New != "right" {
			t.Errorf("cell %+v", c)
		}
	}
	var desk struct {
		Range audit.Range
		After certify.Certificate
	}
	a.json("/api/desk", &desk)
	if desk.Range.Graded.AllWrong != 6 || desk.Range.Audited.AllWrong != 5 || desk.After.AllWrong != 5 {
		t.Errorf("all wrong: %d as graded, %d as audited, %d certified", desk.Range.Graded.AllWrong, desk.Range.Audited.AllWrong, desk.After.AllWrong)
	}
}

// Grading again is a line of its own, and only for what was marked.
func TestGradeAgain(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	if code, body := a.post("/desk/regrade", "q", "q02"); code != 409 || !strings.Contains(body, "Mark the query first") {
		t.Errorf("without a mark: %d", code)
	}
	a.post("/desk/mark", "q", "q02", "class", "grader-error")
	_, body := a.get("/desk?q=q02")
	holds(t, body, "Grade the answers again")
	if code, body := a.post("/desk/regrade", "q", "q02"); code != 200 || !strings.Contains(body, "1 verdicts changed") {
		t.Errorf("regrade: %d %.300s", code, body)
	}
	l := a.lines()
	if len(l) != 2 || l[1].Kind != audit.KindRegrade || len(l[1].Cells) != 1 || !strings.Contains(l[1].Why, "test/1") {
		t.Errorf("%+v", l)
	}
}

// Somebody who decides about what another has decided meanwhile is told, and
// nothing is added.
func TestMeanwhile(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	a.get("/desk?q=q01")
	other := func(e audit.Entry) {
		t.Helper()
		if _, err := audit.Update(a.ledger, time.Now(), func(*audit.Ledger) ([]audit.Entry, error) { return []audit.Entry{e}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	other(audit.Entry{Who: "bob", Kind: audit.KindMark, Query: "q01", Class: audit.Ambiguous, Why: "two answers"})
	code, body := a.post("/desk/mark", "q", "q01", "class", "genuine", "seen", "0")
	if code != 409 || len(a.lines()) != 1 {
		t.Errorf("%d, %d lines", code, len(a.lines()))
	}
	holds(t, body, "bob marked", "ambiguous", "two answers", `name="seen" value="1"`)
	other(audit.Entry{Who: "bob", Kind: audit.KindMark, Query: "q02", Class: audit.Genuine, Why: "fine"}) // of another query: no conflict
	if code, _ = a.post("/desk/mark", "q", "q01", "class", "genuine", "seen", "1"); code != 200 || len(a.lines()) != 3 {
		t.Errorf("%d, %d lines", code, len(a.lines()))
	}
	a.post("/desk/undo", "line", "2")
	if code, body = a.post("/desk/mark", "q", "q02", "class", "genuine", "seen", "2"); code != 409 || !strings.Contains(body, "taken back meanwhile") {
		t.Errorf("after an undo: %d", code)
	}
}

// Many tabs mark at once: every line is there, and the chain holds.
func TestManyTabs(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			q := fmt.Sprintf("q%02d", i)
			a.get("/desk?q=" + q)
			a.get("/?without=model-a")
			if code, body := a.post("/desk/mark", "q", q, "class", "genuine", "seen", "0"); code != 200 {
				t.Errorf("%s: %d %.200s", q, code, body)
			}
		})
	}
	wg.Wait()
	if n := len(a.lines()); n != 12 {
		t.Errorf("%d lines, want 12", n)
	}
}

// A ledger that somebody changed is refused, and nothing is added to it.
func TestEdited(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	a.post("/desk/mark", "q", "q01", "class", "genuine")
	raw, err := os.ReadFile(a.ledger)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(raw), "genuine", "corrupt", 1)
	if err := os.WriteFile(a.ledger, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/desk", "/", "/api/desk", "/api/ledger"} {
		if code, body := a.get(path); path != "/" && code != 500 || !strings.Contains(body, "was changed after it was written") {
			t.Errorf("%s: %d %.300s", path, code, body)
		}
	}
	if code, _ := a.post("/desk/mark", "q", "q02", "class", "genuine"); code < 400 {
		t.Errorf("mark: %d", code)
	}
	if now, _ := os.ReadFile(a.ledger); string(now) != edited {
		t.Error("the ledger was written to")
	}
}

// Who solves blind is told nothing before answering: the server does not send it.
func TestBlind(t *testing.T) {
	records := exam()
	for i := range records {
		records[i].Prompt = "How much is it?"
		if records[i].Query == "q04" {
			records[i].Reference = "the-reference"
			records[i].Answer = "an-answer"
		}
	}
	a := start(t, dataOf(t, records), Options{})
	_, body := a.get("/desk?blind=1&q=q04")
	holds(t, body, "How much is it?", "Your answer")
	lacks(t, body, "the-reference", "an-answer", "model-a", "all-wrong ·", "suggest", `class="tag`, "/desk/mark", `class="value`)
	_, body = a.get("/desk?blind=1&q=q04&answer=the-reference")
	holds(t, body, "the same as the reference", "an-answer", "/desk/mark")
	_, body = a.get("/desk?blind=1&q=q04&answer=7")
	holds(t, body, "not the reference")
	a.post("/desk/mark", "q", "q04", "class", "genuine", "blind", "1", "answer", "7")
	if why := a.lines()[0].Why; !strings.HasPrefix(why, `solved blind: "7"`) {
		t.Errorf("the reason is %q", why)
	}
}

// Whatever questions, answers, names and labels hold is text.
func TestHostile(t *testing.T) {
	const attack = `<script>alert(1)</script>"><img src=x onerror=alert(1)>{{.}}` + "\u202eevil\u2066\x07\x1b[31m\x00\u0085"
	records := exam()
	for i := range records {
		r := &records[i]
		r.Model = "<b>" + r.Model
		if r.Query == "q05" {
			r.Query = `q05<script>`
			r.Prompt, r.Reference, r.Answer = attack, attack, attack+" no"
			r.Response = attack + strings.Repeat("é", 500_000)
			r.Source = attack
		}
	}
	a := start(t, dataOf(t, records), Options{})
	at := url.QueryEscape("q05<script>")
	for _, path := range []string{"/desk?q=" + at, "/desk?q=" + at + "&blind=1&answer=" + url.QueryEscape(attack), "/", "/desk?q=" + url.QueryEscape(attack), "/?model=" + url.QueryEscape(attack), "/?overhead=" + url.QueryEscape(attack), "/counts?queries=" + url.QueryEscape(attack)} {
		_, body := a.get(path)
		lacks(t, body, "<script>alert", "<img", "onerror=alert(1)>", "<b>model", "\u202e", "\u2066", "\x1b", "\x00", "\x07", "\u0085")
		if strings.Contains(body, "\u202e") {
			i := strings.Index(body, "\u202e")
			t.Errorf("%s: %q", path, body[max(0, i-300):i+20])
		}
		if len(body) > 400<<10 {
			t.Errorf("%s: %d bytes", path, len(body))
		}
	}
	_, body := a.get("/desk?q=" + at)
	holds(t, body, "&lt;script&gt;alert(1)", "⟨U&#43;202E⟩evil", "more characters")
	code, body := a.get("/text?q=" + at + "&attempt=0&model=" + url.QueryEscape("<b>model-a"))
	if code != 200 || strings.Count(body, "é") != 500_000 || strings.Contains(body, "\u202e") {
		t.Errorf("the whole text: %d, %d bytes", code, len(body))
	}
	if code, _ := a.post("/desk/mark", "q", "q05<script>", "class", "ambiguous", "why", attack); code != 200 {
		t.Errorf("mark: %d", code)
	}
	_, body = a.get("/desk?q=" + at)
	lacks(t, body, "<script>alert", "\u202e")
}

// The queue is listed in parts of bounded size, and every filter keeps what it says.
func TestQueue(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	d := a.server.sets[0]
	_, state, _ := a.server.book.read()
	for _, p := range parts {
		list, err := d.queue(deskAt{show: p.name}, state)
		if err != nil {
			t.Fatal(err)
		}
		if p.name == "all-wrong" && len(list) != 6 || p.name == "" && len(list) != len(d.triage.Queue) || p.name == "control" && len(list) == 0 {
			t.Errorf("%q: %d queries", p.name, len(list))
		}
		if code, _ := a.get("/desk?show=" + p.name); code != 200 {
			t.Errorf("%q: %d", p.name, code)
		}
	}
	if code, _ := a.get("/desk?show=nothing"); code != 404 {
		t.Errorf("a part that there is not: %d", code)
	}
	plain, _ := d.queue(deskAt{}, state)
	blind, _ := d.queue(deskAt{blind: "1"}, state)
	if len(plain) != len(blind) || slices.EqualFunc(plain, blind, func(a, b audit.Item) bool { return a.Query == b.Query }) {
		t.Error("who solves blind sees the order of triage")
	}
	for i := range 6 {
		a.post("/desk/mark", "q", fmt.Sprintf("q%02d", i), "class", "genuine")
	}
	_, body := a.get("/desk?show=all-wrong")
	holds(t, body, "every all-wrong query is read")
}

// Without a ledger the desk is for looking only.
func TestNoLedger(t *testing.T) {
	a := start(t, dataOf(t, exam()), Options{})
	a.server.o.Ledger, a.server.book.path = "", ""
	_, body := a.get("/desk")
	lacks(t, body, `name="class"`)
	if code, _ := a.post("/desk/mark", "q", "q01", "class", "genuine"); code < 400 {
		t.Errorf("mark: %d", code)
	}
}

// The numbers of the strip are those of the measures.
func TestRangeIsTheMeasures(t *testing.T) {
	d := dataOf(t, exam())
	a := start(t, d, Options{})
	a.post("/desk/mark", "q", "q00", "class", "corrupt")
	a.post("/desk/mark", "q", "q01", "class", "genuine")
	l, err := audit.Read(a.ledger)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Study.WithLedger(l.State())
	if err != nil {
		t.Fatal(err)
	}
	want, err := audit.AuditedRange(d.Study.Graded(), s.Matrix(), l.State(), a.server.sets[0].triage.Control, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Range  *audit.Range
		Triage audit.Report
	}
	a.json("/api/desk", &got)
	if fmt.Sprintf("%+v", got.Range) != fmt.Sprintf("%+v", want) || want.Read != 2 || want.Excluded != 1 {
		t.Errorf("range %+v, want %+v", got.Range, want)
	}
	marked := 0
	for _, x := range got.Triage.Queue {
		if x.Audited != "" {
			marked++
		}
	}
	if marked != 2 || a.server.sets[0].triage.Queue[0].Audited != "" {
		t.Errorf("%d marks in the queue, or the triage itself was changed", marked)
	}
}

// One model, one query: an error in words.
func TestTooLittle(t *testing.T) {
	one := exam()[:1]
	set := outcome.NewSet()
	if err := set.Add(&one[0], nil); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), Data{Study: study.New(study.Source{Set: set}, nil, study.Options{})}, Options{}); err == nil || !strings.Contains(err.Error(), "model") {
		t.Errorf("one model: %v", err)
	}
}
