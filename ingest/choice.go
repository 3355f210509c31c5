package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// Choice says which of several things in an input counts: one metric, one
// filter. They are never mixed, and those that do not count are named.
type Choice struct {
	What   string   `json:"what"`             // "metric" or "filter"
	Taken  string   `json:"taken"`            // the one that counts
	Others []string `json:"others,omitempty"` // those that do not, in order of their names
}

// choose settles which of the names that a file has counts: the first that the
// user asked for and that is there; else the first of the format's own order
// that is there; else the only one. What is "metric", which includes what other
// tools call a scorer, a statistic or the name of a score, or "filter". The
// error lists the names, and says how to choose.
func (s *sink) choose(what string, have, order []string) (string, error) {
	have = slices.Compact(slices.Sorted(slices.Values(have)))
	if len(have) == 0 {
		return "", fmt.Errorf("no %s", what)
	}
	wanted := s.opt.Metrics
	if what == "filter" {
		wanted = s.opt.Filters
	}
	for _, name := range slices.Concat(wanted, order) {
		if slices.Contains(have, name) {
			s.chosen(what, name, have)
			return name, nil
		}
	}
	if len(have) > 1 {
		return "", fmt.Errorf("several %ss, and nothing says which of them counts: %s; choose with --%s NAME", what, quoteAll(have), what)
	}
	s.chosen(what, have[0], have)
	return have[0], nil
}

// chosen notes a choice that a format made by a rule of its own; have may
// contain what was taken.
func (s *sink) chosen(what, taken string, have []string) {
	others := slices.DeleteFunc(slices.Clone(have), func(name string) bool { return name == taken })
	c := Choice{What: what, Taken: taken, Others: others}
	if !s.again() && !slices.ContainsFunc(s.input.Choices, c.equal) {
		s.input.Choices = append(s.input.Choices, c)
	}
}

func (c Choice) equal(d Choice) bool {
	return c.What == d.What && c.Taken == d.Taken && slices.Equal(c.Others, d.Others)
}

// The rules by which the records of different files are known to be of one
// query. Each format uses the strongest that its files allow.
const (
	joinedByID      = "id"
	joinedByContent = "content" // a hash of what was asked and of the expected answer
	joinedByRow     = "row"     // the weakest: the number of the row
)

// joinedBy notes the rule by which the queries of the input are named.
func (s *sink) joinedBy(rule string) {
	if !s.again() {
		s.input.JoinedBy = rule
	}
}

// choices warns of what did not count, once for all inputs alike.
func (r *reader) choices() {
	var met []Choice
	var files []int
	for _, in := range r.inputs {
		for _, c := range in.Choices {
			if len(c.Others) == 0 {
				continue
			}
			i := slices.IndexFunc(met, c.equal)
			if i < 0 {
				i, met, files = len(met), append(met, c), append(files, 0)
			}
			files[i]++
		}
	}
	for i, c := range met {
		holds := "holds"
		if files[i] > 1 {
			holds = "hold"
		}
		r.warnings = append(r.warnings, Warning{"several-" + c.What + "s", fmt.Sprintf("%s %s several %ss; %s counts, and not %s; --%s chooses another",
			plural(int64(files[i]), "file"), holds, c.What, outcome.Quote(c.Taken), quoteAll(c.Others), c.What)})
	}
}

// unmet is the error for a metric or a filter that was asked for and that no
// input has.
func (r *reader) unmet() error {
	for _, asked := range []struct {
		what  string
		names []string
	}{{"metric", r.opt.Metrics}, {"filter", r.opt.Filters}} {
		var there []string
		for _, in := range r.inputs {
			for _, c := range in.Choices {
				if c.What == asked.what {
					there = append(append(there, c.Taken), c.Others...)
				}
			}
		}
		slices.Sort(there)
		there = slices.Compact(there)
		for _, name := range asked.names {
			if slices.Contains(there, name) {
				continue
			}
			if len(there) == 0 {
				return fmt.Errorf("--%s %s: no input has a %s to choose", asked.what, outcome.Quote(name), asked.what)
			}
			return fmt.Errorf("--%s %s: no input has it; these are there: %s", asked.what, outcome.Quote(name), strings.Join(there, ", "))
		}
	}
	return nil
}
