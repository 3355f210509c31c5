package warehouse

import (
	"context"
	"database/sql"
)

// manyRows is from which size on a table is worth a sample; one row of a hundred
// is looked at then.
var manyRows = 5e6

// sampleTrino gives what follows a large table's name so that rows of it are
// taken by lot; empty for a small table, and for one whose size nobody keeps:
// what Iceberg and Delta Lake know, Hive knows of tables that were analysed.
func sampleTrino(ctx context.Context, w *Warehouse) (string, error) {
	var size float64
	err := w.rows(ctx, "looking at its size", "SHOW STATS FOR "+w.from, nil, func(rows *sql.Rows) error {
		for rows.Next() {
			// The row without a name is about the table, and its fifth column is how many rows there are.
			var name, low, high sql.NullString
			var bytes, distinct, nulls, n sql.NullFloat64
			if err := rows.Scan(&name, &bytes, &distinct, &nulls, &n, &low, &high); err != nil {
				return err
			}
			if !name.Valid {
				size = n.Float64
			}
		}
		return nil
	})
	if err != nil || size < manyRows {
		return "", err
	}
	return " TABLESAMPLE BERNOULLI (1)", nil
}
