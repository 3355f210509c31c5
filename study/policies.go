package study

import (
	"context"
	"errors"
	"strings"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
)

// Policies compares policies, with what each dollar buys.
type Policies struct {
	*policy.Result
	Money *budget.Result `json:"money"` // nil where costs are not known; a warning says so
}

// Policies is what allwrong policy gives with the same options.
func (s *Study) Policies(ctx context.Context, progress Progress) (*Policies, error) {
	data := policy.Data{Attempts: s.part.attempts, Details: s.part.details, Value: audit.Value}
	o := policy.Options{Seed: s.options.Seed}
	if progress != nil {
		o.Progress = func(done, of int) { progress("policies", done, of) }
	}
	if c, err := certify.Certify(certify.Options{}, s.Matrix()); err == nil && c.Gain.Point != nil {
		o.Certificate = &policy.Certificate{Over: c.Gain.Over, Point: *c.Gain.Point, Lower: c.Gain.Lower, Upper: c.Gain.Upper}
	}
	asked, err := s.prompts(ctx)
	if err != nil {
		return nil, err
	}
	if asked != nil {
		data.Text = func(query string) string { return asked[query] }
	}
	found, err := policy.Measure(ctx, data, o)
	if err != nil {
		return nil, err
	}
	out := &Policies{Result: found}
	out.Money, err = s.money(found)
	var none *budget.NoCosts
	if errors.As(err, &none) {
		found.Warnings = append(found.Warnings, policy.Warning{Code: "no-costs", Message: "There is no table of money: " + none.Error() + "."})
		err = nil
	}
	return out, err
}

func (s *Study) money(found *policy.Result) (*budget.Result, error) {
	o := budget.Options{Incumbent: s.options.Certify.Incumbent, ValueUSD: s.options.ValueUSD, Seed: s.options.Seed}
	for _, p := range found.Policies {
		if p.Kind == policy.Router && p.Believed != nil {
			o.Beliefs = append(o.Beliefs, budget.Belief{Name: p.Name, Chance: p.Believed})
		}
	}
	return budget.Measure(s.Matrix(), s.Detail().Costs, o)
}

// mostAsked is what is kept of what was asked, in bytes: more than policies read.
const mostAsked = 16 << 10

// prompts are what was asked, by query; nil where it cannot be had.
func (s *Study) prompts(ctx context.Context) (map[string]string, error) {
	if s.source.Records == nil {
		return nil, nil
	}
	out := map[string]string{}
	err := s.source.Records(ctx, outcome.WantPrompt, func(r *outcome.Record) error {
		if r.Prompt != "" && out[r.Query] == "" {
			out[r.Query] = strings.Clone(r.Prompt[:min(len(r.Prompt), mostAsked)])
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		return nil, nil // a stream, which cannot be read twice: the audit says so
	}
	return out, err
}
