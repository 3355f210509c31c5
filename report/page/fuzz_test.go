package page

import (
	"bytes"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/report/figure"
)

// Whatever a text is, it adds no element to a page, and hides nothing.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"<script>alert(1)</script>", "\u202e", "\x00\x1b[2J", "</style>", "`|*_", `"'><&`, "\xff\xfe", strings.Repeat("a", 5000)} {
		f.Add(s)
	}
	render := func(t *testing.T, s string) (page, markdown string) {
		table := Table{Caption: s, Head: []string{s, s}, Rows: [][]string{{s, s}}}
		parts := Section{ID: "x", Title: s, Says: []string{s}, Notes: []string{s}, Tables: []Table{table},
			Figures: []*figure.Figure{{Title: s, Note: s, Description: s, Scene: &figure.Scene{W: 9, H: 9, Items: []figure.Item{figure.Text{S: s}}}}}}
		v := comparedView{Shell: newShell("report", s, s, s, []Section{parts}), Answer: s, Says: []string{s}, Notes: []string{s}, Sections: []Section{parts},
			Read: read{Inputs: []Input{{Path: s, Why: s, SHA256: s}}, Commands: []string{s}}}
		var b, list bytes.Buffer
		if err := write(&b, "compared.html", v); err != nil {
			t.Fatal(err)
		}
		q := queryView{Query: cut(s, 80), Kind: s, Labels: s, Finding: s, Evidence: s, Prompt: s, Reference: s, Groups: []groupView{{Answer: s, Verdict: s, Models: s}}}
		if err := write(&b, "queries", pageView{List: queriesView{Shown: []queryView{q}, Kinds: []string{s}, Left: s}}); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		markdownTable(&text, table)
		list.WriteString(md(s))
		return b.String(), visible(text.String() + list.String())
	}
	plain, _ := render(&testing.T{}, "a")
	f.Fuzz(func(t *testing.T, s string) {
		page, markdown := render(t, s)
		if strings.IndexFunc(page+markdown, hidden) >= 0 {
			t.Fatalf("%q is hidden on the page", s)
		}
		if got, want := strings.Count(page, "<"), strings.Count(plain, "<"); s != "" && got != want {
			t.Fatalf("%q: the page has %d elements, without it %d", s, got, want)
		}
		if strings.ContainsAny(markdown, "<>") {
			t.Fatalf("%q is markup in Markdown: %s", s, markdown)
		}
	})
}
