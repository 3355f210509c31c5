package report

import (
	"fmt"
	"io"

	"github.com/allwrong/allwrong/budget"
)

// Money writes what each dollar buys: a section that follows the table of
// policies.
func Money(w io.Writer, r *budget.Result, full bool) error {
	var p page
	p.gap()
	p.paragraph(2, moneySentence(r))
	if s := floorSentence(r); s != "" {
		p.gap()
		p.paragraph(2, s)
	}
	if v := r.Vote; v != nil {
		p.gap()
		p.paragraph(2, voteSentence(v))
	}
	p.gap()
	moneyTable(&p, r, full)
	p.gap()
	frontierTable(&p, r)
	routersTable(&p, r)
	moneyNotes(&p, r)
	return p.to(w)
}

func moneySentence(r *budget.Result) string {
	s := r.Saving
	text := fmt.Sprintf("Money: %s is right on %s for $%s a query.", fit(s.Over, longestName), percent(s.Accuracy), dollars(s.CostUSD))
	if s.Share == nil {
		return text + " It is free in these data: there is nothing to save."
	}
	if s.OracleUSD >= s.CostUSD {
		return text + " Not even a choice that knows who is right is as accurate for less."
	}
	return text + fmt.Sprintf(" A choice that knows who is right is as accurate for $%s, %s less.", dollars(s.OracleUSD), percent(*s.Share))
}

func floorSentence(r *budget.Result) string {
	c := r.Saving.Certified
	if c == nil {
		return ""
	}
	on := fmt.Sprintf("%s, on the %s that did not choose the bound's price", confidence(r.Confidence), plural(int64(c.Queries), "query", "queries"))
	if c.CostUSD <= 0 {
		return fmt.Sprintf("These queries do not certify a cost that a policy as accurate as %s needs (%s).", fit(c.Over, longestName), on)
	}
	text := fmt.Sprintf("No policy as accurate as %s that returns a model's answer costs less than $%s a query (%s)", fit(c.Over, longestName), dollars(c.CostUSD), on)
	if c.Share != nil {
		text += fmt.Sprintf(": at most %s can be saved without loss", percent(*c.Share))
	}
	return text + "."
}

func voteSentence(v *budget.VoteSize) string {
	if v.Lambda <= 0 {
		return "Size of a vote: one. Members that are wrong more often than right make each other worse."
	}
	return fmt.Sprintf("Size of a vote: members wrong on %s and correlated by %s pay for themselves up to %s (by the closed form; exactly %s under the same law); no number of them is wrong on less than %s.",
		percent(v.Alpha), fraction(v.Rho), plural(int64(v.Size), "member", "members"), count(int64(v.Exact)), percent(v.Limit))
}

// moneyTable is one line a model, the most accurate first.
func moneyTable(p *page, r *budget.Result, full bool) {
	t := table{head: []string{"model", "right", "$ a query", "$ a right answer"}}
	left := 0
	for i, m := range r.ByAccuracy() {
		mark := "  "
		if m.OnMix {
			mark = "▪ "
		}
		if !full && i >= 12 && !m.OnMix {
			left++
			continue
		}
		t.add(mark+m.Model, percent(m.Accuracy), dollars(m.CostUSD), optional(m.PerRight, dollars))
	}
	t.print(p, 2)
	if left > 0 {
		p.line(fmt.Sprintf("  … and %s (--full)", plural(int64(left), "model", "models")))
	}
}

// frontierTable reads the oracle's frontier at a few corners.
func frontierTable(p *page, r *budget.Result) {
	t := table{head: []string{"choice that knows", "right", "$ a query", "points for a further $"}}
	corners := budget.Thin(r.Oracle, 6)
	for i, c := range corners {
		name, next := "", dollars(100*c.Lambda)
		switch i {
		case 0:
			name = "cheapest models only"
		case len(corners) - 1:
			name, next = "as accurate as can be", "–"
		}
		t.add(name, percent(c.Accuracy), dollars(c.CostUSD), next)
	}
	t.print(p, 2)
}

// routersTable reads what routers really get at a few costs.
func routersTable(p *page, r *budget.Result) {
	if len(r.Routers) == 0 {
		return
	}
	p.gap()
	t := table{head: []string{"router that weighs cost", "right", "$ a query"}}
	for _, x := range r.Routers {
		for i := range 4 {
			name, at := "", x.Points[i*(len(x.Points)-1)/3]
			if i == 0 {
				name = x.Name
			}
			t.add(name, percent(at.Accuracy), dollars(at.CostUSD))
		}
	}
	t.print(p, 2)
}

func moneyNotes(p *page, r *budget.Result) {
	basis := "as each answer states"
	if r.Basis == budget.Prices {
		basis = "one price a model"
	}
	list := []string{fmt.Sprintf("Costs: %s, over the %s that every model answered. ▪: no mixture of other models is as accurate for less.", basis, plural(r.Queries, "query", "queries"))}
	for _, w := range r.Warnings {
		list = append(list, w.Message)
	}
	p.gap()
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
}
