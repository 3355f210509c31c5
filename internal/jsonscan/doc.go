// Package jsonscan reads one JSON value at a time without building a tree: the members of an object, the
// elements of an array, and the elements of an array far larger than memory. It takes what encoding/json
// takes and refuses what encoding/json refuses, and besides refuses text that is not UTF-8, values nested
// deeper than the caller allows, and says NaN and Infinity by name, since other tools do write them.
//
// Raw values are sub-slices of the input. Offsets in errors count bytes from 1.
package jsonscan

import "fmt"

// MaxDepth is a nesting that no result file needs; it serves where a caller has no better bound.
const MaxDepth = 256

// SyntaxError says what is wrong with a value, and where.
type SyntaxError struct {
	Offset int64 // byte, from 1, within the value that was given
	What   string
}

// Error gives "byte 17: what".
func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.What) }

func wrong(at int, what string) error { return &SyntaxError{Offset: int64(at) + 1, What: what} }
