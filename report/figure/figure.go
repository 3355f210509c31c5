package figure

// Figure is a result, drawn.
type Figure struct {
	Kind        string // its name on the command line
	Title       string // what is to be seen, as a sentence without a full stop
	Note        string // how many, and of what
	Description string // what is drawn, in one plain sentence
	Table       Table  // the same numbers
	Scene       *Scene // without title and note
}

// Table holds the numbers of a figure as text; the first column names the rows.
type Table struct {
	Head []string   `json:"head"`
	Rows [][]string `json:"rows"`
}

func (t *Table) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// page is the scene with title, note and margins, as a file shows it.
func (f *Figure) page() *Scene {
	p := newPen()
	y := p.lines(0, 16, width, 3, f.Title, title)
	if f.Note != "" {
		y = p.lines(0, y-1, width, 2, f.Note, small)
	}
	y += 6
	out := &Scene{W: f.Scene.W + 2*margin, H: y + f.Scene.H + 2*margin}
	for _, i := range p.Items {
		out.Items = append(out.Items, i.shift(margin, margin))
	}
	for _, i := range f.Scene.Items {
		out.Items = append(out.Items, i.shift(margin, margin+y))
	}
	return out
}
