package dependence

import (
	"fmt"
	"math"
	"testing"

	"github.com/allwrong/allwrong/outcome"
)

// Two matrices with the same pairs and different β, and the interval that any such pairs allow.
func ExampleSamePairs() {
	never, quarter := SamePairs()
	for _, m := range []*outcome.Matrix{never, quarter} {
		for i, name := range m.Models() {
			fmt.Printf("%s  ", name)
			for q := range m.Columns() {
				if m.Right(i, q) {
					fmt.Print(".")
				} else {
					fmt.Print("x")
				}
			}
			fmt.Println()
		}
		fmt.Printf("all wrong on %d of 4\n", m.Count(nil).AllWrong)
	}
	// Output:
	// A  xx..
	// B  x.x.
	// C  .xx.
	// all wrong on 0 of 4
	// A  xx..
	// B  x.x.
	// C  x..x
	// all wrong on 1 of 4
}

// TestSamePairs holds every pairwise measure of the two equal, and their β at the two ends of the interval.
func TestSamePairs(t *testing.T) {
	never, quarter := SamePairs()
	var all []*Result
	for _, m := range []int{0, 1} {
		x := never
		if m == 1 {
			x = quarter
		}
		r, err := Predict(t.Context(), x, nil, Options{Replicates: 5, Pools: 3})
		if err != nil {
			t.Fatal(err)
		}
		e := &Explanation{Result: r}
		e.bounds(x)
		if e.Bounds.Lower != 0 || math.Abs(e.Bounds.Upper-0.25) > 1e-15 || e.Bounds.Table.Lower > 1e-12 || math.Abs(e.Bounds.Table.Upper-0.25) > 1e-12 {
			t.Errorf("bounds %s", text(t, e.Bounds))
		}
		all = append(all, r)
	}
	if a, b := text(t, all[0].Pairs), text(t, all[1].Pairs); string(a) != string(b) {
		t.Errorf("pairs differ:\n%s\n%s", a, b)
	}
	if all[0].Beta != 0 || all[1].Beta != 0.25 {
		t.Errorf("β %v and %v", all[0].Beta, all[1].Beta)
	}
	if a, b := all[0].Predicted.SingleFactor.Beta, all[1].Predicted.SingleFactor.Beta; *a != *b {
		t.Errorf("predictions %v and %v", *a, *b)
	}
}
