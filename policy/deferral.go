package policy

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// deferral hands a query on where the last model is likelier to be right than the
// first, each judged by its own confidence: the best rule that looks at both
// (Chow 1970; Jitkrittum and others 2023). The chances are learnt, rising with
// confidence. What it costs to know the last model's confidence is not counted.
func (b *bench) deferral(stages []*stage) *method {
	return &method{name: "deferral by both", kind: CascadeOf, act: func(p *part, acts []act) {
		pair := p.longer(stages, chain{models: []int{p.single}}).models
		if len(b.Options.Cascades) > 0 {
			pair = nil
			for _, name := range b.Options.Cascades[0] {
				pair = append(pair, slices.Index(b.models, name))
			}
			pair = []int{pair[0], pair[len(pair)-1]}
		}
		if len(pair) < 2 || stages[pair[1]] == nil {
			for at, q := range p.test {
				acts[at] = p.ask(p.single, q)
				acts[at].control = acts[at].value
			}
			return
		}
		weak, strong := pair[0], pair[1]
		chanceWeak, chanceStrong := p.rising(stages[weak]), p.rising(stages[strong])
		handed := 0.0
		for at, q := range p.test {
			acts[at] = p.answer(stages, chain{models: pair}, 0, q)
			acts[at].asked = pair[:1]
			if chanceStrong.at(stages[strong].confidence[q]) > chanceWeak.at(stages[weak].confidence[q]) {
				spent := acts[at].cost
				acts[at] = p.ask(strong, q)
				acts[at].cost += spent
				acts[at].asked = pair
				handed += 1 / float64(len(p.test))
			}
		}
		for at, q := range p.test {
			acts[at].control = (1-handed)*stages[weak].value[q] + handed*p.right[strong][q]
		}
	}}
}

// steps is a function that rises in steps: value[k] from from[k] on.
type steps struct{ from, value []float64 }

func (s steps) at(x float64) float64 {
	k := sort.Search(len(s.from), func(k int) bool { return s.from[k] > x })
	return s.value[max(k-1, 0)]
}

// rising fits the chance of being right as a function that rises with confidence:
// isotonic regression, by pooling what falls (Ayer and others 1955).
func (p *part) rising(s *stage) steps {
	type pool struct{ from, sum, n float64 }
	order := slices.Clone(p.train)
	slices.SortStableFunc(order, func(q, r int) int { return cmp.Compare(s.confidence[q], s.confidence[r]) })
	var list []pool
	for k, q := range order {
		if k > 0 && s.confidence[order[k-1]] == s.confidence[q] {
			list[len(list)-1].sum += s.value[q]
			list[len(list)-1].n++
		} else {
			list = append(list, pool{s.confidence[q], s.value[q], 1})
		}
		for k+1 == len(order) || s.confidence[order[k+1]] != s.confidence[q] {
			last := len(list) - 1
			if last == 0 || list[last-1].sum*list[last].n < list[last].sum*list[last-1].n {
				break
			}
			list[last-1].sum += list[last].sum
			list[last-1].n += list[last].n
			list = list[:last]
		}
	}
	var out steps
	for _, x := range list {
		out.from, out.value = append(out.from, x.from), append(out.value, x.sum/x.n)
	}
	if len(out.from) > 0 {
		out.from[0] = math.Inf(-1)
	}
	return out
}
