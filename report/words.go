package report

// What pages and figures need of the words of text, so that a number reads the
// same wherever it stands.

// Percent writes a rate as "74.4 %"; the space does not break.
func Percent(rate float64) string { return percent(rate) }

// Points writes a difference of rates in accuracy points: "12.8".
func Points(rate float64) string { return points(rate) }

// Count writes a whole number in groups: "12,032".
func Count(n int64) string { return count(n) }

// Plural writes "1 query", "64 queries".
func Plural(n int64, one, many string) string { return plural(n, one, many) }

// Confidence writes 0.95 as "95 %".
func Confidence(level float64) string { return confidence(level) }
