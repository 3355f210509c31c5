package warehouse

import (
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// TestCount: what a sample of pages did not show is noticed, and then all rows
// are profiled; the patterns are those of Profile and Patterns either way.
func TestCount(t *testing.T) {
	defer func(pages, sample int, rows int64) { manyPages, samplePages, enoughRows = pages, sample, rows }(manyPages, samplePages, enoughRows)
	manyPages, samplePages, enoughRows = 20, 10, 500
	url := pgtest.New(t)
	pgtest.Exec(t, url,
		`create table outcomes (query text, model text, verdict text, attempt int, topic text)`,
		`insert into outcomes select 'q' || g, 'm' || m, case when (g * 7 + m * 3) % 5 < 3 then 'right' else 'wrong' end, 0, 't' || g % 3
			from generate_series(1, 3000) g, generate_series(0, 4) m`)
	first := func(models int) func(*Profile) ([]string, int, error) {
		return func(p *Profile) (names []string, attempts int, err error) {
			names = p.Names()[:min(models, len(p.Names()))]
			for _, m := range p.Models[:len(names)] {
				attempts = max(attempts, m.Attempts)
			}
			return names, attempts, nil
		}
	}
	firstAttempts := func(p *Profile) ([]string, int, error) { return p.Names(), 0, nil }
	for _, c := range []struct {
		name, insert string
		choose       func(*Profile) ([]string, int, error)
		asked        int
		refused      string
	}{
		{"nothing rare", "", first(9), 1, ""},
		{"some models", "", first(2), 1, ""},
		{"no model", "", first(0), 1, ""},
		{"a rare model", `('q7', 'rare', 'right', 0, 't1')`, first(9), 2, ""},
		{"a rare model, not taken", `('q7', 'rare', 'right', 0, 't1')`, first(5), 2, ""},
		{"a rare attempt", `('q7', 'm1', 'right', 1, 't1')`, first(9), 2, ""},
		{"a rare attempt, left out", `('q7', 'm1', 'right', 1, 't1')`, firstAttempts, 1, ""},
		{"a rare attempt of a model not taken", `('q7', 'm3', 'right', 1, 't1')`, first(2), 1, ""},
		{"a rare attempt of a rare model", `('q7', 'rare', 'right', 4, 't1')`, first(9), 2, ""},
		{"a rare model without a verdict", `('q7', 'rare', null, 0, 't1')`, first(9), 2, ""},
		{"no name", `('q7', null, 'right', 0, 't1')`, first(9), 1, `column "model": 1 row has no model`},
		{"no verdict", `('q7', 'm1', 'perhaps', 0, 't1')`, first(9), 1, `column "verdict": 1 row holds what is no verdict, such as "perhaps"`},
		{"not there", "", func(*Profile) ([]string, int, error) { return nil, 0, nil }, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.insert != "" {
				pgtest.Exec(t, url, `insert into outcomes values `+c.insert)
				defer pgtest.Exec(t, url, `delete from outcomes where (query, model, verdict, attempt, topic) is not distinct from `+c.insert)
			}
			w, err := Open(t.Context(), Source{URL: url, Table: "outcomes"})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			asked, o := 0, PatternsOptions{Slices: []string{"topic"}}
			got, err := w.Count(t.Context(), o, func(p *Profile) ([]string, int, error) {
				asked++
				return c.choose(p)
			})
			if asked != c.asked {
				t.Errorf("asked %d times, want %d", asked, c.asked)
			}
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("error %v, want %s", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			profile, err := w.Profile(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if o.Models, o.Attempts, _ = c.choose(profile); o.Models == nil {
				if got != nil {
					t.Errorf("patterns of no choice: %+v", got)
				}
				return
			}
			want, err := w.Patterns(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if got.Digest != want.Digest || got.Rows != want.Rows || got.Merged != want.Merged || got.Queries != want.Queries || len(got.Attempts) != max(1, o.Attempts) || !slices.Equal(got.NoAnswer, want.NoAnswer) {
				t.Errorf("%+v\nwant %+v", got, want)
			}
		})
	}
}
