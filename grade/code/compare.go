package code

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// comparison is how an output compares with the expected one.
type comparison int

const (
	same comparison = iota
	different
	nearly // the same but for the last digits of numbers, and no tolerance was given
)

// closeEnough is how far apart, relative to the expected one, two numbers may be
// for nobody to say without a tolerance whether they are the same answer.
const closeEnough = 1e-4

// compare compares token by token; blanks and line ends part tokens. Two tokens
// are the same if they read the same, if they are numbers within the tolerance, or if the
// expected one has a decimal point and both are the same number (0.5 and 0.50).
// The text says where they differ.
func compare(got, want string, tolerance float64) (comparison, string) {
	g, w := strings.Fields(got), strings.Fields(want)
	worst, where := same, ""
	for i := range min(len(g), len(w)) {
		c := compareTokens(g[i], w[i], tolerance)
		if c == different {
			return different, fmt.Sprintf("token %d is %s, want %s", i+1, clip(g[i]), clip(w[i]))
		}
		if c == nearly && worst == same {
			worst, where = nearly, fmt.Sprintf("token %d is %s, want %s", i+1, clip(g[i]), clip(w[i]))
		}
	}
	if len(g) != len(w) {
		return different, fmt.Sprintf("%d tokens, want %d", len(g), len(w))
	}
	return worst, where
}

func compareTokens(got, want string, tolerance float64) comparison {
	if got == want {
		return same
	}
	g, w, numbers := decimals(got, want)
	if !numbers {
		return different
	}
	distance := math.Abs(g - w)
	scale := math.Max(1, math.Abs(w))
	if tolerance > 0 {
		if distance <= tolerance*scale {
			return same
		}
		return different
	}
	if !strings.ContainsAny(want, ".eE") {
		return different // 1.0 is not the integer 1
	}
	if sameDecimal(got, want) {
		return same
	}
	if distance <= closeEnough*scale {
		return nearly
	}
	return different
}

// decimals reads two tokens as finite decimal numbers, if both are.
func decimals(a, b string) (x, y float64, ok bool) {
	if !decimal(a) || !decimal(b) {
		return 0, 0, false
	}
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return 0, 0, false
	}
	y, err = strconv.ParseFloat(b, 64)
	return x, y, err == nil
}

// decimal tells numbers such as -1.5e3 from what else ParseFloat reads: inf, nan,
// 0x1p4, 1_000.
func decimal(s string) bool {
	return len(s) <= 400 && strings.Trim(s, "+-.0123456789eE") == ""
}

// sameDecimal compares exactly. A number such as 1e-999999999 reads as the float 0
// and would take a gigabyte as a fraction: it is the same as nothing.
func sameDecimal(a, b string) bool {
	x, ok := rational(a)
	if !ok {
		return false
	}
	y, ok := rational(b)
	return ok && x.Cmp(y) == 0
}

func rational(s string) (*big.Rat, bool) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if n, err := strconv.Atoi(s[i+1:]); err != nil || n < -400 || n > 400 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

func clip(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%q…", s[:40])
	}
	return strconv.Quote(s)
}
