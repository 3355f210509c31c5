package groups

import "fmt"

// outcomes gives, by size and kind, what a pool's two votes are worth.
func (a *again) outcomes(division int, pool []int) [][2][]float64 {
	key := fmt.Sprint(pool)
	if got, ok := a.known[division][key]; ok {
		return got
	}
	voting := a.order[division][a.ranking:]
	var out [][2][]float64
	for k := 2; k <= min(len(pool), len(voting), a.Most); k++ {
		same, several := make([]float64, len(a.weight)), make([]float64, len(a.weight))
		votes := make([]uint32, k)
		for at := range a.weight {
			for v := range k {
				votes[v] = a.keys[pool[0]][voting[v]][at]
			}
			same[at] = a.vote(votes)
			for v := range k {
				votes[v] = a.keys[pool[v]][voting[v]][at]
			}
			several[at] = a.vote(votes)
		}
		out = append(out, [2][]float64{same, several})
	}
	a.known[division][key] = out
	return out
}

func (a *again) vote(votes []uint32) float64 {
	if a.byAnswer {
		return plurality(votes)
	}
	right := 0
	for _, key := range votes {
		if key == 1 {
			right++
		}
	}
	switch {
	case 2*right > len(votes):
		return 1
	case 2*right == len(votes):
		return 0.5
	}
	return 0
}

// compared is one size over all divisions.
type compared struct {
	same, several float64
	roles         int
}

// compare averages over the divisions, the models ranked on the same weights.
func (a *again) compare(weight []float64) []compared {
	out := make([]compared, a.Most-1)
	total := 0.0
	for _, w := range weight {
		total += w
	}
	for d := range a.order {
		for k, votes := range a.outcomes(d, a.pool(d, weight)) {
			for at, w := range weight {
				out[k].same += w * votes[0][at]
				out[k].several += w * votes[1][at]
			}
			out[k].roles++
		}
	}
	for k := range out {
		if n := float64(out[k].roles); n > 0 {
			out[k].same, out[k].several = out[k].same/(n*total), out[k].several/(n*total)
		}
	}
	return out
}
