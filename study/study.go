// Package study answers: what do all the measures say of this matrix?
//
// A study holds what was read once and asks every measure about it: the
// certificate, the certificate of every slice, the curve over pool sizes, what
// pairwise numbers miss, which models are worth keeping, and which queries
// somebody has to read. It computes nothing itself. The same options give the same
// numbers, to the last bit, as the commands of the same names.
//
// A study is not changed once made. With takes other models or other slices of the
// same data, and WithLedger other decisions; both are cheap. Live is what can be
// had at once, for a page whose numbers follow a choice; Explain, Pools and Audit
// take longer, tell how far they are, and end with their context. All asks
// everything, for a report.
package study

import (
	"context"
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/pool"
)

// Source is what a study looks at.
type Source struct {
	Set    *outcome.Set // as it was read; it is not changed, and must not be while studies of it are in use
	Ledger *audit.State // what was decided about queries; nil for nothing

	// Records gives all records once more, with the long fields that are wanted;
	// nil when they cannot be had a second time: there are no texts then, and no
	// audit.
	Records func(ctx context.Context, want outcome.Fields, visit func(r *outcome.Record) error) error

	// Notes are what reading has to say beside the measures' own warnings, given
	// the set with the ledger applied; nil for nothing.
	Notes func(set *outcome.Set, applied audit.Applied, keep func(model string) bool) []certify.Warning
}

// Options of a study. A zero field means its default.
type Options struct {
	Certify         certify.Options // Audited comes from the ledger
	NoAnswerMissing bool            // no answer is missing, instead of wrong
	Slices          []string        // labels by which parts are certified; nil: each that has 2 to 60 values, at most eight of them
	Replicates      int             // of the bootstrap; 2,000
	Pool            pool.Options    // Prices come from the set
	Audit           audit.Options
	Policies        bool    // All scores policies, too: where routers read texts that takes minutes
	ValueUSD        float64 // of a right answer, in dollars; 0: not known
	Seed            uint64  // of all that is random
}

// Choice is the part of the data that is looked at.
type Choice struct {
	Models []string            `json:"models"` // nil: all
	Slices map[string][]string `json:"slices"` // by label, the values whose queries are taken, "" for those without; nil: all
}

// Study is the data that all measures are asked about.
type Study struct {
	source  Source
	options Options
	choice  Choice
	whole   *data // of all models and queries
	part    *data // of the choice
}

// data are matrices of the same models and columns, but that the ledger may have
// taken columns out.
type data struct {
	set      *outcome.Set // with the ledger
	applied  audit.Applied
	attempts []*outcome.Matrix // with the ledger
	details  []*outcome.Detail // of the same attempts

	graded       *outcome.Matrix // the first attempt as it was read
	gradedDetail *outcome.Detail
}

// New makes a study of all that was read. Keep chooses the models, nil takes all.
func New(source Source, keep func(model string) bool, o Options) *Study {
	s := &Study{source: source, options: o, whole: read(source, keep, o)}
	s.part = s.whole
	return s
}

func read(source Source, keep func(string) bool, o Options) *data {
	how := outcome.MatrixOptions{Keep: keep, NoAnswerMissing: o.NoAnswerMissing}
	d := &data{set: source.Set, graded: source.Set.Matrix(how), gradedDetail: source.Set.Detail(how)}
	d.applied = source.Ledger.Apply(outcome.NewSet())
	if source.Ledger != nil {
		d.set = source.Set.Copy()
		d.applied = source.Ledger.Apply(d.set)
	}
	for how.Attempt = range attempts(d.set, d.graded.Models()) {
		d.attempts = append(d.attempts, d.set.Matrix(how))
		d.details = append(d.details, d.set.Detail(how))
	}
	return d
}

// attempts is the most attempts that any of the models has at a query.
func attempts(set *outcome.Set, models []string) int {
	most := 1
	for _, name := range models {
		if i, ok := set.FindModel(name); ok {
			most = max(most, set.Attempts(i))
		}
	}
	return most
}

// WithLedger is the same study under other decisions; nil for none.
func (s *Study) WithLedger(state *audit.State) (*Study, error) {
	source := s.source
	source.Ledger = state
	return New(source, s.keeps(s.whole), s.options).With(s.choice)
}

// keeps chooses the models of these data.
func (s *Study) keeps(d *data) func(string) bool {
	models := d.graded.Models()
	return func(model string) bool { return slices.Contains(models, model) }
}

// With is the study of some of the models, and of the queries of some slices. It
// refuses names that there are not.
func (s *Study) With(c Choice) (*Study, error) {
	models, err := numbers(s.whole.graded.Models(), c.Models)
	if err != nil {
		return nil, err
	}
	out := *s
	out.choice = c
	first := s.whole.attempts[0]
	mask, err := chosen(s.whole.graded, c.Slices)
	if err != nil {
		return nil, err
	}
	with := mask
	if first.Columns() != s.whole.graded.Columns() && mask != nil {
		if with, err = chosen(first, c.Slices); err != nil {
			return nil, err
		}
	}
	part := &data{set: s.whole.set, applied: s.whole.applied, graded: s.whole.graded.Part(models, mask),
		gradedDetail: s.whole.gradedDetail.Part(models, mask)}
	for a := range min(len(s.whole.attempts), attempts(s.whole.set, part.graded.Models())) {
		part.attempts = append(part.attempts, s.whole.attempts[a].Part(models, with))
		part.details = append(part.details, s.whole.details[a].Part(models, with))
	}
	out.part = part
	return &out, nil
}

// numbers finds models by name, in the order of the matrix; all for nil.
func numbers(all, names []string) ([]int, error) {
	var out []int
	for i, name := range all {
		if names == nil || slices.Contains(names, name) {
			out = append(out, i)
		}
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("models: no model is named %s", outcome.Quote(name))
		}
	}
	return out, nil
}

// chosen is the mask of the queries that have one of the values of each label;
// nil when no label is asked for.
func chosen(m *outcome.Matrix, labels map[string][]string) (outcome.Mask, error) {
	var mask outcome.Mask
	for key, values := range labels {
		if !slices.Contains(m.SliceKeys(), key) {
			return nil, fmt.Errorf("slices: no query has a label %s", outcome.Quote(key))
		}
		want := map[string]bool{}
		for _, v := range values {
			want[v] = true
		}
		next := outcome.NewMask(m.Columns())
		for c := range m.Columns() {
			if want[m.Label(key, c)] && (mask == nil || mask.Has(c)) {
				next.Set(c)
			}
		}
		mask = next
	}
	return mask, nil
}

// Choice is the part of the data that this study looks at.
func (s *Study) Choice() Choice { return s.choice }

// Models are the models of this study, in order of their names.
func (s *Study) Models() []string { return s.part.graded.Models() }

// Matrix is the matrix of this study: the first attempt, with the ledger applied.
func (s *Study) Matrix() *outcome.Matrix { return s.part.attempts[0] }

// Graded is the matrix as it was read, without the ledger.
func (s *Study) Graded() *outcome.Matrix { return s.part.graded }

// Detail belongs to Matrix.
func (s *Study) Detail() *outcome.Detail { return s.part.details[0] }

// AllModels are the models to choose from.
func (s *Study) AllModels() []string { return s.whole.graded.Models() }

// Labels are the labels to choose from, with the number of queries of each value.
func (s *Study) Labels() []outcome.SliceSummary { return s.source.Set.Slices() }

// Ledger is what was decided; nil for nothing.
func (s *Study) Ledger() *audit.State { return s.source.Ledger }

// Options are those that the study was made with.
func (s *Study) Options() Options { return s.options }
