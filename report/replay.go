package report

import (
	"io"
	"strings"

	"github.com/allwrong/allwrong/certify"
)

// Replayable is what a server of recorded answers holds.
type Replayable struct {
	Answers int64
	Prompts int64
	Models  []Tallied // answers by model
}

// Tallied is a number of something.
type Tallied struct {
	Name  string
	Count int64
}

// Replayed writes what can be served.
func Replayed(w io.Writer, r Replayable, warnings []certify.Warning) error {
	var p page
	p.gap()
	p.paragraph(0, plural(r.Answers, "answer", "answers")+" of "+plural(int64(len(r.Models)), "model", "models")+" to "+plural(r.Prompts, "prompt", "prompts")+".")
	p.gap()
	t := table{head: []string{"model", "answers"}}
	for _, m := range r.Models {
		t.add(m.Name, count(m.Count))
	}
	t.print(&p, 2)
	footnotes(&p, warnings)
	return p.to(w)
}

// Served writes what a server of recorded answers did: how many requests came,
// what they got, and what went wrong on demand.
func Served(w io.Writer, requests int64, got, faults []Tallied) error {
	var p page
	p.gap()
	parts := []string{}
	for _, x := range got {
		if x.Count > 0 {
			parts = append(parts, count(x.Count)+" "+x.Name)
		}
	}
	text := plural(requests, "request", "requests")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	p.paragraph(0, text+".")
	if len(faults) > 0 {
		p.gap()
		t := table{head: []string{"fault", "requests"}}
		for _, f := range faults {
			t.add(f.Name, count(f.Count))
		}
		t.print(&p, 2)
	}
	return p.to(w)
}
