package web

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/report/page"
)

// deskView is the page of the desk.
type deskView struct {
	Show    string // which part of the queue
	Blind   bool
	Filters []filter
	Rows    []row
	Earlier int // rows before those that are listed
	Later   int
	Place   int // of this query, from 1
	Of      int
	Prev    string // addresses
	Next    string
	Toggle  string // blind or not

	Query    *questionView
	Classes  []classView
	CanMark  bool
	Controls [2]int // read, drawn
}

// filter is a part of the queue.
type filter struct {
	Name, Words, Address string
	Chosen               bool
	Queries, Read        int
}

// row is one query of the list.
type row struct {
	Query, Address string
	Item           audit.Item
	Marked         audit.Class
	Here           bool
}

// classView is a class that a query can be given, by one key.
type classView struct {
	Class     audit.Class
	Key       string
	Means     string
	Suggested bool
	Now       bool
}

// classes are the keys and the words of METHOD's classes.
var classes = []classView{
	{Class: audit.Genuine, Key: "g", Means: "question and reference are sound"},
	{Class: audit.Unresolved, Key: "u", Means: "it cannot be told; counts as genuine"},
	{Class: audit.Ambiguous, Key: "a", Means: "the question has no single defensible answer"},
	{Class: audit.ReferenceError, Key: "r", Means: "the reference is wrong"},
	{Class: audit.GraderError, Key: "e", Means: "right answers were graded wrong, or wrong ones right"},
	{Class: audit.MultiAnswer, Key: "m", Means: "several answers are right and the grader knows one"},
	{Class: audit.Truncation, Key: "t", Means: "answers were cut off at their budget"},
	{Class: audit.NoAnswer, Key: "n", Means: "nothing that could be graded came back"},
	{Class: audit.Corrupt, Key: "c", Means: "calls failed, or a run is broken"},
}

// part is what the queue can be narrowed to.
type part struct {
	name, words string
	has         func(x audit.Item, read bool) bool
}

var parts = []part{
	{"", "all", func(audit.Item, bool) bool { return true }},
	{"open", "not read", func(_ audit.Item, read bool) bool { return !read }},
	{"all-wrong", "all wrong", group(audit.AllWrong)},
	{"part-missing", "all wrong, some missing", group(audit.PartAllWrong)},
	{"best-unusable", "best unusable", group(audit.BestUnusable)},
	{"near-miss", "near misses", group(audit.NearMiss)},
	{"control", "controls", nil}, // the draw, whichever group a query is in
}

func group(g audit.Group) func(audit.Item, bool) bool {
	return func(x audit.Item, _ bool) bool { return x.Group == g }
}

// listed is how many rows of the queue a page lists.
const listed = 100

// deskAt is a place at the desk, as the address has it.
type deskAt struct{ data, show, query, blind string }

func (a deskAt) address(query string, more ...string) string {
	return address("/desk", append([]string{"data", a.data, "show", a.show, "q", query, "blind", a.blind}, more...)...)
}

func placeOf(r *http.Request) deskAt {
	a := deskAt{data: r.FormValue("data"), show: r.FormValue("show"), query: r.FormValue("q")}
	if r.FormValue("blind") == "1" {
		a.blind = "1"
	}
	return a
}

// queue is the part of the queue that is looked at, by place. Who solves blind
// gets an order that says nothing.
func (d *dataset) queue(a deskAt, state *audit.State) ([]audit.Item, error) {
	i := slices.IndexFunc(parts, func(p part) bool { return p.name == a.show })
	if i < 0 {
		return nil, fmt.Errorf("show: there is no part %q of the queue", a.show)
	}
	out := []audit.Item{}
	for _, x := range d.triage.Queue {
		if d.isIn(i, x, state) || a.show == "open" && x.Query == a.query {
			out = append(out, x)
		}
	}
	if a.blind != "" {
		slices.SortFunc(out, func(a, b audit.Item) int {
			x, y := sha256.Sum256([]byte(a.Query)), sha256.Sum256([]byte(b.Query))
			return cmp.Or(cmp.Compare(string(x[:]), string(y[:])), cmp.Compare(a.Query, b.Query))
		})
	}
	return out, nil
}

func (d *dataset) isIn(part int, x audit.Item, state *audit.State) bool {
	if parts[part].name == "control" {
		_, drawn := slices.BinarySearch(d.triage.Control, x.Query)
		return drawn
	}
	return parts[part].has(x, state.Audited(x.Query))
}

