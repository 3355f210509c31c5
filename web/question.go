package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/report/page"
)

// questionView is a query as the desk shows it.
type questionView struct {
	Query    string
	Kind     string
	Slices   []label
	Prompt   excerpt
	Evidence string // digest of what is seen

	// What follows is not given to who solves blind and has not answered yet.
	Open      bool
	Answer    string // of who solves blind
	Same      bool   // it says what the reference says
	Reference excerpt
	Item      *audit.Item
	Mark      *audit.Mark
	CanAgain  bool // it may be graded again
	Values    []valueView
	Models    int
}

type label struct{ Key, Value string }

// valueView is one answer and who gave it.
type valueView struct {
	Number  int // from 0
	Key     string
	Value   excerpt
	Right   bool
	None    bool // no answer at all
	Share   float64
	Answers []answerView
}

type answerView struct {
	Model, Verdict, Reason, Now string
	Attempt                     int
	Answer                      excerpt
	Response                    excerpt
	Source                      string
	Link                        string // of the whole response
}

// view is a query of the queue for one page.
func (d *dataset) shown(item audit.Item, state *audit.State, r *http.Request, at deskAt) (*questionView, error) {
	x, err := d.question(item.Query)
	if err != nil {
		return nil, err
	}
	v := &questionView{Query: x.Query, Kind: x.Kind, Prompt: cut(x.Prompt, shownPrompt), Evidence: x.Evidence, Mark: state.Mark(x.Query)}
	v.Open = at.blind == "" || r.Form.Has("answer")
	if !v.Open {
		v.Mark = nil
		return v, nil
	}
	if at.blind != "" {
		v.Answer = r.FormValue("answer")
		v.Same = x.Reference != "" && audit.SameAnswer(v.Answer, x.Reference)
	}
	v.Reference, v.Item = cut(x.Reference, shownAnswer), &item
	for key, value := range x.Slices {
		v.Slices = append(v.Slices, label{key, value})
	}
	slices.SortFunc(v.Slices, func(a, b label) int { return strings.Compare(a.Key, b.Key) })
	v.CanAgain = v.Mark != nil && !v.Mark.Settled && d.Regrade != nil && (v.Mark.Class == audit.GraderError || v.Mark.Class == audit.ReferenceError && v.Mark.Reference != "")
	for i, g := range x.Values {
		v.Values = append(v.Values, d.value(i, g, v.Mark, at, x.Query))
		v.Models += len(g.Answers)
	}
	for i := range v.Values {
		v.Values[i].Share = 100 * float64(len(v.Values[i].Answers)) / float64(v.Models)
	}
	return v, nil
}

func (d *dataset) value(i int, g audit.ValueGroup, m *audit.Mark, at deskAt, query string) valueView {
	out := valueView{Number: i, Value: cut(g.Value, shownAnswer), None: g.Value == ""}
	if i < 9 {
		out.Key = strconv.Itoa(i + 1)
	}
	for _, a := range g.Answers {
		x := answerView{Model: a.Model, Verdict: words(a.Verdict), Reason: a.Reason, Attempt: a.Attempt, Answer: cut(a.Answer, shownAnswer), Response: cut(a.Response, shownResponse), Source: a.Source}
		if m != nil {
			for _, c := range m.Cells {
				if c.Model == a.Model && c.Attempt == a.Attempt && c.New != a.Verdict {
					x.Now = words(c.New)
				}
			}
		}
		if x.Response.More > 0 {
			x.Link = address("/text", "data", at.data, "q", query, "model", a.Model, "attempt", strconv.Itoa(a.Attempt))
		}
		out.Right = out.Right || a.Verdict == "right"
		out.Answers = append(out.Answers, x)
	}
	return out
}

// words writes a verdict of a file as a page does.
func words(verdict string) string { return strings.ReplaceAll(verdict, "_", " ") }

// text gives a long text whole, as plain text.
func (s *Server) text(w http.ResponseWriter, r *http.Request) {
	_, d, err := s.dataView(r, "")
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	x, err := d.question(r.FormValue("q"))
	if err != nil {
		s.fail(w, r, http.StatusNotFound, err)
		return
	}
	out, found := x.Prompt, r.FormValue("model") == ""
	for _, g := range x.Values {
		for _, a := range g.Answers {
			if a.Model == r.FormValue("model") && strconv.Itoa(a.Attempt) == r.FormValue("attempt") {
				out, found = a.Response, true
				if r.FormValue("part") == "answer" {
					out = a.Answer
				}
			}
		}
	}
	if !found {
		s.refuse(w, r, http.StatusNotFound, "No such model answered this query.")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(page.Visible(out)))
}
