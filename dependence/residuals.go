package dependence

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// PairResiduals says which models fail together beyond what the difficulty of the queries and the strength of the
// models explain: the co-failures of every pair against those of the draws with the same margins. The mean over
// pairs cannot differ, for the margins fix it (see Excess); single pairs can.
type PairResiduals struct {
	Pairs  int            `json:"pairs"`         // whose co-failures can vary
	Misfit float64        `json:"mean_square_z"` // mean z²: about 1 under Rasch's law; a misfit, which says nothing of routers
	Most   []PairResidual `json:"most"`          // largest z first: near-duplicates, if there are any
}

// PairResidual is one pair. z is (observed − expected)/sd.
type PairResidual struct {
	A        string  `json:"a"`
	B        string  `json:"b"`
	Observed int64   `json:"observed"` // queries that both miss
	Expected float64 `json:"expected"`
	SD       float64 `json:"sd"`
	Z        float64 `json:"z"`
}

const (
	mostResiduals = 10
	residualWork  = 4e9 // words compared, up to which pairs are followed through the draws
)

// pairSums adds co-successes over draws, by pair i < j in order, and their squares.
type pairSums struct{ sum, squares []int64 }

// followsPairs reports whether the pairs are cheap enough to be followed.
func (s *luckStats) followsPairs(draws int) bool {
	m := float64(len(s.models))
	return m*(m-1)/2*float64(len(s.right[0]))*float64(draws) <= residualWork
}

func (p *pairSums) add(rows [][]uint64) {
	at := 0
	if p.sum == nil {
		n := len(rows) * (len(rows) - 1) / 2
		p.sum, p.squares = make([]int64, n), make([]int64, n)
	}
	for i, a := range rows {
		for _, b := range rows[i+1:] {
			n := 0
			for w, x := range a {
				n += bits.OnesCount64(x & b[w])
			}
			p.sum[at] += int64(n)
			p.squares[at] += int64(n) * int64(n)
			at++
		}
	}
}

// residuals compares the data with the sums of all chains.
func (s *luckStats) residuals(chains []pairSums, draws int) *PairResiduals {
	var data pairSums
	data.add(s.right)
	out := &PairResiduals{Most: []PairResidual{}}
	at, n := 0, float64(draws)
	for i, a := range s.models {
		for j := i + 1; j < len(s.models); j++ {
			var sum, squares int64
			for _, c := range chains {
				if c.sum != nil {
					sum, squares = sum+c.sum[at], squares+c.squares[at]
				}
			}
			right := data.sum[at]
			at++
			mean := float64(sum) / n
			sd := math.Sqrt(max(0, (float64(squares)-float64(sum)*mean)/(n-1)))
			if !(sd > 1e-9) {
				continue
			}
			z := (float64(right) - mean) / sd
			out.Pairs++
			out.Misfit += z * z
			wrong := float64(len(s.columns) - s.sums[i] - s.sums[j]) // co-failures less co-successes
			out.Most = append(out.Most, PairResidual{A: a, B: s.models[j], Observed: int64(wrong) + right, Expected: wrong + mean, SD: sd, Z: z})
		}
	}
	if out.Pairs == 0 {
		return nil
	}
	out.Misfit /= float64(out.Pairs)
	slices.SortStableFunc(out.Most, func(a, b PairResidual) int { return cmp.Compare(b.Z, a.Z) })
	out.Most = slices.Clone(out.Most[:min(mostResiduals, len(out.Most))])
	return out
}
