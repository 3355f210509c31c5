package main

import (
	"errors"

	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/outcome"
)

// spend says what each dollar buys, or, where costs are not known, why it cannot.
func spend(m *outcome.Matrix, d *outcome.Detail, o budget.Options) (*budget.Result, *budget.Warning, error) {
	result, err := budget.Measure(m, d.Costs, o)
	var none *budget.NoCosts
	if errors.As(err, &none) {
		return nil, &budget.Warning{Code: "no-costs", Message: "There is no table of money: " + none.Error() + "."}, nil
	}
	return result, nil, err
}
