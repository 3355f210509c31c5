package warehouse

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// FuzzNames: tables, columns and values of any spelling are found as what they
// are, or refused; none is ever taken for something else.
func FuzzNames(f *testing.F) {
	for _, s := range []string{`plain`, `a"b`, `"`, `'; DROP TABLE x; --`, `[x]`, "`", `a.b`, `\`, "new\nline", "é", "\x00", "\xff", " ", "rowid", "query", "?1", "%s"} {
		f.Add(s, s, s)
		f.Add("t", s, "m")
	}
	f.Fuzz(func(t *testing.T, table, column, value string) {
		if table == "" || column == "" || strings.ContainsRune(table+column, 0) || strings.HasPrefix(strings.ToLower(table), "sqlite_") {
			t.Skip()
		}
		path := filepath.Join(t.TempDir(), "f.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		other := "other"
		if strings.EqualFold(column, other) {
			other = "another"
		}
		for _, s := range []string{
			"CREATE TABLE victim (x)",
			"CREATE TABLE " + doubleQuoted(table) + " (" + doubleQuoted(column) + ", " + doubleQuoted(other) + ")",
		} {
			if _, err := db.Exec(s); err != nil {
				t.Skip(err) // no name for SQLite itself
			}
		}
		if _, err := db.Exec("INSERT INTO "+doubleQuoted(table)+" VALUES (?, 'right'), (? || 'x', 'wrong')", value, value); err != nil {
			t.Skip(err)
		}
		s := Source{URL: "sqlite:" + path, Table: doubleQuoted(table), Slices: []string{"label"},
			Columns: map[string]string{"query": column, "model": column, "verdict": other, "slice:label": column}}
		p, err := read(t, s, PatternsOptions{Models: nil, Slices: []string{"label"}})
		if bad := outcome.CheckName("model", value); bad != nil {
			if err == nil {
				t.Fatalf("%q was read: %v", value, p.Matrix.Models())
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if m := p.Matrix.Models(); len(m) != 2 || m[0] != value || m[1] != value+"x" || p.Queries != 2 || !p.Matrix.Right(0, 0) && !p.Matrix.Right(0, 1) {
			t.Fatalf("%q of %q in %q: models %q, %d queries", value, column, table, m, p.Queries)
		}
	})
}

// FuzzSingle: what passes the check runs as one statement, even on a connection
// that may write.
func FuzzSingle(f *testing.F) {
	for _, s := range []string{"SELECT 1", "SELECT 1; DROP TABLE victim", "SELECT 1) ; DROP TABLE victim; SELECT (1", "SELECT ';' -- ;", "/* ; */ SELECT 1 ;",
		"SELECT \"a;b\", [c;d], `e;f`", "SELECT 'it''s; '", "SELECT $a$;$a$", "SELECT E'\\';DROP TABLE victim;'", "(SELECT 1", "SELECT 1)", "", ";", "VALUES (1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range dialects {
			if got, err := d.single("query", s); err == nil {
				if again, err := d.single("query", got); err != nil || again != got {
					t.Fatalf("%s: %q passes, and %q not: %v", d.title, s, got, err)
				}
			}
		}
		got, err := sqlite.single("query", s)
		if err != nil {
			return
		}
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE victim (x)"); err != nil {
			t.Fatal(err)
		}
		before := schemaOf(t, db)
		if rows, err := db.QueryContext(context.Background(), "SELECT * FROM (\n"+got+"\n) AS source LIMIT 0"); err == nil {
			rows.Close()
		}
		if after := schemaOf(t, db); after != before {
			t.Fatalf("%q changed the schema: %s", s, after)
		}
	})
}

func schemaOf(t *testing.T, db *sql.DB) string {
	t.Helper()
	var s sql.NullString
	if err := db.QueryRow("SELECT group_concat(name || sql) FROM sqlite_schema").Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s.String
}
