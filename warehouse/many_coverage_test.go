//go:build coverage

package warehouse

import (
	"errors"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/internal/pgtest"
)

// TestCoverageManyPatterns: more patterns than are held are refused, and what
// is sent is bounded by the statement, not by the number of queries.
func TestCoverageManyPatterns(t *testing.T) {
	url := pgtest.New(t)
	pgtest.Exec(t, url, "create unlogged table grades as select 'q' || n as query, 'm' as model, true as verdict, 's' || n as topic from generate_series(1, 2200000) as n")
	s := Source{URL: url, Table: "grades", Slices: []string{"topic"}}
	counts(t, s, 2200000, map[string]string{"m": "2200000/2200000"})
	_, err := read(t, s, PatternsOptions{Slices: []string{"topic"}})
	if err == nil || !strings.Contains(err.Error(), "more than 2097152 came back") || !errors.Is(err, ErrManyPatterns) || !strings.Contains(err.Error(), "no slices") {
		t.Errorf("error %v", err)
	}
}
