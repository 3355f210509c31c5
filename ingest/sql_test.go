package ingest

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// grades makes a database of SQLite, and gives its URL.
func grades(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grades.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return "sqlite:" + path
}

const everyColumn = `CREATE TABLE outcomes (query, model, verdict, score, attempt, reason, answer, response, prompt, reference, kind,
	options, finish, input_tokens, output_tokens, max_output_tokens, cost_usd, seconds, family, grader, "slice:topic", level)`

// TestDatabaseIsRead: each field of a record comes through, and a database gives
// the set that a file of the same records gives.
func TestDatabaseIsRead(t *testing.T) {
	url := grades(t, everyColumn,
		`INSERT INTO outcomes VALUES ('q1', 'a', 'right', 1, 0, NULL, '7', 'it is 7', 'what?', '7', 'number', 4, 'stop', 10, 20, 30, 0.5, 1.25, 'fam', 'g/1', 'x', 5),
			('q1', 'b', 'no_answer', NULL, NULL, 'refused', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			('q2', 'a', NULL, 0.5, 2, NULL, '', '', '', '', '', 0, '', 0, 0, 0, 0, 0, '', '', '', ''),
			('q2', 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'y', 'high')`)
	lines := `{"query":"q1","model":"a","verdict":"right","score":1,"answer":"7","response":"it is 7","prompt":"what?","reference":"7","kind":"number","options":4,"finish":"stop","input_tokens":10,"output_tokens":20,"max_output_tokens":30,"cost_usd":0.5,"seconds":1.25,"slices":{"level":"5","topic":"x"},"family":"fam","grader":"g/1"}
{"query":"q1","model":"b","verdict":"no_answer","reason":"refused"}
{"query":"q2","model":"a","attempt":2,"score":0.5,"input_tokens":0,"output_tokens":0,"max_output_tokens":0,"cost_usd":0,"seconds":0}
{"query":"q2","model":"b","verdict":"not_run","slices":{"level":"high","topic":"y"}}
`
	w, err := warehouse.Open(t.Context(), warehouse.Source{URL: url, Table: "outcomes", Slices: []string{"level"}, Want: outcome.WantAll})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var got []byte
	if err := w.Records(t.Context(), func(r *outcome.Record) error {
		got = append(r.AppendJSON(got), '\n')
		return nil
	}); err != nil || string(got) != lines {
		t.Errorf("%v\ngot\n%swant\n%s", err, got, lines)
	}

	o := Options{Warehouse: warehouse.Source{Table: "outcomes", Slices: []string{"level"}}}
	fromDatabase, err := Read(t.Context(), []string{url}, o)
	if err != nil {
		t.Fatal(err)
	}
	fromFile, err := Read(t.Context(), []string{filepath.Join(write(t, map[string]string{"a.jsonl": lines}), "a.jsonl")}, o)
	if err != nil {
		t.Fatal(err)
	}
	for attempt := range 3 {
		how := outcome.MatrixOptions{Attempt: attempt}
		if a, b := tableOf(fromDatabase.Set.Matrix(how)), tableOf(fromFile.Set.Matrix(how)); a != b {
			t.Errorf("attempt %d: database\n%sfile\n%s", attempt, a, b)
		}
	}
	in := fromDatabase.Inputs[0]
	if in.Rows != 4 || in.Format != "sql" || len(in.SHA256) != 64 || in.Status != StatusRead || in.Statement.Table != "outcomes" || in.Statement.Engine != "SQLite" {
		t.Errorf("%+v, %+v", in, in.Statement)
	}
	again, err := Read(t.Context(), []string{url}, Options{Warehouse: o.Warehouse, Want: outcome.WantAll})
	if err != nil || again.Inputs[0].SHA256 != in.SHA256 {
		t.Errorf("with the long fields: %v, %s; want the checksum %s", err, again.Inputs[0].SHA256, in.SHA256)
	}
	var sources []string
	if err := fromDatabase.Records(t.Context(), 0, func(r *outcome.Record) error {
		sources = append(sources, strings.TrimSuffix(r.Source, url))
		return nil
	}); err != nil || strings.Join(sources, ",") != "row 1 of ,row 2 of ,row 3 of ,row 4 of " {
		t.Errorf("%v, sources %q", err, sources)
	}
}

// TestDatabaseBesideFiles: a database is one input among others.
func TestDatabaseBesideFiles(t *testing.T) {
	url := grades(t, `CREATE TABLE t (query, model, verdict)`, `INSERT INTO t VALUES ('q1', 'a', 1), ('q2', 'a', 0)`)
	dir := write(t, map[string]string{"b.csv": "query,b\nq1,0\nq2,1\n"})
	res, err := Read(context.Background(), []string{dir, url}, Options{Warehouse: warehouse.Source{Table: "t"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tableOf(res.Set.Matrix(outcome.MatrixOptions{})), "a b\nq1 1 0\nq2 0 1\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestDatabaseRefusals(t *testing.T) {
	for _, c := range []struct {
		name, insert string
		o            Options
		want         string
	}{
		{"conflict", `('q1', 'a', 1), ('q1', 'a', 0)`, Options{}, "two records disagree on 1 cell, first:\n  query q1, model a: "},
		{"conflict's places", `('q1', 'a', 1), ('q1', 'a', 0)`, Options{}, "in row 1 of URL, "},
		{"newest", `('q1', 'a', 1)`, Options{Prefer: outcome.PreferNewest}, "URL: the rows of a database have no order, so none is the newest or the first"},
		{"word", `('q1', 'a', 'perhaps')`, Options{}, `URL: row 1: verdict: "perhaps" is not a verdict (want right, wrong,`},
		{"name", `('q1', NULL, 1)`, Options{}, "row 1 of URL: model: empty; want a name"},
		{"control", "('q\x07', 'a', 1)", Options{}, `row 1 of URL: query: "q\a" contains a control character`},
		{"none", `('q1', 'a', 1)`, Options{Warehouse: warehouse.Source{Table: "t", Where: "false"}}, "URL: no rows"},
		{"no table", `('q1', 'a', 1)`, Options{Warehouse: warehouse.Source{Table: "u"}}, "URL: finding its columns: there is no table u"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := grades(t, `CREATE TABLE t (query, model, verdict)`, `INSERT INTO t VALUES `+c.insert)
			if c.o.Warehouse.Table == "" {
				c.o.Warehouse.Table = "t"
			}
			_, err := Read(t.Context(), []string{url}, c.o)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), url, "URL"), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
