package dependence

import "github.com/allwrong/allwrong/outcome"

// agreement is, for each pair of models, the share of the queries both miss, with
// an answer on record, on which they give one and the same wrong answer. Models
// that fail together for one reason agree; models that guess do not.
func agreement(m *outcome.Matrix, d *outcome.Detail, mask outcome.Mask, families []string) *Measure {
	var t tally
	for i := range m.Models() {
		for j := i + 1; j < len(m.Models()); j++ {
			both, same := 0, 0
			for c := range m.Columns() {
				x, y := d.Answers[i][c], d.Answers[j][c]
				if x == 0 || y == 0 || !mask.Has(c) || m.Right(i, c) || m.Right(j, c) {
					continue
				}
				both++
				if x == y {
					same++
				}
			}
			if both == 0 {
				t.undefined++
				continue
			}
			one := families[i] != "" && families[i] == families[j]
			t.add(float64(same)/float64(both), one, families[i] != "" && families[j] != "" && !one)
		}
	}
	if t.n == 0 {
		return nil
	}
	out := t.measure()
	return &out
}
