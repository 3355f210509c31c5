package runfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Limits of queries.
const (
	maxQueries = 10_000_000
	maxOptions = 1000
	maxSlices  = 64
)

// queries reads [queries].
func (t *table) queries(folder string) Queries {
	defer t.done()
	q := Queries{
		Path: t.need("path", "the file of queries, such as questions.jsonl"),
		Fields: Fields{
			ID: t.str("id"), Prompt: t.str("prompt"), Reference: t.str("reference"),
			Kind: t.str("kind_field"), Options: t.str("options"),
		},
		Kind:     t.str("kind"),
		System:   t.str("system"),
		Template: t.str("template"),
	}
	if q.Path != "" && !filepath.IsAbs(q.Path) {
		q.Path = filepath.Join(folder, filepath.FromSlash(q.Path))
	}
	if tests := t.str("tests"); tests != "" {
		if q.Fields.Reference != "" {
			t.fault("tests", "stands beside reference: the tests of a code query are its reference; give one of the two")
		}
		q.Fields.Reference = tests
	}
	for _, x := range []struct {
		to  *string
		std string
	}{{&q.Fields.ID, "id"}, {&q.Fields.Reference, "reference"}} {
		if *x.to == "" {
			*x.to = x.std
		}
	}
	t.asked(&q)
	switch {
	case q.Kind != "" && q.Fields.Kind != "":
		t.fault("kind_field", "stands beside kind: give kind for all queries, or kind_field for each")
	case q.Kind == "" && q.Fields.Kind == "":
		t.fault("kind", `missing: say how answers are graded, such as kind = "math", or kind_field = "kind" if each query says it`)
	}
	if q.Kind != "" {
		if err := checkKind(q.Kind); err != nil {
			t.fault("kind", "%v", err)
		}
	}
	q.Slices = t.slices()
	return q
}

// asked checks what makes the prompt.
func (t *table) asked(q *Queries) {
	switch {
	case q.Template == "":
		if q.Fields.Prompt == "" {
			q.Fields.Prompt = "prompt"
		}
	case q.Fields.Prompt != "":
		t.fault("template", "stands beside prompt: give the field that holds the prompt, or a template over fields")
	default:
		if _, err := newPrompts(q.Template); err != nil {
			t.fault("template", "%v", err)
		}
	}
}

func (t *table) slices() []string {
	v, given := t.get("slices")
	list, ok := v.([]any)
	if given && (!ok || len(list) > maxSlices) {
		t.fault("slices", "want a list of at most %d fields, such as [\"subject\"]", maxSlices)
		return nil
	}
	var out []string
	for i, x := range list {
		s, ok := x.(string)
		if !ok || s == "" {
			t.fault(fmt.Sprintf("slices[%d]", i+1), "want the name of a field in quotes, not %s", show(x))
			continue
		}
		out = append(out, s)
	}
	return out
}

