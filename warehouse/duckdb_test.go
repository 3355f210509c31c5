//go:build duckdb

package warehouse_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/warehouse"
)

// TestDuckDBPatterns: DuckDB gives what a file of the same rows gives, from a
// file of its own.
func TestDuckDBPatterns(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			rows := s.rows(rand.New(rand.NewPCG(5, 0)))
			want, err := ingest.Read(context.Background(), []string{file(t, s.told(rows))}, ingest.Options{Prefer: s.prefer, ScoreThreshold: s.threshold})
			if err != nil {
				t.Fatal(err)
			}
			got, other := s.compare(t, want.Set, rows, s.duckdb(t, rows)), s.compare(t, want.Set, rows, s.table(t, "sqlite", rows))
			if got != other {
				t.Errorf("digest %s; that of SQLite is %s", got, other)
			}
		})
	}
}

func (s shape) duckdb(t *testing.T, rows []row) string {
	t.Helper()
	dir := t.TempDir()
	s.parquet(t, filepath.Join(dir, "rows"), rows)
	path := filepath.Join(dir, "it's.duckdb")
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	id := "query AS query"
	if s.ids == "uuid" {
		id = "CAST(query AS UUID) AS query"
	}
	if _, err := db.Exec("CREATE TABLE outcomes AS SELECT * REPLACE (" + id + ") FROM read_parquet(" + sqlText(dir+"/rows/*.parquet") + ")"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return "duckdb:" + path
}

// TestDuckDBReadsFolders: a query in memory reads Parquet, with its folders.
func TestDuckDBReadsFolders(t *testing.T) {
	s := shapes[0]
	rows := s.rows(rand.New(rand.NewPCG(5, 0)))
	dir := t.TempDir()
	s.parquet(t, filepath.Join(dir, "day=2026-01-31"), rows)
	w, err := warehouse.Open(context.Background(), warehouse.Source{URL: "duckdb:", Query: "select * from read_parquet(" + sqlText(dir+"/**/*.parquet") + ", hive_partitioning = true)"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p, err := w.Patterns(context.Background(), warehouse.PatternsOptions{Slices: []string{"day"}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows != int64(len(rows)) || p.Matrix.Label("day", 0) != "2026-01-31" {
		t.Errorf("%d rows of day %q, want %d", p.Rows, p.Matrix.Label("day", 0), len(rows))
	}
}

func TestDuckDBRefusals(t *testing.T) {
	ctx := context.Background()
	s := shapes[0]
	url := s.duckdb(t, s.rows(rand.New(rand.NewPCG(5, 0))))
	dir := t.TempDir()
	for _, c := range []struct {
		source warehouse.Source
		want   string
	}{
		{warehouse.Source{URL: "duckdb:" + dir, Table: "t"}, "a folder of Parquet is read as it is"},
		{warehouse.Source{URL: "duckdb:" + dir + "/none", Table: "t"}, "no such file"},
		{warehouse.Source{URL: url, Table: "none"}, "look at the names"},
		{warehouse.Source{URL: url, Query: "selec 1"}, "DuckDB refuses the statement"},
		{warehouse.Source{URL: url, Query: "select 1; drop table outcomes"}, "more than one statement"},
		{warehouse.Source{URL: "duckdb:", Query: "select 'q' as query, 'm' as model, 'nan'::double as score"}, "a score that is not a number in [0, 1]"},
		{warehouse.Source{URL: "duckdb:", Query: "select 'q' as query, 'm' as model, 'perhaps' as verdict"}, `no verdict, such as "perhaps"`},
		{warehouse.Source{URL: "duckdb:", Query: "select 'q' as query, 'm' as model, true as verdict, 18446744073709551615::ubigint as attempt"}, "an attempt that is not"},
		{warehouse.Source{URL: "duckdb:", Timeout: time.Second, Query: "select (a.x * b.x)::varchar as query, 'm' as model, true as verdict from range(1000000) a(x), range(1000000) b(x)"}, "longer than the time-out"},
	} {
		w, err := warehouse.Open(ctx, c.source)
		if err == nil {
			_, err = w.Patterns(ctx, warehouse.PatternsOptions{})
			w.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.source, err, c.want)
		}
	}
}

func TestDuckDBTypes(t *testing.T) {
	ctx := context.Background()
	for kind, c := range map[string]struct{ value, want string }{
		"enum": {"'b'::ENUM('a', 'b')", "b"}, "hugeint": {"170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"},
		"date": {"date '2026-01-31'", "2026-01-31"}, "boolean": {"true", "true"}, "uuid": {"'12151fd2-7586-11e9-8f9e-2a86e4085a59'::uuid", "12151fd2-7586-11e9-8f9e-2a86e4085a59"},
	} {
		w, err := warehouse.Open(ctx, warehouse.Source{URL: "duckdb:", Query: "select 'q' as query, 'm' as model, true as verdict, " + c.value + " as subject"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		p, err := w.Patterns(ctx, warehouse.PatternsOptions{Slices: []string{"subject"}})
		if err != nil || p.Matrix.Label("subject", 0) != c.want {
			t.Errorf("%s: %v, %v; want %s", kind, p, err, c.want)
		}
		w.Close()
	}
	for kind, expr := range map[string]string{"date": "date '2026-01-01' + x::int", "timestamp": "timestamp '2026-01-01' + x * interval 1 day", "ns": "(timestamp '2026-01-01' + x * interval 1 day)::timestamp_ns"} {
		w, err := warehouse.Open(ctx, warehouse.Source{URL: "duckdb:", Query: fmt.Sprintf("select x as query, 'm' as model, true as verdict, %s as time from range(1, 5) t(x)", expr), Since: "2026-01-03", Before: "2026-01-05"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if p, err := w.Patterns(ctx, warehouse.PatternsOptions{}); err != nil || p.Queries != 2 {
			t.Errorf("%s: %v, %+v; want 2 queries", kind, err, p)
		}
		w.Close()
	}
}
