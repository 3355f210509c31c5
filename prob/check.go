package prob

import (
	"fmt"
	"math"
)

// The checks below panic: the callers of this package have validated their data, so a bad argument is a mistake
// in the program, and a number computed from it would look plausible.

func checkCount(name string, k, n int64) {
	if k < 0 || k > n {
		panic(fmt.Sprintf("prob: %s: count %d is not between 0 and n = %d", name, k, n))
	}
}

func checkAlpha(name string, alpha float64) {
	if !(alpha > 0 && alpha < 1) {
		panic(fmt.Sprintf("prob: %s: alpha = %v is not inside (0, 1)", name, alpha))
	}
}

func checkRate(name, what string, p float64) {
	if !(p >= 0 && p <= 1) {
		panic(fmt.Sprintf("prob: %s: %s = %v is not in [0, 1]", name, what, p))
	}
}

func checkShape(name string, a, b float64) {
	if !(a > 0 && b > 0 && a+b <= math.MaxFloat64) {
		panic(fmt.Sprintf("prob: %s: a = %v, b = %v are not both positive and finite", name, a, b))
	}
}
