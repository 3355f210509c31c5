package web

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

// mark puts a decision on record and goes on to the next query.
func (s *Server) mark(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "Desk")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	at := placeOf(r)
	e, seen, err := s.entry(r, d, at.query)
	if err != nil {
		s.deskPage(w, r, http.StatusBadRequest, &notice{Bad: true, Text: err.Error()})
		return
	}
	_, state, err := s.book.read()
	if err != nil {
		s.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	next, err := d.following(at, state)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err)
		return
	}
	line, err := s.book.mark(e, seen)
	if s.refused(w, r, err) {
		return
	}
	http.Redirect(w, r, at.address(next, "done", strconv.Itoa(line)), http.StatusSeeOther)
}

// refused shows why nothing was added to the ledger.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, err error) bool {
	var c *conflict
	switch {
	case err == nil:
		return false
	case errors.As(err, &c):
		s.deskPage(w, r, http.StatusConflict, &notice{Bad: true, Text: page.Visible(c.why)})
	default:
		s.deskPage(w, r, http.StatusInternalServerError, &notice{Bad: true, Text: "Nothing was added: " + page.Visible(err.Error())})
	}
	return true
}

// entry is what a form of the desk decides. Without a reason that somebody
// typed, it is what the class means, or what triage found.
func (s *Server) entry(r *http.Request, d *dataset, query string) (e audit.Entry, seen int, err error) {
	class, err := audit.ParseClass(r.PostFormValue("class"))
	if err != nil {
		return e, 0, err
	}
	x, err := d.question(query)
	if err != nil {
		return e, 0, err
	}
	e = audit.Entry{Who: s.o.Who, Kind: audit.KindMark, Query: query, Class: class, Digest: x.Evidence,
		Why: strings.TrimSpace(r.PostFormValue("why")), Reference: strings.TrimSpace(r.PostFormValue("reference"))}
	if given := r.PostFormValue("evidence"); given != "" && given != x.Evidence {
		return e, 0, errors.New("the page shows other answers than are on file now: look again, then mark")
	}
	item := d.triage.Queue[d.place[query]]
	if e.Why == "" {
		e.Why = classes[slices.IndexFunc(classes, func(c classView) bool { return c.Class == class })].Means
		if class == item.Class && item.Evidence != "" {
			e.Why += "; found: " + audit.Printable(item.Evidence)
		}
	}
	if blind := strings.TrimSpace(r.PostFormValue("answer")); blind != "" {
		e.Why = fmt.Sprintf("solved blind: %q. %s", blind, e.Why)
	}
	if e.Cells, err = corrections(r, x); err != nil {
		return e, 0, err
	}
	seen, err = strconv.Atoi(cmp.Or(r.PostFormValue("seen"), "0"))
	return e, seen, err
}

// corrections are the verdicts that the form gives to whole groups of answers.
func corrections(r *http.Request, x *audit.Question) ([]audit.Change, error) {
	var out []audit.Change
	for i, g := range x.Values {
		now := r.PostFormValue("value-" + strconv.Itoa(i))
		if now == "" {
			continue
		}
		if now != "right" && now != "wrong" && now != "no_answer" {
			return nil, fmt.Errorf("value-%d: %q is none of right, wrong, no_answer", i, now)
		}
		for _, a := range g.Answers {
			if a.Verdict != now && a.Verdict != "not_run" {
				out = append(out, audit.Change{Model: a.Model, Attempt: a.Attempt, Old: a.Verdict, New: now})
			}
		}
	}
	return out, nil
}

// following is the next query that nobody has read, after this one or from the
// start; this one when all others were.
func (d *dataset) following(at deskAt, state *audit.State) (string, error) {
	queue, err := d.queue(at, state)
	if err != nil {
		return "", err
	}
	here := slices.IndexFunc(queue, func(x audit.Item) bool { return x.Query == at.query })
	for i := range queue {
		if x := queue[(here+1+i)%len(queue)]; x.Query != at.query && !state.Audited(x.Query) {
			return x.Query, nil
		}
	}
	return at.query, nil
}

// undo takes a line back and shows the query that it was about.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) {
	line, err := strconv.Atoi(r.PostFormValue("line"))
	if err != nil {
		s.deskPage(w, r, http.StatusBadRequest, &notice{Bad: true, Text: "line: want the number of a line of the ledger"})
		return
	}
	done, err := s.book.undo(line, s.o.Who, strings.TrimSpace(r.PostFormValue("why")))
	if s.refused(w, r, err) {
		return
	}
	at := placeOf(r)
	query := at.query
	if l, _, err := s.book.read(); err == nil && line <= len(l.Lines) && l.Lines[line-1].Query != "" {
		query = l.Lines[line-1].Query
	}
	http.Redirect(w, r, at.address(query, "done", strconv.Itoa(done)), http.StatusSeeOther)
}

// regrade grades the answers of a marked query again and records what changes.
func (s *Server) regrade(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "Desk")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	at := placeOf(r)
	line, err := s.gradeAgain(d, at.query)
	if s.refused(w, r, err) {
		return
	}
	http.Redirect(w, r, at.address(at.query, "done", strconv.Itoa(line)), http.StatusSeeOther)
}

func (s *Server) gradeAgain(d *dataset, query string) (int, error) {
	x, err := d.question(query)
	if err != nil {
		return 0, err
	}
	return s.book.add(func(l *audit.Ledger) (audit.Entry, error) {
		m := l.State().Mark(query)
		if m == nil {
			return audit.Entry{}, &conflict{"Mark the query first: only what is marked is graded again."}
		}
		changes, open, by, ok := d.Regrade(x, m.Reference)
		if !ok {
			return audit.Entry{}, &conflict{fmt.Sprintf("There is no grader for kind %q here: correct its cells instead.", x.Kind)}
		}
		why := fmt.Sprintf("graded again by %s against %q", by, cmp.Or(m.Reference, x.Reference))
		if open > 0 {
			why += fmt.Sprintf("; of %d answers it cannot tell", open)
		}
		return audit.Entry{Who: s.o.Who, Kind: audit.KindRegrade, Query: query, Cells: changes, Digest: x.Evidence, Why: why}, nil
	})
}
