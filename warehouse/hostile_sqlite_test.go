package warehouse

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sqliteFile makes a file of SQLite by these statements and gives its path and
// a connection that may write, which stays open until the test ends.
func sqliteFile(t *testing.T, path string, statements ...string) (string, *sql.DB) {
	t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.TempDir(), path)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return path, db
}

const sqliteGrades = `create table grades (query text, model text, verdict text, score, attempt, time);
	insert into grades values ('a', 'x', 'right', null, null, null), ('a', 'y', 'wrong', null, null, null), ('b', 'x', 'wrong', null, null, null),
		('b', 'y', 'wrong', null, null, null), ('c', 'x', 'right', null, null, null), ('c', 'y', null, null, null, null)`

// still checks afterwards that a file and its folder are as they were.
func still(t *testing.T, path string) {
	t.Helper()
	look := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(list) + string(b)
	}
	before := look()
	t.Cleanup(func() {
		if look() != before {
			t.Errorf("%s or its folder has changed", path)
		}
	})
}

func TestSQLiteNames(t *testing.T) {
	for _, name := range []string{"a b.db", "a?mode=rwc.db", "a#b.db", "a%20b.db", "ä'\".db", "a&_pragma=query_only(0).db", "-x.db", "x;y.db"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			plainPath, db := sqliteFile(t, filepath.Join(folder, "plain.db"), sqliteGrades)
			db.Close()
			path := filepath.Join(folder, name)
			if err := os.Rename(plainPath, path); err != nil {
				t.Fatal(err)
			}
			still(t, path)
			counts(t, Source{URL: "sqlite:" + path, Table: "grades"}, 3, ofGrades)
		})
	}
	folder := t.TempDir()
	for name, words := range map[string]string{"nosuch.db": "no such file", "nosuch.db?mode=rwc": "no such file", "file:x.db?mode=rwc": "no such file", ".": "a folder", "": ""} {
		refused(t, Source{URL: "sqlite:" + filepath.Join(folder, name), Table: "grades"}, words)
	}
	refused(t, Source{URL: "sqlite::memory:", Table: "grades"}, "no such file")
	if list, _ := os.ReadDir(folder); len(list) > 0 {
		t.Errorf("made: %v", list)
	}
}

// TestSQLiteFiles: what is no database, or a damaged one.
func TestSQLiteFiles(t *testing.T) {
	path, db := sqliteFile(t, "good.db", sqliteGrades, "insert into grades select 'q' || value, 'x', 'right', null, null, null from (with recursive n(value) as (select 1 union all select value + 1 from n limit 20000) select value from n)")
	db.Close()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	noise := bytes.Repeat([]byte("\xa5\x5a\x00\xff"), len(good)/4)
	changed := func(from, to int) []byte {
		b := bytes.Clone(good)
		copy(b[from:to], noise)
		return b
	}
	for name, c := range map[string]struct {
		holds []byte
		words string
	}{
		"empty":           {nil, "no table grades"},
		"text":            {[]byte(strings.Repeat("query,model,verdict\n", 100)), "not a file of SQLite"},
		"short":           {good[:50], ""},
		"noise":           {noise, "not a file of SQLite"},
		"header only":     {good[:100], ""},
		"first page":      {good[:4096], ""},
		"half":            {good[:len(good)/2/4096*4096], ""},
		"cut in a page":   {good[:len(good)/2+100], ""},
		"no schema":       {changed(100, 4096), ""},
		"second page":     {changed(4096, 8192), ""},
		"middle":          {changed(len(good)/2/4096*4096, len(good)/2/4096*4096+4096), ""},
		"another version": {append([]byte("SQLite format 4\x00"), good[16:]...), "not a file of SQLite"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			if err := os.WriteFile(path, c.holds, 0o600); err != nil {
				t.Fatal(err)
			}
			still(t, path)
			refused(t, Source{URL: "sqlite:" + path, Table: "grades"}, c.words)
		})
	}
}

