package ingest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Every record comes as it is read: equal, contradicting and ungraded ones too.
func TestStream(t *testing.T) {
	dir := write(t, map[string]string{
		"a.jsonl": `{"query":"q1","model":"m","verdict":"right","response":"It is 2.","reference":"2","kind":"number","slices":{"level":"1"}}
{"query":"q1","model":"m","verdict":"wrong","response":"It is 3."}
{"query":"q2","model":"m","response":"Four","reference":"4"}
{"query":"q2","model":"other","score":0.5}
`,
		"b.csv":    "query,slice:level,m,n\nq3,5,1,\nq4,,0.25,0\n",
		"notes.md": "nothing",
	})
	var got []string
	visit := func(r *outcome.Record) error {
		line := fmt.Sprintf("%s %s %s %q %q", r.Query, r.Model, r.Verdict, r.Response, r.Reference)
		if r.Score != nil {
			line += fmt.Sprint(" ", *r.Score)
		}
		got = append(got, line+" "+r.Slices["level"]+" "+strings.TrimPrefix(r.Source, dir+string(filepath.Separator)))
		return nil
	}
	o := Options{Want: outcome.WantAll, Keep: func(model string) bool { return model != "other" }}
	result, err := Stream(context.Background(), []string{dir}, o, visit)
	if err != nil {
		t.Fatal(err)
	}
	want := `q1 m right "It is 2." "2" 1 a.jsonl:1
q1 m wrong "It is 3." ""  a.jsonl:2
q2 m  "Four" "4"  a.jsonl:3
q3 m right "" "" 5 b.csv:2
q4 m wrong "" "" 0.25  b.csv:3
q4 n wrong "" ""  b.csv:3`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if in := result.Inputs; len(in) != 3 || in[0].Rows != 4 || in[1].Rows != 3 || in[2].Status != StatusSkipped {
		t.Errorf("inputs %+v", in)
	}
	if _, err := Read(context.Background(), []string{filepath.Join(dir, "a.jsonl")}, Options{}); err == nil || !strings.Contains(err.Error(), "a.jsonl:3: neither verdict nor score is given") {
		t.Errorf("ungraded in a set: %v", err)
	}
}

// A stream of its own is as good as a file, a stated rate is held against the
// rows, and what is wrong with a line is said with its place.
func TestStreamChecks(t *testing.T) {
	none := func(*outcome.Record) error { return nil }
	for doc, want := range map[string]string{
		`{"query":"q","model":"m","score":2}`:                       "line 1: score: 2 is outside [0, 1]",
		"{\"query\":\"q\",\"model\":\"m\"}\n{\"query\":\"q\"}":      "line 2: model: missing or empty",
		`{"query":"q","model":"m","attempt":10000}`:                 "line 1: attempt: 10000 is outside",
		`{"query":"q","model":"m\u0007","verdict":"right"}`:         "control character",
		`{"query":"q","model":"m","verdict":"right","score":0}`:     "contradicts",
		`{"query":"q","model":"m","response":"x","verdict":"none"}`: "verdict",
	} {
		if _, err := Stream(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(doc)}, none); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", doc, err, want)
		}
	}
	dir := write(t, map[string]string{"m/law_result.json": smallMMLU})
	if _, err := Stream(context.Background(), []string{dir}, Options{Metrics: []string{"nosuch"}}, none); err == nil {
		t.Error("a metric that no file has was taken")
	}
	if _, err := Stream(context.Background(), []string{t.TempDir()}, Options{}, none); err == nil || !strings.Contains(err.Error(), "nothing to read") {
		t.Errorf("an empty folder: %v", err)
	}
}

// An error of the caller ends the reading at once, and is given as it is.
func TestVisitError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.jsonl")
	writeRecords(t, path, 3, 5000)
	full := errors.New("the disk is full")
	calls := 0
	visit := func(*outcome.Record) error { calls++; return full }
	if _, err := Stream(context.Background(), []string{path}, Options{}, visit); err != full || calls != 1 {
		t.Errorf("Stream: %v after %d calls", err, calls)
	}
	calls = 0
	if _, err := Records(context.Background(), []string{path}, Options{}, visit); err != full || calls != 1 {
		t.Errorf("Records: %v after %d calls", err, calls)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Stream(ctx, []string{path}, Options{}, func(*outcome.Record) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// Records can be asked for after the set is known.
func TestRecordsOfResult(t *testing.T) {
	dir := write(t, map[string]string{"a.jsonl": lines3})
	result, err := Read(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		n := 0
		if err := result.Records(context.Background(), outcome.WantAll, func(*outcome.Record) error { n++; return nil }); err != nil || n != 3 {
			t.Errorf("%d records, %v", n, err)
		}
	}
	result, err = Read(context.Background(), []string{"-"}, Options{Stdin: strings.NewReader(lines3)})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Records(context.Background(), 0, func(*outcome.Record) error { return nil }); err == nil || !strings.Contains(err.Error(), "cannot be read twice") {
		t.Errorf("a stream: %v", err)
	}
}
