package budget_test

import (
	"fmt"

	"github.com/allwrong/allwrong/budget"
)

// Two queries, two models at $1 and $4. On the first both are right, on the second
// the dearer one only: three dollars more, on half of the queries, for half a
// point of accuracy on average.
func ExamplePath_Frontier() {
	path := budget.NewPath(budget.Choices{
		Value: [][]float64{{1, 0}, {1, 1}},
		Cost:  [][]float64{{1, 1}, {4, 4}},
	})
	for _, p := range path.Frontier() {
		fmt.Printf("$%.2f a query: right on %.2f, %.3f more for a further dollar\n", p.CostUSD, p.Accuracy, p.Lambda)
	}
	// Output:
	// $1.00 a query: right on 0.50, 0.333 more for a further dollar
	// $2.50 a query: right on 1.00, 0.000 more for a further dollar
}

// A release that is no better on average still adds something if it may be
// declined: half of the time it is better. E max(0, X) = η/√2π.
func ExampleExpectedGain() {
	fmt.Printf("%.5f\n", budget.ExpectedGain(0, 0.05))
	// Output: 0.01995
}