func TestSQLiteQueriesThatAreNone(t *testing.T) {
	path, db := sqliteFile(t, "x.db", sqliteGrades, "create table log (at text)")
	db.Close()
	still(t, path)
	other := filepath.Join(t.TempDir(), "other.db")
	for _, c := range []struct{ query, words string }{
		{"select * from grades; drop table grades", "more than one statement"},
		{"select * from grades) as x; drop table grades; --", "parenthesis"},
		{"select * from grades where query = 'a", "quote"},
		{"select * from grades where query = `a", "quote"},
		{"select * from grades where query = [a", "bracket"},
		{"attach '" + other + "' as other", ""},
		{"insert into grades select * from grades returning *", ""},
		{"delete from grades returning *", ""},
		{"update grades set verdict = 'right' returning *", ""},
		{"with g as (delete from grades returning *) select * from g", ""},
		{"pragma writable_schema = 1", ""},
		{"vacuum into '" + other + "'", ""},
		{"select * from grades where load_extension('/tmp/evil.so') is not null", ""},
		{"select * from grades where writefile('" + other + "', 'x') is not null", ""},
		{"select * from grades where readfile('/etc/passwd') is not null", ""},
		{"select * from grades where edit('x') is not null", ""},
		{"select * from grades where query = ?", ""},
		{"select * from grades where query = ?1", ""},
		{"select * from grades where query = :query", ""},
		{"select * from grades where query = @query", ""},
		{"select * from grades where query = $query", ""},
		{`select * from grades where "nosuch" = 'nosuch'`, "nosuch"},
		{"select * from nosuch", "no table nosuch"},
		{"select query, model from grades", "verdict"},
		{strings.Repeat("select * from (", 3000) + "grades" + strings.Repeat(")", 3000), ""},
		{"select * from grades where " + strings.Repeat("(", 100000) + "1" + strings.Repeat(")", 100000), ""},
		{"select zeroblob(2000000000) as query, model, verdict from grades", ""},
		{"select 'a\xff' as query, model, 'wron\xff' as verdict from grades", "verdict"},
	} {
		t.Run(c.query[:min(len(c.query), 50)], func(t *testing.T) {
			refused(t, Source{URL: "sqlite:" + path, Query: c.query, Timeout: 20 * time.Second}, c.words)
		})
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("another file was made")
	}
	refused(t, Source{URL: "sqlite:" + path, Table: `grades" union select 1,2,3 --`}, "no table")
	refused(t, Source{URL: "sqlite:" + path, Table: "grades", Where: `"nosuch" = 'x'`}, "nosuch")
	refused(t, Source{URL: "sqlite:" + path, Table: "grades", Where: `true) or (true`}, "parenthesis")
}

// TestSQLiteValues: any value may stand in any column.
func TestSQLiteValues(t *testing.T) {
	const head = "create table grades (query text, model text, verdict integer, score real, attempt integer, time text);"
	for values, words := range map[string]string{
		"('a', 'x', 'one', null, null, null)":               "one",
		"('a', 'x', 1.5, null, null, null)":                 "1.5",
		"('a', 'x', 2, null, null, null)":                   "2",
		"('a', 'x', x'01', null, null, null)":               "verdict",
		"('a', 'x', null, 'good', null, null)":              "good",
		"('a', 'x', null, 9e999, null, null)":               "score",
		"('a', 'x', null, -9e999, null, null)":              "score",
		"('a', 'x', null, 1.0000001, null, null)":           "score",
		"('a', 'x', null, x'3f', null, null)":               "score",
		"('a', 'x', 1, null, 'first', null)":                "first",
		"('a', 'x', 1, null, 0.5, null)":                    "0.5",
		"('a', 'x', 1, null, -1, null)":                     "-1",
		"('a', 'x', 1, null, 9223372036854775807, null)":    "attempt",
		"(x'61', 'x', 1, null, null, null)":                 "blob",
		"('a', x'78', 1, null, null, null)":                 "blob",
		"('a', null, 1, null, null, null)":                  "no model",
		"(null, 'x', 1, null, null, null)":                  "no query",
		"('', 'x', 1, null, null, null)":                    "no query",
		"('a', 'x' || char(0) || 'y', 1, null, null, null)": "",
		"('a', char(27), 1, null, null, null)":              "control character",
		"('a', 'x', zeroblob(10000000), null, null, null)":  "verdict",
	} {
		t.Run(values, func(t *testing.T) {
			path, db := sqliteFile(t, "x.db", head, "insert into grades values ('b', 'x', 1, null, 0, null), "+values)
			db.Close()
			refused(t, Source{URL: "sqlite:" + path, Table: "grades"}, words)
		})
	}
	path, db := sqliteFile(t, "x.db", `create table grades (query, model, verdict, score real, attempt integer, time);
		insert into grades values (1, 'x', 1, null, '0', 1), ('1', 'x', '1', null, 0, 2), (2, 'x', 'true', null, null, 3), (3, 'x', true, null, null, 4), ('4', 'x', null, '1', null, 5), ('5', 'x', null, '0.5', null, 6), ('6', 'x', 0, null, '1', 7), ('01', 'x', 0, null, null, 8), (x'61' || 'b', 'X', 1, null, null, 9)`)
	db.Close()
	counts(t, Source{URL: "sqlite:" + path, Table: "grades"}, 8, map[string]string{"x": "4/6", "X": "1/1"})
	refused(t, Source{URL: "sqlite:" + path, Table: "grades", Since: "2026-01-01"}, "time")
	path, db = sqliteFile(t, "nocase.db", `create table grades (query text collate nocase, model text collate rtrim, verdict text collate nocase);
		insert into grades values ('a', 'x', 'right'), ('A', 'x', 'wrong'), ('a', 'x ', 'wrong')`)
	db.Close()
	counts(t, Source{URL: "sqlite:" + path, Table: "grades"}, 2, map[string]string{"x": "1/2", "x ": "0/1"})
}

