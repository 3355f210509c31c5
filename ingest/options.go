package ingest

import (
	"fmt"
	"io"
	"os"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/warehouse"
)

// Options say how files are read. The zero value means the documented defaults.
type Options struct {
	Prefer         outcome.Prefer          // which of two records that disagree wins; none: that is an error
	ScoreThreshold float64                 // the score from which a cell is right, in (0, 1]; 0 means 1
	AllowMismatch  bool                    // a rate that a source states and its rows contradict is a warning only
	Keep           func(model string) bool // models whose stated rate must hold; nil: all
	Transpose      bool                    // wide tables hold models in rows and queries in columns
	Metrics        []string                // metrics (scorers, statistics, scores) that count, the first that a file has before its format's own rule
	Filters        []string                // likewise for filters, that is for ways in which an answer was found in the response
	Labels         []string                // columns of Parquet and of databases that are labels of the query, beside the map slices and the folders day=2026-01-31
	Want           outcome.Fields          // long fields that readers fill where a file has them; the others stay empty
	KeepAnswers    bool                    // the set keeps the answers, for outcome.Detail
	KeepCosts      bool                    // the set keeps what each answer cost, likewise
	Warehouse      warehouse.Source        // what is read of a database among the paths; its URL is the path
	Stdin          io.Reader               // what "-" names; nil means the process's own
	Limits         Limits                  // what one file may cost

	// Progress is told, at most once a mebibyte and never twice at a time, how many bytes have been read and
	// how many there are; total is 0 when a stream without a length is among the inputs.
	Progress func(read, total int64)
}

// Limits hold one file to what it may cost. A zero field means the default.
type Limits struct {
	Line     int   // bytes of one line or record; 16 MiB
	Document int   // bytes of a document that has to be held in memory as a whole; 512 MiB
	Expanded int64 // bytes that one file on disk may unpack to, all its entries together; 64 GiB
	Ratio    int64 // unpacked bytes per packed byte, once ratioGrace has been unpacked; 200
	Entries  int   // entries of an archive; 100,000
}

// ratioGrace is how much a file may unpack to before Ratio is looked at: a
// small table of equal cells packs a thousandfold and harms nobody.
const ratioGrace = 64 << 20

// complete puts defaults in place of zeros and refuses what makes no sense.
func (o Options) complete() (Options, error) {
	if o.ScoreThreshold == 0 {
		o.ScoreThreshold = 1
	}
	if !(o.ScoreThreshold > 0 && o.ScoreThreshold <= 1) {
		return o, fmt.Errorf("score threshold: %v is outside (0, 1]", o.ScoreThreshold)
	}
	if o.KeepAnswers {
		o.Want |= outcome.WantAnswer
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	l := &o.Limits
	if l.Line < 0 || l.Document < 0 || l.Expanded < 0 || l.Ratio < 0 || l.Entries < 0 {
		return o, fmt.Errorf("limits: %+v: none may be negative", *l)
	}
	orDefault(&l.Line, 16<<20)
	orDefault(&l.Document, 512<<20)
	orDefault(&l.Expanded, 64<<30)
	orDefault(&l.Ratio, 200)
	orDefault(&l.Entries, 100_000)
	return o, nil
}

func orDefault[T int | int64](x *T, value T) {
	if *x == 0 {
		*x = value
	}
}
