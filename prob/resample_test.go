package prob

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestResample: both ways have the mean and the covariances of a multinomial law, and draw as many as there are.
func TestResample(t *testing.T) {
	weights := []int64{4, 0, 1, 7, 3}
	single, kinds := NewResample(weights), NewResample(weights)
	if single.of == nil {
		t.Fatal("fifteen things are drawn by kinds")
	}
	kinds.of = nil
	const draws = 40000
	for _, s := range []*Resample{single, kinds} {
		r := rand.New(rand.NewPCG(14, 2))
		counts := make([]int64, len(weights))
		var sums [5]float64
		var products [5][5]float64
		for range draws {
			s.Draw(r, counts)
			left := int64(15)
			for i, a := range counts {
				left -= a
				sums[i] += float64(a) / draws
				for j, b := range counts {
					products[i][j] += float64(a*b) / draws
				}
			}
			if left != 0 {
				t.Fatalf("%v", counts)
			}
		}
		for i, a := range weights {
			if math.Abs(sums[i]-float64(a)) > 0.06 {
				t.Errorf("kind %d: mean %v, want %d", i, sums[i], a)
			}
			for j, b := range weights {
				want := -float64(a*b) / 15
				if i == j {
					want += float64(a)
				}
				if got := products[i][j] - sums[i]*sums[j]; math.Abs(got-want) > 0.15 {
					t.Errorf("kinds %d and %d: covariance %v, want %v", i, j, got, want)
				}
			}
		}
	}
	if many := NewResample([]int64{1e10, 2e10}); many.of != nil {
		t.Error("billions are drawn one by one")
	}
	NewResample(nil).Draw(nil, nil)
}
