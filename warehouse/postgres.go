package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgres reads PostgreSQL, and what speaks its protocol and its SQL.
var postgres = dialect{
	title:   "PostgreSQL",
	schemes: []string{"postgres://", "postgresql://"},
	open:    openPostgres,
	begin:   beginPostgres,
	kinds:   kindsPostgres,
	ident:   doubleQuoted,
	bind:    func(n int) string { return fmt.Sprintf("$%d", n) },
	asText: func(expr string, k kind) string {
		if k != text {
			expr += "::text"
		}
		return "(" + expr + ` COLLATE "C")` // neither the server's language nor a column's own rules
	},
	asNumber: func(expr string, k kind) string {
		if k == float {
			return expr
		}
		return expr + "::float8"
	},
	asWhole: func(expr string, _ kind) string { return expr },
	moment: func(k kind) (string, string) {
		if k == zoned {
			return "%s::timestamptz", time.RFC3339Nano
		}
		return "%s::timestamp", "2006-01-02 15:04:05.999999999"
	},
	stamp:    func(expr string, k kind) (string, string) { return expr, "" },
	power:    func(expr string) string { return "(1::bigint << (" + expr + "))" },
	or:       func(expr string) string { return "bit_or(" + expr + ")" },
	and:      func(a, b string) string { return "(" + a + " & " + b + ")" },
	right:    func(a string, by int) string { return fmt.Sprintf("(%s >> %d)", a, by) },
	shuffled: func(text string) string { return "sha256(convert_to(" + text + ", 'UTF8'))" },
	// An offset of nothing keeps the planner from copying an expression to each
	// place that names it. A plain 0 would also keep workers from sharing the
	// scan: it is cast to a bigint, and that no limit hides there is seen of
	// constants only.
	fence: " OFFSET bigint '0'",
	// The planner knows no more than that there are two hundred queries: sorting
	// those is as cheap as hashing them, but ten million are sorted slowly. Before
	// version 13 a hash that grows past its memory does not go to disk.
	hash: [2]string{
		"SELECT set_config(name, 'off', true) FROM pg_catalog.pg_settings WHERE name = 'enable_sort' AND current_setting('server_version_num')::int >= 130000",
		"SELECT set_config(name, reset_val, true) FROM pg_catalog.pg_settings WHERE name = 'enable_sort'",
	},
	sample:      samplePostgres,
	dollars:     true,
	backslashes: true,
	explain:     explainPostgres,
}

func openPostgres(_ context.Context, s Source, received *meter) (*sql.DB, error) {
	config, err := pgx.ParseConfig(s.URL)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "allwrong"
	}
	// One round trip a statement and no names kept: poolers in between may
	// hand each transaction to another server.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	// A statement that nobody waits for is ended in the server.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	dial := config.DialFunc
	received.wire = true
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &counted{c, received}, nil
	}
	return stdlib.OpenDB(*config), nil
}

// counted is a connection whose received bytes are counted.
type counted struct {
	net.Conn
	received *meter
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.received.bytes.Add(int64(n))
	return n, err
}

// workMem is what each sorting or grouping step may hold in memory before it
// goes to disk, in megabytes, where the server's own setting is less. Grouping
// ten million queries takes about a gigabyte; a server that is shared should
// not be asked for it.
const workMem = 128

func beginPostgres(ctx context.Context, db *sql.DB, timeout time.Duration) (querier, func() error, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	set := fmt.Sprintf(`SELECT set_config('work_mem', '%dMB', true) WHERE pg_size_bytes(current_setting('work_mem')) < %d::bigint << 20`, workMem, workMem)
	if _, err := tx.ExecContext(ctx, set); err != nil {
		tx.Rollback()
		return nil, nil, err
	}
	if timeout > 0 {
		ms := max(timeout.Milliseconds(), 1)
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = "+strconv.FormatInt(ms, 10)); err != nil {
			tx.Rollback()
			return nil, nil, err
		}
	}
	return tx, tx.Rollback, nil
}

func kindsPostgres(ctx context.Context, q querier, types []*sql.ColumnType) ([]column, error) {
	var out []column
	for _, t := range types {
		c := column{name: t.Name(), typ: strings.ToLower(t.DatabaseTypeName())}
		switch c.typ {
		case "text", "varchar":
			c.kind = text
		case "bpchar", "name", "unknown":
			c.kind = textual
		case "int2", "int4", "int8":
			c.kind = integer
		case "numeric":
			c.kind = decimal
		case "float4", "float8":
			c.kind = float
		case "bool":
			c.kind = boolean
		case "uuid":
			c.kind = uuid
		case "date":
			c.kind = date
		case "timestamp":
			c.kind = naive
		case "timestamptz":
			c.kind = zoned
		default:
			if err := namePostgres(ctx, q, &c); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// namePostgres looks a type up that the driver knows by number only:
// enumerations, and what extensions bring.
func namePostgres(ctx context.Context, q querier, c *column) error {
	oid, err := strconv.ParseUint(c.typ, 10, 32)
	if err != nil {
		return nil // a name of a type that is not read
	}
	rows, err := q.QueryContext(ctx, "SELECT typname::text, typtype::text, typcategory::text FROM pg_catalog.pg_type WHERE oid = $1::bigint::oid", int64(oid))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, typ, category string
		if err := rows.Scan(&name, &typ, &category); err != nil {
			return err
		}
		c.typ = name
		if typ == "e" || category == "S" {
			c.kind = textual
		}
	}
	return rows.Err()
}
