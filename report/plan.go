package report

import (
	"fmt"
	"io"

	"github.com/allwrong/allwrong/certify"
)

// Plan writes how many graded queries a study needs.
func Plan(w io.Writer, plan certify.Plan) error {
	var p page
	p.gap()
	if plan.Overhead > 0 || plan.Gain > 0 {
		s := fmt.Sprintf("Gain expected %s points, overhead %s points, %s confidence, %s chance to decide.",
			points(plan.Gain), points(plan.Overhead), confidence(plan.Confidence), confidence(plan.Power))
		if plan.Pool > 0 {
			s = plural(int64(plan.Pool), "model", "models") + ". " + s
		}
		p.paragraph(2, s)
		p.gap()
	}
	if plan.BetaBelow > 0 {
		p.paragraph(2, fmt.Sprintf("β expected %s, to be certified below %s.", percent(plan.Beta), percent(plan.BetaBelow)))
		p.gap()
	}
	t := table{head: []string{"graded queries needed", "to certify that", ""}, left: []bool{true, true, true}}
	for _, r := range plan.Rows {
		n := "more than can be had"
		if r.Queries != nil {
			n = count(*r.Queries)
		}
		how := string(r.Method)
		if r.Simulated {
			how += ", simulated"
		}
		t.add(n, r.Statement, how)
	}
	if len(plan.Rows) > 0 {
		t.print(&p, 2)
	}
	footnotes(&p, plan.Warnings)
	return p.to(w)
}
