package report

import (
	"math"
	"strconv"
	"strings"
)

// Two one-sided limits at 95 % are not an interval at 95 %: the sentences built
// from these numbers never say "between" for them.

// unbroken is a space at which lines are not broken; pages print it as a plain one.
const unbroken = "\u00a0"

// percent writes a rate as "74.4 %".
func percent(rate float64) string { return scaled(rate) + unbroken + "%" }

// points writes a difference of rates in accuracy points: "12.8".
func points(rate float64) string { return scaled(rate) }

// scaled writes 100·x with one decimal; below one it keeps two significant
// digits, and a tiny number is never shown as 0.
func scaled(x float64) string {
	p := 100 * x
	if a := math.Abs(p); a > 0 && a < 0.95 {
		return small(p)
	}
	return strconv.FormatFloat(p, 'f', 1, 64)
}

// fraction writes a rate as "0.128".
func fraction(x float64) string {
	if a := math.Abs(x); a > 0 && a < 0.00095 {
		return small(x)
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// small keeps two significant digits, as a decimal down to 0.0001.
func small(x float64) string {
	if math.Abs(x) < 1e-4 {
		return strconv.FormatFloat(x, 'e', 1, 64)
	}
	digits := 1 - int(math.Floor(math.Log10(math.Abs(x))))
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// optional writes a number that may be unknown.
func optional(x *float64, write func(float64) string) string {
	if x == nil {
		return "–"
	}
	return write(*x)
}

// count writes an integer with thin groups: 12,032.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// plural writes "1 query", "64 queries".
func plural(n int64, one, many string) string {
	if n == 1 {
		return count(n) + " " + one
	}
	return count(n) + " " + many
}

// confidence writes 0.95 as "95 %".
func confidence(level float64) string {
	return strconv.FormatFloat(math.Round(level*1e12)/1e10, 'g', 10, 64) + unbroken + "%"
}
