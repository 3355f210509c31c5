// Package collect answers one question: what do the models answer?
//
// It asks the cells that a schedule finds worth asking, one call at a time: the
// most that a call can cost is reserved, the call is made when the endpoint's
// pace allows it, its answer is stored with what it cost, graded, and told to
// the schedule. Everything that was answered is on disk before it counts, so a
// run may be killed at any moment, started again, and shared by processes:
// nothing valid is asked twice, and the cap is never passed.
//
// All cells are treated alike. An answer that ends at its token budget is asked
// again with the next one of the ladder, right or wrong. One that is broken
// (empty, without usage, not of the protocol's shape) is kept as evidence and
// asked again, a few times. What stays broken is missing, with its reason; it is
// never wrong.
//
// The package knows no statistics. Whether what was collected decides anything
// is told by a function of the caller's.
package collect
