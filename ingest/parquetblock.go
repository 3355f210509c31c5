package ingest

import (
	"slices"
	"strings"

	"github.com/allwrong/allwrong/internal/parquetscan"
	"github.com/allwrong/allwrong/outcome"
)

// Most tables of outcomes say a verdict for each query and model and, besides
// labels, nothing else. Their rows go into the set by the thousand, as blocks that
// are made on all processors. Where anything is out of the ordinary, the rows of
// that stretch go in one by one: so whatever is wrong is said in one way, about its row.

// stretch is some rows of a file, and the block that says the same; nil for none.
type stretch struct {
	table parquetscan.Table
	block *flatBlock
}

// flatBlock is rows that name their query and model by number.
type flatBlock struct {
	queries, models []string       // each once, in the order in which they come
	query, model    []int32        // by row
	cells           []outcome.Cell // by row
	keys            []string       // of labels
	labels          [][]string     // by key, of each query
}

// blocky reports whether rows of these columns can be blocks at all.
func (x *flatReading) blocky(f *file) bool {
	for i, name := range x.names {
		switch label := x.labels[i]; {
		case label != "" && slices.ContainsFunc(x.folders, func(p partition) bool { return p.key == label }):
			return false
		case label != "":
		case !slices.Contains([]string{"query", "model", "verdict", "attempt", "reason"}, name):
			return false
		case name == "model" && f.parquet.Kind(name) != parquetscan.Text:
			return false
		}
	}
	for _, p := range x.folders {
		if slices.Contains(folderFields, p.key) || strings.TrimSpace(p.value) != p.value {
			return false
		}
	}
	return !hasColumns(f.parquet.Columns(), "response") // with one, rows without a verdict wait to be graded
}

// stretch makes a block of a table, if it can be one.
func (x *flatReading) stretch(t parquetscan.Table) stretch {
	if !x.blocks {
		return stretch{table: t}
	}
	return stretch{t, x.block(&t)}
}

func (x *flatReading) block(t *parquetscan.Table) *flatBlock {
	b := &flatBlock{query: make([]int32, t.Rows), model: make([]int32, t.Rows)}
	var labels []*parquetscan.Column
	for i := range t.Columns {
		c, ok := &t.Columns[i], true
		switch x.names[i] {
		case "query":
			b.queries, ok = numbered("query", c, b.query)
		case "model":
			b.models, ok = numbered("model", c, b.model)
		case "verdict":
			b.cells, ok = verdictsOf(c)
		case "attempt", "reason":
			ok = unsaid(c)
		default:
			b.keys, labels = append(b.keys, x.labels[i]), append(labels, c)
		}
		if !ok {
			return nil
		}
	}
	if b.cells == nil {
		return nil
	}
	for _, c := range labels {
		values, ok := labelsOf(c, b.query, len(b.queries))
		if !ok {
			return nil
		}
		b.labels = append(b.labels, values)
	}
	return b
}

// numbered gives the different names of a column in the order in which they
// come, and sets the number of each row's; false when one is missing or is no name.
func numbered(what string, c *parquetscan.Column, of []int32) (names []string, ok bool) {
	numbers := map[string]int32{}
	last := int32(-1)
	for row := range of {
		if c.Null[row] {
			return nil, false
		}
		// Rows of one query follow each other, and models come in turn.
		if last >= 0 && sameAsBefore(c, row) {
			of[row] = last
			continue
		}
		name := labelOf(c, row)
		if next := int(last) + 1; next < len(names) && names[next] == name {
			last++
			of[row] = last
			continue
		}
		n, known := numbers[name]
		if !known {
			if outcome.CheckName(what, name) != nil {
				return nil, false
			}
			n = int32(len(names))
			numbers[name], names = n, append(names, name)
		}
		last, of[row] = n, n
	}
	return names, true
}

func sameAsBefore(c *parquetscan.Column, row int) bool {
	if c.Kind == parquetscan.Text {
		return c.Texts[row] == c.Texts[row-1]
	}
	return c.Wholes[row] == c.Wholes[row-1]
}

// unsaid reports whether a column of attempts or reasons says nothing but first
// attempts and no reasons.
func unsaid(c *parquetscan.Column) bool {
	for row, null := range c.Null {
		if !null && (c.Kind == parquetscan.Text || c.Wholes[row] != 0) {
			return false
		}
	}
	return true
}

// verdictsOf gives the cells that a column of verdicts tells; false when one has to
// be looked at more closely.
func verdictsOf(c *parquetscan.Column) (cells []outcome.Cell, ok bool) {
	cells = make([]outcome.Cell, len(c.Null))
	for row, null := range c.Null {
		cell := outcome.Cell(outcome.NotRun)
		switch {
		case null:
		case c.Kind == parquetscan.Text:
			said, ok := tableVerdict(c.Texts[row])
			if !ok || said.Reason() != outcome.NoReason && said.Verdict() > outcome.NoAnswer {
				return nil, false
			}
			if said != 0 {
				cell = said
			}
		case c.Wholes[row] == 1:
			cell = outcome.Cell(outcome.Right)
		case c.Wholes[row] == 0:
			cell = outcome.Cell(outcome.Wrong)
		default:
			return nil, false
		}
		cells[row] = cell
	}
	return cells, true
}

// labelsOf gives the label of each query; false when rows of one query differ,
// or when blanks would be lost.
func labelsOf(c *parquetscan.Column, queries []int32, n int) (values []string, ok bool) {
	values = make([]string, 0, n)
	for row, q := range queries {
		value := ""
		if !c.Null[row] {
			value = labelOf(c, row)
		}
		switch {
		case int(q) == len(values):
			if strings.TrimSpace(value) != value {
				return nil, false
			}
			values = append(values, value)
		case values[q] != value:
			return nil, false
		}
	}
	return values, true
}

// put takes the block into the set; false, with no cell taken, when a label is
// refused: then the rows say where. First is the number of its first row.
func (b *flatBlock) put(to *sink, folders []partition, first int64) (taken bool, err error) {
	queries, err := to.queries(b.queries)
	if err != nil {
		return false, err
	}
	models, err := to.models(b.models)
	if err != nil {
		return false, err
	}
	keys, labels := b.keys, b.labels
	for _, p := range folders {
		keys, labels = append(keys, p.key), append(labels, slices.Repeat([]string{p.value}, len(queries)))
	}
	for i, key := range keys {
		if to.labels(queries, key, labels[i]) != nil {
			return false, nil
		}
	}
	for row, cell := range b.cells {
		to.cell(queries[b.query[row]], models[b.model[row]], cell, first+int64(row))
	}
	return true, nil
}
