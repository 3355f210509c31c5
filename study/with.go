package study

import "github.com/allwrong/allwrong/dependence"

// Against is the same study against another overhead, and over another incumbent;
// empty for the best model of the data.
func (s *Study) Against(overhead float64, incumbent string) *Study {
	out := *s
	out.options.Certify.Overhead, out.options.Certify.Incumbent = overhead, incumbent
	return &out
}

// Correlations are those of every pair of models.
func (s *Study) Correlations() *dependence.Correlations {
	return dependence.Correlate(s.Matrix(), s.Detail().Families)
}
