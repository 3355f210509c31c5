package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/policy"
)

// Policies writes what policies gain.
func Policies(w io.Writer, r *policy.Result, of Origin, full bool) error {
	var p page
	p.gap()
	head := []string{plural(r.Queries, "query", "queries"), plural(int64(len(looked(r))), "policy", "policies")}
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

// looked are the policies that are compared: what a vote could give at most is not
// what it gives.
func looked(r *policy.Result) []policy.Policy {
	return slices.DeleteFunc(slices.Clone(r.Policies), func(x policy.Policy) bool { return x.Bound == policy.AtMost })
}

// bestPolicy is the answer.
func bestPolicy(r *policy.Result) string {
	if len(r.Policies) == 0 {
		return "There is no policy to compare: the notes say what is missing."
	}
	var best policy.Policy
	sure := 0
	for k, x := range looked(r) {
		if k == 0 || x.Gain.Point > best.Gain.Point {
			best = x
		}
		if sureToGain(x) {
			sure++
		}
	}
	s := fmt.Sprintf("Of %s, %s does best: %s%s points over the single best (%s to %s, %s)", plural(int64(len(looked(r))), "policy", "policies"), fit(best.Name, longestName),
		boundWords[best.Bound], gained(best.Gain.Point), gained(best.Gain.Lower), gained(best.Gain.Upper), confidence(r.Confidence))
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

var boundWords = map[policy.Bound]string{policy.AtLeast: "at least "}

// gained writes a gain with its sign.
func gained(x float64) string {
	if x > 0 {
		return "+" + points(x)
	}
	return strings.Replace(points(x), "-", "−", 1)
}

func policiesTable(p *page, r *policy.Result) {
	t := table{head: []string{"", "right", "gain", "from", "to", "share", "random"}}
	priced := r.SingleBest.CostUSD != nil
	if priced {
		t.head = append(t.head, "$ a query")
	}
	row := func(cost *float64, cells ...string) {
		for len(cells) < 7 {
			cells = append(cells, "")
		}
		if priced {
			cells = append(cells, optional(cost, dollars))
		}
		t.add(cells...)
	}
	row(r.SingleBest.CostUSD, "single best", percent(r.SingleBest.HeldOut))
	o := r.Oracle
	row(o.CostUSD, "oracle", percent(o.Accuracy), gained(o.Gain.Point), gained(o.Gain.Lower), gained(o.Gain.Upper))
	kind := policy.Kind("")
	for _, x := range r.Policies {
		if x.Kind != kind {
			kind = x.Kind
			t.add(append([]string{kindWords[kind]}, make([]string, len(t.head)-1)...)...)
		}
		mark := "  "
		if sureToGain(x) {
			mark = "▪ "
		}
		share, random := "", ""
		if x.Captured != nil && x.Gain.Point > 0 {
			share = percent(*x.Captured)
		}
		if x.Control != nil {
			random = percent(x.Control.Accuracy)
		}
		row(x.CostUSD, mark+x.Name, boundSigns[x.Bound]+percent(x.Accuracy), gained(x.Gain.Point), gained(x.Gain.Lower), gained(x.Gain.Upper), share, random)
	}
	t.print(p, 2)
}

// sureToGain reports whether a policy is sure to gain, several having been looked at.
func sureToGain(x policy.Policy) bool { return x.Together.Lower > 0 && x.Bound != policy.AtMost }

var boundSigns = map[policy.Bound]string{policy.AtLeast: "≥ ", policy.AtMost: "≤ "}

var kindWords = map[policy.Kind]string{policy.Vote: "votes", policy.CascadeOf: "cascades", policy.Router: "routers", policy.Own: "of files"}

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
	list := []string{fmt.Sprintf("Scored on queries not learnt from: %d folds, divided %s. gain: over the single best, chosen on the same queries that the policy learns from; from, to: limits at %s for each by itself. share: of the oracle's gain. random: the same choices as often, at random, at the same cost. ▪ gains with limits that hold for all policies together.",
		r.Folds, plural(int64(r.Repeats), "time", "times"), confidence(r.Confidence))}
	for _, w := range r.Warnings {
		list = append(list, w.Message)
	}
	p.gap()
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
}
