package dependence

import (
	"context"
	"fmt"
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// RouterOptions say how the logistic models are fitted. The zero value means
// the documented defaults.
type RouterOptions struct {
	Dimensions int     // models of dimension 0 to this are tried, at most 3; 0 means 2
	HoldOut    float64 // share of cells held out to choose among them, below 0.5; 0 means 0.1
	Queries    int     // more queries than this are sampled; 0 means 2,000
	Seed       uint64

	Progress func(done, total int64) // told after every fit
}

// RouterResult is a router's ceiling as logistic models see it. It is
// model-based: it is as good as its model, and no certificate.
//
// A query is a point θ, a model is right on it with chance
// p_i(θ) = 1/(1+exp(−a_i−s_i·θ)), and cells are independent given θ. Dimension 0
// is Rasch's model: θ is a number, s the same for all models, so that one model
// is best everywhere and a router gains nothing. Dimension 1 lets slopes differ,
// dimension d has d latent abilities. The ceiling is E max_i p_i(θ), that of a
// router that knows p_i(θ) exactly before it asks, without seeing an answer.
//
// Bias: errors of a_i and s_i are maximised over and push the ceiling up, less so
// the more queries there are; what the chosen dimension cannot express (one
// model's knowledge of a few queries) is taken for chance and pushes it down.
type RouterResult struct {
	ModelBased string   `json:"model_based"` // what this is, in a sentence
	Queries    int64    `json:"queries"`     // complete ones that were used
	Dimension  int      `json:"dimension"`   // the smallest within one standard error of the best held-out likelihood
	Single     float64  `json:"single"`      // E p_i of the best single model under the law
	Ceiling    float64  `json:"ceiling"`
	Gain       float64  `json:"gain"`
	HeldOut    int64    `json:"held_out"` // cells
	Fits       []Fit    `json:"fits"`
	Warnings   warnings `json:"warnings"`
}

// Fit is the model of one dimension.
type Fit struct {
	Dimension int      `json:"dimension"`
	LogLik    *float64 `json:"held_out_log_likelihood"` // mean over held-out cells; nil when there are too few
	Behind    *float64 `json:"behind_best"`             // the best mean minus this one
	SE        *float64 `json:"behind_best_se"`          // standard error of Behind, over queries
	Ceiling   float64  `json:"ceiling"`
	Gain      float64  `json:"gain"`
	Converged bool     `json:"converged"`

	perQuery []float64
}

const (
	modelBased  = "Ceiling of a router that knows each model's chance on each query, if logistic models describe them: an estimate that rests on that law, not a certificate."
	leastHeld   = 50 // held-out cells that a choice of dimension needs
	mostLatent  = 3
	maxFitSteps = 400
)

// RouterCeiling fits the models to the complete cases by marginal maximum
// likelihood: EM over a grid of θ whose masses are estimated too, with weak
// normal priors on a and s that keep models finite which are never wrong. The
// dimension is chosen by the likelihood of cells that were held out.
func RouterCeiling(ctx context.Context, m *outcome.Matrix, o RouterOptions) (*RouterResult, error) {
	o.Dimensions, o.Queries = orDefault(o.Dimensions, 2), orDefault(o.Queries, 2000)
	if o.HoldOut == 0 {
		o.HoldOut = 0.1
	}
	if o.Dimensions < 0 || o.Dimensions > mostLatent || !(o.HoldOut > 0 && o.HoldOut < 0.5) || o.Queries < 1 {
		return nil, fmt.Errorf("router ceiling: %d dimensions (0 to %d), %v held out (below 0.5), %d queries (at least 1)", o.Dimensions, mostLatent, o.HoldOut, o.Queries)
	}
	c, err := completeCases(m)
	if err != nil {
		return nil, err
	}
	r := &RouterResult{ModelBased: modelBased, Warnings: warnings{}}
	cells := c.cells(m, o)
	r.Queries = int64(len(cells))
	if r.Queries < c.n {
		r.Warnings.warn("sampled", "%d of %d queries, drawn by seed %d, were used", len(cells), c.n, o.Seed)
	}
	for _, q := range cells {
		r.HeldOut += int64(len(q.held))
	}
	var last *logistic
	for d := range o.Dimensions + 1 {
		fit := Fit{Dimension: d}
		l := newLogistic(len(c.models), d, last, o.Seed)
		if _, err := l.fit(ctx, cells, true); err != nil {
			return nil, err
		}
		if r.HeldOut >= leastHeld {
			fit.perQuery = l.heldOut(cells)
		}
		if fit.Converged, err = l.fit(ctx, cells, false); err != nil {
			return nil, err
		}
		single, ceiling := l.ceiling()
		fit.Ceiling, fit.Gain = ceiling, ceiling-single
		r.Fits = append(r.Fits, fit)
		if last = l; o.Progress != nil {
			o.Progress(int64(d+1), int64(o.Dimensions+1))
		}
	}
	r.choose()
	chosen := r.Fits[r.Dimension]
	r.Ceiling, r.Gain, r.Single = chosen.Ceiling, chosen.Gain, chosen.Ceiling-chosen.Gain
	return r, nil
}

// choose takes the smallest dimension that predicts held-out cells about as
// well as the best one.
func (r *RouterResult) choose() {
	if r.HeldOut < leastHeld {
		r.Warnings.warn("few-cells", "%d cells were held out, at least %d are needed to choose a dimension: 0 stands, in which a router gains nothing", r.HeldOut, leastHeld)
		return
	}
	n := float64(r.HeldOut)
	best := 0
	for d := range r.Fits {
		mean := 0.0
		for _, x := range r.Fits[d].perQuery {
			mean += x / n
		}
		r.Fits[d].LogLik = &mean
		if mean > *r.Fits[best].LogLik {
			best = d
		}
	}
	r.Dimension = -1
	for d := range r.Fits {
		f := &r.Fits[d]
		squares, behind := 0.0, *r.Fits[best].LogLik-*f.LogLik
		queries := float64(len(f.perQuery))
		for q, x := range f.perQuery {
			off := r.Fits[best].perQuery[q] - x - behind*n/queries
			squares += off * off
		}
		f.Behind, f.SE = &behind, ptr(math.Sqrt(squares)/n)
		if r.Dimension < 0 && behind <= *f.SE {
			r.Dimension = d
		}
	}
	if !r.Fits[r.Dimension].Converged {
		r.Warnings.warn("not-converged", "the fit of dimension %d was stopped after %d steps", r.Dimension, maxFitSteps)
	}
	if r.Dimension == len(r.Fits)-1 && r.Dimension > 0 {
		r.Warnings.warn("largest-dimension", "the largest dimension tried predicts best: a larger one may see more")
	}
}

// query is one query: who is right, and whose cell is held out.
type query struct {
	right []bool
	held  []int
	out   []bool
}

// cells samples queries and cells.
func (c *complete) cells(m *outcome.Matrix, o RouterOptions) []query {
	chosen := sample(m, nil, o.Queries, o.Seed, "router")
	list := make([]query, len(chosen))
	for k, x := range chosen {
		q := query{right: make([]bool, len(c.models)), out: make([]bool, len(c.models))}
		for i, model := range c.models {
			q.right[i] = m.Right(i, x.column)
			if prob.Keyed(o.Seed, "cell", x.name(), model) < o.HoldOut {
				q.held, q.out[i] = append(q.held, i), true
			}
		}
		list[k] = q
	}
	return list
}
