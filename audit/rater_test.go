package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
)

// A pack tells raters neither what models said nor what is expected.
func TestPackIsBlind(t *testing.T) {
	w := simulate(t, 2, 8, 150, false)
	e, err := Gather(w.set.Matrix(outcome.MatrixOptions{}), w.set.Detail(outcome.MatrixOptions{}), Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{}
	for i := range w.records {
		r := &w.records[i]
		r.Prompt = "Question of " + r.Query
		r.Response = "because so " + r.Answer
		r.Reference = "ref" + r.Reference
		e.Note(r)
		secrets[r.Response], secrets[r.Reference], secrets[r.Model] = true, true, true
	}
	p, bare := e.NewPack([]Group{AllWrong, NearMiss, Control}, "")
	raw, err := json.Marshal(p)
	if err != nil || len(bare) > 0 {
		t.Fatal(err, bare)
	}
	for s := range secrets {
		if strings.Contains(string(raw), s) {
			t.Fatalf("the pack holds %q", s)
		}
	}
	have := map[string]bool{}
	for _, x := range p.Items {
		have[x.Query] = true
	}
	r := e.Triage()
	for _, x := range r.Queue {
		if (x.Group == AllWrong || x.Group == NearMiss || x.Group == Control) && !have[x.Query] {
			t.Errorf("%s is not asked", x.Query)
		}
	}
	for _, q := range r.Control {
		if !have[q] {
			t.Errorf("%s of the control is not asked", q)
		}
	}
	again, err := ReadPack(bytes.NewReader(raw), "p")
	if err != nil || len(again.Items) != len(p.Items) {
		t.Errorf("read back: %v", err)
	}
}

func TestRateGoesOnWhereItStopped(t *testing.T) {
	p := &Pack{Schema: PackSchema, Items: []PackItem{{Query: "a", Question: "1+1? \x1b[31m"}, {Query: "b", Question: "2+2?"}}}
	var out, labels bytes.Buffer
	n, err := Rate(context.Background(), p, "ada", Ask(strings.NewReader("2\nmaybe\ny\nh\n\n"), &out), func(string) bool { return false }, &labels)
	if n != 1 || err != nil {
		t.Fatalf("%d labels, %v", n, err)
	}
	if strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), `"maybe" is none of these`) {
		t.Errorf("the terminal shows %q", out.String())
	}
	n, err = Rate(context.Background(), p, "ada", Ask(strings.NewReader("5\nn\nl\nodd\n"), &out), func(q string) bool { return q == "a" }, &labels)
	list, bad := ReadLabels(&labels, "l")
	if n != 1 || err != nil || bad != nil || len(list) != 2 || list[0].Answer != "2" || !list[0].WellPosed || list[1].Notes != "odd" || list[1].WellPosed || list[1].Confidence != "low" {
		t.Errorf("%+v, %v, %v", list, err, bad)
	}
	for _, bad := range []string{`{"schema":"x","rater":"a","query":"q"}`, `{"schema":"allwrong/labels/1","rater":"","query":"q"}`, `{`, `{"schema":"allwrong/labels/1","rater":"a","query":"q","confidence":"sure"}`,
		`{"schema":"allwrong/labels/1","rater":"a","query":"q"}` + "\n" + `{"schema":"allwrong/labels/1","rater":"a","query":"q"}`} {
		if _, err := ReadLabels(strings.NewReader(bad), "l"); err == nil || !strings.HasPrefix(err.Error(), "l:") {
			t.Errorf("%s: error %v, want one with its line", bad, err)
		}
	}
}

