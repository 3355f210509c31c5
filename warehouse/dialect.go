package warehouse

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// dialects lists the engines.
var dialects = []*dialect{&postgres, &sqlite, &trinoDB, &duckDB}

// dialect is what one engine does in its own way.
type dialect struct {
	title   string   // in messages: "PostgreSQL"
	schemes []string // how its URLs begin: "postgres://"

	// open prepares connections; nothing has to be said over the wire yet.
	// Received is told the bytes that the engine sends; one that does not know
	// them leaves it alone, and the sizes of values are counted instead.
	open func(ctx context.Context, s Source, received *meter) (*sql.DB, error)

	// begin starts what sees one snapshot and writes nothing.
	begin func(ctx context.Context, db *sql.DB, timeout time.Duration) (querier, func() error, error)

	kinds func(ctx context.Context, q querier, columns []*sql.ColumnType) ([]column, error)

	ident    func(name string) string                   // an identifier, quoted
	bind     func(n int) string                         // the n-th bound value, from 1; values are bound in the order of the text
	asText   func(expr string, k kind) string           // as text that is compared byte by byte
	asNumber func(expr string, k kind) string           // as a double; something negative for what is no number
	asWhole  func(expr string, k kind) string           // as a whole number; something negative for what is none
	moment   func(k kind) (form, layout string)         // a bound moment, "cast(%s as timestamp)", and how Go writes it
	stamp    func(expr string, k kind) (string, string) // a column to be compared with one, and what tells values that cannot be, or ""
	power    func(expr string) string                   // 2 to this power, as a bigint
	or       func(expr string) string                   // aggregate: all bits of these bigints, each of a single bit
	and      func(a, b string) string                   // of bigints, bit by bit
	right    func(a string, by int) string              // a bigint, shifted to the right
	shuffled func(text string) string                   // what puts texts in a random order, the same in every engine: their SHA-256

	// For an engine that computes what a WITH says as often as it is named: an
	// aggregate, at most n of these texts as an array in JSON, and a number below n,
	// a power of two, by which texts are scattered. Nil for one that keeps it.
	some      func(text string, n int) string
	scattered func(text string, n int) string

	fence string    // ends a subselect whose expressions are to be computed once a row
	hash  [2]string // statements that have rows grouped by hashing, not by sorting, and that undo it; empty where engines choose well

	// sample gives what follows a table's name so that a small part of it is read;
	// empty where that is not worth it. Nil for an engine that knows no such thing.
	sample func(ctx context.Context, w *Warehouse) (string, error)

	dollars, backslashes, backquotes bool // what else quotes in this engine, for the check of users' SQL

	// explain says in a sentence what an error of the engine means and what to
	// do; empty when it knows no better than the error itself.
	explain func(err error) string
}

// querier runs statements: a transaction, or a connection that needs none.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// column is one column of a source.
type column struct {
	name string
	typ  string // as the engine calls it
	kind kind
}

// doubleQuoted quotes an identifier as the standard does.
func doubleQuoted(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
