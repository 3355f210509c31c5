package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
)

// Audited is a triage with what the ledger made of the data.
type Audited struct {
	*audit.Report
	Range    *audit.Range
	Ledger   string // path; empty without one
	Formats  []string
	Warnings []certify.Warning
}

// Audit writes the queue, its first so many queries (0: all), and what is known of β.
func Audit(w io.Writer, a Audited, top int) error {
	var p page
	p.gap()
	p.paragraph(0, fmt.Sprintf("%s of %s, %s audited. %s. %s. %s where the best model gave nothing usable.",
		plural(a.AllWrong, "all-wrong query", "all-wrong queries"), count(a.Queries), count(a.Range.Read),
		plural(int64(a.Groups[audit.NearMiss]), "near miss", "near misses"), plural(int64(len(a.Control)), "control", "controls"),
		plural(int64(a.Groups[audit.BestUnusable]), "query", "queries")))
	p.gap()
	for i, x := range a.Queue {
		if top > 0 && i == top {
			p.line(fmt.Sprintf("      … and %s: --top 0 prints all", plural(int64(len(a.Queue)-i), "more", "more")))
			break
		}
		queueItem(&p, i+1, x)
	}
	p.gap()
	for _, x := range a.Patterns {
		how := "opens with"
		if x.Whole {
			how = "reads"
		}
		p.paragraph(2, fmt.Sprintf("A broken run? %s of %s: the answer %s %q on %s, wrong on %s (p %s).", fit(x.Model, longestName), count(a.Queries),
			how, fit(audit.Printable(x.Text), 40), plural(x.Answers, "query", "queries"), count(int64(x.Wrong)), accident(x.P)))
	}
	auditedRange(&p, a.Range)
	if len(a.Queue) > 0 {
		p.gap()
		p.paragraph(0, fmt.Sprintf("Read one: allwrong audit show %s PATH…  Mark it: allwrong audit mark %s --class … --why …",
			fit(audit.Printable(a.Queue[0].Query), 40), fit(audit.Printable(a.Queue[0].Query), 40)))
	}
	footnotes(&p, a.Warnings)
	return p.to(w)
}

// queueItem is one query of the queue: a line, and the evidence below it.
func queueItem(p *page, n int, x audit.Item) {
	p.line(fmt.Sprintf("%4d  %s  %s", n, fit(audit.Printable(x.Query), 34), strings.Join(marksOf(x), " · ")))
	if x.Evidence != "" {
		p.paragraph(6, audit.Printable(x.Evidence))
	}
}

func marksOf(x audit.Item) []string {
	out := []string{string(x.Group)}
	if x.Group == audit.NearMiss || x.Group == audit.Control {
		out[0] += fmt.Sprintf(", %d of %d right", x.Right, x.Models)
	}
	if x.Finding != audit.FindNone {
		s := x.Finding
		if x.P != nil {
			s += ", p " + accident(*x.P)
		}
		out = append(out, s)
	}
	if x.Audited != "" {
		out = append(out, "audited: "+string(x.Audited))
	}
	return out
}

func auditedRange(p *page, r *audit.Range) {
	for _, s := range rangeSentences(r) {
		p.paragraph(2, s)
	}
}

// rangeSentences say what is known of β and the gain.
func rangeSentences(r *audit.Range) []string {
	s := fmt.Sprintf("β is %s as graded", percent(r.Graded.Beta))
	if r.Read > 0 || r.Excluded > 0 || r.Audited != r.Graded {
		s += fmt.Sprintf(" and %s as audited (%s of %s); the gain %s and %s points", percent(r.Audited.Beta), count(r.Audited.AllWrong),
			plural(r.Audited.Queries, "query", "queries"), points(r.Graded.Gain), points(r.Audited.Gain))
	}
	s += "."
	if r.Open > 0 {
		s += fmt.Sprintf(" %s open: depending on them β is %s to %s, and the gain %s to %s points, if all others are as graded.",
			isAre(r.Open), percent(r.BetaOpen[0]), percent(r.BetaOpen[1]), points(r.GainOpen[0]), points(r.GainOpen[1]))
	}
	out := []string{s}
	switch c := r.Control; {
	case c != nil:
		out = append(out, fmt.Sprintf("All %s of the control were read: %s not really right for any model, %s excluded, %s changed at all. With them β after a complete audit is %s to %s and the gain %s to %s points (%s); of the population β is at least %s and at most %s, the gain at least %s and at most %s points (%s).",
			count(c.Drawn), count(c.FoundAllWrong), count(c.FoundExcluded), count(c.FoundChanged), percent(c.Beta[0]), percent(c.Beta[1]), points(c.Gain[0]), points(c.Gain[1]), confidence(1-c.Error),
			percent(c.BetaLimits[0]), percent(c.BetaLimits[1]), points(c.GainLimits[0]), points(c.GainLimits[1]), confidence(1-2*c.Error)))
	case r.Drawn > 0:
		out = append(out, fmt.Sprintf("An audit of the all-wrong queries alone can only lower β. %s of the %s controls are read; only all of them say how many defects the other queries may hide.",
			count(r.Done), count(r.Drawn)))
	}
	return out
}

func isAre(n int64) string {
	if n == 1 {
		return "1 all-wrong query is"
	}
	return count(n) + " all-wrong queries are"
}

