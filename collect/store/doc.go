// Package store answers one question: what was asked, answered and spent?
//
// A run's folder holds one SQLite database, written by any number of processes
// at once. Requests have content addresses: what has a valid answer is never
// asked again, in whatever run file, order or process. What came back and is no
// answer (empty, without usage, broken) is kept beside it as evidence.
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
// All methods are safe for use by several goroutines. Claims and settlements of
// all goroutines are joined into few transactions; each returns when its own is
// committed.
package store