// TestSQLiteInUse: a file that another writes to is read as it was committed.
func TestSQLiteInUse(t *testing.T) {
	path, db := sqliteFile(t, "x.db", "pragma journal_mode = wal", sqliteGrades)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("insert into grades (query, model, verdict) values ('d', 'x', 'right')"); err != nil {
		t.Fatal(err)
	}
	s := Source{URL: "sqlite:" + path, Table: "grades"}
	counts(t, s, 3, ofGrades)
	w, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Profile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int64{3, 4} {
		p, err := w.Patterns(t.Context(), PatternsOptions{})
		if err != nil || p.Queries != want {
			t.Errorf("%v queries, %v; want %d", p, err, want)
		}
		w.Refresh()
	}
}

// TestSQLiteEndless: a statement that would never end is ended.
func TestSQLiteEndless(t *testing.T) {
	path, db := sqliteFile(t, "x.db", sqliteGrades)
	db.Close()
	for _, query := range []string{
		"with recursive n(v) as (select 1 union all select v + 1 from n) select 'q' as query, 'x' as model, 'right' as verdict from n",
		"with recursive n(v) as (select 1 union all select v + 1 from n) select 'q' || v as query, 'x' as model, 'right' as verdict from n where v < 0",
	} {
		start := time.Now()
		refused(t, Source{URL: "sqlite:" + path, Query: query, Timeout: 300 * time.Millisecond}, "time-out")
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	}
	refused(t, Source{URL: "sqlite:" + path, Query: "with recursive n(v) as (select 1 union all select v + 1 from n limit 200000) select 'q' as query, 'm' || v as model, 1 as verdict from n"}, "more than 10000 models")
}

// TestSampleWithoutIDs: rows without a query are told of, though no sample can
// contain them, and rows outside of a window are not drawn.
func TestSampleWithoutIDs(t *testing.T) {
	path, db := sqliteFile(t, "grades.db", sqliteGrades, `update grades set time = '2026-01-01'; insert into grades values ('d', 'x', 'right', null, null, '2027-01-01'), ('d', 'y', 'right', null, null, '2027-01-01')`)
	source := Source{URL: "sqlite:" + path, Table: "grades", Sample: 100, Before: "2026-06-01"}
	patterns := func() (*Patterns, error) {
		w, err := Open(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		return w.Patterns(t.Context(), PatternsOptions{})
	}
	p, err := patterns()
	if err != nil || p.Queries != 3 || p.Rows != 6 {
		t.Fatalf("%v, %+v: want 6 rows of 3 queries", err, p)
	}
	for _, id := range []string{"null", "''"} {
		if _, err := db.Exec("insert into grades values (" + id + ", 'x', 'right', null, null, '2026-01-01')"); err != nil {
			t.Fatal(err)
		}
		if _, err := patterns(); err == nil || !strings.Contains(err.Error(), "1 row has no query") {
			t.Errorf("%s: %v, want that a row has no query", id, err)
		}
		if _, err := db.Exec("delete from grades where query is null or query = ''"); err != nil {
			t.Fatal(err)
		}
	}
	source.Sample = -1
	if _, err := Open(t.Context(), source); err == nil || !strings.Contains(err.Error(), "sample: -1") {
		t.Errorf("%v: want that the sample is refused", err)
	}
}
