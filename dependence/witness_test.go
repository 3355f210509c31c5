package dependence

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
	"github.com/allwrong/allwrong/simulate"
)

// witness is a simulated pool and what scripts/dependence_reference.py, a second
// implementation in NumPy and SciPy that shares no code with this package,
// makes of it. Pairs of numbers are an estimate and its standard error.
type witness struct {
	Name    string
	Law     simulate.Law
	Models  int
	Queries int
	Lowest  float64
	Highest float64
	Rho     float64
	Shock   float64
	Seed    uint64
	Want    struct {
		AllWrong int64 `json:"all_wrong"`
		Pairs    struct {
			Pearson, Tetrachoric, Kappa, Agreement Measure
			YuleQ                                  Measure    `json:"yule_q"`
			Boundary                               int        // tetrachorics of ±1
			CoFailure                              [3]float64 `json:"co_failure"` // mean, under independence, excess
			EffectiveModels                        float64    `json:"effective_models"`
		}
		PoolSize  [][2]float64 `json:"pool_size"` // k, mean β
		Extremes  [][3]int64   // k, fewest and most queries missed together
		Bounds    [2]float64
		Table     []float64
		Predicted map[string]float64 // ln β by law
		Theta     float64
		Implied   float64 `json:"implied_rho"`
		Gaussian  []float64
		Nearest   []float64 `json:"gaussian_nearest"`
		Atom      *struct {
			Omega, Rho, Statistic float64
			Without               float64 `json:"rho_without"`
		}
		Rescues struct {
			Best         int
			Expected, SD []float64
			Effective    float64 // independent draws that these are worth
		}
		Resampled map[string]struct{ Lower, Upper [2]float64 }
		Pools     []struct {
			K                    int
			Median, Lower, Upper [2]float64
		}
	}
}

func witnesses(t *testing.T) []witness {
	t.Helper()
	b, err := os.ReadFile("testdata/witness.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Cases []witness }
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Cases) < 11 {
		t.Fatalf("%d cases", len(doc.Cases))
	}
	return doc.Cases
}

