package budget

import (
	"fmt"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// Options of Measure. A zero field means its default.
type Options struct {
	Prices     map[string]float64 // US dollars a query, by model; they go before the costs that answers state
	Incumbent  string             // the model in use, named before looking; "" takes the most accurate
	ValueUSD   float64            // of a right answer, in dollars; 0: not known
	Confidence float64            // of each statement, in (0, 1); 0.95
	Seed       uint64             // which queries choose the price of the bound

	Beliefs []Belief // routers, whose choices at every price are followed
}

// Belief is what a router holds of each model on each query: its chance to be
// right, NaN where it has no opinion.
type Belief struct {
	Name   string
	Chance [][]float64 // [model][column]
}

// Measure says what each dollar buys on the queries that every model answered.
// Costs are US dollars by model and column, NaN where an answer states none; nil
// when none does. Nothing is changed. The error is a *NoCosts when some model
// has neither a price nor an answer that states its cost.
func Measure(m *outcome.Matrix, costs [][]float64, o Options) (*Result, error) {
	f := &finding{Options: o, matrix: m, names: m.Models()}
	if err := f.prepare(); err != nil {
		return nil, err
	}
	if err := f.price(costs); err != nil {
		return nil, err
	}
	f.models()
	oracle := NewPath(Choices{f.value, f.cost, f.weight}).Frontier()
	f.result.Oracle, f.result.Corners = Thin(oracle, MaxCorners), len(oracle)
	f.mix()
	f.realise()
	if err := f.saving(oracle); err != nil {
		return nil, err
	}
	f.certify()
	return &f.result, f.vote()
}

// finding is one run of Measure.
type finding struct {
	Options
	matrix    *outcome.Matrix
	names     []string
	columns   []int       // complete ones
	value     [][]float64 // [model][place in columns]
	cost      [][]float64
	weight    []float64
	incumbent int
	result    Result
}

func (f *finding) prepare() error {
	if f.Confidence == 0 {
		f.Confidence = 0.95
	}
	if !(f.Confidence > 0 && f.Confidence < 1) {
		return fmt.Errorf("confidence %v is outside (0, 1)", f.Confidence)
	}
	if len(f.names) == 0 {
		return fmt.Errorf("no models")
	}
	if f.incumbent = slices.Index(f.names, f.Incumbent); f.Incumbent != "" && f.incumbent < 0 {
		return fmt.Errorf("incumbent %s is not among the %d models", outcome.Quote(f.Incumbent), len(f.names))
	}
	complete := f.matrix.Complete()
	for c := range f.matrix.Columns() {
		if complete.Has(c) {
			f.columns = append(f.columns, c)
			f.weight = append(f.weight, float64(f.matrix.Weight(c)))
		}
	}
	r := &f.result
	r.Queries, r.Confidence, r.Seed = f.matrix.Size(complete), f.Confidence, f.Seed
	r.Warnings, r.Envelope = []Warning{}, []Line{}
	if r.Queries == 0 {
		return fmt.Errorf("no query was answered by all %d models: leave out those that answered few", len(f.names))
	}
	for i := range f.names {
		row := make([]float64, len(f.columns))
		for at, c := range f.columns {
			if f.matrix.Right(i, c) {
				row[at] = 1
			}
		}
		f.value = append(f.value, row)
	}
	return nil
}

func (f *finding) models() {
	for i, name := range f.names {
		var right, cost sum
		for at, w := range f.weight {
			right.add(w * f.value[i][at])
			cost.add(w * f.cost[i][at])
		}
		n := float64(f.result.Queries)
		m := Model{Model: name, Accuracy: right.value() / n, CostUSD: cost.value() / n}
		if m.Accuracy > 0 {
			each := m.CostUSD / m.Accuracy
			m.PerRight = &each
		}
		f.result.Models = append(f.result.Models, m)
	}
}

// mix is the frontier of single models: one query, whose options are they.
func (f *finding) mix() {
	c := Choices{}
	for _, m := range f.result.Models {
		c.Value, c.Cost = append(c.Value, []float64{m.Accuracy}), append(c.Cost, []float64{m.CostUSD})
	}
	path := NewPath(c)
	f.result.Mix = path.Frontier()
	f.result.Models[path.start[0]].OnMix = true
	for _, s := range path.steps {
		f.result.Models[s.to].OnMix = true
	}
}

// realise follows the choices of each router, at every price, to what they get.
func (f *finding) realise() {
	f.result.Routers = []Realised{}
	for _, b := range f.Beliefs {
		c := Choices{Cost: f.cost, Weight: f.weight}
		complete := true
		for i := range f.names {
			row := make([]float64, len(f.columns))
			for at, column := range f.columns {
				row[at] = b.Chance[i][column]
				complete = complete && row[at] == row[at]
			}
			c.Value = append(c.Value, row)
		}
		if !complete {
			f.warn("router", "%s has no opinion on some queries: what it gets at other prices is not followed.", b.Name)
			continue
		}
		points := NewPath(c).Realised(f.value)
		r := Realised{Name: b.Name, Points: []Bought{}}
		for _, k := range spread(len(points), MaxCorners) {
			r.Points = append(r.Points, Bought{points[k].CostUSD, points[k].Accuracy})
		}
		f.result.Routers = append(f.result.Routers, r)
	}
}

func (f *finding) saving(oracle []Point) error {
	j := f.incumbent
	if j < 0 {
		j = 0
		for i, m := range f.result.Models {
			if best := f.result.Models[j]; m.Accuracy > best.Accuracy || m.Accuracy == best.Accuracy && m.CostUSD < best.CostUSD {
				j = i
			}
		}
	}
	over := f.result.Models[j]
	s := Saving{Over: over.Model, Accuracy: over.Accuracy, CostUSD: over.CostUSD}
	var ok bool
	if s.OracleUSD, s.Lambda, ok = CostOf(oracle, over.Accuracy); !ok {
		return fmt.Errorf("budget: no policy is as accurate as %s", over.Model) // cannot be: it is one itself
	}
	if s.OracleUSD = math.Min(s.OracleUSD, s.CostUSD); s.CostUSD > 0 {
		share := 1 - s.OracleUSD/s.CostUSD
		s.Share = &share
	}
	f.result.Saving = s
	return nil
}

// vote asks how many voters would pay for themselves: members as wrong, and as
// dependent, as these models are on average.
func (f *finding) vote() error {
	if f.ValueUSD == 0 || len(f.names) < 2 {
		return nil
	}
	if !(f.ValueUSD > 0) || math.IsInf(f.ValueUSD, 0) {
		return fmt.Errorf("value of a right answer %v: want a positive number of dollars", f.ValueUSD)
	}
	m, n := float64(len(f.names)), float64(f.result.Queries)
	var wrong, both, price float64
	for at, w := range f.weight {
		k := m
		for i := range f.names {
			k -= f.value[i][at]
		}
		wrong, both = wrong+w*k/m, both+w*k*(k-1)/(m*(m-1))
	}
	for _, x := range f.result.Models {
		price += x.CostUSD / m
	}
	alpha := wrong / n
	if alpha == 0 || alpha == 1 || price == 0 {
		f.warn("no-vote-size", "Models that are never or always wrong, or free, leave the size of a vote undefined.")
		return nil
	}
	t := prob.NormalQuantile(alpha)
	rho, err := prob.ImpliedRho([]float64{t, t}, math.Log(both/n))
	if err != nil || rho <= 0 || rho >= 1 {
		f.warn("no-vote-size", "The models fail together less often than independent ones, or always: no common correlation, no size of a vote.")
		return nil
	}
	size, err := NewVoteSize(alpha, rho, price/f.ValueUSD)
	if err != nil {
		return err
	}
	f.result.Vote = &size
	return nil
}

func (f *finding) warn(code, format string, a ...any) {
	f.result.Warnings = append(f.result.Warnings, Warning{code, fmt.Sprintf(format, a...)})
}
