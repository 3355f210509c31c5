package store

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
)

// version of the tables; application marks the file as one of ours.
const (
	version     = 1
	application = 0x616c7772 // "alwr"
)

//go:embed schema.sql
var schema string

// Is reports whether a file is a store, by its first 100 bytes.
func Is(head []byte) bool {
	const magic, id = "SQLite format 3\x00", 68
	return len(head) >= 100 && string(head[:len(magic)]) == magic && binary.BigEndian.Uint32(head[id:]) == application
}

// ErrNoStore is returned for a file that is no store of allwrong.
var ErrNoStore = errors.New("not a store of allwrong collect")

// migrate makes the tables in an empty file, and refuses a file of others.
func (s *Store) migrate(ctx context.Context) (err error) {
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		if _, e := s.conn.ExecContext(context.WithoutCancel(ctx), end); err == nil {
			err = e
		}
	}()
	var tables int
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return check(ctx, s.conn)
	}
	_, err = s.conn.ExecContext(ctx, schema+fmt.Sprintf(`
PRAGMA application_id = %d;
PRAGMA user_version = %d;
INSERT INTO purse VALUES (1, 0, 0, 0, 0, 0, 0, 1);`, application, version))
	return err
}

// check refuses a database that is not ours, or newer than this program.
func check(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	var id, have int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return foreign(err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return foreign(err)
	}
	switch {
	case id != application:
		return ErrNoStore
	case have > version:
		return fmt.Errorf("its tables have version %d, newer than what is read here, %d: update allwrong", have, version)
	}
	return nil
}

// Codes of SQLite: https://sqlite.org/rescode.html.
const (
	sqliteBusy  = 5
	sqliteNotDB = 26
)

// code is SQLite's code of an error, without what extends it; 0: none.
func code(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code() & 0xff
	}
	return 0
}

// foreign says what SQLite's words for a file that is no database mean.
func foreign(err error) error {
	if code(err) == sqliteNotDB {
		return ErrNoStore
	}
	return err
}
