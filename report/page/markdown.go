package page

import (
	"fmt"
	"io"
	"strings"

	"github.com/allwrong/allwrong/report"
)

// Markdown writes the short form, for a pull request: the answer, the queries by
// kind, the verdict and what is doubtful; the sections are folded.
func Markdown(w io.Writer, r Report) error {
	var b strings.Builder
	l := LeadOf(r)
	fmt.Fprintf(&b, "## %s\n\n%s\n\n**%s** %s %s\n\n", md(l.Word), md(report.Head(r.Certificate, r.origin())), md(l.Size), md(l.Within), md(l.Verdict))
	if l.Parts != nil {
		markdownTable(&b, tableOf(l.Parts))
	}
	for i, s := range l.Notes {
		fmt.Fprintf(&b, "%d. %s\n", i+1, md(s))
	}
	for _, s := range Sections(r) {
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n", md(s.Title))
		for _, say := range s.Says {
			fmt.Fprintf(&b, "%s\n\n", md(say))
		}
		for _, t := range s.Tables {
			if t.Folded || len(t.Rows) == 0 {
				continue
			}
			t.most(20, "allwrong report -o report.html")
			fmt.Fprintf(&b, "%s\n\n", md(t.Caption))
			markdownTable(&b, t)
			if t.Left != "" {
				fmt.Fprintf(&b, "%s\n\n", md(t.Left))
			}
		}
		b.WriteString("</details>\n")
	}
	if len(r.Commands) > 0 {
		fmt.Fprintf(&b, "\nThe same numbers again: %s\n", code(r.Commands[0]))
	}
	_, err := io.WriteString(w, visible(strings.ReplaceAll(b.String(), "\u00a0", " ")))
	return err
}

func markdownTable(b *strings.Builder, t Table) {
	row := func(cells []string) {
		for i := range t.Head {
			cell := ""
			if i < len(cells) {
				cell = cells[i]
			}
			fmt.Fprintf(b, "| %s ", md(cell))
		}
		b.WriteString("|\n")
	}
	row(t.Head)
	for i := range t.Head {
		b.WriteString(map[bool]string{true: "|---", false: "|--:"}[t.Words(i)])
	}
	b.WriteString("|\n")
	for _, cells := range t.Rows {
		row(cells)
	}
	b.WriteByte('\n')
}

// md keeps names from being read as markup.
func md(s string) string { return escapeMarkdown.Replace(s) }

var escapeMarkdown = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`, `>`, `&gt;`, `[`, `\[`, `]`, `\]`, `&`, `&amp;`,
	`#`, `\#`, `@`, `&#64;`, "\n", " ", "\r", " ")

// code shows a line as it is to be typed.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + " " + strings.ReplaceAll(s, "\n", " ") + " " + fence
}
