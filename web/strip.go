package web

import (
	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/report"
)

// strip is the line of numbers that follow the audit.
type strip struct {
	Digest string // of the ledger
	Lines  int
	Ledger string

	Range   *audit.Range
	Before  *certify.Certificate
	After   *certify.Certificate
	Why     string // there is no certificate
	Verdict string // in words

	AllWrong int64 // as graded
	Bar      bar
}

// bar draws the range of β: as graded, as audited, and what is open. All are
// places from 0 to 100.
type bar struct {
	Graded, Audited, From, Width float64
}

func newStrip(d *dataset, a *audited, path string) *strip {
	s := &strip{Digest: a.state.Digest, Lines: a.state.Lines, Ledger: path, Range: a.rng, Before: &d.before, After: a.certificate, Why: a.why, AllWrong: d.triage.AllWrong}
	if a.certificate != nil {
		_, _, s.Verdict = report.Certified(*a.certificate)
	}
	most := max(a.rng.Graded.Beta, a.rng.Audited.Beta, a.rng.BetaOpen[1]) * 1.08
	if most > 0 {
		at := func(x float64) float64 { return 100 * x / most }
		s.Bar = bar{at(a.rng.Graded.Beta), at(a.rng.Audited.Beta), at(a.rng.BetaOpen[0]), at(a.rng.BetaOpen[1] - a.rng.BetaOpen[0])}
	}
	return s
}
