package page

import (
	"fmt"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/report/figure"
	"github.com/allwrong/allwrong/study"
)

// Sections are the parts of a page below its first screen; a part that the data do
// not allow is left out, and Results.Warnings say why.
func Sections(r Report) []Section {
	var out []Section
	for _, s := range []*Section{correlation(r), sources(r), slicesOf(r), models(r), pools(r), policies(r), money(r), triage(r)} {
		if s != nil {
			out = append(out, *s)
		}
	}
	return out
}

// name shows a model or a label's value.
func name(s string) string {
	if s == "" {
		return "(no label)"
	}
	return report.Fit(s, longest)
}

// longest is how much of a name is shown, in runes.
const longest = 60

func plural(n int, one, many string) string { return report.Plural(int64(n), one, many) }

func count[N int | int64](n N) string { return report.Count(int64(n)) }

// slicesOf is the certificate of every slice.
func slicesOf(r Report) *Section {
	if len(r.Cuts) == 0 {
		return nil
	}
	s := &Section{ID: "slices", Title: "Slice by slice", Says: []string{
		"All slices of one label hold together at the certificate's confidence: their number is priced in. The pooled certificate above is a statement of its own."}}
	for _, cut := range r.Cuts {
		t := Table{Caption: "By " + name(cut.Key) + ", in accuracy points", Text: []bool{true, false, false, false, false, false, false, true},
			Head: []string{"slice", "queries", "all wrong", "best", "gain", "at most", "at least", "verdict"}}
		for _, x := range cut.Slices {
			t.add(name(x.Value), count(x.Queries), count(x.AllWrong), report.Optional(x.Best.Accuracy, report.Percent),
				report.Optional(x.Gain.Point, report.Points), report.Points(x.Gain.Upper), report.Points(x.Gain.Lower), string(x.Verdict))
		}
		t.most(100, "allwrong certify --slice "+cut.Key)
		t.Folded = len(s.Figures) > 0 && len(t.Rows) > 30
		s.draw(figure.Slices(cut.Slices))
		s.Tables = append(s.Tables, t)
	}
	return s
}

// models is who is right how often.
func models(r Report) *Section {
	c := r.Certificate
	s := &Section{ID: "models", Title: "Model by model"}
	t := Table{Caption: "Over the queries that every model answered", Head: []string{"model", "right", "accuracy", "others rescue", "no verdict"}}
	for _, x := range c.PerModel {
		t.add(name(x.Model), count(x.Right), report.Optional(x.Accuracy, report.Percent), count(x.Rescued), count(x.Missing))
	}
	t.most(500, "allwrong certify --json")
	t.Folded = len(t.Rows) > 30
	s.draw(figure.Matrix(r.Matrix))
	s.Tables = append(s.Tables, t)
	s.Notes = append(s.Notes, "others rescue: queries on which this model is wrong and some other is right. no verdict: of all queries on file.")
	if f := c.Fragile; f != nil && f.Queries > 0 {
		s.Says = append(s.Says, fmt.Sprintf("%s on one model alone: a single right cell, by skill, luck or a lenient grader, keeps each of them out of the all-wrong set.", hangs(f.Queries)))
	}
	s.Says = append(s.Says, missing(c)...)
	return s
}

func hangs(n int64) string {
	if n == 1 {
		return "1 query hangs"
	}
	return count(n) + " queries hang"
}

func missing(c certify.Certificate) []string {
	m := c.Missing
	if m.Queries == 0 {
		return nil
	}
	out := []string{fmt.Sprintf("On %s a verdict of some model is missing, %s in all. Nothing is imputed: %s.",
		report.Plural(m.Queries, "query", "queries"), report.Plural(m.Cells, "cell", "cells"), map[certify.MissingRule]string{
			certify.Complete: "they are left out", certify.Bounds: "the limits hold whatever they are"}[m.Rule])}
	if a := m.Anyhow; a != nil && m.Rule == certify.Complete {
		out = append(out, fmt.Sprintf("Whatever the missing cells are, on all %s the gain is %s to %s points; the limits become %s and %s.",
			report.Plural(a.Queries, "query", "queries"), report.Points(a.Gain[0]), report.Points(a.Gain[1]), report.Points(a.Lower), report.Points(a.Upper)))
	}
	return out
}

