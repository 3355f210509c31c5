package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
	"github.com/allwrong/allwrong/report/page"
)

// countsView is the page that needs no files: three counts, and a plan.
type countsView struct {
	Tally      certify.Tally
	Overhead   float64
	Confidence float64
	Why        string // these counts say nothing
	Sentences  []string
	Drawn      template.HTML
	Answer     *certify.Certificate
	Notes      []string

	Plan    certify.PlanOptions
	Rows    []certify.PlanRow
	PlanWhy string
	Notes2  []string
}

// fields read numbers of a form; the first that is none is the error.
type fields struct {
	r   *http.Request
	err error
}

func (f *fields) number(name string, otherwise float64) float64 {
	text := f.r.FormValue(name)
	if text == "" {
		return otherwise
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("%s: %q is no number", name, text)
	}
	return x
}

func (f *fields) count(name string, otherwise int64) int64 {
	text := f.r.FormValue(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("%s: %q is no whole number", name, text)
	}
	return n
}

// asked is what an address of the page asks. What it starts with is an example.
func asked(r *http.Request) (v countsView, err error) {
	f := &fields{r: r}
	v.Tally = certify.Tally{AllWrong: f.count("all-wrong", 0), Queries: f.count("queries", 330), Best: f.count("best", 326), Pool: int(min(f.count("pool", 67), 1<<20))}
	v.Overhead, v.Confidence = f.number("overhead", 0.02), f.number("confidence", 0.95)
	v.Plan = certify.PlanOptions{Overhead: v.Overhead, Confidence: v.Confidence, Gain: f.number("gain", 0.005), Power: f.number("power", 0.8), Pool: v.Tally.Pool}
	return v, f.err
}

func (v *countsView) answer() error {
	c, err := certify.CertifyTally(v.Tally, certify.Options{Confidence: v.Confidence, Overhead: v.Overhead})
	if err != nil {
		return err
	}
	v.Answer, v.Sentences = &c, said(c)
	if f := figure.FourParts(c); f != nil {
		if v.Drawn, err = page.Drawn(f); err != nil {
			return err
		}
	}
	for _, w := range c.Warnings {
		v.Notes = append(v.Notes, w.Message)
	}
	return nil
}

func (v *countsView) plan() error {
	if v.Plan.Pool < 2 {
		v.Plan.Pool = 2
	}
	plan, err := certify.MakePlan(v.Plan, nil)
	if err != nil {
		return err
	}
	v.Rows = plan.Rows
	for _, w := range plan.Warnings {
		v.Notes2 = append(v.Notes2, w.Message)
	}
	return nil
}

// counts answers from counts alone, without any file.
func (s *Server) counts(w http.ResponseWriter, r *http.Request) {
	p, _, err := s.dataView(r, "Counts")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	v, err := asked(r)
	if err == nil {
		err = v.answer()
	}
	if err != nil {
		v.Why = err.Error()
	}
	if err := v.plan(); err != nil {
		v.PlanWhy = err.Error()
	}
	p.Body = &v
	s.show(w, r, http.StatusOK, "counts.html", p)
}

// apiCounts is what allwrong certify says of counts, and allwrong plan of a plan.
func (s *Server) apiCounts(w http.ResponseWriter, r *http.Request) {
	v, err := asked(r)
	if err == nil {
		err = v.answer()
	}
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"schema": "allwrong/serve-counts/1", "certificate": v.Answer})
}

// said is a certificate in sentences.
func said(c certify.Certificate) []string {
	size, within, verdict := report.Certified(c)
	return []string{size, within, verdict}
}
