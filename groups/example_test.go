package groups_test

import (
	"context"
	"fmt"

	"github.com/allwrong/allwrong/groups"
	"github.com/allwrong/allwrong/outcome"
)

// Three models, each wrong on a query of its own: together they are never
// outvoted, and the vote gains a third over the best of them.
func ExampleStudy() {
	set := outcome.NewSet()
	for q := range 3 {
		for i := range 3 {
			r := outcome.Record{Query: fmt.Sprint(q), Model: fmt.Sprint("m", i), Verdict: outcome.Right}
			if q == i {
				r.Verdict = outcome.Wrong
			}
			set.Add(&r, nil)
		}
	}
	r, err := groups.Study(context.Background(), set.Matrix(outcome.MatrixOptions{}), nil, groups.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d group: best member %.3f, vote %.3f, ρ %.1f\n", r.Studied, r.Verdicts.Best.Best, r.Verdicts.Best.Vote, r.Verdicts.Best.Rho)
	// Output: 1 group: best member 0.667, vote 1.000, ρ -0.5
}
