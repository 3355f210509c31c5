package code

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		got, want string
		tolerance float64
		as        comparison
	}{
		{"1 2\n3\n", "1 2 3", 0, same},
		{" 1\t2\r\n3 ", "1\n2\n3\n\n", 0, same},
		{"", "", 0, same},
		{"", "0", 0, different},
		{"1 2", "1 2 3", 0, different},
		{"1 2 3", "1 2", 0, different},
		{"Yes", "YES", 0, different},
		{"01", "1", 0, different},
		{"1.0", "1", 0, different},
		{"1", "1.0", 0, same},
		{"0.50", "0.5", 0, same},
		{"5e-1", "0.5", 0, same},
		{"+0.5", "0.5", 0, same},
		{"0.5001", "0.5", 0, nearly},
		{"0.51", "0.5", 0, different},
		{"0.3333333333", "0.3333333333333333", 0, nearly},
		{"0.3333333333", "0.3333333333333333", 1e-6, same},
		{"0.3334", "0.3333333333333333", 1e-6, different},
		{"1000001", "1000000", 1e-6, same}, // relative to the expected number
		{"1000003", "1000000", 1e-6, different},
		{"2", "1", 1e-6, different},
		{"nan", "nan", 1e-6, same},
		{"nan", "1.0", 1e-6, different},
		{"inf", "1e308", 1e-6, different},
		{"1e999", "1e308", 1e-6, different},
		{"1e-999999999", "2e-999999999", 0, nearly}, // at once, and not by computing a billion digits
		{"0x10", "16.0", 1e-6, different},
		{"1_000", "1000.0", 1e-6, different},
		{strings.Repeat("9", 1000), strings.Repeat("9", 999) + ".0", 0, different},
		{"1 0.5001 4", "1 0.5 3", 0, different},
	} {
		if as, where := compare(c.got, c.want, c.tolerance); as != c.as || (as == same) != (where == "") {
			t.Errorf("compare(%.40q, %.40q, %g) = %d, %q; want %d", c.got, c.want, c.tolerance, as, where, c.as)
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("0.5 1", "0.50 1", 1e-6)
	f.Add("1e308", "-1e308", 0.0)
	f.Fuzz(func(t *testing.T, a, b string, tolerance float64) {
		if !(tolerance >= 0 && tolerance < 1) || len(a)+len(b) > 1<<12 {
			t.Skip()
		}
		if as, _ := compare(a, a, tolerance); as != same {
			t.Errorf("%q is not itself", a)
		}
		as, _ := compare(a, b, tolerance)
		if x, err := strconv.ParseFloat(a, 64); err == nil && as == same && a != b && !math.IsInf(x, 0) {
			y, err := strconv.ParseFloat(strings.TrimSpace(b), 64)
			if err != nil || math.Abs(x-y) > tolerance*math.Max(1, math.Abs(y))+1e-300 {
				t.Errorf("%q is the same as %q", a, b)
			}
		}
	})
}
