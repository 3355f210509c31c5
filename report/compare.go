package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/compare"
)

// Compared writes what changed from a to b, in lines of text.
func Compared(w io.Writer, r *compare.Result, of Origin, full bool) error {
	var p page
	p.gap()
	p.line(ChangeHead(r, of))
	for _, s := range comparedSentences(r) {
		p.gap()
		p.paragraph(2, s)
	}
	p.gap()
	rates := table{head: []string{"", "a", "b", "difference", confidence(r.Confidence)}}
	for _, row := range comparedRates(r) {
		rates.add(row...)
	}
	rates.print(&p, 2)
	p.gap()
	moved := table{head: []string{"model", "a", "b", "difference", "gained", "lost", "p", "p, all"}}
	left := 0
	for i, m := range r.Moved {
		if !full && i >= 12 && !m.Moved {
			left++
			continue
		}
		moved.add(movedRow(m)...)
	}
	moved.print(&p, 2)
	if left > 0 {
		p.line(fmt.Sprintf("  … and %s that did not move (--full)", plural(int64(left), "model", "models")))
	}
	comparedQueries(&p, "Entered the all-wrong set, and who was right in a", r.Entered, r.EnteredCount, full)
	comparedQueries(&p, "Left the all-wrong set, and who is right in b", r.Left, r.LeftCount, full)
	p.gap()
	for i, s := range comparedNotes(r) {
		p.labelled(2, superscript(i+1)+" ", s)
	}
	return p.to(w)
}

// comparedSentences are the answer.
func comparedSentences(r *compare.Result) []string {
	who := "The best model"
	if r.Incumbent != "" {
		who = fit(r.Incumbent, longestName)
	}
	var verdict string
	switch r.Verdict {
	case compare.Better:
		verdict = " is better in b"
	case compare.Worse:
		verdict = " is worse in b"
	case compare.NoWorse:
		verdict = fmt.Sprintf(" is no worse in b than your margin of %s points allows", points(r.Margin))
	default:
		verdict = " is neither shown to be better in b nor worse"
		if r.Margin > 0 {
			verdict += fmt.Sprintf(", nor within your margin of %s points", points(r.Margin))
		}
	}
	change := fmt.Sprintf(": %s in a, %s in b, a difference of %s points (%s to %s, %s).", percent(r.Best.A), percent(r.Best.B),
		gained(r.Best.Difference), gained(r.Best.Interval[0]), gained(r.Best.Interval[1]), confidence(r.Confidence))
	out := []string{who + verdict + change}
	all := fmt.Sprintf("%s the all-wrong set and %s left it", wentIn(r.EnteredCount), count(r.LeftCount))
	out = append(out, fmt.Sprintf("%s: β goes from %s to %s. What a perfect choice gains goes from %s to %s points.", all, percent(r.AllWrong.A), percent(r.AllWrong.B), points(r.Gain.A), points(r.Gain.B)))
	moved := 0
	for _, m := range r.Moved {
		if m.Moved {
			moved++
		}
	}
	return append(out, fmt.Sprintf("%s moved beyond chance, all %s priced in. Of %s verdicts %s turned right and %s turned wrong.", plural(int64(moved), "model", "models"),
		count(int64(r.Models)), count(int64(r.Models)*r.Queries), count(r.Gained), count(r.Lost)))
}

func wentIn(n int64) string { return plural(n, "query entered", "queries entered") }

func comparedRates(r *compare.Result) [][]string {
	row := func(name string, c compare.Change, write func(float64) string) []string {
		return []string{name, write(c.A), write(c.B), gained(c.Difference), gained(c.Interval[0]) + " to " + gained(c.Interval[1])}
	}
	best := "best: " + r.BestA
	if r.BestA != r.BestB {
		best += ", then " + r.BestB
	}
	return [][]string{row("all wrong, β", r.AllWrong, percent), row(best, r.Best, percent), row("gain, points", r.Gain, points)}
}

func movedRow(m compare.Model) []string {
	mark := "  "
	if m.Moved {
		mark = "▪ "
	}
	return []string{mark + m.Model, percent(m.A), percent(m.B), gained(m.Difference), count(m.Gained), count(m.Lost), fraction(m.P), fraction(m.Holm)}
}

