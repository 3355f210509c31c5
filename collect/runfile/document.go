package runfile

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Limits of a run file.
const (
	maxFile    = 1 << 20 // bytes
	maxNesting = 16      // of arrays, inline tables and dotted keys
	maxFields  = 1000    // of a table: the library looks for twins among them one by one
)

var errNested = fmt.Errorf("nested more than %d deep", maxNesting)

// document is a TOML file with the place of each of its fields.
type document struct {
	file   string
	lines  []int            // where each line begins
	at     map[string]place // by path; arrays are counted from 1
	fields map[string]int   // by path of the table that holds them
	faults Faults
}

// place is a line and a column, from 1.
type place struct{ line, column int }

// place gives the place of a byte.
func (d *document) place(offset int) place {
	line, found := slices.BinarySearch(d.lines, offset)
	if !found {
		line--
	}
	return place{line + 1, offset - d.lines[line] + 1}
}

// parse reads TOML into its tables.
func (d *document) parse(raw []byte) *table {
	d.at, d.fields, d.lines = map[string]place{}, map[string]int{}, []int{0}
	if len(raw) > maxFile {
		d.faults = append(d.faults, &Fault{File: d.file, Err: fmt.Errorf("%d bytes; a run file has at most %d: queries go into a file of their own", len(raw), maxFile)})
		return nil
	}
	for i, c := range raw {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	if err := d.locate(raw); err != nil {
		d.syntax(raw, err)
		return nil
	}
	m := map[string]any{}
	if err := toml.Unmarshal(raw, &m); err != nil {
		d.syntax(raw, err)
		return nil
	}
	return &table{d: d, m: m, read: map[string]bool{}}
}

// syntax notes what is wrong with the file as TOML.
func (d *document) syntax(raw []byte, err error) {
	f := &Fault{File: d.file, Err: fmt.Errorf("not TOML: %s", strings.TrimPrefix(err.Error(), "toml: "))}
	var decode *toml.DecodeError
	var parse *unstable.ParserError
	switch {
	case errors.As(err, &decode):
		f.Line, f.Column = decode.Position()
	case errors.As(err, &parse):
		// Highlight is a part of the file.
		if n := cap(raw) - cap(parse.Highlight); n >= 0 && n <= len(raw) {
			at := d.place(n)
			f.Line, f.Column = at.line, at.column
		}
	}
	d.faults = append(d.faults, f)
}

// locate notes the place of every field.
func (d *document) locate(raw []byte) error {
	p := unstable.Parser{}
	p.Reset(raw)
	prefix, count := "", map[string]int{}
	for p.NextExpression() {
		var err error
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			prefix, err = d.key("", e.Key(), count)
		case unstable.ArrayTable:
			if prefix, err = d.key("", e.Key(), nil); err == nil {
				count[prefix]++
				prefix = fmt.Sprintf("%s[%d]", prefix, count[prefix])
				for keys := e.Key(); keys.Next(); {
					d.at[prefix] = d.place(int(keys.Node().Raw.Offset))
				}
			}
		case unstable.KeyValue:
			err = d.field(prefix, e, 0)
		}
		if err != nil {
			return err
		}
	}
	return p.Error()
}

// key gives the path of a dotted key, and notes where it stands. With count, a
// part that names an array of tables means its last.
func (d *document) key(path string, parts unstable.Iterator, count map[string]int) (string, error) {
	for depth := 0; parts.Next(); depth++ {
		if depth == maxNesting {
			return "", errNested
		}
		k := parts.Node()
		table := path
		path = join(path, string(k.Data))
		if n := count[path]; n > 0 {
			path = fmt.Sprintf("%s[%d]", path, n)
		}
		if _, known := d.at[path]; !known {
			if d.fields[table]++; d.fields[table] > maxFields {
				return "", fmt.Errorf("a table of more than %d fields", maxFields)
			}
			d.at[path] = d.place(int(k.Raw.Offset))
		}
	}
	return path, nil
}

// field notes a field and the fields inside its value.
func (d *document) field(prefix string, e *unstable.Node, depth int) error {
	path, err := d.key(prefix, e.Key(), nil)
	if err != nil {
		return err
	}
	return d.value(path, e.Value(), depth)
}