// Question writes one query with all that is on file about it.
func Question(w io.Writer, x *audit.Question, item *audit.Item, mark *audit.Mark, responses bool) error {
	var p page
	p.gap()
	p.line(fit(audit.Printable(x.Query), width))
	p.gap()
	prompt := audit.Printable(x.Prompt)
	if prompt == "" {
		prompt = "(the files do not hold the question)"
	}
	for line := range strings.SplitSeq(strings.TrimSpace(prompt), "\n") {
		p.paragraph(2, line)
	}
	p.gap()
	p.paragraph(2, "Reference: "+audit.Printable(x.Reference))
	p.gap()
	for _, g := range x.Values {
		value := audit.Printable(g.Value)
		if value == "" {
			value = "(no answer)"
		}
		p.paragraph(2, fmt.Sprintf("%s: %s", plural(int64(len(g.Answers)), "answer", "answers"), fit(value, 300)))
		for _, a := range g.Answers {
			said := a.Verdict
			if a.Reason != "" {
				said += ", " + a.Reason
			}
			if a.Attempt > 0 {
				said += fmt.Sprintf(", attempt %d", a.Attempt)
			}
			p.line(fmt.Sprintf("      %s  %s", fit(audit.Printable(a.Model), 50), said))
			if responses && a.Response != "" {
				for line := range strings.SplitSeq(audit.Printable(a.Response), "\n") {
					p.paragraph(10, line)
				}
			}
		}
	}
	if item != nil {
		p.gap()
		for _, f := range item.Findings {
			s := fmt.Sprintf("%s: %s", f.Finding, audit.Printable(f.Evidence))
			if f.P != nil {
				s += fmt.Sprintf(" (p %s)", accident(*f.P))
			}
			p.paragraph(2, s+". Suggests "+string(f.Class)+".")
		}
		if len(item.Findings) == 0 {
			p.paragraph(2, "Nothing was found that speaks for a defect.")
		}
	}
	if mark != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("Audited: %s, by %s (line %d): %s", mark.Class, audit.Printable(mark.Who), mark.Line, audit.Printable(mark.Why)))
		if mark.Digest != "" && len(mark.Digest) == 64 && mark.Digest != x.Evidence {
			p.paragraph(2, "What was read then was not quite what is here now: the digests differ.")
		}
	}
	return p.to(w)
}

// Errata writes what was decided, as Markdown: for the maintainer of a benchmark.
func Errata(w io.Writer, a Audited, marks []audit.Mark, references map[string]string) error {
	var p page
	p.line("# Errata")
	p.gap()
	auditedRange(&p, a.Range)
	p.gap()
	by := map[audit.Class]int64{}
	for _, m := range marks {
		by[m.Class]++
	}
	for _, c := range audit.Classes {
		if by[c] > 0 {
			p.line(fmt.Sprintf("- %s: %s", c, count(by[c])))
		}
	}
	p.gap()
	p.b.WriteString("| query | class | reference | should be | why | by |\n|---|---|---|---|---|---|\n")
	for _, m := range marks {
		if m.Class.Defect() {
			fmt.Fprintf(&p.b, "| %s | %s | %s | %s | %s | %s |\n", tableText(m.Query), m.Class, tableText(references[m.Query]), tableText(m.Reference), tableText(m.Why), tableText(m.Who))
		}
	}
	footnotes(&p, a.Warnings)
	return p.to(w)
}

func tableText(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(audit.Printable(s))
}

// Ratings writes the classes that raters' labels gave, and how far they agree.
func Ratings(w io.Writer, r *audit.Ratings, marked int) error {
	var p page
	p.gap()
	by := map[audit.Class]int64{}
	for _, x := range r.Rated {
		by[x.Class]++
	}
	var parts []string
	for _, c := range audit.Classes {
		if by[c] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", count(by[c]), c))
		}
	}
	p.paragraph(2, fmt.Sprintf("%s classed: %s. %s put on record.", plural(int64(len(r.Rated)), "query", "queries"), strings.Join(parts, ", "), plural(int64(marked), "mark", "marks")))
	for _, pair := range sortedPairs(r.Answers) {
		p.gap()
		p.paragraph(2, fmt.Sprintf("%s give the same answer on %s of the questions.", audit.Printable(pair), percent(r.Answers[pair])))
		for _, k := range []struct {
			what string
			of   map[string]kappa
		}{{"is the question well posed?", kappas(r.WellPosed)}, {"is the answer the reference?", kappas(r.Correct)}} {
			s := k.of[pair]
			if s.value == nil {
				p.paragraph(2, fmt.Sprintf("κ, %s: not defined on these labels.", k.what))
				continue
			}
			p.paragraph(2, fmt.Sprintf("κ, %s %s (%s – %s)", k.what, fraction(*s.value), optional(s.low, fraction), optional(s.high, fraction)))
		}
	}
	return p.to(w)
}

// LedgerLines says which lines were added to a ledger.
func LedgerLines(w io.Writer, l *audit.Ledger, before int) error {
	var p page
	added := l.Lines[min(before, len(l.Lines)):]
	if len(added) == 0 {
		p.line(fmt.Sprintf("%s: nothing to add; %s, digest %.12s", l.Path, plural(int64(len(l.Lines)), "line", "lines"), l.Digest()))
		return p.to(w)
	}
	for _, x := range added {
		what := string(x.Kind)
		if x.Class != "" {
			what = string(x.Class)
		}
		s := fmt.Sprintf("%s:%d  %s", l.Path, x.Number, what)
		if x.Query != "" {
			s += "  " + fit(audit.Printable(x.Query), 40)
		}
		if len(x.Cells) > 0 {
			s += "  " + plural(int64(len(x.Cells)), "verdict", "verdicts")
		}
		p.line(s)
	}
	p.line(fmt.Sprintf("digest %.12s", l.Digest()))
	return p.to(w)
}
