package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	driver "modernc.org/sqlite"
)

// sqlite reads files of SQLite. Any value may have any type there, whatever is
// declared, so each is looked at as it is.
var sqlite = dialect{
	title:   "SQLite",
	schemes: []string{"sqlite:"},
	open:    openSQLite,
	begin: func(ctx context.Context, db *sql.DB, _ time.Duration) (querier, func() error, error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, nil, err
		}
		return tx, tx.Rollback, nil
	},
	kinds: func(_ context.Context, _ querier, types []*sql.ColumnType) ([]column, error) {
		var out []column
		for _, t := range types {
			out = append(out, column{t.Name(), strings.ToLower(t.DatabaseTypeName()), dynamic})
		}
		return out, nil
	},
	ident:  doubleQuoted,
	bind:   func(n int) string { return fmt.Sprintf("?%d", n) },
	asText: func(expr string, _ kind) string { return "CAST(" + expr + " AS TEXT) COLLATE BINARY" },
	asNumber: func(expr string, _ kind) string {
		return "CASE WHEN " + expr + " IS NULL OR typeof(" + expr + ") IN ('integer', 'real') THEN " + expr + " ELSE -1 END"
	},
	asWhole: func(expr string, _ kind) string {
		return "CASE WHEN " + expr + " IS NULL OR typeof(" + expr + ") = 'integer' THEN " + expr + " ELSE -1 END"
	},
	moment: func(kind) (string, string) { return "%s", "2006-01-02 15:04:05.000" },
	stamp: func(expr string, _ kind) (string, string) {
		// Any form that SQLite knows becomes UTC in one form; NULL is what it does not know.
		at := "CASE typeof(" + expr + ") WHEN 'text' THEN strftime('%Y-%m-%d %H:%M:%f', " + expr + ") END"
		return at, expr + " IS NOT NULL AND " + at + " IS NULL"
	},
	power: func(expr string) string { return "(1 << " + expr + ")" },
	// The sum of different powers of two is what they are when joined by "or".
	or:         func(expr string) string { return "sum(DISTINCT " + expr + ")" },
	and:        func(a, b string) string { return "(" + a + " & " + b + ")" },
	right:      func(a string, by int) string { return fmt.Sprintf("(%s >> %d)", a, by) },
	shuffled:   func(text string) string { return "allwrong_sha256(" + text + ")" },
	fence:      " LIMIT -1",
	backquotes: true,
	explain:    explainSQLite,
}

// SQLite has no SHA-256 of its own.
func init() {
	driver.MustRegisterDeterministicScalarFunction("allwrong_sha256", 1, func(_ *driver.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
		text, ok := args[0].(string)
		if !ok {
			return nil, nil
		}
		sum := sha256.Sum256([]byte(text))
		return sum[:], nil
	})
}

func openSQLite(_ context.Context, s Source, _ *meter) (*sql.DB, error) {
	path := strings.TrimPrefix(s.URL, "sqlite:")
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errFolder
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}
	// Without _dqs=0 a name that is no column's is taken for a text.
	return sql.Open("sqlite", u.String()+"?mode=ro&_dqs=0&_pragma=busy_timeout(60000)&_pragma=trusted_schema(0)&_pragma=query_only(1)")
}

var errFolder = errors.New("a folder, not a file of SQLite")

func explainSQLite(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return "open " + at.Path + ": " + at.Err.Error()
	}
	var e *driver.Error
	if !errors.As(err, &e) {
		return ""
	}
	text := strings.TrimPrefix(e.Error(), "SQL logic error: ")
	const (
		busy, readonly, interrupted, corrupt, cannotOpen, notADatabase = 5, 8, 9, 11, 14, 26
	)
	switch e.Code() & 0xff {
	case busy:
		return "another process holds it locked: try again"
	case readonly:
		return "it is opened for reading, and the statement writes: " + text
	case interrupted:
		return "the statement was stopped"
	case corrupt:
		return "the file is damaged: " + text
	case cannotOpen:
		return "the file cannot be opened: " + text
	case notADatabase:
		return "not a file of SQLite"
	}
	if table, ok := strings.CutPrefix(text, "no such table: "); ok {
		table, _, _ = strings.Cut(table, " (")
		return "there is no table " + table + ": look for its name among those in the file (SELECT name FROM sqlite_schema)"
	}
	return "SQLite refuses the statement: " + text
}
