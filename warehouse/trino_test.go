package warehouse_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/trinodb/trino-go-client/trino"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// cluster gives the URL of the Trino that scripts/trino.sh runs, without schema,
// the folder that it reads, and a way to create tables.
func cluster(t *testing.T) (base, folder string, db *sql.DB) {
	t.Helper()
	at := os.Getenv("ALLWRONG_TRINO")
	if at == "" {
		t.Skip("no Trino runs: scripts/trino.sh starts one")
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	db, err = sql.Open("trino", "http://"+u.User.String()+"@"+u.Host+"?catalog=files")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return "trino://" + u.User.String() + "@" + u.Host + "/files/", os.Getenv("ALLWRONG_TRINO_FILES"), db
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s\n%v", statement, err)
	}
}

// trino makes a table of the rows in a schema of its own, over a folder of Parquet.
func (s shape) trino(t *testing.T, number int, rows []row) string {
	base, folder, db := cluster(t)
	schema := fmt.Sprintf("shape%d", number)
	s.parquet(t, filepath.Join(folder, schema), rows)
	names, types := s.parquetColumns()
	var create []string
	for _, name := range names {
		typ := map[string]string{"STRING": "varchar", "BOOLEAN": "boolean", "DOUBLE": "double", "INT(32,true)": "integer", "INT(64,true)": "bigint"}[types[name].Type().String()]
		if name == "query" && s.ids == "bpchar" {
			typ = "char(12)"
		}
		create = append(create, `"`+name+`" `+typ)
	}
	run(t, db, "CREATE SCHEMA IF NOT EXISTS files."+schema)
	run(t, db, "CREATE TABLE files."+schema+".outcomes ("+strings.Join(create, ", ")+") WITH (external_location = "+sqlText("local:///"+schema)+", format = 'PARQUET')")
	return base + schema
}

// TestTrinoPatterns: Trino gives what a file of the same rows gives.
func TestTrinoPatterns(t *testing.T) {
	cluster(t)
	for n, s := range shapes {
		if strings.HasPrefix(s.name, "200") && testing.Short() {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			rows := s.rows(rand.New(rand.NewPCG(5, 0)))
			want, err := ingest.Read(context.Background(), []string{file(t, s.told(rows))}, ingest.Options{Prefer: s.prefer, ScoreThreshold: s.threshold})
			if err != nil {
				t.Fatal(err)
			}
			got, other := s.compare(t, want.Set, rows, s.trino(t, n, rows)), s.compare(t, want.Set, rows, s.table(t, "sqlite", rows))
			if got != other {
				t.Errorf("digest %s; that of SQLite is %s", got, other)
			}
		})
	}
}

