package report

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Table writes the numbers of a figure: title and note, then the table, aligned,
// or with tabs where it is wider than the page.
func Table(w io.Writer, title, note string, head []string, rows [][]string) error {
	var p page
	p.gap()
	p.paragraph(0, title+".")
	if note != "" {
		p.paragraph(0, note)
	}
	p.gap()
	t := table{head: head, rows: rows}
	if t.wide() <= width {
		t.print(&p, 0)
		return p.to(w)
	}
	for _, row := range append([][]string{head}, rows...) {
		p.line(strings.Join(row, "\t"))
	}
	return p.to(w)
}

// wide is how many columns of characters the table takes.
func (t *table) wide() int {
	total := 0
	for i, h := range t.head {
		w := utf8.RuneCountInString(h)
		for _, row := range t.rows {
			w = max(w, utf8.RuneCountInString(row[i]))
		}
		total += w + 2
	}
	return total - 2
}
