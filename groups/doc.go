// Package groups answers one question: does a vote of a few models beat the best
// of them?
//
// Study takes every group of k models, lets it vote, and compares the vote with
// the group's best member: by verdicts, where a group is right when most members
// are, and by answers, where the answer that most members gave wins, ties being
// settled by a fair draw and worth their expectation. Right answers to a query
// are equal to its reference and so to each other; wrong ones are equal when they
// read the same.
//
// A best member that is picked on the queries that score it is partly lucky (the
// winner's curse), which makes votes look worse than they are; the gain is
// therefore also given over a member picked on other queries. How the gain
// hangs on the mean pairwise correlation of errors is least squares with the
// headroom, one less the best member's accuracy, held fixed. Groups share models,
// so they are not independent observations: standard errors come from leaving out
// one model at a time (Miller 1974), with the usual ones beside them only to show
// how far off those are.
//
// Again asks, where models were asked several times, whether one model asked k
// times (Self-MoA: Li and others 2025) or k models of like quality asked once
// make the better vote. Draws that rank the models never vote.
//
// Rates and gains are fractions of queries; everything is over the queries that
// every model answered. What is random hangs on the seed and the names.
package groups
