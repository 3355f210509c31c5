// Package schedule answers one question: which cell is worth asking next?
//
// A certificate for an incumbent needs the incumbent on every query, and on
// each query that it misses other models, one after another, until one is right
// or all are wrong: a query on which it is right adds nothing to its possible
// gain, and a query on which it is wrong is settled by the first right answer.
// What is not needed is not asked, and not paid for.
//
// Which model is asked next is learnt as answers come in. To settle a query at
// the least expected price, models whose answers are independent are asked in
// order of price over the chance of being right; the chance is estimated from
// the answers to queries that were open when the model was asked, overall and,
// where there are enough of them, in the query's slice. The order costs or saves
// calls. It decides no verdict: whatever it is, a settled query is what it would
// be in the full matrix, and a query that is not settled counts as rescued. So
// neither the order nor stopping can make a limit too narrow, as long as the
// limit holds at every number of queries at once (docs/method.md).
//
// A schedule does no input or output, has no clock and knows no statistics: it
// is told verdicts, and a function that the caller hands in says whether what is
// settled decides. It is not safe for use by several goroutines at once.
package schedule
