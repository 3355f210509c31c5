package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// mark is what the table of the purse says of itself: whose tables these are, and of which version.
const mark = "allwrong collect, tables of version "

// found is what a schema holds.
type found struct {
	schema bool // it is there
	tables int
	mark   string
}

const findTables = `SELECT count(*) > 0, count(c.oid), coalesce(max(obj_description(c.oid, 'pg_class')) FILTER (WHERE c.relname = 'purse'), '')
	FROM pg_catalog.pg_namespace AS n LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid WHERE n.nspname = $1`

func (f *found) columns() []any { return []any{&f.schema, &f.tables, &f.mark} }

// check refuses tables that are not ours, or newer than this program. It reports
// whether there are any.
func (f *found) check() (bool, error) {
	if f.tables == 0 {
		return false, nil
	}
	text, ours := strings.CutPrefix(f.mark, mark)
	var have int
	if _, err := fmt.Sscan(text, &have); !ours || err != nil {
		return false, errForeign
	}
	return true, newer(have)
}

// migrate makes the tables in a schema that has none, and the schema if need be.
func (d *shared) migrate(ctx context.Context, conn *pgx.Conn) error {
	var f found
	if err := conn.QueryRow(ctx, findTables, d.plain).Scan(f.columns()...); err != nil {
		return err
	}
	if there, err := f.check(); there || err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	// Others may be making them too: the second one finds them made.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", d.plain); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, findTables, d.plain).Scan(f.columns()...); err != nil {
		return err
	}
	if there, err := f.check(); there || err != nil {
		return err
	}
	text := strings.NewReplacer("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY", " WITHOUT ROWID", "").Replace(schema)
	if !f.schema {
		text = "CREATE SCHEMA " + d.schema + ";\n" + text
	}
	text += fmt.Sprintf("\n%s;\nCOMMENT ON TABLE purse IS '%s%d';", emptyPurse, mark, version)
	if err := conn.PgConn().Exec(ctx, text).Close(); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// readable refuses to read what is no run of ours.
func (d *shared) readable(ctx context.Context) error {
	var f found
	if err := d.read.QueryRowContext(ctx, findTables, d.plain).Scan(f.columns()...); err != nil {
		return err
	}
	there, err := f.check()
	if !there && err == nil {
		return fmt.Errorf("%w: no run of this name lies there%s", ErrNoStore, d.others(ctx))
	}
	return err
}

// others names the runs that lie in the database.
func (d *shared) others(ctx context.Context) string {
	rows, err := d.read.QueryContext(ctx, `SELECT substr(nspname, 10) FROM pg_catalog.pg_namespace
		WHERE starts_with(nspname, 'allwrong_') ORDER BY nspname LIMIT 20`)
	if err != nil {
		return ""
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if rows.Scan(&name) == nil {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ", nor any other"
	}
	return "; there are " + strings.Join(list, ", ")
}
