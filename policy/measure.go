package policy

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Measure scores policies. Nothing is changed. The error says what to do when the
// options make no sense or the data do not suffice: fewer than two models, no
// query that every model answered, only one independent query.
func Measure(ctx context.Context, d Data, o Options) (*Result, error) {
	b, err := newBench(ctx, d, o)
	if err != nil {
		return nil, err
	}
	stages := b.takeStages()
	methods, err := b.methods(stages)
	if err != nil {
		return nil, err
	}
	parts := b.parts()
	sheets, err := b.play(parts, methods)
	if err != nil {
		return nil, err
	}
	b.baseline(parts)
	b.oracle()
	for k, m := range methods {
		b.result.Policies = append(b.result.Policies, b.policy(m, parts, sheets, k, len(methods)))
	}
	b.curves(stages, parts)
	b.remarks()
	return &b.result, nil
}

// methods lists the policies that the data allow.
func (b *bench) methods(stages []*stage) ([]*method, error) {
	out := b.votes()
	cascades, err := b.cascades(stages)
	if err != nil {
		return nil, err
	}
	out = append(out, cascades...)
	keys, err := b.slices()
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		out = append(out, b.bySlice(key).policy())
	}
	if b.texts != nil {
		out = append(out,
			b.nearest("nearest texts", func(p *part) (train, test *rows) { return p.text().onlyWords() }).policy(),
			b.regression("regression on texts", func(p *part) (train, test *rows) { return p.text().train, p.text().test }).policy())
	}
	if b.vectors != nil {
		table := func(p *part) (train, test *rows) { return b.vectors.pick(p.train), b.vectors.pick(p.test) }
		out = append(out, b.nearest("nearest embeddings", table).policy(), b.regression("regression on embeddings", table).policy())
	}
	for _, c := range b.Own {
		out = append(out, b.own(c))
	}
	return out, nil
}

// repeatedQueries is about how many queries are scored in all, if not told
// otherwise: what hangs on the division becomes small as queries become many.
const repeatedQueries = 10_000

// parts are all divisions, repeat by repeat.
func (b *bench) parts() []*part {
	all := make([]int, len(b.columns))
	for q := range all {
		all[q] = q
	}
	if b.Repeats == 0 {
		b.Repeats = min(max(repeatedQueries/len(all), 1), 10)
	}
	var out []*part
	for r := range b.Repeats {
		folds := b.divide(all, b.Folds, "fold", byte(r))
		for f := range folds {
			out = append(out, b.newPart(without(folds, f), folds[f], byte(r), byte(f)))
		}
		b.result.Folds = len(folds)
	}
	b.result.Repeats = b.Repeats
	return out
}

// play lets every policy learn and act on every part, [part][policy].
func (b *bench) play(parts []*part, methods []*method) ([][]sheet, error) {
	out := make([][]sheet, len(parts))
	var wg sync.WaitGroup
	var mu sync.Mutex
	next, done := 0, 0
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		wg.Go(func() {
			for {
				mu.Lock()
				at := next
				next++
				mu.Unlock()
				if at >= len(parts) || b.ctx.Err() != nil {
					return
				}
				p := parts[at]
				for _, m := range methods {
					if b.ctx.Err() != nil {
						return
					}
					out[at] = append(out[at], m.play(p))
				}
				p.inner, p.fitted = nil, nil // they hold texts
				mu.Lock()
				if done++; b.Progress != nil {
					b.Progress(done, len(parts))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return out, b.ctx.Err()
}

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
	o.Gain = b.moments(minus(b.covered(), b.held()), nil).estimate(b.Options.Confidence)
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

// policy sums up what a policy did on all parts.
func (b *bench) policy(m *method, parts []*part, sheets [][]sheet, k, of int) Policy {
	n := len(b.ids)
	value, cost, control, controlCost := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	asked := make([]float64, len(b.models))
	p := Policy{Name: m.name, Kind: m.kind, Bound: m.bound}
	w := 1 / float64(b.Repeats)
	for at, part := range parts {
		s := sheets[at][k]
		for t, q := range part.test {
			a := s.acts[t]
			value[q] += a.value
			cost[q] += a.cost
			control[q] += a.control
			controlCost[q] += s.controlCost[t]
			if a.tied {
				p.Ties += w / float64(n)
			}
			if a.asked == nil && a.final >= 0 {
				asked[a.final] += w / float64(n)
			}
			for _, i := range a.asked {
				asked[i] += w / float64(n)
			}
			if a.believed != nil && at < b.result.Folds {
				p.believe(b, a.believed, q)
			}
		}
	}
	b.perDivision(value, cost, control, controlCost)
	single := b.held()
	p.Accuracy, p.CostUSD, p.Asked = mean(value), known(mean(cost)), b.shares(asked)
	moments := b.moments(minus(value, single), minus(b.covered(), single))
	p.Gain = moments.estimate(b.Options.Confidence)
	together := moments.estimate(1 - (1-b.Options.Confidence)/float64(of))
	p.Together = Interval{together.Lower, together.Upper}
	if moments.g > 0 {
		share := moments.d / moments.g
		p.Captured = &share
		p.CapturedLimits = moments.ratio(b.Options.Confidence)
	}
	if c := b.Certificate; c != nil && c.Upper > 0 {
		share := p.Gain.Point / c.Upper
		p.CapturedOfUpper = &share
	}
	if m.kind != Vote {
		p.Control = &Control{Accuracy: mean(control), CostUSD: known(mean(controlCost)), Over: b.moments(minus(value, control), nil).estimate(b.Options.Confidence)}
	}
	if p.PerQuery = b.byColumn(value); p.CostUSD != nil {
		p.Costs = b.byColumn(cost)
	}
	return p
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

// curves are those of cascades of two: the ones named, or the one that is most
// often right on all queries.
func (b *bench) curves(stages []*stage, parts []*part) {
	var pairs [][]int
	for _, names := range b.Options.Cascades {
		if len(names) == 2 {
			pairs = append(pairs, []int{slices.Index(b.models, names[0]), slices.Index(b.models, names[1])})
		}
	}
	if len(b.Options.Cascades) == 0 {
		all := b.newPart(b.everything(), nil)
		if c := all.longer(stages, chain{models: []int{all.single}}); len(c.models) == 2 {
			pairs = append(pairs, c.models)
		}
	}
	for _, x := range pairs {
		c := b.curve(b.models[x[0]]+" → "+b.models[x[1]], stages, x[0], x[1])
		b.heldOut(&c, parts, stages, x[0], x[1])
		b.result.Cascades = append(b.result.Cascades, c)
	}
}

// fewUnits is up to how many independent queries the table says little.
const fewUnits = 100

// remarks are what the table as a whole must be read with.
func (b *bench) remarks() {
	if u := b.result.Units; u < fewUnits {
		b.warn("few-queries", "%d independent queries: what a policy can learn from them, and what they say of it, is little.", u)
	}
	k := 0
	for _, p := range b.result.Policies {
		if p.Bound != AtMost {
			k++
		}
	}
	if k > 1 {
		b.warn("many-policies", "%d policies are compared. Each interval is about one of them; the best-looking one is partly lucky. Where the limits for all of them together lie above 0, luck is no explanation.", k)
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
