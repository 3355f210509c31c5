//go:build !duckdb

package warehouse

import (
	"context"
	"database/sql"
	"errors"
)

// errNoDuckDB says how to get what this build has not.
var errNoDuckDB = errors.New("this build has no DuckDB, which needs a C compiler: build with CGO_ENABLED=1 go build -tags duckdb ./cmd/allwrong; a folder of Parquet is read without it")

func openDuckDB(context.Context, Source, *meter) (*sql.DB, error) { return nil, errNoDuckDB }

func explainDuckDB(error) string { return "" }
