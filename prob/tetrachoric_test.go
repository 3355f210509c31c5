package prob

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTetrachoricShared(t *testing.T) {
	type row struct {
		Table  Table
		Status string
		R      *string
	}
	worst := 0.0
	for _, r := range sharedRows[row](t, "tetrachoric.json") {
		got, c := Tetrachoric(r.Table)
		if r.R == nil {
			if c != TetrachoricConstant || got == got {
				t.Errorf("%v: %v, %v; want a constant event", r.Table, got, c)
			}
			continue
		}
		want := mustFloat(t, *r.R)
		if (c == TetrachoricBoundary) != (r.Status == "boundary") {
			t.Errorf("%v: case %v, want %s", r.Table, c, r.Status)
		}
		worst = max(worst, math.Abs(got-want))
		if !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("%v: %.17g, want %.17g: %.2g off", r.Table, got, want, got-want)
		}
	}
	t.Logf("worst error %.2g", worst)
}

// TestTetrachoricMirrors solves the same pair with its events turned round or exchanged, and puts the solution back.
func TestTetrachoricMirrors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		var x Table
		for i := range x {
			x[i] = 1 + int64(math.Exp(r.Float64()*20))
		}
		rho, c := Tetrachoric(x)
		if c != TetrachoricSolved || !(rho > -1 && rho < 1) {
			t.Fatalf("%v: %v, %v", x, rho, c)
		}
		exchanged, _ := Tetrachoric(Table{x[0], x[2], x[1], x[3]})
		turned, _ := Tetrachoric(Table{x[1], x[0], x[3], x[2]})
		both, _ := Tetrachoric(Table{x[3], x[2], x[1], x[0]})
		n := x[0] + x[1] + x[2] + x[3]
		h, k := Threshold(x[0]+x[1], n), Threshold(x[0]+x[2], n)
		warm := TetrachoricFrom(x, h, k, max(-0.99, min(0.99, rho+0.1*r.NormFloat64())))
		for _, other := range []float64{exchanged, -turned, both, warm} {
			if math.Abs(other-rho) > 1e-13 {
				t.Fatalf("%v: %.17g and %.17g", x, rho, other)
			}
		}
		if rho < 0.999999 && rho > -0.999999 { // beyond, a correlation itself has too few digits
			if got, want := BivariateNormalCDF(h, k, rho), float64(x[0])/float64(n); math.Abs(got-want) > 1e-13 {
				t.Fatalf("%v: ρ %v gives %v, want %v", x, rho, got, want)
			}
		}
	}
}

func TestTetrachoricCases(t *testing.T) {
	for _, c := range []struct {
		table Table
		rho   float64
		is    TetrachoricCase
	}{
		{Table{5, 0, 3, 2}, 1, TetrachoricBoundary},
		{Table{5, 3, 0, 2}, 1, TetrachoricBoundary},
		{Table{5, 0, 0, 2}, 1, TetrachoricBoundary},
		{Table{0, 3, 2, 5}, -1, TetrachoricBoundary},
		{Table{4, 3, 2, 0}, -1, TetrachoricBoundary},
		{Table{0, 3, 2, 0}, -1, TetrachoricBoundary},
		{Table{0, 0, 3, 2}, math.NaN(), TetrachoricConstant},
		{Table{4, 0, 3, 0}, math.NaN(), TetrachoricConstant},
		{Table{}, math.NaN(), TetrachoricConstant},
		{Table{1, 1, 1, 1}, 0, TetrachoricSolved},
		{Table{2, 1, 1, 2}, 0.5, TetrachoricSolved}, // sin(2π(1/3 − 1/4))
		{Table{6, 14, 27, 63}, 0, TetrachoricSolved},
	} {
		got, is := Tetrachoric(c.table)
		if is != c.is || !(math.Abs(got-c.rho) <= 1e-14 || got != got && c.rho != c.rho) {
			t.Errorf("%v: %v (%v), want %v (%v)", c.table, got, is, c.rho, c.is)
		}
	}
}

// BenchmarkTetrachoric solves tables as a matrix of 67 models and 330 queries has them, without a start and with a
// near one.
func BenchmarkTetrachoric(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 3))
	var tables []Table
	var h, k, start []float64
	for len(tables) < 1000 {
		var x Table
		i, j, z := 0.0, 0.0, 0.0
		at, bt := r.Float64()-0.8, r.Float64()-0.8
		for range 330 {
			z = 0.75 * r.NormFloat64()
			i, j = z+0.66*r.NormFloat64(), z+0.66*r.NormFloat64()
			switch {
			case i < at && j < bt:
				x[0]++
			case i < at:
				x[1]++
			case j < bt:
				x[2]++
			default:
				x[3]++
			}
		}
		if rho, c := Tetrachoric(x); c == TetrachoricSolved {
			tables = append(tables, x)
			h, k = append(h, Threshold(x[0]+x[1], 330)), append(k, Threshold(x[0]+x[2], 330))
			start = append(start, rho+0.05*r.NormFloat64())
		}
	}
	for name, from := range map[string]func(i int) float64{
		"cold": func(int) float64 { return math.NaN() }, "warm": func(i int) float64 { return start[i] },
	} {
		b.Run(name, func(b *testing.B) {
			for n := range b.N {
				i := n % len(tables)
				TetrachoricFrom(tables[i], h[i], k[i], from(i))
			}
		})
	}
}
