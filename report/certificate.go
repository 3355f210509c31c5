package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/certify"
)

// Origin says where the outcomes came from, for the first line.
type Origin struct {
	Formats []string // names of the formats read
}

func itoa(n int) string { return strconv.Itoa(n) }

// Certificate writes a certificate as text.
func Certificate(w io.Writer, c certify.Certificate, of Origin) error {
	var p page
	p.gap()
	p.line(headline(c, of))
	p.gap()
	for _, s := range sentences(c) {
		p.paragraph(2, s)
		p.gap()
	}
	kinds(&p, c)
	p.gap()
	p.paragraph(2, rates(c))
	details(&p, c)
	footnotes(&p, c.Warnings)
	return p.to(w)
}

func headline(c certify.Certificate, of Origin) string {
	parts := []string{plural(c.Queries, "query", "queries")}
	if c.Models > 0 {
		parts = append([]string{plural(int64(c.Models), "model", "models")}, parts...)
	}
	return fit(strings.Join(append(parts, of.Formats...), " · "), width)
}

// sentences answer the question in words.
func sentences(c certify.Certificate) []string {
	return []string{size(c), limits(c), verdict(c)}
}

// longestName is how much of a model's name a sentence shows, in runes.
const longestName = 60

func size(c certify.Certificate) string {
	pool := "these models"
	if c.Models > 0 {
		pool = fmt.Sprintf("these %s models", count(int64(c.Models)))
	}
	if c.Gain.Point == nil {
		return fmt.Sprintf("What a perfect chooser over %s would gain over %s depends on verdicts that are missing.", pool, fit(c.Gain.Over, longestName))
	}
	over := fit(c.Gain.Over, longestName)
	if a := accuracyOf(c, c.Gain.Over); a != nil {
		over += fmt.Sprintf(" (%s)", percent(*a))
	}
	s := fmt.Sprintf("A perfect chooser over %s would gain %s points over %s", pool, points(*c.Gain.Point), over)
	if c.Ceiling.Point == nil {
		return s + "."
	}
	s += fmt.Sprintf(": %s is the ceiling", percent(*c.Ceiling.Point))
	switch {
	case c.Gain.Method == certify.Scores, math.Abs(*c.Beta.Point*float64(c.Queries)-float64(c.AllWrong)) > 0.5:
		return s + "." // a rate over a mix, over scores or over fresh draws: not this count
	case c.AllWrong == 0:
		return s + ", since no query defeats every model."
	case c.AllWrong == 1:
		return s + ", since 1 query defeats every model."
	}
	return s + fmt.Sprintf(", since %s queries defeat every model.", count(c.AllWrong))
}

// accuracyOf is the accuracy of the model that the gain is counted against.
func accuracyOf(c certify.Certificate, model string) *float64 {
	if model == c.Best.Model {
		return c.Best.Accuracy
	}
	for _, line := range c.PerModel {
		if line.Model == model && c.Weighted == nil && c.Gain.Method != certify.Scores {
			return line.Accuracy
		}
	}
	return nil
}

func limits(c certify.Certificate) string {
	at := confidence(c.Gain.Confidence)
	s := fmt.Sprintf("It is at most %s points (%s, %s), and at least %s (%s).",
		points(c.Gain.Upper), at, c.Gain.Method, points(c.Gain.Lower), at)
	if c.Gain.Lower <= 0 {
		s = fmt.Sprintf("It is at most %s points (%s, %s); whether there is any is open.", points(c.Gain.Upper), at, c.Gain.Method)
	}
	return s
}

func verdict(c certify.Certificate) string {
	cost := fmt.Sprintf("Your overhead is %s points: ", points(c.Overhead))
	switch {
	case c.Verdict == certify.No:
		return cost + "no router, vote or cascade over this pool can pay for itself."
	case c.Verdict == certify.Room && c.Overhead == 0:
		return "No overhead was given. There is headroom; a real policy needs a signal that says, query by query, whom to trust."
	case c.Verdict == certify.Room:
		return cost + "there is room. A real policy needs a signal that says, query by query, whom to trust."
	}
	if c.Overhead == 0 {
		cost = "No overhead was given: "
	}
	return cost + "not decided. " + needed(c)
}

func needed(c certify.Certificate) string {
	if c.QueriesNeeded == nil {
		return "No number of further queries is likely to decide it at the present rate."
	}
	s := fmt.Sprintf("About %s more graded queries would decide it with 80 %% chance, if the rate stays as it is", count(*c.QueriesNeeded))
	if lo, hi := c.NeededRange[0], c.NeededRange[1]; lo != nil && hi != nil {
		s += fmt.Sprintf(" (%s if it is at the low end of its interval, %s at the high end)", count(*lo), count(*hi))
	}
	return s + "."
}

// barWidth is the length of the longest bar.
const barWidth = 30

func kinds(p *page, c certify.Certificate) {
	who := "best"
	if c.Gain.Over != c.Best.Model {
		who = "incumbent"
		if c.Gain.Method == certify.Split {
			who = "picked"
		}
	}
	rows := []struct {
		name string
		n    int64
	}{
		{"all right", c.Kinds.AllRight},
		{who + " right, some wrong", c.Kinds.BestRight},
		{who + " wrong, some right", c.Kinds.Resolvable},
		{"all wrong", c.Kinds.AllWrong},
		{"open: verdicts missing", c.Kinds.Unknown},
	}
	most, all, wide := int64(1), int64(0), 0
	for _, r := range rows {
		most, all, wide = max(most, r.n), all+r.n, max(wide, len(r.name))
	}
	if c.Fragile == nil { // counts only: who else was right is not known
		rows[0].n, rows[1].name = 0, who+" right"
	}
	for i, r := range rows {
		if i == 4 && r.n == 0 || i == 0 && c.Fragile == nil {
			continue
		}
		bar := strings.Repeat("▇", int((r.n*barWidth+most-1)/most))
		line := fmt.Sprintf("  %-*s %s%s %7s  %6s", wide+1, r.name, bar, strings.Repeat(" ", barWidth-len([]rune(bar))),
			count(r.n), percent(float64(r.n)/float64(max(all, 1))))
		if i == 2 {
			line += "  ←"
		}
		p.line(line)
	}
}

func rates(c certify.Certificate) string {
	s := fmt.Sprintf("β %s (%s – %s)", optional(c.Beta.Point, fraction), fraction(c.Beta.Lower), fraction(c.Beta.Upper))
	s += fmt.Sprintf("   ceiling %s", optional(c.Ceiling.Point, fraction))
	s += fmt.Sprintf("   single best %s", optional(c.Best.Accuracy, fraction))
	return strings.ReplaceAll(s, "   ", " · ")
}

func footnotes(p *page, warnings []certify.Warning) {
	if len(warnings) == 0 {
		return
	}
	p.gap()
	for i, w := range warnings {
		p.labelled(2, superscript(i+1)+" ", w.Message)
	}
}
