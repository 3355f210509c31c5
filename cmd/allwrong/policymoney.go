package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/policy"
)

// moneyFlags are the flags of policy that are about money.
type moneyFlags struct {
	Prices    string  `json:"prices,omitempty"`
	Incumbent string  `json:"incumbent,omitempty"`
	ValueUSD  float64 `json:"value_usd,omitempty"`

	prices map[string]float64
}

func (m *moneyFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&m.Prices, "prices", "", "what one query costs, from `FILE` (CSV or JSON of model and dollars), instead of what the results state")
	f.StringVar(&m.Incumbent, "incumbent", "", "save against `MODEL`, the one in use, named before looking")
	f.Float64Var(&m.ValueUSD, "value-usd", 0, "what a right answer is worth, in `DOLLARS`")
}

func (m *moneyFlags) read() (err error) {
	if m.Prices != "" {
		m.prices, err = readWeights(m.Prices)
	}
	return err
}

// spend says what each dollar buys, or, where costs are not known, why it cannot.
func (m *moneyFlags) spend(data *policy.Data, found *policy.Result, seed uint64) (*budget.Result, error) {
	o := budget.Options{Prices: m.prices, Incumbent: m.Incumbent, ValueUSD: m.ValueUSD, Seed: seed}
	for _, p := range found.Policies {
		if p.Kind == policy.Router && p.Believed != nil {
			o.Beliefs = append(o.Beliefs, budget.Belief{Name: p.Name, Chance: p.Believed})
		}
	}
	result, err := budget.Measure(data.Attempts[0], data.Details[0].Costs, o)
	var none *budget.NoCosts
	if errors.As(err, &none) {
		found.Warnings = append(found.Warnings, policy.Warning{Code: "no-costs", Message: "There is no table of money: " + none.Error() + "."})
		return nil, nil
	}
	return result, err
}
