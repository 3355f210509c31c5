package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/budget"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/compare"
	"github.com/allwrong/allwrong/dependence"
	"github.com/allwrong/allwrong/policy"
	"github.com/allwrong/allwrong/pool"
)

// What text says in sentences, for whoever shows it in another form.

// Certified is a certificate in three sentences: how much, within which limits,
// and what follows.
func Certified(c certify.Certificate) (size, within, verdict string) {
	s := sentences(c)
	return s[0], s[1], s[2]
}

// Head is the first line of every report: what there is.
func Head(c certify.Certificate, of Origin) string { return headline(c, of) }

// Missed says what pairwise numbers say of a pool and what they miss.
func Missed(x *dependence.Explanation) []string {
	var out []string
	for _, s := range []string{together(x), measuredAgainst(x), growth(x), cannotKnow(x), commonMode(x)} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Luck says whether the models rescue each other more often than difficulty
// alone predicts.
func Luck(l *dependence.LuckResult) string { return luck(l) }

// Kept says which pool is the best of the size asked for, what it loses, and how
// much of it is owed to choosing.
func Kept(r *pool.Result, upper *float64) []string {
	x := r.Chosen()
	out := []string{strings.TrimSuffix(keep(r, x), ":") + ": " + strings.Join(x.Models, ", ") + ".", whole(r, x)}
	if s := seen(r, upper); s != "" {
		out = append(out, s)
	}
	return out
}

// Audits says what is known of β and the gain as graded and as audited.
func Audits(r *audit.Range) []string { return rangeSentences(r) }

// Gains says what policies gain, and the best of them.
func Gains(r *policy.Result) []string {
	out := []string{room(r), bestPolicy(r)}
	for _, c := range r.Cascades {
		out = append(out, curveWords(c))
	}
	return out
}

// Gained writes a gain with its sign.
func Gained(x float64) string { return gained(x) }

// Buys says what each dollar buys.
func Buys(r *budget.Result) []string {
	out := []string{moneySentence(r)}
	if s := floorSentence(r); s != "" {
		out = append(out, s)
	}
	if r.Vote != nil {
		out = append(out, voteSentence(r.Vote))
	}
	return out
}

// ChangeHead is the first line of a comparison.
func ChangeHead(r *compare.Result, of Origin) string {
	head := []string{plural(int64(r.Models), "model", "models"), plural(r.Queries, "query", "queries") + " in both"}
	return fit(strings.Join(append(head, of.Formats...), " · "), width)
}

// Changes says what changed from a to b: the best model, the queries, the models.
func Changes(r *compare.Result) []string { return comparedSentences(r) }

// ChangeNotes says how the numbers of a comparison are to be read.
func ChangeNotes(r *compare.Result) []string { return comparedNotes(r) }

// RightOn names the models that were right on a query.
func RightOn(q compare.Query) string { return rightOn(q) }

// Rate writes a probability that may be very small.
func Rate(x float64) string { return rate(x) }

// Factor writes a ratio: "1.9".
func Factor(x float64) string { return factor(x) }

// Decimals writes a correlation: "0.48".
func Decimals(x float64) string { return decimals(x) }

// Chance writes a p-value.
func Chance(p float64) string { return chance(p) }

// Dollars writes a price.
func Dollars(x float64) string { return dollars(x) }

// Give writes a count that is expected, with its standard deviation.
func Give(mean, sd float64) string { return give(mean, sd) }

// Fit shortens a text in its middle, where names differ least.
func Fit(s string, runes int) string { return fit(s, runes) }

// Optional writes a number that may be unknown.
func Optional(x *float64, write func(float64) string) string { return optional(x, write) }

// Predicted is one row of the table of laws: what β a law predicts, how many times
// that was measured, and the interval of that ratio.
func Predicted(q dependence.Prediction) (beta, ratio, band string) {
	band = "–"
	if q.Lower != nil && q.Upper != nil {
		band = factor(*q.Lower) + " – " + factor(*q.Upper)
	}
	beta = optional(q.Beta, rate)
	if q.Log != nil {
		beta = fmt.Sprintf("10^%.0f", *q.Log/math.Ln10)
	}
	return beta, optional(q.Ratio, factor), band
}
