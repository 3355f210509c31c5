package dependence

import "github.com/allwrong/allwrong/prob"

func tetrachoric(c *counts, i, j int, ti, tj, from float64) float64 {
	n, a, b, both := int64(c.n), int64(c.wrong(i)), int64(c.wrong(j)), int64(c.both(i, j))
	t := prob.Table{both, a - both, b - both, n - a - b + both}
	if k, rho := t.Case(); k != prob.TetrachoricSolved {
		return rho
	}
	return prob.TetrachoricFrom(t, ti, tj, from)
}
