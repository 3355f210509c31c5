package outcome

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// Schema names the version of the outcomes file that is read and written here.
// A file may say so in a first line of its own, or in every record.
const Schema = "allwrong/outcomes/1"

const schemaPrefix, schemaVersion = "allwrong/outcomes/", 1

// ErrHeader is returned for a line that names the schema and holds no record.
var ErrHeader = errors.New("a line that names the schema, not a record")

// Fields chooses what ParseRecord keeps of the fields that are long, or that
// this version does not know. Every other field is always read.
type Fields uint8

// The choices, to be joined by |.
const (
	WantAnswer Fields = 1 << iota
	WantResponse
	WantPrompt
	WantExtra
	WantAll Fields = 1<<iota - 1
)

// maxNesting bounds the nesting of a record; only unknown fields nest.
const maxNesting = 64

// ParseRecord reads one line of an outcomes file into r. What r held before is
// gone, but its memory is used again, so a caller that keeps parts of a record
// copies what it points to: Score, the counts, Slices and Extra. Values may be
// null for absent; a key that comes twice is refused. The error names the
// field; after an error r holds nothing that can be used, but for ErrNoVerdict,
// when all else has been read.
//
// Names and the score are checked where they are used, by Set.Add.
func ParseRecord(line []byte, want Fields, r *Record) error {
	p := parser{r: r, want: want}
	clear(r.Extra)
	if err := jsonscan.Object(line, maxNesting, p.member); err != nil {
		return err
	}
	const query, model = 1 << 0, 1 << 1 // by their place in fields
	if p.schema && p.seen&(query|model) == 0 {
		return ErrHeader
	}
	for i := range fields {
		if p.seen>>i&1 == 0 {
			fields[i].clear(r)
		}
	}
	switch {
	case r.Query == "":
		return errors.New("query: missing or empty")
	case r.Model == "":
		return errors.New("model: missing or empty")
	case r.Verdict == Absent && r.Score == nil:
		return ErrNoVerdict
	}
	return nil
}

type parser struct {
	r      *Record
	want   Fields
	seen   uint32 // fields that came and were not null
	came   uint32 // fields that came
	next   int    // where the next field is looked for first: files keep an order
	schema bool
}

func (p *parser) member(key, raw []byte) error {
	i := p.find(key)
	if i < 0 {
		return p.unknown(key, raw)
	}
	f := &fields[i]
	if p.came>>i&1 != 0 {
		return fmt.Errorf("%s: given twice", f.name)
	}
	p.came |= 1 << i
	if raw[0] == 'n' || f.want&^p.want != 0 {
		return nil
	}
	if err := f.parse(p.r, raw); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	p.seen |= 1 << i
	return nil
}

// find gives the number of a field, −1 when it is not known.
func (p *parser) find(key []byte) int {
	for i := p.next; i < len(fields); i++ {
		if fields[i].name == string(key) {
			p.next = i + 1
			return i
		}
	}
	for i := range min(p.next, len(fields)) {
		if fields[i].name == string(key) {
			p.next = i + 1
			return i
		}
	}
	return -1
}

func (p *parser) unknown(key, raw []byte) error {
	if string(key) == "schema" {
		p.schema = true
		return checkSchema(raw)
	}
	if p.want&WantExtra == 0 {
		return nil
	}
	if _, twice := p.r.Extra[string(key)]; twice {
		return fmt.Errorf("%s: given twice", Quote(string(key)))
	}
	if p.r.Extra == nil {
		p.r.Extra = map[string]json.RawMessage{}
	}
	p.r.Extra[string(key)] = append(json.RawMessage(nil), raw...)
	return nil
}

func checkSchema(raw []byte) error {
	s, err := jsonscan.Unquote(raw)
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	number, ours := strings.CutPrefix(s, schemaPrefix)
	n, err := strconv.ParseUint(number, 10, 31)
	switch {
	case !ours || err != nil || n == 0:
		return fmt.Errorf("schema: %s is not %s", Quote(s), Quote(Schema))
	case n > schemaVersion:
		return fmt.Errorf("schema: %s is newer than what is read here, %s: update allwrong", Quote(s), Quote(Schema))
	}
	return nil
}

// AppendJSON appends the record as one object without a line end. The form is
// canonical: fields in the order of the documentation, those that are absent or
// empty left out, Slices and Extra sorted by key. ParseRecord gives an equal
// record. Numbers that JSON has not got, NaN and infinities, are left out, and
// bytes that are not UTF-8 become U+FFFD.
func (r *Record) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	empty := len(dst)
	comma := func(name string) {
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		dst = append(jsonscan.AppendString(dst, name), ':')
	}
	for i := range fields {
		before := len(dst)
		comma(fields[i].name)
		value := len(dst)
		if dst = fields[i].append(dst, r); len(dst) == value {
			dst = dst[:before]
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Extra)) {
		if raw := compact(r.Extra[key]); raw != nil && !isField(key) {
			comma(key)
			dst = append(dst, raw...)
		}
	}
	return append(dst, '}')
}

func isField(name string) bool {
	p := parser{}
	return name == "schema" || p.find([]byte(name)) >= 0
}
