package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/outcome"
)

// lmEvalFields holds the fields that are looked at, as written; values are the
// fields that the tool itself does not name, among them the metrics.
type lmEvalFields struct {
	docID, doc, target, arguments, resps, filtered, filter, metrics, hash []byte
	values                                                                map[string][]byte
}

func (x *lmEvalFields) field(key, raw []byte) error {
	switch string(key) {
	case "doc_id":
		return once(&x.docID, key, raw)
	case "target":
		return once(&x.target, key, raw)
	case "resps":
		return once(&x.resps, key, raw)
	case "filtered_resps":
		return once(&x.filtered, key, raw)
	case "filter":
		return once(&x.filter, key, raw)
	case "metrics":
		return once(&x.metrics, key, raw)
	case "doc_hash":
		return once(&x.hash, key, raw)
	case "doc":
		return once(&x.doc, key, raw)
	case "arguments":
		return once(&x.arguments, key, raw)
	case "prompt_hash", "target_hash":
		return nil
	}
	if _, again := x.values[string(key)]; again {
		return fmt.Errorf("%s: given twice; remove one", key)
	}
	x.values[string(key)] = raw
	return nil
}

// lmEvalParsed is a row before it is known what else is in the file.
type lmEvalParsed struct {
	fields lmEvalFields
	row    lmEvalRow
	texts  lmEvalTexts
	filter string
}

// parse reads what a row says of every metric.
func (r *lmEvalReader) parse(raw []byte) (lmEvalParsed, error) {
	p := lmEvalParsed{fields: lmEvalFields{values: map[string][]byte{}}}
	x, row := &p.fields, &p.row
	if err := jsonscan.Object(raw, jsonscan.MaxDepth, x.field); err != nil {
		*x = lmEvalFields{values: map[string][]byte{}}
		if again := jsonscan.Object(lenient(raw), jsonscan.MaxDepth, x.field); again != nil {
			return p, err
		}
	}
	var err error
	if row.doc, err = idField("doc_id", x.docID); err != nil {
		return p, err
	}
	if given(x.target) {
		// Versions differ on whether they turn it into a string.
		if p.texts.reference = string(x.target); begins(x.target, '"') {
			p.texts.reference, _ = jsonscan.Unquote(x.target)
		}
	}
	if given(x.hash) {
		if row.hash, err = textField("doc_hash", x.hash); err != nil {
			return p, err
		}
	} else {
		sum := sha256.Sum256([]byte(p.texts.reference))
		row.hash = row.doc + "-" + hex.EncodeToString(sum[:6])
	}
	row.nothing, row.options = lmEvalAnswer(x.resps, x.filtered)
	if row.labels, err = r.labelsOf(x.doc); err != nil {
		return p, err
	}
	r.textsOf(x, &p)
	if given(x.filter) {
		p.filter, err = textField("filter", x.filter)
	}
	return p, err
}

// take keeps a row.
func (r *lmEvalReader) take(p lmEvalParsed, line int64) error {
	into := r.filters[p.filter]
	if into == nil {
		into = &lmEvalFilter{metrics: map[string]*lmEvalMetric{}, seen: map[string]bool{}}
		r.filters[p.filter] = into
	}
	if p.filter == "" {
		// Before rows named their filter, those of the second one followed
		// after all those of the first.
		if into.seen[p.row.doc] {
			r.to.leaveOut("of another filter, which old files do not name, or a repetition", line)
			return nil
		}
		into.seen[p.row.doc] = true
	}
	p.row.line, p.row.labels = line, r.held(p.row.labels)
	var err error
	if p.row.texts, err = r.texts.keep(p.texts.reference, p.texts.answer, p.texts.response, p.texts.prompt); err == nil {
		err = into.add(&p.fields, p.row)
	}
	if err != nil {
		return r.to.errorAt(line, err)
	}
	return nil
}

// add appends a row and its values; every column stays as long as the rows.
func (f *lmEvalFilter) add(x *lmEvalFields, row lmEvalRow) error {
	names := map[string]bool{}
	if begins(x.metrics, '[') {
		err := jsonscan.Array(x.metrics, jsonscan.MaxDepth, func(raw []byte) error {
			name, err := textField("metrics", raw)
			names[name] = true
			return err
		})
		if err != nil {
			return err
		}
	} else {
		for name := range x.values {
			names[name] = true
		}
	}
	for name := range names {
		m := f.metrics[name]
		if m == nil {
			m = &lmEvalMetric{}
			f.metrics[name] = m
		}
		for len(m.values) < len(f.rows) {
			m.values = append(m.values, lmEvalNone)
		}
		value, bad := lmEvalValue(x.values[name])
		if bad != "" && m.bad == "" {
			m.bad = bad
		}
		m.values = append(m.values, value)
	}
	f.rows = append(f.rows, row)
	return nil
}

// lmEvalValue reads the value of a metric; bad says why it is of no use.
func lmEvalValue(raw []byte) (value float64, bad string) {
	if begins(raw, '[') { // a list of one is that one
		var only []byte
		n := 0
		jsonscan.Array(raw, jsonscan.MaxDepth, func(v []byte) error { only = v; n++; return nil })
		if n != 1 || begins(only, '[') {
			return lmEvalNone, "a list of several values"
		}
		raw = only
	}
	switch {
	case !given(raw):
		return lmEvalNone, ""
	case string(raw) == "true":
		return 1, ""
	case string(raw) == "false":
		return 0, ""
	}
	if raw[0] != '"' && raw[0] != '{' {
		if x, err := strconv.ParseFloat(string(raw), 64); err == nil && x >= 0 && x <= 1 {
			return x, ""
		}
	}
	return lmEvalNone, show(raw) + ", which is no number from 0 to 1"
}

// lmEvalAnswer looks at what came back: whether it was empty, whether the filter
// found nothing in it, and how many options were weighed against each other.
func lmEvalAnswer(resps, filtered []byte) (why outcome.Reason, options int) {
	if string(filtered) == `["[invalid]"]` {
		why = outcome.Unparsed
	}
	if !begins(resps, '[') {
		return why, 0
	}
	n, weighed := 0, true
	jsonscan.Array(resps, jsonscan.MaxDepth, func(raw []byte) error {
		n++
		first := element1(raw)
		if n == 1 && string(first) == `""` {
			why = outcome.Empty
		}
		weighed = weighed && begins(first, '[')
		return nil
	})
	if weighed && n > 1 {
		options = n
	}
	return why, options
}

// element1 is the first element of an array, nil when it has none.
func element1(raw []byte) (first []byte) {
	if begins(raw, '[') {
		jsonscan.Array(raw, jsonscan.MaxDepth, func(v []byte) error {
			if first == nil {
				first = v
			}
			return nil
		})
	}
	return first
}
