//go:build duckdb

package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// openDuckDB opens a file for reading, or a database in memory for a query that
// names files itself. Nothing is fetched or loaded that is not there.
func openDuckDB(_ context.Context, s Source, _ *meter) (*sql.DB, error) {
	path := strings.TrimPrefix(s.URL, "duckdb:")
	settings := url.Values{"autoinstall_known_extensions": {"false"}, "autoload_known_extensions": {"false"}, "TimeZone": {"UTC"}}
	settings.Del("TimeZone") // set below: it is no setting of the file
	if path != "" {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, errors.New("a folder, not a file of DuckDB; a folder of Parquet is read as it is, or by duckdb: with a query over read_parquet('" + path + "/**/*.parquet')")
		}
		settings.Set("access_mode", "READ_ONLY")
	}
	connector, err := duckdb.NewConnector(path+"?"+settings.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func explainDuckDB(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return "open " + at.Path + ": " + at.Err.Error()
	}
	var e *duckdb.Error
	if !errors.As(err, &e) {
		return ""
	}
	// After the first line DuckDB quotes the statement, which is ours.
	text, _, _ := strings.Cut(e.Msg, "\n")
	switch e.Type {
	case duckdb.ErrorTypeCatalog:
		return text + ": look at the names (SHOW ALL TABLES)"
	case duckdb.ErrorTypeIO:
		return text + ": look at the path, and whether another process writes to it"
	case duckdb.ErrorTypeOutOfMemory:
		return text + ": read fewer rows"
	case duckdb.ErrorTypeInterrupt:
		return "the statement was stopped"
	}
	return "DuckDB refuses the statement: " + text
}
