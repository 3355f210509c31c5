package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/allwrong/allwrong/agreement"
	"github.com/allwrong/allwrong/outcome"
)

// RuleSchema names the version of a rule's file.
const RuleSchema = "allwrong/rule/1"

// Rule turns the labels of raters into a class. It is fixed before labels are
// read. With the defaults, for any number of raters: genuine if some rater's
// answer is the reference; else ambiguous if some rater calls the question ill
// posed; else a reference error if all give the same other answer; else
// unresolved, which counts as genuine.
type Rule struct {
	Schema    string `json:"schema"`
	Raters    int    `json:"raters"`    // labels that a query needs, at least 2
	Genuine   string `json:"genuine"`   // "any" or "all": raters whose answer is the reference
	Ambiguous string `json:"ambiguous"` // "any" or "all": raters who call the question ill posed
}

// DefaultRule is the published one (arXiv:2606.27288).
func DefaultRule() Rule { return Rule{RuleSchema, 2, "any", "any"} }

// ReadRule reads a rule and gives the SHA-256 of its file.
func ReadRule(r io.Reader, name string) (rule Rule, sum string, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxLine))
	if err != nil {
		return rule, "", err
	}
	if err := json.Unmarshal(raw, &rule); err != nil {
		return rule, "", fmt.Errorf("%s: %w", name, err)
	}
	if err := rule.check(); err != nil {
		return rule, "", fmt.Errorf("%s: %w", name, err)
	}
	return rule, digest(raw), nil
}

func (r Rule) check() error {
	if r.Schema != RuleSchema {
		return fmt.Errorf("schema: %s; this version reads %s", outcome.Quote(r.Schema), RuleSchema)
	}
	if r.Raters < 2 {
		return fmt.Errorf("raters: %d; one rater's word is not a rating, want at least 2", r.Raters)
	}
	for _, f := range [][2]string{{"genuine", r.Genuine}, {"ambiguous", r.Ambiguous}} {
		if f[1] != "any" && f[1] != "all" {
			return fmt.Errorf("%s: %s; want any or all", f[0], outcome.Quote(f[1]))
		}
	}
	return nil
}

// Classify applies the rule to the labels of one query. Equal compares answers.
func (r Rule) Classify(reference string, labels []Label, equal func(a, b string) bool) Class {
	right, ill, same := 0, 0, len(labels) > 0 && labels[0].Answer != ""
	for _, l := range labels {
		if l.Answer != "" && equal(reference, l.Answer) {
			right++
		}
		if !l.WellPosed {
			ill++
		}
		same = same && l.Answer != "" && equal(labels[0].Answer, l.Answer)
	}
	need := map[string]int{"any": 1, "all": len(labels)}
	switch {
	case right >= need[r.Genuine]:
		return Genuine
	case ill >= need[r.Ambiguous]:
		return Ambiguous
	case same && right == 0:
		return ReferenceError
	}
	return Unresolved
}

// Rated is a query with what raters said of it.
type Rated struct {
	Query     string   `json:"query"`
	Reference string   `json:"reference"`
	Raters    []string `json:"raters"`
	Labels    []Label  `json:"labels"`
	Class     Class    `json:"class"`
}

// Ratings are the labels of all queries, and how far raters agree.
type Ratings struct {
	Rated     []Rated                        `json:"rated"`
	Answers   map[string]float64             `json:"answers_agree"` // share of common queries on which two raters give the same answer
	WellPosed map[string]agreement.Statistic `json:"well_posed"`    // κ of each two raters: is the question well posed?
	Correct   map[string]agreement.Statistic `json:"correct"`       // κ: is the rater's answer the reference?
}

// Rate applies a rule to the labels of a ledger. References come from the data;
// queries without one, or with too few labels, are left out.
func (s *State) Rate(rule Rule, reference func(query string) string, equal func(query, a, b string) bool) (*Ratings, error) {
	if s == nil {
		return nil, errors.New("no ledger: labels are read from one")
	}
	out := &Ratings{Rated: []Rated{}, Answers: map[string]float64{}, WellPosed: map[string]agreement.Statistic{}, Correct: map[string]agreement.Statistic{}}
	byRater := map[string]map[string]Label{}
	var names []string
	for _, query := range sortedKeys(s.labels) {
		ref := reference(query)
		if ref == "" {
			continue
		}
		x := Rated{Query: query, Reference: ref}
		for _, line := range s.labels[query] {
			x.Raters, x.Labels = append(x.Raters, line.Who), append(x.Labels, *line.Label)
			if byRater[line.Who] == nil {
				byRater[line.Who] = map[string]Label{}
				names = append(names, line.Who)
			}
			byRater[line.Who][query] = *line.Label
		}
		if len(x.Labels) < rule.Raters {
			continue
		}
		x.Class = rule.Classify(ref, x.Labels, func(a, b string) bool { return equal(query, a, b) })
		out.Rated = append(out.Rated, x)
	}
	return out, out.agree(names, byRater, reference, equal)
}

// agree compares each two raters on the queries that both labelled.
func (r *Ratings) agree(names []string, by map[string]map[string]Label, reference func(string) string, equal func(query, a, b string) bool) error {
	yes := map[bool]string{true: "yes", false: "no"}
	for i, a := range names {
		for _, b := range names[i+1:] {
			var posed, correct [2][]string
			same, n := 0, 0
			for _, query := range sortedKeys(by[a]) {
				x, y := by[a][query], by[b][query]
				if _, both := by[b][query]; !both {
					continue
				}
				if n++; x.Answer != "" && equal(query, x.Answer, y.Answer) {
					same++
				}
				for k, l := range []Label{x, y} {
					posed[k] = append(posed[k], yes[l.WellPosed])
					correct[k] = append(correct[k], yes[l.Answer != "" && equal(query, reference(query), l.Answer)])
				}
			}
			if n == 0 {
				continue
			}
			pair := a + " and " + b
			r.Answers[pair] = float64(same) / float64(n)
			var err error
			if r.WellPosed[pair], err = agreement.Kappa(posed[0], posed[1], agreement.Options{}); err != nil {
				return err
			}
			if r.Correct[pair], err = agreement.Kappa(correct[0], correct[1], agreement.Options{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// FixedRule reports whether a rule with this digest was put on record, and by which line.
func (s *State) FixedRule(sum string) (line int, ok bool) {
	for _, l := range s.rules {
		if l.Digest == sum {
			return l.Number, true
		}
	}
	return 0, false
}

// Labelled reports whether a rater's label of a query stands.
func (s *State) Labelled(rater, query string) bool {
	for _, l := range s.labels[query] {
		if l.Who == rater {
			return true
		}
	}
	return false
}

// Labels counts the queries that have labels.
func (s *State) Labels() int { return len(s.labels) }

// SameAnswer compares two answers as triage does: by what they say, apart from
// units and dress.
func SameAnswer(a, b string) bool {
	rule := alike(a, b)
	return rule != "" && rule != "one of the values of the reference"
}

// LabelledQueries are the queries that have labels.
func (s *State) LabelledQueries() map[string]bool {
	out := map[string]bool{}
	for query := range s.labels {
		out[query] = true
	}
	return out
}
