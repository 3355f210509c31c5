package outcome

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestPutBlockIsManyPuts holds the fast way in to the slow one: blocks of any
// shape, one after the other, over queries that are new, old, or out of order.
func TestPutBlockIsManyPuts(t *testing.T) {
	const seed = 5
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range 200 {
		fast, slow := NewSet(), NewSet()
		models, queries := 1+r.IntN(20), 1+r.IntN(40)
		names := func(s *Set) (q, m []int) {
			for i := range queries {
				q = append(q, s.Query("q"+string(rune('a'+i))))
			}
			for i := range models {
				m = append(m, s.Model("m"+string(rune('a'+i))))
			}
			return q, m
		}
		q, m := names(fast)
		names(slow)
		for block := range 3 {
			from := r.IntN(queries)
			rows := append([]int(nil), q[from:from+r.IntN(queries-from+1)]...)
			if r.IntN(3) == 0 {
				r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			}
			columns := append([]int(nil), m...)
			r.Shuffle(models, func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
			if r.IntN(4) == 0 {
				columns[0] = columns[models-1] // the same model twice
			}
			cells := make([]Cell, len(rows)*models)
			for i := range cells {
				if v := Verdict(r.IntN(5)); v > NotRun || r.IntN(4) == 0 {
					cells[i] = Cell(v)
				}
			}
			var scores []float64
			if r.IntN(3) == 0 {
				for range cells {
					scores = append(scores, math.NaN())
				}
			}
			place := func(int, int) string { return "here" }
			got := fast.PutBlock(rows, columns, cells, scores, place)
			want := make([]Tally, models)
			for i, c := range cells {
				if c == 0 {
					continue
				}
				slow.Put(rows[i/models], columns[i%models], 0, c, math.NaN(), func() string { return "here" })
				want[i%models].Records++
				if c.Verdict() >= NoAnswer {
					want[i%models].Graded++
				}
				if c.Verdict() == Right {
					want[i%models].Right++
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, round %d, block %d: tallies %v, want %v", seed, round, block, got, want)
			}
		}
		if got, want := fast.Summary(), slow.Summary(); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, round %d: %+v, want %+v", seed, round, got, want)
		}
		gotFirst, got := fast.Conflicts()
		wantFirst, want := slow.Conflicts()
		if got != want || !reflect.DeepEqual(gotFirst, wantFirst) {
			t.Fatalf("seed %d, round %d: %d conflicts, want %d", seed, round, got, want)
		}
		if a, b := fast.Matrix(MatrixOptions{}), slow.Matrix(MatrixOptions{}); !reflect.DeepEqual(a.right, b.right) || !reflect.DeepEqual(a.observed, b.observed) {
			t.Fatalf("seed %d, round %d: the planes differ", seed, round)
		}
	}
}

func TestPutBlockOfNothing(t *testing.T) {
	s := NewSet()
	if got := s.PutBlock(nil, []int{s.Model("m")}, nil, nil, nil); !reflect.DeepEqual(got, []Tally{{}}) {
		t.Errorf("%v", got)
	}
	if got := s.PutBlock([]int{s.Query("q")}, nil, nil, nil, nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
