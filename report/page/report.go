package page

import (
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/study"
)

// Report is what a page shows.
type Report struct {
	*study.Results
	Formats  []string          // that were read
	Inputs   []Input           // files, in the order in which they were read
	Notes    []certify.Warning // the certificate's warnings as they are to be read
	Ledger   string            // path; empty without one
	Commands []string          // lines that compute these numbers again
	Version  string            // of the program
}

// Input is one file.
type Input struct {
	Path, Format, Status, Why, SHA256 string
	Rows                              int64
}

func (r Report) origin() report.Origin { return report.Origin{Formats: r.Formats} }