// QueriesDigest is the SHA-256, in hex, of the file of queries and of all that
// decides how it is read.
func (r *Run) QueriesDigest() (string, error) {
	if r.Queries.Path == "" {
		return "", r.noQueries()
	}
	f, err := os.Open(r.Queries.Path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	how := r.Queries
	how.Path = ""
	raw, err := json.Marshal(how)
	if err != nil {
		return "", err
	}
	h.Write(raw)
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (r *Run) noQueries() error {
	return &Fault{File: r.Path, Field: "queries", Err: errors.New("missing: add [queries] with path and kind")}
}

// EachQuery reads the queries in the order of their file. What is wrong with
// them is said at the end, as Faults, up to a few; then nothing that was given
// may be used. An error of visit ends the reading and is returned as it is.
func (r *Run) EachQuery(ctx context.Context, visit func(*Query) error) error {
	if r.Queries.Path == "" {
		return r.noQueries()
	}
	e := &each{q: &r.Queries, visit: visit, seen: map[[16]byte]int64{}}
	if t := r.Queries.Template; t != "" {
		p, err := newPrompts(t)
		if err != nil {
			return err
		}
		e.prompts = p
	}
	err := rows(ctx, r.Queries.Path, e.row)
	switch {
	case errors.Is(err, errEnough):
	case err != nil:
		return err
	case len(e.faults) == 0 && len(e.seen) == 0:
		return &Fault{File: r.Queries.Path, Err: errors.New("no query")}
	}
	if len(e.faults) > 0 {
		return e.faults
	}
	return nil
}

// each makes queries of rows.
type each struct {
	q       *Queries
	prompts *prompts
	visit   func(*Query) error
	seen    map[[16]byte]int64 // digest of an id → its line
	faults  Faults
}

// errEnough ends the reading of a file with too many faults.
var errEnough = errors.New("enough")

func (e *each) row(r *row) error {
	if r.err == nil {
		q := Query{Place: fmt.Sprintf("%s:%d", r.file, r.line)}
		field, err := e.fill(&q, r)
		if err == nil {
			if len(e.faults) > 0 {
				return nil // nothing of this file is used
			}
			return e.visit(&q)
		}
		r.err, r.field = err, field
	}
	e.faults = append(e.faults, &Fault{File: r.file, Line: int(r.line), Field: r.field, Err: r.err})
	if len(e.faults) > mostFaults {
		return errEnough
	}
	return nil
}

// fill makes a query of a row; after an error, field is the one that is wrong.
func (e *each) fill(q *Query, r *row) (field string, err error) {
	f := &e.q.Fields
	if q.ID, err = r.need(f.ID, 0); err != nil {
		return f.ID, err
	}
	if err := outcome.CheckName("query", q.ID); err != nil {
		return f.ID, err
	}
	if err := e.first(q.ID, r); err != nil {
		return f.ID, err
	}
	q.System = e.q.System
	if q.Reference, _ = r.text(f.Reference); len(q.Reference) > maxText {
		return f.Reference, fmt.Errorf("%d bytes; at most %d are read", len(q.Reference), maxText)
	}
	if q.Kind = e.q.Kind; q.Kind == "" {
		if q.Kind, err = r.need(f.Kind, 64); err == nil {
			err = checkKind(q.Kind)
		}
		if err != nil {
			return f.Kind, err
		}
	}
	if q.Options, err = r.list(f.Options); err != nil {
		return f.Options, err
	}
	if e.prompts != nil {
		field = "template"
		q.Prompt, err = e.prompts.render(r, q.Options)
	} else {
		field = f.Prompt
		q.Prompt, err = r.need(f.Prompt, 0)
	}
	switch {
	case err != nil:
		return field, err
	case len(q.Prompt) > maxText:
		return field, fmt.Errorf("%d bytes; a prompt has at most %d", len(q.Prompt), maxText)
	case strings.TrimSpace(q.Prompt) == "":
		return field, errors.New("empty: there is nothing to ask")
	}
	return e.label(q, r)
}

// label gives the query its labels.
func (e *each) label(q *Query, r *row) (field string, err error) {
	for _, key := range e.q.Slices {
		value, _ := r.text(key)
		if value == "" {
			continue
		}
		if err := outcome.CheckName("slice", value); err != nil {
			return key, err
		}
		if q.Slices == nil {
			q.Slices = map[string]string{}
		}
		q.Slices[key] = value
	}
	return "", nil
}

// first refuses an id that came before, and says where. Ids are kept by digest:
// files hold millions.
func (e *each) first(id string, r *row) error {
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	if line, known := e.seen[key]; known {
		return fmt.Errorf("%s is the id of the query at %s:%d too: give each its own", outcome.Quote(id), r.file, line)
	}
	if len(e.seen) == maxQueries {
		return fmt.Errorf("more than %d queries", maxQueries)
	}
	e.seen[key] = r.line
	return nil
}
