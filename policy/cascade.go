package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// stage is a model that can be asked with others to follow: what it answers, how
// sure it is of it, and what that costs.
type stage struct {
	value, confidence, cost []float64 // [place]; confidence −Inf where it is not known
	tied                    []bool
}

// takeStages finds the models that know how sure they are.
func (b *bench) takeStages() []*stage {
	out := make([]*stage, len(b.models))
	some := false
	for i := range b.models {
		if b.Data.Confidence != nil {
			out[i] = b.stated(i)
		} else if len(b.answers) > 1 {
			out[i] = b.agreement(i)
		}
		some = some || out[i] != nil
	}
	if !some {
		b.warn("no-confidence", "No model says how sure it is, or was asked more than once: there are no cascades.")
	}
	return out
}

// stated takes the confidence of a model as given.
func (b *bench) stated(model int) *stage {
	s := &stage{value: b.right[model], tied: make([]bool, len(b.ids))}
	known := 0
	for q, id := range b.ids {
		c, ok := b.Data.Confidence(id, b.models[model])
		if !ok || math.IsNaN(c) {
			c = math.Inf(-1)
		} else {
			known++
		}
		s.confidence, s.cost = append(s.confidence, c), append(s.cost, b.price(model, q))
	}
	if known == 0 {
		return nil
	}
	if known < len(b.ids) {
		b.warn("few-confidences", "%s says how sure it is on %d of %d queries: the others it hands on first.", b.models[model], known, len(b.ids))
	}
	return s
}

// agreement of a model's attempts: the answer is the most frequent one, the
// confidence its share of all attempts. An attempt without an answer counts in the
// denominator: one answer out of five is no certainty.
func (b *bench) agreement(model int) *stage {
	s := &stage{}
	several := false
	var t tally
	for q, column := range b.columns {
		attempts, cost := 0.0, 0.0
		t = t[:0]
		for a, m := range b.Attempts[:len(b.answers)] {
			if !m.Observed(model, column) {
				continue
			}
			if attempts++; b.cost == nil || a >= len(b.cost) {
				cost = math.NaN()
			} else {
				cost += b.cost[a][model][q]
			}
			if b.abstains(a, model, q) {
				continue
			}
			right := 0.0
			if m.Right(model, column) {
				right = 1
			}
			t.cast(b.answers[a][model][q], 1, right)
		}
		top := 0.0
		for _, g := range t {
			top = max(top, g.weight)
		}
		value, tied := t.value()
		s.value, s.tied = append(s.value, value), append(s.tied, tied)
		s.confidence, s.cost = append(s.confidence, top/attempts), append(s.cost, cost)
		several = several || attempts > 1
	}
	if !several {
		return nil
	}
	return s
}

// chain is a cascade as learnt: model k is asked after the ones before it, and its
// answer is taken when its confidence reaches the threshold; the last one's always.
type chain struct {
	models     []int
	thresholds []float64
}

// cascades are the policies that ask one model after another.
func (b *bench) cascades(stages []*stage) ([]*method, error) {
	var out []*method
	for _, names := range b.Options.Cascades {
		var models []int
		for k, name := range names {
			i := slices.Index(b.models, name)
			if models = append(models, i); k < len(names)-1 && stages[i] == nil {
				return nil, fmt.Errorf("cascade: nothing says how sure %s is: give its confidence, or several attempts with their answers", name)
			}
		}
		out = append(out, b.cascade(strings.Join(names, " → "), stages, func(p *part) chain {
			return p.thresholds(stages, models)
		}))
	}
	known := 0
	for _, s := range stages {
		if s != nil {
			known++
		}
	}
	if len(b.Options.Cascades) == 0 && known > 0 {
		out = append(out, b.cascade("cascade of two", stages, func(p *part) chain { return p.longer(stages, chain{models: []int{p.single}}) }))
		if known > 1 {
			out = append(out, b.cascade("cascade of three", stages, func(p *part) chain {
				return p.longer(stages, p.longer(stages, chain{models: []int{p.single}}))
			}))
		}
	}
	if b.Data.Confidence != nil && known > 1 {
		out = append(out, b.deferral(stages))
	}
	return out, nil
}

