package dependence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/prob"
)

// withAtom draws from the law itself; wrong rates run evenly from low to high.
func withAtom(draw *rand.Rand, m, n int, low, high, rho, omega float64) *outcome.Matrix {
	d := &failures{n: float64(n)}
	for i := range m {
		p := low + (high-low)*float64(i)/float64(max(1, m-1))
		d.wrong = append(d.wrong, (p-omega)/(1-omega))
	}
	x := d.oneFactor(rho).draw(draw)
	for q := range n {
		if draw.Float64() < omega {
			for i := range m {
				x.RightPlane(i)[q>>6] &^= 1 << (q & 63)
			}
		}
	}
	return x
}

// planes makes a matrix from rows of digits, one a model, 1 for right.
func planes(t *testing.T, weights []uint32, rows ...string) *outcome.Matrix {
	t.Helper()
	var right [][]uint64
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = fmt.Sprintf("m%d", i+1)
		plane := outcome.NewMask(len(row))
		for q, c := range row {
			if c == '1' {
				outcome.Mask(plane).Set(q)
			}
		}
		right = append(right, plane)
	}
	m, err := outcome.NewMatrix(names, len(rows[0]), right, nil, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// slowLikelihood is the same function by Simpson's rule over ±9 with 6,000 steps, no logarithms inside.
func slowLikelihood(m *outcome.Matrix, omega, rho float64) float64 {
	c := m.Count(nil)
	n := float64(c.Queries)
	sum := 0.0
	for q := range m.Columns() {
		density := func(z float64) float64 {
			v := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
			for i, right := range c.Right {
				t := prob.NormalQuantile(((n-float64(right))/n - omega) / (1 - omega))
				a := (t - math.Sqrt(rho)*z) / math.Sqrt(1-rho)
				if m.Right(i, q) {
					a = -a
				}
				v *= 0.5 * math.Erfc(-a/math.Sqrt2)
			}
			return v
		}
		const steps, from = 6000, -9.0
		h := -2 * from / steps
		total := density(from) + density(-from)
		for k := 1; k < steps; k++ {
			total += float64(2+2*(k%2)) * density(from+float64(k)*h)
		}
		p := (1 - omega) * total * h / 3
		all := true
		for i := range c.Right {
			all = all && !m.Right(i, q)
		}
		if all {
			p += omega
		}
		sum += float64(m.Weight(q)) * math.Log(p)
	}
	return sum
}

func TestAtomLikelihood(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 1))
	for _, models := range []int{3, 7, 20} {
		m := withAtom(draw, models, 60, 0.3, 0.6, 0.5, 0.1).Merge()
		d, _, _ := newFailures(m)
		l := newAtomLikelihood(d)
		for _, at := range [][2]float64{{0, 0}, {0, 0.3}, {0.05, 0.6}, {0.1, 0.95}, {0, 0.99}, {0.02, 0}} {
			got, want := l.at(at[0], at[1]), slowLikelihood(m, at[0], at[1])
			if !(math.Abs(got-want) <= 1e-7*math.Abs(want)) {
				t.Errorf("%d models, ω %v, ρ %v: %.12g, want %.12g", models, at[0], at[1], got, want)
			}
		}
	}
}

// TestAtomGrid compares the fit with the best of a fine grid of the slow function.
func TestAtomGrid(t *testing.T) {
	m := withAtom(rand.New(rand.NewPCG(2, 2)), 5, 120, 0.3, 0.6, 0.4, 0.15).Merge()
	d, _, _ := newFailures(m)
	fit := d.fit(0.4)
	best, none, omega, rho := math.Inf(-1), math.Inf(-1), 0.0, 0.0
	l := newAtomLikelihood(d)
	for a := 0.0; a < min(0.3, slices.Min(d.wrong)-0.002); a += 0.002 {
		for r := 0.0; r < 0.99; r += 0.005 {
			v := l.at(a, r) // equal to the slow function by the test above
			if a == 0 {
				none = max(none, v)
			}
			if v > best {
				best, omega, rho = v, a, r
			}
		}
	}
	if math.Abs(fit.omega-omega) > 0.003 || math.Abs(fit.rho-rho) > 0.01 || math.Abs(fit.statistic-2*(best-none)) > 0.01 || fit.statistic < 3 {
		t.Errorf("%+v, want ω %v, ρ %v, statistic %v", fit, omega, rho, 2*(best-none))
	}
	if got, want := 2*(slowLikelihood(m, fit.omega, fit.rho)-slowLikelihood(m, 0, fit.without)), fit.statistic; math.Abs(got-want) > 1e-5 {
		t.Errorf("statistic %v, want %v", want, got)
	}
}

// TestLogBoth is accurate across the table's cells and past its end.
func TestLogBoth(t *testing.T) {
	table := logTables()
	for a := -15.0; a < 15; a += 0.00317 {
		below, above := logBoth(table, a)
		for _, c := range [][2]float64{{below, prob.NormalLogCDF(a)}, {above, prob.NormalLogCDF(-a)}} {
			if math.Abs(c[0]-c[1]) > 2e-11 {
				t.Fatalf("a %v: %v, want %v", a, c[0], c[1])
			}
		}
	}
}

