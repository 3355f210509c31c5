package money

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// exact is the cost by rational arithmetic, rounded up.
func exact(p Price, u Usage) *big.Int {
	total := new(big.Rat)
	for _, x := range [][2]int64{
		{u.Input - u.CachedInput, int64(p.Input)}, {u.CachedInput, int64(p.CachedInput)},
		{u.Output - u.Reasoning, int64(p.Output)}, {u.Reasoning, int64(p.Reasoning)},
	} {
		part := new(big.Rat).Mul(new(big.Rat).SetInt64(x[0]), new(big.Rat).SetFrac64(x[1], 1_000_000))
		total.Add(total, part)
	}
	up := new(big.Int).Add(total.Num(), new(big.Int).Sub(total.Denom(), big.NewInt(1)))
	return up.Div(up, total.Denom())
}

func TestCost(t *testing.T) {
	p := Price{Input: 3 * Dollar, CachedInput: 3 * Dollar / 10, Output: 15 * Dollar, Reasoning: 15 * Dollar}
	for _, c := range []struct {
		p    Price
		u    Usage
		want Nano
	}{
		// By hand: 600·3 + 400·0.3 + 200·15 = 4,920 dollars a million tokens.
		{p, Usage{Input: 1000, CachedInput: 400, Output: 200, Reasoning: 50}, 4_920_000},
		{Price{}, Usage{Input: 1000, Output: 1000}, 0},
		{Price{Output: 1}, Usage{Input: 1, Output: 1}, 1},                     // a millionth of a nano-dollar is one
		{Price{Output: 1}, Usage{Input: 1, Output: 1_000_001}, 2},             // rounded up once
		{Price{Input: 1, Output: 1}, Usage{Input: 1, Output: 1}, 1},           // not twice
		{Price{Input: Max, Output: Max}, Usage{Input: 1e9, Output: 1e9}, Max}, // held
	} {
		if got := c.p.Cost(c.u); got != c.want {
			t.Errorf("%+v at %+v: %d, want %d", c.u, c.p, got, c.want)
		}
	}
}

func TestCostIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 20_000 {
		p := Price{Nano(r.Int64N(100_000 * 1e9)), Nano(r.Int64N(1e9)), Nano(r.Int64N(100_000 * 1e9)), Nano(r.Int64N(1e6))}
		u := Usage{Input: 1 + r.Int64N(1<<r.IntN(30)), Output: 1 + r.Int64N(1<<r.IntN(30))}
		u.CachedInput, u.Reasoning = r.Int64N(u.Input+1), r.Int64N(u.Output+1)
		want := exact(p, u)
		if limit := big.NewInt(int64(Max)); want.Cmp(limit) > 0 {
			want = limit
		}
		if got := p.Cost(u); want.Cmp(big.NewInt(int64(got))) != 0 {
			t.Fatalf("%+v at %+v: %d, want %d", u, p, got, want)
		}
	}
}

// TestWorst: no usage within the budget and the bound on the input costs more.
func TestWorst(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 20_000 {
		p := Price{Nano(r.Int64N(1e12)), Nano(r.Int64N(1e12)), Nano(r.Int64N(1e12)), Nano(r.Int64N(1e12))}
		bytes, budget := r.IntN(100_000), 1+r.Int64N(100_000)
		u := Usage{Input: 1 + r.Int64N(InputBound(2, bytes)), Output: 1 + r.Int64N(budget)}
		u.CachedInput, u.Reasoning = r.Int64N(u.Input+1), r.Int64N(u.Output+1)
		if cost, most := p.Cost(u), p.Worst(2, bytes, budget); cost > most {
			t.Fatalf("%+v at %+v costs %d, more than %d", u, p, cost, most)
		}
	}
}

func TestUsageCheck(t *testing.T) {
	if err := (Usage{Input: 10, CachedInput: 10, Output: 5, Reasoning: 5}).Check(); err != nil {
		t.Error(err)
	}
	for _, u := range []Usage{
		{}, {Input: 1}, {Output: 1}, {Input: -1, Output: 1}, {Input: 1, Output: MaxTokens + 1},
		{Input: 1, CachedInput: 2, Output: 1}, {Input: 1, Output: 1, Reasoning: 2}, {Input: 1, CachedInput: -1, Output: 1},
		{Input: math.MaxInt64, Output: math.MaxInt64},
	} {
		if u.Check() == nil {
			t.Errorf("%+v is taken", u)
		}
	}
}

func TestDollars(t *testing.T) {
	for x, want := range map[float64]Nano{0: 0, 0.15: 150_000_000, 15: 15 * Dollar, 1e6: Max, 0.000000001: 1} {
		if got, err := Dollars(x); err != nil || got != want {
			t.Errorf("%v: %d, %v; want %d", x, got, err, want)
		}
	}
	for _, x := range []float64{-1, math.NaN(), math.Inf(1), 1e6 + 1} {
		if n, err := Dollars(x); err == nil {
			t.Errorf("%v: %d", x, n)
		}
	}
	for n, want := range map[Nano]string{0: "$0.00", Dollar: "$1.00", 4_370_000_000: "$4.37", 999_999_999: "$1.00", 10_000_000: "$0.01", 90_000: "$0.00009", 1: "$0.000000001", -2 * Dollar: "-$2.00"} {
		if got := n.String(); got != want || strings.Contains(got, " ") {
			t.Errorf("%d: %s, want %s", int64(n), got, want)
		}
	}
}
