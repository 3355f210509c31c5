package store

import (
	_ "embed"
	"errors"
)

// version of the tables.
const version = 1

//go:embed schema.sql
var schema string

// emptyPurse is what a run begins with.
const emptyPurse = "INSERT INTO purse VALUES (1, 0, 0, 0, 0, 0, 0, 1)"

// Is reports whether a file belongs to a store, by its first bytes: 100 of them
// do, or all if there are fewer.
func Is(head []byte) bool { return isFile(head) || isPointer(head) }

// ErrNoStore is returned for a file, or a schema, that is no store of allwrong.
var ErrNoStore = errors.New("not a store of allwrong collect")
