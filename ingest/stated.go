package ingest

import (
	"fmt"
	"math"
	"strings"

	"github.com/allwrong/allwrong/outcome"
)

// checkStated recomputes, from the records of this input alone, each rate that
// the source states. Rows that do not bear out the statement are more dangerous
// than none: a model read as all-wrong can rescue no query, so a single such
// file raises the co-failure rate of a whole pool without a sign.
func (r *reader) checkStated(s *sink) error {
	var bad faults
	for _, st := range s.states {
		if r.opt.Keep != nil && !r.opt.Keep(st.model) {
			continue
		}
		var t tally
		if m := s.set.Model(st.model); m < len(s.tallies) {
			t = s.tallies[m]
		}
		if t.bearsOut(st.rate) {
			continue
		}
		said := fmt.Sprintf("%s: model %s states %s and %s", s.place(0), st.model, percent(st.rate), t)
		if r.opt.AllowMismatch {
			s.warn("stated-rate", "%s; it was read all the same", said)
			continue
		}
		bad.add(fmt.Errorf("%s: the rows or the statement are wrong. Leave it out with --exclude '%s', or read it all the same with --allow-mismatch",
			said, strings.ReplaceAll(st.model, "'", `'\\''`)))
	}
	return bad.err()
}

// rounding is half of the last digit of a rate in percent with two decimals.
const rounding = 5e-5

// bearsOut allows for one query, or for rounding.
func (t tally) bearsOut(rate float64) bool {
	if t.graded == 0 || math.IsNaN(rate) {
		return false
	}
	n := float64(t.graded)
	return math.Abs(rate-float64(t.right)/n) <= 1/n+rounding
}

// String tells what the rows give.
func (t tally) String() string {
	if t.graded == 0 {
		return "has no graded row"
	}
	return fmt.Sprintf("its rows give %s (%d of %d)", percent(float64(t.right)/float64(t.graded)), t.right, t.graded)
}

func percent(rate float64) string { return fmt.Sprintf("%.1f %%", 100*rate) }

// remark turns what the set has noticed into warnings.
func (r *reader) remark() {
	for _, c := range r.set.GraderConflicts() {
		r.warnings = append(r.warnings, Warning{"grader-conflict", fmt.Sprintf(
			"%d records were graded by %s and the first of their query by %s; models are compared on equal terms only when one grader judged them all",
			c.Records, outcome.Quote(c.Other), outcome.Quote(c.First))})
	}
	r.relabelled()
	r.joinedByRow()
	r.neverRight()
	r.evalPlusVersions()
	r.choices()
	const most = 3
	if ids := r.set.ReferenceConflicts(); len(ids) > 0 {
		r.warnings = append(r.warnings, Warning{"reference-conflict", fmt.Sprintf(
			"%s more than one reference, first: %s; the records of one query may have been graded against different answers",
			came(len(ids)), quoteAll(ids[:min(most, len(ids))]))})
	}
}

// relabelled warns of queries with several labels of one key: each counts under the first.
func (r *reader) relabelled() {
	for _, c := range r.set.LabelConflicts() {
		queries := "1 query comes"
		if c.Queries > 1 {
			queries = fmt.Sprintf("%d queries come", c.Queries)
		}
		r.warnings = append(r.warnings, Warning{"label-conflict", fmt.Sprintf("%s with several labels %s, first: %s; the label of the first record counts, and the others do not",
			queries, outcome.Quote(c.Key), outcome.Quote(c.First))})
	}
}

// suspicious is how many graded records without a right one are told of.
const suspicious = 50

// neverRight warns of models that are right on nothing, as they look when their
// flags were never set, and when a grader could read none of their answers.
func (r *reader) neverRight() {
	for _, m := range r.set.Summary() {
		if graded := m.Wrong + m.NoAnswer; m.Right == 0 && graded >= suspicious && (r.opt.Keep == nil || r.opt.Keep(m.Model)) {
			r.warnings = append(r.warnings, Warning{"never-right", fmt.Sprintf(
				"model %s is right on none of its %d graded records: check that they were graded at all; a file whose flags were never set looks like this", m.Model, graded)})
		}
	}
}

// joinedByRow warns when tables whose queries have no names were put together.
func (r *reader) joinedByRow() {
	n, first := 0, ""
	for _, in := range r.inputs {
		if in.byRow {
			if n++; n == 1 {
				first = in.Path
			}
		}
	}
	if n > 1 {
		r.warnings = append(r.warnings, Warning{"joined-by-row", fmt.Sprintf(
			"%d tables without a column of query ids, the first of them %s, were joined row by row: row 1 of one is taken for row 1 of the others", n, first)})
	}
}

func came(n int) string {
	if n == 1 {
		return "1 query came with"
	}
	return fmt.Sprintf("%d queries came with", n)
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = outcome.Quote(n)
	}
	return strings.Join(quoted, ", ")
}
