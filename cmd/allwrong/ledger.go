package main

import (
	"fmt"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
)

// ledger is what a ledger file decided, and what it did to the data.
type ledger struct {
	state   *audit.State // nil without a ledger
	torn    int          // bytes of a last line that was not written to its end
	applied audit.Applied
	gone    map[string]bool // queries that record left out
}

// openLedger reads the ledger, if one was named, as it was at the digest, if one was given.
func (r *reading) openLedger() error {
	if r.Ledger == "" || r.ledger.state != nil {
		return nil
	}
	l, err := audit.Read(r.Ledger)
	if err != nil {
		return err
	}
	r.ledger.torn = l.Torn
	if r.LedgerDigest != "" {
		if l, err = l.At(r.LedgerDigest); err != nil {
			return err
		}
	}
	r.ledger.state = l.State()
	r.LedgerDigest = r.ledger.state.Digest
	return nil
}

// apply puts the ledger on top of what was read.
func (r *reading) apply(set *outcome.Set) error {
	if err := r.openLedger(); err != nil {
		return err
	}
	r.ledger.applied = r.ledger.state.Apply(set)
	return nil
}

// record puts the ledger on top of one record; it reports whether the record stays.
func (l *ledger) record(r *outcome.Record, threshold float64) bool {
	if l.state == nil {
		return true
	}
	had := r.Verdict
	if had == outcome.Absent {
		if c, err := r.Cell(threshold); err == nil {
			had = c.Verdict()
		}
	}
	if !l.state.Record(r, threshold) {
		if l.gone == nil {
			l.gone = map[string]bool{}
		}
		l.gone[r.Query] = true
		l.applied.Excluded = len(l.gone)
		return false
	}
	if r.Verdict != had && r.Verdict != outcome.Absent {
		l.applied.Corrected++
	}
	return true
}

// audited is what a certificate asks of the ledger; nil without one.
func (l *ledger) audited() func(string) bool {
	if l.state == nil {
		return nil
	}
	return l.state.Audited
}

func (l *ledger) warnings(path string) []certify.Warning {
	if l.state == nil {
		return nil
	}
	a := l.applied
	out := []certify.Warning{{Code: "ledger", Message: fmt.Sprintf("Ledger %s, %d lines: %s left out, %s corrected.",
		path, l.state.Lines, number(a.Excluded, "query", "queries"), number(a.Corrected, "verdict", "verdicts"))}}
	say := func(code, format string, args ...any) {
		out = append(out, certify.Warning{Code: code, Message: fmt.Sprintf(format, args...)})
	}
	if l.torn > 0 {
		say("ledger-torn", "The last line of the ledger, %d bytes, was not written to its end and is passed over; the next audit mark mends it.", l.torn)
	}
	if n := len(a.Absent); n > 0 {
		say("ledger-absent", "%s of the ledger are not among these data: %s.", number(n, "query", "queries"), some(a.Absent, 5))
	}
	if n := len(a.Stale); n > 0 {
		say("ledger-stale", "%s not made, since the data say something else than what was corrected: %s.", number(n, "correction was", "corrections were"), some(a.Stale, 3))
	}
	return out
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
