package certify

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/allwrong/allwrong/outcome"
)

// Fragile lists the queries that one cell keeps out of the all-wrong set: a
// single model is right, be it by skill, by luck or by a lenient grader.
type Fragile struct {
	Queries int64          `json:"queries"`
	BetaR   [3]float64     `json:"beta_r"`   // share of queries with fewer than 1, 2 and 3 right models
	ByModel []FragileModel `json:"by_model"` // who is the one, most often first
	List    []FragileQuery `json:"list"`     // in order of ids; left out when there are more than MaxFragile, or queries have no ids
}

// MaxFragile bounds the list of fragile queries: nobody reads a longer one, and a log of ten
// million queries would make it larger than the log.
const MaxFragile = 100_000

// FragileModel counts the queries that hang on one model.
type FragileModel struct {
	Model   string `json:"model"`
	Queries int64  `json:"queries"`
}

// FragileQuery is a query on which one model alone is right.
type FragileQuery struct {
	Query string `json:"query"`
	Model string `json:"model"`
}

func findFragile(m *outcome.Matrix, mask outcome.Mask, queries int64) *Fragile {
	f := &Fragile{ByModel: []FragileModel{}, List: []FragileQuery{}}
	var fewer [3]int64 // complete queries with fewer than 1, 2 and 3 right models
	alone := outcome.NewMask(m.Columns())
	for w, complete := range mask {
		var one, two, three uint64
		for i := range m.Models() {
			r := m.RightPlane(i)[w] & complete
			three, two, one = three|two&r, two|one&r, one|r
		}
		for r, most := range [...]uint64{one, two, three} {
			fewer[r] += m.Weigh(w, complete&^most)
		}
		alone[w] = one &^ two
	}
	f.Queries = fewer[1] - fewer[0]
	for r, n := range fewer {
		if queries > 0 {
			f.BetaR[r] = float64(n) / float64(queries)
		}
	}
	hang := make([]int64, len(m.Models()))
	for w, bits := range alone {
		for ; bits != 0; bits &= bits - 1 {
			f.add(m, hang, w, bits&-bits)
		}
	}
	for i, n := range hang {
		if n > 0 {
			f.ByModel = append(f.ByModel, FragileModel{m.Models()[i], n})
		}
	}
	slices.SortStableFunc(f.ByModel, func(a, b FragileModel) int { return cmp.Compare(b.Queries, a.Queries) })
	slices.SortFunc(f.List, func(a, b FragileQuery) int { return cmp.Compare(a.Query, b.Query) })
	return f
}

// add notes one column, the bit of word w, with the model that it hangs on.
func (f *Fragile) add(m *outcome.Matrix, hang []int64, w int, bit uint64) {
	for i, name := range m.Models() {
		if m.RightPlane(i)[w]&bit == 0 {
			continue
		}
		hang[i] += m.Weigh(w, bit)
		if m.Single() && f.Queries <= MaxFragile {
			f.List = append(f.List, FragileQuery{m.ID(w<<6 + bits.TrailingZeros64(bit)), name})
		}
		return
	}
}

// findAudited counts what was audited, of queries that can be told by their names.
func findAudited(m *outcome.Matrix, mask outcome.Mask, audited func(query string) bool) *Audited {
	if audited == nil || !m.Single() {
		return nil
	}
	a := &Audited{}
	for w, complete := range mask {
		var one, two uint64
		for i := range m.Models() {
			r := m.RightPlane(i)[w] & complete
			two, one = two|one&r, one|r
		}
		for rest := complete &^ two; rest != 0; rest &= rest - 1 {
			at := bits.TrailingZeros64(rest)
			switch {
			case !audited(m.ID(w<<6 + at)):
			case one>>at&1 == 0:
				a.AllWrong++
			default:
				a.Fragile++
			}
		}
	}
	return a
}
