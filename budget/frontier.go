package budget

import (
	"cmp"
	"slices"
)

// Options are what a policy may choose from: one model for each query.
type Choices struct {
	Value  [][]float64 // [model][query] what the choice is made for: 1 or 0 for verdicts, or a score in [0, 1]
	Cost   [][]float64 // [model][query] US dollars, finite and not negative
	Weight []float64   // [query] how many queries it stands for; nil means one each
}

// Point is a corner of a frontier.
type Point struct {
	CostUSD  float64 `json:"cost_usd"` // a query
	Accuracy float64 `json:"accuracy"`
	Lambda   float64 `json:"lambda"` // shadow price: accuracy that the next dollar a query buys; 0 at the last corner
}

// step moves one query from an option to a dearer and better one.
type step struct {
	slope       float64 // value for a dollar
	query       int
	from, to    int
	value, cost float64 // that it adds, times the query's weight
}

// Path is the way along a frontier: each query starts with its cheapest option,
// and the steps follow, steepest first. Every prefix of whole slopes is optimal
// for what it costs.
type Path struct {
	choices Choices
	total   float64 // weight of all queries
	start   []int   // [query] the best of the cheapest options
	steps   []step
}

// NewPath solves the program for every budget at once, in O(nm log nm) time.
func NewPath(c Choices) *Path {
	p := &Path{choices: c, start: make([]int, len(c.Cost[0]))}
	var hull []option
	for q := range p.start {
		p.total += c.weight(q)
		hull = c.hull(q, hull)
		p.start[q] = hull[0].model
		for k := 1; k < len(hull); k++ {
			p.steps = append(p.steps, c.step(q, hull[k-1], hull[k]))
		}
	}
	slices.SortFunc(p.steps, func(a, b step) int {
		// Within a query slopes fall strictly, so ties never reverse its steps.
		return cmp.Or(cmp.Compare(b.slope, a.slope), cmp.Compare(a.query, b.query))
	})
	return p
}

func (c Choices) weight(q int) float64 {
	if c.Weight == nil {
		return 1
	}
	return c.Weight[q]
}

// option is one model for a query.
type option struct {
	cost, value float64
	model       int
}

func (c Choices) step(q int, from, to option) step {
	value, cost := to.value-from.value, to.cost-from.cost
	return step{value / cost, q, from.model, to.model, value * c.weight(q), cost * c.weight(q)}
}

// hull lists a query's options that are best at some λ, cheapest first; out is
// written over.
func (c Choices) hull(q int, out []option) []option {
	out = out[:0]
	for i := range c.Cost {
		out = append(out, option{c.Cost[i][q], c.Value[i][q], i})
	}
	slices.SortFunc(out, func(a, b option) int {
		switch {
		case a.cost != b.cost:
			return cmp.Compare(a.cost, b.cost)
		case a.value != b.value:
			return cmp.Compare(b.value, a.value)
		}
		return a.model - b.model
	})
	n := 0
	for _, x := range out {
		if n > 0 && x.value <= out[n-1].value {
			continue // no better than something that costs no more
		}
		for n > 1 && slope(out[n-1], x) >= slope(out[n-2], out[n-1]) {
			n--
		}
		out[n] = x
		n++
	}
	return out[:n]
}

func slope(a, b option) float64 { return (b.value - a.value) / (b.cost - a.cost) }

// Frontier gives every corner, the cheapest first.
func (p *Path) Frontier() []Point { return p.walk(p.choices.Value) }

// Realised gives, at each corner of the path, what the choices that it stands for
// get by another measure of value: what a router that believes in its scores
// really earns. Its accuracy need not rise with its cost.
func (p *Path) Realised(value [][]float64) []Point { return p.walk(value) }

func (p *Path) walk(value [][]float64) []Point {
	var v, c sum
	for q, i := range p.start {
		v.add(value[i][q] * p.choices.weight(q))
		c.add(p.choices.Cost[i][q] * p.choices.weight(q))
	}
	points := []Point{{CostUSD: c.value() / p.total, Accuracy: v.value() / p.total}}
	for at := 0; at < len(p.steps); {
		slope := p.steps[at].slope
		points[len(points)-1].Lambda = slope
		for ; at < len(p.steps) && p.steps[at].slope == slope; at++ {
			s := p.steps[at]
			v.add((value[s.to][s.query] - value[s.from][s.query]) * p.choices.weight(s.query))
			c.add(s.cost)
		}
		points = append(points, Point{CostUSD: c.value() / p.total, Accuracy: v.value() / p.total})
	}
	return points
}

// sum adds with Neumaier's correction, so that the corners of a long path are
// as good as its first.
type sum struct{ s, lost float64 }

func (a *sum) add(x float64) {
	t := a.s + x
	if abs(a.s) >= abs(x) {
		a.lost += (a.s - t) + x
	} else {
		a.lost += (x - t) + a.s
	}
	a.s = t
}

func (a *sum) value() float64 { return a.s + a.lost }

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// At reads V(B) off a frontier: false where B does not pay for the cheapest
// option of every query.
func At(frontier []Point, budget float64) (accuracy float64, ok bool) {
	if budget < frontier[0].CostUSD {
		return 0, false
	}
	for i := len(frontier) - 1; i >= 0; i-- {
		if p := frontier[i]; budget >= p.CostUSD {
			return p.Accuracy + p.Lambda*(budget-p.CostUSD), true
		}
	}
	return 0, false
}

// CostOf is the least budget at which a frontier reaches an accuracy, and the
// shadow price there; false when it never does. Accuracies are sums of up to n
// terms: what is nearer than 10⁻¹² counts as reached.
func CostOf(frontier []Point, accuracy float64) (costUSD, lambda float64, ok bool) {
	const near = 1e-12
	for i, p := range frontier {
		if p.Accuracy < accuracy-near {
			continue
		}
		if i == 0 || p.Accuracy <= accuracy {
			if i > 0 {
				lambda = frontier[i-1].Lambda
			}
			return p.CostUSD, lambda, true
		}
		before := frontier[i-1]
		return before.CostUSD + max(0, accuracy-before.Accuracy)/before.Lambda, before.Lambda, true
	}
	return 0, 0, false
}

// Thin keeps at most so many corners, both ends among them. What lies between
// the corners kept is a chord: never above the frontier.
func Thin(frontier []Point, most int) []Point {
	if len(frontier) <= most {
		return frontier
	}
	out := make([]Point, 0, most)
	for _, k := range spread(len(frontier), most) {
		out = append(out, frontier[k])
	}
	for k := range out[:most-1] {
		next := out[k+1]
		out[k].Lambda = (next.Accuracy - out[k].Accuracy) / (next.CostUSD - out[k].CostUSD)
	}
	return out
}

// spread gives at most so many places of a list, both ends among them.
func spread(n, most int) []int {
	var out []int
	for k := range min(n, most) {
		if n > most {
			k = k * (n - 1) / (most - 1)
		}
		out = append(out, k)
	}
	return out
}
