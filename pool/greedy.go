package pool

import "slices"

// evaluate says what a pool is worth.
func (g *goal) evaluate(c *cover, models []int) choice {
	out := choice{models: models, covered: c.weigh(c.union(models)), price: g.evaluatePrice(models)}
	for _, i := range models {
		out.strongest = max(out.strongest, g.right[i])
	}
	return out
}

// greedy starts with the members that are required and adds, one at a time, the
// model that makes the pool worth most, the first of them by number among
// equals. It gives the pool after each step, k of them at most, fewer when the
// cap leaves nothing to add.
func (g *goal) greedy(c *cover, required, from []int, k int) []choice {
	at := g.evaluate(c, slices.Clone(required))
	covered := c.union(required)
	var steps []choice
	if len(required) > 0 {
		steps = append(steps, at)
	}
	for len(at.models) < k {
		var best choice
		found := false
		for _, i := range from {
			if slices.Contains(at.models, i) || at.price+g.price(i) > g.cap {
				continue
			}
			if next := g.with(at, i, c.beyond(covered, c.sets[i])); !found || g.better(&next, &best) {
				best, found = next, true
			}
		}
		if !found {
			break
		}
		at = best
		for w, v := range c.sets[at.models[len(at.models)-1]] {
			covered[w] |= v
		}
		steps = append(steps, at)
	}
	return steps
}

// exchange swaps one member for one model outside for as long as that makes the
// pool better. Members that are required stay.
func (g *goal) exchange(c *cover, at choice, required, from []int) choice {
	for improved := true; improved; {
		improved = false
		for m := range at.models {
			if slices.Contains(required, at.models[m]) {
				continue
			}
			rest := slices.Delete(slices.Clone(at.models), m, m+1)
			base := g.evaluate(c, rest)
			covered := c.union(rest)
			for _, i := range from {
				if slices.Contains(at.models, i) || base.price+g.price(i) > g.cap {
					continue
				}
				if next := g.with(base, i, c.beyond(covered, c.sets[i])); g.better(&next, &at) {
					at, improved = next, true
				}
			}
			if improved {
				break
			}
		}
	}
	return at
}
