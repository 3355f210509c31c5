package prob

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestBivariateShared wants 1e-14 absolutely and, but for the rounding of the exponential deep in a tail, relatively.
func TestBivariateShared(t *testing.T) {
	type row struct {
		H, K, R float64
		CDF     string
	}
	worst, worstRelative := 0.0, 0.0
	for _, r := range sharedRows[row](t, "bvn_cdf.json") {
		want := mustFloat(t, r.CDF)
		got := BivariateNormalCDF(r.H, r.K, r.R)
		e := off(got, want)
		worst, worstRelative = max(worst, math.Abs(got-want)), max(worstRelative, e)
		if !(math.Abs(got-want) <= 1e-14) || !(e <= bivariateTolerance(want)) {
			t.Errorf("Φ₂(%v, %v; %v) = %v, want %v: relative error %.2g", r.H, r.K, r.R, got, want, e)
		}
		if other := BivariateNormalCDF(r.K, r.H, r.R); other != got {
			t.Errorf("Φ₂(%v, %v; %v) is not symmetric", r.H, r.K, r.R)
		}
	}
	t.Logf("worst error %.2g, relative %.2g", worst, worstRelative)
}

// bivariateTolerance is what the doc comment promises of the relative error.
func bivariateTolerance(p float64) float64 { return max(1e-14, -3e-16*math.Log(p)) }

// TestBivariateClosedForms has quadrants that are known exactly, limits, and the sum over the four quadrants.
func TestBivariateClosedForms(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 20000 {
		h, k := 3*r.NormFloat64(), 3*r.NormFloat64()
		rho := math.Tanh(4 * r.NormFloat64())
		if !(math.Abs(rho) < 1) {
			continue
		}
		sum := BivariateNormalCDF(h, k, rho) + BivariateNormalCDF(-h, k, -rho)
		if want := NormalCDF(k); off(sum, want) > 3e-14+1e-14*k*k {
			t.Fatalf("h %v, k %v, ρ %v: halves sum to %v, want %v", h, k, rho, sum, want)
		}
		want := math.Asin(math.Sqrt((1+rho)/2)) / math.Pi
		if rho > 0 { // each half keeps its digits
			want = 0.5 - math.Asin(math.Sqrt((1-rho)/2))/math.Pi
		}
		if got := BivariateNormalCDF(0, 0, rho); off(got, want) > 1e-14 {
			t.Fatalf("ρ %v: %v, want %v", rho, got, want)
		}
	}
	inf := math.Inf(1)
	for _, c := range [][4]float64{
		{inf, 1, 0.5, NormalCDF(1)}, {1, inf, -0.5, NormalCDF(1)}, {-inf, 1, 0.5, 0}, {inf, inf, 0.3, 1}, {-inf, inf, 0.3, 0},
		{1, 2, 1, NormalCDF(1)}, {-1, 0.5, -1, 0}, {-1, 1, -1, 0}, {0, 0, 0, 0.25}, {-40, -40, 0.5, 0}, {40, 40, 0.5, 1}, {-60, 3, 0.9, 0},
	} {
		if got := BivariateNormalCDF(c[0], c[1], c[2]); off(got, c[3]) > 1e-14 {
			t.Errorf("Φ₂(%v, %v; %v) = %v, want %v", c[0], c[1], c[2], got, c[3])
		}
	}
	if x := BivariateNormalCDF(math.NaN(), 0, 0.5); x == x {
		t.Errorf("NaN became %v", x)
	}
	for _, rho := range []float64{1.5, -1.01, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("ρ %v was taken", rho)
				}
			}()
			BivariateNormalCDF(0, 0, rho)
		}()
	}
}

func BenchmarkBivariateNormalCDF(b *testing.B) {
	for i := range b.N {
		BivariateNormalCDF(-0.5+float64(i&7)/8, -0.3, 0.6)
	}
}
