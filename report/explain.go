package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/allwrong/allwrong/dependence"
)

// Explanation writes what pairwise numbers say of a pool, and what they miss:
// first in sentences, and with full also the tables behind them.
func Explanation(w io.Writer, x *dependence.Explanation, of Origin, full bool) error {
	var p page
	p.gap()
	head := []string{plural(int64(len(x.Models)), "model", "models"), plural(x.Queries, "query", "queries")}
	p.line(fit(strings.Join(append(head, of.Formats...), " · "), width))
	p.gap()
	for _, s := range Missed(x) {
		p.paragraph(2, s)
		p.gap()
	}
	predictions(&p, x)
	if x.Sources != nil {
		p.gap()
		sources(&p, x.Sources)
	}
	if x.Luck != nil {
		p.gap()
		p.paragraph(2, luck(x.Luck))
	}
	if x.AllWrong > 0 {
		p.gap()
		p.paragraph(2, fmt.Sprintf("Read %s that defeat every model before you believe any of this: a wrong reference and a grader's error look exactly like a common mode.",
			plural(x.AllWrong, "question", "questions")))
	}
	if full {
		behind(&p, x)
	}
	notes(&p, x, full)
	return p.to(w)
}

// together says how errors go together in pairs.
func together(x *dependence.Explanation) string {
	if x.Rho.Pearson == nil {
		return "No pair of these models has a correlation of errors: all but one of them are always right or always wrong."
	}
	s := fmt.Sprintf("Two of these models are wrong together on %s of the queries; if their errors were independent it would be %s. That is a mean correlation of %s (φ), or %s (tetrachoric).",
		percent(x.Pairs.CoFailure.Mean), percent(x.Pairs.CoFailure.Independent), decimals(*x.Rho.Pearson), optional(x.Rho.Tetrachoric, decimals))
	if within, across := x.Pairs.Tetrachoric.Within, x.Pairs.Tetrachoric.Across; within != nil && across != nil {
		s += fmt.Sprintf(" Within a family of models it is %s, across families %s (tetrachoric).", decimals(*within), decimals(*across))
	}
	return s
}

// measuredAgainst compares β with the usual prediction.
func measuredAgainst(x *dependence.Explanation) string {
	everyone := "All " + count(int64(len(x.Models)))
	if len(x.Models) == 2 {
		everyone = "Both"
	}
	measured := fmt.Sprintf("%s are wrong on %s of the queries (%s of %s).", everyone, percent(x.Beta), count(x.AllWrong), count(x.Queries))
	p := x.Predicted.SingleFactor
	if len(x.Models) == 2 {
		return measured + " With two models the pair is all there is: nothing remains to be predicted."
	}
	if p.Beta == nil || p.Ratio == nil {
		return measured
	}
	s := fmt.Sprintf("%s One common difficulty with this correlation predicts %s: what was measured is %s times that", measured, rate(*p.Beta), factor(*p.Ratio))
	if p.Lower != nil && p.Upper != nil {
		s += fmt.Sprintf(" (90"+unbroken+"%% of resampled query sets: %s to %s times)", factor(*p.Lower), factor(*p.Upper))
		if *p.Lower <= 1 && 1 <= *p.Upper {
			s += ", which chance alone can give"
		}
	}
	return s + "."
}

// growth says how the error of the prediction grows with the pool.
func growth(x *dependence.Explanation) string {
	var parts []string
	for _, s := range x.PoolSize {
		if s.Median != nil && s.K > 1 && (s.K == 2 || s.K == len(x.Models) || s.K&(s.K-1) == 0) {
			parts = append(parts, fmt.Sprintf("%s with %s", factor(*s.Median), count(int64(s.K))))
		}
	}
	if len(parts) < 2 || x.AllWrong == 0 {
		return ""
	}
	return "Measured ÷ predicted by the number of models: " + strings.Join(parts, ", ") + " (medians over random pools)."
}

// cannotKnow says which β the pairs allow.
func cannotKnow(x *dependence.Explanation) string {
	if len(x.Models) == 2 {
		return "" // the only pair is the whole of it
	}
	return fmt.Sprintf("What correlation cannot know: with exactly these error rates and this mean co-failure, β could be anything from %s to %s; with exactly these pairs, one by one, from %s to %s%s.",
		rate(x.Bounds.Lower), rate(x.Bounds.Upper), rate(x.Bounds.Table.Lower), rate(x.Bounds.Table.Upper), loose(x.Bounds.Table.Exact))
}