func TestMaximise(t *testing.T) {
	for _, c := range []struct{ low, high, start, want float64 }{
		{0, 10, 5, math.Pi}, {0, 10, 0, math.Pi}, {0, 10, 10, math.Pi}, {0, 3, 1, 3}, {4, 9, 7, 4}, {0, 10, math.Pi, math.Pi},
	} {
		calls := 0
		x, v := maximise(func(x float64) float64 { calls++; return -math.Cosh(x - math.Pi) }, c.low, c.high, c.start, 0.1, 1e-6)
		if math.Abs(x-c.want) > 2e-6 || v != -math.Cosh(x-math.Pi) || calls > 60 {
			t.Errorf("%+v: %v with %v after %d calls", c, x, v, calls)
		}
	}
}

// TestAtomFinds has a common mode to find and, drawn without one, nothing.
func TestAtomFinds(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 3))
	with, err := Atom(t.Context(), withAtom(draw, 12, 300, 0.15, 0.5, 0.4, 0.08), AtomOptions{Replicates: 39})
	if err != nil {
		t.Fatal(err)
	}
	if *with.PValue != 1.0/40 || math.Abs(*with.Omega-0.08) > 0.05 || math.Abs(*with.Rho-0.4) > 0.15 || *with.RhoWithout < *with.Rho || with.Replicates != 39 {
		t.Errorf("with a mode: %s", text(t, with))
	}
	without, err := Atom(t.Context(), withAtom(draw, 12, 300, 0.15, 0.5, 0.4, 0), AtomOptions{Replicates: 39})
	if err != nil {
		t.Fatal(err)
	}
	if *without.PValue < 0.1 {
		t.Errorf("without: %s", text(t, without))
	}
}

func text(t *testing.T, x any) []byte {
	t.Helper()
	b, err := json.Marshal(x) // fails at NaN and Inf
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAtomSame gives the same bytes on one processor and on four, for single queries and for merged ones.
func TestAtomSame(t *testing.T) {
	m := withAtom(rand.New(rand.NewPCG(4, 4)), 4, 80, 0.3, 0.6, 0.3, 0.04)
	before := text(t, m.Count(nil))
	var first []byte
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 4} {
		runtime.GOMAXPROCS(procs)
		calls := 0
		for _, x := range []*outcome.Matrix{m, m.Merge()} {
			r, err := Atom(t.Context(), x, AtomOptions{Seed: 7, Replicates: 19, Progress: func(done, total int) {
				if calls++; done < 1 || done > total || total != 19 {
					t.Errorf("%d of %d", done, total)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if b := text(t, r); first == nil {
				first = b
			} else if !bytes.Equal(b, first) {
				t.Errorf("%d processors: %s, before %s", procs, b, first)
			}
		}
		if calls != 38 {
			t.Errorf("progress was told %d times: %s", calls, first)
		}
	}
	if !bytes.Equal(before, text(t, m.Count(nil))) {
		t.Error("the matrix was changed")
	}
}

func TestAtomCannotTell(t *testing.T) {
	for _, c := range []struct {
		name    string
		weights []uint32
		rows    []string
		reason  string
	}{
		{"one model", nil, []string{"0101"}, "fewer than three"},
		{"two models", nil, []string{"0101", "0011"}, "fewer than three"},
		{"never wrong", nil, []string{"0101", "1111", "0011"}, "is never wrong"},
		{"all always wrong", nil, []string{"0000", "0000", "0000"}, "fewer than three"},
		{"twins", nil, []string{"0101", "0101", "0101", "0101"}, "almost only together"},
		{"one query", nil, []string{"0", "0", "0"}, "fewer than three"},
		{"no queries", []uint32{0, 0}, []string{"01", "01", "10"}, "no query"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Atom(t.Context(), planes(t, c.weights, c.rows...), AtomOptions{Replicates: 9})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(r.Reason, c.reason) || r.Omega != nil || r.PValue != nil || r.Statistic != nil {
				t.Errorf("%s, want %q", text(t, r), c.reason)
			}
		})
	}
	// Nobody is wrong with another: no mode, no correlation, no replicates.
	r, err := Atom(t.Context(), planes(t, nil, "011111", "101111", "110111"), AtomOptions{})
	if err != nil || r.Reason != "" || *r.Omega != 0 || *r.Statistic != 0 || *r.PValue != 1 || r.Replicates != 0 || *r.RhoWithout > 1e-3 {
		t.Errorf("%s, %v", text(t, r), err)
	}
	// A model that is always wrong is left out and told of.
	with := planes(t, nil, "0110100101", "1010110001", "0011110010", "0000000000")
	r, err = Atom(t.Context(), with, AtomOptions{Replicates: 9})
	if err != nil || len(r.Warnings) != 1 || r.Warnings[0].Code != "always-wrong" || r.Omega == nil {
		t.Errorf("%s, %v", text(t, r), err)
	}
}

func TestAtomStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := withAtom(rand.New(rand.NewPCG(5, 5)), 5, 100, 0.3, 0.6, 0.3, 0.1)
	_, err := Atom(ctx, m, AtomOptions{Replicates: 1 << 20, Progress: func(int, int) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := Atom(t.Context(), m, AtomOptions{Replicates: -1}); err == nil {
		t.Error("a negative number of replicates was taken")
	}
}

func BenchmarkAtomFit(b *testing.B) {
	d, _, _ := newFailures(withAtom(rand.New(rand.NewPCG(9, 9)), 67, 330, 0.08, 0.58, 0.6, 0.02))
	for range b.N {
		d.fit(0.4)
	}
}
