package dependence

import (
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/pattern"
)

// Pattern is a form of answer that the best model repeats and that fails: a
// form to be repaired, since the question was perhaps never the matter.
type Pattern struct {
	Text       string  `json:"text"`       // the whole answer, or how it begins
	Whole      bool    `json:"whole"`      // the whole answer
	Answers    int64   `json:"answers"`    // of the best model, over the complete queries
	Resolvable int64   `json:"resolvable"` // of these, on queries that some other model gets right and no earlier rule took
	P          float64 `json:"p_value"`    // chance of its failures by accident, adjusted for the number of forms looked at
}

// patterns finds them for one model, most certain first, with the complete
// columns on which it shows each and is wrong.
func (c *complete) patterns(m *outcome.Matrix, d *outcome.Detail, model int) (found []Pattern, on [][]int) {
	at := make(map[int]int, len(c.columns))
	for i, q := range c.columns {
		at[q] = i
	}
	for _, p := range pattern.Find(m, d, []int{model}, c.columns) {
		found = append(found, Pattern{Text: p.Text, Whole: p.Whole, Answers: p.Answers, P: p.P})
		list := make([]int, len(p.Wrong))
		for i, q := range p.Wrong {
			list[i] = at[q]
		}
		on = append(on, list)
	}
	return found, on
}
