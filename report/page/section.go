package page

import "github.com/allwrong/allwrong/report/figure"

// Section is one part of a page, in the order in which it is read: sentences,
// figures, tables, notes.
type Section struct {
	ID, Title string
	Says      []string
	Figures   []*figure.Figure
	Tables    []Table
	Notes     []string
}

// draw adds a figure, if there is something to draw.
func (s *Section) draw(f *figure.Figure) {
	if f != nil {
		s.Figures = append(s.Figures, f)
	}
}

// Table is one table. Folded ones are opened by a click.
type Table struct {
	Caption string
	Head    []string
	Text    []bool // columns of words rather than numbers; the first always is
	Rows    [][]string
	Folded  bool
	Left    string // what was left out
}

func (t *Table) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Words reports whether a column holds words rather than numbers.
func (t Table) Words(column int) bool { return column == 0 || column < len(t.Text) && t.Text[column] }

// most bounds the rows of a table, and says what is missing.
func (t *Table) most(n int, where string) {
	if left := len(t.Rows) - n; left > 0 {
		t.Rows, t.Left = t.Rows[:n], "… and "+plural(left, "more row", "more rows")+": "+where
	}
}
