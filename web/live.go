package web

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/report/figure"
	"github.com/allwrong/allwrong/report/page"
	"github.com/allwrong/allwrong/study"
)

// liveView is the report that follows a choice.
type liveView struct {
	Choice choiceView
	Why    string // nothing can be said of this choice
	Head   string
	Lead   template.HTML        // the answer
	Curve  template.HTML        // over pool sizes
	Parts  []template.HTML      // what else can be had at once
	At     *dependence.PoolSize // of the size that the slider points at
	Later  []later              // what takes longer, and comes when it is there
}

// later is a part of the report that takes longer.
type later struct{ Name, Title, Address string }

func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	p, d, err := s.dataView(r, "Report")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	p.Title = d.Name
	view := &liveView{}
	made, err := s.choose(r, d)
	view.Choice = d.choiceView(r, made)
	if err != nil {
		view.Why = err.Error()
	} else {
		if err := view.fill(r, d, made); err != nil {
			s.fail(w, r, http.StatusInternalServerError, err)
			return
		}
	}
	p.Body = view
	s.show(w, r, http.StatusOK, "live.html", p)
}

// fill asks for all parts that can be had at once.
func (v *liveView) fill(r *http.Request, d *dataset, c *chosen) error {
	report := c.report(d)
	v.Head = page.Head(report)
	var err error
	if v.Lead, err = page.LeadOf(report).HTML(); err != nil {
		return err
	}
	if f := figure.PoolSize(c.live.Curve, nil); f != nil {
		if v.Curve, err = page.Drawn(f); err != nil {
			return err
		}
	}
	for _, section := range page.Sections(report) {
		part, err := section.HTML()
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, part)
	}
	if i := slices.IndexFunc(c.live.Curve, func(p dependence.PoolSize) bool { return p.K >= v.Choice.Size }); i >= 0 {
		v.At = &c.live.Curve[i]
	}
	for _, x := range []later{{Name: "explain", Title: "What correlation misses"}, {Name: "pools", Title: "Which models are worth keeping"}} {
		q := r.URL.Query()
		q.Set("part", x.Name)
		x.Address = "/part?" + q.Encode()
		v.Later = append(v.Later, x)
	}
	return nil
}

// report is a choice as a page shows it, without the parts that take longer.
func (c *chosen) report(d *dataset) page.Report {
	notes := c.live.Certificate.Warnings
	if d.Brief != nil {
		notes = d.Brief(notes)
	}
	return page.Report{Results: &study.Results{Live: c.live, Models: c.study.Models(), Matrix: c.study.Matrix()}, Formats: d.Formats, Notes: notes}
}

// part gives a part of the report that takes longer. One is computed at a time;
// whoever no longer waits ends it.
func (s *Server) part(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	c, err := s.choose(r, d)
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err)
		return
	}
	s.slow.Lock()
	defer s.slow.Unlock()
	had := map[string]bool{}
	report := c.report(d)
	for _, x := range page.Sections(report) {
		had[x.ID] = true
	}
	switch r.FormValue("part") {
	case "explain":
		report.Explanation, err = c.study.Explain(r.Context(), nil)
		report.Correlations = c.study.Correlations()
	case "pools":
		report.Pools, err = c.study.Pools(r.Context(), nil)
	default:
		err = fmt.Errorf("part: there is no part %q", r.FormValue("part"))
	}
	if err != nil {
		s.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	v := s.newView(r, "Report")
	var parts []template.HTML
	for _, x := range page.Sections(report) {
		if had[x.ID] {
			continue
		}
		part, err := x.HTML()
		if err != nil {
			s.fail(w, r, http.StatusInternalServerError, err)
			return
		}
		parts = append(parts, part)
	}
	v.Body = parts
	s.show(w, r, http.StatusOK, "part.html", v)
}
