// Package store answers one question: what was asked, answered and spent?
//
// A run lies in a SQLite file of its folder, written by any number of processes
// of one machine, or in a schema of a PostgreSQL database, written by processes of
// many. Requests have content addresses: what has a valid answer is never asked
// again, in whatever run file, order or process. What came back and is no answer
// (empty, without usage, broken) is kept beside it as evidence.
//
// Money is reserved before a call at the most that it can cost, and settled
// after it, within the transaction that records the answer. The sum of what is
// settled and what is reserved never passes the cap, whatever the number of
// processes and wherever they are killed: a call whose process died is charged at
// its worst, for it may have been billed, and stays so.
//
// The way to use it:
//
//	s, err := store.Open(ctx, dir, store.Options{})     // makes the folder if need be
//	err = s.Begin(ctx, run, store.Schedule{...})        // registers models and queries
//	err = s.States(ctx, func(store.State) error)        // what is on record, one row a place
//	claims, err := s.Claim(ctx, places...)              // reserves money
//	call, err := s.Settle(ctx, claim, answer, verdict)  // stores an answer; verdict may be nil
//	err = s.Grade(ctx, place, verdict)                  // of an answer stored before
//	q, err := s.Query(ctx, number)                      // the texts of a query
//	text, err := s.Text(ctx, call)                      // the text of an answer
//	t, err := s.Totals(ctx)                             // money
//	err = s.Close()
//
// In both kinds of database transactions that write follow one another: those of
// SQLite by its own lock, those of PostgreSQL by that of the row of the purse,
// which each takes first. So one set of statements serves both, and what holds of
// one process after another holds of any number at once. A connection that breaks
// is made again. If that was while a transaction was being committed, it is looked
// up, by a mark of its own, whether it took place.
//
// All methods are safe for use by several goroutines. Claims and settlements of
// all goroutines are joined into few transactions; each returns when its own is
// committed.
package store
