package web

import (
	"errors"
	"net/http"

	"github.com/allwrong/allwrong/audit"
)

// apiLedger says how the ledger stands, so that a page knows whether to look again.
func (s *Server) apiLedger(w http.ResponseWriter, r *http.Request) {
	l, state, err := s.book.read()
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"schema": "allwrong/serve-ledger/1", "ledger": l.Path, "lines": state.Lines, "digest": state.Digest})
}

// apiDesk is the triage with what was decided, as allwrong audit --json has it,
// and the certificate before and after.
func (s *Server) apiDesk(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "")
	if err != nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		return
	}
	_, state, err := s.book.read()
	if err == nil {
		var after *audited
		if after, err = d.audit(state); err == nil {
			report := *d.triage
			report.Queue = append([]audit.Item{}, report.Queue...)
			for i := range report.Queue {
				if m := state.Mark(report.Queue[i].Query); m != nil {
					report.Queue[i].Audited = m.Class
				}
			}
			writeJSON(w, http.StatusOK, map[string]any{"schema": "allwrong/serve-desk/1", "triage": &report, "range": after.rng,
				"before": d.before, "after": after.certificate, "digest": state.Digest})
			return
		}
	}
	writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
}

// apiQuestion is a query of the queue with all that is on file about it.
func (s *Server) apiQuestion(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "")
	if err != nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		return
	}
	x, err := d.question(r.FormValue("q"))
	switch {
	case errors.Is(err, errNotQueued):
		writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
	case err != nil:
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
	default:
		_, state, err := s.book.read()
		if err != nil {
			writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
			return
		}
		item := d.triage.Queue[d.place[x.Query]]
		writeJSON(w, http.StatusOK, map[string]any{"schema": "allwrong/audit-show/1", "question": x, "item": item, "mark": state.Mark(x.Query)})
	}
}

// apiStudy is what the report shows at once, for a choice of models and slices.
func (s *Server) apiStudy(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "")
	if err == nil {
		var live *chosen
		if live, err = s.choose(r, d); err == nil {
			writeJSON(w, http.StatusOK, map[string]any{"schema": "allwrong/serve-study/1", "live": live.live})
			return
		}
	}
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}
