package study

import (
	"context"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/outcome"
)

// Results are what all measures say, for a report. A part that the data do not
// allow is nil, with a warning that says why.
type Results struct {
	*Live
	Models       []string                 `json:"models"`
	Explanation  *dependence.Explanation  `json:"explanation"`
	Correlations *dependence.Correlations `json:"correlations"` // of every pair of models
	Pools        *Pools                   `json:"pools"`
	Policies     *Policies                `json:"policies"`
	Audit        *Audit                   `json:"audit"`
	Queries      []Query                  `json:"queries"`
	Warnings     []certify.Warning        `json:"warnings"` // which parts are missing, and why

	Matrix *outcome.Matrix `json:"-"` // on which all of it rests
}

// All asks every measure. Progress may be nil.
func (s *Study) All(ctx context.Context, progress Progress) (*Results, error) {
	live, err := s.Live()
	if err != nil {
		return nil, err
	}
	r := &Results{Live: live, Models: s.Models(), Matrix: s.Matrix(), Warnings: []certify.Warning{}}
	r.Queries = s.Queries(live.Certificate.Gain.Over)
	if r.Explanation, err = s.Explain(ctx, progress); err != nil {
		r.lacks("no-explanation", "What pairwise numbers miss could not be computed: ", err)
	}
	r.Correlations = dependence.Correlate(s.Matrix(), s.Detail().Families)
	if r.Pools, err = s.Pools(ctx, progress); err != nil {
		r.lacks("no-pools", "Which models are worth keeping could not be computed: ", err)
	}
	if s.options.Policies {
		if r.Policies, err = s.Policies(ctx, progress); err != nil {
			r.lacks("no-policies", "What policies gain could not be computed: ", err)
		}
	}
	shown := Shown(r.Queries)
	if r.Audit, err = s.Audit(ctx, func(query string) bool { return shown[query] }); err != nil {
		r.lacks("no-audit", "", err)
	}
	return r, ctx.Err()
}

func (r *Results) lacks(code, what string, err error) {
	r.Warnings = append(r.Warnings, certify.Warning{Code: code, Message: what + err.Error()})
}