// desk shows one query of the queue.
func (s *Server) desk(w http.ResponseWriter, r *http.Request) {
	var n *notice
	if line, err := strconv.Atoi(r.FormValue("done")); err == nil {
		n = s.done(line)
	}
	s.deskPage(w, r, http.StatusOK, n)
}

// done says what a line of the ledger has just decided.
func (s *Server) done(line int) *notice {
	l, state, err := s.book.read()
	if err != nil || line < 1 || line > len(l.Lines) {
		return nil
	}
	x := l.Lines[line-1]
	n := &notice{}
	switch x.Kind {
	case audit.KindUndo:
		n.Text = fmt.Sprintf("The decision about %s was taken back (line %d).", page.Visible(x.Query), line)
	case audit.KindRegrade:
		n.Text = fmt.Sprintf("%s: %s; %d verdicts changed (line %d).", page.Visible(x.Query), page.Visible(x.Why), len(x.Cells), line)
	default:
		n.Text = fmt.Sprintf("%s: %s (line %d).", page.Visible(x.Query), x.Class, line)
	}
	if state.Stands(line) {
		n.Undo = line
	}
	return n
}

func (s *Server) deskPage(w http.ResponseWriter, r *http.Request, status int, n *notice) {
	p, d, err := s.dataView(r, "Desk")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	_, state, err := s.book.read()
	if err != nil {
		s.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	after, err := d.audit(state)
	if err != nil {
		s.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	p.Here = "/desk" // a form that was refused is answered in its place
	at := placeOf(r)
	view, err := s.deskView(r, d, state, at)
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	p.Notice, p.Body, p.Strip = n, view, newStrip(d, after, s.o.Ledger)
	if view.Query != nil {
		p.Title = "Desk: " + page.Visible(view.Query.Query)
	}
	s.show(w, r, status, "desk.html", p)
}

func (s *Server) deskView(r *http.Request, d *dataset, state *audit.State, at deskAt) (*deskView, error) {
	queue, err := d.queue(at, state)
	if err != nil {
		return nil, err
	}
	v := &deskView{Show: at.show, Blind: at.blind != "", Of: len(queue), CanMark: s.o.Ledger != ""}
	flip := at
	if flip.blind = "1"; v.Blind {
		flip.blind = ""
	}
	v.Toggle = flip.address(at.query)
	for i, part := range parts {
		f := filter{Name: part.name, Words: part.words, Chosen: part.name == at.show}
		to := at
		to.show = part.name
		f.Address = to.address("")
		for _, x := range d.triage.Queue {
			if d.isIn(i, x, state) {
				if f.Queries++; state.Audited(x.Query) {
					f.Read++
				}
			}
		}
		if f.Queries > 0 || f.Chosen {
			v.Filters = append(v.Filters, f)
		}
	}
	if len(queue) == 0 {
		return v, nil
	}
	here := 0
	if at.query != "" {
		if here = slices.IndexFunc(queue, func(x audit.Item) bool { return x.Query == at.query }); here < 0 {
			return nil, fmt.Errorf("q: %s is not in this part of the queue", page.Visible(at.query))
		}
	} else if i := slices.IndexFunc(queue, func(x audit.Item) bool { return !state.Audited(x.Query) }); i >= 0 {
		here = i
	}
	v.rows(queue, here, at, state)
	if v.Query, err = d.shown(queue[here], state, r, at); err != nil {
		return nil, err
	}
	v.Toggle = flip.address(queue[here].Query)
	for _, c := range classes {
		m := state.Mark(queue[here].Query)
		c.Suggested, c.Now = c.Class == queue[here].Class && !v.Blind, m != nil && m.Class == c.Class
		v.Classes = append(v.Classes, c)
	}
	return v, nil
}

// rows lists the queue around the query that is looked at.
func (v *deskView) rows(queue []audit.Item, here int, at deskAt, state *audit.State) {
	v.Place = here + 1
	if here > 0 {
		v.Prev = at.address(queue[here-1].Query)
	}
	if here+1 < len(queue) {
		v.Next = at.address(queue[here+1].Query)
	}
	from := max(0, min(here-listed/2, len(queue)-listed))
	to := min(len(queue), from+listed)
	v.Earlier, v.Later = from, len(queue)-to
	for i := from; i < to; i++ {
		x := row{Query: queue[i].Query, Address: at.address(queue[i].Query), Item: queue[i], Here: i == here}
		if m := state.Mark(x.Query); m != nil {
			x.Marked = m.Class
		}
		v.Rows = append(v.Rows, x)
	}
}
