// Package policy answers one question: what do votes, cascades and routers really
// gain over the single best model?
//
// A policy is scored on queries that it has not learnt from. The queries are
// divided into folds; what a policy learns (the single best, weights, thresholds,
// a vocabulary, a classifier) it learns on all folds but one, and it is scored on
// that one, for each fold in turn and over several divisions. What has to be tuned
// is tuned in the same way within the part that is learnt from. Queries with the same
// text, or of the same cluster, are never on both sides. Which fold a query falls
// into hangs on the seed and on its id, not on its place.
//
// The gain of a policy is its accuracy less that of the model that was best on
// the same part it learnt from. Its interval is about the policies as they were
// learnt, on new queries: the mean over queries of the paired difference, with
// Bonett and Price's (2012) correction for few differences, clusters taken as
// units. Folds lean on each other: variances are widened after Nadeau and Bengio
// (2003); coverage_test.go says how that does.
//
// Everything is over complete cases, the queries that every model answered. Rates
// and gains are fractions in [−1, 1], costs US dollars a query. Where several
// answers tie, the value is the mean over them: no draw, no order of arrival.
package policy