func (b *bench) cascade(name string, stages []*stage, learn func(p *part) chain) *method {
	return &method{name: name, kind: CascadeOf, act: func(p *part, acts []act) {
		c := learn(p)
		share := make([]float64, len(c.models))
		for at, q := range p.test {
			k, cost := c.stop(stages, q), 0.0
			for _, i := range c.models[:k] {
				cost += stages[i].cost[q]
			}
			a := p.answer(stages, c, k, q)
			a.cost += cost
			a.asked = c.models[:k+1]
			acts[at] = a
			share[k] += 1 / float64(len(p.test))
		}
		for at, q := range p.test {
			acts[at].control = 0
			for k, w := range share {
				acts[at].control += w * p.answer(stages, c, k, q).value
			}
		}
	}}
}

// answer is what stage k of a chain gives, by itself.
func (b *bench) answer(stages []*stage, c chain, k, place int) act {
	i := c.models[k]
	a := b.ask(i, place)
	if k < len(c.models)-1 {
		s := stages[i]
		a.value, a.cost, a.tied = s.value[place], s.cost[place], s.tied[place]
	}
	return a
}

// stop is the stage whose answer is taken.
func (c chain) stop(stages []*stage, place int) int {
	for k, t := range c.thresholds {
		if stages[c.models[k]].confidence[place] >= t {
			return k
		}
	}
	return len(c.models) - 1
}

// longer puts the model in front of a chain with which it is most often right, if
// any of the cheaper ones makes it so.
func (p *part) longer(stages []*stage, c chain) chain {
	after := make([]float64, len(p.train))
	total := 0.0
	for at, q := range p.train {
		after[at] = p.answer(stages, c, c.stop(stages, q), q).value
		total += after[at]
	}
	best, most, kept := c, total, 0
	for _, i := range p.order {
		if stages[i] == nil || slices.Contains(c.models, i) || p.spent != nil && cheaper(p.mean(stages[i].cost), p.first(stages, c)) >= 0 {
			continue
		}
		t, sum, keeps := threshold(p.at(stages[i].confidence), p.at(stages[i].value), after)
		if sum > most || sum == most && keeps > kept {
			best = chain{append([]int{i}, c.models...), append([]float64{t}, c.thresholds...)}
			most, kept = sum, keeps
		}
	}
	return best
}

// first is the mean cost of a chain's first model.
func (p *part) first(stages []*stage, c chain) float64 {
	if len(c.models) > 1 {
		return p.mean(stages[c.models[0]].cost)
	}
	return p.spent[c.models[0]]
}

func (p *part) mean(values []float64) float64 {
	sum := 0.0
	for _, q := range p.train {
		sum += values[q]
	}
	return sum / float64(len(p.train))
}

// at takes the values of what is learnt from.
func (p *part) at(values []float64) []float64 {
	out := make([]float64, len(p.train))
	for k, q := range p.train {
		out[k] = values[q]
	}
	return out
}

// thresholds learns those of a given chain: from the back, each as if all queries
// came to it, and then each in turn on those that do come, until none changes.
func (p *part) thresholds(stages []*stage, models []int) chain {
	c := chain{models, make([]float64, len(models)-1)}
	for round := range 5 {
		before := slices.Clone(c.thresholds)
		for k := len(models) - 2; k >= 0; k-- {
			var confidence, keep, after []float64
			for _, q := range p.train {
				if round > 0 && c.stop(stages, q) < k {
					continue
				}
				tail := chain{models[k+1:], c.thresholds[k+1:]}
				confidence = append(confidence, stages[models[k]].confidence[q])
				keep = append(keep, stages[models[k]].value[q])
				after = append(after, p.answer(stages, tail, tail.stop(stages, q), q).value)
			}
			c.thresholds[k], _, _ = threshold(confidence, keep, after)
		}
		if slices.Equal(before, c.thresholds) {
			break
		}
	}
	return c
}

// threshold is the confidence from which an answer is best kept: that with which
// most is right; among equals the lowest, which hands on the fewest. It also gives
// how much is right then, and how many are kept.
func threshold(confidence, keep, after []float64) (at, sum float64, kept int) {
	order := make([]int, len(confidence))
	total := 0.0
	for k := range order {
		order[k] = k
		total += keep[k]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case confidence[i] < confidence[j]:
			return -1
		case confidence[i] > confidence[j]:
			return 1
		}
		return 0
	})
	at, sum, kept = math.Inf(-1), total, len(order)
	for k, i := range order {
		total += after[i] - keep[i]
		if k+1 < len(order) && confidence[order[k+1]] == confidence[i] {
			continue // equals go together
		}
		if total > sum+1e-9 {
			if at, sum, kept = math.Inf(1), total, len(order)-k-1; kept > 0 {
				at = confidence[order[k+1]]
			}
		}
	}
	return at, sum, kept
}
