package report

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
)

// behind writes the tables behind the sentences.
func behind(p *page, x *dependence.Explanation) {
	p.gap()
	pairTable(p, x.Pairs)
	p.gap()
	poolTable(p, x.PoolSize)
	p.paragraph(2, fmt.Sprintf("k: models in the pool. Mean β over all pools of k, of the best and of the worst; measured ÷ one factor's prediction over random pools (median, 5 %% and 95 %%).%s",
		greedyNote(x.PoolSize)))
	if len(x.Models) > 2 {
		p.gap()
		samePairs(p)
	}
	if x.ImpliedRho != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("One factor gives the measured β at a correlation of %s; the mean tetrachoric is %s.", decimals(*x.ImpliedRho), optional(x.Rho.Tetrachoric, decimals)))
	}
	if a := x.Atom; a != nil && a.Omega != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("Common mode ω %s, with a correlation of %s otherwise (%s without it); statistic %.1f, p %s from %s replicates.",
			percent(*a.Omega), optional(a.Rho, decimals), optional(a.RhoWithout, decimals), *a.Statistic, optional(a.PValue, chance), count(int64(a.Replicates))))
	}
	if x.Luck != nil && len(x.Luck.Rescues) > 0 {
		p.gap()
		rescueTable(p, x.Luck)
	}
	if x.Luck != nil && x.Luck.Residuals != nil {
		p.gap()
		residualTable(p, x.Luck.Residuals)
	}
	if x.Router != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("%s Dimension %d: ceiling %s against %s for the best single model, a gain of %.1f points.",
			x.Router.ModelBased, x.Router.Dimension, percent(x.Router.Ceiling), percent(x.Router.Single), 100*x.Router.Gain))
	}
}

// samePairs shows that pairs leave β open, by the least example.
func samePairs(p *page) {
	p.paragraph(2, "Why pairs cannot tell: three models, four queries, x for wrong. On the left and on the right each model is wrong on half of the queries and any two together on a quarter; β is 0 on the left and a quarter on the right.")
	never, quarter := dependence.SamePairs()
	for i, name := range never.Models() {
		row := func(m *outcome.Matrix) string {
			var b strings.Builder
			for q := range m.Columns() {
				if m.Right(i, q) {
					b.WriteString(" ·")
				} else {
					b.WriteString(" x")
				}
			}
			return b.String()
		}
		p.line("    " + name + " " + row(never) + "      " + name + " " + row(quarter))
	}
}

func pairTable(p *page, x dependence.Pairs) {
	t := table{head: []string{"pairs of models", "mean", "least", "most", "in a family", "across", "pairs", "±1", "undefined"}}
	row := func(name string, m dependence.Measure) {
		t.add(name, optional(m.Mean, decimals), optional(m.Least, decimals), optional(m.Most, decimals), optional(m.Within, decimals), optional(m.Across, decimals),
			count(int64(m.Pairs)), count(int64(m.Boundary)), count(int64(m.Undefined)))
	}
	row("φ", x.Pearson)
	row("tetrachoric", x.Tetrachoric)
	row("Yule's Q", x.YuleQ)
	row("Cohen's κ", x.Kappa)
	if x.Agreement != nil {
		row("same wrong answer", *x.Agreement)
	}
	t.print(p, 2)
	if x.EffectiveModels != nil {
		p.paragraph(2, fmt.Sprintf("m/(1+(m−1)ρ̄) with the mean φ is %.1f: a transform of ρ̄, not a number of independent models.", *x.EffectiveModels))
	}
}

func poolTable(p *page, sizes []dependence.PoolSize) {
	t := table{head: []string{"k", "mean β", "best", "worst", "ratio", "5 %", "95 %", "pools", "β = 0"}}
	for _, s := range sizes {
		t.add(count(int64(s.K)), rate(s.Mean), rate(s.Best), rate(s.Worst), optional(s.Median, factor), optional(s.Low, factor), optional(s.High, factor), count(int64(s.Pools)), count(int64(s.Zero)))
	}
	t.print(p, 2)
}

func greedyNote(sizes []dependence.PoolSize) string {
	for _, s := range sizes {
		if !s.Exact {
			return fmt.Sprintf(" From k = %d on, best and worst are found by adding one model at a time.", s.K)
		}
	}
	return ""
}

func rescueTable(p *page, l *dependence.LuckResult) {
	t := table{head: []string{"rescues of " + fit(l.Best, 30), "observed", "expected", "sd", "p", "Holm"}}
	for _, r := range l.Rescues {
		t.add(r.Model, count(r.Observed), fmt.Sprintf("%.1f", r.Expected), fmt.Sprintf("%.1f", r.SD), optional(r.P, chance), optional(r.Holm, chance))
	}
	t.print(p, 2)
	if len(l.Slices) == 0 {
		return
	}
	p.gap()
	s := table{head: []string{"best model per slice of", "slices", "gain", "expected", "sd", "p"}}
	for _, r := range l.Slices {
		s.add(r.Key, count(int64(r.Values)), points(r.Gain), points(r.Expected), points(r.SD), optional(r.P, chance))
	}
	s.print(p, 2)
}

// residualTable shows the pairs that fail together beyond what difficulty explains.
func residualTable(p *page, r *dependence.PairResiduals) {
	t := table{head: []string{"fail together beyond difficulty", "queries", "expected", "sd", "z"}}
	for _, x := range r.Most {
		if x.Z < 2 {
			break
		}
		t.add(fit(x.A, 22)+" · "+fit(x.B, 22), count(x.Observed), fmt.Sprintf("%.1f", x.Expected), fmt.Sprintf("%.1f", x.SD), fmt.Sprintf("%.1f", x.Z))
	}
	if len(t.rows) > 0 {
		t.print(p, 2)
	}
	p.paragraph(2, fmt.Sprintf("Given how often each model and each query fails, z² of a pair is %s on average over %s pairs; one ability and one difficulty would make it 1. That is a misfit, and says nothing of routers.", factor(r.Misfit), count(int64(r.Pairs))))
}

// notes collects the warnings of all parts.
func notes(p *page, x *dependence.Explanation, full bool) {
	all := x.Warnings
	if x.Atom != nil {
		all = append(all, x.Atom.Warnings...)
	}
	if x.Sources != nil {
		all = append(all, x.Sources.Warnings...)
	}
	if x.Luck != nil {
		all = append(all, x.Luck.Warnings...)
	}
	if x.Router != nil && full {
		all = append(all, x.Router.Warnings...)
	}
	var list []certify.Warning
	for _, w := range all {
		list = append(list, certify.Warning(w))
	}
	footnotes(p, list)
}
