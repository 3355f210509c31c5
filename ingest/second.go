package ingest

import "github.com/allwrong/allwrong/outcome"

// taker takes what is read in place of the set.
type taker interface {
	record(s *sink, r *outcome.Record, line int64) error
	block(s *sink, queries, models []int, cells []outcome.Cell, scores []float64, line func(row int) int64) error

	// again reports whether the inputs are being read a second time: the set is
	// complete and does not change, and nothing is noted that was noted before.
	again() bool
}

// again reports whether the input is being read a second time.
func (s *sink) again() bool { return s.taker != nil && s.taker.again() }
