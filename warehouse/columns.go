package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// slicePrefix begins the names of columns that are labels, as in wide tables.
const slicePrefix = "slice:"

// fields lists what a column can be for, with the kinds that it may have.
var fields = []struct {
	name string
	want wants
}{
	{"query", wantName}, {"model", wantName}, {"verdict", wantVerdict}, {"score", wantNumber}, {"attempt", wantWhole},
	{"reason", wantText}, {"answer", wantText}, {"response", wantText}, {"prompt", wantText}, {"reference", wantText},
	{"kind", wantText}, {"options", wantWhole}, {"finish", wantText},
	{"input_tokens", wantWhole}, {"output_tokens", wantWhole}, {"max_output_tokens", wantWhole},
	{"cost_usd", wantNumber}, {"seconds", wantNumber}, {"family", wantText}, {"grader", wantText}, {"time", wantMoment},
}

func fieldNames() []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

func isField(name string) bool {
	key, label := strings.CutPrefix(name, slicePrefix)
	return label && key != "" || slices.Contains(fieldNames(), name)
}

// layout says which column holds what.
type layout struct {
	columns []column
	fields  map[string]column
	labels  []string // keys of the columns that are labels, sorted
	label   map[string]column
}

// layOut finds the columns of the fields. One that is asked for by name has to
// be there; otherwise query, model, and a verdict or a score.
func layOut(s Source, columns []column) (*layout, error) {
	l := &layout{columns: columns, fields: map[string]column{}, label: map[string]column{}}
	for _, f := range fields {
		name, asked := s.Columns[f.name]
		if !asked {
			name = f.name
		}
		c, err := l.find(name)
		if err != nil {
			return nil, err
		}
		if c == nil {
			if asked || f.name == "query" || f.name == "model" {
				return nil, l.missing(f.name, name)
			}
			continue
		}
		if !slices.Contains(f.want.kinds, c.kind) {
			if !asked && !needed(f.name) {
				continue // a column that happens to be called so
			}
			return nil, wrongType(f.name, *c, f.want)
		}
		l.fields[f.name] = *c
	}
	if !l.has("verdict") && !l.has("score") {
		return nil, l.missing("verdict", "verdict")
	}
	if (s.Since != "" || s.Before != "") && !l.has("time") {
		return nil, l.missing("time", "time")
	}
	return l, l.findLabels(s)
}

// needed reports whether a column of this name decides what is counted.
func needed(field string) bool {
	return slices.Contains([]string{"query", "model", "verdict", "score", "attempt", "options"}, field)
}

// find gives the column of a name, spelled so or else only in other letters.
func (l *layout) find(name string) (*column, error) {
	var exact, like []column
	for _, c := range l.columns {
		if c.name == name {
			exact = append(exact, c)
		} else if strings.EqualFold(c.name, name) {
			like = append(like, c)
		}
	}
	if len(exact) == 0 {
		exact = like
	}
	switch len(exact) {
	case 0:
		return nil, nil
	case 1:
		return &exact[0], nil
	}
	return nil, fmt.Errorf("%d columns are called %s: give each a name of its own", len(exact), outcome.Quote(name))
}

func (l *layout) has(field string) bool {
	_, ok := l.fields[field]
	return ok
}

func (l *layout) missing(field, name string) error {
	var have []string
	for _, c := range l.columns {
		have = append(have, outcome.Quote(c.name))
	}
	const most = 20
	if len(have) > most {
		have = append(have[:most], fmt.Sprintf("%d more", len(l.columns)-most))
	}
	return fmt.Errorf("no column is called %s; there are %s: say which one is the %s by --column %s=NAME", outcome.Quote(name), strings.Join(have, ", "), field, field)
}

func wrongType(field string, c column, w wants) error {
	hint := "cast it in a query"
	switch {
	case field == "verdict" && c.kind == float:
		hint = "if it is a score, say so by --column score=" + c.name
	case field == "score" && c.kind == boolean:
		hint = "if it is a verdict, say so by --column verdict=" + c.name
	}
	return fmt.Errorf("column %s is of type %s; a %s has to be %s: %s", outcome.Quote(c.name), c.typ, field, w.words, hint)
}

// findLabels finds the columns that are labels, by name or because they were named.
func (l *layout) findLabels(s Source) error {
	for _, c := range l.columns {
		if key, ok := strings.CutPrefix(c.name, slicePrefix); ok && key != "" {
			l.label[key] = c
		}
	}
	keys := slices.Clone(s.Slices)
	for field := range s.Columns {
		if key, ok := strings.CutPrefix(field, slicePrefix); ok {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		c, err := l.slice(s, key)
		if err != nil {
			return err
		}
		l.label[key] = c
	}
	for key := range l.label {
		if err := outcome.CheckName("slice", key); err != nil {
			return err
		}
		l.labels = append(l.labels, key)
	}
	slices.Sort(l.labels)
	return nil
}

// slice gives the column of a label.
func (l *layout) slice(s Source, key string) (column, error) {
	names := []string{slicePrefix + key, key}
	if name, ok := s.Columns[slicePrefix+key]; ok {
		names = []string{name}
	}
	for _, name := range names {
		c, err := l.find(name)
		if err != nil {
			return column{}, err
		}
		if c != nil {
			if !slices.Contains(wantText.kinds, c.kind) {
				return column{}, wrongType("slice", *c, wantText)
			}
			return *c, nil
		}
	}
	return column{}, l.missing("slice:"+key, names[len(names)-1])
}
