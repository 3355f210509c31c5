package dependence

import "github.com/allwrong/allwrong/outcome"

// Correlations holds the correlation of errors of every pair of models.
type Correlations struct {
	Models   []string     `json:"models"`
	Families []string     `json:"families"` // by model; empty where unknown
	Queries  int64        `json:"queries"`  // answered by every model
	Phi      [][]*float64 `json:"phi"`      // Pearson's φ, 1 on the diagonal; nil where a model is always right or always wrong
}

// Correlate gives φ for every pair, over the queries that every model answered.
// Families are by the models of m; nil where none is known. The result is nil when
// no query was answered by every model.
func Correlate(m *outcome.Matrix, families []string) *Correlations {
	complete := m.Complete()
	n := len(m.Models())
	out := &Correlations{Models: m.Models(), Families: families, Queries: m.Size(complete), Phi: make([][]*float64, n)}
	if out.Queries == 0 {
		return nil
	}
	if families == nil {
		out.Families = make([]string, n)
	}
	c := &counts{models: n, n: float64(out.Queries), joint: m.Errors(complete).Pairs(nil, nil)}
	for i := range n {
		out.Phi[i] = make([]*float64, n)
	}
	for i := range n {
		for j := i; j < n; j++ {
			switch {
			case c.constant(i) || c.constant(j):
			case i == j:
				out.Phi[i][i] = ptr(1.0)
			default:
				out.Phi[i][j] = ptr(phi(c.n, c.wrong(i), c.wrong(j), c.both(i, j)))
				out.Phi[j][i] = out.Phi[i][j]
			}
		}
	}
	return out
}
