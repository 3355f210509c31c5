// Package audit answers one question: is this all-wrong query real?
//
// A wrong reference, a grader that cannot read an answer and an output budget
// that is too small make every model wrong at once, which looks exactly like a
// failure that all models share. Of 58 such events that were published as
// co-failure, three were genuine (arXiv:2606.27288). So somebody has to read
// them, and what they decide has to be on record.
//
// # Triage
//
// [Triage] lists what to read first, each query with findings: what speaks for
// a defect, the evidence, and the class that it suggests. Findings are looked
// for in the order corrupt, cut off, no answer, grader, reference, question,
// since an earlier one explains away a later one. With the all-wrong queries it
// queues near misses (one to three models right, perhaps by a lenient grader),
// the best model's unusable answers where others are right (they inflate the
// gain as all-wrong defects deflate it) and a seeded random control. A finding
// never changes a verdict: models can agree on a wrong answer, too.
//
// # The ledger
//
// Whatever was decided is a line of an append-only file ([Update], [Read]):
// who, when, which query or cell, from what to what, why. Each line names the
// SHA-256 of the one before, so that a later change is noticed. Undoing is
// another line. [State.Apply] puts the decisions on top of the data.
//
// # Raters
//
// A [Pack] holds questions without references and without what any model said.
// Raters answer; a [Rule] that was fixed beforehand turns their answers into
// classes ([Rule.Classify]).
//
// # The audited range
//
// Auditing the all-wrong queries alone can only lower β. [AuditedRange] takes
// from the control how many defects may remain among the other queries, by
// hypergeometric limits, and carries that into β and the gain.
//
// Rates are fractions of queries. Queries are taken as independent draws.
package audit
