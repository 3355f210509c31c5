package warehouse

import (
	"database/sql"
	"net/url"
	"os"
	"slices"
	"testing"
)

// TestTrinoSample: of a table whose size is known one scan is spared, and a model
// that no sample shows is counted all the same.
func TestTrinoSample(t *testing.T) {
	at := os.Getenv("ALLWRONG_TRINO")
	if at == "" {
		t.Skip("no Trino runs: scripts/trino.sh starts one")
	}
	defer func(size float64, rows int64) { manyRows, enoughRows = size, rows }(manyRows, enoughRows)
	manyRows, enoughRows = 10_000, 100
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("trino", "http://"+u.User.String()+"@"+u.Host+"?catalog=files")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{
		"create schema if not exists files.sampled",
		`create table files.sampled.outcomes as select 'q' || cast(x as varchar) as query, 'm' || cast(m as varchar) as model, if(x * m % 7 < 3, 'right', 'wrong') as verdict
			from unnest(sequence(1, 8000)) a(x) cross join unnest(sequence(1, 5)) b(m) union all select 'q1', 'rare', 'right'`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	for take, want := range map[int]int{5: 2, 6: 2} { // five of six are taken, or all; the sample shows five, so that it asks again
		w, err := Open(t.Context(), Source{URL: "trino://" + u.User.String() + "@" + u.Host + "/files/sampled", Table: "outcomes"})
		if err != nil {
			t.Fatal(err)
		}
		if part, err := sampleTrino(t.Context(), w); part == "" || err != nil {
			t.Errorf("a sample by %q: %v", part, err)
		}
		asked := 0
		choose := func(p *Profile) ([]string, int, error) {
			asked++
			return p.Names()[:min(take, len(p.Names()))], 1, nil
		}
		got, err := w.Count(t.Context(), PatternsOptions{}, choose)
		if err != nil {
			t.Fatal(err)
		}
		if asked < 1 || asked > want { // once if the one row was drawn
			t.Errorf("asked %d times, want %d", asked, want)
		}
		profile, err := w.Profile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		models, _, _ := choose(profile)
		again, err := w.Patterns(t.Context(), PatternsOptions{Models: models})
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest != again.Digest || got.Queries != 8000 {
			t.Errorf("%d models: digest %s of %d queries; profiled first: %s", take, got.Digest, got.Queries, again.Digest)
		}
		w.Close()
	}
	manyRows = 1e6
	w, err := Open(t.Context(), Source{URL: "trino://" + u.User.String() + "@" + u.Host + "/files/sampled", Table: "outcomes"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if part, err := sampleTrino(t.Context(), w); part != "" || err != nil {
		t.Errorf("of a small table: %q, %v", part, err)
	}
}

// TestTrinoSingleQueries: lists of queries that one model alone gets right are
// whole or not there, also where a group of them gives only some.
func TestTrinoSingleQueries(t *testing.T) {
	at := os.Getenv("ALLWRONG_TRINO")
	if at == "" {
		t.Skip("no Trino runs: scripts/trino.sh starts one")
	}
	// A thousand queries of three models: one in four hangs on the second model, one in a hundred on the first.
	const rows = `select 'q' || cast(x as varchar) as query, 'm' || cast(m as varchar) as model,
		case when x % 4 = 0 then m = 2 when x % 100 = 1 then m = 1 else x % 3 > 0 end as verdict
		from unnest(sequence(1, 1000)) a(x) cross join unnest(sequence(1, 3)) b(m)`
	w, err := Open(t.Context(), Source{URL: at, Query: rows})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	want, err := w.Alone(t.Context(), PatternsOptions{}, 0)
	if err != nil || len(want) != 260 {
		t.Fatalf("%d queries, %v; want 250 of one model and 10 of another", len(want), err)
	}
	defer func(n int) { eachGroup = n }(eachGroup)
	for _, each := range []int{1, 3, 2000} {
		eachGroup = each
		for most, want := range map[int][]Alone{259: nil, 260: want, 1000: want} {
			got, err := w.Patterns(t.Context(), PatternsOptions{Alone: most})
			if err != nil || !slices.Equal(got.Alone, want) || got.Queries != 1000 {
				t.Errorf("%d a group, at most %d: %d queries, %v; want %d", each, most, len(got.Alone), err, len(want))
			}
		}
	}
}
