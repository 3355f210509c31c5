package warehouse

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/allwrong/allwrong/outcome"
)

// Source says what is to be read: the rows of a table, or those of a query.
type Source struct {
	// URL names engine and database: postgres://user@host/db, sqlite:FILE,
	// trino://user@host:8080/catalog/schema, duckdb:FILE. It holds no password.
	URL string

	Query string // a SELECT that gives one row per outcome; or
	Table string // a table, optionally schema.table, spelled as the engine's catalogue does

	// Columns names the column of a field where it is not the field's own name:
	// query, model, verdict, score, attempt, …, time; "slice:KEY" for a label.
	Columns map[string]string
	Slices  []string // columns that are labels of queries, for Records; those named slice:KEY always are

	Want          outcome.Fields // long fields that Records reads, where there is a column
	Where         string         // a further condition on the rows of a table, in the engine's SQL
	Since, Before string         // of the column of time: from this moment on, and before that one; dates or RFC 3339
	Sample        int64          // only the rows of so many queries, drawn at random by their ids; 0: of all
	Timeout       time.Duration  // of each statement; 0: none
}

// Is reports whether a path is the URL of a database.
func Is(path string) bool { return byScheme(path) != nil }

func byScheme(path string) *dialect {
	for _, d := range dialects {
		for _, s := range d.schemes {
			if strings.HasPrefix(path, s) {
				return d
			}
		}
	}
	return nil
}

// Schemes lists how URLs of databases begin.
func Schemes() []string {
	var out []string
	for _, d := range dialects {
		out = append(out, d.schemes...)
	}
	return out
}

// check refuses what is wrong with a source before anyone connects.
func (s Source) check() (*dialect, error) {
	d := byScheme(s.URL)
	if d == nil {
		return nil, fmt.Errorf("%s is not the URL of a database; one begins with %s", outcome.Quote(withoutSecret(s.URL)), strings.Join(Schemes(), ", "))
	}
	if err := noSecret(s.URL); err != nil {
		return nil, err
	}
	switch {
	case s.Query == "" && s.Table == "":
		return nil, errors.New("name what to read: a table, or a query that gives one row per outcome")
	case s.Query != "" && s.Table != "":
		return nil, errors.New("a table and a query are given; one of them says what to read")
	case s.Query != "" && s.Where != "":
		return nil, errors.New("a condition belongs to a table; write it into the query")
	case s.Sample < 0:
		return nil, fmt.Errorf("sample: %d queries are fewer than none", s.Sample)
	case s.Timeout < 0:
		return nil, fmt.Errorf("time-out: %v is negative", s.Timeout)
	}
	for _, field := range slices.Sorted(maps.Keys(s.Columns)) {
		if !isField(field) {
			return nil, fmt.Errorf("columns: %s is not a field; these are: %s, and slice:KEY for a label", outcome.Quote(field), strings.Join(fieldNames(), ", "))
		}
	}
	if _, _, err := s.window(); err != nil {
		return nil, err
	}
	if s.Query != "" {
		_, err := d.single("query", s.Query)
		return d, err
	}
	if s.Where != "" {
		_, err := d.single("condition", s.Where)
		return d, err
	}
	return d, nil
}

// window gives the limits of time; a zero time is no limit.
func (s Source) window() (since, before time.Time, err error) {
	if since, err = moment("since", s.Since); err != nil {
		return since, before, err
	}
	if before, err = moment("before", s.Before); err != nil {
		return since, before, err
	}
	if !since.IsZero() && !before.IsZero() && !since.Before(before) {
		err = fmt.Errorf("since %s, before %s: no moment lies between them", s.Since, s.Before)
	}
	return since, before, err
}

func moment(what, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %s is neither a date (2026-01-31) nor a moment (2026-01-31T12:00:00Z)", what, outcome.Quote(s))
}
