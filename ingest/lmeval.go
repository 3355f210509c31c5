package ingest

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// lmEval reads the samples files of lm-evaluation-harness: one line for each
// document and filter, with the values of all metrics of the task.
var lmEval = &format{
	name:   "lm-evaluation-harness samples",
	detect: detectLMEval,
	read:   readLMEval,
}

func detectLMEval(h head) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(h.bytes, " \t\r\n"), []byte{'\n'})
	m := members(line)
	return has(m, "doc_id", "doc") && (has(m, "target") || has(m, "arguments") || has(m, "resps"))
}

// lmEvalName is how the tool names the file; the date joins it to its results.
var lmEvalName = regexp.MustCompile(`^samples_(.+?)(?:_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?))?\.jsonl$`)

// lmEvalReader holds the rows of one task until all are read: which filter and
// which metric count is only known then, and must not hang on the rows' order.
type lmEvalReader struct {
	to      *sink
	task    string
	results *lmEvalResults
	filters map[string]*lmEvalFilter
	texts   hoard
	labels  map[string]map[string]string // of documents; equal ones are held once
}

// lmEvalFilter is what one filter of the task gave.
type lmEvalFilter struct {
	rows    []lmEvalRow
	metrics map[string]*lmEvalMetric
	seen    map[string]bool // ids of documents, kept where no filter is named
}

// lmEvalMetric is a column; it is of use when each value is one number from 0 to 1.
type lmEvalMetric struct {
	values []float64 // by row, missing and null as lmEvalNone
	bad    string    // why it is of no use: "a list", "7 is outside [0, 1]"
}

// lmEvalNone stands for a value that is not there.
const lmEvalNone = -1

// lmEvalRow is what is kept of a row beside its values.
type lmEvalRow struct {
	line    int64
	doc     string         // doc_id
	hash    string         // of the document, or else of its target
	nothing outcome.Reason // why a row that is not right has no answer
	options int
	labels  map[string]string
	texts   kept
}

// lmEvalTexts are the texts of a row; but for the first, as far as they are wanted.
type lmEvalTexts struct{ reference, answer, response, prompt string }

func readLMEval(f *file, to *sink) error {
	r := lmEvalReader{to: to, task: strings.TrimSuffix(f.name, ".jsonl"), filters: map[string]*lmEvalFilter{}, labels: map[string]map[string]string{}}
	defer r.texts.drop()
	date := ""
	if m := lmEvalName.FindStringSubmatch(f.name); m != nil {
		r.task, date = m[1], m[2]
	}
	if r.task == "" {
		return to.errorAt(0, errors.New("the task is named by the file only: name it samples_<task>_<date>.jsonl"))
	}
	var err error
	if r.results, err = findLMEvalResults(f, r.task, date, to); err != nil {
		return err
	}
	to.joinedBy(joinedByContent)
	if err := eachParsed(f, to, r.parse, r.take); err != nil {
		return err
	}
	return r.emit()
}
