package feed

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// A table whose rows come late, tie and are changed: each is handed on once.
func TestDatabase(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "w.db")
		followTable(t, "sqlite", path, "sqlite:"+path, "text")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		url := pgtest.New(t)
		followTable(t, "pgx", url, url, "timestamptz")
	})
}

func followTable(t *testing.T, driver, name, url, moment string) {
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE results (query text, model text, verdict text, time " + moment + ")")
	layout := time.DateTime // SQLite keeps text; UTC is meant
	if moment != "text" {
		layout = time.RFC3339
	}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	insert := func(query string, after time.Duration) {
		t.Helper()
		exec("INSERT INTO results VALUES ($1, 'a', 'right', $2)", query, start.Add(after).Format(layout))
	}
	insert("z-old", -72*time.Hour)
	insert("a-new", -2*time.Second)
	insert("b-new", -2*time.Second)

	ctx := context.Background()
	source := warehouse.Source{URL: url, Table: "results"}
	open := func(s warehouse.Source, from Place, now time.Duration) *Database {
		t.Helper()
		d, err := OpenDatabase(ctx, s, 10*time.Second, from)
		if err != nil {
			t.Fatal(err)
		}
		d.now = func() time.Time { return start.Add(now) }
		return d
	}
	d := open(source, Place{}, 0)
	want(t, "all there is", read(t, d), "z-old a-new b-new")
	want(t, "nothing new", read(t, d), "")
	insert("a-late", -2*time.Second) // the same moment, seen later
	insert("later", 3*time.Second)
	insert("future", time.Hour)
	d.now = func() time.Time { return start.Add(5 * time.Second) }
	want(t, "ties and late rows", read(t, d), "a-late later")

	raw, err := json.Marshal(d.Place())
	if err != nil {
		t.Fatal(err)
	}
	var place Place
	if err := json.Unmarshal(raw, &place); err != nil {
		t.Fatal(err)
	}
	exec("UPDATE results SET verdict = 'wrong' WHERE query = 'later'")
	insert("too-late", -30*time.Second)
	d = open(source, place, 6*time.Second)
	want(t, "after a restart, a changed verdict comes again", read(t, d), "later")
	d.now = func() time.Time { return start.Add(2 * time.Hour) }
	want(t, "after two hours", read(t, d), "future")
	if n := len(d.Place().Rows); n != 0 {
		t.Errorf("%d rows are remembered of a stretch without any", n)
	}
	names, err := d.Models(ctx)
	if err != nil || strings.Join(names, " ") != "a" {
		t.Errorf("models %v, %v", names, err)
	}

	source.Since = "2026-02-26"
	want(t, "since a day, day by day", read(t, open(source, Place{}, 0)), "z-old too-late a-late a-new b-new")
	d.Rewind(place)
	d.now = func() time.Time { return start.Add(6 * time.Second) }
	want(t, "rewound", read(t, d), "later")

	exec("INSERT INTO results VALUES ('odd', 'a', 'perhaps', $1)", start.Add(5*time.Second).Format(layout))
	d.Rewind(place)
	if err := d.Read(ctx, func(*outcome.Record) error { return nil }); err == nil || !strings.Contains(err.Error(), "perhaps") {
		t.Errorf("a verdict that is none: %v", err)
	}
	if _, err := OpenDatabase(ctx, warehouse.Source{URL: url, Query: "SELECT query, model, verdict FROM results"}, time.Second, Place{}); err == nil || !strings.Contains(err.Error(), "time") {
		t.Errorf("without a column of time: %v", err)
	}
}
