package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/report/page"
)

// compareView is what changed from one set of data to another.
type compareView struct {
	A, B, Turned string
	Says, Notes  []string
	Parts        []template.HTML
}

// compared says what changed between two sets of data on the same queries: two
// answer formats, two months, two graders. Each is taken with the ledger.
func (s *Server) compared(w http.ResponseWriter, r *http.Request) {
	p, from, err := s.dataView(r, "What changed")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	to, err := s.numbered(r.FormValue("with"))
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	_, state, err := s.book.read()
	if err != nil {
		s.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	result, err := changed(from, to, state)
	if err != nil {
		s.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	v := &compareView{A: from.Name, B: to.Name, Turned: address("/compare", "data", r.FormValue("with"), "with", p.number())}
	if v.Says, v.Notes, v.Parts, err = page.Changes(result); err != nil {
		s.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	p.Body = v
	s.show(w, r, http.StatusOK, "compare.html", p)
}

func changed(from, to *dataset, state *audit.State) (*compare.Result, error) {
	a, err := from.audit(state)
	if err != nil {
		return nil, err
	}
	b, err := to.audit(state)
	if err != nil {
		return nil, err
	}
	o := a.study.Options()
	return compare.Sets(a.study.Matrix(), b.study.Matrix(), compare.Options{Confidence: o.Certify.Confidence, Seed: o.Seed})
}

// numbered finds a set of data by its number, from 1.
func (s *Server) numbered(text string) (*dataset, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(s.sets) {
		return nil, fmt.Errorf("with: there are no data of number %q", text)
	}
	return s.sets[n-1], nil
}

// number is the number of the set of data that a page is about.
func (v *view) number() string {
	for _, x := range v.Sets {
		if x.Chosen {
			return x.Number
		}
	}
	return "1"
}
