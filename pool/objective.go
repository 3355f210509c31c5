package pool

// Objective is what a pool is chosen for.
type Objective string

// The objectives. All of them count queries, so that ties are ties.
const (
	Ceiling Objective = "ceiling" // most queries on which some member is right
	Gain    Objective = "gain"    // most queries that the members add to the best of them
	Cost    Objective = "cost"    // as Ceiling, and among equals the cheapest pool
)

// goal is an objective with the limits on a pool.
type goal struct {
	Objective
	prices []float64 // [model] US dollars a query; nil when unknown
	cap    float64   // most that the members may cost together; +Inf for no limit
	right  []int64   // [model] queries on which it is right
}

// choice is a pool with what it is worth.
type choice struct {
	models    []int // in order of their numbers
	covered   int64 // queries on which some member is right
	strongest int64 // queries on which the best member is right
	price     float64
}

// value is what a pool counts for, in queries.
func (g *goal) value(covered, strongest int64) int64 {
	if g.Objective == Gain {
		return covered - strongest
	}
	return covered
}

// better reports whether a beats b.
func (g *goal) better(a, b *choice) bool {
	x, y := g.value(a.covered, a.strongest), g.value(b.covered, b.strongest)
	return x > y || x == y && g.Objective == Cost && a.price < b.price-priceTie(b.price)
}

// hopeless reports whether no pool that covers at most this many queries, has a
// member as strong as this and costs at least so much can beat b.
func (g *goal) hopeless(covered, strongest int64, price float64, b *choice) bool {
	x, y := g.value(covered, strongest), g.value(b.covered, b.strongest)
	return x < y || x == y && (g.Objective != Cost || price >= b.price-priceTie(b.price))
}

// priceTie is by how much a sum of prices must differ to be another: sums of the
// same prices in another order are equal.
func priceTie(x float64) float64 { return 1e-12 * x }

func (g *goal) price(model int) float64 {
	if g.prices == nil {
		return 0
	}
	return g.prices[model]
}

// with adds a member to what a pool is worth, which covers so many more queries.
func (g *goal) with(c choice, model int, more int64) choice {
	return choice{
		models:  append(c.models[:len(c.models):len(c.models)], model),
		covered: c.covered + more, strongest: max(c.strongest, g.right[model]), price: c.price + g.price(model),
	}
}
