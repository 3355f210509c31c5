package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/parquet-go/parquet-go"
	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/warehouse"
)

// row is an outcome as a table holds it: what is NULL is absent.
type row struct {
	query, model string
	verdict      any // text or nil
	topic        any
	attempt      int
}

// messyRows are outcomes with queries that some models lack, failures to run,
// answers that are none, rows that repeat others, and queries without a topic. Of
// several attempts the last model has one more, sometimes.
func messyRows(seed uint64, attempts int) []row {
	r := rand.New(rand.NewPCG(seed, 10))
	var rows []row
	for q := range 600 {
		topic := any([]string{"", "law", "maths", "O'Neill; drop"}[r.IntN(4)])
		if topic == "" {
			topic = nil
		}
		hard := r.Float64()
		for m := range 6 {
			tried := attempts
			if attempts > 1 && m == 5 && q%5 == 0 {
				tried++
			}
			for a := range tried {
				o := row{fmt.Sprintf("q%d \"x\" é", q), fmt.Sprintf("model-%d", m), "wrong", topic, a}
				switch u := r.Float64(); {
				case u < 0.01:
					continue
				case u < 0.02:
					o.verdict = nil
				case u < 0.05:
					o.verdict = "no_answer"
				case r.Float64() > hard-0.04*float64(m):
					o.verdict = "right"
				}
				rows = append(rows, o)
				if r.IntN(30) == 0 {
					rows = append(rows, o)
				}
			}
		}
	}
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

// asJSONL writes rows in our own format, where NULL is not run.
func asJSONL(t *testing.T, path string, rows []row) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, o := range rows {
		line := map[string]any{"query": o.query, "model": o.model, "verdict": o.verdict, "attempt": o.attempt}
		if o.verdict == nil {
			line["verdict"] = "not_run"
		}
		if o.topic != nil {
			line["slices"] = map[string]any{"topic": o.topic}
		}
		if err := e.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// asParquet writes rows as they are.
func asParquet(t *testing.T, path string, rows []row) {
	t.Helper()
	type line struct {
		Query   string  `parquet:"query"`
		Model   string  `parquet:"model"`
		Verdict *string `parquet:"verdict,optional"`
		Topic   *string `parquet:"topic,optional"`
		Attempt int64   `parquet:"attempt"`
	}
	text := func(v any) *string {
		if s, ok := v.(string); ok {
			return &s
		}
		return nil
	}
	lines := make([]line, len(rows))
	for i, o := range rows {
		lines[i] = line{o.query, o.model, text(o.verdict), text(o.topic), int64(o.attempt)}
	}
	if err := parquet.WriteFile(path, lines); err != nil {
		t.Fatal(err)
	}
}

// asTable puts rows into a table.
func asTable(t *testing.T, driver, source, place string, rows []row) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string, args ...any) {
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE outcomes (query text, model text, verdict text, topic text, attempt int)")
	for len(rows) > 0 {
		n := min(500, len(rows))
		var values []string
		var args []any
		for i, o := range rows[:n] {
			var places []string
			for k := range 5 {
				places = append(places, fmt.Sprintf(place, 5*i+k+1))
			}
			values = append(values, "("+strings.Join(places, ", ")+")")
			args = append(args, o.query, o.model, o.verdict, o.topic, o.attempt)
		}
		exec("INSERT INTO outcomes VALUES "+strings.Join(values, ", "), args...)
		rows = rows[n:]
	}
}

// certificateOf runs the program and gives what it printed, without where it came from.
func certificateOf(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), append([]string{"certify", "--json"}, args...), strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("certify %q: status %d: %s", args, code, errs.String())
	}
	var doc map[string]any
	d := json.NewDecoder(&out)
	d.UseNumber() // as it is written, to the last bit
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"inputs", "paths", "digests"} {
		if doc[where] == nil {
			t.Fatalf("certify %q: no %s", args, where)
		}
		delete(doc, where)
	}
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDatabasesCertifyAsFilesDo: the same rows as a file, as Parquet, in SQLite
// and in PostgreSQL give one certificate, to the last bit.
func TestDatabasesCertifyAsFilesDo(t *testing.T) {
	mix := filepath.Join(t.TempDir(), "mix.json")
	if err := os.WriteFile(mix, []byte(`{"": 1, "law": 3, "maths": 2, "O'Neill; drop": 0.5}`), 0o666); err != nil {
		t.Fatal(err)
	}
	for attempts, options := range map[int][][]string{
		1: {
			{},
			{"--incumbent", "model-2", "--overhead", "0.02"},
			{"--missing", "bounds"},
			{"--no-answer", "missing", "--exclude", "model-5"},
			{"--slice", "topic", "--seed", "3"},
			{"--slice", "topic", "--weights", mix, "--seed", "7"},
			{"--method", "split", "--seed", "2"},
			{"--method", "anytime", "--models", "model-?"},
			{"--method", "scores"},
		},
		2: {
			{},
			{"--attempts", "all"},
			{"--attempts", "all", "--incumbent", "model-2", "--seed", "4", "--method", "scores"},
			{"--attempts", "all", "--models", "model-0", "--models", "model-5"},
			{"--exclude", "model-5", "--no-answer", "missing"},
			{"--slice", "topic", "--seed", "3"},
			{"--missing", "bounds"},
		},
	} {
		dir := t.TempDir()
		rows := messyRows(uint64(attempts), attempts)
		file, columns, lite := filepath.Join(dir, "rows.jsonl"), filepath.Join(dir, "rows.parquet"), filepath.Join(dir, "rows.db")
		asJSONL(t, file, rows)
		asParquet(t, columns, rows)
		asTable(t, "sqlite", lite, "?%d", rows)
		server := pgtest.New(t)
		asTable(t, "pgx", server, "$%d", rows)
		sources := [][]string{{columns}, {"sqlite:" + lite, "--table", "outcomes"}, {server, "--table", "outcomes"},
			{server, "--query", "SELECT model AS who, query, topic, verdict AS \"is right\", attempt FROM outcomes WHERE true -- all", "--column", "model=who", "--column", "verdict=is right"}}
		for _, o := range options {
			want := certificateOf(t, append([]string{file}, o...)...)
			for _, source := range sources {
				if got := certificateOf(t, slices.Concat(source, o)...); got != want {
					t.Errorf("%d attempts, %q: %q differs:\n%s", attempts, o, source, parting(want, got))
				}
			}
		}
	}
}

