package policy

import (
	"context"
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
	if !d.Attempts[0].Single() {
		b.forget()
	}
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
