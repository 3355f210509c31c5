package runfile

import (
	"errors"
	"fmt"
	"slices"
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