func comparedQueries(p *page, title string, list []compare.Query, total int64, full bool) {
	if total == 0 {
		return
	}
	p.gap()
	p.paragraph(2, title+":")
	for i, q := range list {
		if !full && i == 12 {
			break
		}
		p.hanging(4, 6, fit(q.Query, 40)+": "+rightOn(q))
	}
	if shown := min(len(list), 12); !full && int64(shown) < total || full && int64(len(list)) < total {
		p.line(fmt.Sprintf("    … of %s", count(total)))
	}
}

// rightOn names the models that were right on a query.
func rightOn(q compare.Query) string {
	names := slices.Clone(q.Right[:min(len(q.Right), 3)])
	for i, n := range names {
		names[i] = fit(n, 30)
	}
	text := strings.Join(names, ", ")
	if more := q.Count - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func comparedNotes(r *compare.Result) []string {
	list := []string{
		"Differences are b less a, query by query; limits are two-sided bets on the mean difference, each by itself. The best model's allow for not knowing which model that is.",
		"gained, lost: queries that turned right, or wrong. p: McNemar's exact test; p, all: Holm's correction for all models. ▪: moved.",
	}
	for _, o := range []struct {
		side string
		only compare.Only
	}{{"a", r.OnlyA}, {"b", r.OnlyB}} {
		if len(o.only.Models) > 0 {
			list = append(list, fmt.Sprintf("Models in %s only: %s.", o.side, someOf(o.only.Models, int64(len(o.only.Models)))))
		}
		if o.only.QueriesCount > 0 {
			list = append(list, fmt.Sprintf("Queries in %s only: %s.", o.side, someOf(o.only.Queries, o.only.QueriesCount)))
		}
	}
	for _, w := range r.Warnings {
		list = append(list, w.Message)
	}
	return list
}

func someOf(names []string, total int64) string {
	shown := slices.Clone(names[:min(len(names), 5)])
	for i, n := range shown {
		shown[i] = fit(n, 40)
	}
	text := strings.Join(shown, ", ")
	if more := total - int64(len(shown)); more > 0 {
		text += fmt.Sprintf(" and %s more", count(more))
	}
	return text
}

// ComparedMarkdown writes the same as Markdown, for a pull request.
func ComparedMarkdown(w io.Writer, r *compare.Result) error {
	var b strings.Builder
	b.WriteString("## What changed?\n\n")
	for _, s := range comparedSentences(r) {
		fmt.Fprintf(&b, "%s\n\n", escape.Replace(s))
	}
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = escape.Replace(strings.TrimSpace(c))
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	row("", "a", "b", "difference", confidence(r.Confidence))
	b.WriteString("|---|--:|--:|--:|--:|\n")
	for _, cells := range comparedRates(r) {
		row(cells...)
	}
	b.WriteString("\n")
	row("model", "a", "b", "difference", "gained", "lost", "p", "p, all")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for i, m := range r.Moved {
		if i < 20 || m.Moved {
			row(movedRow(m)...)
		}
	}
	for _, x := range []struct {
		title string
		list  []compare.Query
		total int64
	}{{"Entered the all-wrong set", r.Entered, r.EnteredCount}, {"Left the all-wrong set", r.Left, r.LeftCount}} {
		if x.total == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%s):\n\n", x.title, count(x.total))
		for _, q := range x.list[:min(len(x.list), 20)] {
			fmt.Fprintf(&b, "- %s: %s\n", escape.Replace(q.Query), escape.Replace(rightOn(q)))
		}
	}
	b.WriteString("\n")
	for i, s := range comparedNotes(r) {
		fmt.Fprintf(&b, "%d. %s\n", i+1, escape.Replace(s))
	}
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), unbroken, " "))
	return err
}

// ComparedSummary is the answer in one line, fit for the summary of a CI job.
func ComparedSummary(r *compare.Result) string {
	who := "best model"
	if r.Incumbent != "" {
		who = r.Incumbent
	}
	line := fmt.Sprintf("allwrong: %s: %s %s points (%s to %s, %s, n = %s), margin %s; %s entered the all-wrong set, %s left it",
		r.Verdict, who, gained(r.Best.Difference), gained(r.Best.Interval[0]), gained(r.Best.Interval[1]), confidence(r.Confidence), count(r.Queries),
		points(r.Margin), count(r.EnteredCount), count(r.LeftCount))
	return strings.ReplaceAll(line, unbroken, " ")
}
