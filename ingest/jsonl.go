package ingest

import (
	"bytes"
	"errors"

	"github.com/allwrong/allwrong/outcome"
)

// outcomesJSONL reads the project's own file: one outcome a line.
var outcomesJSONL = &format{
	name:   "outcomes as JSON lines",
	detect: detectJSONL,
	read:   readJSONL,
	ends:   []string{".jsonl", ".ndjson"},
}

func detectJSONL(h head) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(h.bytes, " \t\r\n"), []byte{'\n'})
	m := members(line)
	signs := 0
	for _, names := range [][]string{{"query"}, {"model"}, {"verdict", "score"}} {
		for _, name := range names {
			if has(m, name) {
				signs++
				break
			}
		}
	}
	return signs >= 2 || bytes.HasPrefix(m["schema"], []byte(`"allwrong/outcomes/`))
}

// records is what a worker makes of a stretch of lines.
type records struct {
	recs []outcome.Record
	errs []error // of the record of the same number; nil when it is good
	line []int64 // counted from the beginning of the stretch
}

// readJSONL puts good lines into the set and collects what is wrong with the
// others; one bad line makes the file unusable, but all are reported.
func readJSONL(f *file, to *sink) error {
	var bad faults
	to.joinedBy(joinedByID)
	most, want := f.opt.Limits.Line, f.opt.Want
	parse := func(data []byte, out *records) { parseLines(data, most, want, out) }
	err := eachChunk(f, false, parse, func(out *records, line int64) error {
		for i := range out.recs {
			err := out.errs[i]
			if err == outcome.ErrNoVerdict && to.takesUngraded() {
				err = nil
			}
			switch {
			case err == outcome.ErrHeader:
			case err == errLong:
				bad.add(to.errorAt(line+out.line[i], longer(most)))
			case err != nil:
				bad.add(to.errorAt(line+out.line[i], err))
			default:
				if err := to.record(&out.recs[i], line+out.line[i]); err != nil {
					bad.add(err)
				}
			}
		}
		return nil
	})
	var at *placeError
	if errors.As(err, &at) {
		err = to.errorAt(at.line, at.err)
	}
	if err != nil && len(bad.first) == 0 {
		return err
	}
	if err != nil {
		bad.add(err)
	}
	return bad.err()
}

// parseLines parses a stretch of lines; empty ones are passed over.
func parseLines(data []byte, most int, want outcome.Fields, out *records) {
	out.recs, out.errs, out.line = out.recs[:0], out.errs[:0], out.line[:0]
	for line := int64(0); len(data) > 0; line++ {
		end := bytes.IndexByte(data, '\n')
		text := data
		if end >= 0 {
			text, data = data[:end], data[end+1:]
		} else {
			data = nil
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		// Grown by one within the capacity, a record keeps the memory that it
		// had in an earlier stretch.
		if n := len(out.recs); n < cap(out.recs) {
			out.recs = out.recs[:n+1]
		} else {
			out.recs = append(out.recs, outcome.Record{})
		}
		err := errLong
		if len(text) <= most {
			err = outcome.ParseRecord(text, want, &out.recs[len(out.recs)-1])
		}
		out.errs, out.line = append(out.errs, err), append(out.line, line)
	}
}
