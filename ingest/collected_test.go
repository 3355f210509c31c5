package ingest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/collect/runfile"
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

const collectedFile = `
cap_usd = 1
budgets = [100, 1000]
[[endpoint]]
name = "e"
base_url = "http://localhost:1/v1"
protocol = "openai"
[[model]]
id = "a"
endpoint = "e"
family = "fa"
price = { input = 1, output = 2 }
priced_on = 2026-11-01
[[model]]
id = "b"
endpoint = "e"
price = 0
[[model]]
id = "c"
endpoint = "e"
price = 0
[queries]
path = "questions.jsonl"
kind_field = "kind"
options = "options"
slices = ["half"]
`

// collectRun makes the folder of a run of three queries and three models, of
// which the last is never asked.
func collectRun(t *testing.T, dir string, o store.Options, how store.Schedule) {
	t.Helper()
	var b strings.Builder
	for q := range 4 {
		fmt.Fprintf(&b, `{"id":"q%d","prompt":"Q%d?","reference":"%d","kind":"choice","options":["x","y"],"half":"h%d"}`+"\n", q, q, q, q%2)
	}
	if err := os.WriteFile(filepath.Join(dir, "questions.jsonl"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Parse([]byte(collectedFile), filepath.Join(dir, "run.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Begin(t.Context(), run, how); err != nil {
		t.Fatal(err)
	}
	usage := &money.Usage{Input: 10, Output: 20}
	right := &store.Verdict{Grader: "choice/1", Extracted: "A", Verdict: outcome.Right, Rule: "same"}
	for _, x := range []struct {
		q, m   int
		budget int64
		a      store.Answer
		v      *store.Verdict
	}{
		{0, 0, 100, store.Answer{Status: store.Valid, Text: "It is A", Finish: "stop", Served: "a-2026", Usage: usage, Latency: 2 * time.Second}, right},
		{0, 1, 100, store.Answer{Status: store.Valid, Text: "B", Usage: usage}, &store.Verdict{Grader: "choice/1", Extracted: "B", Verdict: outcome.Wrong}},
		{1, 0, 100, store.Answer{Status: store.CutOff, Text: "Hm", Usage: usage}, nil},
		{1, 0, 1000, store.Answer{Status: store.CutOff, Text: "Hmm", Usage: usage}, &store.Verdict{Grader: "choice/1", Verdict: outcome.NoAnswer, Reason: outcome.Truncated}},
		{1, 1, 100, store.Answer{Status: store.CutOff, Text: "Hm", Usage: usage}, nil},
		{1, 1, 1000, store.Answer{Status: store.Failed, Why: "500", Unbilled: true}, nil},
		{2, 0, 100, store.Answer{Status: store.Empty, Usage: usage}, nil},
		{2, 1, 100, store.Answer{Status: store.Valid, Text: "?", Usage: usage}, nil},
	} {
		c, err := s.Claim(t.Context(), store.Place{Query: x.q, Model: x.m, Budget: x.budget})
		if err != nil || c[0].Decision != store.Granted {
			t.Fatal(c, err)
		}
		if _, err := s.Settle(t.Context(), c[0], x.a, x.v); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCollectedRun: a run's folder is read as what it holds, and the files
// beside the database are not read as results.
func TestCollectedRun(t *testing.T) {
	dir := t.TempDir()
	collectedRunIn(t, dir, dir, filepath.Join(dir, store.FileName), store.Options{})
}

// TestSharedRun: so is a run in a database, by its folder and by its address.
func TestSharedRun(t *testing.T) {
	o := store.Options{Database: pgtest.New(t), Run: "pilot & more"}
	dir := t.TempDir()
	collectedRunIn(t, dir, dir, filepath.Join(dir, store.PointerName), o)
	address := store.Address(o.Database, o.Run)
	by, err := Read(t.Context(), []string{address}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in := by.Inputs; len(in) != 1 || in[0].Path != address || in[0].Rows != 7 || in[0].Collected == nil || in[0].Format != collectedRun.name {
		t.Errorf("%+v", in)
	}
	for path, want := range map[string]string{
		store.Address(o.Database, "other"):                        "there are pilot & more",
		strings.Replace(address, "allwrong@", "allwrong:pw@", 1):  "holds a password",
		strings.Replace(address, "127.0.0.1:", "127.0.0.1:1", 1):  "127.0.0.1",
		store.Address(o.Database+"&options=-cdatestyle%3Dx", "x"): "DateStyle",
	} {
		if _, err := Read(t.Context(), []string{path}, Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), ":pw") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func collectedRunIn(t *testing.T, dir, path, source string, o store.Options) {
	collectRun(t, dir, o, store.Schedule{For: store.ForCertificate, Incumbent: "a"})
	if err := os.WriteFile(filepath.Join(dir, "old.csv"), []byte("query,m\nq,1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var got []string
	var first outcome.Record
	result, err := Records(t.Context(), []string{path}, Options{Want: outcome.WantAll}, func(r *outcome.Record) error {
		if len(got) == 0 {
			first = *r
			cost, in, out, most, secs := *r.CostUSD, *r.InputTokens, *r.OutputTokens, *r.MaxOutputTokens, *r.Seconds
			// By hand: (10·1 + 20·2) dollars a million tokens.
			if cost != 50e-6 || in != 10 || out != 20 || most != 100 || secs != 2 {
				t.Errorf("costs %v, %d in, %d out of %d, %v s", cost, in, out, most, secs)
			}
		}
		if r.Query == "q2" && r.Model == "a" && string(r.Extra["call_status"]) != `"empty"` {
			t.Errorf("extra %s", r.Extra)
		}
		got = append(got, fmt.Sprint(r.Query, r.Model, r.Attempt, " ", r.Verdict, " ", r.Reason))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"q0a0 right ", "q0b0 wrong ", "q1a0 no_answer truncated", "q1b0 not_run error", "q2a0 not_run error", "q2b0 not_run unscored", "q0c0 not_run "}
	if slices.Sort(got); !slices.Equal(got, sorted(want)) {
		t.Errorf("records\n%q\nwant\n%q", got, sorted(want))
	}
	if first.Prompt != "Q0?" || first.Reference != "0" || first.Kind != "choice" || first.Options != 2 || first.Response != "It is A" || first.Answer != "A" ||
		first.Finish != "stop" || first.Family != "fa" || first.Grader != "choice/1" || first.Slices["half"] != "h0" || string(first.Extra["served_model"]) != `"a-2026"` {
		t.Errorf("first record: %+v", first)
	}
	if !strings.HasPrefix(first.Source, source+":") {
		t.Errorf("source %q", first.Source)
	}
	if len(result.Inputs) != 1 || result.Inputs[0].Format != collectedRun.name {
		t.Errorf("inputs: %+v", result.Inputs)
	}
	c := result.Inputs[0].Collected
	if c == nil || !c.Lazy || c.Schedule.Incumbent != "a" || c.Queries != 3 || c.Cells != 9 || c.Asked != 6 {
		t.Errorf("collected: %+v", c)
	}
	if raw, err := json.Marshal(c); err != nil || !strings.Contains(string(raw), `"for":"certificate","incumbent":"a"`) {
		t.Errorf("%s, %v", raw, err)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestOtherDatabase: a SQLite database of another program is not read, and says
// why when it was named.
func TestOtherDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), store.FileName)
	if err := os.WriteFile(path, append([]byte("SQLite format 3\x00"), make([]byte, 4080)...), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), []string{path}, Options{}); err == nil || !strings.Contains(err.Error(), "no format knows it") {
		t.Errorf("%v", err)
	}
}

// TestBrokenRun: a store that was cut off or damaged is an error, and no panic.
func TestBrokenRun(t *testing.T) {
	dir := t.TempDir()
	collectRun(t, dir, store.Options{}, store.Schedule{For: store.ForMatrix})
	path := filepath.Join(dir, store.FileName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{100, 4096, len(whole) / 2, len(whole) - 5000} {
		if err := os.WriteFile(path, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(t.Context(), []string{path}, Options{}); err == nil {
			t.Errorf("%d bytes of %d were read", n, len(whole))
		} else if n == len(whole)/2 {
			t.Log(err)
		}
	}
	for at := 100; at < len(whole); at += 997 {
		bad := slices.Clone(whole)
		for i := at; i < min(at+64, len(bad)); i++ {
			bad[i] ^= 0xa5
		}
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		_, _ = Read(t.Context(), []string{path}, Options{}) // an error or not: no panic
	}
}
