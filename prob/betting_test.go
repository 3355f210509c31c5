package prob

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// repeated returns n copies of v.
func repeated(v float64, n int) []float64 { return slices.Repeat([]float64{v}, n) }

func TestBettingEdges(t *testing.T) {
	if lower, upper := BettingInterval(nil, 0.05); lower != 0 || upper != 1 {
		t.Errorf("BettingInterval(nil) = %v, %v, want 0, 1", lower, upper)
	}
	if lower, upper := NewBettingSequence(0.05).Interval(); lower != 0 || upper != 1 {
		t.Errorf("empty BettingSequence = %v, %v, want 0, 1", lower, upper)
	}
	for _, v := range []float64{0, 0.3, 1} {
		x := repeated(v, 500)
		for what, f := range map[string]func() (float64, float64){
			"interval":  func() (float64, float64) { return BettingInterval(x, 0.05) },
			"one-sided": func() (float64, float64) { return BettingLower(x, 0.05), BettingUpper(x, 0.05) },
			"sequence":  func() (float64, float64) { return sequence(x, 0.05).Interval() },
		} {
			lower, upper := f()
			if !(lower <= v && v <= upper) || upper-lower > 0.12 || v == 0 && lower != 0 || v == 1 && upper != 1 {
				t.Errorf("%s of 500 scores of %v = %v, %v", what, v, lower, upper)
			}
		}
	}
}

func sequence(x []float64, alpha float64) *BettingSequence {
	s := NewBettingSequence(alpha)
	for _, v := range x {
		s.Add(v)
	}
	return s
}

// TestBettingOneScore: with one score the wealth is 1 ± bet·(x − m), and the limit can be solved for by hand. At
// x = 1 the one-sided bet is √(8·ln(1/α)), truncated at ¾/m; 1 + ¾(1−m)/m = 1/α gives m = ¾/(1/α − ¼).
func TestBettingOneScore(t *testing.T) {
	const alpha = 0.05
	if got, want := BettingLower([]float64{1}, alpha), 0.0; got != want {
		// The bet √(8·ln 20) = 4.9 cannot make 20 out of 1, whatever m is.
		t.Errorf("BettingLower({1}, %v) = %v, want %v", alpha, got, want)
	}
	// At α = 0.5 the bet is √(8·ln 2) = 2.3548; 1 + bet·(1−m) = 2 gives m = 1 − 1/bet = 0.5753, where the
	// truncation ¾/m = 1.30 binds; so m = ¾/(2 − ¼) = 3/7.
	if got, want := BettingLower([]float64{1}, 0.5), 3.0/7; math.Abs(got-want) > 1e-11 || got > want {
		t.Errorf("BettingLower({1}, 0.5) = %v, want %v from below", got, want)
	}
	if got, want := BettingUpper([]float64{0}, 0.5), 4.0/7; math.Abs(got-want) > 1e-11 || got < want {
		t.Errorf("BettingUpper({0}, 0.5) = %v, want %v from above", got, want)
	}
}

// TestBettingZeros: with n zeros the bets are at their truncation for all small m once the variance has collapsed;
// were they so from the start, (1 + ¾m/(1−m))^n = 1/α would give the limit. The early bets are smaller, so the
// limit is a little above, within the paper's price of a plug-in, and above Clopper and Pearson's.
func TestBettingZeros(t *testing.T) {
	for _, n := range []int{100, 1000, 10_000} {
		r := math.Expm1(math.Log(20)/float64(n)) / 0.75
		least := r / (1 + r)
		got := BettingUpper(make([]float64, n), 0.05)
		if got < least || got > 1.35*least {
			t.Errorf("BettingUpper(%d zeros) = %v, want between %v and a third more", n, got, least)
		}
		if cp := ClopperPearsonUpper(0, int64(n), 0.05); got < cp {
			t.Errorf("BettingUpper(%d zeros) = %v, below Clopper and Pearson's %v", n, got, cp)
		}
	}
}

// slowWealth computes the logarithm of the greatest wealth ever reached against m, straight from the definition.
func slowWealth(x []float64, m, budget float64) float64 {
	var logWealth, most, sum float64
	squares := 0.25
	for i, v := range x {
		bet := min(math.Sqrt(2*budget/(float64(len(x))*squares/float64(i+1))), 0.75/m)
		logWealth += math.Log(1 + bet*(v-m))
		most = max(most, logWealth)
		sum += v
		mean := (0.5 + sum) / float64(i+2)
		squares += (v - mean) * (v - mean)
	}
	return most
}

