package study

import (
	"context"
	"errors"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/pool"
)

// Progress is told how far a part has come. It may be called from several
// goroutines, never twice at a time.
type Progress func(part string, done, total int)

// Explain is what allwrong explain gives with the same options.
func (s *Study) Explain(ctx context.Context, progress Progress) (*dependence.Explanation, error) {
	o := dependence.ExplainOptions{Options: dependence.Options{Seed: s.options.Seed, Replicates: s.options.Replicates, Progress: progress}}
	return dependence.Explain(ctx, s.Matrix(), s.Detail(), o)
}

// Pools is what allwrong pool gives with the same options.
func (s *Study) Pools(ctx context.Context, progress Progress) (*Pools, error) {
	o := s.options.Pool
	o.Seed, o.Prices = s.options.Seed, s.Prices()
	if progress != nil {
		o.Progress = func(k, of int) { progress("pools", k, of) }
	}
	found, err := pool.Find(ctx, s.Matrix(), o)
	if err != nil {
		return nil, err
	}
	out := &Pools{Result: found}
	if c, err := certify.Certify(certify.Options{}, s.Matrix()); err == nil {
		out.Upper = &c.Gain.Upper
	}
	return out, nil
}

// Pools is a search for pools, with what no pool of these models exceeds.
type Pools struct {
	*pool.Result
	Upper *float64 `json:"gain_upper"` // upper limit on the gain of any pool, chosen or not, over the single best
}

// Prices are US dollars a query, by model: means over the answers with a price.
func (s *Study) Prices() map[string]float64 {
	keep, out := s.keeps(s.part), map[string]float64{}
	for _, m := range s.part.set.Summary() {
		if keep(m.Model) && m.Priced > 0 {
			out[m.Model] = *m.CostUSD / float64(m.Priced)
		}
	}
	return out
}

// Audit is a triage, what was decided, and the texts of the queries that a report
// shows.
type Audit struct {
	*audit.Report
	Audited   int64                     `json:"audited"` // all-wrong queries about which somebody decided
	Range     *audit.Range              `json:"range"`
	Marks     []audit.Mark              `json:"marks"`
	Questions map[string]audit.Question `json:"-"` // texts, cut to a limit; by query
}

// ErrNoRecords is the error of what needs to read the records a second time.
var ErrNoRecords = errors.New("the records cannot be read a second time, so there is nothing to audit: name files instead of standard input")

// Audit is what allwrong audit gives with the same options. Texts chooses the
// queries whose texts are kept, given the triage's queue; nil for none.
func (s *Study) Audit(ctx context.Context, texts func(query string) bool) (*Audit, error) {
	if s.source.Records == nil {
		return nil, ErrNoRecords
	}
	graded := s.part.graded
	e, err := audit.Gather(graded, s.part.gradedDetail, s.auditOptions())
	if err != nil {
		return nil, err
	}
	e.Conflicts(s.source.Set.ReferenceConflicts())
	kept := newTexts(texts, s.keeps(s.part), s.source.Set.ScoreThreshold)
	err = s.source.Records(ctx, outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, func(r *outcome.Record) error {
		e.Note(r)
		kept.note(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Audit{Report: e.Triage(), Marks: s.source.Ledger.Marks(), Questions: kept.settle()}
	if out.Range, err = audit.AuditedRange(graded, s.Matrix(), s.source.Ledger, out.Control, 0); err != nil {
		return nil, err
	}
	out.Audited = out.Range.Read
	for i := range out.Queue {
		if m := s.source.Ledger.Mark(out.Queue[i].Query); m != nil {
			out.Queue[i].Audited = m.Class
		}
	}
	return out, nil
}

func (s *Study) auditOptions() audit.Options {
	o := s.options.Audit
	o.Seed = s.options.Seed
	return o
}

// Question is one query with all that is on file about it, uncut; nil when there
// is none of this name. It reads the records once more.
func (s *Study) Question(ctx context.Context, query string) (*audit.Question, error) {
	if s.source.Records == nil {
		return nil, ErrNoRecords
	}
	x := &audit.Question{Query: query}
	err := s.source.Records(ctx, outcome.WantAnswer|outcome.WantResponse|outcome.WantPrompt, func(r *outcome.Record) error {
		x.Note(r, s.source.Set.ScoreThreshold)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if x.Settle(); len(x.Values) == 0 {
		return nil, nil
	}
	return x, nil
}
