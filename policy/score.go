package policy

import (
	"cmp"
	"math"
	"slices"
)

// baseline scores the single best as chosen on what policies learn from.
func (b *bench) baseline(parts []*part) {
	all := b.newPart(b.everything(), nil)
	s := &b.result.SingleBest
	s.Model, s.InSample = b.models[all.single], all.accuracy[all.single]
	value, cost, chosen := make([]float64, len(b.ids)), make([]float64, len(b.ids)), make([]float64, len(b.models))
	for _, p := range parts {
		chosen[p.single] += 1 / float64(len(parts))
		for _, q := range p.test {
			value[q] += b.right[p.single][q]
			cost[q] += b.price(p.single, q)
		}
	}
	b.perDivision(value, cost)
	s.HeldOut, s.CostUSD, s.Chosen = mean(value), known(mean(cost)), b.shares(chosen)
	s.PerQuery = b.byColumn(value)
}

func (b *bench) everything() []int {
	all := make([]int, len(b.ids))
	for q := range all {
		all[q] = q
	}
	return all
}

// perDivision turns sums over divisions into means. Dividing once at the end keeps
// means of whole numbers exact.
func (b *bench) perDivision(sums ...[]float64) {
	for _, list := range sums {
		for q := range list {
			list[q] /= float64(b.Repeats)
		}
	}
}

// oracle asks the cheapest model that is right, and the cheapest of all where none is.
func (b *bench) oracle() {
	cost := 0.0
	for q, ceiling := range b.covered() {
		least := math.Inf(1)
		for i := range b.models {
			if x := b.price(i, q); x != x {
				cost = math.NaN() // a model without a known cost may be the cheapest
			} else if b.right[i][q] == ceiling {
				least = min(least, x)
			}
		}
		cost += least
	}
	o := &b.result.Oracle
	o.Accuracy, o.CostUSD = mean(b.covered()), known(cost/float64(len(b.ids)))
	m := b.moments(minus(b.covered(), b.held()), nil)
	m.widen = widening(b.result.Folds)
	o.Gain = m.estimate(b.Options.Confidence)
}

// covered is 1 where some model is right.
func (b *bench) covered() []float64 {
	out := make([]float64, len(b.ids))
	for _, row := range b.right {
		for q, x := range row {
			out[q] = max(out[q], x)
		}
	}
	return out
}

// held is the held-out value of the single best by place.
func (b *bench) held() []float64 {
	out := make([]float64, len(b.columns))
	for q, c := range b.columns {
		out[q] = b.result.SingleBest.PerQuery[c]
	}
	return out
}

// summed is what a policy did on all parts, by place: means over divisions.
type summed struct{ value, cost, control, controlCost, asked []float64 }

// policy sums up what a policy did on all parts.
func (b *bench) policy(m *method, parts []*part, sheets [][]sheet, k, of int) Policy {
	p := Policy{Name: m.name, Kind: m.kind, Bound: m.bound}
	s := b.sum(&p, parts, sheets, k)
	single := b.held()
	p.Accuracy, p.CostUSD, p.Asked = mean(s.value), known(mean(s.cost)), b.shares(s.asked)
	moments := b.moments(minus(s.value, single), minus(b.covered(), single))
	moments.widen = widening(b.result.Folds)
	p.Gain = moments.estimate(b.Options.Confidence)
	together := moments.estimate(1 - (1-b.Options.Confidence)/float64(of))
	p.Together = Interval{together.Lower, together.Upper}
	if moments.g > 0 {
		share := moments.d / moments.g
		p.Captured, p.CapturedLimits = &share, moments.ratio(b.Options.Confidence)
	}
	if c := b.Certificate; c != nil && c.Upper > 0 {
		share := p.Gain.Point / c.Upper
		p.CapturedOfUpper = &share
	}
	if m.kind != Vote {
		over := b.moments(minus(s.value, s.control), nil)
		over.widen = moments.widen
		p.Control = &Control{Accuracy: mean(s.control), CostUSD: known(mean(s.controlCost)), Over: over.estimate(b.Options.Confidence)}
	}
	if p.PerQuery = b.byColumn(s.value); p.CostUSD != nil {
		p.Costs = b.byColumn(s.cost)
	}
	return p
}

// sum adds a policy's acts up; ties and beliefs go to p.
func (b *bench) sum(p *Policy, parts []*part, sheets [][]sheet, k int) summed {
	n := len(b.ids)
	s := summed{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, len(b.models))}
	w := 1 / float64(b.Repeats*n)
	for at, part := range parts {
		sheet := sheets[at][k]
		for t, q := range part.test {
			a := sheet.acts[t]
			s.value[q] += a.value
			s.cost[q] += a.cost
			s.control[q] += a.control
			s.controlCost[q] += sheet.controlCost[t]
			if a.tied {
				p.Ties += w
			}
			if a.asked == nil && a.final >= 0 {
				s.asked[a.final] += w
			}
			for _, i := range a.asked {
				s.asked[i] += w
			}
			if a.believed != nil && at < b.result.Folds { // of the first division
				p.believe(b, a.believed, q)
			}
		}
	}
	b.perDivision(s.value, s.cost, s.control, s.controlCost)
	return s
}

func (p *Policy) believe(b *bench, believed []float32, place int) {
	if p.Believed == nil {
		p.Believed = make([][]float64, len(b.models))
		for i := range p.Believed {
			p.Believed[i] = make([]float64, b.Attempts[0].Columns())
			for c := range p.Believed[i] {
				p.Believed[i][c] = math.NaN()
			}
		}
	}
	for i, x := range believed {
		p.Believed[i][b.columns[place]] = float64(x)
	}
}

// shares lists the models with a share, the largest first.
func (b *bench) shares(of []float64) []Share {
	out := []Share{}
	for i, x := range of {
		if x > 0 {
			out = append(out, Share{b.models[i], x})
		}
	}
	slices.SortStableFunc(out, func(x, y Share) int { return cmp.Compare(y.Share, x.Share) })
	return out
}

// byColumn gives values by column of the matrix, NaN where there is none.
func (b *bench) byColumn(values []float64) []float64 {
	out := make([]float64, b.Attempts[0].Columns())
	for c := range out {
		out[c] = math.NaN()
	}
	for q, c := range b.columns {
		out[c] = values[q]
	}
	return out
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func minus(x, y []float64) []float64 {
	out := make([]float64, len(x))
	for k := range x {
		out[k] = x[k] - y[k]
	}
	return out
}

func known(x float64) *float64 {
	if x != x {
		return nil
	}
	return &x
}
