package dependence

import "github.com/allwrong/allwrong/outcome"

// Curve gives, for pools of k of the models, the mean of β over all of them, and
// the best and the worst that was found: what Predict gives without the ratios to
// predictions, which take longer. It is nil when no query was answered by every
// model.
func Curve(m *outcome.Matrix) []PoolSize {
	models := len(m.Models())
	complete := m.Complete()
	n := m.Size(complete)
	if n == 0 || models == 0 {
		return nil
	}
	c := m.Restrict(complete)
	merged := outcome.FromPatterns(m.Models(), m.Patterns(nil))
	q := &missed{words: len(outcome.NewMask(merged.Columns()))}
	if few := 4 * merged.Columns(); few < c.Columns() || !c.Single() {
		c, q.weigh = merged, merged.Weigh // weighing a word costs several plain counts
	}
	q.all = make([]uint64, len(outcome.NewMask(c.Columns())))
	for w := range q.all {
		q.all[w] = c.All(w)
	}
	errors := c.Errors(nil)
	for i := range models {
		q.planes = append(q.planes, errors.Plane(i))
	}
	var out []PoolSize
	histogram, best, worst := q.histogram(), q.greedy(false), q.greedy(true)
	for _, k := range sizes(models) {
		out = append(out, q.size(k, float64(n), histogram, best, worst))
	}
	return out
}

// size is what pools of k models miss together of n queries.
func (q *missed) size(k int, n float64, histogram, best, worst []int64) PoolSize {
	p := PoolSize{K: k, Mean: meanBeta(histogram, k)}
	low, high, exact := q.extremes(k, best, worst)
	p.Best, p.Worst, p.Exact = float64(low)/n, float64(high)/n, exact
	return p
}