// TestDatabaseCountsAttempts: what is asked of several attempts is counted in the
// engine, too; rows are read where they are too many to tell apart.
func TestDatabaseCountsAttempts(t *testing.T) {
	lite := filepath.Join(t.TempDir(), "rows.db")
	asTable(t, "sqlite", lite, "?%d", messyRows(2, 2))
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	cmd.SetErr(io.Discard)
	for _, rule := range []certify.AttemptRule{certify.AttemptsFirst, certify.AttemptsAll} {
		for attempts, exclude := range map[int][]string{3: nil, 2: {"model-5"}} {
			o := certifyOptions{Attempts: rule, Method: map[certify.AttemptRule]certify.Method{certify.AttemptsAll: certify.Scores}[rule]}
			o.Reading = reading{Exclude: exclude, NoAnswer: "wrong", Prefer: "none", ScoreThreshold: 1, database: database{offered: true, source: warehouse.Source{Table: "outcomes"}}}
			c, err := o.count(cmd, []string{"sqlite:" + lite})
			if err != nil || c == nil {
				t.Fatalf("%s, without %q: not counted: %v", rule, exclude, err)
			}
			if len(c.Attempts) != attempts {
				t.Errorf("%s, without %q: %d attempts, want %d", rule, exclude, len(c.Attempts), attempts)
			}
			c.close()
		}
	}
	db, err := sql.Open("sqlite", lite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO outcomes (query, model, verdict, attempt) VALUES ('q', 'model-1', 'right', 9999)"); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.SetErr(&said)
	o := certifyOptions{Reading: reading{NoAnswer: "wrong", Prefer: "none", ScoreThreshold: 1, database: database{offered: true, source: warehouse.Source{Table: "outcomes"}}}}
	if c, err := o.count(cmd, []string{"sqlite:" + lite}); c != nil || err != nil {
		t.Fatalf("10,000 attempts: counted %v, %v", c, err)
	}
	if !strings.HasSuffix(said.String(), ": too many patterns of verdicts to hold: 10,000 attempts of 6 models; reading row by row instead\n") {
		t.Errorf("said %q", said.String())
	}
}

// parting shows where two texts part.
func parting(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-3)
			return fmt.Sprintf("want …%s\ngot  …%s", strings.Join(a[from:min(i+3, len(a))], "\n"), strings.Join(b[from:min(i+3, len(b))], "\n"))
		}
	}
	return fmt.Sprintf("%d and %d lines", len(a), len(b))
}

