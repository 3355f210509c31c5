// Package certify bounds what any selection policy can gain over the single
// best model: a router, a vote, a cascade, anything that returns one member's
// answer. It answers before such a policy is built, from one graded query set.
//
// On each query either some model is right or none is. Such a policy is right
// at most when some model is, a rate of 1−β, the ceiling. With a_i the accuracy
// of model i, the gain G = (1−β) − max a_i is the least of the rates
// G_i = P(model i wrong, some other model right), each of them one binomial
// proportion. All limits rest on that identity, not on separate limits for β
// and the accuracies (arXiv:2606.27288 splits the error between those two; its
// bound is the method "paper").
//
// Rates are fractions of queries in [0, 1]. Queries are taken as independent
// draws from the workload; any dependence between models is allowed. Drift,
// repeats of one query and wrong verdicts are outside the guarantee, as are
// policies that write a new answer from several (mixture-of-agents, fusion).
//
// Limits are those of Clopper and Pearson (1934) and of Robbins (1970) and
// Howard et al. (2021) for sequences; bounded scores use bets (Waudby-Smith and
// Ramdas 2024). docs/method.md states and proves each bound.
package certify
