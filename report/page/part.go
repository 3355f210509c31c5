package page

import (
	"cmp"
	"html/template"
	"strings"

	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
)

// Colours are the colours of pages and figures, in light and dark.
func Colours() string {
	light, dark := figure.Properties(figure.Light), figure.Properties(figure.Dark)
	return ":root{color-scheme:light;" + light + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;" + dark + "}}\n" +
		"@media screen{:root[data-theme=dark]{color-scheme:dark;" + dark + "}}\n" + figure.Rules()
}

// HTML is the first screen as it stands on a page, for a page that is not one file.
func (l Lead) HTML() (template.HTML, error) { return part("lead", l) }

// HTML is the section as it stands on a page.
func (s Section) HTML() (template.HTML, error) { return part("section", s) }

// Drawn is a figure with its title and its table as it stands on a page.
func Drawn(f *figure.Figure) (template.HTML, error) { return part("figure", f) }

func part(name string, v any) (template.HTML, error) {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		return "", err
	}
	return template.HTML(visible(b.String())), nil // escaped by the template
}

// Visible makes signs of control characters and of marks that turn the direction
// of writing, in a text of unknown origin.
func Visible(s string) string { return visible(s) }

// Head says what there is: models, queries, formats.
func Head(r Report) string { return report.Head(r.Certificate, r.origin()) }

// Changes are what changed between two sets of results as it stands on a page: the
// answer, its figure, its tables, and what is doubtful.
func Changes(r *compare.Result) (says, notes []string, parts []template.HTML, err error) {
	add := func(part template.HTML, failed error) {
		parts, err = append(parts, part), cmp.Or(err, failed)
	}
	if f := figure.Compared(r); f != nil {
		add(Drawn(f))
	}
	for _, s := range changes(r) {
		add(s.HTML())
	}
	return report.Changes(r), report.ChangeNotes(r), parts, err
}
