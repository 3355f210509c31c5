package dependence

import (
	"errors"
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Prediction is what a law of dependence makes of β from single models and
// pairs of them, and the measured β in units of it. A ratio is null where the
// prediction or its bootstrap has nothing to divide by.
type Prediction struct {
	Beta  *float64 `json:"beta"`
	Log   *float64 `json:"log_beta,omitempty"` // natural logarithm, where beta itself underflows
	Ratio *float64 `json:"ratio"`              // measured β ÷ predicted
	Lower *float64 `json:"lower"`              // of the ratio: 5 % of the bootstrap's replicates are below
	Upper *float64 `json:"upper"`              // 5 % are above

	StandardError *float64 `json:"standard_error,omitempty"` // of beta, where it is an integral by random points
	Parameter     *float64 `json:"parameter,omitempty"`      // the law's own: a correlation, or Clayton's θ
	Reason        string   `json:"reason,omitempty"`         // why something is null
}

// Predictions of β, each from the wrong rates of the models and from pairs.
type Predictions struct {
	Independent         Prediction `json:"independent"`           // models fail independently
	SingleFactor        Prediction `json:"single_factor"`         // one normal factor, correlation the mean tetrachoric
	SingleFactorPearson Prediction `json:"single_factor_pearson"` // the same with the mean φ in its place, a habit that understates
	Gaussian            Prediction `json:"gaussian"`              // normal copula with the whole tetrachoric matrix
	Clayton             Prediction `json:"clayton"`               // Clayton's copula, θ from the mean pair

	// GaussianNearest is Gaussian with the nearest correlation matrix in place of
	// the clipped one, where the tetrachoric matrix belongs to no normal law: the
	// two repairs can predict very different β. Nil where none was needed, or for
	// more models than nearestModels.
	GaussianNearest *Prediction `json:"gaussian_nearest,omitempty"`
}

// nearestModels is up to how many models the nearest matrix is sought.
const nearestModels = 150

// The laws whose ratio is bootstrapped.
const (
	independent = iota
	singleFactor
	singleFactorPearson
	clayton
	laws
)

func (p *Predictions) of(law int) *Prediction {
	return [...]*Prediction{&p.Independent, &p.SingleFactor, &p.SingleFactorPearson, &p.Clayton}[law]
}

// logPredictions gives log β under each law, from counts and the tetrachoric
// correlations; NaN where a law has no parameter. Thresholds and models that
// are always wrong need no care: a factor of one. One that is never wrong makes
// every prediction 0, and β too.
func logPredictions(c *counts, tet []float64) (logs [laws]float64, parameter [laws]float64) {
	rates := c.rates()
	thresholds := make([]float64, c.models)
	everyone := make([]int, c.models)
	var log float64
	for i, p := range rates {
		thresholds[i], everyone[i] = prob.NormalQuantile(p), i
		log += math.Log(p)
	}
	logs[independent], parameter[independent] = log, math.NaN()
	factor := func(rho float64) float64 {
		if rho != rho {
			return math.NaN()
		}
		return prob.SingleFactorAllWrong(thresholds, min(max(rho, 0), 1))
	}
	parameter[singleFactor] = meanOf(tet, everyone, c.models)
	parameter[singleFactorPearson] = meanPhi(c)
	logs[singleFactor] = factor(parameter[singleFactor])
	logs[singleFactorPearson] = factor(parameter[singleFactorPearson])
	theta, _ := prob.ClaytonTheta(rates, excess(c).Mean) // out of range: the end that is nearest
	parameter[clayton] = theta
	logs[clayton] = prob.ClaytonAllWrong(rates, theta)
	return logs, parameter
}

// meanPhi is the mean φ over the pairs for which it is defined; NaN when none is.
func meanPhi(c *counts) float64 {
	sum, n := 0.0, 0
	for i := range c.models {
		if c.constant(i) {
			continue
		}
		a := c.wrong(i)
		for j := i + 1; j < c.models; j++ {
			if !c.constant(j) {
				sum += phi(c.n, a, c.wrong(j), c.both(i, j))
				n++
			}
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

// predict fills in what every law but the bootstrap knows.
func predict(c *counts, beta float64, tet []float64) Predictions {
	var out Predictions
	logs, parameter := logPredictions(c, tet)
	for law := range laws {
		p := out.of(law)
		p.state(logs[law], beta)
		if x := parameter[law]; !math.IsNaN(x) && !math.IsInf(x, 0) {
			p.Parameter = ptr(x)
		}
	}
	return out
}

// state notes a prediction by its logarithm.
func (p *Prediction) state(log, beta float64) {
	switch {
	case math.IsNaN(log):
		p.Reason = "no pair of models has a correlation"
	case math.IsInf(log, -1):
		p.Beta, p.Reason = ptr(0.0), "a model is never wrong, so nothing is predicted and nothing was measured"
	default:
		p.Beta = ptr(math.Exp(log))
		if *p.Beta < 1e-300 {
			p.Log = ptr(log)
		}
		if r := math.Exp(math.Log(beta) - log); !math.IsInf(r, 0) {
			p.Ratio = ptr(r)
		} else {
			p.Reason = "the prediction is too small to divide by"
		}
	}
}

// gaussian predicts with the whole matrix of tetrachoric correlations.
func (a *analysis) gaussian() error {
	c, p := a.counts, &a.result.Predicted
	var keep []int
	for i := range c.models {
		if c.wrong(i) == 0 {
			p.Gaussian.state(math.Inf(-1), a.result.Beta)
			return nil
		}
		if !c.constant(i) {
			keep = append(keep, i) // one that is always wrong changes nothing
		}
	}
	if len(keep) == 0 {
		p.Gaussian.state(0, a.result.Beta)
		return nil
	}
	thresholds, matrix := make([]float64, len(keep)), make([][]float64, len(keep))
	for x, i := range keep {
		thresholds[x] = prob.NormalQuantile(c.wrong(i) / c.n)
		matrix[x] = make([]float64, len(keep))
		for y, j := range keep {
			matrix[x][y] = a.tet[outcome.PairIndex(min(i, j), max(i, j), c.models)]
		}
	}
	clipped := prob.ClipCorrelation(matrix, prob.ClipFloor)
	if err := a.orthant(&p.Gaussian, thresholds, clipped.Matrix); err != nil || clipped.Clipped == 0 {
		return err
	}
	a.warn("indefinite", "The %d tetrachoric correlations belong to no one normal law (%d eigenvalues of their matrix are below %g); they are clipped, as published analyses do it, for the full Gaussian prediction.",
		len(keep)*(len(keep)-1)/2, clipped.Clipped, prob.ClipFloor)
	if len(keep) > nearestModels {
		return nil
	}
	p.GaussianNearest = &Prediction{}
	return a.orthant(p.GaussianNearest, thresholds, prob.NearestCorrelation(matrix, prob.ClipFloor).Matrix)
}

// orthant integrates one normal law.
func (a *analysis) orthant(p *Prediction, thresholds []float64, correlation [][]float64) error {
	e, err := prob.Orthant(a.ctx, thresholds, correlation, prob.OrthantOptions{Seed: a.Seed})
	if errors.Is(err, prob.ErrNotPositiveDefinite) {
		p.Reason = "the repaired correlation matrix is still singular"
		return nil
	}
	if err != nil {
		return err
	}
	if p.state(e.Log, a.result.Beta); p.Beta != nil {
		p.StandardError = ptr(e.StandardError)
	}
	if p.Ratio != nil {
		p.Reason = "the ratio has no interval: every resampled set would need an integral of its own"
	}
	return nil
}