// value notes the fields inside a value.
func (d *document) value(path string, v *unstable.Node, depth int) error {
	if depth > maxNesting {
		return errNested
	}
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			kv := it.Node()
			if kv.Kind != unstable.KeyValue {
				continue
			}
			if err := d.field(path, kv, depth+1); err != nil {
				return err
			}
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			i++
			if err := d.value(fmt.Sprintf("%s[%d]", path, i), it.Node(), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fault notes what is wrong with a field, at its place or at that of what holds it.
func (d *document) fault(path, format string, a ...any) {
	f := &Fault{File: d.file, Field: path, Err: fmt.Errorf(format, a...)}
	for p := path; ; {
		if at, known := d.at[p]; known {
			f.Line, f.Column = at.line, at.column
			break
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	d.faults = append(d.faults, f)
}

// sorted gives the faults in the order of their places.
func (d *document) sorted() error {
	if len(d.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(d.faults, func(a, b *Fault) int {
		return slices.Compare([]int{a.Line, a.Column}, []int{b.Line, b.Column})
	})
	return d.faults
}

// table is a table of the document, read key by key. What is wrong is noted in
// the document, and the zero value is given for it.
type table struct {
	d    *document
	path string
	m    map[string]any
	read map[string]bool
}

func (t *table) fault(key, format string, a ...any) { t.d.fault(join(t.path, key), format, a...) }

func (t *table) get(key string) (v any, given bool) {
	t.read[key] = true
	v, given = t.m[key]
	return v, given
}

// has reports whether a key is there.
func (t *table) has(key string) bool { _, given := t.m[key]; return given }

func (t *table) str(key string) string {
	v, given := t.get(key)
	s, ok := v.(string)
	if given && !ok {
		t.fault(key, "want a text in quotes, not %s", kindOf(v))
	}
	return s
}

// need is str for a text that has to be there.
func (t *table) need(key, what string) string {
	s := t.str(key)
	if v, given := t.m[key]; !given || v == "" {
		t.fault(key, "missing: give %s", what)
	}
	return s
}

// integer reads a whole number within bounds; standard when it is not given.
func (t *table) integer(key string, standard, least, most int64) int64 {
	v, given := t.get(key)
	if !given {
		return standard
	}
	n, ok := v.(int64)
	if !ok || n < least || n > most {
		t.fault(key, "want a whole number from %d to %d, not %s", least, most, show(v))
		return standard
	}
	return n
}

// number reads a number from 0 up to most.
func (t *table) number(key string, most float64) (x float64, given bool) {
	v, given := t.get(key)
	if !given {
		return 0, false
	}
	x, ok := float(v)
	if !ok || !(x >= 0 && x <= most) {
		t.fault(key, "want a number from 0 to %s, not %s", strconv.FormatFloat(most, 'f', -1, 64), show(v))
		return 0, true
	}
	return x, true
}

func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}

// sub gives a table below, an empty one if there is none.
func (t *table) sub(key string) *table {
	v, given := t.get(key)
	m, ok := v.(map[string]any)
	if given && !ok {
		t.fault(key, "want a table, not %s", kindOf(v))
	}
	return &table{d: t.d, path: join(t.path, key), m: m, read: map[string]bool{}}
}

// subs gives an array of tables.
func (t *table) subs(key string) []*table {
	v, given := t.get(key)
	list, ok := v.([]any)
	if given && !ok {
		t.fault(key, "want [[%s]], a table for each, not %s", key, kindOf(v))
	}
	var out []*table
	for i, x := range list {
		path := fmt.Sprintf("%s[%d]", join(t.path, key), i+1)
		m, ok := x.(map[string]any)
		if !ok {
			t.d.fault(path, "want a table, not %s", kindOf(x))
			continue
		}
		out = append(out, &table{d: t.d, path: path, m: m, read: map[string]bool{}})
	}
	return out
}

// texts gives a table of texts, sorted names.
func (t *table) texts(key string) map[string]string {
	sub := t.sub(key)
	if len(sub.m) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(sub.m)) {
		out[k] = sub.str(k)
	}
	return out
}

// done refuses the keys that nobody has read.
func (t *table) done() {
	known := slices.Sorted(maps.Keys(t.read))
	for _, key := range slices.Sorted(maps.Keys(t.m)) {
		if !t.read[key] {
			t.fault(key, "no such field; %s", suggest(key, known))
		}
	}
}

// suggest names the known key that is meant, if one is close, or all.
func suggest(key string, known []string) string {
	for _, k := range known {
		if distance(key, k) <= 1+len(k)/5 {
			return "did you mean " + k + "?"
		}
	}
	return "the fields here are " + strings.Join(known, ", ")
}

// distance is how many letters have to be added, taken away or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date"
}

// show prints a value that cannot be a secret.
func show(v any) string {
	switch v := v.(type) {
	case int64, float64, bool:
		return fmt.Sprint(v)
	}
	return kindOf(v)
}
