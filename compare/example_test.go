package compare_test

import (
	"fmt"

	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/outcome"
)

// Ten queries that one model all gets right before and nine of which it gets wrong
// after: of nine changes all went one way, which happens by chance twice in 2⁹.
func ExampleSets() {
	before, after := outcome.NewSet(), outcome.NewSet()
	for q := range 10 {
		r := outcome.Record{Query: fmt.Sprint(q), Model: "m", Verdict: outcome.Right}
		before.Add(&r, nil)
		if q > 0 {
			r.Verdict = outcome.Wrong
		}
		after.Add(&r, nil)
	}
	r, err := compare.Sets(before.Matrix(outcome.MatrixOptions{}), after.Matrix(outcome.MatrixOptions{}), compare.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := r.Moved[0]
	fmt.Printf("%s: %.1f, then %.1f; lost %d, p = %.5f\n", r.Verdict, m.A, m.B, m.Lost, m.P)
	// Output: worse: 1.0, then 0.1; lost 9, p = 0.00391
}
