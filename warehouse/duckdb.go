package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// duckDB reads files of DuckDB, and from memory what its functions read:
// duckdb: with a query over read_parquet('folder/**/*.parquet'). It is there in
// builds with the tag duckdb only, since its library needs cgo.
var duckDB = dialect{
	title:   "DuckDB",
	schemes: []string{"duckdb:"},
	open:    openDuckDB,
	begin:   beginDuckDB,
	kinds:   kindsDuckDB,
	ident:   doubleQuoted,
	bind:    func(n int) string { return fmt.Sprintf("$%d", n) },
	asText: func(expr string, k kind) string {
		if k != text {
			expr = "CAST(" + expr + " AS VARCHAR)"
		}
		return expr + " COLLATE C"
	},
	asNumber: func(expr string, k kind) string {
		// Larger than any number, and so no score, is NaN in this engine.
		return "CAST(" + expr + " AS DOUBLE)"
	},
	asWhole: func(expr string, _ kind) string {
		return "CASE WHEN " + expr + " IS NOT NULL THEN coalesce(TRY_CAST(" + expr + " AS BIGINT), -1) END"
	},
	moment: func(k kind) (string, string) {
		if k == zoned {
			return "CAST(%s AS TIMESTAMPTZ)", time.RFC3339Nano
		}
		return "CAST(%s AS TIMESTAMP)", "2006-01-02 15:04:05.999999"
	},
	stamp:    func(expr string, _ kind) (string, string) { return expr, "" },
	power:    func(expr string) string { return "(CAST(1 AS BIGINT) << CAST(" + expr + " AS BIGINT))" },
	or:       func(expr string) string { return "bit_or(" + expr + ")" },
	and:      func(a, b string) string { return "(" + a + " & " + b + ")" },
	right:    func(a string, by int) string { return fmt.Sprintf("(%s >> %d)", a, by) },
	shuffled: func(text string) string { return "sha256(" + text + ")" },
	dollars:  true, backslashes: true,
	explain: explainDuckDB,
}

// beginDuckDB starts a transaction, which sees one snapshot of the file.
func beginDuckDB(ctx context.Context, db *sql.DB, _ time.Duration) (querier, func() error, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.ExecContext(ctx, "BEGIN TRANSACTION READ ONLY"); err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, func() error {
		_, err := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		c.Close()
		return err
	}, nil
}

func kindsDuckDB(_ context.Context, _ querier, types []*sql.ColumnType) ([]column, error) {
	var out []column
	for _, t := range types {
		c := column{name: t.Name(), typ: strings.ToLower(t.DatabaseTypeName())}
		base, _, _ := strings.Cut(c.typ, "(")
		switch base {
		case "varchar":
			c.kind = text
		case "enum":
			c.kind = textual
		case "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint", "uhugeint":
			c.kind = integer
		case "decimal":
			c.kind = decimal
		case "float", "double":
			c.kind = float
		case "boolean":
			c.kind = boolean
		case "uuid":
			c.kind = uuid
		case "date":
			c.kind = date
		case "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns":
			c.kind = naive
		case "timestamptz", "timestamp with time zone":
			c.kind = zoned
		}
		out = append(out, c)
	}
	return out, nil
}
