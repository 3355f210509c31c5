package certify

import (
	"fmt"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Certify bounds the gain of any selection policy over the pool of a matrix.
// Further matrices are further attempts of the same models at the same queries,
// in order. Nothing is changed. The error is a *UsageError when the options make
// no sense, and says what to do when the data do not suffice: fewer than two
// models, no query that every model answered.
func Certify(o Options, attempts ...*outcome.Matrix) (Certificate, error) {
	m := attempts[0]
	o, incumbent, err := prepare(m.Models(), o)
	if err != nil {
		return Certificate{}, err
	}
	mask := m.Complete()
	counts := m.Count(mask)
	b, mix, err := choose(o, attempts, mask, counts, incumbent)
	if err != nil {
		return Certificate{}, err
	}
	c, err := b.certificate(m.Models(), o)
	if err != nil {
		return Certificate{}, err
	}
	c.Weighted = mix
	c.Missing = lookAtMissing(m, o, mask, counts, incumbent)
	c.Fragile = findFragile(m, mask, counts.Queries)
	c.Audited = findAudited(m, mask, o.Audited)
	c.Guessing = lookAtGuessing(m, mask)
	c.PerModel = perModel(m, counts)
	c.Repeats = lookAtRepeats(attempts, o)
	if o.Slice != "" && len(o.Weights) == 0 {
		if c.Slices, err = bySlice(m, o, mask, incumbent); err != nil {
			return Certificate{}, err
		}
	}
	c.footnotes(m, o, len(attempts))
	return c, nil
}

// choose finds the counts, the points and the limits that answer the question asked.
func choose(o Options, attempts []*outcome.Matrix, mask outcome.Mask, counts outcome.Counts, incumbent int) (b base, mix *Weighted, err error) {
	m := attempts[0]
	if o.Attempts == AttemptsAll {
		b, err = freshDraws(attempts, o, incumbent)
		return b, nil, err
	}
	if counts.Queries == 0 && o.Missing == Complete {
		return base{}, nil, noComplete(m)
	}
	switch {
	case o.Method == Scores:
		b, err = meansOf(m, o, mask, incumbent)
	case len(o.Weights) > 0:
		return toMix(m, o, mask, incumbent)
	case o.Missing == Bounds:
		b, err = anyCompletion(m, o, incumbent)
	default:
		b, err = completeCases(m, o, mask, incumbent)
	}
	return b, nil, err
}

// prepare checks the request against the pool and finds the incumbent's number, -1 for none.
func prepare(models []string, o Options) (Options, int, error) {
	o, err := o.withDefaults()
	if err != nil {
		return o, -1, err
	}
	if len(models) < 2 {
		return o, -1, fmt.Errorf("%d model: a certificate needs at least two; with fewer there is nothing to choose between", len(models))
	}
	if o.Incumbent == "" {
		return o, -1, nil
	}
	if i := slices.Index(models, o.Incumbent); i >= 0 {
		return o, i, nil
	}
	return o, -1, usage("incumbent: no model is named %s; the %d read are %s",
		outcome.Quote(o.Incumbent), len(models), list(models, 8))
}

func list(names []string, most int) string {
	s := ""
	for i, n := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", s, len(names)-most)
		}
		if i > 0 {
			s += ", "
		}
		s += n
	}
	return s
}

// completeCases takes the queries of the mask, all of them answered by every model.
func completeCases(m *outcome.Matrix, o Options, mask outcome.Mask, incumbent int) (base, error) {
	counts := m.Count(mask)
	law, err := drawn(counts.Queries, o.Population)
	if err != nil {
		return base{}, err
	}
	ev := fromCounts(counts, law, incumbent).asked(o)
	over := counts.Best()
	if ev.alone {
		over = incumbent
	}
	if o.Population == 0 {
		if held, picked, ok := holdOut(len(m.Models()), m.Patterns(mask), o); ok {
			ev.held = &held
			if o.Method == Split {
				over = picked
			}
		}
	}
	if o.Method != Scores && m.Scores(0) != nil && o.Population == 0 {
		scored, err := shortfalls(m, o, mask, -1)
		if err != nil {
			return base{}, err
		}
		ev.scored = &scored
	}
	b := fromCountsBase(counts, over)
	b.measure = ev
	return b, nil
}

// fromCountsBase takes points and kinds from complete queries.
func fromCountsBase(counts outcome.Counts, over int) base {
	n, best := float64(counts.Queries), counts.Best()
	return base{
		queries: counts.Queries, allWrong: counts.AllWrong, best: best, over: over,
		kinds: Kinds{AllRight: counts.AllRight, BestRight: counts.Right[over] - counts.AllRight,
			Resolvable: counts.Rescued(over), AllWrong: counts.AllWrong},
		betaPoint: ptr(float64(counts.AllWrong) / n),
		accuracy:  ptr(float64(counts.Right[best]) / n),
		gain:      ptr(float64(counts.Rescued(over)) / n),
	}
}

func perModel(m *outcome.Matrix, counts outcome.Counts) []ModelLine {
	lines := make([]ModelLine, len(m.Models()))
	for i, name := range m.Models() {
		lines[i] = ModelLine{Model: name, Right: counts.Right[i], Rescued: counts.Rescued(i)}
		if counts.Queries > 0 {
			lines[i].Accuracy = ptr(float64(counts.Right[i]) / float64(counts.Queries))
		}
		lines[i].Missing = lacks(m, i)
	}
	slices.SortStableFunc(lines, func(a, b ModelLine) int { return int(b.Right - a.Right) })
	return lines
}
