package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/allwrong/allwrong/certify"
)

// escape keeps names from being read as markup.
var escape = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`, `>`, `&gt;`, `[`, `\[`, `]`, `\]`, `&`, `&amp;`)

// CertificateMarkdown writes a certificate as Markdown.
func CertificateMarkdown(w io.Writer, c certify.Certificate, of Origin) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## What can a choice among these models gain?\n\n%s\n\n", escape.Replace(headline(c, of)))
	for _, s := range sentences(c) {
		fmt.Fprintf(&b, "%s\n\n", escape.Replace(s))
	}
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = escape.Replace(c)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	row("", "estimate", "from", "to")
	b.WriteString("|---|--:|--:|--:|\n")
	row("gain, points, two-sided "+confidence(c.Gain.Confidence), optional(c.Gain.Point, points), points(c.Gain.Interval[0]), points(c.Gain.Interval[1]))
	row("co-failure rate β", optional(c.Beta.Point, percent), percent(c.Beta.Lower), percent(c.Beta.Upper))
	row("ceiling", optional(c.Ceiling.Point, percent), percent(c.Ceiling.Lower), percent(c.Ceiling.Upper))
	row("single best: "+c.Best.Model, optional(c.Best.Accuracy, percent), percent(c.Best.Lower), "")
	b.WriteString("\n")
	row("queries", "count")
	b.WriteString("|---|--:|\n")
	row("all right", count(c.Kinds.AllRight))
	row(c.Gain.Over+" right, some other wrong", count(c.Kinds.BestRight))
	row(c.Gain.Over+" wrong, some other right (the gain)", count(c.Kinds.Resolvable))
	row("all wrong", count(c.Kinds.AllWrong))
	if c.Kinds.Unknown > 0 {
		row("open: verdicts missing", count(c.Kinds.Unknown))
	}
	markdownSlices(&b, row, c.Slices)
	b.WriteString("\n")
	for i, warning := range c.Warnings {
		fmt.Fprintf(&b, "%d. %s\n", i+1, escape.Replace(warning.Message))
	}
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), unbroken, " "))
	return err
}

func markdownSlices(b *strings.Builder, row func(...string), list []certify.Slice) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n")
	row(list[0].Key, "queries", "all wrong", "best", "gain", "at most", "at least", "verdict")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, s := range list {
		row(s.Value, count(s.Queries), count(s.AllWrong), optional(s.Best.Accuracy, percent),
			optional(s.Gain.Point, points), points(s.Gain.Upper), points(s.Gain.Lower), string(s.Verdict))
	}
}

// Summary is the answer in one line, fit for the summary of a CI job.
func Summary(c certify.Certificate) string {
	model := c.Gain.Over
	point := "open"
	if c.Gain.Point != nil {
		point = points(*c.Gain.Point)
	}
	line := fmt.Sprintf("allwrong: %s: gain over %s %s points, at most %s, at least %s (%s each, %s, n = %s); overhead %s",
		c.Verdict, model, point, points(c.Gain.Upper), points(c.Gain.Lower),
		confidence(c.Gain.Confidence), c.Gain.Method, count(c.Queries), points(c.Overhead))
	return strings.ReplaceAll(line, unbroken, " ")
}
