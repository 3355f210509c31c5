package dependence

import (
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// SourceOptions say who counts as a relative. The zero value means the
// documented rule.
type SourceOptions struct {
	Related func(best, model string) bool // nil: the same label of family, or the same name but for dates, effort, host and the like
}

// SourceResult says where the gain comes from: the queries on which the best
// model is wrong and another is right, each under the first source that fits.
type SourceResult struct {
	Best    string  `json:"best"`
	Queries int64   `json:"queries"` // complete ones
	Gain    float64 `json:"gain"`    // G as counted, a fraction of the queries
	Without float64 `json:"gain_without_unusable"`

	Resolvable int64 `json:"resolvable"`
	Unusable   int64 `json:"unusable"`  // the best model gave no usable answer: repair that, not the routing
	Relatives  int64 `json:"relatives"` // only relatives of the best model are right: perhaps the same run drawn again
	Fragile    int64 `json:"fragile"`   // one model alone is right
	Rest       int64 `json:"rest"`      // what a policy could hope for

	Lists SourceLists `json:"lists"` // the queries behind each

	AnyRelative int64 `json:"any_relative"` // resolvable queries, of any source, on which some relative is right, alone or not

	Reasons   []ReasonCount `json:"reasons"`   // of the unusable ones
	Patterns  []Pattern     `json:"patterns"`  // of answers that the best model repeats and that fail
	Relations []Relation    `json:"relations"` // who counts as a relative of the best model
	Warnings  warnings      `json:"warnings"`
}

// SourceLists holds the ids of the queries of each source, in order; all are empty
// where queries come as patterns.
type SourceLists struct {
	Unusable  []string `json:"unusable"`
	Relatives []string `json:"relatives"`
	Fragile   []string `json:"fragile"`
	Rest      []string `json:"rest"`
}

// ReasonCount counts unusable answers of one kind: a reason of the records,
// "pattern", or "unknown" where the record gives no reason.
type ReasonCount struct {
	Reason  string `json:"reason"`
	Queries int64  `json:"queries"`
}

// Relation is a relative and the rule by which it is one.
type Relation struct {
	Model string `json:"model"`
	By    string `json:"by"` // "family", "name" or "option"
}

// Sources breaks the gain down. The gain without unusable answers is what
// remains if all of these are repaired and come out right. The detail belongs to the matrix: both from one
// set with the same options; nil when there is none. Of models that are right
// equally often the first by name is the best, as in a certificate.
func Sources(m *outcome.Matrix, d *outcome.Detail, o SourceOptions) (*SourceResult, error) {
	c, err := completeCases(m)
	if err != nil {
		return nil, err
	}
	if d != nil {
		if err := fits(m, d); err != nil {
			return nil, err
		}
	}
	s := &sourcing{complete: c, m: m, d: d, kin: make([]bool, len(c.models))}
	r := &SourceResult{Best: c.models[c.best], Queries: c.n,
		Reasons: []ReasonCount{}, Patterns: []Pattern{}, Relations: []Relation{}, Warnings: warnings{}}
	s.relate(r, o)
	s.unusable(r)
	if !m.Single() {
		r.Warnings.warn("no-ids", "queries come as patterns with their numbers: they are counted here, and listed only where each has its name")
	}
	for at := range c.columns {
		s.place(r, at)
	}
	n := float64(r.Queries)
	r.Gain, r.Without = float64(r.Resolvable)/n, float64(r.Resolvable-r.Unusable)/n
	for _, list := range []*[]string{&r.Lists.Unusable, &r.Lists.Relatives, &r.Lists.Fragile, &r.Lists.Rest} {
		if slices.Sort(*list); *list == nil {
			*list = []string{}
		}
	}
	if r.Resolvable == 0 {
		r.Warnings.warn("no-gain", "no query is resolvable: wherever the best model is wrong, so are all others")
	}
	return r, nil
}

func fits(m *outcome.Matrix, d *outcome.Detail) error {
	if d.Cells == nil && d.Answers == nil && len(d.Families) == len(m.Models()) {
		return nil // nothing is known but the families
	}
	ok := len(d.Cells) == len(m.Models()) && len(d.Families) == len(m.Models()) && (d.Answers == nil || len(d.Answers) == len(m.Models()))
	for i := 0; ok && i < len(d.Cells); i++ {
		ok = len(d.Cells[i]) == m.Columns() && (d.Answers == nil || len(d.Answers[i]) == m.Columns())
	}
	if !ok {
		return fmt.Errorf("the detail does not belong to this matrix of %d models and %d queries", len(m.Models()), m.Columns())
	}
	return nil
}

type sourcing struct {
	*complete
	m       *outcome.Matrix
	d       *outcome.Detail
	kin     []bool      // relatives of the best
	pattern map[int]int // complete column → number of the pattern that it shows
}

func (s *sourcing) relate(r *SourceResult, o SourceOptions) {
	name := base(r.Best)
	for i, model := range s.models {
		if i == s.best {
			continue
		}
		by := ""
		switch {
		case o.Related != nil:
			if o.Related(r.Best, model) {
				by = "option"
			}
		case s.d != nil && s.d.Families[i] != "" && s.d.Families[i] == s.d.Families[s.best]:
			by = "family"
		case base(model) == name:
			by = "name"
		}
		if by != "" {
			s.kin[i] = true
			r.Relations = append(r.Relations, Relation{model, by})
		}
	}
	if len(r.Relations) == len(s.models)-1 {
		r.Warnings.warn("all-relatives", "every model counts as a relative of %s", outcome.Quote(r.Best))
	}
}

// unusable looks for patterns among the answers.
func (s *sourcing) unusable(r *SourceResult) {
	switch {
	case s.d == nil || s.d.Cells == nil:
		r.Warnings.warn("no-detail", "nothing is on record but verdicts: unusable answers of the best model cannot be told from wrong ones")
		return
	case s.d.Answers == nil:
		r.Warnings.warn("no-answers", "no answers are on record: patterns that repeat over many queries were not looked for")
		return
	}
	var on [][]int
	r.Patterns, on = s.patterns(s.m, s.d, s.best)
	if r.Patterns == nil {
		r.Patterns = []Pattern{}
	}
	s.pattern = map[int]int{}
	for k, list := range on {
		for _, at := range list {
			if _, taken := s.pattern[at]; !taken {
				s.pattern[at] = k
			}
		}
	}
}

// place puts a query under the first source that fits, if it is resolvable.
func (s *sourcing) place(r *SourceResult, at int) {
	right, strangers := 0, 0
	for i := range s.models {
		if outcome.Mask(s.right[i]).Has(at) {
			if right++; !s.kin[i] {
				strangers++
			}
		}
	}
	if right == 0 || outcome.Mask(s.right[s.best]).Has(at) {
		return
	}
	weight := s.weight[at]
	r.Resolvable += weight
	if strangers < right {
		r.AnyRelative += weight
	}
	n, list := &r.Rest, &r.Lists.Rest
	switch why := s.why(r, at); {
	case why != "":
		n, list = &r.Unusable, &r.Lists.Unusable
		r.count(why, weight)
	case strangers == 0:
		n, list = &r.Relatives, &r.Lists.Relatives
	case right == 1:
		n, list = &r.Fragile, &r.Lists.Fragile
	}
	*n += weight
	if s.m.Single() {
		*list = append(*list, s.m.ID(s.columns[at]))
	}
}

// why says in which way the best model's answer is unusable; empty if it is not.
func (s *sourcing) why(r *SourceResult, at int) string {
	if s.d == nil || s.d.Cells == nil {
		return ""
	}
	cell := s.d.Cells[s.best][s.columns[at]]
	switch reason := cell.Reason(); reason {
	case outcome.Refused, outcome.Unparsed, outcome.Truncated, outcome.Empty:
		return reason.String()
	}
	if cell.Verdict() == outcome.NoAnswer {
		return "unknown"
	}
	if k, ok := s.pattern[at]; ok {
		r.Patterns[k].Resolvable += s.weight[at]
		return "pattern"
	}
	return ""
}

func (r *SourceResult) count(reason string, queries int64) {
	for k := range r.Reasons {
		if r.Reasons[k].Reason == reason {
			r.Reasons[k].Queries += queries
			return
		}
	}
	r.Reasons = append(r.Reasons, ReasonCount{reason, queries})
	slices.SortFunc(r.Reasons, func(a, b ReasonCount) int {
		if a.Reason < b.Reason {
			return -1
		}
		return 1
	})
}
