// Package feed answers one question: which outcomes have come since we last looked?
//
// A [File] of outcomes grows, a [Run] of allwrong collect fills up, a [Database]
// has new rows. Each knows its [Place], which is kept beside what was made of the
// records, so that reading goes on after a restart with nothing lost and nothing
// twice. It knows nothing of what the records are for.
package feed

import (
	"context"
	"fmt"

	"github.com/allwrong/allwrong/outcome"
)

// Feed gives what has come since it was last read. It is not safe for concurrent use.
type Feed interface {
	// Read hands on each new record, in the order in which they stand. What is handed
	// on is used again: take keeps copies. An error of take means that the record
	// makes no sense; the record is counted as unreadable, and reading goes on.
	Read(ctx context.Context, take func(*outcome.Record) error) error
	// Models names the models of all that is there, in any order.
	Models(ctx context.Context) ([]string, error)
	// Place is where reading goes on, and Rewind goes back to it: after an error of
	// Read what was handed on may be handed on again.
	Place() Place
	Rewind(Place)
	// Notes says, since the last call, what a reader should know: a file that began
	// anew, a line that is not finished.
	Notes() []string
	Close() error
}

// Place is where reading goes on. It marshals to JSON as it is.
type Place struct {
	Taken      int64  `json:"taken"`      // records handed on
	Unreadable int64  `json:"unreadable"` // lines or rows that are no record
	First      string `json:"first"`      // what was wrong with the first of them, and where

	// Of a file.
	Offset int64  `json:"offset,omitempty"` // bytes read, to the end of a line
	Lines  int64  `json:"lines,omitempty"`
	Head   int64  `json:"head,omitempty"`   // first bytes of the file by which it is known again
	Digest string `json:"digest,omitempty"` // SHA-256 of these

	// Of a database.
	Until string            `json:"until,omitempty"` // rows before this moment were read
	Rows  map[string]string `json:"rows,omitempty"`  // rows of the stretch that is read again, by a digest of their names: the verdict
}

// unreadable counts what is no record. Where nothing was readable before, the
// source is not what it was taken for: that is an error.
func (p *Place) unreadable(where string, err error) error {
	if p.Taken == 0 {
		return fmt.Errorf("%s: %w", where, err)
	}
	if p.Unreadable++; p.Unreadable == 1 {
		p.First = fmt.Sprintf("%s: %v", where, err)
	}
	return nil
}
