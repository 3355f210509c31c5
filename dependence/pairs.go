package dependence

import (
	"math"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// counts is all that pairwise measures know of a matrix: how often each model,
// and each pair of models, was wrong.
type counts struct {
	models int
	n      float64 // queries
	joint  []int64 // by outcome.PairIndex; a model with itself: its own wrong answers
}

func (c *counts) wrong(i int) float64 { return float64(c.joint[outcome.PairIndex(i, i, c.models)]) }

func (c *counts) both(i, j int) float64 {
	return float64(c.joint[outcome.PairIndex(min(i, j), max(i, j), c.models)])
}

// constant reports whether a model is always right or always wrong: its
// correlation with any other is not defined.
func (c *counts) constant(i int) bool { return c.wrong(i) == 0 || c.wrong(i) == c.n }

// rates gives the wrong rates of all models.
func (c *counts) rates() []float64 {
	out := make([]float64, c.models)
	for i := range out {
		out[i] = c.wrong(i) / c.n
	}
	return out
}

// Measure sums up one pairwise measure of the models' errors. A mean over no
// pair at all is null.
type Measure struct {
	Mean      *float64 `json:"mean"`
	Within    *float64 `json:"within_family"` // pairs whose models share a family
	Across    *float64 `json:"across_family"` // pairs of different families
	Least     *float64 `json:"least"`
	Most      *float64 `json:"most"`
	Pairs     int      `json:"pairs"`
	Undefined int      `json:"undefined,omitempty"` // pairs left out, a model of which is always right or always wrong
	Boundary  int      `json:"boundary,omitempty"`  // pairs at ±1 for want of a count in some cell of their table
}

// Pairs holds the pairwise measures of errors, that is of "wrong" as 1 and
// "right" as 0.
type Pairs struct {
	Pearson     Measure  `json:"pearson"`     // φ
	Tetrachoric Measure  `json:"tetrachoric"` // correlation of the latent normal pair (Pearson 1900), to 1e-12
	YuleQ       Measure  `json:"yule_q"`      // (ad − bc)/(ad + bc) (Yule 1900)
	Kappa       Measure  `json:"kappa"`       // agreement of verdicts beyond chance (Cohen 1960)
	Agreement   *Measure `json:"agreement"`   // share of queries both miss with one and the same answer; nil without answers

	EffectiveModels *float64 `json:"effective_models"` // m/(1+(m−1)ρ̄), ρ̄ the mean φ: a transform of ρ̄, no count of independent models
	CoFailure       Excess   `json:"co_failure"`
}

// Excess is the mean pairwise co-failure over all pairs of models, and what of
// it is in excess of independence. The excess follows from how often each query
// and each model fails alone: [m·Var_q(f) + Var_i(p) − f̄(1−f̄)]/(m−1), f the share
// of models wrong on a query, p the rates of the models (the variance ratio of
// Schluter 1984; KR-20 of Kuder and Richardson 1937 is the same number in
// another dress). It says that queries differ in difficulty, and nothing of which models fail together.
type Excess struct {
	Mean        float64 `json:"mean"`
	Independent float64 `json:"independent"`
	Excess      float64 `json:"excess"`
}

// tally collects one measure over pairs.
type tally struct {
	sum, within, across    float64
	n, nWithin, nAcross    int
	least, most            float64
	undefined, atTheBorder int
}

func (t *tally) add(x float64, same, differ bool) {
	if t.n == 0 {
		t.least, t.most = x, x
	}
	t.least, t.most = min(t.least, x), max(t.most, x)
	t.sum += x
	t.n++
	if same {
		t.within += x
		t.nWithin++
	} else if differ {
		t.across += x
		t.nAcross++
	}
}

func (t *tally) measure() Measure {
	mean := func(sum float64, n int) *float64 {
		if n == 0 {
			return nil
		}
		return ptr(sum / float64(n))
	}
	m := Measure{Mean: mean(t.sum, t.n), Within: mean(t.within, t.nWithin), Across: mean(t.across, t.nAcross),
		Pairs: t.n, Undefined: t.undefined, Boundary: t.atTheBorder}
	if t.n > 0 {
		m.Least, m.Most = ptr(t.least), ptr(t.most)
	}
	return m
}

// phi is Pearson's correlation of two indicators.
func phi(n, a, b, both float64) float64 {
	return (n*both - a*b) / math.Sqrt(a*(n-a)*b*(n-b))
}

// pairs computes every pairwise measure. Tet receives the tetrachoric
// correlations by outcome.PairIndex, NaN where they are not defined.
func pairs(c *counts, families []string, tet []float64) Pairs {
	var pearson, tetrachoric, yule, kappa tally
	for i := range c.models {
		for j := i + 1; j < c.models; j++ {
			same := families[i] != "" && families[i] == families[j]
			differ := families[i] != "" && families[j] != "" && families[i] != families[j]
			a, b, both := c.wrong(i), c.wrong(j), c.both(i, j)
			if c.constant(i) || c.constant(j) {
				pearson.undefined++
				tetrachoric.undefined++
			} else {
				pearson.add(phi(c.n, a, b, both), same, differ)
				r := tet[outcome.PairIndex(i, j, c.models)]
				if tetrachoric.add(r, same, differ); r == 1 || r == -1 {
					tetrachoric.atTheBorder++
				}
			}
			neither, onlyA, onlyB := c.n-a-b+both, a-both, b-both
			if q := both*neither + onlyA*onlyB; q > 0 {
				yule.add((both*neither-onlyA*onlyB)/q, same, differ)
			} else {
				yule.undefined++
			}
			if chance := (a*b + (c.n-a)*(c.n-b)) / c.n; chance < c.n {
				kappa.add((both+neither-chance)/(c.n-chance), same, differ)
			} else {
				kappa.undefined++
			}
		}
	}
	out := Pairs{Pearson: pearson.measure(), Tetrachoric: tetrachoric.measure(), YuleQ: yule.measure(), Kappa: kappa.measure()}
	if r := out.Pearson.Mean; r != nil {
		if d := 1 + float64(c.models-1)**r; d > 1e-12 {
			out.EffectiveModels = ptr(float64(c.models) / d)
		}
	}
	out.CoFailure = excess(c)
	return out
}

// excess needs the margins of the models and the mean pair only.
func excess(c *counts) Excess {
	m := float64(c.models)
	var joint, sum, squares float64
	for i := range c.models {
		p := c.wrong(i) / c.n
		sum += p
		squares += p * p
		for j := i + 1; j < c.models; j++ {
			joint += c.both(i, j)
		}
	}
	all := m * (m - 1) / 2
	e := Excess{Mean: joint / c.n / all, Independent: (sum*sum - squares) / 2 / all}
	e.Excess = e.Mean - e.Independent
	return e
}

// tetrachorics solves every pair; NaN where a model is constant. Start, where
// it is not nil, holds nearby solutions. Thresholds are those of the rates.
func tetrachorics(c *counts, start, out []float64) []float64 {
	n := c.models * (c.models + 1) / 2
	if cap(out) < n {
		out = make([]float64, n)
	}
	out = out[:n]
	t := make([]float64, c.models)
	for i := range t {
		t[i] = prob.Threshold(int64(c.wrong(i)), int64(c.n))
	}
	for i := range c.models {
		out[outcome.PairIndex(i, i, c.models)] = 1
		for j := i + 1; j < c.models; j++ {
			at := outcome.PairIndex(i, j, c.models)
			if c.constant(i) || c.constant(j) {
				out[at] = math.NaN()
				continue
			}
			from := math.NaN() // none
			if start != nil {
				from = start[at]
			}
			out[at] = tetrachoric(c, i, j, t[i], t[j], from)
		}
	}
	return out
}

// meanOf averages over the pairs of these models, leaving out what is not
// defined; NaN when nothing is.
func meanOf(pairs []float64, models []int, of int) float64 {
	sum, n := 0.0, 0
	for a, i := range models {
		for _, j := range models[a+1:] {
			if x := pairs[outcome.PairIndex(min(i, j), max(i, j), of)]; x == x {
				sum += x
				n++
			}
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}
