package certify

import (
	"fmt"
	"math"

	"github.com/allwrong/allwrong/outcome"
)

// footnotes says what the numbers cannot: in a fixed order, each with a code.
func (c *Certificate) footnotes(m *outcome.Matrix, o Options, attempts int) {
	c.missingNotes(m, o)
	c.methodNotes(m, o)
	if o.Cluster != "" {
		c.warn("clusters", fmt.Sprintf("The unit is the cluster (%s): rates are means per cluster, each weighing the same "+
			"however many queries it has. Per query they differ when size and difficulty go together.", o.Cluster))
	}
	switch {
	case attempts > 1 && o.Attempts == AttemptsFirst:
		c.warn("first-attempt", fmt.Sprintf("Up to %d attempts per cell are on file; the first of each is used (--attempts all for the rest).", attempts))
	case attempts == 1:
		c.warn("one-attempt", "One attempt per cell: a lucky draw of a weak model counts towards the ceiling. "+
			"A vote sees it; a router, which chooses before the answers exist, may have a lower ceiling.")
	}
	compared := int64(0) // query by query
	if c.Repeats != nil {
		compared = c.Repeats.Queries
	} else if o.Attempts == AttemptsAll {
		compared = c.Queries
	}
	if compared > mostUnits {
		c.warn("sampled-attempts", fmt.Sprintf("Attempts were compared on %s, drawn at random with seed %d from the %s: points and limits rest on these.",
			queries(mostUnits), o.Seed, grouped(compared)))
	}
	c.commonNotes()
}

func (c *Certificate) missingNotes(m *outcome.Matrix, o Options) {
	miss := c.Missing
	if miss.Queries == 0 {
		return
	}
	if o.Missing == Bounds {
		c.warn("any-completion", fmt.Sprintf("On %s a verdict of some model is missing; the limits hold whatever the missing ones are.", queries(miss.Queries)))
	} else {
		c.warn("complete-cases", fmt.Sprintf("%s were left out because some model has no verdict there (most often alone: %s). "+
			"This assumes that verdicts are missing at random; hard and long queries often fail to run. --missing bounds assumes nothing.",
			queries(miss.Queries), miss.ByModel[0].Model))
	}
	if miss.PartialAllWrong > 0 {
		c.warn("partial-all-wrong", fmt.Sprintf("On %s of those every verdict there is is wrong.", queries(miss.PartialAllWrong)))
	}
}

func (c *Certificate) methodNotes(m *outcome.Matrix, o Options) {
	if tied := c.tied(); tied > 1 && c.Gain.Method != Incumbent {
		c.warn("tied-best", fmt.Sprintf("%d models share the best accuracy; %s comes first by name.", tied, c.Best.Model))
	}
	if o.Incumbent != "" && c.Gain.Over != o.Incumbent {
		c.warn("incumbent-unused", fmt.Sprintf("Method %s is about the single best model; the limit for %s alone is under bounds.", o.Method, o.Incumbent))
	}
	if w := c.Weighted; w != nil {
		c.warn("production-mix", fmt.Sprintf("Rates are for the production mix; limits rest on %s drawn to that mix with seed %d.", queries(w.Queries), w.Seed))
		if w.Key == "" && m.Size(nil) >= int64(len(o.Weights)) {
			c.warn("weights-of-graded", "The weights name no query that is not graded. If production has rarer and heavier ones that were not drawn, the limits cover less than they promise; list them, too.")
		}
		if w.Short > 0 {
			c.warn("mix-short", fmt.Sprintf("The mix called for %s more than there are in some slice; each is counted against you.", queries(w.Short)))
		}
	}
	if o.Population > 0 && o.Population == c.Queries {
		c.warn("all-graded", fmt.Sprintf("All %s of the benchmark are graded: for that benchmark nothing is uncertain.", queries(c.Queries)))
	}
	if o.Method == Anytime {
		c.warn("anytime", "Holds at every number of queries at once: look as often as you like, and stop when you like.")
	}
}

// commonNotes end every certificate.
func (c *Certificate) commonNotes() {
	switch {
	case c.Audited != nil && c.Audited.AllWrong > 0:
		c.auditNote()
	case c.AllWrong == 1:
		c.warn("unaudited", "The one all-wrong query has not been audited: a wrong reference or a grader error looks exactly like co-failure.")
	case c.AllWrong > 1:
		c.warn("unaudited", fmt.Sprintf("None of the %s all-wrong queries has been audited: wrong references and grader errors look exactly like co-failure.", grouped(c.AllWrong)))
	case c.Kinds.Unknown == 0:
		c.warn("none-all-wrong", fmt.Sprintf("No query defeats every model here; with %s β may still be as high as %s.", queries(c.Queries), percent(c.Beta.Upper)))
	}
	if f := c.Fragile; f != nil && f.Queries > MaxFragile {
		c.warn("fragile-list", fmt.Sprintf("%s hang on one model alone: too many to list.", queries(f.Queries)))
	}
	if c.Gain.Point == nil {
		c.warn("no-point", "The gain has no point estimate: it depends on the missing cells.")
	}
	c.warn("selection-only", notCovered)
}

// auditNote says how much of what the certificate hangs on has been read.
func (c *Certificate) auditNote() {
	text := fmt.Sprintf("%s of the %s all-wrong queries have been audited", grouped(c.Audited.AllWrong), grouped(c.AllWrong))
	if c.AllWrong == 1 {
		text = "The one all-wrong query has been audited"
	}
	if f := c.Fragile; f != nil && f.Queries > 0 {
		text += fmt.Sprintf(", and %s of the %s that hang on one model", grouped(c.Audited.Fragile), grouped(f.Queries))
	}
	if c.Audited.AllWrong < c.AllWrong {
		text += ". In the others wrong references and grader errors look exactly like co-failure"
	}
	c.warn("audited", text+".")
}

// tied counts the models that share the best accuracy.
func (c *Certificate) tied() int {
	n := 0
	for _, line := range c.PerModel {
		if line.Right == c.PerModel[0].Right {
			n++
		}
	}
	return n
}

func queries(n int64) string {
	if n == 1 {
		return "1 query"
	}
	return grouped(n) + " queries"
}

// grouped writes 12032 as 12,032.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// percent writes a rate inside a sentence with two significant digits, never as 0.
func percent(rate float64) string {
	digits := 1
	if p := 100 * rate; p > 0 && p < 1 {
		digits = int(-math.Floor(math.Log10(p))) + 1
	}
	return fmt.Sprintf("%.*f %%", digits, 100*rate)
}
