package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/allwrong/allwrong/groups"
)

// Groups writes whether votes of a few models beat their best members.
func Groups(w io.Writer, r *groups.Result, of Origin) error {
	var p page
	p.gap()
	head := []string{plural(int64(r.Models), "model", "models"), plural(r.Queries, "query", "queries"), plural(int64(r.Studied), "group", "groups") + " of " + itoa(r.K)}
	p.line(fit(strings.Join(append(head, of.Formats...), " · "), width))
	p.gap()
	shown, rule := &r.Verdicts, "A group is right when most of its members are"
	if r.Answers != nil {
		shown, rule = r.Answers, "The answer that most members give wins"
	}
	p.paragraph(2, fmt.Sprintf("%s. In %s of the groups the vote is worse than the best member; on average it %s.", rule, percent(shown.Loses), gains(shown.Gain.Point)))
	if h := shown.HeldOut; h != nil {
		p.gap()
		p.paragraph(2, fmt.Sprintf("A best member picked on the queries that score it is partly lucky, by %s points here (the winner's curse). Against one picked on other queries the vote %s, and is worse in %s of the groups.",
			points(*shown.Curse), gains(h.Point), percent(*shown.LosesHeldOut)))
	}
	p.gap()
	p.paragraph(2, slopeSentence(shown.Slope, r))
	p.gap()
	groupsTable(&p, r)
	p.gap()
	for _, x := range []struct {
		name string
		g    groups.Group
	}{{"Gains most", shown.Best}, {"Loses most", shown.Worst}} {
		p.hanging(2, 4, fmt.Sprintf("%s: %s. Vote %s, best member %s, ρ %s.", x.name, strings.Join(x.g.Models, ", "), percent(x.g.Vote), percent(x.g.Best), fraction(x.g.Rho)))
	}
	groupNotes(&p, []string{"± one standard error, from leaving out one model at a time: groups share models and are not independent. without one: the least and the most when any one model is left out."}, r.Warnings)
	return p.to(w)
}

// gains says in words what a vote does to its best member.
func gains(x float64) string {
	switch {
	case x > 0:
		return "gains " + points(x) + " points"
	case x < 0:
		return "loses " + points(-x) + " points"
	}
	return "changes nothing"
}

func slopeSentence(s *groups.Slope, r *groups.Result) string {
	if s == nil {
		return "These groups do not determine how the gain hangs on the correlation of errors."
	}
	what := "no more than chance: zero lies inside"
	if s.Interval[0] > 0 || s.Interval[1] < 0 {
		what = "beyond chance: zero lies outside"
	}
	text := fmt.Sprintf("At equal headroom, groups whose errors correlate by 0.1 more change their gain by %s points (%s to %s, %s), %s.",
		gained(s.Rho/10), gained(s.Interval[0]/10), gained(s.Interval[1]/10), confidence(r.Confidence), what)
	if s.Naive > 0 {
		text += fmt.Sprintf(" Taking groups as independent would make this interval %.1f times as narrow.", s.SE/s.Naive)
	}
	return text
}

func groupsTable(p *page, r *groups.Result) {
	t := table{head: []string{"gain over the best member", "points", "±", "without one", "loses", "ties"}}
	add := func(name string, m groups.Mean, loses float64, ties *float64) {
		t.add(name, gained(m.Point), optional(m.SE, points), gained(m.Without[0])+" to "+gained(m.Without[1]), percent(loses), optional(ties, percent))
	}
	for _, x := range []struct {
		name string
		v    *groups.Votes
	}{{"verdicts", &r.Verdicts}, {"answers", r.Answers}} {
		if x.v == nil {
			continue
		}
		add(x.name, x.v.Gain, x.v.Loses, &x.v.Ties)
		if x.v.HeldOut != nil {
			add(x.name+", best held out", *x.v.HeldOut, *x.v.LosesHeldOut, nil)
		}
	}
	t.print(p, 2)
}

// Again writes whether to ask one model again or several once.
func Again(w io.Writer, r *groups.AgainResult, ceilings *Ceilings, of Origin) error {
	var p page
	p.gap()
	head := []string{plural(r.Queries, "query", "queries"), itoa(r.Attempts) + " attempts each"}
	p.line(fit(strings.Join(append(head, of.Formats...), " · "), width))
	p.gap()
	p.paragraph(2, againSentence(r))
	if c := ceilings; c != nil {
		p.gap()
		text := fmt.Sprintf("A vote or cascade sees answers: over fresh draws it is right on at most %s (as estimated). A router chooses before there are any", percent(c.Vote))
		if c.Router != nil {
			text += fmt.Sprintf(": choosing on all attempts but one is right on %s", percent(*c.Router))
		}
		p.paragraph(2, text+".")
	}
	if len(r.Sizes) > 0 {
		p.gap()
		t := table{head: []string{"answers", "best model again", "one each of several", "difference", confidence(r.Confidence)}}
		for _, s := range r.Sizes {
			t.add(itoa(s.K), percent(s.Again), percent(s.Several), gained(s.Diff), gained(s.Interval[0])+" to "+gained(s.Interval[1]))
		}
		t.print(&p, 2)
	}
	p.gap()
	t := table{head: []string{"models of like quality", "right"}}
	for _, m := range r.Pool {
		t.add(m.Model, percent(m.Accuracy))
	}
	t.print(&p, 2)
	rule := "the answer that most give wins"
	if r.Rule != "plurality" {
		rule = "most verdicts decide"
	}
	groupNotes(&p, []string{fmt.Sprintf("%d of %d attempts rank the models and never vote, over %d divisions; %s. Like quality: within %s points of the best. Intervals resample queries and are approximate.",
		r.Ranking, r.Attempts, r.Roles, rule, points(r.Within))}, r.Warnings)
	return p.to(w)
}

// Ceilings are what votes and routers could reach over fresh draws.
type Ceilings struct {
	Vote   float64
	Router *float64
}

func againSentence(r *groups.AgainResult) string {
	if len(r.Sizes) == 0 {
		return "No other model is of like quality as the best: there is nothing to compare."
	}
	best := r.Sizes[0]
	for _, s := range r.Sizes {
		if s.K == 3 || s.K < 3 && best.K > 3 {
			best = s
		}
	}
	text := fmt.Sprintf("With %d answers, asking %d models once each is right on %s, asking the best one %d times on %s", best.K, best.K, percent(best.Several), best.K, percent(best.Again))
	switch {
	case best.Interval[0] > 0:
		text += ": several models are better."
	case best.Interval[1] < 0:
		text += ": the best model alone is better."
	default:
		text += fmt.Sprintf(". The difference of %s points is within what chance alone gives.", points(math.Abs(best.Diff)))
	}
	if r.RhoAgain != nil && r.RhoPool != nil {
		text += fmt.Sprintf(" Errors of one model's attempts correlate by %s, those of different models by %s.", fraction(*r.RhoAgain), fraction(*r.RhoPool))
	}
	return text
}

// groupNotes are numbered footnotes, warnings last.
func groupNotes(p *page, list []string, warnings []groups.Warning) {
	for _, w := range warnings {
		list = append(list, w.Message)
	}
	p.gap()
	for i, s := range list {
		p.labelled(2, superscript(i+1)+" ", s)
	}
}
