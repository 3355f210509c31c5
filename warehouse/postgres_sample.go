package warehouse

import (
	"context"
	"database/sql"
	"fmt"
)

// Of a table of so many pages, each of 8 KB, so many are looked at.
var (
	manyPages   = 20_000
	samplePages = 2_000
)

// samplePostgres gives what follows a large table's name so that whole pages of
// it are taken by lot; empty for a small table, and for what is none.
func samplePostgres(ctx context.Context, w *Warehouse) (string, error) {
	const statement = `SELECT pg_catalog.pg_relation_size(oid) / 8192 FROM pg_catalog.pg_class WHERE oid = $1::regclass AND relkind IN ('r', 'm')`
	pages := int64(0)
	err := w.rows(ctx, "looking at its size", statement, []any{w.from}, func(rows *sql.Rows) error {
		for rows.Next() {
			if err := rows.Scan(&pages); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || pages < int64(manyPages) {
		return "", err
	}
	return fmt.Sprintf(" TABLESAMPLE SYSTEM (%.6f) REPEATABLE (1)", 100*float64(samplePages)/float64(pages)), nil
}
