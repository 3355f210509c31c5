package ingest

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// inspectEval reads the .eval logs of Inspect, each of them an archive. The
// header and the summaries of the samples suffice; the samples themselves, with
// all that was said, are unpacked only when there are no summaries. A log whose
// run is not over, or was torn off, has neither header nor summaries, and keeps
// what was flushed in a journal.
var inspectEval = &bundle{
	name:   inspectJSON.name,
	claims: claimsInspect,
	read:   readInspectEval,
}

const (
	inspectHeaderEntry  = "header.json"
	inspectStartEntry   = "_journal/start.json"
	inspectSummaries    = "summaries.json"
	inspectJournalParts = "_journal/summaries/*.json"
	inspectSamples      = "samples/*.json"
	inspectSamplesParts = "samples/*/sample.json" // with what is large laid beside it
)

func claimsInspect(entries []*zip.File) bool {
	if anyEntry(entries, inspectStartEntry) {
		return true
	}
	return anyEntry(entries, inspectHeaderEntry) &&
		(anyEntry(entries, inspectSummaries) || anyEntry(entries, inspectSamples) || anyEntry(entries, inspectSamplesParts))
}

func readInspectEval(a *archive, to *sink) error {
	r := newInspectReader(to)
	start := inspectHeaderEntry
	if !a.has(start) {
		if start = inspectStartEntry; !a.has(start) {
			return to.errorAt(0, errNoHeader)
		}
		r.torn = true
	}
	most := a.opt.Limits.Document
	err := a.each(to, is(start), func(in io.Reader) error {
		if err := r.header.read(in, most); err != nil {
			return streamError(to, err)
		}
		if err := r.begin(); err != nil {
			return to.errorAt(0, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	switch {
	case a.has(inspectSummaries):
		err = a.each(to, is(inspectSummaries), r.list(most))
	case a.has(inspectJournalParts):
		err = a.each(to, like(inspectJournalParts), r.list(most))
	default:
		err = a.each(to, func(name string) bool { return like(inspectSamples)(name) || like(inspectSamplesParts)(name) }, r.one(most))
	}
	if err != nil {
		return err
	}
	return r.finish()
}

func is(name string) func(string) bool { return func(s string) bool { return s == name } }

func like(pattern string) func(string) bool {
	return func(s string) bool { ok, _ := path.Match(pattern, s); return ok }
}

// list reads an array of summaries.
func (r *inspectReader) list(most int) func(io.Reader) error {
	return func(in io.Reader) error {
		return streamError(r.to, jsonscan.Elements(jsonscan.Lenient(in), most, r.sample))
	}
}

// one reads one sample. It is a document of its own and has to be held in memory.
func (r *inspectReader) one(most int) func(io.Reader) error {
	return func(in io.Reader) error {
		wrapped := io.MultiReader(strings.NewReader("["), jsonscan.Lenient(in), bytes.NewReader([]byte{']'}))
		return streamError(r.to, jsonscan.Elements(wrapped, most, r.sample))
	}
}
