package dependence

import (
	"math"
	"testing"
)

// TestResidualsByEnumeration takes every matrix with the margins of a small one for the exact law of co-failures.
func TestResidualsByEnumeration(t *testing.T) {
	m := planes(t, nil, "110100", "101010", "111001", "010010")
	r, err := Luck(t.Context(), m, LuckOptions{Draws: 40000, Thin: 3})
	if err != nil {
		t.Fatal(err)
	}
	rows, columns := make([]int, 4), make([]int, 6)
	for i := range rows {
		for q := range columns {
			if m.Right(i, q) {
				rows[i]++
				columns[q]++
			}
		}
	}
	sums, squares, all := map[[2]int]float64{}, map[[2]int]float64{}, 0.0
	for code := range 1 << 24 {
		ok := true
		for i := range rows {
			ok = ok && ones([]uint64{uint64(code >> (6 * i) & 63)}) == rows[i]
		}
		if !ok {
			continue
		}
		for q := range columns {
			n := 0
			for i := range rows {
				n += code >> (6*i + q) & 1
			}
			ok = ok && n == columns[q]
		}
		if !ok {
			continue
		}
		all++
		for i := range rows {
			for j := i + 1; j < 4; j++ {
				x := float64(ones([]uint64{^uint64(code>>(6*i)|code>>(6*j)) & 63}))
				sums[[2]int{i, j}] += x
				squares[[2]int{i, j}] += x * x
			}
		}
	}
	if r.Residuals == nil || r.Residuals.Pairs != 6 || len(r.Residuals.Most) != 6 {
		t.Fatalf("%s", text(t, r))
	}
	square := 0.0
	for _, x := range r.Residuals.Most {
		pair := [2]int{int(x.A[1] - '1'), int(x.B[1] - '1')}
		mean := sums[pair] / all
		sd := math.Sqrt(squares[pair]/all - mean*mean)
		if math.Abs(x.Expected-mean) > 0.03 || math.Abs(x.SD-sd) > 0.03 {
			t.Errorf("%+v: want %v ± %v over %v matrices", x, mean, sd, all)
		}
		square += x.Z * x.Z / 6
	}
	if math.Abs(square-r.Residuals.Misfit) > 1e-12 {
		t.Errorf("mean z² %v, want %v", r.Residuals.Misfit, square)
	}
}

// TestResidualsTwins finds the near-duplicate among models that share a difficulty only.
func TestResidualsTwins(t *testing.T) {
	m := drawn(t, 11, 12, 300, 0)
	for w := range m.RightPlane(3) { // m03 repeats m07, but for fifteen queries
		flips := uint64(0)
		for q := 0; q < 300; q += 20 {
			if q>>6 == w {
				flips |= 1 << (q & 63)
			}
		}
		m.RightPlane(3)[w] = m.RightPlane(7)[w] ^ flips
	}
	r, err := Luck(t.Context(), m, LuckOptions{Draws: 400})
	if err != nil {
		t.Fatal(err)
	}
	if top := r.Residuals.Most; top[0].A != "m03" || top[0].B != "m07" || top[0].Z < 5 || top[1].Z > 4.5 {
		t.Errorf("%+v", top)
	}
}
