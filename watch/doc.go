// Package watch answers one question: what has changed since we last looked,
// and is it more than chance?
//
// It is fed with verdicts as they come, in whatever order. A query counts once,
// in the moment in which every model of the pool has a verdict on it. Of the
// counted queries it keeps, overall and for each value of a label:
//
//   - the certificate: limits on the gain of the pool, or of the incumbent, and on
//     β, that hold at every number of queries at once (package certify, method
//     anytime), and the verdict that they certify;
//   - for each watched rate and direction, evidence against "the rate is at most
//     its level", of two kinds.
//
// Two rates are watched: β, which is how far the ceiling lies below 1, and, where
// an incumbent is named, the rate at which it is wrong and another model right,
// which is what a router could gain over it. Every other rate of the incumbent is
// made of these two: its error rate is their sum. Without an incumbent the gain
// is the least of several rates, so that only its certificate is kept.
//
// # Level
//
// The e-value is the likelihood averaged over Jeffreys' law truncated to rates
// above the level, over the likelihood at the level (prob.LogMixtureAbove). If
// the chance of a hit, given all that was counted before, never exceeds the
// level, it ever reaches 1/α with probability at most α (Ville 1939). It speaks of
// the average since the watch began, so an old watch is slow to see something new.
//
// # Change
//
// The statistic of Shiryaev and Roberts, R ← (1 + R)·L with L the likelihood ratio
// of a shifted rate to the level, averaged over shifts of the odds by 1.2 to 16,
// forgets what is long past. Under the same null R less the number of queries is
// a supermartingale, so with an alarm at R ≥ A at most T/A false alarms are
// expected in T queries (Pollak 1985; Shin, Ramdas and Rinaldo 2024). A query
// belongs to one slice: slices, however many, share one half of A's budget and the
// whole stream has the other.
//
// # Levels
//
// A level is stated, or learnt: the Clopper–Pearson limit of the first queries at
// an error probability of its own. docs/method.md has the proofs and what is spent
// on what; docs/watch.md how long it takes to see a shift.
//
// # Limits
//
// Nothing is asked of the dependence between models, and difficulty may drift as
// long as the rate, given the past, stays on its side of the level: a season that
// lifts it is a change. What orders the queries must not look at verdicts: where
// wrong answers take longer to grade than right ones, the rate seems lower while
// a backlog grows and higher while it shrinks. Queries that never become complete
// are left out, and counted.
package watch
