package outcome

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
)

// naive is the matrix as a table, counted cell by cell: the second
// implementation that the planes are held against.
type naive struct {
	right, seen [][]bool // [model][column]
	weight      []uint32
}

func randomNaive(r *rand.Rand, models, columns int, missing float64, weighted bool) naive {
	t := naive{}
	for range models {
		right, seen := make([]bool, columns), make([]bool, columns)
		skill := r.Float64()
		for c := range right {
			seen[c] = r.Float64() >= missing
			right[c] = seen[c] && r.Float64() < skill
		}
		t.right, t.seen = append(t.right, right), append(t.seen, seen)
	}
	if weighted {
		for range columns {
			t.weight = append(t.weight, r.Uint32N(9))
		}
	}
	return t
}

func (t naive) matrix(tb testing.TB) *Matrix {
	tb.Helper()
	var names []string
	var right, seen [][]uint64
	columns := len(t.right[0])
	for i := range t.right {
		names = append(names, fmt.Sprint("m", i))
		right, seen = append(right, NewMask(columns)), append(seen, NewMask(columns))
		for c := range columns {
			if t.right[i][c] {
				Mask(right[i]).Set(c)
			}
			if t.seen[i][c] {
				Mask(seen[i]).Set(c)
			}
		}
	}
	m, err := NewMatrix(names, columns, right, seen, t.weight)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func (t naive) count(k Mask) Counts {
	c := Counts{Right: make([]int64, len(t.right))}
	for q := range t.right[0] {
		if !k.Has(q) {
			continue
		}
		w, right, complete := int64(1), 0, true
		if t.weight != nil {
			w = int64(t.weight[q])
		}
		for i := range t.right {
			complete = complete && t.seen[i][q]
			if t.right[i][q] {
				right++
			}
		}
		if !complete {
			continue
		}
		c.Queries += w
		if right == 0 {
			c.AllWrong += w
		}
		if right == len(t.right) {
			c.AllRight += w
		}
		for i := range t.right {
			if t.right[i][q] {
				c.Right[i] += w
			}
		}
	}
	return c
}

func TestCountsAgainstCells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, columns := range []int{1, 63, 64, 65, 700, 40_000} {
		for _, models := range []int{1, 2, 3, 4, 5, 9} {
			for _, missing := range []float64{0, .05} {
				for _, weighted := range []bool{false, true} {
					cells := randomNaive(r, models, columns, missing, weighted)
					m := cells.matrix(t)
					half := NewMask(columns)
					for c := range columns {
						if r.IntN(2) == 0 {
							half.Set(c)
						}
					}
					for _, k := range []Mask{nil, half, NewMask(columns)} {
						want := cells.count(k)
						if got := m.Count(k); !reflect.DeepEqual(got, want) {
							t.Fatalf("%d models × %d columns, missing %v, weighted %v: got %+v, want %+v",
								models, columns, missing, weighted, got, want)
						}
						if missing > 0 {
							continue
						}
						whole, err := NewMatrix(m.models, columns, m.right, nil, m.weights)
						if err != nil {
							t.Fatal(err)
						}
						if got := whole.Count(k); !reflect.DeepEqual(got, want) {
							t.Fatalf("%d models × %d columns, no observed plane, weighted %v: got %+v, want %+v",
								models, columns, weighted, got, want)
						}
					}
				}
			}
		}
	}
}

// TestCountsAtAnySplit counts a matrix large enough to be split over processors.
func TestCountsAtAnySplit(t *testing.T) {
	m := randomNaive(rand.New(rand.NewPCG(2, 0)), 7, 1_200_000, .01, false).matrix(t)
	want := m.countWords(nil, 0, len(NewMask(m.columns)))
	for _, procs := range []int{1, 2, 3, 7} {
		old := runtime.GOMAXPROCS(procs)
		got := m.Count(nil)
		runtime.GOMAXPROCS(old)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("on %d processors: got %+v, want %+v", procs, got, want)
		}
	}
}

// large is 20 models × 10,000,000 queries, 25 MB.
func large() *Matrix {
	const models, columns = 20, 10_000_000
	r := rand.New(rand.NewPCG(3, 0))
	m := &Matrix{columns: columns, observed: make([][]uint64, models)}
	for i := range models {
		plane := make([]uint64, (columns+63)/64)
		for w := range plane {
			plane[w] = (r.Uint64() | r.Uint64()) & last(w, columns)
		}
		m.models, m.right = append(m.models, fmt.Sprint("m", i)), append(m.right, plane)
	}
	return m
}

// BenchmarkCount20x10M takes every count of a 25 MB matrix. BenchmarkOnePass
// popcounts the same words once, on as many processors: what the machine can do.
func BenchmarkCount20x10M(b *testing.B) {
	m := large()
	b.SetBytes(int64(len(m.models) * len(m.right[0]) * 8))
	for b.Loop() {
		m.Count(nil)
	}
}

func BenchmarkOnePass20x10M(b *testing.B) {
	m := large()
	b.SetBytes(int64(len(m.models) * len(m.right[0]) * 8))
	for b.Loop() {
		onePass(m)
	}
}

func onePass(m *Matrix) int {
	procs := runtime.GOMAXPROCS(0)
	sums := make(chan int, procs)
	for p := range procs {
		go func() {
			n := 0
			for _, plane := range m.right {
				for _, x := range plane[len(plane)*p/procs : len(plane)*(p+1)/procs] {
					n += bits.OnesCount64(x)
				}
			}
			sums <- n
		}()
	}
	total := 0
	for range procs {
		total += <-sums
	}
	return total
}

// BenchmarkPopcountL1 is the machine's popcount on words in the first-level cache.
func BenchmarkPopcountL1(b *testing.B) {
	words := make([]uint64, 2048)
	for i := range words {
		words[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	b.SetBytes(int64(len(words) * 8))
	n := 0
	for b.Loop() {
		for _, x := range words {
			n += bits.OnesCount64(x)
		}
	}
	if n == 0 {
		b.Fatal("no bits")
	}
}
