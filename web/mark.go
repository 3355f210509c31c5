package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/report/page"
)

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
