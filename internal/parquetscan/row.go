package parquetscan

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// table is a row group on its way from columns to rows.
type table struct {
	columns []*node
	leaves  []*leaf
	sparse  bool // nulls at the top are left out
	begin   []byte
}

// node is one field of the schema.
type node struct {
	name     string
	key      []byte // the name as a JSON string with a colon behind it
	kind     nodeKind
	optional bool
	repeated bool
	def, rep int // levels at which a value of this node is there
	children []*node
	leaf     *leaf
	first    *leaf // the first leaf at or below: its levels tell what is there
}

type nodeKind uint8

const (
	scalar nodeKind = iota
	object
	list // a group that only wraps a repeated element
	dict // a group that only wraps repeated keys and values
)

// add takes a column at the top of the schema, with all below it.
func (t *table) add(c *parquet.Column, g parquet.RowGroup) {
	t.columns = append(t.columns, t.node(c, g, 0, 0, 0))
}

func (t *table) node(c *parquet.Column, g parquet.RowGroup, rep, def, depth int) *node {
	if depth > maxDepth {
		panic(fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	n := &node{name: c.Name(), optional: c.Optional(), repeated: c.Repeated()}
	n.key = append(jsonscan.AppendString(nil, n.name), ':')
	if n.optional || n.repeated {
		def++
	}
	if n.repeated {
		rep++
	}
	n.def, n.rep = def, rep
	if c.Leaf() {
		n.leaf = &leaf{pages: g.ColumnChunks()[c.Index()].Pages(), render: rendering(c.Type()), single: rep == 0}
		n.first = n.leaf
		t.leaves = append(t.leaves, n.leaf)
		return n
	}
	n.kind = object
	for _, child := range c.Columns() {
		n.children = append(n.children, t.node(child, g, rep, def, depth+1))
	}
	if len(n.children) == 0 {
		panic(fmt.Sprintf("group %q has no fields", n.name))
	}
	n.first = n.children[0].first
	n.kind = groupKind(c, n)
	return n
}

// groupKind knows lists and maps by what the schema says of them. A list's
// element lies in a repeated group of one field, or is itself repeated.
func groupKind(c *parquet.Column, n *node) nodeKind {
	if len(n.children) != 1 || !n.children[0].repeated {
		return object
	}
	only := n.children[0]
	lt := c.Type().LogicalType()
	said := ""
	if lt != nil {
		said = lt.String()
	}
	pair := len(only.children) == 2 && only.children[0].name == "key" && only.children[1].name == "value"
	switch {
	case said == "MAP" || pair && (only.name == "key_value" || only.name == "map"):
		if pair {
			return dict
		}
	case said == "LIST" || only.name == "list" || only.name == "array" || only.name == "bag":
		return list
	}
	return object
}

func (t *table) close() {
	for _, l := range t.leaves {
		l.close()
	}
}

// row appends the next row as an object.
func (t *table) row(dst []byte) (_ []byte, err error) {
	for _, l := range t.leaves {
		if err := l.next(); err != nil {
			return dst, err
		}
	}
	dst = append(append(dst, '{'), t.begin...)
	begin := len(dst)
	for _, n := range t.columns {
		if t.sparse && n.optional && n.absent() {
			n.skip()
			continue
		}
		if len(dst) > begin {
			dst = append(dst, ',')
		}
		dst = append(dst, n.key...)
		if dst, err = n.append(dst); err != nil {
			return dst, fmt.Errorf("column %q: %w", n.name, err)
		}
	}
	for i, l := range t.leaves {
		if l.at != len(l.row) {
			return dst, fmt.Errorf("damaged: %d values too many in leaf column %d", len(l.row)-l.at, i)
		}
	}
	if len(dst) == begin && len(t.begin) > 0 {
		dst = dst[:begin-1] // the comma
	}
	return append(dst, '}'), nil
}

var errShort = errors.New("damaged: a value is missing")

// absent reports whether the row at hand has null here.
func (n *node) absent() bool {
	v, err := n.first.peek()
	return err == nil && v.DefinitionLevel() < n.def
}

// append renders the node with all its repetitions.
func (n *node) append(dst []byte) ([]byte, error) {
	if !n.repeated {
		return n.one(dst)
	}
	dst = append(dst, '[')
	for first := true; ; first = false {
		v, err := n.first.peek()
		if err != nil {
			return dst, err
		}
		if first && v.DefinitionLevel() < n.def {
			n.skip()
			break
		}
		if !first {
			dst = append(dst, ',')
		}
		if dst, err = n.value(dst); err != nil {
			return dst, err
		}
		if !n.first.repeats(n.rep) {
			break
		}
	}
	return append(dst, ']'), nil
}

// one renders a node that may be absent.
func (n *node) one(dst []byte) ([]byte, error) {
	v, err := n.first.peek()
	if err != nil {
		return dst, err
	}
	if n.optional && v.DefinitionLevel() < n.def {
		n.skip()
		return append(dst, "null"...), nil
	}
	return n.value(dst)
}

// value renders what is there.
func (n *node) value(dst []byte) (_ []byte, err error) {
	switch n.kind {
	case scalar:
		v, err := n.leaf.take()
		if err != nil {
			return dst, err
		}
		return n.leaf.render(dst, v), nil
	case list:
		return n.children[0].elements(dst)
	case dict:
		return n.children[0].pairs(dst)
	}
	dst = append(dst, '{')
	for i, c := range n.children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, c.key...)
		if dst, err = c.append(dst); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// elements renders the repeated group of a list as an array of what it wraps.
func (n *node) elements(dst []byte) ([]byte, error) {
	if n.kind == object && len(n.children) == 1 {
		return n.wrapped(dst, '[', ']', n.children[0].append)
	}
	return n.append(dst)
}

// pairs renders the repeated group of a map as an object; a key that is no
// string is written as one.
func (n *node) pairs(dst []byte) ([]byte, error) {
	var key []byte
	return n.wrapped(dst, '{', '}', func(dst []byte) (_ []byte, err error) {
		if key, err = n.children[0].append(key[:0]); err != nil {
			return dst, err
		}
		if key[0] == '"' {
			dst = append(dst, key...)
		} else {
			dst = jsonscan.AppendString(dst, string(key))
		}
		return n.children[1].append(append(dst, ':'))
	})
}

func (n *node) wrapped(dst []byte, open, end byte, each func([]byte) ([]byte, error)) ([]byte, error) {
	dst = append(dst, open)
	v, err := n.first.peek()
	if err != nil {
		return dst, err
	}
	if v.DefinitionLevel() < n.def {
		n.skip()
		return append(dst, end), nil
	}
	for first := true; first || n.first.repeats(n.rep); first = false {
		if !first {
			dst = append(dst, ',')
		}
		if dst, err = each(dst); err != nil {
			return dst, err
		}
	}
	return append(dst, end), nil
}

// skip passes over the one value that each leaf has for what is absent.
func (n *node) skip() {
	if n.leaf != nil {
		n.leaf.at++
	}
	for _, c := range n.children {
		c.skip()
	}
}

// leaf is one column of values.
type leaf struct {
	pages  parquet.Pages
	render func(dst []byte, v parquet.Value) []byte
	single bool                    // one value a row, never more
	own    func(parquet.Page) bool // takes a page over until the next is asked for; nil for none

	page   parquet.Page
	values parquet.ValueReader
	buf    [256]parquet.Value
	have   []parquet.Value // of buf, not yet taken
	ended  bool

	row []parquet.Value // of the row at hand
	at  int
}

// next gathers the values of the next row: the first, and all that repeat.
func (l *leaf) next() error {
	l.row, l.at = l.row[:0], 0
	for {
		if len(l.have) == 0 {
			if err := l.fill(); err == io.EOF && len(l.row) > 0 {
				return nil
			} else if err == io.EOF {
				return errors.New("damaged: a column ends before the others")
			} else if err != nil {
				return err
			}
		}
		v := l.have[0]
		if len(l.row) > 0 && v.RepetitionLevel() == 0 {
			return nil
		}
		if len(l.row) >= maxValues {
			return fmt.Errorf("more than %d values in one row", maxValues)
		}
		l.row, l.have = append(l.row, v), l.have[1:]
		if l.single {
			return nil
		}
	}
}

// fill reads more values, of the next page if need be. What the row at hand has
// of a page that is given back is copied.
func (l *leaf) fill() error {
	for !l.ended {
		if l.values != nil {
			n, err := l.values.ReadValues(l.buf[:])
			if l.have = l.buf[:n]; n > 0 {
				return nil
			}
			if err != nil && err != io.EOF {
				return err
			}
			for i := range l.row {
				l.row[i] = l.row[i].Clone()
			}
			parquet.Release(l.page)
			l.page, l.values = nil, nil
		}
		if l.page != nil { // one that was taken over
			parquet.Release(l.page)
			l.page = nil
		}
		page, err := l.pages.ReadPage()
		if err == io.EOF {
			l.ended = true
			break
		}
		if err != nil {
			return err
		}
		l.page = page
		if l.own != nil && l.own(page) {
			return nil
		}
		l.values = page.Values()
	}
	return io.EOF
}

func (l *leaf) close() {
	if l.page != nil {
		parquet.Release(l.page)
	}
	l.pages.Close()
}

func (l *leaf) peek() (parquet.Value, error) {
	if l.at >= len(l.row) {
		return parquet.Value{}, errShort
	}
	return l.row[l.at], nil
}

func (l *leaf) take() (parquet.Value, error) {
	v, err := l.peek()
	l.at++
	return v, err
}

// repeats reports whether the next value continues a list of this level.
func (l *leaf) repeats(rep int) bool {
	return l.at < len(l.row) && l.row[l.at].RepetitionLevel() == rep
}