func loose(exact bool) string {
	if exact {
		return ""
	}
	return " at most"
}

func commonMode(x *dependence.Explanation) string {
	a := x.Atom
	if a == nil || a.Omega == nil || a.PValue == nil {
		return ""
	}
	if *a.PValue > .05 || *a.Omega == 0 {
		return fmt.Sprintf("One common difficulty explains the queries that defeat every model: nothing speaks for a mode of its own (p %s).", is(*a.PValue))
	}
	return fmt.Sprintf("There is a common mode: on %s of the queries all models fail at once, beyond what one common difficulty explains (p %s). This does not say what causes it.",
		percent(*a.Omega), is(*a.PValue))
}

func is(p float64) string {
	if c := chance(p); c[0] == '<' {
		return c
	}
	return "= " + chance(p)
}

// predictions is the table of laws.
func predictions(p *page, x *dependence.Explanation) {
	t := table{head: []string{"how often all are wrong", "β", "measured ÷ this", "90 %"}}
	row := func(name string, q dependence.Prediction) {
		beta, ratio, band := Predicted(q)
		t.add(name, beta, ratio, band)
	}
	t.add("measured", rate(x.Beta), "", "")
	row("models fail independently", x.Predicted.Independent)
	row("one factor, mean φ", x.Predicted.SingleFactorPearson)
	row("one factor, mean tetrachoric", x.Predicted.SingleFactor)
	row("all pairs, Gaussian", x.Predicted.Gaussian)
	if n := x.Predicted.GaussianNearest; n != nil {
		row("  by the nearest normal law", *n)
	}
	row("mean pair, Clayton", x.Predicted.Clayton)
	t.print(p, 2)
}

func sources(p *page, s *dependence.SourceResult) {
	p.paragraph(2, fmt.Sprintf("Where a gain over %s would come from (%s on which it is wrong and another right, %.1f points):",
		fit(s.Best, longestName), plural(s.Resolvable, "query", "queries"), 100*s.Gain))
	t := table{head: []string{"", "", ""}, left: []bool{false, false, true}}
	add := func(n int64, why string) { t.rows = append(t.rows, []string{"", count(n), why}) }
	add(s.Unusable, "it gave no usable answer: repair that, and not the routing")
	add(s.Relatives, "only its relatives are right: perhaps the same run drawn again")
	add(s.Fragile, "a single model is right")
	add(s.Rest, "the rest: what a policy could hope for")
	t.print(p, 0)
	if s.Unusable > 0 {
		p.paragraph(2, fmt.Sprintf("Without the unusable answers the gain is %.1f points.", 100*s.Without))
	}
}

func luck(l *dependence.LuckResult) string {
	switch l.Reading {
	case dependence.CannotVary:
		return "Luck or specialisation: with these right answers per model and per query, nothing could have been otherwise, so nothing can be said."
	case dependence.NoMore:
		s := "Luck or specialisation: no model rescues queries from the best one more often than difficulty alone predicts"
		if n := l.Next; n != nil {
			s += fmt.Sprintf(" (the next %d together: %s, expected %s)", len(n.Models), count(n.Observed), give(n.Expected, n.SD))
		}
		return s + "."
	}
	var more []string
	for _, r := range l.Rescues {
		if r.More() {
			more = append(more, fmt.Sprintf("%s (%s, expected %s)", r.Model, count(r.Observed), give(r.Expected, r.SD)))
		}
	}
	return "Luck or specialisation: rescued more often than difficulty alone predicts, by " + strings.Join(more, ", ") +
		". Look at these queries: broken output of the best model, an unlucky run and guessing do that too."
}

// rate shows a probability that may be very small.
func rate(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 1e-6:
		return fmt.Sprintf("%.1e", x)
	}
	return percent(x)
}

// give writes a count that is expected, with its standard deviation.
func give(mean, sd float64) string {
	if sd < 10 {
		return fmt.Sprintf("%.1f ± %.1f", mean, sd)
	}
	return fmt.Sprintf("%.0f ± %.0f", mean, sd)
}

// factor shows a ratio with two digits, and below ten with two decimals.
func factor(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x >= 1e5 || x < .01:
		return fmt.Sprintf("%.1e", x)
	case x >= 99.5:
		digit := math.Pow(10, math.Floor(math.Log10(x))-1)
		return count(int64(math.Round(x/digit) * digit))
	case x >= 9.95:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func decimals(x float64) string { return fmt.Sprintf("%.2f", x) }

// chance shows a p-value.
func chance(p float64) string {
	if p < .0005 {
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}
