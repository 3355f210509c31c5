package policy

import (
	"math"
	"slices"
)

// router looks at a query and believes of each model how likely it is right.
type router struct {
	name     string
	settings []float64 // from the most cautious to the boldest; ahead of them all stands asking the single best
	// believe gives, for some of the settings, what the router believes after
	// learning on the part: [setting][query of test][model of among].
	believe func(p *part, settings []float64) [][][]float64
}

// policy turns a router into a policy: it asks the model that it believes in most,
// the more accurate one among equals. The setting is the one whose choices are
// right most often within what is learnt from, the more cautious among equals.
func (r router) policy() *method {
	return &method{name: r.name, kind: Router, act: func(p *part, acts []act) {
		s := r.tune(p)
		if s < 0 {
			for at, q := range p.test {
				acts[at] = p.ask(p.single, q)
				acts[at].believed = p.accuracies()
			}
			return
		}
		believed := r.believe(p, r.settings[s:s+1])[0]
		for at, q := range p.test {
			acts[at] = p.ask(p.most(believed[at]), q)
			acts[at].believed = p.spread(believed[at])
		}
	}}
}

// tune gives the number of the best setting, −1 for asking the single best.
func (r router) tune(p *part) int {
	right := make([]float64, len(r.settings))
	single := 0.0
	for _, in := range p.within() {
		for _, q := range in.test {
			single += in.right[in.single][q]
		}
		for s, believed := range r.believe(in, r.settings) {
			for at, q := range in.test {
				right[s] += in.right[in.most(believed[at])][q]
			}
		}
	}
	best, most := -1, single
	for s, x := range right {
		if x > most {
			best, most = s, x
		}
	}
	return best
}

// most is the model of among that is believed in most. among is not in order of
// accuracy, so that equals are told apart.
func (p *part) most(believed []float64) int {
	best := 0
	for k, x := range believed {
		if x > believed[best] || x == believed[best] && p.accuracy[p.among[k]] > p.accuracy[p.among[best]] {
			best = k
		}
	}
	return p.among[best]
}

// spread gives beliefs in order of all models, 0 for those that are not among
// the router's.
func (p *part) spread(believed []float64) []float32 {
	out := make([]float32, len(p.models))
	for k, x := range believed {
		out[p.among[k]] = float32(x)
	}
	return out
}

func (p *part) accuracies() []float32 {
	out := make([]float32, len(p.models))
	for _, i := range p.among {
		out[i] = float32(p.accuracy[i])
	}
	return out
}

// shrinkage of a slice's accuracies towards those of all queries, in queries.
var shrinkage = []float64{100, 30, 10, 1}

// bySlice asks the model that was best on queries of the same label.
func (b *bench) bySlice(key string) router {
	m := b.Attempts[0]
	label := make([]string, len(b.columns))
	for q, c := range b.columns {
		label[q] = m.Label(key, c)
	}
	return router{name: "best by " + key, settings: shrinkage, believe: func(p *part, settings []float64) [][][]float64 {
		right, size := map[string][]float64{}, map[string]float64{}
		for _, q := range p.train {
			v := label[q]
			if right[v] == nil {
				right[v] = make([]float64, len(p.among))
			}
			size[v]++
			for k, i := range p.among {
				right[v][k] += p.right[i][q]
			}
		}
		out := make([][][]float64, len(settings))
		for s, prior := range settings {
			for _, q := range p.test {
				row := make([]float64, len(p.among))
				for k, i := range p.among {
					row[k] = p.accuracy[i]
					if n := size[label[q]]; n > 0 && label[q] != "" {
						row[k] = (right[label[q]][k] + prior*p.accuracy[i]) / (n + prior)
					}
				}
				out[s] = append(out[s], row)
			}
		}
		return out
	}}
}

// neighbourhoods are how many of the nearest queries are looked at.
var neighbourhoods = []float64{100, 30, 10, 4}

// nearest asks the model that was best on the most similar queries, each counted by
// its similarity (the cosine), and one query more by the accuracy on all.
func (b *bench) nearest(name string, table func(p *part) (train, test *rows)) router {
	return router{name: name, settings: neighbourhoods, believe: func(p *part, settings []float64) [][][]float64 {
		train, test := table(p)
		near := newIndex(train)
		out := make([][][]float64, len(settings))
		for at := range p.test {
			list := near.find(test, at, int(slices.Max(settings)))
			for s, k := range settings {
				row, weight := make([]float64, len(p.among)), 1.0
				for j, i := range p.among {
					row[j] = p.accuracy[i]
				}
				for _, n := range list[:min(int(k), len(list))] {
					weight += n.similarity
					for j, i := range p.among {
						row[j] += n.similarity * p.right[i][p.train[n.row]]
					}
				}
				for j := range row {
					row[j] /= weight
				}
				out[s] = append(out[s], row)
			}
		}
		return out
	}}
}

// freedoms are the weights of the data against the penalty.
var freedoms = []float64{0.03, 0.3, 3}

// Fitting a router stops early: the last digits of weights choose no other model.
const (
	routerTolerance = 2e-3
	routerSteps     = 40
)

// regression fits one logistic regression a model, and asks the one whose
// probability of being right is largest.
func (b *bench) regression(name string, table func(p *part) (train, test *rows)) router {
	return router{name: name, settings: freedoms, believe: func(p *part, settings []float64) [][][]float64 {
		train, test := table(p)
		out := make([][][]float64, len(settings))
		for s := range out {
			out[s] = make([][]float64, len(p.test))
			for at := range p.test {
				out[s][at] = make([]float64, len(p.among))
			}
		}
		right := make([]float64, len(p.train))
		for k, i := range p.among {
			for at, q := range p.train {
				right[at] = p.right[i][q]
			}
			var l logistic
			for s, c := range settings {
				if p.ctx.Err() != nil {
					return out
				}
				if a := p.accuracy[i]; a > 0 && a < 1 {
					l.fit(train, right, c, routerTolerance*math.Sqrt(float64(len(right))), routerSteps)
				}
				for at := range p.test {
					if out[s][at][k] = p.accuracy[i]; l.weight != nil {
						out[s][at][k] = l.probability(test, at)
					}
				}
			}
		}
		return out
	}}
}
