// Package compare answers one question: what changed between two sets of results
// on the same queries?
//
// Before and after, two answer formats, two months, two graders: the queries are
// the same, so each is its own control, and what counts are differences query by
// query. Everything is over the models and queries that both sets have; what only
// one of them has is named.
//
// A difference of rates is the mean of one variable a query with values −1, 0 and
// 1. Its limits are bets on bounded means (Waudby-Smith and Ramdas 2024), valid at
// any number of queries. The best model is not the same fixed model on both sides,
// and need not be the one that looks best; since max_j b_j − max_i a_i ≤ b_j* − a_j*
// for the model j* that is best in b, limits of single models bound the difference
// of the best, with no price but that of leaving out models that are clearly not
// the best (docs/method.md). The gain, a least of m rates, is treated alike.
//
// Which models moved is McNemar's test (1947) in its exact form for each of them,
// with Holm's (1979) correction for their number.
//
// Rates and differences are fractions of queries; a difference is b less a.
package compare
