package prob

import (
	"math"
	"testing"
)

func TestZeroFailureTrials(t *testing.T) {
	for _, c := range []struct {
		limit, alpha float64
		want         int64
	}{
		{0.01, 0.05, 299},        // ln 0.05 / ln 0.99 = 298.07
		{0.02, 0.05, 149},        // ln 0.05 / ln 0.98 = 148.28
		{0.02, 0.05 / 67, 357},   // ln(0.05/67) / ln 0.98 = 356.4
		{0.5, 0.25, 3},           // two successes give exactly ½, which is not below ½
		{1, 0.05, 1},             // anything
		{1e-9, 0.05, 2995732273}, // 1e9·ln 20 less half of ln 20: 2995732272.06
	} {
		if got := ZeroFailureTrials(c.limit, c.alpha); got != c.want {
			t.Errorf("ZeroFailureTrials(%v, %v) = %d, want %d", c.limit, c.alpha, got, c.want)
		}
	}
	if got := ZeroFailureTrials(1e-30, 0.05); got != math.MaxInt64 {
		t.Errorf("ZeroFailureTrials(1e-30, 0.05) = %d, want the greatest int64", got)
	}
}

// bruteTrials finds by trial the smallest n from which on the power suffices up to most, using the limits
// themselves; 0 when it never lasts.
func bruteTrials(most int64, power float64, reach func(n int64) float64) (first int64) {
	for n := int64(1); n <= most; n++ {
		if enough := reach(n) >= power; !enough {
			first = 0
		} else if first == 0 {
			first = n
		}
	}
	return first
}

// powerBelow is P(ClopperPearsonUpper(X, n, alpha) < limit), by testing every count.
func powerBelow(rate, limit, alpha float64) func(n int64) float64 {
	critical := int64(-1) // never falls as n grows
	return func(n int64) float64 {
		for critical < n && ClopperPearsonUpper(critical+1, n, alpha) < limit {
			critical++
		}
		if critical < 0 {
			return 0
		}
		return BinomialCDF(min(critical, n), n, rate)
	}
}

// powerAbove is P(ClopperPearsonLower(X, n, alpha) > limit).
func powerAbove(rate, limit, alpha float64) func(n int64) float64 {
	critical := int64(1)
	return func(n int64) float64 {
		for critical <= n && ClopperPearsonLower(critical, n, alpha) <= limit {
			critical++
		}
		if critical > n {
			return 0
		}
		return BinomialTail(critical, n, rate)
	}
}

// TestTrialsBrute compares planning with going through every n up to 3000.
func TestTrialsBrute(t *testing.T) {
	const most = 3000
	// 0.21 rather than 0.2, where 1 − rate and a power of 0.8 would tie but for their last bit.
	rates := []float64{0, 0.004, 0.01, 0.05, 0.21, 0.45, 0.5, 0.83, 0.97, 1}
	var compared int
	for _, rate := range rates {
		for _, limit := range rates {
			for _, alpha := range []float64{0.3, 0.05, 0.05 / 67} {
				for _, power := range []float64{0.5, 0.8, 0.95} {
					below, above := rate < limit, rate > limit
					got, ok := TrialsBelow(rate, limit, alpha, power)
					if !below && ok {
						t.Errorf("TrialsBelow(%v, %v) = %d, want none", rate, limit, got)
					}
					reach := powerBelow
					if above {
						got, ok = TrialsAbove(rate, limit, alpha, power)
						reach = powerAbove
					} else if n, found := TrialsAbove(rate, limit, alpha, power); found {
						t.Errorf("TrialsAbove(%v, %v) = %d, want none", rate, limit, n)
					}
					if rate == limit || ok && got > most/2 {
						continue
					}
					compared++
					if want := bruteTrials(most, power, reach(rate, limit, alpha)); !ok || got != want {
						t.Errorf("rate %v, limit %v, alpha %.3g, power %v: %d, %v, want %d", rate, limit, alpha, power, got, ok, want)
					}
				}
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d cases compared", compared)
	}
}

func TestTrialsEdges(t *testing.T) {
	// Without events, certainty is the zero-failure number, whatever the power.
	if n, ok := TrialsBelow(0, 0.01, 0.05, 0.999); n != 299 || !ok {
		t.Errorf("TrialsBelow(0, 0.01) = %d, %v, want 299", n, ok)
	}
	// One success shows a rate above 0: 1 − 0.99^n ≥ 0.8 from n = ln 0.2 / ln 0.99 = 160.1.
	if n, ok := TrialsAbove(0.01, 0, 0.05, 0.8); n != 161 || !ok {
		t.Errorf("TrialsAbove(0.01, 0) = %d, %v, want 161", n, ok)
	}
	if n, ok := TrialsBelow(0.99, 1, 0.05, 0.8); n != 161 || !ok {
		t.Errorf("TrialsBelow(0.99, 1) = %d, %v, want 161 by symmetry", n, ok)
	}
	// About (1.645·√.25 + 0.842·√.25)²/(1e-8)² trials: more than anybody has.
	if n, ok := TrialsBelow(0.5, 0.50000001, 0.05, 0.8); ok {
		t.Errorf("TrialsBelow(0.5, 0.50000001) = %d, want none", n)
	}
	if n, ok := TrialsAbove(0.50000001, 0.5, 0.05, 0.8); ok {
		t.Errorf("TrialsAbove(0.50000001, 0.5) = %d, want none", n)
	}
	if n, ok := TrialsAbove(1e-20, 0, 0.05, 0.8); ok {
		t.Errorf("TrialsAbove(1e-20, 0) = %d, want none", n)
	}
	// The normal approximation at a large size: (1.645·√(.02·.98) + .8416·√(.019·.981))² / .001² = 119,000.
	if n, ok := TrialsBelow(0.019, 0.02, 0.05, 0.8); !ok || n < 116_000 || n > 122_000 {
		t.Errorf("TrialsBelow(0.019, 0.02) = %d, %v, want about 119,000", n, ok)
	}
}

// TestTrialsMirror: a rate below a limit is a rate of failures above one.
func TestTrialsMirror(t *testing.T) {
	for _, c := range [][2]float64{{0.25, 0.5}, {0.125, 0.25}, {0.5, 0.5625}, {0.75, 0.875}} {
		below, ok := TrialsBelow(c[0], c[1], 0.05, 0.8)
		above, ok2 := TrialsAbove(1-c[0], 1-c[1], 0.05, 0.8)
		if below != above || !ok || !ok2 {
			t.Errorf("TrialsBelow(%v, %v) = %d, TrialsAbove of the complements = %d", c[0], c[1], below, above)
		}
	}
}

func BenchmarkTrialsBelow(b *testing.B) {
	for b.Loop() {
		TrialsBelow(0.01, 0.02, 0.05, 0.8)
	}
}
