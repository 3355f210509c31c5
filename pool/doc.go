// Package pool answers one question: which models are worth keeping?
//
// A policy that returns one member's answer is right at most where some member
// is. So what a pool of k models can reach is the share of queries that it
// covers, and the pools worth having are those that cover most: maximum
// coverage, which is NP-hard. Pools are found greedily (within 1−1/e of the best,
// Nemhauser, Wolsey and Fisher 1978), improved by exchanges, and then proved best,
// or bounded, by branch and bound over bit sets; the bound is the Lagrangian
// dual of the coverage program (Fisher 1981). What is not proved says by how much
// it could be beaten at most.
//
// Everything is over complete cases, the queries that every model answered;
// rates are fractions in [0, 1], prices are US dollars a query. A pool that was
// chosen on the same data looks better than it is: the result says by how much
// (cross-fitting), and certifies what was chosen with the choice priced in
// (docs/method.md). The search is the same at any number of processors: its work
// is limited by counting, and not by a clock.
package pool