func TestRule(t *testing.T) {
	equal := func(a, b string) bool { return a == b }
	good, ill := true, false
	for _, c := range []struct {
		a, b         string
		posedA, posB bool
		any, all     Class
	}{
		{"x", "y", ill, ill, Genuine, Ambiguous},
		{"x", "x", good, good, Genuine, Genuine},
		{"y", "y", good, good, ReferenceError, ReferenceError},
		{"y", "y", good, ill, Ambiguous, ReferenceError},
		{"y", "z", good, good, Unresolved, Unresolved},
		{"", "", good, good, Unresolved, Unresolved},
		{"x", "y", good, good, Genuine, Unresolved},
	} {
		labels := []Label{{Answer: c.a, WellPosed: c.posedA}, {Answer: c.b, WellPosed: c.posB}}
		if got := DefaultRule().Classify("x", labels, equal); got != c.any {
			t.Errorf("%+v: %s, want %s", labels, got, c.any)
		}
		if got := (Rule{RuleSchema, 2, "all", "all"}).Classify("x", labels, equal); got != c.all {
			t.Errorf("%+v by all: %s, want %s", labels, got, c.all)
		}
	}
	for _, bad := range []string{`{}`, `{"schema":"allwrong/rule/1","raters":1,"genuine":"any","ambiguous":"any"}`, `{"schema":"allwrong/rule/1","raters":2,"genuine":"some","ambiguous":"any"}`, `x`} {
		if _, _, err := ReadRule(strings.NewReader(bad), "rule"); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// double takes an answer for right when it begins with the reference.
type double struct{}

func (double) Name() string { return "double/1" }
func (double) Grade(_ context.Context, q *grade.Query, response string) grade.Grade {
	switch {
	case response == "?":
		return grade.Grade{Verdict: grade.CannotTell}
	case strings.HasPrefix(response, q.Reference):
		return grade.Grade{Verdict: grade.Right}
	}
	return grade.Grade{Verdict: grade.Wrong}
}

func TestRegrade(t *testing.T) {
	x := &Question{Query: "q"}
	for m, a := range map[string]struct {
		v outcome.Verdict
		s string
	}{"a": {outcome.Wrong, "3 cm"}, "b": {outcome.Right, "4"}, "c": {outcome.Wrong, "?"}, "d": {outcome.Wrong, "5"}, "e": {outcome.NotRun, "3"}} {
		x.Note(&outcome.Record{Query: "q", Model: m, Verdict: a.v, Answer: a.s, Reference: "3"}, 1)
	}
	x.Note(&outcome.Record{Query: "other", Model: "a", Verdict: outcome.Right}, 1)
	x.Settle()
	got, open := x.Regrade(double{}, "")
	want := []Change{{"a", 0, "wrong", "right"}, {"b", 0, "right", "wrong"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] || open != 1 {
		t.Errorf("%+v, %d open; want %+v, 1", got, open, want)
	}
	if got, _ := x.Regrade(double{}, "5"); len(got) != 2 || got[1] != (Change{"d", 0, "wrong", "right"}) {
		t.Errorf("by another reference: %+v", got)
	}
	if x.Values[0].Value != "4" || x.Verdict("b", 0) != "right" || x.Verdict("z", 0) != "" || len(x.Evidence) != sumSize {
		t.Errorf("%+v", x)
	}
}

func TestValues(t *testing.T) {
	for _, same := range [][2]string{{"$-3$", "−3"}, {`\frac{1}{2}`, "0.5"}, {"1,000", "1000"}, {"(B)", "b."}, {`\boxed{\text{Even}}`, "Even"}, {"**12**", "12.0"}, {`"a\x0cb"`, `'a\fb'`}, {`\dfrac43`, "4/3"}} {
		if Value(same[0]) != Value(same[1]) {
			t.Errorf("%q is %q, %q is %q; want the same", same[0], Value(same[0]), same[1], Value(same[1]))
		}
	}
	for _, c := range [][3]string{
		{`864 \mbox{ inches}^2`, "864", "same but for a unit or a name"}, {"x = 5", "5", "same but for a unit or a name"}, {`50\%`, "50", "same but for a unit or a name"},
		{"3 or 5", "5", "one of the values of the reference"}, {"1,2,3", "3, 1, 2", "same values in another order"}, {"3.14", "3.14159", "same to the digits of the reference"},
		{"'abc'", "abc", "same value"}, {"Even", "even", "same but for capitals"}, {"[1, 2]", "[2, 1]", ""}, {"B", "C", ""}, {"'aB'", "'ab'", ""}, {"3", "-3", ""}, {"3.14", "3.2", ""}, {"", "3", ""},
	} {
		if got := alike(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func FuzzValue(f *testing.F) {
	for _, s := range []string{`\boxed{3}`, "$$", `"\x"`, "'", "-1/0", "1,,2", "((", `\frac{}{}`} {
		f.Add(s, "3")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if alike(a, a) != "same value" && a != "" && len(a) <= longValue {
			t.Errorf("%q is not like itself", a)
		}
		alike(a, b)
	})
}
