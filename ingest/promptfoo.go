package ingest

import (
	"bytes"
	"fmt"
	"maps"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// promptfooJSON reads what promptfoo writes with --output x.json.
var promptfooJSON = &format{name: "promptfoo results", detect: detectPromptfoo, read: readPromptfoo}

// promptfooLines reads what promptfoo writes with --output x.jsonl: the rows
// alone, one a line. Nothing in it states totals.
var promptfooLines = &format{name: "promptfoo JSON lines", detect: detectPromptfooLines, read: readPromptfooLines}

func detectPromptfoo(h head) bool {
	m := members(members(h.bytes)["results"])
	return has(m, "version", "timestamp") && (has(m, "prompts") || has(m, "table") || has(m, "results"))
}

func detectPromptfooLines(h head) bool {
	m := members(firstLine(h.bytes))
	return has(m, "promptIdx", "provider") && (has(m, "testIdx") || has(m, "testCase") || has(m, "promptId"))
}

func readPromptfoo(f *file, to *sink) error {
	p := newPromptfoo(to)
	defer p.texts.drop()
	var bad faults
	fields := map[string][]byte{}
	err := jsonscan.MembersWithin(f, f.opt.Limits.Document, "results", "results", func(key string, raw []byte, line int64) error {
		return p.field(fields, key, raw, line)
	}, func(raw []byte, line int64) error {
		var err error
		if len(raw) > f.opt.Limits.Line {
			err = longer(f.opt.Limits.Line)
		} else if err = p.row(raw, line); err == nil {
			err = p.putAside()
		}
		if err != nil {
			bad.add(to.errorAt(line, err))
		}
		return f.ctx.Err()
	})
	if err != nil {
		return streamError(to, err)
	}
	if err := bad.err(); err != nil {
		return err
	}
	if fields["results.version"] == nil || fields["results.results"] == nil {
		return to.errorAt(0, fmt.Errorf("results: neither rows nor a version of the format; want results.version and results.results"))
	}
	if err := p.checkStats(fields["results.stats"], f.opt.AllowMismatch); err != nil {
		return err
	}
	return p.deliver()
}

// field takes what the document says beside its rows.
func (p *promptfoo) field(fields map[string][]byte, key string, raw []byte, line int64) error {
	if key != "results" && !strings.HasPrefix(key, "results.") {
		return nil
	}
	if fields[key] != nil {
		return p.to.errorAt(line, fmt.Errorf("%s: given twice; remove one", key))
	}
	switch fields[key] = []byte{}; {
	case key == "results" && raw != nil:
		return p.to.errorAt(line, badField(key, raw, "an object with the rows"))
	case key == "results.results" && raw != nil:
		return p.to.errorAt(line, badField(key, raw, "an array of rows"))
	case key == "results.version" && string(raw) != "2" && string(raw) != "3":
		return p.to.errorAt(line, badField(key, raw, "2 or 3, the versions that are read"))
	case key == "results.stats":
		fields[key] = bytes.Clone(raw)
	}
	return nil
}

func readPromptfooLines(f *file, to *sink) error {
	p := newPromptfoo(to)
	defer p.texts.drop()
	parse := func(raw []byte) (*promptfoo, error) { // a file of one row
		one := &promptfoo{to: to, columns: map[promptfooColumn]int{}, metrics: map[string]bool{}}
		return one, one.row(raw, 0)
	}
	if err := eachParsed(f, to, parse, p.add); err != nil {
		return err
	}
	return p.deliver()
}

// add takes over a row that was read by itself.
func (p *promptfoo) add(one *promptfoo, line int64) error {
	r := one.rows[0]
	r.column, r.line = p.columnOf(one.list[0]), line
	p.rows = append(p.rows, r)
	for i, n := range one.outcomes {
		p.outcomes[i] += n
	}
	maps.Copy(p.metrics, one.metrics)
	if err := p.putAside(); err != nil {
		return p.to.errorAt(line, err)
	}
	return nil
}

// checkStats compares the totals that the file states with its rows. A file
// from which rows were taken, or that was put together by hand, does not pass.
func (p *promptfoo) checkStats(raw []byte, allow bool) error {
	if !says(raw) {
		return nil
	}
	var fields [3][]byte
	err := fieldsOf(raw, map[string]*[]byte{"successes": &fields[0], "failures": &fields[1], "errors": &fields[2]})
	if err != nil {
		return p.to.errorAt(0, fmt.Errorf("results.stats: %w", err))
	}
	rows := p.outcomes
	if !says(fields[2]) { // versions that had no count of errors counted them as failures
		rows[1] += rows[2]
	}
	var said []string
	agree := true
	for i, name := range [...]string{"successes", "failures", "errors"} {
		if !says(fields[i]) {
			continue
		}
		stated, err := countField("results.stats."+name, fields[i])
		if err != nil {
			return p.to.errorAt(0, err)
		}
		agree = agree && stated == rows[i]
		said = append(said, fmt.Sprintf("%d %s where the rows have %d", stated, name, rows[i]))
	}
	switch text := strings.Join(said, ", "); {
	case agree:
		return nil
	case allow:
		p.to.warn("stated-counts", "%s: results.stats states %s; it was read all the same", p.to.place(0), text)
		return nil
	default:
		return p.to.errorAt(0, fmt.Errorf("results.stats states %s: the rows or the statement are wrong. Export the run again, or read it all the same with --allow-mismatch", text))
	}
}
