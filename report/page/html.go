package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
)

//go:embed assets
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"inline": func(f *figure.Figure) template.HTML { return template.HTML(f.Inline()) },
	"count":  func(n int64) string { return report.Count(n) },
	"table":  tableOf,
}).ParseFS(assets, "assets/*.html"))

// Style is the style of a page, the colours of its figures with it.
func Style() string {
	return Colours() + asset("style.css")
}

// Script is the script of a page. A page is read without it.
func Script() string { return asset("script.js") }

func asset(name string) string {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(b)
}

// shell is what stands around every page.
type shell struct {
	Command, Title, Head, Version string
	Contents                      []Section // whose titles are listed
	Policy                        string    // of content security
	Style                         template.CSS
	Script                        template.JS
}

// newShell makes a page of these sections, which allows itself its own style and
// script, by digest, and nothing else.
func newShell(command, title, head, version string, contents []Section) shell {
	style, script := Style(), Script()
	return shell{command, title, head, version, contents,
		"default-src 'none'; style-src " + source(style) + "; script-src " + source(script) + "; base-uri 'none'; form-action 'none'",
		template.CSS(style), template.JS(script)}
}

// read is what was read, and how to compute the same again.
type read struct {
	Ledger   string
	Inputs   []Input
	Commands []string
}

// pageView is what the templates see.
type pageView struct {
	Report
	Shell    shell
	Lead     Lead
	Sections []Section
	List     queriesView
	Missing  []certify.Warning // parts that the data do not allow
	Read     read
}

// Lead is the first screen: the answer.
type Lead struct {
	Size, Within, Verdict string
	Answer                certify.Verdict
	Word                  string
	Parts                 *figure.Figure // nil where there is nothing to draw
	Bar                   []barPart
	Facts                 [][2]string
	Notes                 []string // first those that bear on the answer
}

// LeadOf gives the first screen of a report.
func LeadOf(r Report) Lead {
	c := r.Certificate
	size, within, verdict := report.Certified(c)
	l := Lead{Size: size, Within: within, Verdict: verdict, Answer: c.Verdict, Parts: figure.FourParts(c), Bar: bar(c.Kinds),
		Word: map[certify.Verdict]string{certify.No: "Verdict: no", certify.Room: "Verdict: room", certify.Undecided: "Verdict: undecided"}[c.Verdict]}
	l.Facts = [][2]string{
		{"gain at most", report.Points(c.Gain.Upper) + " points"},
		{"gain at least", report.Points(c.Gain.Lower) + " points"},
		{"ceiling", report.Optional(c.Ceiling.Point, report.Percent)},
		{"single best", report.Optional(c.Best.Accuracy, report.Percent)},
		{"β, all wrong", report.Optional(c.Beta.Point, report.Percent)},
		{"overhead", report.Points(c.Overhead) + " points"},
	}
	notes := r.Notes
	if notes == nil {
		notes = c.Warnings
	}
	l.Notes = messages(notes)
	return l
}

// HTML writes the page.
func HTML(w io.Writer, r Report) error {
	v := pageView{Report: r, Lead: LeadOf(r), Sections: Sections(r), List: queries(r), Missing: r.Results.Warnings, Read: read{r.Ledger, r.Inputs, r.Commands}}
	contents := slices.Concat([]Section{{ID: "main", Title: "The answer"}}, v.Sections,
		[]Section{{ID: "queries", Title: "Query by query"}, {ID: "method", Title: "How it is computed"}, {ID: "inputs", Title: "Inputs"}})
	v.Shell = newShell("report", v.Lead.Word, report.Head(r.Certificate, r.origin()), r.Version, contents)
	return write(w, "page.html", v)
}

// write renders a page as a whole before its first byte is written.
func write(w io.Writer, name string, v any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		return err
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}

// source names a style or script by its digest: nothing else may run.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// tableOf is a figure's numbers as a table.
func tableOf(f *figure.Figure) Table {
	return Table{Caption: f.Title, Head: f.Table.Head, Rows: f.Table.Rows}
}
