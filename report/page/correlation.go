package page

import (
	"fmt"

	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
)

// correlation is what pairwise numbers say, and what they miss.
func correlation(r Report) *Section {
	x := r.Explanation
	if x == nil {
		return nil
	}
	s := &Section{ID: "correlation", Title: "What correlation misses", Says: report.Missed(x)}
	s.draw(figure.PoolSize(x.PoolSize, x))
	s.draw(figure.Correlation(r.Correlations))
	s.Tables = append(s.Tables, laws(x), pairsOf(x), sizes(r))
	if l := x.Luck; l != nil && l.Residuals != nil {
		s.Tables = append(s.Tables, residuals(l.Residuals))
	}
	if x.ImpliedRho != nil {
		s.Notes = append(s.Notes, fmt.Sprintf("One factor gives the measured β at a correlation of %s; the mean tetrachoric is %s.",
			report.Decimals(*x.ImpliedRho), report.Optional(x.Rho.Tetrachoric, report.Decimals)))
	}
	s.Notes = append(s.Notes, messages(x.Warnings)...)
	return s
}

// laws is what each law of dependence makes of β.
func laws(x *dependence.Explanation) Table {
	t := Table{Caption: "How often all models should be wrong at once, by what pairs of them suggest", Head: []string{"law", "β", "measured ÷ this", "90 % of resampled query sets"}}
	t.add("measured", report.Rate(x.Beta), "", "")
	row := func(law string, q dependence.Prediction) {
		beta, ratio, band := report.Predicted(q)
		t.add(law, beta, ratio, band)
	}
	row("models fail independently", x.Predicted.Independent)
	row("one factor, mean φ", x.Predicted.SingleFactorPearson)
	row("one factor, mean tetrachoric", x.Predicted.SingleFactor)
	row("all pairs, Gaussian", x.Predicted.Gaussian)
	if n := x.Predicted.GaussianNearest; n != nil {
		row("all pairs, by the nearest normal law", *n)
	}
	row("mean pair, Clayton", x.Predicted.Clayton)
	return t
}

func pairsOf(x *dependence.Explanation) Table {
	t := Table{Caption: "Pairs of models", Folded: true, Head: []string{"measure", "mean", "least", "most", "within a family", "across"}}
	row := func(measure string, m dependence.Measure) {
		d := func(x *float64) string { return report.Optional(x, report.Decimals) }
		t.add(measure, d(m.Mean), d(m.Least), d(m.Most), d(m.Within), d(m.Across))
	}
	row("φ (Pearson)", x.Pairs.Pearson)
	row("tetrachoric", x.Pairs.Tetrachoric)
	row("Yule's Q", x.Pairs.YuleQ)
	row("Cohen's κ", x.Pairs.Kappa)
	if x.Pairs.Agreement != nil {
		row("same wrong answer", *x.Pairs.Agreement)
	}
	return t
}

// sizes is β by the size of the pool.
func sizes(r Report) Table {
	t := Table{Caption: "β by the number of models in the pool", Folded: true, Head: []string{"models", "mean β", "best pool", "worst pool", "measured ÷ one factor", "5 % – 95 % of pools"}}
	for _, p := range r.Explanation.PoolSize {
		band := "–"
		if p.Low != nil && p.High != nil {
			band = report.Factor(*p.Low) + " – " + report.Factor(*p.High)
		}
		t.add(count(p.K), report.Rate(p.Mean), report.Rate(p.Best), report.Rate(p.Worst), report.Optional(p.Median, report.Factor), band)
	}
	return t
}

func residuals(x *dependence.PairResiduals) Table {
	t := Table{Caption: "Pairs that fail together beyond what difficulty explains", Folded: true, Text: []bool{true, true},
		Head: []string{"model", "and", "both wrong", "expected", "z"}}
	for _, p := range x.Most {
		t.add(name(p.A), name(p.B), count(p.Observed), report.Give(p.Expected, p.SD), fmt.Sprintf("%.1f", p.Z))
	}
	t.most(20, "allwrong explain --json")
	return t
}

// sources is where the gain comes from.
func sources(r Report) *Section {
	x := r.Explanation
	if x == nil || x.Sources == nil {
		return nil
	}
	src := x.Sources
	s := &Section{ID: "sources", Title: "Where the gain would come from", Says: []string{fmt.Sprintf(
		"%s on which %s is wrong and another model right: %s points. Each of them is counted once, under the first of these that fits.",
		report.Plural(src.Resolvable, "query", "queries"), name(src.Best), report.Points(src.Gain))}}
	t := Table{Caption: "Why the best model is wrong where another is right", Head: []string{"source", "queries"}}
	t.add("It gave no usable answer: repair that, and not the routing", count(src.Unusable))
	t.add("Only its relatives are right: perhaps the same run drawn again", count(src.Relatives))
	t.add("A single model is right", count(src.Fragile))
	t.add("The rest: what a policy could hope for", count(src.Rest))
	s.Tables = append(s.Tables, t)
	if src.Unusable > 0 {
		s.Says = append(s.Says, fmt.Sprintf("Without the unusable answers the gain is %s points.", report.Points(src.Without)))
	}
	if x.Luck == nil {
		return s
	}
	s.Says = append(s.Says, report.Luck(x.Luck))
	rescues := Table{Caption: "Who rescues the best model, and what difficulty alone predicts", Folded: true, Head: []string{"model", "rescues", "expected", "p, adjusted for the number of models"}}
	for _, y := range x.Luck.Rescues {
		rescues.add(name(y.Model), count(y.Observed), report.Give(y.Expected, y.SD), report.Optional(y.Holm, report.Chance))
	}
	rescues.most(100, "allwrong explain --json")
	s.Tables = append(s.Tables, rescues)
	return s
}
