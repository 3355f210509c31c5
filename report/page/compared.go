package page

import (
	"io"

	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
)

// Comparison is what changed between two sets of results, for a page.
type Comparison struct {
	*compare.Result
	Formats  []string
	Inputs   []Input // of both, each path after its side
	Commands []string
	Version  string
}

// comparedView is what the template sees.
type comparedView struct {
	Shell       shell
	Answer      string
	Says, Notes []string
	Drawn       *figure.Figure
	Sections    []Section
	Read        read
}

// Compared writes the page of a comparison.
func Compared(w io.Writer, c Comparison) error {
	says := report.Changes(c.Result)
	v := comparedView{Answer: says[0], Says: says[1:], Notes: report.ChangeNotes(c.Result), Drawn: figure.Compared(c.Result),
		Sections: changes(c.Result), Read: read{Inputs: c.Inputs, Commands: c.Commands}}
	contents := append([]Section{{ID: "main", Title: "The answer"}}, v.Sections...)
	v.Shell = newShell("compare", "What changed", report.ChangeHead(c.Result, report.Origin{Formats: c.Formats}), c.Version, append(contents, Section{ID: "inputs", Title: "Inputs"}))
	return write(w, "compared.html", v)
}

// changes are the parts below the answer.
func changes(r *compare.Result) []Section {
	t := Table{Caption: "Models in both sets, those least likely by chance first", Text: []bool{true},
		Head: []string{"model", "a", "b", "difference", "from", "to", "gained", "lost", "p", "p, all models"}}
	for _, m := range r.Moved {
		mark := ""
		if m.Moved {
			mark = "▪ "
		}
		t.add(mark+name(m.Model), report.Percent(m.A), report.Percent(m.B), report.Gained(m.Difference), report.Gained(m.Interval[0]), report.Gained(m.Interval[1]),
			count(m.Gained), count(m.Lost), report.Chance(m.P), report.Chance(m.Holm))
	}
	t.most(300, "allwrong compare --json")
	out := []Section{{ID: "models", Title: "Which models moved", Tables: []Table{t}}}
	for _, x := range []struct {
		id, title, head string
		list            []compare.Query
		total           int64
	}{
		{"entered", "Entered the all-wrong set", "right in a", r.Entered, r.EnteredCount},
		{"left", "Left the all-wrong set", "right in b", r.Left, r.LeftCount},
	} {
		if x.total == 0 {
			continue
		}
		t := Table{Caption: report.Plural(x.total, "query", "queries"), Text: []bool{true, true}, Head: []string{"query", x.head}}
		for _, q := range x.list {
			t.add(name(q.Query), report.RightOn(q))
		}
		t.most(200, "allwrong compare --json")
		out = append(out, Section{ID: x.id, Title: x.title, Tables: []Table{t}})
	}
	return out
}
