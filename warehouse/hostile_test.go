package warehouse

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/allwrong/allwrong/internal/pgtest"
	"github.com/allwrong/allwrong/outcome"
)

// read opens a source and counts what it holds, as the commands do.
func read(t *testing.T, s Source, o PatternsOptions) (*Patterns, error) {
	t.Helper()
	w, err := Open(t.Context(), s)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	profile, err := w.Profile(t.Context())
	if err != nil {
		return nil, err
	}
	o.Models = profile.Names()
	return w.Patterns(t.Context(), o)
}

// rights gives, for each model, how many queries it has right, out of those on
// which it was observed: "2/3".
func rights(p *Patterns) map[string]string {
	out := map[string]string{}
	for i, model := range p.Matrix.Models() {
		var right, seen int64
		for c := range p.Matrix.Columns() {
			if p.Matrix.Observed(i, c) {
				seen += p.Matrix.Weight(c)
			}
			if p.Matrix.Right(i, c) {
				right += p.Matrix.Weight(c)
			}
		}
		out[model] = fmt.Sprintf("%d/%d", right, seen)
	}
	return out
}

// counts reads a source that must be read, and compares what it holds.
func counts(t *testing.T, s Source, queries int64, want map[string]string) *Patterns {
	t.Helper()
	p, err := read(t, s, PatternsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Queries != queries {
		t.Errorf("%d queries, want %d", p.Queries, queries)
	}
	if got := rights(p); !maps.Equal(got, want) {
		t.Errorf("right: %v, want %v", got, want)
	}
	return p
}

// refused reads a source that must not be read.
func refused(t *testing.T, s Source, words ...string) {
	t.Helper()
	t.Setenv("PGPASSWORD", password)
	p, err := read(t, s, PatternsOptions{})
	if err == nil {
		t.Fatalf("it was read: %d queries, %v", p.Queries, rights(p))
	}
	plain(t, err, words...)
}

// TestInjection: names and values of every kind are names and values.
func TestInjection(t *testing.T) {
	url := pgtest.New(t)
	evil := []string{
		`grades; drop table victim; --`, `"; drop table victim; --`, `'; drop table victim; --`, `gra"des`, `gra.des`, `"."`,
		`select`, `1`, ` grades `, `$1`, `%s`, `\`, `/*`, `--`, `ÄÖ✓`, `a` + strings.Repeat("x", 62), "new\nline", `"" union select`,
	}
	pgtest.Exec(t, url, "create table victim (x int)", "insert into victim values (1)")
	for _, name := range evil {
		t.Run(name, func(t *testing.T) {
			q := pgx.Identifier{name}.Sanitize()
			pgtest.Exec(t, url, "create schema "+q)
			columns := map[string]string{"query": name, "model": name + "m", "verdict": name + "v", "slice:topic": name + "s"}
			if len(name) > 60 {
				columns = map[string]string{"query": name, "model": "m", "verdict": "v", "slice:topic": "s"}
			}
			quoted := func(field string) string { return pgx.Identifier{columns[field]}.Sanitize() }
			table := q + "." + q
			pgtest.Exec(t, url, fmt.Sprintf("create table %s (%s text, %s text, %s text, %s text)",
				table, quoted("query"), quoted("model"), quoted("verdict"), quoted("slice:topic")))
			model := strings.ReplaceAll(name, "\n", " ") // a model's name is printed: no control characters there
			insert(t, url, table, [][]any{{name, model, "right", model}, {name + "2", model, "wrong", "other"}, {name, model + "'", "wrong", nil}})
			s := Source{URL: url, Table: table, Columns: columns, Slices: []string{"topic"}}
			counts(t, s, 2, map[string]string{model: "1/2", model + "'": "0/1"})
			p, err := read(t, s, PatternsOptions{Slices: []string{"topic"}})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for c := range p.Matrix.Columns() {
				found = found || p.Matrix.Label("topic", c) == model
			}
			if !found {
				t.Errorf("no column is labelled %q", model)
			}
			finds(t, s, name)
		})
	}
	counts(t, Source{URL: url, Query: "select x::text as query, 'm' as model, 'right' as verdict from victim"}, 1, map[string]string{"m": "1/1"})
}

// finds looks for the single queries: id alone is right on one, all are wrong on none.
func finds(t *testing.T, s Source, id string) {
	t.Helper()
	w, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	alone, err := w.Alone(t.Context(), PatternsOptions{}, 10)
	if strings.Contains(id, "\n") {
		plain(t, err, "control character")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(alone) != 1 || alone[0].Query != id {
		t.Errorf("alone: %q, want %q", alone, id)
	}
}

func insert(t *testing.T, url, table string, rows [][]any) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, r := range rows {
		var marks []string
		for i := range r {
			marks = append(marks, fmt.Sprintf("$%d", i+1))
		}
		if _, err := c.Exec(t.Context(), "insert into "+table+" values ("+strings.Join(marks, ", ")+")", r...); err != nil {
			t.Fatal(err)
		}
	}
}

// grades makes a table of three queries and two models.
func grades(t *testing.T, options ...string) string {
	t.Helper()
	url := pgtest.New(t, options...)
	pgtest.Exec(t, url, `create table grades (query text, model text, verdict text, score float8, attempt int, time timestamptz);
		insert into grades values ('a', 'x', 'right'), ('a', 'y', 'wrong'), ('b', 'x', 'wrong'), ('b', 'y', 'wrong'), ('c', 'x', 'right'), ('c', 'y', null)`)
	return url
}

var ofGrades = map[string]string{"x": "2/3", "y": "0/2"}

// TestQueriesThatAreNone: what is not one SELECT is refused, and what writes
// does not.
func TestQueriesThatAreNone(t *testing.T) {
	url := grades(t)
	pgtest.Exec(t, url, `create sequence steps;
		create table log (at timestamptz);
		create function writes() returns text language sql volatile as $$ insert into log values (now()); select 'a' $$;
		create view writing as select *, writes() from grades;
		create view writing2 as select writes() as query, model, verdict from grades;
		create function defines() returns text language plpgsql as $$ begin execute 'create table made (x int)'; return 'a'; end $$`)
	before := content(t, url)
	for _, c := range []struct{ query, words string }{
		{"select * from grades; drop table grades", "more than one statement"},
		{"select * from grades; select * from grades", "more than one statement"},
		{"select * from grades) as x; drop table grades; --", "parenthesis"},
		{"select * from grades) as x, (select 1", "parenthesis"},
		{"select * from grades where query = 'a", "quote"},
		{`select * from grades where "query = 'a'`, "quote"},
		{"select * from grades where query = $$a", "dollars"},
		{"select * from grades /* and so on", "comment"},
		{"select * from grades where query = E'\\'", "quote"},
		{"", "name what to read"},
		{"  ", "empty"},
		{";", "empty"},
		{"-- nothing", ""},
		{"delete from grades returning *", ""},
		{"insert into grades select * from grades returning *", ""},
		{"with gone as (delete from grades returning *) select * from gone", "top level"},
		{"update grades set verdict = 'right' returning *", ""},
		{"select * into copied from grades", ""},
		{"select * from grades for update", "read"},
		{"copy grades to stdout", ""},
		{"truncate grades", ""},
		{"set transaction read write", ""},
		{"commit", ""},
		{"begin", ""},
		{"explain analyze select * from grades", ""},
		{"select *, set_config('transaction_read_only', 'off', false) as verdict2 from grades where set_config('transaction_read_only', 'off', false) is not null", "transaction"},
		{"select query, model, verdict, nextval('steps') as score from grades where nextval('steps') > 0", "read"},
		{"select writes() as query, model, verdict from grades", "read"},
		{"select defines() as query, model, verdict from grades", "read"},
		{"select * from writing2", "read"},
		{"select * from grades where query = $1", ""},
		{"select * from nosuch", "does not exist"},
		{"select query, verdict from grades", "model"},
		{"select query, model from grades", "verdict"},
		{"select query, query, model, verdict from grades", "2 columns"},
		{"select 1", "query"},
		{"select * from grades where pg_read_file('/etc/passwd') is not null", "permission denied"},
		{"select * from grades where query = 1", ""},
		{"select * from grades where 1/0 = 1", "division by zero"},
		{"select query || null as query, model, verdict from grades", "no query"},
		{strings.Repeat("select * from (", 3000) + "grades" + strings.Repeat(") x", 3000), ""},
		{"select * from grades where " + strings.Repeat("(", 200000) + "true" + strings.Repeat(")", 200000), ""},
		{"select '\x00' as query, model, verdict from grades", "NUL"},
		{"select '\xff' as query, model, verdict from grades", ""},
	} {
		t.Run(c.query[:min(len(c.query), 50)], func(t *testing.T) { refused(t, Source{URL: url, Query: c.query, Timeout: 20 * time.Second}, c.words) })
	}
	// Before version 16 a server lets this by; it is undone with the transaction.
	read(t, Source{URL: url, Query: "select * from grades where lo_create(0) > 0"}, PatternsOptions{})
	if after := content(t, url); after != before {
		t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
	}
}

// TestQueriesThatAre: what can stand between parentheses is read.
func TestQueriesThatAre(t *testing.T) {
	url := grades(t)
	for _, query := range []string{
		"select * from grades",
		"select * from grades;",
		"select * from grades ; -- all of them; really",
		"select * from grades -- all of them",
		"/* all; of /* them */ ' */ select * from grades",
		"table grades",
		"with g as (select * from grades) select * from g",
		"select * from grades union all select * from grades where false",
		"(select * from grades)",
		"select * from grades where query <> ';' and query <> 'it''s' and query <> $tag$;'$tag$ and query <> E'\\';'",
		"values ('a', 'x', 'right'), ('a', 'y', 'wrong'), ('b', 'x', 'wrong'), ('b', 'y', 'wrong'), ('c', 'x', 'right'), ('c', 'y', null)",
		"select * from grades order by random() limit 100",
	} {
		t.Run(query, func(t *testing.T) {
			s := Source{URL: url, Query: query}
			if strings.HasPrefix(query, "values") {
				s.Columns = map[string]string{"query": "column1", "model": "column2", "verdict": "column3"}
			}
			counts(t, s, 3, ofGrades)
		})
	}
}

// TestConditions: a condition chooses rows, and does nothing else.
func TestConditions(t *testing.T) {
	url := grades(t)
	before := content(t, url)
	for where, words := range map[string]string{
		"true) or (true":               "parenthesis",
		"true); drop table grades; --": "parenthesis",
		"true; drop table grades":      "more than one statement",
		"query = 'a":                   "quote",
		"true /*":                      "comment",
		"true) union select * from (select * from grades": "parenthesis",
		"query":                 "boolean",
		"nosuch = 1":            "nosuch",
		"query = $1":            "",
		"false":                 "no rows",
		"true group by query":   "",
		"true limit 1":          "",
		"true order by 1":       "",
		"true union select 1":   "",
		"true for update":       "",
		"true)::text = ('true'": "parenthesis",
	} {
		t.Run(where, func(t *testing.T) { refused(t, Source{URL: url, Table: "grades", Where: where}, words) })
	}
	counts(t, Source{URL: url, Table: "grades", Where: "query <> 'b' -- but that one"}, 2, map[string]string{"x": "2/2", "y": "0/1"})
	counts(t, Source{URL: url, Table: "grades", Where: "query = 'a' or true;"}, 3, ofGrades)
	if after := content(t, url); after != before {
		t.Errorf("something was written: %s, before %s", after, before)
	}
}

// content is what a database holds, in short.
func content(t *testing.T, url string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	var s string
	err = c.QueryRow(t.Context(), `select concat_ws(E'\n',
		(select string_agg(relname || ' ' || relfilenode, ', ' order by relname) from pg_class where oid >= 16384),
		(select string_agg(md5(query_to_xml('table ' || oid::regclass, true, false, '')::text), ', ' order by relname) from pg_class where oid >= 16384 and relkind = 'r'),
		(select string_agg(sequencename || coalesce(last_value, 0), ', ') from pg_sequences),
		(select count(*) from pg_largeobject_metadata))`).Scan(&s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWrongTypes: a column of a type that does not say what it should is
// refused, with its name and its type.
func TestWrongTypes(t *testing.T) {
	url := grades(t)
	for column, words := range map[string]string{
		"array['right'] as verdict":                     "verdict",
		"'{}'::jsonb as verdict":                        "json",
		"'right'::bytea as verdict":                     "bytea",
		"now() as verdict":                              "timestamp",
		"0.5::float8 as verdict":                        "score=verdict",
		"0.5 as verdict":                                "0.5",
		"2 as verdict":                                  "\"2\"",
		"-1 as verdict":                                 "\"-1\"",
		"'NaN'::numeric as verdict":                     "NaN",
		"'yes' as verdict":                              "yes",
		"' right' as verdict":                           "right",
		"'right\u200b' as verdict":                      "verdict",
		"'RiGhT' as verdict":                            "RiGhT",
		"repeat('x', 1000000) as verdict":               "xxx",
		"E'\\x1b[2J\\x07' as verdict":                   "verdict",
		"null::float8 as query, verdict":                "2 columns",
		"'NaN'::float8 as score, null as verdict":       "score",
		"'Infinity'::float8 as score, null as verdict":  "score",
		"'-Infinity'::float8 as score, null as verdict": "score",
		"'NaN'::numeric as score, null as verdict":      "score",
		"1.0000001 as score, null as verdict":           "score",
		"-0.0000001 as score, null as verdict":          "score",
		"1e400::numeric as score, null as verdict":      "",
		"'1' as score, null as verdict":                 "number",
		"true as score, null as verdict":                "verdict=score",
		"0.0 as score, 'right' as verdict":              "contradicts",
		"-1 as attempt, verdict":                        "attempt",
		"10000 as attempt, verdict":                     "attempt",
		"9223372036854775807 as attempt, verdict":       "attempt",
		"'0' as attempt, verdict":                       "whole number",
		"0.5 as attempt, verdict":                       "whole number",
		"-1 as options, verdict":                        "options",
	} {
		t.Run(column, func(t *testing.T) {
			refused(t, Source{URL: url, Query: "select query, model, " + column + " from grades"}, words)
		})
	}
	for model, words := range map[string]string{
		"null::text": "no model", "''": "no model", "now()": "model", "1.5::float8": "model", "E'a\\nb'": "control character",
		"repeat('m', 100000)": "bytes long", "U&'\\202Egnp'": "control character", "array['a']": "model",
		"row(query, verdict)": "model", "query || random()::text || generate_series(1, 20000)": "models",
	} {
		t.Run("model "+model, func(t *testing.T) {
			refused(t, Source{URL: url, Query: "select query, verdict, " + model + " as model from grades"}, words)
		})
	}
	for query, words := range map[string]string{"null::text": "no query", "''": "no query", "now()": "query", "1.5::float8": "query", "'{}'::json": "query"} {
		t.Run("query "+query, func(t *testing.T) {
			refused(t, Source{URL: url, Query: "select verdict, model, " + query + " as query from grades"}, words)
		})
	}
}

// TestOddTypes: types that say it in another way are read.
func TestOddTypes(t *testing.T) {
	url := grades(t)
	pgtest.Exec(t, url, `create type word as enum ('wrong', 'right'); create domain short as varchar(10) check (length(value) < 10)`)
	for _, column := range []string{
		"verdict::word", "verdict::short", "verdict::char(9)", "verdict::name", "upper(verdict)", "verdict::varchar", "verdict = 'right'",
		"(verdict = 'right')::int::smallint", "(verdict = 'right')::int::bigint", "(verdict = 'right')::int::numeric(3, 1)",
	} {
		counts(t, Source{URL: url, Query: "select query, model, " + column + " as verdict from grades"}, 3, ofGrades)
	}
	for _, column := range []string{"query::char(5)", "query::name", "query::short", "ascii(query)", "ascii(query)::numeric", "md5(query)::uuid", "ascii(query) - 98"} {
		counts(t, Source{URL: url, Query: "select " + column + " as query, model, verdict from grades"}, 3, ofGrades)
	}
	for _, column := range []string{"(verdict = 'right')::int::real", "(verdict = 'right')::int", "case verdict when 'right' then 1.000 when 'wrong' then 0.999 end"} {
		counts(t, Source{URL: url, Query: "select query, model, " + column + " as score from grades"}, 3, ofGrades)
	}
}

// TestMoments: windows hold for columns with a zone and without, which is UTC,
// wherever the server thinks that it is.
func TestMoments(t *testing.T) {
	url := pgtest.New(t)
	pgtest.Exec(t, url, `set timezone to 'Asia/Tokyo';
		create table zoned (query text, model text, verdict text, time timestamptz);
		insert into zoned values ('a', 'x', 'right', '2026-01-31 23:59:59.999999Z'), ('b', 'x', 'right', '2026-02-01 00:00:00Z'), ('c', 'x', 'wrong', '2026-02-02 00:00Z'),
			('d', 'x', 'right', null), ('e', 'x', 'right', 'infinity'), ('f', 'x', 'right', '-infinity');
		create table naive as select query, model, verdict, time at time zone 'UTC' as time from zoned;
		create table days as select query, model, verdict, (time at time zone 'UTC')::date as time from zoned;
		alter role allwrong in database `+url[strings.LastIndex(url, "/")+1:strings.Index(url, "?")]+` set timezone to 'America/New_York'`)
	for _, table := range []string{"zoned", "naive", "days"} {
		counts(t, Source{URL: url, Table: table, Since: "2026-02-01", Before: "2026-02-02"}, 1, map[string]string{"x": "1/1"})
		counts(t, Source{URL: url, Table: table, Since: "2026-02-01", Before: "2026-02-02T00:00:01Z"}, 2, map[string]string{"x": "1/2"})
	}
	counts(t, Source{URL: url, Table: "zoned", Since: "2026-02-01T09:00:00+09:00", Before: "2026-02-02"}, 1, map[string]string{"x": "1/1"})
	refused(t, Source{URL: url, Table: "zoned", Since: "2026-02-01'; drop table zoned; --"}, "neither a date")
	refused(t, Source{URL: url, Table: "zoned", Since: "2027-02-01", Before: "2026-02-01"}, "no moment")
}

// TestCollations: names are told apart by their bytes, whatever the database
// thinks of upper case and accents.
func TestCollations(t *testing.T) {
	german := pgtest.New(t, "template template0 locale_provider icu icu_locale 'de-DE' locale 'C'")
	pgtest.Exec(t, german, `create collation lax (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
		create table grades (query text collate lax, model text collate lax, verdict text collate lax, "slice:topic" text collate lax);
		insert into grades values ('a', 'x', 'right', 'T'), ('A', 'x', 'wrong', 't'), (U&'\00E9', 'x', 'wrong', 'tt'), (U&'e\0301', 'x', 'right', 'tt'), ('a', 'X', 'right', 'T'), ('a', U&'x\0301', 'wrong', 'T')`)
	want := map[string]string{"x": "2/4", "X": "1/1", "x\u0301": "0/1"}
	s := Source{URL: german, Table: "grades"}
	counts(t, s, 4, want)
	p, err := read(t, s, PatternsOptions{Slices: []string{"topic"}})
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]bool{}
	for c := range p.Matrix.Columns() {
		labels[p.Matrix.Label("topic", c)] = true
	}
	if len(labels) != 3 {
		t.Errorf("labels %v, want T, t and tt", labels)
	}
	w, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	all, err := w.AllWrong(t.Context(), PatternsOptions{Models: []string{"x"}}, 0)
	if fmt.Sprintf("%q", all) != `["A" "é"]` || err != nil {
		t.Errorf("all wrong: %q, %v", all, err)
	}
	pgtest.Exec(t, german, `insert into grades values ('B', 'x', 'right', 'RIGHT '), ('b', 'x', 'Right', 'x')`)
	counts(t, s, 6, map[string]string{"x": "4/6", "X": "1/1", "x\u0301": "0/1"})
	pgtest.Exec(t, german, `insert into grades values ('rIGHT', 'x', 'rIGHT', 'x')`)
	refused(t, s, "rIGHT")
}

// TestEncodings: what the database holds in another encoding comes in UTF-8;
// what is no text in any is refused where it would be shown.
func TestEncodings(t *testing.T) {
	latin := pgtest.New(t, "template template0 encoding 'LATIN1' locale 'C'")
	pgtest.Exec(t, latin, `create table grades (query text, model text, verdict text); insert into grades values ('ä', 'é', 'right'), ('a', 'é', 'wrong')`)
	counts(t, Source{URL: latin, Table: "grades"}, 2, map[string]string{"é": "1/2"})
	refused(t, Source{URL: latin, Table: "grades", Where: "query = '日本'"}, "")

	bytes := pgtest.New(t, "template template0 encoding 'SQL_ASCII' locale 'C'")
	pgtest.Exec(t, bytes, `create table grades (query text, model text, verdict text); insert into grades values (E'\xff', 'x', 'right'), (E'\xfe', 'x', 'wrong')`)
	s := Source{URL: bytes, Table: "grades"}
	counts(t, s, 2, map[string]string{"x": "1/2"})
	w, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	_, err = w.AllWrong(t.Context(), PatternsOptions{}, 0)
	plain(t, err, "UTF-8")
	pgtest.Exec(t, bytes, `insert into grades values ('a', E'\xff', 'right')`)
	refused(t, s, "UTF-8")
	pgtest.Exec(t, bytes, `delete from grades; insert into grades values ('a', 'x', E'\xff')`)
	refused(t, s, "verdict")
}

// TestEndless: what would never end is ended by the time-out, and the server
// does not go on with it.
func TestEndless(t *testing.T) {
	url := grades(t)
	for name, query := range map[string]string{
		"sleep":     "select * from grades where pg_sleep(1000) is not null",
		"rows":      "select 'q' || n as query, 'm' as model, 'right' as verdict from generate_series(1, 1000000000000) as n",
		"recursion": "with recursive r as (select 1::numeric as n union all select n + 1 from r) select n::text as query, 'm' as model, 'right' as verdict from r",
		"product":   "select a.query, b.model, c.verdict from grades a, grades b, grades c, generate_series(1, 100000000) d, generate_series(1, 100000000) e",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			refused(t, Source{URL: url, Query: query, Timeout: 200 * time.Millisecond}, "time-out", "allow more")
			if took := time.Since(start); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	var active string
	for range 100 {
		if active = one(t, url, "select count(*)::text from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()"); active == "0" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s statements go on", active)
}

func one(t *testing.T, url, query string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	var s string
	if err := c.QueryRow(t.Context(), query).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMillionModels: a column that names no models is found out early.
func TestMillionModels(t *testing.T) {
	url := pgtest.New(t)
	refused(t, Source{URL: url, Query: "select 'q' as query, 'm' || n as model, true as verdict from generate_series(1, 200000) as n"}, "more than 10000 models", "column of models")
}

// TestDuplicatesAndNulls: rows that repeat are counted once, NULLs are missing.
func TestDuplicatesAndNulls(t *testing.T) {
	url := grades(t)
	pgtest.Exec(t, url, `insert into grades select * from grades; insert into grades values ('d', 'x', null), ('d', 'y', null), ('b', 'x', null)`)
	p := counts(t, Source{URL: url, Table: "grades"}, 4, ofGrades)
	if p.Rows != 15 || p.Merged != 5 {
		t.Errorf("%d rows, %d of them repeat; want 15 and 5", p.Rows, p.Merged)
	}
	pgtest.Exec(t, url, `insert into grades values ('b', 'x', 'right')`)
	s := Source{URL: url, Table: "grades"}
	_, err := read(t, s, PatternsOptions{})
	if err == nil || !strings.Contains(err.Error(), "disagree") || !strings.Contains(err.Error(), "query b, model x") {
		t.Errorf("rows that disagree: %v", err)
	}
	p, err = read(t, s, PatternsOptions{Prefer: outcome.PreferRight})
	if err != nil || rights(p)["x"] != "3/3" {
		t.Errorf("preferring right: %v, %v", p, err)
	}
}