// TestBettingBorder: at the limit the wealth is exactly what it takes, by an independent computation; so below the
// limit means are rejected and above it they are kept. Inputs stay as they were.
func TestBettingBorder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{10, 200, 3000} {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.Float64() * r.Float64()
		}
		before := slices.Clone(x)
		for _, alpha := range []float64{0.3, 0.05, 1e-9, 1e-200} {
			lower, target := BettingLower(x, alpha), -math.Log(alpha)
			if lower > 0 {
				if got := slowWealth(x, lower, target); got < target-1e-12 || got > target+1e-8*(1+target) {
					t.Errorf("n = %d, alpha = %g: log wealth %v at the limit %v, want %v", n, alpha, got, lower, target)
				}
			}
			mirrored := make([]float64, n)
			for i, v := range x {
				mirrored[i] = 1 - v
			}
			if upper := BettingUpper(mirrored, alpha); math.Abs(upper-(1-lower)) > 1e-10 {
				t.Errorf("n = %d, alpha = %g: upper limit of 1 − x is %v, want %v", n, alpha, upper, 1-lower)
			}
		}
		if !slices.Equal(x, before) {
			t.Fatalf("n = %d: scores were changed", n)
		}
	}
}

// TestBettingSequenceIsLazyOnly: asking often or seldom gives the same limits, and they only ever close in.
func TestBettingSequenceIsLazyOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	often, seldom := NewBettingSequence(0.05), NewBettingSequence(0.05)
	low, high := 0.0, 1.0
	for i := range 1500 {
		x := math.Sqrt(r.Float64())
		often.Add(x)
		seldom.Add(x)
		a, b := often.Interval()
		if a < low || b > high {
			t.Fatalf("after %d scores (%v, %v) is wider than (%v, %v)", i+1, a, b, low, high)
		}
		low, high = a, b
	}
	if a, b := seldom.Interval(); math.Abs(a-low) > 1e-12 || math.Abs(b-high) > 1e-12 {
		t.Errorf("asked once (%v, %v), asked often (%v, %v)", a, b, low, high)
	}
}

// TestBettingDrift: scores that turn over half-way void the assumption; the answer is still an ordered interval.
func TestBettingDrift(t *testing.T) {
	x := append(make([]float64, 2000), repeated(1, 2000)...)
	lower, upper := BettingInterval(x, 0.05)
	if !(0 <= lower && lower <= upper && upper <= 1) {
		t.Errorf("BettingInterval of drifting scores = %v, %v", lower, upper)
	}
	if lower, upper := sequence(x, 0.05).Interval(); !(0 <= lower && lower <= upper && upper <= 1) {
		t.Errorf("BettingSequence of drifting scores = %v, %v", lower, upper)
	}
}

// TestBettingCoverage simulates laws of several shapes; the sequence is looked at after every score.
func TestBettingCoverage(t *testing.T) {
	const alpha, sets, n = 0.1, 600, 250
	laws := []struct {
		name string
		mean float64
		draw func(r *rand.Rand) float64
	}{
		{"rare events", 0.02, func(r *rand.Rand) float64 { return float64(b2i(r.Float64() < 0.02)) }},
		{"coin", 0.5, func(r *rand.Rand) float64 { return float64(b2i(r.Float64() < 0.5)) }},
		{"uniform", 0.5, func(r *rand.Rand) float64 { return r.Float64() }},
		{"skew", 0.2, func(r *rand.Rand) float64 { return math.Pow(r.Float64(), 4) }},
		{"nearly constant", 0.705, func(r *rand.Rand) float64 { return 0.7 + 0.01*r.Float64() }},
	}
	most := alpha + 3*math.Sqrt(alpha*(1-alpha)/sets)
	for i, law := range laws {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		missed := map[string]int{}
		x := make([]float64, n)
		for range sets {
			s := NewBettingSequence(alpha)
			for j := range x {
				x[j] = law.draw(r)
				s.Add(x[j])
			}
			// A sequence only shrinks, so its last interval misses if any did.
			lower, upper := s.Interval()
			missed["sequence"] += b2i(law.mean < lower || law.mean > upper)
			lower, upper = BettingInterval(x, alpha)
			missed["interval"] += b2i(law.mean < lower || law.mean > upper)
			missed["lower"] += b2i(law.mean < BettingLower(x, alpha))
			missed["upper"] += b2i(law.mean > BettingUpper(x, alpha))
		}
		t.Logf("%s: %v of %d missed, seed (7, %d)", law.name, missed, sets, i)
		for what, count := range missed {
			if float64(count) > most*sets {
				t.Errorf("%s of %s: %d of %d missed the mean, want at most %v of them", what, law.name, count, sets, most)
			}
		}
	}
}

func BenchmarkBettingInterval(b *testing.B) {
	r := rand.New(rand.NewPCG(8, 9))
	x := make([]float64, 1000)
	for i := range x {
		x[i] = r.Float64()
	}
	for b.Loop() {
		BettingInterval(x, 0.05)
	}
}

func BenchmarkBettingSequenceAdd(b *testing.B) {
	s := NewBettingSequence(0.05)
	for i := 0; b.Loop(); i++ {
		if i%10_000 == 0 {
			s = NewBettingSequence(0.05)
		}
		s.Add(0.25)
	}
}