// TestTrinoRefusals: what is wrong is said in a sentence, and soon.
func TestTrinoRefusals(t *testing.T) {
	base, _, _ := cluster(t)
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		source warehouse.Source
		want   string
	}{
		{"no table", warehouse.Source{URL: base + "default", Table: "nosuch"}, "does not exist: write the name as the catalogue does"},
		{"no catalog", warehouse.Source{URL: strings.Replace(base, "/files/", "/nosuch/", 1) + "default", Table: "t"}, "write the name as the catalogue does"},
		{"syntax", warehouse.Source{URL: base + "default", Query: "selec 1"}, "the server cannot read the statement: line"},
		{"division", warehouse.Source{URL: base + "default", Query: "select cast(1 / (x - 1) as varchar) as query, 'm' as model, 'right' as verdict from unnest(sequence(1, 2)) t(x)"}, "Division by zero"},
		{"writing", warehouse.Source{URL: base + "default", Query: "create table t as select 1"}, "the server cannot read the statement"},
		{"two statements", warehouse.Source{URL: base + "default", Query: "select 1; drop table outcomes"}, "more than one statement"},
		{"no TLS", warehouse.Source{URL: strings.Replace(base, "trino://", "trino+https://", 1) + "default", Table: "t"}, "does not speak TLS there"},
		{"nobody there", warehouse.Source{URL: "trino://x@127.0.0.1:1/files/default", Table: "t"}, "no server answers at 127.0.0.1:1"},
		{"time-out", warehouse.Source{URL: base + "default", Timeout: 2 * time.Second,
			Query: "select cast(a.x * b.x as varchar) as query, 'm' as model, 'right' as verdict from unnest(sequence(1, 10000)) a(x) cross join unnest(sequence(1, 10000)) b(x)"}, "longer than the time-out"},
		{"type", warehouse.Source{URL: base + "default", Query: "select array[1] as query, 'm' as model, 'right' as verdict"}, `column "query" is of type array`},
		{"word", warehouse.Source{URL: base + "default", Query: "select 'q' as query, 'm' as model, 'perhaps' as verdict"}, `no verdict, such as "perhaps"`},
		{"NaN", warehouse.Source{URL: base + "default", Query: "select 'q' as query, 'm' as model, nan() as score"}, `a score that is not a number in [0, 1]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			begun := time.Now()
			w, err := warehouse.Open(ctx, c.source)
			if err == nil {
				defer w.Close()
				_, err = w.Patterns(ctx, warehouse.PatternsOptions{})
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if d := time.Since(begun); d > time.Minute {
				t.Errorf("it took %v", d)
			}
		})
	}
}

// TestTrinoTypes: labels, ids and times of every type that Trino has for them.
func TestTrinoTypes(t *testing.T) {
	base, _, _ := cluster(t)
	ctx := context.Background()
	for kind, c := range map[string]struct{ value, want string }{
		"varchar": {"'é''x'", "é'x"}, "char": {"cast('ab' as char(5))", "ab"}, "bigint": {"9007199254740993", "9007199254740993"}, "tinyint": {"tinyint '7'", "7"},
		"decimal": {"decimal '12345678901234567890'", "12345678901234567890"}, "uuid": {"uuid '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "12151fd2-7586-11e9-8f9e-2a86e4085a59"},
		"boolean": {"true", "true"}, "date": {"date '2026-01-31'", "2026-01-31"},
	} {
		w, err := warehouse.Open(ctx, warehouse.Source{URL: base + "default", Query: "select 'q' as query, 'm' as model, true as verdict, " + c.value + " as subject"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		p, err := w.Patterns(ctx, warehouse.PatternsOptions{Slices: []string{"subject"}})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		} else if got := p.Matrix.Label("subject", 0); got != c.want {
			t.Errorf("%s: label %q, want %q", kind, got, c.want)
		}
		w.Close()
	}
	const rows = `select 'q' || cast(x as varchar) as query, 'm' as model, x > 2 as verdict,
		%s as time from unnest(sequence(1, 4)) t(x)`
	for kind, expr := range map[string]string{
		"date": "date '2026-01-01' + x * interval '1' day", "timestamp": "timestamp '2026-01-01 00:00:00' + x * interval '1' day",
		"zoned": "with_timezone(timestamp '2026-01-01 00:00:00', 'UTC') + x * interval '1' day", "picoseconds": "cast(timestamp '2026-01-01 00:00:00' + x * interval '1' day as timestamp(12))",
	} {
		w, err := warehouse.Open(ctx, warehouse.Source{URL: base + "default", Query: fmt.Sprintf(rows, expr), Since: "2026-01-03", Before: "2026-01-05T00:00:00Z"})
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

// TestTrinoStops: a statement that nobody waits for is ended in the engine.
func TestTrinoStops(t *testing.T) {
	base, _, db := cluster(t)
	ctx, cancel := context.WithCancel(context.Background())
	w, err := warehouse.Open(ctx, warehouse.Source{URL: base + "default",
		Query: "select cast(a.x * b.x as varchar) as query, 'nobody waits' as model, 'right' as verdict from unnest(sequence(1, 10000)) a(x) cross join unnest(sequence(1, 10000)) b(x)"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	time.AfterFunc(2*time.Second, cancel)
	if _, err := w.Profile(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was stopped", err)
	}
	for range 50 {
		n := -1
		if err := db.QueryRow("select count(*) from system.runtime.queries where state = 'RUNNING' and query like '%nobody waits%' and query not like '%system.runtime%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Error("the statement still runs")
}

// TestTrinoRecords: single rows come with all that they say.
func TestTrinoRecords(t *testing.T) {
	base, _, _ := cluster(t)
	w, err := warehouse.Open(context.Background(), warehouse.Source{URL: base + "default", Query: `select * from (values
		('q2', 'm', 'right', 1, decimal '0.5', bigint '9', 'law'), ('q1', 'm', 'wrong', 0, null, null, null)) as t (query, model, verdict, attempt, cost_usd, input_tokens, "slice:subject")`})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var got []string
	err = w.Records(context.Background(), func(r *outcome.Record) error { got = append(got, string(r.AppendJSON(nil))); return nil })
	want := `{"query":"q1","model":"m","verdict":"wrong"} {"query":"q2","model":"m","attempt":1,"verdict":"right","input_tokens":9,"cost_usd":0.5,"slices":{"subject":"law"}}`
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, " "), want)
	}
}
