package dependence

import "github.com/allwrong/allwrong/prob"

// tetrachoric solves one pair of models that are not constant, with the
// thresholds of their rates; from is a start, NaN for none.
func tetrachoric(c *counts, i, j int, ti, tj, from float64) float64 {
	n, both := int64(c.n), int64(c.both(i, j))
	a, b := int64(c.wrong(i)), int64(c.wrong(j))
	t := prob.Table{both, a - both, b - both, n - a - b + both}
	if is, rho := t.Case(); is != prob.TetrachoricSolved {
		return rho
	}
	return prob.TetrachoricFrom(t, ti, tj, from)
}
