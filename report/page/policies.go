package page

import (
	"strings"

	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
)

// policies is what real policies gain, on queries that they have not learnt from.
func policies(r Report) *Section {
	p := r.Policies
	if p == nil || len(p.Policies) == 0 {
		return nil
	}
	s := &Section{ID: "policies", Title: "What real policies gain", Says: report.Gains(p.Result)}
	s.draw(figure.Policies(p.Result))
	t := Table{Caption: "Policies, scored on queries that they have not learnt from", Text: []bool{true, true},
		Head: []string{"policy", "kind", "right", "gain", "at least", "at most", "of the oracle’s gain", "same choices at random"}}
	for _, x := range p.Policies {
		control := ""
		if x.Control != nil {
			control = report.Percent(x.Control.Accuracy)
		}
		t.add(name(x.Name), kindsOfPolicy[x.Kind], report.Percent(x.Accuracy), report.Gained(x.Gain.Point), report.Gained(x.Gain.Lower), report.Gained(x.Gain.Upper),
			strings.Replace(report.Optional(x.Captured, report.Percent), "-", "−", 1), control)
	}
	t.most(60, "allwrong policy --json")
	s.Tables = append(s.Tables, t)
	s.Notes = append(s.Notes, "Limits are two-sided, at "+report.Confidence(p.Confidence)+" for each policy alone.")
	s.Notes = append(s.Notes, messages(p.Warnings)...)
	return s
}

var kindsOfPolicy = map[policy.Kind]string{policy.Vote: "vote", policy.CascadeOf: "cascade", policy.Router: "router", policy.Own: "of a file"}

// money is what each dollar buys.
func money(r Report) *Section {
	if r.Policies == nil || r.Policies.Money == nil {
		return nil
	}
	m := r.Policies.Money
	s := &Section{ID: "money", Title: "What each dollar buys", Says: report.Buys(m)}
	s.draw(figure.Frontier(m))
	s.Notes = messages(m.Warnings)
	return s
}
