package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/allwrong/allwrong/policy"
)

// Policies writes what policies gain.
func Policies(w io.Writer, r *policy.Result, of Origin, full bool) error {
	var p page
	p.gap()
	head := []string{plural(r.Queries, "query", "queries"), plural(int64(len(r.Policies)), "policy", "policies")}
	p.line(fit(strings.Join(append(head, of.Formats...), " · "), width))
	p.gap()
	p.paragraph(2, room(r))
	p.gap()
	p.paragraph(2, bestPolicy(r))
	p.gap()
	policiesTable(&p, r)
	for _, c := range r.Cascades {
		p.gap()
		p.paragraph(2, curveWords(c))
		if full {
			p.gap()
			curveTable(&p, c)
		}
	}
	if full {
		p.gap()
		askedTable(&p, r)
	}
	policyNotes(&p, r)
	return p.to(w)
}

// room says what there is to gain.
func room(r *policy.Result) string {
	s := fmt.Sprintf("The single best model, %s, is right on %s; chosen on some queries and scored on others, %s. An oracle reaches %s, %s points more.",
		fit(r.SingleBest.Model, longestName), percent(r.SingleBest.InSample), percent(r.SingleBest.HeldOut), percent(r.Oracle.Accuracy), points(r.Oracle.Gain.Point))
	if c := r.Certificate; c != nil {
		s += fmt.Sprintf(" No policy that returns a model's answer gains more than %s points (95 %%).", points(c.Upper))
	}
	return s
}

// bestPolicy is the answer.
func bestPolicy(r *policy.Result) string {
	if len(r.Policies) == 0 {
		return "There is no policy to compare: the notes say what is missing."
	}
	best, sure := r.Policies[0], 0
	for _, x := range r.Policies {
		if x.Gain.Point > best.Gain.Point {
			best = x
		}
		if x.Together.Lower > 0 {
			sure++
		}
	}
	s := fmt.Sprintf("Of %s, %s does best: %s points over the single best (%s to %s, %s)", plural(int64(len(r.Policies)), "policy", "policies"), fit(best.Name, longestName),
		gained(best.Gain.Point), gained(best.Gain.Lower), gained(best.Gain.Upper), confidence(r.Confidence))
	if best.Captured != nil && best.Gain.Point > 0 {
		s += fmt.Sprintf(", %s of the oracle's gain", percent(*best.Captured))
	}
	switch {
	case sure == 0:
		return s + ". Once it is counted that several were looked at, none is sure to gain anything."
	case sure == 1:
		return s + ". One is sure to gain something, even counting that several were looked at."
	}
	return s + fmt.Sprintf(". %d are sure to gain something, even counting that several were looked at.", sure)
}

// gained writes a gain with its sign.
func gained(x float64) string {
	if x > 0 {
		return "+" + points(x)
	}
	return strings.Replace(points(x), "-", "−", 1)
}

func policiesTable(p *page, r *policy.Result) {
	priced := r.SingleBest.CostUSD != nil
	t := table{head: []string{"", "right", "gain", "limits", "of oracle", "at random"}}
	if priced {
		t.head = append(t.head, "$ a query")
	}
	row := func(cost *float64, cells ...string) {
		if priced {
			cells = append(cells, optional(cost, dollars))
		}
		t.add(cells...)
	}
	row(r.SingleBest.CostUSD, "single best", percent(r.SingleBest.HeldOut), "", "", "", "")
	row(r.Oracle.CostUSD, "oracle", percent(r.Oracle.Accuracy), gained(r.Oracle.Gain.Point), fromTo(r.Oracle.Gain), "", "")
	kind := policy.Kind("")
	for _, x := range r.Policies {
		if x.Kind != kind {
			kind = x.Kind
			heading := make([]string, len(t.head))
			heading[0] = kindWords[kind]
			t.add(heading...)
		}
		mark := "  "
		if x.Together.Lower > 0 {
			mark = "▪ "
		}
		control := ""
		if x.Control != nil {
			control = percent(x.Control.Accuracy)
		}
		row(x.CostUSD, mark+x.Name, percent(x.Accuracy), gained(x.Gain.Point), fromTo(x.Gain), optional(x.Captured, percent), control)
	}
	t.print(p, 2)
}

var kindWords = map[policy.Kind]string{policy.Vote: "votes", policy.CascadeOf: "cascades", policy.Router: "routers", policy.Own: "of files"}

func fromTo(e policy.Estimate) string { return gained(e.Lower) + " to " + gained(e.Upper) }

// curveWords says what a cascade's confidence is worth.
func curveWords(c policy.Cascade) string {
	if c.AUC == nil {
		return fmt.Sprintf("%s: the first is always right or always wrong, so that its confidence has nothing to tell apart.", c.Name)
	}
	return fmt.Sprintf("%s: the first is surer of a right answer than of a wrong one with a chance of %s. Over all shares handed on, that is worth %s points over handing on at random: %s for what it says of the first, less %s since what is hard for the first is hard for the last, too.",
		c.Name, percent(*c.AUC), points(c.Area), points(c.ByWeak), points(c.ByStrong))
}

func curveTable(p *page, c policy.Cascade) {
	t := table{head: []string{"handed on", "right", "at random", "$ a query"}}
	for _, x := range c.Points {
		t.add(percent(x.HandedOn), percent(x.Accuracy), percent(x.Mixing), optional(x.CostUSD, dollars))
	}
	t.print(p, 2)
}

func askedTable(p *page, r *policy.Result) {
	t := table{head: []string{"policy", "asks", "queries"}, left: []bool{true, true}}
	for _, x := range r.Policies {
		name := x.Name
		for k, s := range x.Asked {
			if k == 5 {
				t.add("", fmt.Sprintf("… and %d more", len(x.Asked)-k), "")
				break
			}
			t.add(name, fit(s.Model, longestName), percent(s.Share))
			name = ""
		}
	}
	t.print(p, 2)
}

func policyNotes(p *page, r *policy.Result) {
	list := []string{fmt.Sprintf("Scored on queries not learnt from: %d folds, divided %s. gain: over the single best, chosen on the same queries that the policy learns from; limits at %s for each by itself. of oracle: share of the oracle's gain. at random: the same choices as often, at random, at the same cost. ▪ gains with limits that hold for all policies together.",
		r.Folds, plural(int64(r.Repeats), "time", "times"), confidence(r.Confidence))}
	for _, w := range r.Warnings {
		list = append(list, w.Message)
	}
	p.gap()
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
}