func (w *witness) matrix(t *testing.T) *outcome.Matrix {
	t.Helper()
	m, err := simulate.Matrix(simulate.Options{Law: w.Law, Models: w.Models, Queries: w.Queries, Lowest: w.Lowest,
		Highest: w.Highest, Rho: w.Rho, Shock: w.Shock, Seed: w.Seed})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// detail has five families, and answers that hang on the numbers of model and query.
func (w *witness) detail() *outcome.Detail {
	d := &outcome.Detail{}
	for i := range w.Models {
		d.Families = append(d.Families, fmt.Sprint("family-", i%5))
		answers := make([]uint32, w.Queries)
		for q := range answers {
			answers[q] = uint32(1 + (i*i+3*q+i*q)%4)
		}
		d.Answers = append(d.Answers, answers)
	}
	return d
}

// checker compares with a tolerance, and says what was compared.
type checker struct {
	*testing.T
	name string
}

func (c checker) near(what string, got *float64, want, tolerance float64) {
	c.Helper()
	if got == nil {
		c.Errorf("%s: %s: null, want %v", c.name, what, want)
	} else if !(math.Abs(*got-want) <= tolerance) {
		c.Errorf("%s: %s: %.15g, want %.15g ± %.2g", c.name, what, *got, want, tolerance)
	}
}

func (c checker) measure(what string, got, want Measure, tolerance float64) {
	c.Helper()
	if got.Pairs != want.Pairs {
		c.Errorf("%s: %s: %d pairs, want %d", c.name, what, got.Pairs, want.Pairs)
	}
	c.near(what, got.Mean, *want.Mean, tolerance)
	c.near(what+" within families", got.Within, *want.Within, tolerance)
	c.near(what+" across families", got.Across, *want.Across, tolerance)
	c.near(what+", least", got.Least, *want.Least, tolerance)
	c.near(what+", most", got.Most, *want.Most, tolerance)
}

// TestWitness holds every estimator to the second implementation, on pools of
// the shapes, accuracies and correlations of arXiv:2606.27288.
func TestWitness(t *testing.T) {
	for _, w := range witnesses(t) {
		o := Options{Seed: 1, Replicates: 1, Pools: 1}
		if w.Want.Resampled != nil {
			o.Replicates, o.Pools = 600, 200
		}
		m := w.matrix(t)
		r, err := Predict(context.Background(), m, w.detail(), o)
		if err != nil {
			t.Fatal(err)
		}
		c := checker{t, w.Name}
		if r.AllWrong != w.Want.AllWrong {
			t.Errorf("%s: %d all wrong, want %d", w.Name, r.AllWrong, w.Want.AllWrong)
		}
		c.pairs(&w, r.Pairs)
		c.sizes(&w, r)
		c.predictions(&w, r)
		c.resampled(&w, r, o)
		c.bounds(&w, m, r)
		c.atom(&w, m)
	}
}

func (c checker) pairs(w *witness, got Pairs) {
	want := w.Want.Pairs
	c.measure("φ", got.Pearson, want.Pearson, 1e-13)
	c.measure("tetrachoric", got.Tetrachoric, want.Tetrachoric, 2e-12)
	c.measure("Q", got.YuleQ, want.YuleQ, 1e-13)
	c.measure("κ", got.Kappa, want.Kappa, 1e-13)
	c.measure("agreement", *got.Agreement, want.Agreement, 1e-13)
	if got.Tetrachoric.Boundary != want.Boundary {
		c.Errorf("%s: %d tetrachorics of ±1, want %d", c.name, got.Tetrachoric.Boundary, want.Boundary)
	}
	c.near("effective models", got.EffectiveModels, want.EffectiveModels, 1e-11)
	c.near("co-failure", &got.CoFailure.Mean, want.CoFailure[0], 1e-15)
	c.near("co-failure, independent", &got.CoFailure.Independent, want.CoFailure[1], 1e-15)
	c.near("co-failure, excess", &got.CoFailure.Excess, want.CoFailure[2], 1e-15)
}

func (c checker) sizes(w *witness, r *Result) {
	at := map[int]PoolSize{}
	for _, p := range r.PoolSize {
		at[p.K] = p
	}
	for _, x := range w.Want.PoolSize {
		p := at[int(x[0])]
		c.near(fmt.Sprintf("mean β of %v", x[0]), &p.Mean, x[1], 1e-14)
	}
	for _, x := range w.Want.Extremes {
		p := at[int(x[0])]
		n := float64(r.Queries)
		if !p.Exact || p.Best != float64(x[1])/n || p.Worst != float64(x[2])/n {
			c.Errorf("%s: pools of %d: %v to %v, exact %v; want %d and %d of %v", c.name, x[0], p.Best, p.Worst, p.Exact, x[1], x[2], n)
		}
	}
}

// predictions compares logarithms, that is relative errors.
func (c checker) predictions(w *witness, r *Result) {
	log := func(p Prediction) *float64 {
		if p.Beta == nil {
			return nil
		}
		return ptr(math.Log(*p.Beta))
	}
	p := r.Predicted
	for law, want := range w.Want.Predicted {
		got := map[string]Prediction{"independent": p.Independent, "single_factor": p.SingleFactor,
			"single_factor_pearson": p.SingleFactorPearson, "clayton": p.Clayton}[law]
		c.near("ln β, "+law, log(got), want, 2e-10)
		c.near("ratio, "+law, got.Ratio, r.Beta/math.Exp(want), 2e-10*r.Beta/math.Exp(want))
	}
	if w.Want.Predicted == nil { // a model is never wrong
		if p.SingleFactor.Beta == nil || *p.SingleFactor.Beta != 0 || p.SingleFactor.Ratio != nil {
			c.Errorf("%s: %+v, want 0 without a ratio", c.name, p.SingleFactor)
		}
		return
	}
	c.near("θ", p.Clayton.Parameter, w.Want.Theta, 1e-10)
	if w.Want.Implied != 0 {
		c.near("implied ρ", r.ImpliedRho, w.Want.Implied, 1e-11)
	}
	orthant := func(what string, got *Prediction, want []float64) {
		if (got == nil) != (want == nil) {
			c.Errorf("%s: %s: %v, want %v", c.name, what, got, want)
		} else if got != nil && got.StandardError != nil {
			c.near(what, got.Beta, want[0], 5*math.Hypot(*got.StandardError, want[1]))
			if got == &p.Gaussian && *got.StandardError > 1e-5 {
				c.Errorf("%s: %s: standard error %v, want 1e-5", c.name, what, *got.StandardError)
			}
		} else if got != nil {
			c.Errorf("%s: %s: no standard error", c.name, what)
		}
	}
	orthant("whole Gaussian", &p.Gaussian, w.Want.Gaussian)
	orthant("nearest Gaussian", p.GaussianNearest, w.Want.Nearest)
}

// resampled compares quantiles of draws with quantiles of other draws.
func (c checker) resampled(w *witness, r *Result, o Options) {
	p := r.Predicted
	for law, want := range w.Want.Resampled {
		got := map[string]Prediction{"independent": p.Independent, "single_factor": p.SingleFactor,
			"single_factor_pearson": p.SingleFactorPearson, "clayton": p.Clayton}[law]
		// β moves in steps of one query, so that quantiles jump: eight standard errors.
		wide := 8 * math.Sqrt(1+2000/float64(o.Replicates))
		c.near(law+", 5 %", got.Lower, want.Lower[0], wide*want.Lower[1])
		c.near(law+", 95 %", got.Upper, want.Upper[0], wide*want.Upper[1])
	}
	for _, want := range w.Want.Pools {
		for _, got := range r.PoolSize {
			if got.K != want.K {
				continue
			}
			wide := 5*math.Sqrt(1+1000/float64(o.Pools)) + 1e-9
			c.near(fmt.Sprintf("pools of %d, median", got.K), got.Median, want.Median[0], wide*want.Median[1]+1e-9)
			c.near(fmt.Sprintf("pools of %d, 5 %%", got.K), got.Low, want.Lower[0], wide*want.Lower[1]+1e-9)
			c.near(fmt.Sprintf("pools of %d, 95 %%", got.K), got.High, want.Upper[0], wide*want.Upper[1]+1e-9)
		}
	}
}

func (c checker) bounds(w *witness, m *outcome.Matrix, r *Result) {
	x := Explanation{Result: r}
	x.bounds(m)
	c.near("bounds, lower", &x.Bounds.Lower, w.Want.Bounds[0], 1e-9)
	c.near("bounds, upper", &x.Bounds.Upper, w.Want.Bounds[1], 1e-9)
	if w.Want.Table != nil {
		c.near("table, lower", &x.Bounds.Table.Lower, w.Want.Table[0], 1e-8)
		c.near("table, upper", &x.Bounds.Table.Upper, w.Want.Table[1], 1e-8)
	}
	if b := x.Bounds; r.Beta < b.Table.Lower-1e-9 || r.Beta > b.Table.Upper+1e-9 || b.Table.Upper > b.Upper+1e-9 || b.Table.Lower < b.Lower-1e-9 {
		c.Errorf("%s: β = %v, %+v: not inside one another", c.name, r.Beta, b)
	}
}

// atom compares the fit; its tolerances are a small part of the standard errors.
func (c checker) atom(w *witness, m *outcome.Matrix) {
	want := w.Want.Atom
	if want == nil {
		return
	}
	d, _, _ := newFailures(m)
	got := d.fit(0.4)
	deviation := math.Sqrt(float64(w.Want.AllWrong)) / float64(w.Queries)
	c.near("ω", &got.omega, want.Omega, 0.05*deviation)
	c.near("ρ", &got.rho, want.Rho, 0.002)
	c.near("ρ without ω", &got.without, want.Without, 0.002)
	c.near("statistic", &got.statistic, want.Statistic, 0.02)
}

// TestWitnessRescues compares fixed margins with draws by another algorithm.
func TestWitnessRescues(t *testing.T) {
	for _, w := range witnesses(t) {
		m, want := w.matrix(t), w.Want.Rescues
		r, err := Luck(context.Background(), m, LuckOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Best != m.Models()[want.Best] {
			t.Fatalf("%s: best %s, want %s", w.Name, r.Best, m.Models()[want.Best])
		}
		c := checker{t, w.Name}
		got := map[string]Rescue{}
		for _, x := range r.Rescues {
			got[x.Model] = x
		}
		for i, name := range m.Models() {
			if i == want.Best {
				continue
			}
			x := got[name]
			// Five and a half standard errors of both sides. Rare rescues are nearly Poisson's: kurtosis 3 + 1/λ.
			e := 5.5 * want.SD[i] * math.Sqrt(1/want.Effective+1/(float64(r.Draws)/4))
			c.near("rescues by "+name, &x.Expected, want.Expected[i], e+1e-9)
			rare := math.Sqrt(0.5 + 0.25/max(want.Expected[i], 1e-9))
			c.near("sd of rescues by "+name, &x.SD, want.SD[i], min(e*rare, 1)+1e-9)
		}
	}
}

// headline is the pool of 67 models and 330 queries on which times are taken.
func headline(b *testing.B) *outcome.Matrix {
	b.Helper()
	m, err := simulate.Matrix(simulate.Options{Law: simulate.CommonShock, Models: 67, Queries: 330, Lowest: 0.45, Highest: 0.94, Rho: 0.55, Shock: 0.03, Seed: 66})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkPredict is the work that scripts/bench_dependence.py does in NumPy and SciPy.
func BenchmarkPredict(b *testing.B) {
	m := headline(b)
	for b.Loop() {
		if _, err := Predict(context.Background(), m, nil, Options{Seed: 1, Replicates: 2000, Pools: 200}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTetrachorics solves all 2,211 pairs, with and without a solution nearby.
func BenchmarkTetrachorics(b *testing.B) {
	a := &analysis{matrix: headline(b).Merge(), n: 330}
	a.count()
	solved := tetrachorics(a.counts, nil, nil)
	for name, start := range map[string][]float64{"cold": nil, "warm": solved} {
		b.Run(name, func(b *testing.B) {
			var out []float64
			for b.Loop() {
				out = tetrachorics(a.counts, start, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2211, "ns/pair")
		})
	}
}

// BenchmarkGaussian is the whole-Gaussian prediction with its standard error, its matrix repaired by clipping.
func BenchmarkGaussian(b *testing.B) {
	a := &analysis{ctx: context.Background(), matrix: headline(b).Merge(), n: 330}
	a.count()
	tet := tetrachorics(a.counts, nil, nil)
	thresholds, matrix := make([]float64, 67), make([][]float64, 67)
	for i, p := range a.counts.rates() {
		thresholds[i] = prob.NormalQuantile(p)
		for j := range 67 {
			matrix[i] = append(matrix[i], tet[outcome.PairIndex(min(i, j), max(i, j), 67)])
		}
	}
	var p Prediction
	for b.Loop() {
		if err := a.orthant(&p, thresholds, prob.ClipCorrelation(matrix, prob.ClipFloor).Matrix); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1e6**p.StandardError, "se·1e6")
}
