package ingest

import (
	"github.com/allwrong/allwrong/collect/store"
	"github.com/allwrong/allwrong/outcome"
)

// Result is what was read, and what is to be said about it.
type Result struct {
	Set      *outcome.Set `json:"-"`
	Inputs   []Input      `json:"inputs"`
	Warnings []Warning    `json:"warnings"`

	list []source // what Records reads again
	opt  Options  // how
}

// The statuses of an input.
const (
	StatusRead    = "read"    // its records are in the set
	StatusSkipped = "skipped" // found in a folder or archive, and not a file that is read
	StatusRefused = "refused" // a file that is read, and broken
)

// Input is one file, or one entry of an archive.
type Input struct {
	Path    string    `json:"path"`             // as named, or found in a folder; "x.zip!entry" for an entry; "-" for standard input
	Format  string    `json:"format,omitempty"` // the name of the format; empty when none was recognised
	SHA256  string    `json:"sha256,omitempty"` // of the bytes on disk, hexadecimal; entries carry that of their archive; empty when skipped
	Bytes   int64     `json:"bytes"`            // on disk; of an entry: as packed
	Rows    int64     `json:"rows"`             // records read
	LeftOut []LeftOut `json:"left_out,omitempty"`
	Status  string    `json:"status"`
	Why     string    `json:"why,omitempty"` // why it was skipped or refused

	Beside   []Beside `json:"beside,omitempty"`    // neighbouring files that were read for it
	Choices  []Choice `json:"choices,omitempty"`   // what counts where the file offers several
	JoinedBy string   `json:"joined_by,omitempty"` // how its queries are known in other files: "id", "content" or "row"

	Statement *Statement       `json:"statement,omitempty"` // of a database: what was read of it
	Collected *store.Collected `json:"collected,omitempty"` // of a run of allwrong collect: how its cells were chosen

	byRow bool      // its queries are named by row
	tests [2]string // a set of tasks, and the version of the tests that graded them
	trial bool      // a demo run, all of which is left out
}

// LeftOut counts rows of an input that are no outcomes, by reason.
type LeftOut struct {
	Why   string `json:"why"`
	Rows  int64  `json:"rows"`
	First string `json:"first"` // place of the first of them
}

// Warning is something that does not stop the reading, and that whoever uses
// the numbers has to know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