// pools is which models are worth keeping.
func pools(r Report) *Section {
	if r.Pools == nil {
		return nil
	}
	p := r.Pools
	s := &Section{ID: "pool", Title: "Which models are worth keeping", Says: report.Kept(p.Result, p.Upper)}
	priced := len(p.Pools) > 0 && p.Pools[0].PriceUSD != nil
	t := Table{Caption: "The best pool found of each size", Text: []bool{false, false, false, false, true}, Head: []string{"size", "all wrong", "ceiling", "gain over its best", "no pool does better"}}
	if priced {
		t.Head = append(t.Head, "$ a query")
	}
	for _, x := range p.Pools {
		proof := "proved"
		if !x.Proved {
			proof = "at least " + count(x.Least) + " all wrong"
		}
		row := []string{count(x.K), count(x.AllWrong), report.Percent(x.Ceiling), report.Points(x.Gain), proof}
		if priced {
			row = append(row, report.Optional(x.PriceUSD, report.Dollars))
		}
		t.add(row...)
	}
	t.most(40, "allwrong pool --full")
	s.draw(figure.Rescues(p.Result))
	worth := Table{Caption: "What each model contributes", Folded: true, Text: []bool{true, false, false, false, false, true},
		Head: []string{"model", "right", "share of the ceiling", "only it", "rescues the best", "nearest to it"}}
	for _, x := range p.Models {
		worth.add(name(x.Model), report.Percent(x.Accuracy), report.Points(x.Shapley), count(x.OnlyIt), count(x.RescuesBest), name(x.Nearest))
	}
	worth.most(200, "allwrong pool --json")
	s.Tables = append(s.Tables, t, worth)
	s.Notes = append(s.Notes, "share of the ceiling: points, each query divided among the models that are right on it. only it: queries on which no other is right.")
	s.Notes = append(s.Notes, messages(p.Warnings)...)
	return s
}

// triage is what to read, and what was decided.
func triage(r Report) *Section {
	a := r.Audit
	if a == nil {
		return nil
	}
	s := &Section{ID: "audit", Title: "Is an all-wrong query real?", Says: []string{
		"Wrong references and grader errors look exactly like co-failure: read these queries before you sign anything. A finding never changes a verdict; a decision in the ledger does."}}
	s.Says = append(s.Says, report.Audits(a.Range)...)
	if a.AllWrong > 0 {
		s.draw(figure.Audited(a.Range))
	}
	t := Table{Caption: "What speaks for a defect, what would change the certificate most first", Text: []bool{true, true, true, true, true},
		Head: []string{"query", "queued as", "finding", "evidence"}}
	if len(a.Marks) > 0 {
		t.Head = append(t.Head, "decided")
	}
	for _, x := range a.Queue {
		if x.Finding == "none" && x.Audited == "" {
			continue
		}
		finding := x.Finding
		if x.P != nil {
			finding += ", p " + report.Chance(*x.P)
		}
		row := []string{name(x.Query), string(x.Group), finding, report.Fit(x.Evidence, 300), string(x.Audited)}
		t.add(row[:len(t.Head)]...)
	}
	if len(t.Rows) == 0 {
		s.Says = append(s.Says, "Triage found nothing that speaks for a defect in any of them. That is no proof that there is none.")
	} else {
		t.most(25, "allwrong audit --top 0")
		s.Tables = append(s.Tables, t)
	}
	for _, x := range a.Patterns {
		how := "opens with"
		if x.Whole {
			how = "reads"
		}
		s.Notes = append(s.Notes, fmt.Sprintf("A broken run? The answer of %s %s “%s” on %s, wrong on %s (p %s).", name(x.Model), how,
			report.Fit(x.Text, 40), report.Plural(x.Answers, "query", "queries"), count(x.Wrong), report.Chance(x.P)))
	}
	return s
}

// messages are the texts of warnings.
func messages[W ~struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}](list []W) []string {
	var out []string
	for _, w := range list {
		out = append(out, certify.Warning(w).Message)
	}
	return out
}

// kinds are what the kinds of queries are called.
var kinds = map[study.Kind]string{
	study.AllWrong:   "all wrong",
	study.Resolvable: "best wrong, some right",
	study.BestRight:  "best right, some wrong",
	study.AllRight:   "all right",
	study.Open:       "verdicts missing",
}

// labelsOf writes the labels of a query.
func labelsOf(keys []string, q study.Query) string {
	var out []string
	for _, key := range keys {
		if v := q.Labels[key]; v != "" {
			out = append(out, report.Fit(v, 30))
		}
	}
	return strings.Join(out, " · ")
}