// TestDatabaseVerifies: a certificate of a database says what was read, verifies
// against it, and no longer once a verdict has changed.
func TestDatabaseVerifies(t *testing.T) {
	dir := t.TempDir()
	lite, file := filepath.Join(dir, "rows.db"), filepath.Join(dir, "certificate.json")
	asTable(t, "sqlite", lite, "?%d", messyRows(5, 1))
	verify := func(want int) string {
		t.Helper()
		var out bytes.Buffer
		if code := run(context.Background(), []string{"verify", file}, strings.NewReader(""), &out, &out); code != want {
			t.Fatalf("verify: status %d, want %d: %s", code, want, out.String())
		}
		return out.String()
	}
	var out bytes.Buffer
	args := []string{"certify", "sqlite:" + lite, "--query", "select * from outcomes where model <> 'model-3'", "--column", "slice:subject=topic", "--slice", "subject", "-o", file}
	if code := run(context.Background(), args, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("certify: status %d: %s", code, out.String())
	}
	verify(0)
	db, err := sql.Open("sqlite", lite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE outcomes SET verdict = 'right' WHERE query IN (SELECT query FROM outcomes WHERE model = 'model-1' AND verdict = 'wrong' LIMIT 1) AND model = 'model-1'"); err != nil {
		t.Fatal(err)
	}
	if said := verify(3); !strings.Contains(said, "sqlite:"+lite) {
		t.Errorf("verify does not name the database:\n%s", said)
	}
}

// TestDatabaseSamples: engines draw the same queries, a certificate of them is
// that of their rows as a file, and it verifies.
func TestDatabaseSamples(t *testing.T) {
	dir := t.TempDir()
	rows := messyRows(8, 2)
	lite, server, file := filepath.Join(dir, "rows.db"), pgtest.New(t), filepath.Join(dir, "sample.jsonl")
	asTable(t, "sqlite", lite, "?%d", rows)
	asTable(t, "pgx", server, "$%d", rows)
	sample := []string{"--table", "outcomes", "--sample", "150", "--label", "topic"}
	of := func(source string, more ...string) map[string]any {
		var doc map[string]any
		if err := json.Unmarshal([]byte(certificateOf(t, slices.Concat([]string{source}, more, []string{"--slice", "topic"})...)), &doc); err != nil {
			t.Fatal(err)
		}
		delete(doc, "warnings") // a file that was converted repeats nothing
		delete(doc, "options")
		return doc
	}
	var out bytes.Buffer
	if code := run(context.Background(), slices.Concat([]string{"convert", "sqlite:" + lite, "-o", file}, sample), strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("convert: status %d: %s", code, out.String())
	}
	want := of(file)
	for _, source := range []string{"sqlite:" + lite, server} {
		if got := of(source, sample...); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: a sample certifies otherwise than its rows:\n%v\nwant\n%v", source, got, want)
		}
	}
	certificate := filepath.Join(dir, "certificate.json")
	for _, args := range [][]string{slices.Concat([]string{"certify", "sqlite:" + lite, "-o", certificate}, sample), {"verify", certificate}} {
		if code := run(context.Background(), args, strings.NewReader(""), &out, &out); code != 0 {
			t.Errorf("%q: status %d: %s", args, code, out.String())
		}
	}
	for _, args := range [][]string{{"certify", file, "--sample", "5"}, {"certify", "sqlite:" + lite, "--table", "outcomes", "--sample", "-5"}, {"watch", "sqlite:" + lite, "--table", "outcomes", "--sample", "5", "--beta", "0.1", "--once"}} {
		if code := run(context.Background(), args, strings.NewReader(""), &out, &out); code != 2 {
			t.Errorf("%q: status %d, want 2: %s", args, code, out.String())
		}
	}
}
