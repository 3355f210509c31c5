package dependence

import (
	"cmp"
	"math"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// null is what the draws say of one statistic.
type null struct {
	mean, sd    float64
	more, fewer *float64 // chance of the observed value or more, or fewer; nil when it never varies
}

// nullOf gives Monte Carlo p-values that count the data among the draws, so
// that they are never 0 and, for draws apart, never too small (Barnard's test).
func nullOf(chains [][][]int32, stat int, observed int32) null {
	n, sum, squares := 0.0, 0.0, 0.0
	more, fewer := 1.0, 1.0
	varies := false
	for _, chain := range chains {
		for _, draw := range chain {
			x := draw[stat]
			d := float64(x - observed)
			n, sum, squares = n+1, sum+d, squares+d*d
			varies = varies || x != observed
			if x >= observed {
				more++
			}
			if x <= observed {
				fewer++
			}
		}
	}
	if n == 0 || !varies {
		return null{mean: float64(observed)}
	}
	out := null{mean: float64(observed) + sum/n, more: ptr(more / (n + 1)), fewer: ptr(fewer / (n + 1))}
	if n > 1 {
		out.sd = math.Sqrt(math.Max(0, (squares-sum*sum/n)/(n-1)))
	}
	return out
}

// result puts the statistics of the data beside those of the draws.
func (s *luckStats) result(o LuckOptions, chains [][][]int32) *LuckResult {
	observed := make([]int32, s.size())
	s.of(s.right, observed)
	n := float64(len(s.columns))
	r := &LuckResult{Best: s.models[s.best], Queries: int64(len(s.columns)), Draws: o.Draws,
		Rescues: []Rescue{}, Slices: []SliceRouter{}, Warnings: warnings{}, Reading: CannotVary}
	for k, i := range s.order {
		x := nullOf(chains, k, observed[k])
		r.Rescues = append(r.Rescues, Rescue{Model: s.models[i], Observed: int64(observed[k]),
			Expected: x.mean, SD: x.sd, P: x.more, PFewer: x.fewer})
		if x.more != nil {
			r.Reading = NoMore
		}
	}
	holm(r.Rescues)
	for k := range r.Rescues {
		if r.Rescues[k].More() {
			r.Reading = More
		}
	}
	if at := len(s.order); r.Reading != CannotVary {
		x := nullOf(chains, at, observed[at])
		r.Next = &Together{Observed: int64(observed[at]), Expected: x.mean, SD: x.sd, P: x.more, PFewer: x.fewer}
		for _, i := range s.order[:min(nextBest, at)] {
			r.Next.Models = append(r.Next.Models, s.models[i])
		}
	}
	for k, key := range o.Slices {
		at := len(s.order) + 1 + k
		x := nullOf(chains, at, observed[at])
		r.Slices = append(r.Slices, SliceRouter{Key: key, Values: len(s.keys[k]), Gain: float64(observed[at]) / n,
			Expected: x.mean / n, SD: x.sd / n, P: x.more})
	}
	s.remark(r, chains)
	return r
}

func (s *luckStats) remark(r *LuckResult, chains [][][]int32) {
	worst, stuck := 0.0, false
	for stat := range s.size() {
		switch x, ok := rHat(chains, stat); {
		case ok && math.IsInf(x, 1):
			stuck = true
		case ok:
			worst = math.Max(worst, x)
		}
	}
	if worst > 0 {
		r.RHat = &worst
	}
	if stuck || worst > mixedBy {
		r.Warnings.warn("not-mixed", "the chains do not agree yet (R-hat above %v): ask for more draws, or for more steps between them", mixedBy)
	}
	tied := 0
	for _, sum := range s.sums {
		if sum == s.sums[s.best] {
			tied++
		}
	}
	switch {
	case len(s.models) == 2:
		r.Warnings.warn("two-models", "with two models the sums fix every rescue: whether they are luck cannot be seen")
	case r.Reading == CannotVary:
		r.Warnings.warn("fixed-margins", "no other matrix has these sums and other rescues: whether they are luck cannot be seen")
	}
	if tied > 1 {
		r.Warnings.warn("tied-best", "%d models are right equally often; %s stands first by its name, and rescues are of it", tied, outcome.Quote(r.Best))
	}
	if r.Draws < 400 {
		r.Warnings.warn("few-draws", "%d draws: p-values come in steps of %.2g", r.Draws, 1/float64(r.Draws+1))
	}
}

// list names the queries, of all of them, that models rescue which do it more often.
func (c *complete) list(m *outcome.Matrix, r *LuckResult) {
	for k := range r.Rescues {
		switch x := &r.Rescues[k]; {
		case !x.More():
		case !m.Single():
			r.Warnings.warn("no-ids", "queries come as patterns with their numbers: those that are rescued are not listed")
			return
		default:
			x.List = c.rescued(m, slices.Index(c.models, x.Model))
		}
	}
}

// rescued lists the queries on which a model is right and the best is wrong.
func (c *complete) rescued(m *outcome.Matrix, model int) []string {
	list := []string{}
	for at, q := range c.columns {
		if outcome.Mask(c.right[model]).Has(at) && !outcome.Mask(c.right[c.best]).Has(at) {
			list = append(list, m.ID(q))
		}
	}
	slices.Sort(list)
	return list
}

// holm adjusts the p-values for their number (Holm, Scandinavian Journal of
// Statistics 6, 65–70, 1979).
func holm(list []Rescue) {
	var by []int
	for k, r := range list {
		if r.P != nil {
			by = append(by, k)
		}
	}
	slices.SortStableFunc(by, func(a, b int) int { return cmp.Compare(*list[a].P, *list[b].P) })
	least := 0.0
	for k, at := range by {
		least = math.Max(least, math.Min(1, *list[at].P*float64(len(by)-k)))
		list[at].Holm = ptr(least)
	}
}

// rHat is the split R-hat of Gelman et al. (Bayesian Data Analysis, 3rd ed.,
// 2013): each chain counts as two. ok is false when nothing varies, or there is
// too little to compare; +Inf means halves that stand still at different values.
func rHat(chains [][][]int32, stat int) (x float64, ok bool) {
	n := math.MaxInt
	for _, c := range chains {
		n = min(n, len(c)/2)
	}
	if n < 2 {
		return 0, false
	}
	var means, vars []float64
	for _, c := range chains {
		for _, half := range [][][]int32{c[:n], c[len(c)-n:]} {
			sum, squares := 0.0, 0.0
			for _, d := range half {
				sum += float64(d[stat])
			}
			mean := sum / float64(n)
			for _, d := range half {
				squares += (float64(d[stat]) - mean) * (float64(d[stat]) - mean)
			}
			means, vars = append(means, mean), append(vars, squares/float64(n-1))
		}
	}
	total, within := 0.0, 0.0
	for k := range means {
		total += means[k] / float64(len(means))
		within += vars[k] / float64(len(means))
	}
	between := 0.0
	for _, v := range means {
		between += (v - total) * (v - total) / float64(len(means)-1)
	}
	if within == 0 {
		return math.Inf(1), between > 1e-12
	}
	return math.Sqrt((float64(n-1)/float64(n)*within + between) / within), true
}
