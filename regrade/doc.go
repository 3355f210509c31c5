// Package regrade answers one question: what changes when recorded answers are
// graded anew?
//
// It takes outcome records that carry a response or an answer and a reference,
// gives each to the grader of its kind, and puts the new verdict in place of the
// recorded one; everything else stays. Records are graded on all processors and
// come out in the order in which they went in. A verdict that cannot be told
// becomes a cell that was not run, for the reason that nothing scored it: it is
// missing and neither right nor wrong.
package regrade
