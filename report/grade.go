package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/regrade"
)

// Grading writes what grading anew has changed. Output is the file that was
// written; empty for none.
func Grading(w io.Writer, r regrade.Result, output string, warnings []certify.Warning) error {
	var p page
	p.gap()
	p.paragraph(0, graded(r, output))
	p.gap()
	t := table{head: []string{"model", "right", "wrong", "no answer", "cannot tell", "right before", "differ"}}
	for _, m := range r.Models {
		before := "–"
		if m.Known > 0 {
			before = count(m.Before)
		}
		t.add(m.Model, count(m.Right), count(m.Wrong), count(m.NoAnswer), count(m.CannotTell), before, count(m.Differ))
	}
	t.print(&p, 2)
	p.gap()
	deciders(&p, r)
	changes(&p, r)
	if r.ErrorBand > 0 {
		p.gap()
		p.paragraph(2, fmt.Sprintf("Some equalities were found at random points: that any of them is false has a probability of at most %s.", small(r.ErrorBand)))
	}
	footnotes(&p, warnings)
	return p.to(w)
}

func graded(r regrade.Result, output string) string {
	s := fmt.Sprintf("%s, %s graded", plural(r.Records, "record", "records"), count(r.Graded))
	var known int64
	for _, m := range r.Models {
		known += m.Known
	}
	if known > 0 {
		s += fmt.Sprintf("; %s of %s differ from %s", count(r.Differ), count(known), with(r.Compared))
	}
	if output != "" {
		s += "; written to " + output
	}
	return s + "."
}

func with(compared string) string {
	if compared == "recorded" {
		return "the recorded verdicts"
	}
	return compared
}

// deciders says which rules decided.
func deciders(p *page, r regrade.Result) {
	t := table{head: []string{"decided by", "verdict", "records"}, left: []bool{true, true}}
	for i, c := range r.Rules {
		if i == 16 {
			p.paragraph(2, fmt.Sprintf("… and %d more rules (--json)", len(r.Rules)-i))
			break
		}
		t.add(c.Grader+" "+c.Rule, words(c.Verdict.String()), count(c.Records))
	}
	t.print(p, 2)
}

// changes lists the verdicts that differ, with examples to read.
func changes(p *page, r regrade.Result) {
	for _, c := range r.Changes {
		p.gap()
		p.paragraph(2, fmt.Sprintf("%s → %s: %s", words(c.From), words(c.To), plural(c.Records, "record", "records")))
		for _, e := range c.Examples {
			rule := e.Rule
			if e.OtherRule != "" {
				rule += ", there " + e.OtherRule
			}
			p.hanging(4, 6, fmt.Sprintf("%s, %s: %s, reference %s (%s)", e.Query, e.Model, quoted(e.Answer), quoted(e.Reference), rule))
		}
	}
}

func words(verdict string) string { return strings.ReplaceAll(verdict, "_", " ") }

// quoted shows a text of a model within one line, with nothing that a terminal obeys.
func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return plainly(fit(s, 60))
}

// plainly quotes a text for people: as outcome.Quote does, which leaves nothing
// that a terminal obeys, but with the backslashes of LaTeX as they were written.
func plainly(s string) string { return strings.ReplaceAll(outcome.Quote(s), `\\`, `\`) }

// Grade writes how one record was graded, step by step.
func Grade(w io.Writer, r *outcome.Record, g grade.Grade, status string) error {
	var p page
	head := fmt.Sprintf("%s, %s", r.Query, r.Model)
	if r.Attempt > 0 {
		head += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	p.gap()
	if g.Grader == "" {
		p.paragraph(0, head+": not graded ("+words(status)+")")
		return p.to(w)
	}
	p.paragraph(0, fmt.Sprintf("%s: %s by %s, %s", head, words(g.Verdict.String()), g.Grader, g.Rule))
	t := table{head: []string{"", "", ""}, left: []bool{true, true, true}}
	for _, s := range g.Steps {
		t.add(s.Step, s.Rule, plainly(fit(s.Text, 44)))
	}
	t.print(&p, 2)
	if g.ErrorBound > 0 {
		p.line(fmt.Sprintf("  false with probability at most %s", small(g.ErrorBound)))
	}
	return p.to(w)
}

// SandboxCheck is what became of the attacks on the sandbox.
type SandboxCheck struct {
	Held    bool
	InForce []string
	Attacks []SandboxAttack
}

// SandboxAttack is one of them.
type SandboxAttack struct {
	Name, What, Detail string
	Held               bool
}

// Sandbox writes which attacks held.
func Sandbox(w io.Writer, c SandboxCheck) error {
	var p page
	p.gap()
	verdict := "The sandbox held against every attack."
	if !c.Held {
		verdict = "The sandbox did not hold: do not run programs of models on this machine."
	}
	p.paragraph(0, verdict)
	p.gap()
	for _, a := range c.Attacks {
		mark := "held  "
		if !a.Held {
			mark = "BROKE "
		}
		p.labelled(2, mark, a.Name+": "+a.What+". "+a.Detail)
	}
	p.gap()
	p.paragraph(2, "In force: "+strings.Join(c.InForce, ", ")+".")
	return p.to(w)
}
