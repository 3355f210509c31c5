package figure

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/report"
)

// Policies draws what policies gain over the single best model, with intervals,
// against what an oracle gains and what the certificate allows. Nil without a
// policy.
func Policies(r *policy.Result) *Figure {
	if r == nil || len(r.Policies) == 0 || r.Queries == 0 {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(r.Policies), func(x policy.Policy) bool {
		return !finite(&x.Gain.Point) || !finite(&x.Gain.Lower) || !finite(&x.Gain.Upper)
	})
	if len(list) == 0 || !finite(&r.Oracle.Gain.Point) {
		return nil
	}
	slices.SortStableFunc(list, func(a, b policy.Policy) int { return cmp.Compare(b.Gain.Point, a.Gain.Point) })
	f := &Figure{Kind: "policies", Table: Table{Head: []string{"policy", "kind", "accuracy", "gain", "from", "to", "US dollars a query"}}}
	for _, x := range list {
		cost := "–"
		if finite(x.CostUSD) {
			cost = dollars(*x.CostUSD)
		}
		f.Table.add(policyName(x), string(x.Kind), report.Percent(x.Accuracy), report.Points(x.Gain.Point), report.Points(x.Gain.Lower), report.Points(x.Gain.Upper), cost)
	}
	f.Table.add("oracle", "", report.Percent(r.Oracle.Accuracy), report.Points(r.Oracle.Gain.Point), "", "", "")
	if c := r.Certificate; c != nil {
		f.Table.add("certificate: at most", "", "", report.Points(c.Upper), "", "", "")
	}
	f.Title = policiesTitle(r, list)
	f.Note = fmt.Sprintf("accuracy points gained over the single best model, on queries not learnt from; %s, intervals at %s", report.Plural(r.Queries, "query", "queries"), report.Confidence(r.Confidence))
	f.Description = fmt.Sprintf("A row for each of %s with its gain over the single best model and an interval; a line marks what an oracle gains.", report.Plural(int64(len(list)), "policy", "policies"))
	p := newPen()
	drawPolicies(p, r, list)
	f.Scene = &p.Scene
	return f
}

// policyName says of a bound that it is one.
func policyName(x policy.Policy) string {
	if x.Bound == "" {
		return x.Name
	}
	return shown(x.Name) + ", " + string(x.Bound)
}

// policiesTitle names the policy that is known to gain most; what one gains at
// most is not known of it.
func policiesTitle(r *policy.Result, list []policy.Policy) string {
	oracle := report.Points(r.Oracle.Gain.Point)
	hope := false
	for _, x := range list { // most first
		if x.Bound == policy.AtMost {
			hope = hope || x.Gain.Point > 0
			continue
		}
		if x.Gain.Point <= 0 {
			break
		}
		gains := signed(report.Points(x.Gain.Point))
		if x.Bound == policy.AtLeast {
			gains = "at least " + gains
		}
		return fmt.Sprintf("An oracle would gain %s points; closest comes “%s” with %s", oracle, name(x.Name), gains)
	}
	if hope {
		return fmt.Sprintf("No policy is known to gain anything; an oracle would gain %s points", oracle)
	}
	return fmt.Sprintf("No policy gains anything; an oracle would gain %s points", oracle)
}

// drawPolicies draws the rows, and lines for the single best, the oracle and the
// certificate. Each name stands on a row of its own, above those whose lines are
// further left: so no line runs through a name.
func drawPolicies(p *pen, r *policy.Result, list []policy.Policy) {
	const top = 62.0
	f := &forest{hi: r.Oracle.Gain.Point, left: 184, more: max(0, len(list)-mostRows)} // the lines' names need as much
	if r.Certificate != nil && finite(&r.Certificate.Upper) {
		f.hi = max(f.hi, r.Certificate.Upper)
	}
	for _, q := range list[:min(len(list), mostRows)] {
		role := Slate
		if q.Bound != "" { // what it really gives is not known
			role = Calm
		}
		f.rows = append(f.rows, forestRow{policyName(q), "", signed(report.Points(q.Gain.Point)), q.Gain.Point, q.Gain.Lower, q.Gain.Upper, role})
	}
	x, bottom := f.draw(p, top)
	p.flag(x.at(0), top-10, bottom, "single best "+report.Percent(r.SingleBest.HeldOut), body, false)
	p.flag(x.at(r.Oracle.Gain.Point), top-28, bottom, "oracle "+signed(report.Points(r.Oracle.Gain.Point)), strong.as(Accent), false)
	if c := r.Certificate; c != nil && finite(&c.Upper) {
		p.flag(x.at(c.Upper), top-46, bottom, "no policy gains more than "+report.Points(c.Upper), small, true)
	}
}
