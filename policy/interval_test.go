package policy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStudentQuantile(t *testing.T) {
	for _, c := range []struct{ p, degrees, want float64 }{ // published tables, to the digits of R
		{0.975, 1, 12.706204736174698},
		{0.975, 10, 2.2281388519862744},
		{0.995, 30, 2.7499956535670307},
		{0.975, 1e8, 1.959963984540054}, // the normal law
		{0.9999, 5, 9.6775662988},
	} {
		if got := studentQuantile(c.p, c.degrees); math.Abs(got-c.want) > 1e-6*c.want {
			t.Errorf("quantile %v of %v degrees: %v, want %v", c.p, c.degrees, got, c.want)
		}
	}
}

func unitsOf(n int) *bench {
	b := &bench{}
	for q := range n {
		b.unit, b.units = append(b.unit, q), append(b.units, fmt.Sprint(q))
	}
	return b
}

// Bonett and Price's interval as they write it, for queries one by one.
func TestPairedInterval(t *testing.T) {
	for _, c := range []struct{ n, gained, lost float64 }{{100, 12, 5}, {50, 0, 0}, {330, 3, 0}, {20, 20, 0}, {7, 0, 7}} {
		d := make([]float64, int(c.n))
		for q := range d {
			if float64(q) < c.gained {
				d[q] = 1
			} else if float64(q) < c.gained+c.lost {
				d[q] = -1
			}
		}
		got := unitsOf(len(d)).moments(d, nil).estimate(0.95)
		up, down := (c.gained+1)/(c.n+2), (c.lost+1)/(c.n+2)
		se := math.Sqrt((up + down - (up-down)*(up-down)) / (c.n + 1)) // n+2 units, one degree for the mean
		half := studentQuantile(0.975, c.n+1) * se
		want := Estimate{(c.gained - c.lost) / c.n, max(-1, up-down-half), min(1, up-down+half)}
		if math.Abs(got.Point-want.Point)+math.Abs(got.Lower-want.Lower)+math.Abs(got.Upper-want.Upper) > 1e-9 {
			t.Errorf("%+v: got %+v, want %+v", c, got, want)
		}
	}
}

// Each query three times is three times the same evidence, not three times as much.
func TestClustersAreUnits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var d, thrice []float64
	b, c := unitsOf(80), unitsOf(80)
	c.unit = nil
	for q := range 80 {
		x := float64(rng.IntN(3) - 1)
		d = append(d, x)
		thrice = append(thrice, x, x, x)
		c.unit = append(c.unit, q, q, q)
	}
	one, three := b.moments(d, nil).estimate(0.95), c.moments(thrice, nil).estimate(0.95)
	naive := unitsOf(240).moments(thrice, nil).estimate(0.95)
	if w := (three.Upper - three.Lower) / (one.Upper - one.Lower); w < 0.95 || w > 1.05 {
		t.Errorf("clusters give an interval %v times as wide", w)
	}
	if (naive.Upper-naive.Lower)/(one.Upper-one.Lower) > 0.65 {
		t.Error("the test cannot tell")
	}
}

// Fieller's limits are where the mean of d − c·g is as far from 0 as its interval allows.
func TestRatioLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	n := 150
	d, g := make([]float64, n), make([]float64, n)
	for q := range d {
		if g[q] = float64(rng.IntN(2)); rng.IntN(3) > 0 {
			d[q] = g[q]
		} else {
			d[q] = -float64(rng.IntN(2))
		}
	}
	b := unitsOf(n)
	m := b.moments(d, g)
	limits := m.ratio(0.95)
	if limits == nil || !(limits.Lower < m.d/m.g && m.d/m.g < limits.Upper) {
		t.Fatalf("%+v around %v", limits, m.d/m.g)
	}
	for _, c := range []float64{limits.Lower, limits.Upper} {
		z := make([]float64, n)
		for q := range z {
			z[q] = d[q] - c*g[q]
		}
		k := b.moments(z, nil)
		mean := k.shrunk(k.d)
		half := studentQuantile(0.975, float64(n+1)) * math.Sqrt((k.dd+extra)*float64(n+2)/float64(n+1)) / float64(n+2)
		if math.Abs(math.Abs(mean)-half) > 1e-9 {
			t.Errorf("at %v the mean is %v, its interval ±%v", c, mean, half)
		}
	}
	if r := b.moments(d, make([]float64, n)).ratio(0.95); r != nil {
		t.Errorf("limits %+v on a share of nothing", r)
	}
}

// Neighbours, by looking at all of them.
func TestNeighbours(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	x := &rows{start: []int{0}, columns: 12}
	dense := [][]float64{}
	for range 60 {
		row := make([]float64, 12)
		for c := range row {
			if rng.IntN(3) == 0 {
				row[c] = float64(1+rng.IntN(3)) / 4 // exact sums: ties are ties
				x.column, x.value = append(x.column, int32(c)), append(x.value, row[c])
			}
		}
		x.start = append(x.start, len(x.column))
		dense = append(dense, row)
	}
	near := newIndex(x)
	for r := range dense {
		var want []neighbour
		for s := range dense {
			if v := dot(dense[r], dense[s]); v > 0 {
				want = append(want, neighbour{s, v})
			}
		}
		slices.SortStableFunc(want, func(a, b neighbour) int {
			switch {
			case a.similarity > b.similarity:
				return -1
			case a.similarity < b.similarity:
				return 1
			}
			return 0
		})
		for _, k := range []int{1, 7, 100} {
			if got := near.find(x, r, k); !slices.Equal(got, want[:min(k, len(want))]) {
				t.Fatalf("row %d, %d neighbours: %v, want %v", r, k, got, want)
			}
		}
	}
}
