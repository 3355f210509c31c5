package runfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allwrong/allwrong/internal/jsonscan"
	"github.com/allwrong/allwrong/internal/parquetscan"
)

// maxLine bounds a row, in bytes, and maxDepth its nesting.
const (
	maxLine  = 16 << 20
	maxDepth = 64
)

// row is one row of a file of queries.
type row struct {
	file   string
	line   int64 // from 1; of Parquet, the row
	fields map[string][]byte
	plain  bool   // fields are texts, as CSV has them, and not JSON
	err    error  // why there are no fields
	field  string // that is wrong
}

// text gives a field as text: a JSON string's content, what is no string as it
// is written. A field that is null is not given.
func (r *row) text(name string) (text string, given bool) {
	raw, ok := r.fields[name]
	switch {
	case !ok || name == "":
		return "", false
	case r.plain:
		return string(raw), true
	case string(raw) == "null":
		return "", false
	case raw[0] != '"':
		return string(raw), true
	}
	text, err := jsonscan.Unquote(raw)
	return text, err == nil
}

// need gives the text of a field that has to be there, of at most so many bytes.
func (r *row) need(name string, most int) (string, error) {
	text, given := r.text(name)
	switch {
	case !given:
		return "", fmt.Errorf("not there; the fields are %s", r.names())
	case text == "":
		return "", errors.New("empty")
	case most > 0 && len(text) > most:
		return "", fmt.Errorf("%d bytes; at most %d are read", len(text), most)
	}
	return text, nil
}

func (r *row) names() string {
	names := slices.Sorted(maps.Keys(r.fields))
	if len(names) > 12 {
		names = append(names[:12:12], "…")
	}
	return strings.Join(names, ", ")
}

// list gives a field that is a list of texts.
func (r *row) list(name string) ([]string, error) {
	text, given := r.text(name)
	if !given || text == "" {
		return nil, nil
	}
	var out []string
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, errors.New(`want a list of texts, such as ["4", "5"]`)
	}
	if len(out) > maxOptions {
		return nil, fmt.Errorf("%d options; at most %d are read", len(out), maxOptions)
	}
	return out, nil
}

// rows reads a file of rows by its content: Parquet by its mark, JSON lines by
// a brace, and CSV else.
func rows(ctx context.Context, path string, visit func(*row) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &Fault{File: path, Err: errors.New("not a file: queries are read more than once, so save them to one")}
	}
	visit = checking(ctx, visit)
	b := bufio.NewReaderSize(f, 1<<20)
	head, _ := b.Peek(4096)
	if string(head[:min(4, len(head))]) == parquetscan.Magic {
		return parquetRows(ctx, path, f, info.Size(), visit)
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) || bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return &Fault{File: path, Err: errors.New("packed: unpack it first")}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		head = head[3:]
		_, _ = b.Discard(3)
	}
	if text := bytes.TrimLeft(head, " \t\r\n"); len(text) > 0 && text[0] == '{' {
		return jsonRows(path, b, visit)
	} else if len(text) > 0 && text[0] == '[' {
		return &Fault{File: path, Err: errors.New("one JSON document: write a line for each query (jq -c '.[]')")}
	}
	return csvRows(path, b, visit)
}

// checking asks now and then whether the reading is still wanted.
func checking(ctx context.Context, visit func(*row) error) func(*row) error {
	return func(r *row) error {
		if r.line%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return visit(r)
	}
}

func jsonRows(path string, b *bufio.Reader, visit func(*row) error) error {
	s := bufio.NewScanner(b)
	s.Buffer(make([]byte, 64<<10), maxLine)
	line := int64(0)
	for s.Scan() {
		line++
		if text := bytes.TrimSpace(s.Bytes()); len(text) > 0 {
			if err := visit(jsonRow(path, line, text)); err != nil {
				return err
			}
		}
	}
	if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
		return &Fault{File: path, Line: int(line + 1), Err: fmt.Errorf("longer than %d bytes", maxLine)}
	} else if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// jsonRow takes an object apart; its parts are valid until the next row.
func jsonRow(path string, line int64, text []byte) *row {
	r := &row{file: path, line: line, fields: map[string][]byte{}}
	r.err = jsonscan.Object(text, maxDepth, func(key, raw []byte) error {
		if _, twice := r.fields[string(key)]; twice {
			return fmt.Errorf("%.60q: given twice", key)
		}
		r.fields[string(key)] = raw
		return nil
	})
	return r
}

func csvRows(path string, b *bufio.Reader, visit func(*row) error) error {
	limited := &lineLimit{r: b}
	c := csv.NewReader(limited)
	c.ReuseRecord = true
	header, err := c.Read()
	if err == io.EOF {
		return &Fault{File: path, Err: errors.New("empty")}
	}
	if err != nil {
		return csvFault(path, err)
	}
	header = slices.Clone(header)
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		if slices.Contains(header[:i], header[i]) {
			return &Fault{File: path, Line: 1, Err: fmt.Errorf("two columns have the name %.60q", name)}
		}
	}
	for {
		limited.n = 0
		record, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return csvFault(path, err)
		}
		line, _ := c.FieldPos(0)
		r := &row{file: path, line: int64(line), fields: map[string][]byte{}, plain: true}
		for i, value := range record {
			if !utf8.ValidString(value) {
				r.err = errors.New("not UTF-8: save the file as UTF-8")
			}
			r.fields[header[i]] = []byte(value)
		}
		if err := visit(r); err != nil {
			return err
		}
	}
}

func csvFault(path string, err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &Fault{File: path, Line: p.Line, Column: p.Column, Err: p.Err}
	}
	return &Fault{File: path, Err: err}
}

// lineLimit ends a record that does not end: a quote that is never closed.
type lineLimit struct {
	r io.Reader
	n int
}

func (l *lineLimit) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if l.n += n; l.n > maxLine+len(b) {
		return 0, fmt.Errorf("a row longer than %d bytes: is a quote not closed?", maxLine)
	}
	return n, err
}

func parquetRows(ctx context.Context, path string, f *os.File, size int64, visit func(*row) error) error {
	p, err := parquetscan.Open(f, size, parquetscan.Limits{Page: 256 << 20, Row: maxLine, Expanded: 64 << 30, Ratio: 2000, Grace: 256 << 20})
	if err != nil {
		return &Fault{File: path, Err: err}
	}
	err = p.Each(ctx, p.Columns(), func(raw []byte, n int64) error {
		return visit(jsonRow(path, n, raw))
	})
	return err
}
